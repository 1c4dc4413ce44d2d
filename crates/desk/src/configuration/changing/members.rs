//! Who belongs to what, as a client says it. What a list names is looked up at once, however long it is.

use std::collections::{BTreeSet, HashSet};

use icws::configuration::people::UserUpdate;
use icws::configuration::{ConfigurationId, ValidationErrorType};
use store::rows::configuration as configuration_rows;
use store::rows::people::{self as rows, Group, Holder, User};
use store::rows::status::users_of_names;
use store::{Conn, Tx};

use super::{check_count, invalid};
use crate::caller::Caller;
use crate::configuration::kinds::{Roles, Users, Workgroups};
use crate::configuration::{Kind, administers};
use crate::people::{self, fold};
use crate::refusal::Refusal;
use crate::rights::{ANY, Right};

/// Refuses changing users who may administer everything, to those who may not.
pub(super) fn check_ranks<'a>(
    conn: &mut Conn,
    caller: &Caller,
    users: impl IntoIterator<Item = &'a User>,
) -> Result<(), Refusal> {
    let ids: HashSet<i64> = users.into_iter().map(|user| user.id).collect();
    if ids.is_empty() || caller.has(Right::MasterAdministrator) {
        return Ok(());
    }
    let is_one = |users: Vec<User>| users.iter().any(|user| ids.contains(&user.id));
    for (holder, _) in rows::holders(conn, Right::MasterAdministrator.property(), &[ANY])? {
        let found = match holder {
            Holder::User(id) => ids.contains(&id),
            Holder::Role(id) => is_one(configuration_rows::members_of_role(conn, id)?),
            Holder::Workgroup(id) => is_one(rows::members_of(conn, id)?),
            Holder::Everyone => true,
        };
        if found {
            return Err(Refusal::ConfigurationDenied);
        }
    }
    Ok(())
}

/// Refuses changing who belongs to a group, or what it holds, where it makes its members administrators of everything.
pub(super) fn check_group(conn: &mut Conn, caller: &Caller, group: Holder) -> Result<(), Refusal> {
    check_groups(conn, caller, &[group])
}

fn check_groups(conn: &mut Conn, caller: &Caller, groups: &[Holder]) -> Result<(), Refusal> {
    let may = |right, _: &str| right != Right::MasterAdministrator;
    check_held(conn, caller, groups, may)
}

/// Refuses putting people into groups that hold what the caller does not.
fn check_given(conn: &mut Conn, caller: &Caller, groups: &[Holder]) -> Result<(), Refusal> {
    check_held(conn, caller, groups, |right, object| {
        caller.rights.has_for(right, object)
    })
}

/// Refuses groups that hold a right of which `may` says no, to those who may not administer everything.
fn check_held(
    conn: &mut Conn,
    caller: &Caller,
    groups: &[Holder],
    may: impl Fn(Right, &str) -> bool,
) -> Result<(), Refusal> {
    if caller.has(Right::MasterAdministrator) {
        return Ok(());
    }
    for (property, object) in configuration_rows::rights_of(conn, groups)? {
        if Right::of_property(&property).is_some_and(|right| !may(right, &object)) {
            return Err(Refusal::ConfigurationDenied);
        }
    }
    Ok(())
}

/// What a user, a role or a workgroup is called.
trait Named {
    fn name(&self) -> &str;
}

impl Named for User {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Group {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Who is to come, by folded name, and who is to go.
fn difference<T: Named>(
    now: Vec<T>,
    wanted: &[ConfigurationId],
    property: &str,
) -> Result<(Vec<String>, Vec<T>), Refusal> {
    let kept: BTreeSet<String> = wanted.iter().map(|id| fold(&id.id)).collect();
    let there: BTreeSet<String> = now.iter().map(|one| fold(one.name())).collect();
    let come: Vec<String> = kept.difference(&there).cloned().collect();
    let gone = now
        .into_iter()
        .filter(|one| !kept.contains(&fold(one.name())));
    let gone: Vec<T> = gone.collect();
    check_count(property, come.len() + gone.len())?;
    Ok((come, gone))
}

/// Refuses a name that nothing was found by.
fn check_found<T: Named>(names: &[String], found: &[T], property: &str) -> Result<(), Refusal> {
    let found: BTreeSet<String> = found.iter().map(|one| fold(one.name())).collect();
    match names.iter().find(|name| !found.contains(*name)) {
        Some(name) => Err(invalid(
            ValidationErrorType::ExistingInstanceId,
            property,
            name,
        )),
        None => Ok(()),
    }
}

/// Refuses what the caller may not administer.
fn check_administered<'a, K: Kind, T: Named + 'a>(
    caller: &Caller,
    all: impl IntoIterator<Item = &'a T>,
) -> Result<(), Refusal> {
    let mut all = all.into_iter();
    if all.all(|one| administers(caller, K::RIGHT, one.name())) {
        Ok(())
    } else {
        Err(Refusal::ConfigurationDenied)
    }
}

/// Sets who has a role or belongs to a workgroup.
pub(super) fn set_members(
    tx: &mut Tx<'_>,
    caller: &Caller,
    group: Holder,
    wanted: &[ConfigurationId],
    property: &str,
) -> Result<(), Refusal> {
    let now = match group {
        Holder::Role(id) => configuration_rows::members_of_role(tx.read(), id)?,
        Holder::Workgroup(id) => rows::members_of(tx.read(), id)?,
        Holder::User(_) | Holder::Everyone => return Ok(()),
    };
    let (names, go) = difference(now, wanted, property)?;
    let come = users_of_names(tx.read(), &names)?;
    check_found(&names, &come, property)?;
    check_administered::<Users, _>(caller, come.iter().chain(&go))?;
    check_ranks(tx.read(), caller, come.iter().chain(&go))?;
    if !come.is_empty() {
        check_given(tx.read(), caller, &[group])?;
    }
    for (users, belong) in [(come, true), (go, false)] {
        for user in users {
            people::set_member(tx, group, user.id, belong)?;
        }
    }
    Ok(())
}

/// Sets which roles a user has and which workgroups he belongs to.
pub(super) fn set_memberships(
    tx: &mut Tx<'_>,
    caller: &Caller,
    user: i64,
    update: &UserUpdate,
) -> Result<(), Refusal> {
    if let Some(wanted) = &update.roles {
        let now = rows::roles_of(tx.read(), user)?;
        let (names, go) = difference(now, wanted, Roles::RESOURCE)?;
        let come = configuration_rows::roles_of_names(tx.read(), &names)?;
        check_found(&names, &come, Roles::RESOURCE)?;
        set_groups::<Roles>(tx, caller, user, &come, &go, Holder::Role)?;
    }
    if let Some(wanted) = &update.workgroups {
        let now = configuration_rows::workgroups_of(tx.read(), user)?;
        let (names, go) = difference(now, wanted, Workgroups::RESOURCE)?;
        let come = configuration_rows::workgroups_of_names(tx.read(), &names)?;
        check_found(&names, &come, Workgroups::RESOURCE)?;
        set_groups::<Workgroups>(tx, caller, user, &come, &go, Holder::Workgroup)?;
    }
    Ok(())
}

fn set_groups<K: Kind>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    user: i64,
    come: &[Group],
    go: &[Group],
    holder: impl Fn(i64) -> Holder,
) -> Result<(), Refusal> {
    check_administered::<K, _>(caller, come.iter().chain(go))?;
    let holders = |groups: &[Group]| {
        groups
            .iter()
            .map(|group| holder(group.id))
            .collect::<Vec<_>>()
    };
    let (come, go) = (holders(come), holders(go));
    check_given(tx.read(), caller, &come)?;
    check_groups(tx.read(), caller, &go)?;
    for (groups, belongs) in [(come, true), (go, false)] {
        for group in groups {
            people::set_member(tx, group, user, belongs)?;
        }
    }
    Ok(())
}
