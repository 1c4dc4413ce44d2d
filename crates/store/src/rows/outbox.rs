//! Sent mail on its way: one row for a message, one for each of its recipients.

use diesel::prelude::*;

use crate::schema::{nodes, outbox, outbox_recipients};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox)]
pub struct Message {
    /// The interaction.
    pub interaction_id: i64,
    /// The Message-ID without brackets, fixed when it was sent.
    pub message_id: String,
    /// What its Date says, in Unix milliseconds.
    pub dated_at: i64,
    /// Its size on the wire in bytes.
    pub size: i64,
}

/// A recipient of a message.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox_recipients)]
pub struct Recipient {
    /// The interaction.
    pub interaction_id: i64,
    /// Its place among the recipients.
    pub number: i64,
    /// 0 to, 1 cc, 2 bcc.
    pub kind: i16,
    /// The name shown.
    pub display_name: String,
    /// The address.
    pub address: String,
    /// 0 waiting, 1 delivered, 2 failed.
    pub state: i16,
    /// How often delivery was tried.
    pub attempts: i32,
    /// When it is to be tried next, in Unix milliseconds.
    pub next_at: i64,
    /// The server that is at it.
    pub leased_by: Option<i64>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

impl Recipient {
    /// Whether he has not got it yet, and will be tried again.
    pub fn is_waiting(&self) -> bool {
        self.state == WAITING
    }
}

/// `outbox_recipients.state` of one who has not got it yet.
pub const WAITING: i16 = 0;
/// `outbox_recipients.state` of one who has got it.
pub const DELIVERED: i16 = 1;
/// `outbox_recipients.state` of one who will not get it.
pub const FAILED: i16 = 2;

/// Queues a message.
pub fn add(tx: &mut Tx<'_>, message: &Message, recipients: &[Recipient]) -> Result<()> {
    diesel::insert_into(outbox::table)
        .values(message)
        .execute(tx.write())?;
    for recipient in recipients {
        diesel::insert_into(outbox_recipients::table)
            .values(recipient)
            .execute(tx.write())?;
    }
    Ok(())
}

/// How many recipients are in a state.
pub fn count(conn: &mut Conn, state: i16) -> Result<i64> {
    outbox_recipients::table
        .filter(outbox_recipients::state.eq(state))
        .count()
        .get_result(conn)
}

/// The message of an interaction.
pub fn message(conn: &mut Conn, interaction: i64) -> Result<Option<Message>> {
    outbox::table
        .find(interaction)
        .select(Message::as_select())
        .get_result(conn)
        .optional()
}

/// The recipients of a message in their order.
pub fn recipients(conn: &mut Conn, interaction: i64) -> Result<Vec<Recipient>> {
    outbox_recipients::table
        .filter(outbox_recipients::interaction_id.eq(interaction))
        .order(outbox_recipients::number)
        .select(Recipient::as_select())
        .load(conn)
}

/// A message that is due for somebody and that nobody is at: the one that waits longest.
pub fn first_due(conn: &mut Conn, now: i64) -> Result<Option<i64>> {
    outbox_recipients::table
        .filter(outbox_recipients::state.eq(WAITING))
        .filter(outbox_recipients::next_at.le(now))
        .filter(outbox_recipients::leased_by.is_null())
        .order(outbox_recipients::next_at)
        .select(outbox_recipients::interaction_id)
        .first(conn)
        .optional()
}

/// Takes the recipients of one message that are due, for this server; none when nothing is due.
pub fn lease(tx: &mut Tx<'_>, now: i64, node: i64) -> Result<Option<(i64, Vec<Recipient>)>> {
    while let Some(interaction) = first_due(tx.read(), now)? {
        let due = outbox_recipients::table
            .filter(outbox_recipients::interaction_id.eq(interaction))
            .filter(outbox_recipients::state.eq(WAITING))
            .filter(outbox_recipients::next_at.le(now))
            .filter(outbox_recipients::leased_by.is_null());
        let numbers: Vec<i64> = diesel::update(due)
            .set(outbox_recipients::leased_by.eq(node))
            .returning(outbox_recipients::number)
            .get_results(tx.write())?;
        // None where another server was faster (PostgreSQL); there may be other messages then.
        if !numbers.is_empty() {
            let mut taken = recipients(tx.read(), interaction)?;
            taken.retain(|recipient| numbers.contains(&recipient.number));
            return Ok(Some((interaction, taken)));
        }
    }
    Ok(None)
}

/// Gives back what is held by servers that are not there any more. True if there was any.
pub fn release_of_absent(tx: &mut Tx<'_>) -> Result<bool> {
    let of_absent = outbox_recipients::leased_by
        .is_not_null()
        .and(outbox_recipients::leased_by.ne_all(nodes::table.select(nodes::id.nullable())));
    let released = diesel::update(outbox_recipients::table.filter(of_absent))
        .set(outbox_recipients::leased_by.eq(None::<i64>))
        .execute(tx.write())?;
    Ok(released > 0)
}

/// Gives back what this server holds, but for what it is really at. True if there was any.
pub fn release_but(tx: &mut Tx<'_>, node: i64, at: &[i64]) -> Result<bool> {
    let held = outbox_recipients::table
        .filter(outbox_recipients::leased_by.eq(node))
        .filter(outbox_recipients::interaction_id.ne_all(at));
    let released = diesel::update(held)
        .set(outbox_recipients::leased_by.eq(None::<i64>))
        .execute(tx.write())?;
    Ok(released > 0)
}

/// When the next recipient is due that nobody is at, in Unix milliseconds.
pub fn next_due(conn: &mut Conn) -> Result<Option<i64>> {
    let waiting = outbox_recipients::state
        .eq(WAITING)
        .and(outbox_recipients::leased_by.is_null());
    outbox_recipients::table
        .filter(waiting)
        .select(diesel::dsl::min(outbox_recipients::next_at))
        .get_result(conn)
}

/// What is not delivered yet or will not be: messages with those of their recipients, the oldest message first.
pub fn undelivered(conn: &mut Conn, only_failed: bool) -> Result<Vec<(Message, Recipient)>> {
    let least = if only_failed { FAILED } else { WAITING };
    outbox_recipients::table
        .inner_join(outbox::table.on(outbox::interaction_id.eq(outbox_recipients::interaction_id)))
        .filter(outbox_recipients::state.ne(DELIVERED))
        .filter(outbox_recipients::state.ge(least))
        .order((outbox_recipients::interaction_id, outbox_recipients::number))
        .select((Message::as_select(), Recipient::as_select()))
        .load(conn)
}

/// Makes a message due at once for all who have not got it, failed or not; gives how many that are. Who is being delivered to just now is left.
pub fn retry(tx: &mut Tx<'_>, interaction: i64, now: i64) -> Result<usize> {
    let undelivered = outbox_recipients::table
        .filter(outbox_recipients::interaction_id.eq(interaction))
        .filter(outbox_recipients::state.ne(DELIVERED))
        .filter(outbox_recipients::leased_by.is_null());
    diesel::update(undelivered)
        .set((
            outbox_recipients::state.eq(WAITING),
            outbox_recipients::attempts.eq(0),
            outbox_recipients::next_at.eq(now),
        ))
        .execute(tx.write())
}

/// Makes a message fail for all who have not got it; gives how many that are. Whoever is delivering it just now holds it until he has settled
/// it, so that it cannot be retried beside him.
pub fn cancel(tx: &mut Tx<'_>, interaction: i64, why: &str) -> Result<usize> {
    let waiting = outbox_recipients::table
        .filter(outbox_recipients::interaction_id.eq(interaction))
        .filter(outbox_recipients::state.eq(WAITING));
    diesel::update(waiting)
        .set((
            outbox_recipients::state.eq(FAILED),
            outbox_recipients::last_error.eq(why),
        ))
        .execute(tx.write())
}

/// What came of an attempt to deliver to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It was taken over.
    Delivered,
    /// It is to be tried again at this time.
    Retry {
        /// Unix milliseconds.
        at: i64,
        /// Why it failed.
        error: &'a str,
    },
    /// It will not be tried again.
    Failed {
        /// Why it failed.
        error: &'a str,
    },
}

/// Notes what came of an attempt, and gives the lease back.
///
/// What another server has taken over meanwhile is left to it, and what was cancelled stays failed; but a message that was taken over by the
/// relay was delivered, whoever knows it.
pub fn settle(tx: &mut Tx<'_>, recipient: &Recipient, outcome: Outcome<'_>) -> Result<()> {
    let (state, next_at, error) = match outcome {
        Outcome::Delivered => (DELIVERED, recipient.next_at, None),
        Outcome::Retry { at, error } => (WAITING, at, Some(error)),
        Outcome::Failed { error } => (FAILED, recipient.next_at, Some(error)),
    };
    let row = outbox_recipients::table.find((recipient.interaction_id, recipient.number));
    let is_held = outbox_recipients::leased_by.eq(recipient.leased_by);
    let change = (
        outbox_recipients::state.eq(state),
        outbox_recipients::attempts.eq(recipient.attempts + 1),
        outbox_recipients::next_at.eq(next_at),
        outbox_recipients::leased_by.eq(None::<i64>),
        outbox_recipients::last_error.eq(error),
    );
    if state == DELIVERED {
        diesel::update(row).set(change).execute(tx.write())?;
        return Ok(());
    }
    let waiting = row
        .filter(is_held)
        .filter(outbox_recipients::state.eq(WAITING));
    if diesel::update(waiting).set(change).execute(tx.write())? == 0 {
        diesel::update(row.filter(is_held))
            .set(outbox_recipients::leased_by.eq(None::<i64>))
            .execute(tx.write())?;
    }
    Ok(())
}
