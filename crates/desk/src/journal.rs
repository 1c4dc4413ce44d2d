//! What changed, as rules say it and as every node reads it.
//!
//! A rule records its changes in the transaction that makes them; the store writes one journal row for a transaction. Every
//! node follows the tail of that table and marks the sessions whose subscriptions a change touches ([`crate::messaging`]).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use store::Tx;
use store::rows::journal as rows;
use tokio::sync::watch;
use uuid::Uuid;

use crate::desk::Desk;
use crate::refusal::Refusal;

/// Something that somebody may listen to has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// The session of this id has ended.
    SessionEnded(i64),
    /// The session (first) has subscribed: the kind and the subject of the subscription's row.
    Subscribed(i64, i16, String),
    /// The session (first) has ended a subscription.
    Unsubscribed(i64, i16, String),
    /// The session (first) begins to read its messages at the node of this number.
    Reading(i64, i64),
    /// There is a one-shot message for the session of this id.
    OneShot(i64),
    /// People, their memberships or their rights.
    People,
    /// The library of this Guid.
    Library(Uuid),
    /// An interaction.
    Interaction(InteractionChange),
    /// The status of the user of this number, or whether he has a session.
    UserStatus(i64),
    /// Whether the user (first) takes part in the work of the workgroup.
    Activation(i64, i64),
    /// The station of the session of this id: it came to one or left it, or it begins, which is at none.
    Station(i64),
    /// A message waits in the outbox.
    Outbox,
}

/// What changed of an interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionChange {
    /// Its id.
    pub id: i64,
    /// Which members of its email, as [`Members`].
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub members: Members,
    /// Which attributes, by their folded names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Cow<'static, str>>,
    /// The queues it is in now.
    pub queues: Queues,
    /// The queues it was in before, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Queues>,
}

/// The queues that an interaction is in: a user's and a workgroup's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queues(pub Option<i64>, pub Option<i64>);

/// Members of `emailContentsMessage`, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members(u16);

impl Members {
    /// `emailContent`.
    pub const CONTENT: Members = Members(1);
    /// `isEditable` and `supportedResponseTypes`, which every message has.
    pub const STATE: Members = Members(2);
    /// `edited`.
    pub const EDITED: Members = Members(4);
    /// `mailbox` and `mailboxDisplayName`.
    pub const MAILBOX: Members = Members(8);
    /// `unusedEmailAttachments`.
    pub const UNUSED: Members = Members(16);
    /// `hasResponse`.
    pub const RESPONSE: Members = Members(32);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Members) -> Members {
        Members(self.0 | other.0)
    }

    /// Whether any of the others is in it.
    pub const fn has(self, other: Members) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none in it.
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

impl Change {
    /// Records the change in the transaction that makes it.
    pub fn record(&self, tx: &mut Tx<'_>) {
        tx.record(self.json());
    }

    /// The change as it stands in the journal.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("a change is plain JSON")
    }
}

/// How far this node has read the journal.
pub struct Follower {
    applied: watch::Sender<i64>,
}

/// For how long rows are kept, in milliseconds. A node reads them within a second; one that was away for longer begins anew.
const KEPT: i64 = 60 * 60 * 1000;

impl Follower {
    pub(crate) fn new(head: i64) -> Self {
        Self {
            applied: watch::Sender::new(head),
        }
    }

    /// The position up to which this node has read the journal.
    pub fn position(&self) -> i64 {
        *self.applied.borrow()
    }

    /// Resolves when this node has read the journal up to a position.
    pub async fn reached(&self, position: i64) {
        let mut applied = self.applied.subscribe();
        // The sender lives as long as `self`.
        let _ = applied.wait_for(|applied| *applied >= position).await;
    }
}

impl Desk {
    /// Follows the journal until the desk closes.
    pub async fn follow_journal(self) {
        let mut changes = self.database().changes();
        loop {
            if let Err(error) = self.read_journal().await {
                tracing::error!(
                    ?error,
                    "the journal could not be read; trying again in a second"
                );
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                continue;
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Reads the journal to its end and marks what the changes touch.
    async fn read_journal(&self) -> Result<(), Refusal> {
        loop {
            let after = *self.follower().applied.borrow();
            let rows = self.database().follow(after).await?;
            let Some((last, _)) = rows.last() else {
                return Ok(());
            };
            let last = *last;
            for (position, changes) in &rows {
                match serde_json::from_str::<Vec<Change>>(changes) {
                    Ok(changes) => changes
                        .iter()
                        .for_each(|change| self.apply(*position, change)),
                    Err(error) => {
                        tracing::error!(position, %error, "a journal row that this version cannot read");
                    }
                }
            }
            self.follower().applied.send_replace(last);
        }
    }

    /// Forgets what was written to the journal so long ago that every reader has read it.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn cut_journal(&self) -> Result<usize, Refusal> {
        self.write(|tx, at| Ok(rows::cut(tx, at.now - KEPT)?)).await
    }

    /// The position up to which this node has read the journal.
    pub fn journal_position(&self) -> i64 {
        self.follower().position()
    }

    /// Resolves when this node knows of everything that its own writer had committed when it was called.
    pub async fn caught_up(&self) {
        self.follower().reached(self.database().committed()).await;
    }
}
