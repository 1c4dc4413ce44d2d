//! Users, workgroups, mailboxes, and who may do what.
//!
//! What clients see of them: `icws/(sessionId)/configuration/`.

mod listing;
mod mailboxes;
mod memberships;
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

pub use mailboxes::{MailboxOwner, put_mailbox, set_own_mailbox};
pub use memberships::{add_member, add_to_role, remove_from_role, remove_member, set_member};
pub(crate) use removing::in_use;
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
    /// Open interactions need what is to go; some of them.
    #[error(
        "mail of open interactions goes out by it: {}",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    InUse(Vec<i64>),
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
    if user.display_name == display_name {
        return Ok(());
    }
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
    set_right(tx, holder, right, object, true)
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
    set_right(tx, holder, right, object, false)
}

/// Gives a right for one object or for `*`, or takes it away; false if it was so already.
///
/// # Errors
/// Those of the database.
pub fn set_right(
    tx: &mut Tx<'_>,
    holder: Holder,
    right: Right,
    object: &str,
    held: bool,
) -> Result<bool, PeopleError> {
    let (property, object) = (right.property(), fold(object));
    let changed = if held {
        rows::grant(tx, holder, property, &object)?
    } else {
        rows::revoke(tx, holder, property, &object)?
    };
    if changed {
        Change::People.record(tx);
    }
    Ok(changed)
}
