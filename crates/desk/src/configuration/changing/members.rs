//! Who belongs to what, as a client says it.

use std::collections::BTreeSet;

use icws::configuration::people::UserUpdate;
use icws::configuration::{ConfigurationId, ValidationErrorType};
use store::rows::people as rows;
use store::{Conn, Tx};

use super::{administered, check_group, check_rank, invalid};
use crate::caller::Caller;
use crate::configuration::Kind;
use crate::configuration::kinds::{Roles, Users, Workgroups};
use crate::people::{self, HolderName, fold};
use crate::refusal::Refusal;

/// Who is to come and who is to go, by name.
pub(super) fn difference(
    now: impl Iterator<Item = String>,
    wanted: &[ConfigurationId],
) -> (Vec<String>, Vec<String>) {
    let now: Vec<String> = now.collect();
    let folded: BTreeSet<String> = now.iter().map(|name| fold(name)).collect();
    let kept: BTreeSet<String> = wanted.iter().map(|id| fold(&id.id)).collect();
    let come = kept.difference(&folded).cloned().collect();
    let go = now.into_iter().filter(|name| !kept.contains(&fold(name)));
    (come, go.collect())
}

/// Refuses changing what a user belongs to, to those who may not administer him; one that is not there is a wrong value.
pub(super) fn member(
    conn: &mut Conn,
    caller: &Caller,
    user: &str,
    property: &str,
) -> Result<(), Refusal> {
    match administered::<Users>(conn, caller, user) {
        Ok(user) => check_rank(conn, caller, user.id),
        Err(Refusal::ConfigurationNotFound) => Err(invalid(
            ValidationErrorType::ExistingInstanceId,
            property,
            user,
        )),
        Err(refusal) => Err(refusal),
    }
}

/// The same for a group that a user is to belong to or not.
fn group<K: Kind>(
    conn: &mut Conn,
    caller: &Caller,
    name: &str,
    holder: HolderName<'_>,
) -> Result<(), Refusal> {
    match administered::<K>(conn, caller, name) {
        Ok(_) => check_group(conn, caller, holder),
        Err(Refusal::ConfigurationNotFound) => Err(invalid(
            ValidationErrorType::ExistingInstanceId,
            K::RESOURCE,
            name,
        )),
        Err(refusal) => Err(refusal),
    }
}

pub(super) fn set_memberships(
    tx: &mut Tx<'_>,
    caller: &Caller,
    user: &str,
    update: &UserUpdate,
) -> Result<(), Refusal> {
    let id = people::user(tx.read(), user)?.id;
    if let Some(roles) = &update.roles {
        let now = rows::roles_of(tx.read(), id)?.into_iter();
        let (come, go) = difference(now.map(|role| role.name), roles);
        for role in come.iter().chain(&go) {
            group::<Roles>(tx.read(), caller, role, HolderName::Role(role))?;
        }
        for role in &come {
            people::add_to_role(tx, role, user)?;
        }
        for role in &go {
            people::remove_from_role(tx, role, user)?;
        }
    }
    if let Some(workgroups) = &update.workgroups {
        let now = store::rows::configuration::workgroups_of(tx.read(), id)?.into_iter();
        let (come, go) = difference(now.map(|group| group.name), workgroups);
        for name in come.iter().chain(&go) {
            group::<Workgroups>(tx.read(), caller, name, HolderName::Workgroup(name))?;
        }
        for name in &come {
            people::add_member(tx, name, user)?;
        }
        for name in &go {
            people::remove_member(tx, name, user)?;
        }
    }
    Ok(())
}
