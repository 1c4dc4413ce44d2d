//! Users, workgroups, mailboxes, and who may do what.
//!
//! What clients see of them: `icws/(sessionId)/configuration/`.

mod listing;
mod removing;

use store::rows::people as rows;
use store::rows::people::Holder;
use store::{Conn, Tx};

use crate::ids::UserId;
use crate::journal::Change;
use crate::refusal::Refusal;
use crate::rights::{ANY, Right, Scope};

pub use listing::{
    Listed, ListedHolder, ListedRight, ListedUser, ListedWorkgroup, holders_of, list,
};

pub use removing::{remove_library, remove_mailbox, remove_role, remove_user, remove_workgroup};

/// A name as it is compared: ICWS ids of users, workgroups and the like know no case. No name has a NUL, which not every database
/// can look for: it becomes a character that no name has either.
pub fn fold(name: &str) -> String {
    name.trim().to_lowercase().replace('\0', "\u{FFFD}")
}

/// Why something about people could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The name is empty, too long, or has characters that would break a line, a path or a header.
    #[error(
        "`{0}` cannot be a name: use 1 to 100 characters, none of them a control character, `/` or `\\`"
    )]
    BadName(String),
    /// The address is none that mail can go to.
    #[error("`{0}` is not an email address")]
    BadAddress(String),
    /// It is there already.
    #[error("there is already a {what} called `{name}`")]
    Exists {
        /// User, workgroup or role.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// It is not there.
    #[error("there is no {what} called `{name}`")]
    Unknown {
        /// User, workgroup, role or library.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The right is not one of ICWS's.
    #[error(
        "`{0}` is not a right; rights are named by their ICWS properties, such as `allowResponseManagement`"
    )]
    UnknownRight(String),
    /// The right is given for objects, and none was named, or the other way round.
    #[error("the right `{right}` {problem}")]
    WrongObject {
        /// The right.
        right: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// Several libraries bear the name.
    #[error("several libraries are called `{0}`; use the id of the one you mean")]
    Ambiguous(String),
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Password(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<store::QueryError> for PeopleError {
    fn from(error: store::QueryError) -> Self {
        PeopleError::Store(error.into())
    }
}

impl From<PeopleError> for Refusal {
    fn from(error: PeopleError) -> Self {
        Refusal::internal(error)
    }
}

fn checked(name: &str) -> Result<&str, PeopleError> {
    let name = name.trim();
    let bad = |c: char| c.is_control() || c == '/' || c == '\\';
    if name.is_empty() || name.chars().count() > 100 || name.contains(bad) {
        return Err(PeopleError::BadName(name.to_owned()));
    }
    Ok(name)
}

/// Adds a user. `password` is a PHC string ([`crate::passwords::hash`]).
///
/// # Errors
/// [`PeopleError::BadName`], or [`PeopleError::Exists`] if someone is called so in whatever case.
pub fn add_user(
    tx: &mut Tx<'_>,
    name: &str,
    display_name: &str,
    password: Option<&str>,
    now: i64,
) -> Result<UserId, PeopleError> {
    let name = checked(name)?;
    let folded = fold(name);
    if rows::user_by_name(tx.read(), &folded)?.is_some() {
        return Err(PeopleError::Exists {
            what: "user",
            name: name.to_owned(),
        });
    }
    let display_name = checked(display_name)?;
    let user = rows::NewUser {
        name,
        folded: &folded,
        display_name,
        password,
        created_at: now,
    };
    let id = rows::add_user(tx, &user)?;
    Change::People.record(tx);
    Ok(UserId(id))
}

/// The user of this name.
///
/// # Errors
/// [`PeopleError::Unknown`].
pub fn user(conn: &mut Conn, name: &str) -> Result<rows::User, PeopleError> {
    rows::user_by_name(conn, &fold(name))?.ok_or_else(|| PeopleError::Unknown {
        what: "user",
        name: name.to_owned(),
    })
}

/// Sets a user's password (a PHC string).
///
/// # Errors
/// [`PeopleError::Unknown`].
pub fn set_password(tx: &mut Tx<'_>, name: &str, password: &str) -> Result<(), PeopleError> {
    let user = user(tx.read(), name)?;
    rows::set_password(tx, user.id, password)?;
    Ok(())
}

/// Sets the name of a user that is shown to people.
///
/// # Errors
/// [`PeopleError::Unknown`], or [`PeopleError::BadName`].
pub fn set_display_name(
    tx: &mut Tx<'_>,
    name: &str,
    display_name: &str,
) -> Result<(), PeopleError> {
    let user = user(tx.read(), name)?;
    let display_name = checked(display_name)?;
    store::rows::configuration::set_display_name(tx, user.id, display_name)?;
    for mailbox in rows::mailboxes_of_user(tx.read(), user.id)? {
        let names = [
            mailbox.address.as_str(),
            &mailbox.display_name,
            &user.name,
            display_name,
        ];
        crate::email::addresses::note_mailbox(tx, mailbox.id, &names)?;
    }
    Change::People.record(tx);
    Ok(())
}

/// Adds a workgroup.
///
/// # Errors
/// [`PeopleError::BadName`], or [`PeopleError::Exists`] if one is called so in whatever case.
pub fn add_workgroup(tx: &mut Tx<'_>, name: &str) -> Result<i64, PeopleError> {
    let name = checked(name)?;
    let folded = fold(name);
    if rows::workgroup_by_name(tx.read(), &folded)?.is_some() {
        return Err(PeopleError::Exists {
            what: "workgroup",
            name: name.to_owned(),
        });
    }
    let id = rows::add_workgroup(tx, name, &folded)?;
    Change::People.record(tx);
    Ok(id)
}

/// The workgroup of this name.
///
/// # Errors
/// [`PeopleError::Unknown`].
pub fn workgroup(conn: &mut Conn, name: &str) -> Result<rows::Group, PeopleError> {
    rows::workgroup_by_name(conn, &fold(name))?.ok_or_else(|| PeopleError::Unknown {
        what: "workgroup",
        name: name.to_owned(),
    })
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
    let added = rows::add_workgroup_member(tx, group.id, user.id)?;
    if added {
        Change::People.record(tx);
    }
    Ok(added)
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
    let removed = rows::remove_workgroup_member(tx, group.id, user.id)?;
    if removed {
        Change::People.record(tx);
    }
    Ok(removed)
}

/// Adds a role.
///
/// # Errors
/// [`PeopleError::BadName`], or [`PeopleError::Exists`] if one is called so in whatever case.
pub fn add_role(tx: &mut Tx<'_>, name: &str) -> Result<i64, PeopleError> {
    let name = checked(name)?;
    let folded = fold(name);
    if rows::role_by_name(tx.read(), &folded)?.is_some() {
        return Err(PeopleError::Exists {
            what: "role",
            name: name.to_owned(),
        });
    }
    let id = rows::add_role(tx, name, &folded)?;
    Change::People.record(tx);
    Ok(id)
}

/// The role of this name.
///
/// # Errors
/// [`PeopleError::Unknown`].
pub fn role(conn: &mut Conn, name: &str) -> Result<rows::Group, PeopleError> {
    rows::role_by_name(conn, &fold(name))?.ok_or_else(|| PeopleError::Unknown {
        what: "role",
        name: name.to_owned(),
    })
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
    let added = rows::add_role_member(tx, id, user.id)?;
    if added {
        Change::People.record(tx);
    }
    Ok(added)
}

/// Takes a role from a user; false if he did not have it.
///
/// # Errors
/// [`PeopleError::Unknown`], of either.
pub fn remove_from_role(tx: &mut Tx<'_>, role: &str, user_name: &str) -> Result<bool, PeopleError> {
    let user = user(tx.read(), user_name)?;
    let Holder::Role(id) = HolderName::Role(role).find(tx.read())? else {
        return Ok(false);
    };
    let removed = rows::remove_role_member(tx, id, user.id)?;
    if removed {
        Change::People.record(tx);
    }
    Ok(removed)
}

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

/// Who is to hold a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderName<'a> {
    /// A user by his name.
    User(&'a str),
    /// A role by its name.
    Role(&'a str),
    /// A workgroup by its name.
    Workgroup(&'a str),
    /// Every user.
    Everyone,
}

impl HolderName<'_> {
    /// The holder of this name.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub fn find(self, conn: &mut Conn) -> Result<Holder, PeopleError> {
        Ok(match self {
            HolderName::User(name) => Holder::User(user(conn, name)?.id),
            HolderName::Workgroup(name) => Holder::Workgroup(workgroup(conn, name)?.id),
            HolderName::Role(name) => Holder::Role(role(conn, name)?.id),
            HolderName::Everyone => Holder::Everyone,
        })
    }
}

/// The right of an ICWS property.
///
/// # Errors
/// [`PeopleError::UnknownRight`].
pub fn right(property: &str) -> Result<Right, PeopleError> {
    Right::of_property(property).ok_or_else(|| PeopleError::UnknownRight(property.to_owned()))
}

/// What a right is to be given for, as rights keep it: `*`, or the one thing of that name. A library is named by its Guid or
/// by its name.
///
/// # Errors
/// [`PeopleError::WrongObject`] if the right is not given for such things, [`PeopleError::Unknown`] if there is none of that name,
/// [`PeopleError::Ambiguous`] if several libraries have it.
pub fn object(conn: &mut Conn, right: Right, name: Option<&str>) -> Result<String, PeopleError> {
    let wrong = |problem| PeopleError::WrongObject {
        right: right.property(),
        problem,
    };
    let name = match (right.scope(), name) {
        (_, Some(ANY)) | (Scope::Everything, None) => return Ok(ANY.to_owned()),
        (Scope::Everything, Some(_)) => {
            return Err(wrong("is given for everything; leave the object out"));
        }
        (Scope::Libraries, None) => {
            return Err(wrong("is given for libraries: name one, or `*` for all"));
        }
        (Scope::Users, None) => return Err(wrong("is given for users: name one, or `*` for all")),
        (Scope::Workgroups, None) => {
            return Err(wrong("is given for workgroups: name one, or `*` for all"));
        }
        (Scope::Roles, None) => return Err(wrong("is given for roles: name one, or `*` for all")),
        (_, Some(name)) => name,
    };
    Ok(match right.scope() {
        Scope::Everything => ANY.to_owned(),
        Scope::Libraries => crate::response_management::system_library(conn, name)?.to_string(),
        Scope::Users => fold(&user(conn, name)?.name),
        Scope::Workgroups => fold(&workgroup(conn, name)?.name),
        Scope::Roles => HolderName::Role(name).find(conn).map(|_| fold(name))?,
    })
}

/// Gives a right, for one object (a library's Guid, a name) or for `*`; false if the holder had it.
///
/// # Errors
/// [`PeopleError::Unknown`] holder.
pub fn grant(
    tx: &mut Tx<'_>,
    holder: HolderName<'_>,
    right: Right,
    object: &str,
) -> Result<bool, PeopleError> {
    let holder = holder.find(tx.read())?;
    let granted = rows::grant(tx, holder, right.property(), &fold(object))?;
    if granted {
        Change::People.record(tx);
    }
    Ok(granted)
}

/// Takes a right away; false if the holder did not have it himself.
///
/// # Errors
/// [`PeopleError::Unknown`] holder.
pub fn revoke(
    tx: &mut Tx<'_>,
    holder: HolderName<'_>,
    right: Right,
    object: &str,
) -> Result<bool, PeopleError> {
    let holder = holder.find(tx.read())?;
    let revoked = rows::revoke(tx, holder, right.property(), &fold(object))?;
    if revoked {
        Change::People.record(tx);
    }
    Ok(revoked)
}
