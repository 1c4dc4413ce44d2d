//! What configuration objects tell of people beside what rules need of them, and what goes when they go.

use diesel::prelude::*;

use super::people::{Group, Holder, User};
use crate::schema::{
    interactions, libraries, library_files, library_items, mailboxes, outbox_recipients, rights,
    role_members, roles, sessions, user_statuses, users, workgroup_members, workgroups,
};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// The workgroups that a user belongs to, by name.
pub fn workgroups_of(conn: &mut Conn, user: i64) -> Result<Vec<Group>> {
    let rows: Vec<(i64, String)> = workgroups::table
        .inner_join(workgroup_members::table.on(workgroup_members::workgroup_id.eq(workgroups::id)))
        .filter(workgroup_members::user_id.eq(user))
        .order(workgroups::folded)
        .select((workgroups::id, workgroups::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Group { id, name })
        .collect())
}

/// The users who have a role, by name.
pub fn members_of_role(conn: &mut Conn, role: i64) -> Result<Vec<User>> {
    users::table
        .inner_join(role_members::table.on(role_members::user_id.eq(users::id)))
        .filter(role_members::role_id.eq(role))
        .order(users::folded)
        .select(User::as_select())
        .load(conn)
}

/// The roles of these folded names.
pub fn roles_of_names(conn: &mut Conn, folded: &[String]) -> Result<Vec<Group>> {
    let rows: Vec<(i64, String)> = roles::table
        .filter(roles::folded.eq_any(folded))
        .select((roles::id, roles::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Group { id, name })
        .collect())
}

/// The workgroups of these folded names.
pub fn workgroups_of_names(conn: &mut Conn, folded: &[String]) -> Result<Vec<Group>> {
    let rows: Vec<(i64, String)> = workgroups::table
        .filter(workgroups::folded.eq_any(folded))
        .select((workgroups::id, workgroups::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Group { id, name })
        .collect())
}

/// The rights that any of these holders has itself, as property and object.
pub fn rights_of(conn: &mut Conn, holders: &[Holder]) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for wanted in 0..4 {
        let of_kind = holders.iter().map(|holder| holder.columns());
        let ids: Vec<i64> = of_kind
            .filter(|(kind, _)| *kind == wanted)
            .map(|(_, id)| id)
            .collect();
        if !ids.is_empty() {
            let held: Vec<(String, String)> = rights::table
                .filter(rights::holder_kind.eq(wanted))
                .filter(rights::holder_id.eq_any(ids))
                .select((rights::property, rights::object))
                .distinct()
                .load(conn)?;
            found.extend(held);
        }
    }
    Ok(found)
}

/// Sets the name of a user that is shown to people.
pub fn set_display_name(tx: &mut Tx<'_>, id: i64, display_name: &str) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::display_name.eq(display_name))
        .execute(tx.write())
        .map(drop)
}

/// How many interactions are named when something cannot go because of them.
const NAMED: i64 = 20;

/// Some of the interactions in a user's queue that have not ended, or that go out by a mailbox of his.
pub fn open_interactions_of_user(conn: &mut Conn, user: i64) -> Result<Vec<i64>> {
    let open: Vec<i64> = interactions::table
        .filter(interactions::user_id.eq(user))
        .filter(interactions::ended_at.is_null())
        .limit(NAMED)
        .select(interactions::id)
        .load(conn)?;
    if !open.is_empty() {
        return Ok(open);
    }
    let own = mailboxes::table
        .filter(mailboxes::user_id.eq(user))
        .select(mailboxes::id)
        .load(conn)?;
    open_interactions_of_mailboxes(conn, own)
}

/// Some of the interactions on behalf of a workgroup, or in its queue, that have not ended, or that go out by a mailbox of it.
pub fn open_interactions_of_workgroup(conn: &mut Conn, workgroup: i64) -> Result<Vec<i64>> {
    let open: Vec<i64> = interactions::table
        .filter(interactions::workgroup_id.eq(workgroup))
        .filter(interactions::ended_at.is_null())
        .limit(NAMED)
        .select(interactions::id)
        .load(conn)?;
    if !open.is_empty() {
        return Ok(open);
    }
    let own = mailboxes::table
        .filter(mailboxes::workgroup_id.eq(workgroup))
        .select(mailboxes::id)
        .load(conn)?;
    open_interactions_of_mailboxes(conn, own)
}

/// Some of the interactions that came in or go out by a mailbox and have not ended, or are sent and not delivered yet.
pub fn open_interactions_of_mailbox(conn: &mut Conn, mailbox: i64) -> Result<Vec<i64>> {
    open_interactions_of_mailboxes(conn, vec![mailbox])
}

fn open_interactions_of_mailboxes(conn: &mut Conn, mailboxes: Vec<i64>) -> Result<Vec<i64>> {
    // A message that waits is built when its turn comes, and needs its mailbox then.
    let waiting = outbox_recipients::table
        .filter(outbox_recipients::state.eq(0))
        .select(outbox_recipients::interaction_id);
    interactions::table
        .filter(interactions::mailbox_id.eq_any(mailboxes))
        .filter(
            interactions::ended_at
                .is_null()
                .or(interactions::id.eq_any(waiting)),
        )
        .limit(NAMED)
        .select(interactions::id)
        .load(conn)
}

/// The sessions of a user that go on.
pub fn sessions_of_user(conn: &mut Conn, user: i64) -> Result<Vec<i64>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .select(sessions::id)
        .load(conn)
}

/// Removes a user with his memberships, status, mailboxes and library.
pub fn remove_user(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    diesel::delete(role_members::table.filter(role_members::user_id.eq(id))).execute(tx.write())?;
    diesel::delete(workgroup_members::table.filter(workgroup_members::user_id.eq(id)))
        .execute(tx.write())?;
    diesel::delete(user_statuses::table.find(id)).execute(tx.write())?;
    diesel::delete(mailboxes::table.filter(mailboxes::user_id.eq(id))).execute(tx.write())?;
    let own: Vec<Vec<u8>> = libraries::table
        .filter(libraries::owner_id.eq(id))
        .select(libraries::id)
        .load(tx.read())?;
    for library in own {
        remove_library(tx, &library)?;
    }
    diesel::delete(users::table.find(id))
        .execute(tx.write())
        .map(drop)
}

/// Removes a library with its index and its files. Their bytes go when nothing refers to them any more.
pub fn remove_library(tx: &mut Tx<'_>, id: &[u8]) -> Result<()> {
    diesel::delete(library_items::table.filter(library_items::library_id.eq(id)))
        .execute(tx.write())?;
    diesel::delete(library_files::table.filter(library_files::library_id.eq(id)))
        .execute(tx.write())?;
    diesel::delete(libraries::table.find(id))
        .execute(tx.write())
        .map(drop)
}

/// Removes a role with its memberships.
pub fn remove_role(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    diesel::delete(role_members::table.filter(role_members::role_id.eq(id))).execute(tx.write())?;
    diesel::delete(roles::table.find(id))
        .execute(tx.write())
        .map(drop)
}

/// Removes a workgroup with its memberships and mailboxes.
pub fn remove_workgroup(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    diesel::delete(workgroup_members::table.filter(workgroup_members::workgroup_id.eq(id)))
        .execute(tx.write())?;
    diesel::delete(mailboxes::table.filter(mailboxes::workgroup_id.eq(id))).execute(tx.write())?;
    diesel::delete(workgroups::table.find(id))
        .execute(tx.write())
        .map(drop)
}

/// Removes a mailbox.
pub fn remove_mailbox(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    diesel::delete(mailboxes::table.find(id))
        .execute(tx.write())
        .map(drop)
}

/// Removes the rights that a holder has, and those of these properties that others hold for one object.
pub fn remove_rights(
    tx: &mut Tx<'_>,
    holder: Option<Holder>,
    properties: &[&str],
    object: &str,
) -> Result<()> {
    if let Some(holder) = holder {
        let (kind, id) = holder.columns();
        let held = rights::table.filter(rights::holder_kind.eq(kind).and(rights::holder_id.eq(id)));
        diesel::delete(held).execute(tx.write())?;
    }
    let about = rights::table
        .filter(rights::object.eq(object))
        .filter(rights::property.eq_any(properties));
    diesel::delete(about).execute(tx.write()).map(drop)
}
