//! Sent mail on its way: what is due, and what came of it. Who carries it is the top floor's matter.

use store::rows::outbox as rows;
pub use store::rows::outbox::Recipient;

use crate::desk::Desk;
use crate::ids::InteractionId;
use crate::nodes;
use crate::refusal::Refusal;

/// The longest wait between two attempts, in milliseconds.
const LONGEST_WAIT: i64 = 60 * 60_000;
/// For how long delivery is tried, in milliseconds.
const GIVE_UP: i64 = 4 * 24 * 60 * 60_000;

/// A message that is due for some of its recipients.
#[derive(Debug)]
pub struct Due {
    /// The interaction it was sent from.
    pub interaction: InteractionId,
    /// Those of its recipients who have not got it yet.
    pub recipients: Vec<Recipient>,
    /// When it was sent, in Unix milliseconds.
    pub sent_at: i64,
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

/// How long to wait after the attempt of this number, in milliseconds: half a minute, twice as long each time, an hour at most.
fn wait_after(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(10);
    (30_000_i64 << doublings).min(LONGEST_WAIT)
}

impl Desk {
    /// Takes a message that is due, if there is one. This server holds it until it settles it, or is gone.
    pub async fn take_due(&self) -> Result<Option<Due>, Refusal> {
        let node = self.node();
        self.write(move |tx, at| {
            if rows::first_due(tx.read(), at.now)?.is_none() {
                return Ok(None);
            }
            // Whoever takes something is there: nobody may give it away again because he was silent before.
            nodes::see(tx, node)?;
            let Some((interaction, recipients)) = rows::lease(tx, at.now, node.0)? else {
                return Ok(None);
            };
            let sent_at =
                rows::message(tx.read(), interaction)?.map_or(at.now, |message| message.dated_at);
            Ok(Some(Due {
                interaction: InteractionId(interaction),
                recipients,
                sent_at,
            }))
        })
        .await
    }

    /// Notes what came of an attempt for each of its recipients.
    pub async fn settle(&self, due: Due, attempts: Vec<Attempt>) -> Result<(), Refusal> {
        self.write(move |tx, at| {
            for (recipient, attempt) in due.recipients.iter().zip(&attempts) {
                let retry_at = at.now + wait_after(recipient.attempts);
                let outcome = match attempt {
                    Attempt::Delivered => rows::Outcome::Delivered,
                    Attempt::Later(error) if retry_at - due.sent_at < GIVE_UP => {
                        rows::Outcome::Retry {
                            at: retry_at,
                            error,
                        }
                    }
                    Attempt::Later(error) | Attempt::Never(error) => {
                        rows::Outcome::Failed { error }
                    }
                };
                rows::settle(tx, recipient, outcome)?;
            }
            Ok(())
        })
        .await
    }

    /// When something is due next, in Unix milliseconds.
    pub async fn next_due(&self) -> Result<Option<i64>, Refusal> {
        self.read(|conn, _| Ok(rows::next_due(conn)?)).await
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
}
