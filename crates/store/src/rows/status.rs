//! The statuses there are, and those that users have.

use diesel::prelude::*;

use crate::schema::{sessions, status_messages, user_statuses, users};
use crate::{Conn, Tx};

use super::people::User;

type Result<T> = diesel::QueryResult<T>;

/// A status that a user can have.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = status_messages)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row as the contract has it: each says one thing that the status means"
)]
pub struct StatusMessage {
    /// Its id.
    pub id: String,
    /// As people read it.
    pub text: String,
    /// Statuses with the same tag are shown together.
    pub group_tag: String,
    /// Whether the day of its end may be told.
    pub can_have_date: bool,
    /// Whether the hour of its end may be told.
    pub can_have_time: bool,
    /// Whether nobody is to disturb.
    pub do_not_disturb: bool,
    /// Whether a user can choose it.
    pub selectable: bool,
    /// Whether it outlives the session.
    pub persistent: bool,
    /// Whether interactions are forwarded.
    pub forward: bool,
    /// Whether it is the one of wrapping up.
    pub after_call_work: bool,
    /// Whether interactions of workgroups are offered.
    pub acd: bool,
    /// Whether a follow-up may come after it.
    pub follow_up: bool,
}

/// The status of a user. A user who never chose one has no row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = user_statuses, treat_none_as_null = true)]
pub struct UserStatus {
    /// Whose it is.
    pub user_id: i64,
    /// The id of the status.
    pub status_id: String,
    /// What the user wrote beside it.
    pub notes: String,
    /// Where interactions are forwarded to.
    pub forward_number: String,
    /// When it is to end, in Unix milliseconds.
    pub until_at: Option<i64>,
    /// Whether the day of that was meant.
    pub until_has_date: bool,
    /// Whether the hour of that was meant.
    pub until_has_time: bool,
    /// Since when the user has it.
    pub changed_at: i64,
}

/// All statuses there are, in their order.
pub fn status_messages(conn: &mut Conn) -> Result<Vec<StatusMessage>> {
    status_messages::table
        .order(status_messages::position)
        .select(StatusMessage::as_select())
        .load(conn)
}

/// The status of this folded id.
pub fn status_message(conn: &mut Conn, folded: &str) -> Result<Option<StatusMessage>> {
    status_messages::table
        .filter(status_messages::folded.eq(folded))
        .select(StatusMessage::as_select())
        .get_result(conn)
        .optional()
}

/// The statuses of those of the users who have one.
pub fn of_users(conn: &mut Conn, users: &[i64]) -> Result<Vec<UserStatus>> {
    user_statuses::table
        .filter(user_statuses::user_id.eq_any(users))
        .select(UserStatus::as_select())
        .load(conn)
}

/// Sets the status of a user.
pub fn put(tx: &mut Tx<'_>, status: &UserStatus) -> Result<()> {
    let changed = diesel::update(user_statuses::table.find(status.user_id))
        .set(status)
        .execute(tx.write())?;
    if changed == 0 {
        diesel::insert_into(user_statuses::table)
            .values(status)
            .execute(tx.write())?;
    }
    Ok(())
}

/// Those of the users who have a session.
pub fn logged_in(conn: &mut Conn, users: &[i64]) -> Result<Vec<i64>> {
    sessions::table
        .filter(
            sessions::user_id
                .eq_any(users)
                .and(sessions::ended_at.is_null()),
        )
        .select(sessions::user_id)
        .distinct()
        .load(conn)
}

/// The users of these folded names, by name.
pub fn users_of_names(conn: &mut Conn, folded: &[String]) -> Result<Vec<User>> {
    users::table
        .filter(users::folded.eq_any(folded))
        .order(users::folded)
        .select(User::as_select())
        .load(conn)
}

/// The users of these numbers, by name.
pub fn users_of_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<User>> {
    users::table
        .filter(users::id.eq_any(ids))
        .order(users::folded)
        .select(User::as_select())
        .load(conn)
}
