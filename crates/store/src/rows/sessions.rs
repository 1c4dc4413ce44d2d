//! Sessions, their subscriptions and their one-shot messages.

use diesel::prelude::*;

use super::people::User;
use crate::schema::{auth_tokens, one_shots, sessions, subscriptions, uploads, users};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// A session as it is kept. Cookie and token are kept as hashes only.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// The session id.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// BLAKE3 of the cookie's value.
    pub cookie_hash: Vec<u8>,
    /// BLAKE3 of the CSRF token.
    pub token_hash: Vec<u8>,
    /// The language its messages are in.
    pub language: String,
    /// The client's name for itself.
    pub application: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When it was last heard of, to the minute.
    pub seen_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How it ended.
    pub end_reason: Option<i16>,
    /// The station it is at, as JSON.
    pub station: Option<String>,
}

/// Which sessions are looked for.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// All.
    All,
    /// Those of the users of these folded names.
    OfUsers(&'a [String]),
    /// Those that are at a station.
    AtStations,
}

/// The sessions that go on, with their users.
pub fn going_on(conn: &mut Conn, which: Which<'_>) -> Result<Vec<(Session, User)>> {
    let all = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id)
        .select((Session::as_select(), User::as_select()));
    match which {
        Which::All => all.load(conn),
        Which::OfUsers(folded) => all.filter(users::folded.eq_any(folded)).load(conn),
        Which::AtStations => all.filter(sessions::station.is_not_null()).load(conn),
    }
}

/// Adds a session.
pub fn add(tx: &mut Tx<'_>, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values(session)
        .execute(tx.write())
        .map(drop)
}

/// The session of this id, ended ones too.
pub fn session(conn: &mut Conn, id: i64) -> Result<Option<Session>> {
    sessions::table
        .find(id)
        .select(Session::as_select())
        .get_result(conn)
        .optional()
}

/// Notes that the session was heard of.
pub fn touch(tx: &mut Tx<'_>, id: i64, now: i64) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::seen_at.lt(now)))
        .set(sessions::seen_at.eq(now))
        .execute(tx.write())
        .map(drop)
}

/// Sets the station of a session.
pub fn set_station(tx: &mut Tx<'_>, id: i64, station: Option<&str>) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .set(sessions::station.eq(station))
        .execute(tx.write())
        .map(drop)
}

/// A token by which the user of a session may log in once more. It is kept as a hash only.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = auth_tokens)]
pub struct AuthToken {
    /// BLAKE3 of the token.
    pub token_hash: Vec<u8>,
    /// The session that asked for it.
    pub session_id: i64,
    /// The Guid it was asked for with.
    pub seed: Vec<u8>,
    /// Unix milliseconds.
    pub expires_at: i64,
}

/// Adds a token.
pub fn add_auth_token(tx: &mut Tx<'_>, token: &AuthToken) -> Result<()> {
    diesel::insert_into(auth_tokens::table)
        .values(token)
        .execute(tx.write())
        .map(drop)
}

/// Takes the token of this hash away, so that nobody uses it again.
pub fn take_auth_token(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<AuthToken>> {
    let found = auth_tokens::table
        .find(token_hash)
        .select(AuthToken::as_select())
        .get_result(tx.read())
        .optional()?;
    if found.is_some() {
        diesel::delete(auth_tokens::table.find(token_hash)).execute(tx.write())?;
    }
    Ok(found)
}

/// Forgets tokens that expired before a time.
pub fn forget_auth_tokens(tx: &mut Tx<'_>, before: i64) -> Result<()> {
    let expired = auth_tokens::expires_at.lt(before);
    let count: i64 = auth_tokens::table
        .filter(expired)
        .count()
        .get_result(tx.read())?;
    if count > 0 {
        diesel::delete(auth_tokens::table.filter(expired)).execute(tx.write())?;
    }
    Ok(())
}

/// Ends a session that has not ended, with its subscriptions; false if it had.
pub fn end(tx: &mut Tx<'_>, id: i64, now: i64, reason: i16) -> Result<bool> {
    let ended = diesel::update(
        sessions::table
            .find(id)
            .filter(sessions::ended_at.is_null()),
    )
    .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
    .execute(tx.write())?;
    if ended > 0 {
        diesel::delete(subscriptions::table.filter(subscriptions::session_id.eq(id)))
            .execute(tx.write())?;
    }
    Ok(ended > 0)
}

/// Open sessions that were last heard of before a time.
pub fn idle_since(conn: &mut Conn, before: i64) -> Result<Vec<i64>> {
    sessions::table
        .filter(
            sessions::ended_at
                .is_null()
                .and(sessions::seen_at.lt(before)),
        )
        .select(sessions::id)
        .load(conn)
}

/// Forgets sessions that ended before a time, with their one-shots.
pub fn forget_ended(tx: &mut Tx<'_>, before: i64) -> Result<usize> {
    let ids: Vec<i64> = sessions::table
        .filter(sessions::ended_at.lt(before))
        .select(sessions::id)
        .load(tx.read())?;
    if ids.is_empty() {
        return Ok(0);
    }
    diesel::delete(one_shots::table.filter(one_shots::session_id.eq_any(&ids)))
        .execute(tx.write())?;
    diesel::delete(uploads::table.filter(uploads::session_id.eq_any(&ids))).execute(tx.write())?;
    diesel::delete(sessions::table.filter(sessions::id.eq_any(&ids))).execute(tx.write())
}

/// A subscription of a session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = subscriptions)]
pub struct Subscription {
    /// Whose it is.
    pub session_id: i64,
    /// What it listens to; the numbers are the rules'.
    pub kind: i16,
    /// The id of what it listens to, or the client's own id for it; empty where there is but one.
    pub subject: String,
    /// What the client asked for, as JSON.
    pub parameters: String,
}

/// Makes or replaces a subscription.
pub fn subscribe(tx: &mut Tx<'_>, subscription: &Subscription) -> Result<()> {
    unsubscribe(
        tx,
        subscription.session_id,
        subscription.kind,
        &subscription.subject,
    )?;
    diesel::insert_into(subscriptions::table)
        .values(subscription)
        .execute(tx.write())
        .map(drop)
}

/// Ends a subscription; false if there was none.
pub fn unsubscribe(tx: &mut Tx<'_>, session: i64, kind: i16, subject: &str) -> Result<bool> {
    Ok(
        diesel::delete(subscriptions::table.find((session, kind, subject))).execute(tx.write())?
            > 0,
    )
}

/// One subscription of a session.
pub fn subscription(
    conn: &mut Conn,
    session: i64,
    kind: i16,
    subject: &str,
) -> Result<Option<Subscription>> {
    subscriptions::table
        .find((session, kind, subject))
        .select(Subscription::as_select())
        .get_result(conn)
        .optional()
}

/// The subscriptions of a session.
pub fn subscriptions(conn: &mut Conn, session: i64) -> Result<Vec<Subscription>> {
    subscriptions::table
        .filter(subscriptions::session_id.eq(session))
        .select(Subscription::as_select())
        .load(conn)
}

/// The subscriptions of a kind, of all sessions.
pub fn subscriptions_of_kind(conn: &mut Conn, kind: i16) -> Result<Vec<Subscription>> {
    subscriptions::table
        .filter(subscriptions::kind.eq(kind))
        .order(subscriptions::session_id)
        .select(Subscription::as_select())
        .load(conn)
}

/// A message that is kept until it is read, and a while longer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = one_shots)]
pub struct OneShot {
    /// Its number; grows within a session.
    pub id: i64,
    /// The message as JSON.
    pub message: String,
}

/// Adds a one-shot message.
pub fn add_one_shot(tx: &mut Tx<'_>, session: i64, message: &str, now: i64) -> Result<i64> {
    diesel::insert_into(one_shots::table)
        .values((
            one_shots::session_id.eq(session),
            one_shots::message.eq(message),
            one_shots::created_at.eq(now),
        ))
        .returning(one_shots::id)
        .get_result(tx.write())
}

/// Forgets the one-shots of a session, read ones too, whose JSON is like a pattern of SQL.
pub fn forget_one_shots(tx: &mut Tx<'_>, session: i64, pattern: &str) -> Result<usize> {
    diesel::delete(
        one_shots::table.filter(
            one_shots::session_id
                .eq(session)
                .and(one_shots::message.like(pattern)),
        ),
    )
    .execute(tx.write())
}

/// The one-shots that nobody has read, in order.
pub fn unread_one_shots(conn: &mut Conn, session: i64) -> Result<Vec<OneShot>> {
    one_shots::table
        .filter(
            one_shots::session_id
                .eq(session)
                .and(one_shots::read_at.is_null()),
        )
        .order(one_shots::id)
        .select(OneShot::as_select())
        .load(conn)
}

/// Takes the one-shots after a number that were read and are still kept for unread again.
pub fn unread_after(tx: &mut Tx<'_>, session: i64, after: i64) -> Result<usize> {
    let ids: Vec<i64> = one_shots::table
        .filter(
            one_shots::session_id
                .eq(session)
                .and(one_shots::id.gt(after))
                .and(one_shots::read_at.is_not_null()),
        )
        .select(one_shots::id)
        .load(tx.read())?;
    if ids.is_empty() {
        return Ok(0);
    }
    diesel::update(one_shots::table.filter(one_shots::id.eq_any(ids)))
        .set(one_shots::read_at.eq(None::<i64>))
        .execute(tx.write())
}

/// Notes that these one-shots were read.
pub fn mark_read(tx: &mut Tx<'_>, ids: &[i64], now: i64) -> Result<()> {
    diesel::update(
        one_shots::table.filter(one_shots::id.eq_any(ids).and(one_shots::read_at.is_null())),
    )
    .set(one_shots::read_at.eq(now))
    .execute(tx.write())
    .map(drop)
}

/// Forgets one-shots that were read before a time.
pub fn forget_read(tx: &mut Tx<'_>, before: i64) -> Result<usize> {
    let ids: Vec<i64> = one_shots::table
        .filter(one_shots::read_at.lt(before))
        .select(one_shots::id)
        .load(tx.read())?;
    if ids.is_empty() {
        return Ok(0);
    }
    diesel::delete(one_shots::table.filter(one_shots::id.eq_any(ids))).execute(tx.write())
}
