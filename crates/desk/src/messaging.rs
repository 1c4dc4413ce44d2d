//! Subscriptions, marks and messages.
//!
//! A subscription is a row. For each, the node that its session reads at keeps a **mark** ([`mark::Mark`]): what changed since it was
//! last read. Messages of subscriptions are rendered from the state of now when they are read, so that ten thousand changes that
//! nobody read are one message, and a slow reader costs nothing but its marks. What is no state, a **one-shot** message, is a row
//! until it is read, and a while longer. Marks need not outlive a node: a session that is new to it begins with a snapshot
//! (`isDelta: false`) of each subscription.

pub mod mark;
pub mod reader;
pub(crate) mod render;

use std::sync::Arc;

use store::Tx;
use store::rows::sessions as rows;

use crate::caller::Caller;
use crate::ids::{InteractionId, SessionId};
use crate::journal::Change;
use crate::refusal::Refusal;

pub use reader::{Event, Readers, Turn};

/// What a session can listen to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The attributes of an interaction.
    Interaction(InteractionId),
    /// The content of an email.
    Email(InteractionId),
    /// The response libraries that the user may view.
    ResponseManagement,
    /// What is in queues, under an id that the client chose.
    Queue(Arc<str>),
    /// The statuses of users.
    UserStatuses,
    /// The statuses there are.
    StatusMessages,
    /// Licences.
    Licenses,
    /// Notifications of other sessions.
    HandlerNotifications,
    /// The session's own station.
    Station,
}

impl Topic {
    /// The kind and the subject under which the subscription is kept.
    pub(crate) fn key(&self) -> (i16, String) {
        match self {
            Topic::Interaction(id) => (1, id.to_string()),
            Topic::Email(id) => (2, id.to_string()),
            Topic::ResponseManagement => (3, String::new()),
            Topic::Queue(id) => (4, id.to_string()),
            Topic::UserStatuses => (10, String::new()),
            Topic::StatusMessages => (11, String::new()),
            Topic::Licenses => (12, String::new()),
            Topic::HandlerNotifications => (13, String::new()),
            Topic::Station => (14, String::new()),
        }
    }

    fn of_key(kind: i16, subject: &str) -> Option<Self> {
        match kind {
            1 => InteractionId::parse(subject).map(Topic::Interaction),
            2 => InteractionId::parse(subject).map(Topic::Email),
            3 => Some(Topic::ResponseManagement),
            4 => Some(Topic::Queue(subject.into())),
            10 => Some(Topic::UserStatuses),
            11 => Some(Topic::StatusMessages),
            12 => Some(Topic::Licenses),
            13 => Some(Topic::HandlerNotifications),
            14 => Some(Topic::Station),
            _ => None,
        }
    }
}

/// Makes or replaces a subscription. `names` is what of the topic is asked for: attributes, users, licences.
pub fn subscribe(
    tx: &mut Tx<'_>,
    caller: &Caller,
    topic: &Topic,
    names: &[String],
) -> Result<(), Refusal> {
    let parameters = serde_json::to_string(names).map_err(Refusal::internal)?;
    subscribe_with(tx, caller, topic, parameters)
}

/// Makes or replaces a subscription, of which `parameters` is kept: JSON that whoever renders the topic reads.
pub(crate) fn subscribe_with(
    tx: &mut Tx<'_>,
    caller: &Caller,
    topic: &Topic,
    parameters: String,
) -> Result<(), Refusal> {
    let (kind, subject) = topic.key();
    let row = rows::Subscription {
        session_id: caller.session.0,
        kind,
        subject,
        parameters,
    };
    rows::subscribe(tx, &row)?;
    Change::Subscribed(row.session_id, kind, row.subject).record(tx);
    Ok(())
}

/// Ends a subscription, whether it is there or not.
pub fn unsubscribe(tx: &mut Tx<'_>, session: SessionId, topic: &Topic) -> Result<(), Refusal> {
    let (kind, subject) = topic.key();
    if rows::unsubscribe(tx, session.0, kind, &subject)? {
        Change::Unsubscribed(session.0, kind, subject).record(tx);
    }
    Ok(())
}

/// Leaves a one-shot message for a session.
pub fn leave(
    tx: &mut Tx<'_>,
    session: SessionId,
    message: &icws::messaging::Message,
    now: i64,
) -> Result<(), Refusal> {
    let message = serde_json::to_string(message).map_err(Refusal::internal)?;
    rows::add_one_shot(tx, session.0, &message, now)?;
    Change::OneShot(session.0).record(tx);
    Ok(())
}
