//! Making, changing and removing users, roles and workgroups.
//!
//! Who may what: an object is changed by who may administer it (the right for it, for all of its kind, or for everything), and made by who
//! may administer all of its kind. Memberships change both sides, and ask for the right to both. Security and access rights are given and
//! taken by who may edit access rights, administrative rights by who may edit administrative rights; and nobody gives what he does not
//! hold himself. Whoever may administer everything is changed only by somebody who may so, too: otherwise a new password for
//! him would be the way to all that he may.
//!
//! ICWS: `icws/(sessionId)/configuration/users/(id)/index.htm` and those of roles and workgroups.

mod mailboxes;
mod members;
mod rights;

use std::collections::BTreeSet;
use std::sync::Arc;

use icws::Nullable;
use icws::configuration::people::{RoleUpdate, Update, UserUpdate, WorkgroupUpdate};
use icws::configuration::{
    ConfigurationId, UpdateOperationResult, ValidationError, ValidationErrorType,
};
use store::rows::people as rows;
use store::{Conn, Tx};

use self::mailboxes::put_mailbox;
use self::members::{difference, member, set_memberships};
use self::rights::set_rights;
use super::kinds::{Roles, Users, Workgroups};
use super::{Kind, administers, uri};
use crate::caller::Caller;
use crate::desk::{At, Desk};
use crate::ids::UserId;
use crate::passwords;
use crate::people::{self, HolderName, PeopleError, fold};
use crate::refusal::Refusal;
use crate::rights::{Right, Rights};

pub use self::mailboxes::update_mailboxes;

/// One property that cannot be as it was given.
fn fault(kind: ValidationErrorType, property: &str, value: &str) -> ValidationError {
    ValidationError {
        validation_error_type: kind,
        property_name: property.to_owned(),
        property_value: value.chars().take(200).collect(),
    }
}

fn invalid(kind: ValidationErrorType, property: &str, value: &str) -> Refusal {
    Refusal::ConfigurationInvalid(vec![fault(kind, property, value)])
}

/// What is wrong with a property whose value people's rules refused.
fn refused(error: PeopleError, property: &str) -> Refusal {
    match error {
        PeopleError::BadName(name) => invalid(ValidationErrorType::ValidFormat, property, &name),
        PeopleError::BadAddress(address) => {
            invalid(ValidationErrorType::ValidFormat, property, &address)
        }
        PeopleError::Exists { name, .. } => {
            invalid(ValidationErrorType::UniqueInstanceId, property, &name)
        }
        PeopleError::Unknown { name, .. } | PeopleError::Ambiguous(name) => {
            invalid(ValidationErrorType::ExistingInstanceId, property, &name)
        }
        PeopleError::UnknownRight(name) => {
            invalid(ValidationErrorType::PropertyNotApplicable, property, &name)
        }
        PeopleError::WrongObject { right, .. } => {
            invalid(ValidationErrorType::ValidValues, property, right)
        }
        PeopleError::Store(error) => error.into(),
        error @ PeopleError::Password(_) => Refusal::internal(error),
    }
}

/// Refuses properties that the contract has and this server does not keep. What the contract does not have either is ignored.
fn check_others<K: Kind>(update: &Update) -> Result<(), Refusal> {
    let faults: Vec<ValidationError> = update
        .others
        .iter()
        .filter(|name| K::PROPERTIES.contains(&name.as_str()))
        .map(|name| fault(ValidationErrorType::PropertyNotApplicable, name, ""))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ConfigurationInvalid(faults))
    }
}

fn result<K: Kind>(id: &str) -> UpdateOperationResult {
    UpdateOperationResult {
        id: id.to_owned(),
        uri: Some(uri(K::RESOURCE, id)),
    }
}

/// The object of an id, which the caller may administer.
fn administered<K: Kind>(conn: &mut Conn, caller: &Caller, id: &str) -> Result<K::Entry, Refusal> {
    let entry = K::find(conn, id)?.ok_or(Refusal::ConfigurationNotFound)?;
    // A library's right is for its Guid, whose form is not that of the path.
    if administers(caller, K::RIGHT, K::id(&entry)) {
        Ok(entry)
    } else {
        Err(Refusal::ConfigurationDenied)
    }
}

/// Refuses who may not make objects of a kind.
fn may_make<K: Kind>(caller: &Caller) -> Result<(), Refusal> {
    if caller.may(K::RIGHT) {
        Ok(())
    } else {
        Err(Refusal::ConfigurationDenied)
    }
}

/// The id that a new object is to have.
fn new_id(update: &Update) -> Result<&ConfigurationId, Refusal> {
    let missing = || Refusal::MissingProperty("configurationId".to_owned());
    update.configuration_id.as_ref().ok_or_else(missing)
}

/// Refuses another id than the one an object has: it cannot be called differently.
fn same_id(update: &Update, id: &str) -> Result<(), Refusal> {
    match &update.configuration_id {
        Some(given) if fold(&given.id) != fold(id) => Err(invalid(
            ValidationErrorType::ValidValues,
            "configurationId.id",
            &given.id,
        )),
        _ => Ok(()),
    }
}

/// Refuses changing a user who may administer everything, to those who may not.
fn check_rank(conn: &mut Conn, caller: &Caller, user: i64) -> Result<(), Refusal> {
    if caller.has(Right::MasterAdministrator)
        || !Rights::of_user(conn, UserId(user))?.has(Right::MasterAdministrator)
    {
        return Ok(());
    }
    Err(Refusal::ConfigurationDenied)
}

/// Refuses changing who belongs to a group, or what it holds, where it makes its members administrators of everything.
fn check_group(conn: &mut Conn, caller: &Caller, holder: HolderName<'_>) -> Result<(), Refusal> {
    if caller.has(Right::MasterAdministrator) {
        return Ok(());
    }
    let holder = holder.find(conn)?;
    let master = Right::MasterAdministrator.property();
    let held = rows::own_rights(conn, holder)?;
    if held
        .iter()
        .any(|(property, _)| fold(property) == fold(master))
    {
        return Err(Refusal::ConfigurationDenied);
    }
    Ok(())
}

/// Makes a user.
///
/// # Errors
/// [`Refusal::MissingProperty`] without an id; [`Refusal::ConfigurationInvalid`] if the id or a value cannot be;
/// [`Refusal::ConfigurationNotFound`] of a role or workgroup; [`Refusal::ConfigurationDenied`] of a right that the caller may not give.
pub fn create_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    update: &UserUpdate,
    at: &At,
) -> Result<UpdateOperationResult, Refusal> {
    may_make::<Users>(caller)?;
    check_others::<Users>(&update.common)?;
    let id = new_id(&update.common)?;
    let display_name = match &id.display_name {
        Nullable::Value(name) => name,
        _ => &id.id,
    };
    people::add_user(tx, &id.id, display_name, None, at.now)
        .map_err(|error| refused(error, "configurationId.id"))?;
    set_memberships(tx, caller, &id.id, update)?;
    set_rights(tx, caller, HolderName::User(&id.id), &update.common)?;
    Ok(result::<Users>(id.id.trim()))
}

/// Changes a user: what is absent stays as it is.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`] if the caller may not change him or what he is given;
/// [`Refusal::ConfigurationInvalid`].
pub fn update_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &UserUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let user = administered::<Users>(tx.read(), caller, id)?;
    check_rank(tx.read(), caller, user.id)?;
    check_others::<Users>(&update.common)?;
    same_id(&update.common, &user.name)?;
    if let Some(ConfigurationId {
        display_name: Nullable::Value(name),
        ..
    }) = &update.common.configuration_id
    {
        people::set_display_name(tx, &user.name, name)
            .map_err(|error| refused(error, "configurationId.displayName"))?;
    }
    set_memberships(tx, caller, &user.name, update)?;
    set_rights(tx, caller, HolderName::User(&user.name), &update.common)?;
    Ok(result::<Users>(&user.name))
}

/// The longest password in bytes: hashing a longer one would only cost time.
const MOST_PASSWORD: usize = 1_000;

impl Desk {
    /// Sets a user's password: `PUT configuration/users/{id}/password`.
    ///
    /// # Errors
    /// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`] if the caller may not change him;
    /// [`Refusal::ConfigurationInvalid`] of a password that is empty or too long.
    pub async fn set_password(
        &self,
        caller: Arc<Caller>,
        id: String,
        password: String,
    ) -> Result<(), Refusal> {
        if password.is_empty() || password.len() > MOST_PASSWORD {
            let kind = ValidationErrorType::StringLength;
            return Err(invalid(kind, "password", ""));
        }
        // Whoever may not set it is told so before the work of hashing it.
        let (asks, name) = (Arc::clone(&caller), id.clone());
        self.read(move |conn, _| may_set_password(conn, &asks, &name).map(drop))
            .await?;
        let hashed = tokio::task::spawn_blocking(move || passwords::hash(&password)).await;
        let hashed = hashed.map_err(Refusal::internal)??;
        self.write(move |tx, _| {
            let name = may_set_password(tx.read(), &caller, &id)?;
            Ok(people::set_password(tx, &name, &hashed)?)
        })
        .await
    }
}

/// The name of a user whose password the caller may set.
fn may_set_password(conn: &mut Conn, caller: &Caller, id: &str) -> Result<String, Refusal> {
    let user = match administered::<Users>(conn, caller, id) {
        // The contract of this operation has no 404.
        Err(Refusal::ConfigurationNotFound) => {
            may_make::<Users>(caller)?;
            return Err(invalid(ValidationErrorType::ExistingInstanceId, "id", id));
        }
        user => user?,
    };
    check_rank(conn, caller, user.id)?;
    Ok(user.name)
}

/// Removes a user. Interactions that are in his queue must be moved or ended before.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`], of oneself too; [`Refusal::ConfigurationInUse`].
pub fn delete_user(tx: &mut Tx<'_>, caller: &Caller, id: &str, at: &At) -> Result<(), Refusal> {
    let user = administered::<Users>(tx.read(), caller, id)?;
    check_rank(tx.read(), caller, user.id)?;
    if user.id == caller.user.0 {
        return Err(Refusal::ConfigurationDenied);
    }
    people::remove_user(tx, &user, at.now)
}

/// Makes a role.
///
/// # Errors
/// [`Refusal::MissingProperty`] without an id; [`Refusal::ConfigurationInvalid`]; [`Refusal::ConfigurationNotFound`] of a member;
/// [`Refusal::ConfigurationDenied`] of a right that the caller may not give.
pub fn create_role(
    tx: &mut Tx<'_>,
    caller: &Caller,
    update: &RoleUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    may_make::<Roles>(caller)?;
    check_others::<Roles>(&update.common)?;
    let id = &new_id(&update.common)?.id;
    people::add_role(tx, id).map_err(|error| refused(error, "configurationId.id"))?;
    set_role(tx, caller, id, update)?;
    Ok(result::<Roles>(id.trim()))
}

/// Changes a role.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`]; [`Refusal::ConfigurationInvalid`].
pub fn update_role(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &RoleUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let role = administered::<Roles>(tx.read(), caller, id)?;
    check_others::<Roles>(&update.common)?;
    same_id(&update.common, &role.name)?;
    check_group(tx.read(), caller, HolderName::Role(&role.name))?;
    set_role(tx, caller, &role.name, update)?;
    Ok(result::<Roles>(&role.name))
}

fn set_role(
    tx: &mut Tx<'_>,
    caller: &Caller,
    role: &str,
    update: &RoleUpdate,
) -> Result<(), Refusal> {
    if let Some(users) = &update.users {
        let role_id = people::role(tx.read(), role)?.id;
        let now = store::rows::configuration::members_of_role(tx.read(), role_id)?;
        let (come, go) = difference(now.into_iter().map(|user| user.name), users);
        for user in come.iter().chain(&go) {
            member(tx.read(), caller, user, "users")?;
        }
        for user in &come {
            people::add_to_role(tx, role, user).map_err(|error| refused(error, "users"))?;
        }
        for user in &go {
            people::remove_from_role(tx, role, user).map_err(|error| refused(error, "users"))?;
        }
    }
    set_rights(tx, caller, HolderName::Role(role), &update.common)
}

/// Removes a role.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`].
pub fn delete_role(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let role = administered::<Roles>(tx.read(), caller, id)?;
    check_group(tx.read(), caller, HolderName::Role(&role.name))?;
    people::remove_role(tx, &role)
}

/// Makes a workgroup.
///
/// # Errors
/// [`Refusal::MissingProperty`] without an id; [`Refusal::ConfigurationInvalid`]; [`Refusal::ConfigurationNotFound`] of a member;
/// [`Refusal::ConfigurationDenied`] of a right that the caller may not give.
pub fn create_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    update: &WorkgroupUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    may_make::<Workgroups>(caller)?;
    check_others::<Workgroups>(&update.common)?;
    let id = &new_id(&update.common)?.id;
    people::add_workgroup(tx, id).map_err(|error| refused(error, "configurationId.id"))?;
    set_workgroup(tx, caller, id, update)?;
    Ok(result::<Workgroups>(id.trim()))
}

/// Changes a workgroup.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`]; [`Refusal::ConfigurationInvalid`].
pub fn update_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &WorkgroupUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let group = administered::<Workgroups>(tx.read(), caller, id)?;
    check_others::<Workgroups>(&update.common)?;
    same_id(&update.common, &group.name)?;
    check_group(tx.read(), caller, HolderName::Workgroup(&group.name))?;
    set_workgroup(tx, caller, &group.name, update)?;
    Ok(result::<Workgroups>(&group.name))
}

fn set_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    group: &str,
    update: &WorkgroupUpdate,
) -> Result<(), Refusal> {
    let id = people::workgroup(tx.read(), group)?.id;
    if let Some(members) = &update.members {
        let now = rows::members_of(tx.read(), id)?;
        let (come, go) = difference(now.into_iter().map(|user| user.name), members);
        for user in come.iter().chain(&go) {
            member(tx.read(), caller, user, "members")?;
        }
        for user in &come {
            people::add_member(tx, group, user).map_err(|error| refused(error, "members"))?;
        }
        for user in &go {
            people::remove_member(tx, group, user).map_err(|error| refused(error, "members"))?;
        }
    }
    if let Some(mailboxes) = &update.monitored_mailboxes {
        let now = rows::mailboxes_of_workgroups(tx.read(), &[id])?;
        let mut kept = BTreeSet::new();
        for mailbox in mailboxes {
            kept.insert(fold(&put_mailbox(
                tx,
                group,
                mailbox,
                "monitoredMailboxes",
            )?));
        }
        for mailbox in now {
            if !kept.contains(&fold(&mailbox.address)) {
                people::remove_mailbox(tx, &mailbox)?;
            }
        }
    }
    set_rights(tx, caller, HolderName::Workgroup(group), &update.common)
}

/// Removes a workgroup. Interactions that are in its queue must be moved or ended before.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`]; [`Refusal::ConfigurationInUse`].
pub fn delete_workgroup(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let group = administered::<Workgroups>(tx.read(), caller, id)?;
    check_group(tx.read(), caller, HolderName::Workgroup(&group.name))?;
    people::remove_workgroup(tx, &group)
}
