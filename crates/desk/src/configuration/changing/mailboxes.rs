//! Mailboxes of workgroups and of users.

use std::collections::BTreeMap;

use icws::Nullable;
use icws::configuration::people::{
    MailboxProperties, MonitoredMailbox, MonitoredMailboxType, MonitoredMailboxesBulkUpdate,
};
use icws::configuration::{SubObjectSet, UpdateOperationResult, ValidationErrorType};
use store::rows::people::{self as rows, Group, Mailbox, User};
use store::{Conn, Tx};

use super::{administered, check_count, invalid, refused};
use crate::caller::Caller;
use crate::configuration::kinds::Workgroups;
use crate::people::{self, MailboxOwner, PeopleError, fold};
use crate::refusal::Refusal;

/// Mailboxes by their folded addresses.
type Known = BTreeMap<String, Mailbox>;

fn by_address(mailboxes: Vec<Mailbox>) -> Known {
    let named = mailboxes
        .into_iter()
        .map(|mailbox| (fold(&mailbox.address), mailbox));
    named.collect()
}

/// The mailboxes that have the addresses of these, whosoever they are.
fn known<'a>(
    conn: &mut Conn,
    mailboxes: impl IntoIterator<Item = &'a MonitoredMailbox>,
) -> Result<Known, Refusal> {
    let named = mailboxes.into_iter().filter_map(address_of);
    let named: Vec<String> = named.map(fold).collect();
    Ok(by_address(rows::mailboxes_of_addresses(conn, &named)?))
}

/// Removes, adds and changes mailboxes of a workgroup, in this order.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`]; [`Refusal::ConfigurationTooMany`]; [`Refusal::MissingProperty`] of an
/// address; [`Refusal::ConfigurationInvalid`] of one that is none, is not there, or is there already; [`Refusal::ConfigurationInUse`] of one
/// to be removed.
pub fn update_mailboxes(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &MonitoredMailboxesBulkUpdate,
) -> Result<SubObjectSet, Refusal> {
    let group = administered::<Workgroups>(tx.read(), caller, id)?;
    check_count("add", update.add.len())?;
    check_count("modify", update.modify.len())?;
    check_count("remove", update.remove.len())?;
    if !update.remove.is_empty() {
        let mut own = by_address(rows::mailboxes_of_workgroups(tx.read(), &[group.id])?);
        for address in &update.remove {
            let unknown = || invalid(ValidationErrorType::ExistingInstanceId, "remove", address);
            let mailbox = own.remove(&fold(address)).ok_or_else(unknown)?;
            people::remove_mailbox(tx, &mailbox)?;
        }
    }
    let mut known = known(tx.read(), update.add.iter().chain(&update.modify))?;
    let mut sub_objects = Vec::new();
    for (property, mailboxes) in [("add", &update.add), ("modify", &update.modify)] {
        for mailbox in mailboxes {
            let address = address_of(mailbox).unwrap_or_default();
            let there = known.contains_key(&fold(address));
            if property == "modify" && !there {
                let kind = ValidationErrorType::ExistingInstanceId;
                return Err(invalid(kind, property, address));
            }
            if property == "add" && there {
                let kind = ValidationErrorType::UniqueInstanceId;
                return Err(invalid(kind, property, address));
            }
            let id = put_mailbox(tx, &group, mailbox, &mut known, property)?;
            sub_objects.push(UpdateOperationResult { id, uri: None });
        }
    }
    Ok(SubObjectSet { sub_objects })
}

/// Sets the mailboxes of a workgroup: those that are not named go.
pub(super) fn set_mailboxes(
    tx: &mut Tx<'_>,
    group: &Group,
    mailboxes: &[MonitoredMailbox],
) -> Result<(), Refusal> {
    const PROPERTY: &str = "monitoredMailboxes";
    check_count(PROPERTY, mailboxes.len())?;
    let mut gone = by_address(rows::mailboxes_of_workgroups(tx.read(), &[group.id])?);
    let mut known = known(tx.read(), mailboxes)?;
    for mailbox in mailboxes {
        let address = put_mailbox(tx, group, mailbox, &mut known, PROPERTY)?;
        gone.remove(&fold(&address));
    }
    check_count(PROPERTY, gone.len())?;
    for mailbox in gone.values() {
        people::remove_mailbox(tx, mailbox)?;
    }
    Ok(())
}

fn address_of(mailbox: &MonitoredMailbox) -> Option<&str> {
    let id = mailbox.configuration_id.as_ref().map(|id| &id.id);
    Some(mailbox.email_address.as_ref().or(id)?.trim())
}

/// Adds a mailbox to a workgroup, or changes it; what is absent of one that is there stays as it is.
fn put_mailbox(
    tx: &mut Tx<'_>,
    group: &Group,
    mailbox: &MonitoredMailbox,
    known: &mut Known,
    property: &str,
) -> Result<String, Refusal> {
    let missing = || Refusal::MissingProperty(format!("{property}.emailAddress"));
    let address = address_of(mailbox).ok_or_else(missing)?;
    let before = known.get(&fold(address));
    // The mailbox of somebody else is not taken from him.
    if before.is_some_and(|before| before.workgroup_id != Some(group.id)) {
        return Err(invalid(
            ValidationErrorType::UniqueInstanceId,
            property,
            address,
        ));
    }
    let (receives, sends) = match (mailbox.mailbox_type, before) {
        (Some(MonitoredMailboxType::Inbound), _) => (true, false),
        (Some(MonitoredMailboxType::Outbound), _) => (false, true),
        (None, Some(before)) => (before.receives, before.sends),
        (Some(MonitoredMailboxType::OutboundAndInbound) | None, _) => (true, true),
    };
    let given = mailbox.configuration_id.as_ref().map(|id| &id.display_name);
    let display_name = match (given, before) {
        (Some(Nullable::Value(name)), _) => name.trim(),
        (_, Some(before)) => before.display_name.as_str(),
        (_, None) => group.name.as_str(),
    };
    let wanted = Mailbox {
        id: before.map_or(0, |before| before.id),
        address: address.to_owned(),
        display_name: display_name.to_owned(),
        workgroup_id: Some(group.id),
        user_id: None,
        receives,
        sends,
    };
    if before != Some(&wanted) {
        let owner = MailboxOwner::Workgroup(&group.name);
        let id = people::put_mailbox(tx, owner, address, &wanted.display_name, receives, sends)
            .map_err(|error| refused(error, property))?;
        known.insert(fold(address), Mailbox { id, ..wanted });
    }
    Ok(address.to_owned())
}

/// Sets a user's own mailbox. Without an address the one that he has is meant; an empty one takes it from him.
pub(super) fn set_own_mailbox(
    tx: &mut Tx<'_>,
    user: &User,
    given: &MailboxProperties,
) -> Result<(), Refusal> {
    const ADDRESS: &str = "mailboxProperties.emailAddress";
    let display_name = match &given.display_name {
        Nullable::Value(name) => Some(name.as_str()),
        _ => None,
    };
    let own = rows::mailboxes_of_user(tx.read(), user.id)?;
    let address = match (&given.email_address, own.first()) {
        (Nullable::Value(address), _) => address.trim(),
        (_, Some(own)) => own.address.as_str(),
        (_, None) if display_name.is_some() => {
            return Err(Refusal::MissingProperty(ADDRESS.to_owned()));
        }
        (_, None) => return Ok(()),
    };
    let address = Some(address).filter(|address| !address.is_empty());
    match people::set_own_mailbox(tx, &user.name, address, display_name) {
        Ok(_) => Ok(()),
        Err(error @ PeopleError::BadName(_)) => {
            Err(refused(error, "mailboxProperties.displayName"))
        }
        Err(error) => Err(refused(error, ADDRESS)),
    }
}
