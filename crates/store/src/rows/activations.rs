//! In which workgroups users take part.

use diesel::prelude::*;

use super::people::{Group, User};
use crate::schema::{users, workgroup_members, workgroups};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// The workgroups that a user belongs to by name, and whether he takes part in each.
pub fn of_user(conn: &mut Conn, user: i64) -> Result<Vec<(Group, bool)>> {
    let rows: Vec<(i64, String, bool)> = workgroups::table
        .inner_join(workgroup_members::table.on(workgroup_members::workgroup_id.eq(workgroups::id)))
        .filter(workgroup_members::user_id.eq(user))
        .order(workgroups::folded)
        .select((workgroups::id, workgroups::name, workgroup_members::active))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, active)| (Group { id, name }, active))
        .collect())
}

/// The users who belong to a workgroup by name, and whether each takes part.
pub fn of_workgroup(conn: &mut Conn, workgroup: i64) -> Result<Vec<(User, bool)>> {
    users::table
        .inner_join(workgroup_members::table.on(workgroup_members::user_id.eq(users::id)))
        .filter(workgroup_members::workgroup_id.eq(workgroup))
        .order(users::folded)
        .select((User::as_select(), workgroup_members::active))
        .load(conn)
}

/// Sets whether a member takes part; false if that is no change.
pub fn set(tx: &mut Tx<'_>, user: i64, workgroup: i64, active: bool) -> Result<bool> {
    let other = workgroup_members::table
        .filter(workgroup_members::user_id.eq(user))
        .filter(workgroup_members::workgroup_id.eq(workgroup))
        .filter(workgroup_members::active.ne(active));
    let changed = diesel::update(other)
        .set(workgroup_members::active.eq(active))
        .execute(tx.write())?;
    Ok(changed > 0)
}
