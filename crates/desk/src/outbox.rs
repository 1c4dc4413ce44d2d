//! Sent mail on its way: what is due, what came of it, and what an administrator may do about it. Who carries it is the top floor's matter.

use store::rows::interactions;
use store::rows::outbox as rows;
pub use store::rows::outbox::{Message, Recipient};
use store::{Conn, Tx};

use crate::desk::{At, Desk};
use crate::ids::InteractionId;
use crate::interactions::{attributes, record};
use crate::journal::{Change, Members};
use crate::nodes;
use crate::refusal::Refusal;

/// The longest wait between two attempts, in milliseconds.
const LONGEST_WAIT: i64 = 60 * 60_000;
/// How often delivery is tried: over the first hour seven times, then every hour, until four days are over (RFC 5321, section 4.5.4.1, asks for
/// four or five).
const ATTEMPTS: i32 = 102;
/// Why a message fails that an administrator cancels.
const CANCELLED: &str = "cancelled";

/// A message that is due for some of its recipients.
#[derive(Debug, Clone)]
pub struct Due {
    /// The interaction it was sent from.
    pub interaction: InteractionId,
    /// Those of its recipients who have not got it yet.
    pub recipients: Vec<Recipient>,
}

/// What came of an attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It was taken over.
    Delivered,
    /// It may work another time; says why it did not now.
    Later(String),
    /// It will never work; says why.
    Never(String),
}

/// A recipient who will not get a message, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalFailure {
    /// The address.
    pub address: String,
    /// Why.
    pub error: String,
}

/// How far a message has come, as clients see it: the attributes `Attache_DeliveryState` and `Attache_DeliveryError`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// `failed` where somebody will not get it, else `waiting` where somebody has not got it yet, else `delivered`; empty if it was not sent.
    pub state: &'static str,
    /// Who has not got it, and why, as far as there is a reason: `address: reason`, separated by `; `.
    pub error: String,
}

/// How far the message of an interaction has come.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn delivery(conn: &mut Conn, id: InteractionId) -> Result<Delivery, Refusal> {
    let recipients = rows::recipients(conn, id.0)?;
    let is_any = |state: i16| recipients.iter().any(|recipient| recipient.state == state);
    let state = if is_any(rows::FAILED) {
        "failed"
    } else if is_any(rows::WAITING) {
        "waiting"
    } else if is_any(rows::DELIVERED) {
        "delivered"
    } else {
        ""
    };
    let errors: Vec<String> = recipients
        .iter()
        .filter_map(|recipient| {
            let error = recipient.last_error.as_ref()?;
            Some(format!("{}: {error}", recipient.address))
        })
        .collect();
    Ok(Delivery {
        state,
        error: errors.join("; "),
    })
}

/// How long to wait after the attempt of this number, in milliseconds: half a minute, twice as long each time, an hour at most.
fn wait_after(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(10);
    (30_000_i64 << doublings).min(LONGEST_WAIT)
}

/// Records that a message has come further, or not.
fn record_delivery(tx: &mut Tx<'_>, id: InteractionId) -> Result<(), Refusal> {
    if let Some(interaction) = interactions::interaction(tx.read(), id.0)? {
        record(
            tx,
            &interaction,
            Members::default(),
            attributes::OF_DELIVERY,
        );
    }
    Ok(())
}

/// Notes what came of an attempt for each of its recipients; gives those who will not get the message.
fn settle(
    tx: &mut Tx<'_>,
    due: &Due,
    attempts: &[Attempt],
    at: &At,
) -> Result<Vec<FinalFailure>, Refusal> {
    let mut failures = Vec::new();
    for (recipient, attempt) in due.recipients.iter().zip(attempts) {
        let outcome = match attempt {
            Attempt::Delivered => rows::Outcome::Delivered,
            Attempt::Later(error) if recipient.attempts + 1 < ATTEMPTS => rows::Outcome::Retry {
                at: at.now + wait_after(recipient.attempts),
                error,
            },
            Attempt::Later(error) | Attempt::Never(error) => {
                failures.push(FinalFailure {
                    address: recipient.address.clone(),
                    error: error.clone(),
                });
                rows::Outcome::Failed { error }
            }
        };
        rows::settle(tx, recipient, outcome)?;
    }
    record_delivery(tx, due.interaction)?;
    Ok(failures)
}

/// Tries a message again now for all who have not got it; gives how many that are.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn retry(tx: &mut Tx<'_>, id: InteractionId, at: &At) -> Result<usize, Refusal> {
    let count = rows::retry(tx, id.0, at.now)?;
    if count > 0 {
        Change::Outbox.record(tx);
        record_delivery(tx, id)?;
    }
    Ok(count)
}

/// Gives a message up for all who have not got it; gives how many that are. One that is being delivered just now may still arrive.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn cancel(tx: &mut Tx<'_>, id: InteractionId) -> Result<usize, Refusal> {
    let count = rows::cancel(tx, id.0, CANCELLED)?;
    if count > 0 {
        record_delivery(tx, id)?;
    }
    Ok(count)
}

impl Desk {
    /// Takes a message that is due, if there is one. This server holds it until it settles it, or is gone.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn take_due(&self) -> Result<Option<Due>, Refusal> {
        let node = self.node();
        self.write(move |tx, at| {
            if rows::first_due(tx.read(), at.now)?.is_none() {
                return Ok(None);
            }
            // Whoever takes something is there: nobody may give it away again because he was silent before.
            nodes::see(tx, node)?;
            let taken = rows::lease(tx, at.now, node.0)?;
            Ok(taken.map(|(interaction, recipients)| Due {
                interaction: InteractionId(interaction),
                recipients,
            }))
        })
        .await
    }

    /// Gives back what this server holds, but for the messages that it is really at: where the answer of [`Desk::take_due`] was lost, it may hold
    /// one that it does not know of.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn give_back_but(&self, at: Vec<i64>) -> Result<(), Refusal> {
        let node = self.node();
        self.write(move |tx, _| {
            if rows::release_but(tx, node.0, &at)? {
                Change::Outbox.record(tx);
            }
            Ok(())
        })
        .await
    }

    /// Notes what came of an attempt for each of its recipients; gives those who will not get the message.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn settle(
        &self,
        due: &Due,
        attempts: &[Attempt],
    ) -> Result<Vec<FinalFailure>, Refusal> {
        let (due, attempts) = (due.clone(), attempts.to_vec());
        self.write(move |tx, at| settle(tx, &due, &attempts, at))
            .await
    }

    /// How many recipients wait for their mail, and to how many it cannot be delivered.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn waiting_and_failed(&self) -> Result<(i64, i64), Refusal> {
        self.read(|conn, _| {
            Ok((
                rows::count(conn, rows::WAITING)?,
                rows::count(conn, rows::FAILED)?,
            ))
        })
        .await
    }

    /// When something is due next, in Unix milliseconds.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn next_due(&self) -> Result<Option<i64>, Refusal> {
        self.read(|conn, _| Ok(rows::next_due(conn)?)).await
    }

    /// What is not delivered yet or will not be, each message with those of its recipients.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn undelivered(
        &self,
        only_failed: bool,
    ) -> Result<Vec<(Message, Recipient)>, Refusal> {
        self.read(move |conn, _| Ok(rows::undelivered(conn, only_failed)?))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        assert_eq!(wait_after(0), 30_000);
        assert_eq!(wait_after(1), 60_000);
        assert_eq!(wait_after(7), LONGEST_WAIT);
        assert_eq!(wait_after(i32::MAX), LONGEST_WAIT);
    }

    #[test]
    fn delivery_is_tried_for_four_days() {
        let waits: i64 = (0..ATTEMPTS - 1).map(wait_after).sum();
        let days = 4 * 24 * LONGEST_WAIT;
        assert!((days - LONGEST_WAIT..=days).contains(&waits), "{waits}");
    }
}
