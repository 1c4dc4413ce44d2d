//! Mailboxes of workgroups and of users.

use store::Tx;
use store::rows::configuration as configuration_rows;
use store::rows::people::{self as rows, Mailbox};

use super::{PeopleError, checked, fold, user, workgroup};
use crate::journal::Change;

/// Whose a mailbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxOwner<'a> {
    /// A workgroup's, by its name.
    Workgroup(&'a str),
    /// A user's, by his name.
    User(&'a str),
}

/// Adds a mailbox, or changes the one of this address.
///
/// # Errors
/// [`PeopleError::BadAddress`], [`PeopleError::BadName`] of what is shown, or [`PeopleError::Unknown`] owner.
pub fn put_mailbox(
    tx: &mut Tx<'_>,
    owner: MailboxOwner<'_>,
    address: &str,
    display_name: &str,
    receives: bool,
    sends: bool,
) -> Result<i64, PeopleError> {
    let address = address.trim();
    if !mail::addresses::is_valid(address) {
        return Err(PeopleError::BadAddress(address.to_owned()));
    }
    let display_name = checked(display_name)?;
    let mut names = vec![address.to_owned(), display_name.to_owned()];
    let (workgroup_id, user_id) = match owner {
        MailboxOwner::Workgroup(name) => {
            let group = workgroup(tx.read(), name)?;
            names.push(group.name);
            (Some(group.id), None)
        }
        MailboxOwner::User(name) => {
            let user = user(tx.read(), name)?;
            names.extend([user.name, user.display_name]);
            (None, Some(user.id))
        }
    };
    let folded = fold(address);
    let mailbox = rows::NewMailbox {
        address,
        folded: &folded,
        display_name,
        workgroup_id,
        user_id,
        receives,
        sends,
    };
    let id = rows::put_mailbox(tx, &mailbox)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::email::addresses::note_mailbox(tx, id, &names)?;
    Change::People.record(tx);
    Ok(id)
}

/// Gives a user a mailbox of his own in the place of the one that he has, or none; false if it was so already. Mail goes out by it. Without
/// `display_name` the name beside the address stays as it is, and is the user's at first.
///
/// # Errors
/// [`PeopleError::Unknown`] user, [`PeopleError::BadAddress`], [`PeopleError::BadName`] of what is shown; [`PeopleError::Exists`] if the
/// address is that of somebody else's mailbox, [`PeopleError::InUse`] if an open interaction needs the one that goes.
pub fn set_own_mailbox(
    tx: &mut Tx<'_>,
    user_name: &str,
    address: Option<&str>,
    display_name: Option<&str>,
) -> Result<bool, PeopleError> {
    let user = user(tx.read(), user_name)?;
    let wanted = address.map(fold);
    let is_wanted = |mailbox: &Mailbox| Some(fold(&mailbox.address)) == wanted;
    let mut changed = false;
    for mailbox in rows::mailboxes_of_user(tx.read(), user.id)? {
        if !is_wanted(&mailbox) {
            let open = configuration_rows::open_interactions_of_mailbox(tx.read(), mailbox.id)?;
            if !open.is_empty() {
                return Err(PeopleError::InUse(open));
            }
            forget_mailbox(tx, &mailbox)?;
            changed = true;
        }
    }
    let (Some(address), Some(wanted)) = (address.map(str::trim), wanted) else {
        return Ok(changed);
    };
    let before = rows::mailboxes_of_addresses(tx.read(), &[wanted])?.pop();
    if let Some(other) = before
        .as_ref()
        .filter(|before| before.user_id != Some(user.id))
    {
        return Err(PeopleError::Exists {
            what: "mailbox",
            name: other.address.clone(),
        });
    }
    let shown = before
        .as_ref()
        .map_or(&user.display_name, |before| &before.display_name);
    let shown = display_name.unwrap_or(shown).trim();
    let is_so = before
        .as_ref()
        .is_some_and(|before| before.address == address && before.display_name == shown);
    if is_so {
        return Ok(changed);
    }
    put_mailbox(
        tx,
        MailboxOwner::User(&user.name),
        address,
        shown,
        false,
        true,
    )?;
    Ok(true)
}

/// Removes a mailbox that nothing needs, with the words by which it is found.
pub(super) fn forget_mailbox(tx: &mut Tx<'_>, mailbox: &Mailbox) -> Result<(), PeopleError> {
    configuration_rows::remove_mailbox(tx, mailbox.id)?;
    crate::email::addresses::note_mailbox(tx, mailbox.id, &[])?;
    Change::People.record(tx);
    Ok(())
}
