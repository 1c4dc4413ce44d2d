//! Activations: in which workgroups users take part. A member takes part in a workgroup until he, or somebody who may, says otherwise.
//!
//! ICWS: `icws/(sessionId)/activations/`, `icws/(sessionId)/messaging/subscriptions/activations/`.

mod watching;

use std::collections::{BTreeMap, BTreeSet};

use icws::activations::{UserActivationSet, WorkgroupActivationSet};
use store::rows::activations as rows;
use store::rows::people::{self as people_rows, Group, User};
use store::{Conn, Tx};

use crate::caller::Caller;
use crate::configuration::administers;
use crate::journal::Change;
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;

pub(crate) use watching::message;
pub use watching::{Side, unwatch, watch_user, watch_workgroup};

/// Whether the caller may know who takes part in a workgroup.
fn may_see(caller: &Caller, group: &Group) -> bool {
    let name = fold(&group.name);
    caller.rights.is_member(group.id)
        || caller.rights.has_for(Right::ViewWorkgroupQueue, &name)
        || caller.rights.has_for(Right::ActivateOthers, &name)
        || administers(caller, Right::Workgroups, &name)
}

/// Whether the caller may say whether a user takes part in a workgroup.
fn may_set(caller: &Caller, user: i64, group: &Group) -> bool {
    let name = fold(&group.name);
    caller.rights.has_for(Right::ActivateOthers, &name)
        || (user == caller.user.0 && caller.rights.has_for(Right::ActivateSelf, &name))
        || caller.has(Right::MasterAdministrator)
}

/// Names as they are compared; empty where all are meant.
fn folded<'a>(names: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    names.into_iter().map(|name| fold(name)).collect()
}

fn chosen(names: &BTreeSet<String>, name: &str) -> bool {
    names.is_empty() || names.contains(&fold(name))
}

/// What the caller may know of a user's activations; nothing if he may know nothing of them.
fn visible_of_user(
    conn: &mut Conn,
    caller: &Caller,
    user: &User,
    workgroups: &BTreeSet<String>,
) -> Result<Option<UserActivationSet>, Refusal> {
    let all = rows::of_user(conn, user.id)?;
    let belongs = !all.is_empty();
    let own = user.id == caller.user.0;
    let visible: Vec<(Group, bool)> = all
        .into_iter()
        .filter(|(group, _)| own || may_see(caller, group))
        .collect();
    if belongs && visible.is_empty() {
        return Ok(None);
    }
    let activations: BTreeMap<String, bool> = visible
        .into_iter()
        .filter(|(group, _)| chosen(workgroups, &group.name))
        .map(|(group, active)| (group.name, active))
        .collect();
    Ok(Some(UserActivationSet {
        user_id: user.name.clone(),
        activations,
    }))
}

fn of_group(
    conn: &mut Conn,
    group: &Group,
    users: &BTreeSet<String>,
) -> Result<WorkgroupActivationSet, Refusal> {
    let activations = rows::of_workgroup(conn, group.id)?
        .into_iter()
        .filter(|(user, _)| chosen(users, &user.name))
        .map(|(user, active)| (user.name, active));
    Ok(WorkgroupActivationSet {
        workgroup_id: group.name.clone(),
        activations: activations.collect(),
    })
}

/// The activations of users: of these, or of all; in these workgroups, or in all. Those that the caller may not know are left out.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn of_users(
    conn: &mut Conn,
    caller: &Caller,
    users: &[String],
    workgroups: &[String],
) -> Result<Vec<UserActivationSet>, Refusal> {
    let (users, workgroups) = (folded(users), folded(workgroups));
    let mut sets = Vec::new();
    for user in people_rows::users(conn)? {
        if chosen(&users, &user.name) {
            sets.extend(visible_of_user(conn, caller, &user, &workgroups)?);
        }
    }
    Ok(sets)
}

/// The activations of one user.
///
/// # Errors
/// [`Refusal::ActivationsNotFound`] if there is no such user, [`Refusal::ActivationsDenied`] if the caller may not know of him.
pub fn of_user(
    conn: &mut Conn,
    caller: &Caller,
    name: &str,
    workgroups: &[String],
) -> Result<UserActivationSet, Refusal> {
    let user = people_rows::user_by_name(conn, &fold(name))?.ok_or(Refusal::ActivationsNotFound)?;
    visible_of_user(conn, caller, &user, &folded(workgroups))?.ok_or(Refusal::ActivationsDenied)
}

/// The activations in workgroups: in these, or in all; of these users, or of all.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn of_workgroups(
    conn: &mut Conn,
    caller: &Caller,
    workgroups: &[String],
    users: &[String],
) -> Result<Vec<WorkgroupActivationSet>, Refusal> {
    let (workgroups, users) = (folded(workgroups), folded(users));
    let mut sets = Vec::new();
    for group in people_rows::workgroups(conn)? {
        if chosen(&workgroups, &group.name) && may_see(caller, &group) {
            sets.push(of_group(conn, &group, &users)?);
        }
    }
    Ok(sets)
}

/// The activations in one workgroup.
///
/// # Errors
/// [`Refusal::ActivationsNotFound`] if there is no such workgroup, [`Refusal::ActivationsDenied`] if the caller may not know of it.
pub fn of_workgroup(
    conn: &mut Conn,
    caller: &Caller,
    name: &str,
    users: &[String],
) -> Result<WorkgroupActivationSet, Refusal> {
    let group =
        people_rows::workgroup_by_name(conn, &fold(name))?.ok_or(Refusal::ActivationsNotFound)?;
    if !may_see(caller, &group) {
        return Err(Refusal::ActivationsDenied);
    }
    of_group(conn, &group, &folded(users))
}

fn no_member(name: &str) -> Refusal {
    let shown: String = name.chars().take(100).collect();
    Refusal::invalid(
        format!("activations.{shown}"),
        "nobody and nothing of this name belongs to it",
    )
}

/// Sets in which workgroups a user takes part: all that is asked, or nothing. Those that are not named stay as they are.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if there is no such user or he is no member of one of them, [`Refusal::ActivationsDenied`] if the caller
/// may not set them.
pub fn set_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    wanted: &BTreeMap<String, bool>,
) -> Result<UserActivationSet, Refusal> {
    // The contract of setting has no 404.
    let unknown = || Refusal::invalid("userId", "there is no such user");
    let user = people_rows::user_by_name(tx.read(), &fold(name))?.ok_or_else(unknown)?;
    let groups = rows::of_user(tx.read(), user.id)?;
    for (name, active) in wanted {
        let found = groups
            .iter()
            .find(|(group, _)| fold(&group.name) == fold(name));
        let (group, _) = found.ok_or_else(|| no_member(name))?;
        set(tx, caller, user.id, group, *active)?;
    }
    visible_of_user(tx.read(), caller, &user, &BTreeSet::new())?.ok_or(Refusal::ActivationsDenied)
}

/// Sets which users take part in a workgroup: all that is asked, or nothing. Those that are not named stay as they are.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if there is no such workgroup or one of them is no member, [`Refusal::ActivationsDenied`] if the caller may
/// not set them.
pub fn set_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    wanted: &BTreeMap<String, bool>,
) -> Result<WorkgroupActivationSet, Refusal> {
    let unknown = || Refusal::invalid("workgroupId", "there is no such workgroup");
    let group = people_rows::workgroup_by_name(tx.read(), &fold(name))?.ok_or_else(unknown)?;
    let members = rows::of_workgroup(tx.read(), group.id)?;
    for (name, active) in wanted {
        let found = members
            .iter()
            .find(|(user, _)| fold(&user.name) == fold(name));
        let (user, _) = found.ok_or_else(|| no_member(name))?;
        set(tx, caller, user.id, &group, *active)?;
    }
    if !may_see(caller, &group) {
        return Err(Refusal::ActivationsDenied);
    }
    of_group(tx.read(), &group, &BTreeSet::new())
}

fn set(
    tx: &mut Tx<'_>,
    caller: &Caller,
    user: i64,
    group: &Group,
    active: bool,
) -> Result<(), Refusal> {
    if !may_set(caller, user, group) {
        return Err(Refusal::ActivationsDenied);
    }
    if rows::set(tx, user, group.id, active)? {
        Change::Activation(user, group.id).record(tx);
    }
    Ok(())
}
