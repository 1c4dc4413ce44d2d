//! People and rights as an administrator looks at them.

use store::Conn;
use store::rows::people::{self as rows, Holder, Mailbox, User};

use super::PeopleError;
use crate::rights::{ANY, Right, Scope};

/// Everybody and everything that holds rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Users by name.
    pub users: Vec<ListedUser>,
    /// Workgroups by name.
    pub workgroups: Vec<ListedWorkgroup>,
    /// Roles by name, each with its rights.
    pub roles: Vec<(String, Vec<ListedRight>)>,
    /// The rights that everyone has.
    pub everyone: Vec<ListedRight>,
    /// Mailboxes of users and workgroups by address.
    pub mailboxes: Vec<Mailbox>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// The user.
    pub user: User,
    /// The names of his workgroups.
    pub workgroups: Vec<String>,
    /// The names of his roles.
    pub roles: Vec<String>,
    /// The rights that he holds himself.
    pub rights: Vec<ListedRight>,
}

/// A workgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedWorkgroup {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The names of its members.
    pub members: Vec<String>,
    /// The rights that it holds.
    pub rights: Vec<ListedRight>,
}

/// A right and what it is held for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedRight {
    /// The ICWS property.
    pub property: String,
    /// What for; nothing where the right is given for everything. A library is called by its name.
    pub object: Option<String>,
}

/// Lists everybody and everything that holds rights.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn) -> Result<Listed, PeopleError> {
    let mut workgroups = Vec::new();
    for group in rows::workgroups(conn)? {
        let members = rows::members_of(conn, group.id)?
            .into_iter()
            .map(|user| user.name)
            .collect();
        let rights = rights_of(conn, Holder::Workgroup(group.id))?;
        workgroups.push(ListedWorkgroup {
            id: group.id,
            name: group.name,
            members,
            rights,
        });
    }
    let mut users = Vec::new();
    for user in rows::users(conn)? {
        let of_user = rows::workgroups_of(conn, user.id)?;
        let named = workgroups
            .iter()
            .filter(|group| of_user.contains(&group.id))
            .map(|group| group.name.clone());
        let workgroups = named.collect();
        let roles = rows::roles_of(conn, user.id)?
            .into_iter()
            .map(|role| role.name)
            .collect();
        let rights = rights_of(conn, Holder::User(user.id))?;
        users.push(ListedUser {
            user,
            workgroups,
            roles,
            rights,
        });
    }
    let mut roles = Vec::new();
    for role in rows::roles(conn)? {
        let rights = rights_of(conn, Holder::Role(role.id))?;
        roles.push((role.name, rights));
    }
    let everyone = rights_of(conn, Holder::Everyone)?;
    Ok(Listed {
        users,
        workgroups,
        roles,
        everyone,
        mailboxes: rows::mailboxes(conn)?,
    })
}

fn rights_of(conn: &mut Conn, holder: Holder) -> Result<Vec<ListedRight>, PeopleError> {
    let mut rights = Vec::new();
    for (property, object) in rows::own_rights(conn, holder)? {
        let object = match Right::of_property(&property).map(Right::scope) {
            Some(Scope::Everything) => None,
            Some(Scope::Libraries) if object != ANY => {
                Some(crate::response_management::name_of(conn, &object)?)
            }
            _ => Some(object),
        };
        rights.push(ListedRight { property, object });
    }
    rights.sort();
    Ok(rights)
}

/// Who holds a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedHolder {
    /// A user, by his name.
    User(String),
    /// A role, by its name.
    Role(String),
    /// A workgroup, by its name.
    Workgroup(String),
    /// Everyone.
    Everyone,
}

/// Who holds a right for an object: for it alone, or for all.
///
/// # Errors
/// Those of the database.
pub fn holders_of(
    conn: &mut Conn,
    right: Right,
    object: &str,
) -> Result<Vec<ListedHolder>, PeopleError> {
    let mut holders = Vec::new();
    for (holder, _) in rows::holders(conn, right.property(), &[object, ANY])? {
        let listed = match holder {
            Holder::User(id) => rows::user(conn, id)?.map(|user| ListedHolder::User(user.name)),
            Holder::Role(id) => rows::role(conn, id)?.map(|role| ListedHolder::Role(role.name)),
            Holder::Workgroup(id) => {
                rows::workgroup(conn, id)?.map(|group| ListedHolder::Workgroup(group.name))
            }
            Holder::Everyone => Some(ListedHolder::Everyone),
        };
        if let Some(listed) = listed.filter(|listed| !holders.contains(listed)) {
            holders.push(listed);
        }
    }
    Ok(holders)
}
