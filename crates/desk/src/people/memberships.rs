//! Who belongs to which workgroup and has which role.

use store::Tx;
use store::rows::people::{self as rows, Holder};

use super::{HolderName, PeopleError, checked, fold, user, workgroup};
use crate::journal::Change;

/// Puts a user into a role or a workgroup, or takes him out of it, all by number; false if it was so already.
///
/// # Errors
/// Those of the database.
pub fn set_member(
    tx: &mut Tx<'_>,
    group: Holder,
    user: i64,
    belongs: bool,
) -> Result<bool, PeopleError> {
    let changed = match (group, belongs) {
        (Holder::Role(role), true) => rows::add_role_member(tx, role, user)?,
        (Holder::Role(role), false) => rows::remove_role_member(tx, role, user)?,
        (Holder::Workgroup(group), true) => rows::add_workgroup_member(tx, group, user)?,
        (Holder::Workgroup(group), false) => rows::remove_workgroup_member(tx, group, user)?,
        (Holder::User(_) | Holder::Everyone, _) => false,
    };
    if changed {
        Change::People.record(tx);
    }
    Ok(changed)
}

/// Adds a user to a workgroup; false if he was in it.
///
/// # Errors
/// [`PeopleError::Unknown`], of either.
pub fn add_member(
    tx: &mut Tx<'_>,
    workgroup_name: &str,
    user_name: &str,
) -> Result<bool, PeopleError> {
    let group = workgroup(tx.read(), workgroup_name)?;
    let user = user(tx.read(), user_name)?;
    set_member(tx, Holder::Workgroup(group.id), user.id, true)
}

/// Takes a user out of a workgroup; false if he was not in it.
///
/// # Errors
/// [`PeopleError::Unknown`], of either.
pub fn remove_member(
    tx: &mut Tx<'_>,
    workgroup_name: &str,
    user_name: &str,
) -> Result<bool, PeopleError> {
    let group = workgroup(tx.read(), workgroup_name)?;
    let user = user(tx.read(), user_name)?;
    set_member(tx, Holder::Workgroup(group.id), user.id, false)
}

/// Gives a user a role, which is made if it is not there; false if he had it.
///
/// # Errors
/// [`PeopleError::Unknown`] user, or [`PeopleError::BadName`] of a role to be made.
pub fn add_to_role(tx: &mut Tx<'_>, role: &str, user_name: &str) -> Result<bool, PeopleError> {
    let user = user(tx.read(), user_name)?;
    let name = checked(role)?;
    let folded = fold(name);
    let id = match rows::role_by_name(tx.read(), &folded)? {
        Some(role) => role.id,
        None => rows::add_role(tx, name, &folded)?,
    };
    set_member(tx, Holder::Role(id), user.id, true)
}

/// Takes a role from a user; false if he did not have it.
///
/// # Errors
/// [`PeopleError::Unknown`], of either.
pub fn remove_from_role(tx: &mut Tx<'_>, role: &str, user_name: &str) -> Result<bool, PeopleError> {
    let user = user(tx.read(), user_name)?;
    let role = HolderName::Role(role).find(tx.read())?;
    set_member(tx, role, user.id, false)
}
