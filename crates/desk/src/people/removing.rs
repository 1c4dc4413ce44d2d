//! Users, roles, workgroups and mailboxes that are to go, with everything that is only about them.

use icws::configuration::ExplicitReference;
use store::Tx;
use store::rows::configuration as rows;
use store::rows::people::{self as people_rows, Group, Holder, Mailbox, User};
use uuid::Uuid;

use super::fold;
use super::mailboxes::forget_mailbox;
use crate::configuration::configuration_id;
use crate::ids::SessionId;
use crate::journal::Change;
use crate::refusal::Refusal;
use crate::rights::{Right, Scope};
use crate::sessions::{self, EndReason};

/// The rights that are given for objects of a scope.
fn properties(scope: Scope) -> Vec<&'static str> {
    let rights = Right::ALL.iter().filter(|right| right.scope() == scope);
    rights.map(|right| right.property()).collect()
}

/// The refusal of what is to go where these interactions are.
pub(crate) fn in_use(interactions: &[i64]) -> Refusal {
    let name = |id: &i64| configuration_id("interactions", &id.to_string(), &id.to_string());
    let references = interactions.iter().map(name).map(|mut id| {
        id.uri = None;
        id
    });
    Refusal::ConfigurationInUse(vec![ExplicitReference {
        kind: "interactions".to_owned(),
        references: references.collect(),
    }])
}

/// Refuses while interactions are where something is to go.
fn check_interactions(ids: &[i64]) -> Result<(), Refusal> {
    if ids.is_empty() {
        Ok(())
    } else {
        Err(in_use(ids))
    }
}

/// Removes a user with his sessions, memberships, rights, status, mailboxes and library. What he wrote stays.
///
/// # Errors
/// [`Refusal::ConfigurationInUse`] if an open interaction is his.
pub fn remove_user(tx: &mut Tx<'_>, user: &User, now: i64) -> Result<(), Refusal> {
    check_interactions(&rows::open_interactions_of_user(tx.read(), user.id)?)?;
    for session in rows::sessions_of_user(tx.read(), user.id)? {
        sessions::end(tx, SessionId(session), EndReason::Removed, now)?;
    }
    for mailbox in people_rows::mailboxes_of_user(tx.read(), user.id)? {
        forget_mailbox(tx, &mailbox)?;
    }
    rows::remove_user(tx, user.id)?;
    let holder = Some(Holder::User(user.id));
    rows::remove_rights(tx, holder, &properties(Scope::Users), &fold(&user.name))?;
    Change::People.record(tx);
    Ok(())
}

/// Removes a role.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn remove_role(tx: &mut Tx<'_>, role: &Group) -> Result<(), Refusal> {
    rows::remove_role(tx, role.id)?;
    let properties = properties(Scope::Roles);
    rows::remove_rights(
        tx,
        Some(Holder::Role(role.id)),
        &properties,
        &fold(&role.name),
    )?;
    Change::People.record(tx);
    Ok(())
}

/// Removes a workgroup with its mailboxes.
///
/// # Errors
/// [`Refusal::ConfigurationInUse`] if an open interaction is the workgroup's.
pub fn remove_workgroup(tx: &mut Tx<'_>, group: &Group) -> Result<(), Refusal> {
    check_interactions(&rows::open_interactions_of_workgroup(tx.read(), group.id)?)?;
    for mailbox in people_rows::mailboxes_of_workgroups(tx.read(), &[group.id])? {
        forget_mailbox(tx, &mailbox)?;
    }
    rows::remove_workgroup(tx, group.id)?;
    let properties = properties(Scope::Workgroups);
    let holder = Some(Holder::Workgroup(group.id));
    rows::remove_rights(tx, holder, &properties, &fold(&group.name))?;
    Change::People.record(tx);
    Ok(())
}

/// Removes a mailbox by which nothing that is open came in or is to go out.
///
/// # Errors
/// [`Refusal::ConfigurationInUse`] if an open interaction needs it.
pub fn remove_mailbox(tx: &mut Tx<'_>, mailbox: &Mailbox) -> Result<(), Refusal> {
    check_interactions(&rows::open_interactions_of_mailbox(tx.read(), mailbox.id)?)?;
    Ok(forget_mailbox(tx, mailbox)?)
}

/// Removes a system library: nothing of it can be inserted or read any more, and what was inserted stays.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn remove_library(tx: &mut Tx<'_>, id: Uuid) -> Result<(), Refusal> {
    rows::remove_library(tx, id.as_bytes())?;
    rows::remove_rights(tx, None, &properties(Scope::Libraries), &id.to_string())?;
    Change::Library(id).record(tx);
    Change::People.record(tx);
    Ok(())
}
