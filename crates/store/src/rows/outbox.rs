//! Sent mail on its way: one row for a message, one for each of its recipients.

use diesel::prelude::*;

use crate::schema::{outbox, outbox_recipients};
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
    /// Until when a worker holds it.
    pub leased_until: Option<i64>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

const WAITING: i16 = 0;

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

/// Takes the recipients of one message that are due, for as long as the lease lasts; none when nothing is due.
pub fn lease(tx: &mut Tx<'_>, now: i64, until: i64) -> Result<Option<(i64, Vec<Recipient>)>> {
    let free = outbox_recipients::leased_until
        .is_null()
        .or(outbox_recipients::leased_until.le(now));
    let due = outbox_recipients::state
        .eq(WAITING)
        .and(outbox_recipients::next_at.le(now))
        .and(free);
    let first: Option<i64> = outbox_recipients::table
        .filter(due)
        .order(outbox_recipients::next_at)
        .select(outbox_recipients::interaction_id)
        .first(tx.read())
        .optional()?;
    let Some(interaction) = first else {
        return Ok(None);
    };
    diesel::update(
        outbox_recipients::table.filter(outbox_recipients::interaction_id.eq(interaction).and(due)),
    )
    .set(outbox_recipients::leased_until.eq(until))
    .execute(tx.write())?;
    let leased = outbox_recipients::table
        .filter(
            outbox_recipients::interaction_id
                .eq(interaction)
                .and(outbox_recipients::state.eq(WAITING))
                .and(outbox_recipients::leased_until.eq(until)),
        )
        .order(outbox_recipients::number)
        .select(Recipient::as_select())
        .load(tx.read())?;
    Ok(Some((interaction, leased)))
}

/// Gives back all leases that are held.
pub fn release(tx: &mut Tx<'_>) -> Result<()> {
    diesel::update(outbox_recipients::table.filter(outbox_recipients::leased_until.is_not_null()))
        .set(outbox_recipients::leased_until.eq(None::<i64>))
        .execute(tx.write())
        .map(drop)
}

/// When the next recipient is due or its lease runs out, in Unix milliseconds.
pub fn next_due(conn: &mut Conn) -> Result<Option<i64>> {
    use diesel::dsl::min;
    let unleased: Option<i64> = outbox_recipients::table
        .filter(
            outbox_recipients::state
                .eq(WAITING)
                .and(outbox_recipients::leased_until.is_null()),
        )
        .select(min(outbox_recipients::next_at))
        .get_result(conn)?;
    let leased: Option<i64> = outbox_recipients::table
        .filter(
            outbox_recipients::state
                .eq(WAITING)
                .and(outbox_recipients::leased_until.is_not_null()),
        )
        .select(min(outbox_recipients::leased_until))
        .get_result(conn)?;
    Ok(match (unleased, leased) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    })
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
pub fn settle(tx: &mut Tx<'_>, recipient: &Recipient, outcome: Outcome<'_>) -> Result<()> {
    let (state, next_at, error) = match outcome {
        Outcome::Delivered => (1, recipient.next_at, None),
        Outcome::Retry { at, error } => (WAITING, at, Some(error)),
        Outcome::Failed { error } => (2, recipient.next_at, Some(error)),
    };
    diesel::update(outbox_recipients::table.find((recipient.interaction_id, recipient.number)))
        .set((
            outbox_recipients::state.eq(state),
            outbox_recipients::attempts.eq(recipient.attempts + 1),
            outbox_recipients::next_at.eq(next_at),
            outbox_recipients::leased_until.eq(None::<i64>),
            outbox_recipients::last_error.eq(error),
        ))
        .execute(tx.write())
        .map(drop)
}
