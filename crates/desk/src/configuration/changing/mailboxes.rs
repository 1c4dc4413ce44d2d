//! Mailboxes of workgroups.

use icws::Nullable;
use icws::configuration::people::{
    MonitoredMailbox, MonitoredMailboxType, MonitoredMailboxesBulkUpdate,
};
use icws::configuration::{SubObjectSet, UpdateOperationResult, ValidationErrorType};
use store::Tx;
use store::rows::people as rows;

use super::{administered, invalid, refused};
use crate::caller::Caller;
use crate::configuration::kinds::Workgroups;
use crate::people::{self, MailboxOwner, fold};
use crate::refusal::Refusal;

/// Adds, changes and removes mailboxes of a workgroup.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`]; [`Refusal::MissingProperty`] of an address;
/// [`Refusal::ConfigurationInvalid`] of one that is none or is not there; [`Refusal::ConfigurationInUse`] of one to be removed.
pub fn update_mailboxes(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    update: &MonitoredMailboxesBulkUpdate,
) -> Result<SubObjectSet, Refusal> {
    let group = administered::<Workgroups>(tx.read(), caller, id)?;
    let now = rows::mailboxes_of_workgroups(tx.read(), &[group.id])?;
    let known = |address: &str| {
        now.iter()
            .find(|known| fold(&known.address) == fold(address))
    };
    for address in &update.remove {
        let unknown = || invalid(ValidationErrorType::ExistingInstanceId, "remove", address);
        people::remove_mailbox(tx, known(address).ok_or_else(unknown)?)?;
    }
    let mut sub_objects = Vec::new();
    for (property, mailboxes) in [("add", &update.add), ("modify", &update.modify)] {
        for mailbox in mailboxes {
            let address = address_of(mailbox).unwrap_or_default();
            let there = known(&address).is_some();
            if property == "modify" && !there {
                let kind = ValidationErrorType::ExistingInstanceId;
                return Err(invalid(kind, property, &address));
            }
            if property == "add" && there {
                let kind = ValidationErrorType::UniqueInstanceId;
                return Err(invalid(kind, property, &address));
            }
            let id = put_mailbox(tx, &group.name, mailbox, property)?;
            sub_objects.push(UpdateOperationResult { id, uri: None });
        }
    }
    Ok(SubObjectSet { sub_objects })
}

fn address_of(mailbox: &MonitoredMailbox) -> Option<String> {
    let id = mailbox.configuration_id.as_ref().map(|id| &id.id);
    mailbox.email_address.as_ref().or(id).cloned()
}

/// Adds a mailbox to a workgroup, or changes it; what is absent of one that is there stays as it is.
pub(super) fn put_mailbox(
    tx: &mut Tx<'_>,
    group: &str,
    mailbox: &MonitoredMailbox,
    property: &str,
) -> Result<String, Refusal> {
    let missing = || Refusal::MissingProperty(format!("{property}.emailAddress"));
    let address = address_of(mailbox).ok_or_else(missing)?;
    let group_id = people::workgroup(tx.read(), group)?.id;
    let before = rows::mailboxes(tx.read())?
        .into_iter()
        .find(|known| fold(&known.address) == fold(&address));
    // The mailbox of somebody else is not taken from him.
    if before
        .as_ref()
        .is_some_and(|before| before.workgroup_id != Some(group_id))
    {
        return Err(invalid(
            ValidationErrorType::UniqueInstanceId,
            property,
            &address,
        ));
    }
    let (receives, sends) = match (mailbox.mailbox_type, &before) {
        (Some(MonitoredMailboxType::Inbound), _) => (true, false),
        (Some(MonitoredMailboxType::Outbound), _) => (false, true),
        (None, Some(before)) => (before.receives, before.sends),
        (Some(MonitoredMailboxType::OutboundAndInbound) | None, _) => (true, true),
    };
    let name = match mailbox.configuration_id.as_ref().map(|id| &id.display_name) {
        Some(Nullable::Value(name)) => name.clone(),
        _ => before.map_or_else(|| group.to_owned(), |before| before.display_name),
    };
    let owner = MailboxOwner::Workgroup(group);
    people::put_mailbox(tx, owner, &address, &name, receives, sends)
        .map_err(|error| refused(error, property))?;
    Ok(address)
}
