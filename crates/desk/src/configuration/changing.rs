//! Making, changing and removing users, roles and workgroups.
//!
//! Who may what: an object is changed by who may administer it (the right for it, for all of its kind, or for everything), and made by who
//! may administer all of its kind. Memberships change both sides, and ask for the right to both. Security and access rights are given and
//! taken by who may edit access rights, administrative rights by who may edit administrative rights. Nobody gives what he does not
//! hold himself, nor by putting somebody into a role or a workgroup that holds it. Whoever may administer everything is changed only by somebody who may so, too: otherwise a new password for
//! him would be the way to all that he may.
//!
//! ICWS: `icws/(sessionId)/configuration/users/(id)/index.htm` and those of roles and workgroups.

mod mailboxes;
mod members;
mod others;
mod rights;

use std::sync::Arc;

use icws::Nullable;
use icws::configuration::people::{RoleUpdate, Update, UserUpdate, WorkgroupUpdate};
use icws::configuration::{
    ConfigurationId, UpdateOperationResult, ValidationError, ValidationErrorType,
};
use store::rows::people::{Group, Holder, User};
use store::{Conn, Tx};

use self::mailboxes::{set_mailboxes, set_own_mailbox};
use self::members::{check_group, check_ranks, set_members, set_memberships};
use self::others::check_others;
use self::rights::set_rights;
use super::kinds::{Roles, Users, Workgroups};
use super::{Kind, administers, uri};
use crate::caller::Caller;
use crate::desk::{At, Desk};
use crate::passwords;
use crate::people::{self, PeopleError, fold};
use crate::refusal::Refusal;

pub use self::mailboxes::update_mailboxes;

/// The most elements of a list that one request may change.
const MOST_CHANGED: usize = 1_000;

/// Refuses to change more of a list than one request may.
fn check_count(property: &str, count: usize) -> Result<(), Refusal> {
    if count > MOST_CHANGED {
        return Err(Refusal::ConfigurationTooMany {
            property: property.to_owned(),
            limit: MOST_CHANGED as u64,
            count: count as u64,
        });
    }
    Ok(())
}

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
        PeopleError::InUse(interactions) => people::in_use(&interactions),
        PeopleError::Store(error) => error.into(),
        error @ PeopleError::Password(_) => Refusal::internal(error),
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

/// Makes a user.
///
/// # Errors
/// [`Refusal::MissingProperty`] without an id; [`Refusal::ConfigurationInvalid`] if the id or a value cannot be, or a role or a workgroup is
/// none that there is; [`Refusal::ConfigurationTooMany`]; [`Refusal::ConfigurationDenied`] of what the caller may not give.
pub fn create_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    update: &UserUpdate,
    at: &At,
) -> Result<UpdateOperationResult, Refusal> {
    may_make::<Users>(caller)?;
    let id = new_id(&update.common)?;
    let display_name = match &id.display_name {
        Nullable::Value(name) => name,
        _ => &id.id,
    };
    people::add_user(tx, &id.id, display_name, None, at.now)
        .map_err(|error| refused(error, "configurationId.id"))?;
    let user = people::user(tx.read(), &id.id)?;
    set_user(tx, caller, &user, update)
}

/// Changes a user: what is absent stays as it is.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`] if the caller may not change him or what he is given;
/// [`Refusal::ConfigurationInvalid`]; [`Refusal::ConfigurationTooMany`]; [`Refusal::ConfigurationInUse`] of a mailbox that is to go.
pub fn update_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &UserUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let user = administered::<Users>(tx.read(), caller, id)?;
    check_ranks(tx.read(), caller, [&user])?;
    same_id(&update.common, &user.name)?;
    if let Some(ConfigurationId {
        display_name: Nullable::Value(name),
        ..
    }) = &update.common.configuration_id
    {
        people::set_display_name(tx, &user.name, name)
            .map_err(|error| refused(error, "configurationId.displayName"))?;
    }
    set_user(tx, caller, &user, update)
}

fn set_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    user: &User,
    update: &UserUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    check_others::<Users>(tx.read(), caller, user, &update.common)?;
    set_memberships(tx, caller, user.id, update)?;
    if let Some(mailbox) = &update.mailbox {
        set_own_mailbox(tx, user, mailbox)?;
    }
    set_rights(tx, caller, Holder::User(user.id), &update.common)?;
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
    check_ranks(conn, caller, [&user])?;
    Ok(user.name)
}

/// Removes a user. Interactions that are in his queue must be moved or ended before.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`], of oneself too; [`Refusal::ConfigurationInUse`].
pub fn delete_user(tx: &mut Tx<'_>, caller: &Caller, id: &str, at: &At) -> Result<(), Refusal> {
    let user = administered::<Users>(tx.read(), caller, id)?;
    check_ranks(tx.read(), caller, [&user])?;
    if user.id == caller.user.0 {
        return Err(Refusal::ConfigurationDenied);
    }
    people::remove_user(tx, &user, at.now)
}

/// Makes a role.
///
/// # Errors
/// [`Refusal::MissingProperty`] without an id; [`Refusal::ConfigurationInvalid`] if the id or a value cannot be, or a member is none that there
/// is; [`Refusal::ConfigurationTooMany`]; [`Refusal::ConfigurationDenied`] of what the caller may not give.
pub fn create_role(
    tx: &mut Tx<'_>,
    caller: &Caller,
    update: &RoleUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    may_make::<Roles>(caller)?;
    let id = &new_id(&update.common)?.id;
    people::add_role(tx, id).map_err(|error| refused(error, "configurationId.id"))?;
    let role = people::role(tx.read(), id)?;
    set_role(tx, caller, &role, update)
}

/// Changes a role: what is absent stays as it is.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`] if the caller may not change it or what it is given;
/// [`Refusal::ConfigurationInvalid`]; [`Refusal::ConfigurationTooMany`].
pub fn update_role(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &RoleUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let role = administered::<Roles>(tx.read(), caller, id)?;
    same_id(&update.common, &role.name)?;
    check_group(tx.read(), caller, Holder::Role(role.id))?;
    set_role(tx, caller, &role, update)
}

fn set_role(
    tx: &mut Tx<'_>,
    caller: &Caller,
    role: &Group,
    update: &RoleUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let holder = Holder::Role(role.id);
    check_others::<Roles>(tx.read(), caller, role, &update.common)?;
    if let Some(users) = &update.users {
        set_members(tx, caller, holder, users, "users")?;
    }
    set_rights(tx, caller, holder, &update.common)?;
    Ok(result::<Roles>(&role.name))
}

/// Removes a role.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`].
pub fn delete_role(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let role = administered::<Roles>(tx.read(), caller, id)?;
    check_group(tx.read(), caller, Holder::Role(role.id))?;
    people::remove_role(tx, &role)
}

/// Makes a workgroup.
///
/// # Errors
/// [`Refusal::MissingProperty`] without an id; [`Refusal::ConfigurationInvalid`] if the id or a value cannot be, or a member is none that there
/// is; [`Refusal::ConfigurationTooMany`]; [`Refusal::ConfigurationDenied`] of what the caller may not give.
pub fn create_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    update: &WorkgroupUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    may_make::<Workgroups>(caller)?;
    let id = &new_id(&update.common)?.id;
    people::add_workgroup(tx, id).map_err(|error| refused(error, "configurationId.id"))?;
    let group = people::workgroup(tx.read(), id)?;
    set_workgroup(tx, caller, &group, update)
}

/// Changes a workgroup: what is absent stays as it is.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`] if the caller may not change it or what it is given;
/// [`Refusal::ConfigurationInvalid`]; [`Refusal::ConfigurationTooMany`]; [`Refusal::ConfigurationInUse`] of a mailbox that is to go.
pub fn update_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &WorkgroupUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let group = administered::<Workgroups>(tx.read(), caller, id)?;
    same_id(&update.common, &group.name)?;
    check_group(tx.read(), caller, Holder::Workgroup(group.id))?;
    set_workgroup(tx, caller, &group, update)
}

fn set_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    group: &Group,
    update: &WorkgroupUpdate,
) -> Result<UpdateOperationResult, Refusal> {
    let holder = Holder::Workgroup(group.id);
    check_others::<Workgroups>(tx.read(), caller, group, &update.common)?;
    if let Some(members) = &update.members {
        set_members(tx, caller, holder, members, "members")?;
    }
    if let Some(mailboxes) = &update.monitored_mailboxes {
        set_mailboxes(tx, group, mailboxes)?;
    }
    set_rights(tx, caller, holder, &update.common)?;
    Ok(result::<Workgroups>(&group.name))
}

/// Removes a workgroup. Interactions that are in its queue must be moved or ended before.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`]; [`Refusal::ConfigurationInUse`].
pub fn delete_workgroup(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let group = administered::<Workgroups>(tx.read(), caller, id)?;
    check_group(tx.read(), caller, Holder::Workgroup(group.id))?;
    people::remove_workgroup(tx, &group)
}
