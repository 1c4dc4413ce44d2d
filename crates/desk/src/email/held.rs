//! What emails hold, remembered for those who are told of the same one.
//!
//! A thousand who listen to one email are told of each change at once, and would all read the same rows. What an email holds is
//! fixed for a revision of it (each change of its content or its attachments is another), so it may be remembered by that, and nothing
//! has to be forgotten when it changes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use store::Conn;
use store::rows::email::{self as rows, Attachment, Content};
use store::rows::incoming::{self, AttachedMessage};
use store::rows::interactions::Interaction;

use crate::interactions::INBOUND;
use crate::refusal::Refusal;

/// How many emails are remembered.
const REMEMBERED: usize = 64;

/// What an email holds.
#[derive(Debug)]
pub struct Held {
    /// Its content.
    pub content: Content,
    /// Its attachments, in their order.
    pub files: Vec<Attachment>,
    /// The messages attached to it, and those in them.
    pub messages: Vec<AttachedMessage>,
    /// When it came in, in Unix milliseconds, if it did.
    pub received_at: Option<i64>,
}

/// An email and its revision.
type Key = (i64, i64);

/// What the emails held that were told of last.
#[derive(Default)]
pub struct Remembered(Mutex<VecDeque<(Key, Arc<Held>)>>);

impl Remembered {
    /// What an email holds; the row is as the connection's transaction sees it. Nothing, if it is no email.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn held(
        &self,
        conn: &mut Conn,
        interaction: &Interaction,
    ) -> Result<Option<Arc<Held>>, Refusal> {
        let key = (interaction.id, interaction.revision);
        if let Some(held) = self.find(key) {
            return Ok(Some(held));
        }
        let Some(content) = rows::content(conn, interaction.id)? else {
            return Ok(None);
        };
        let files = rows::attachments(conn, interaction.id)?;
        let mut held = Held {
            content,
            files,
            messages: Vec::new(),
            received_at: None,
        };
        if interaction.direction == INBOUND {
            held.messages = incoming::messages(conn, interaction.id)?;
            held.received_at = incoming::find(conn, interaction.id)?.map(|mail| mail.received_at);
        }
        let held = Arc::new(held);
        self.keep(key, Arc::clone(&held));
        Ok(Some(held))
    }

    fn find(&self, key: Key) -> Option<Arc<Held>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(known, _)| *known == key);
        found.map(|(_, held)| Arc::clone(held))
    }

    /// An older revision makes room, or the one that was kept first does.
    fn keep(&self, key: Key, held: Arc<Held>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|((id, _), _)| *id != key.0);
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back((key, held));
    }
}
