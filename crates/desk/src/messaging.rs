//! Subscriptions, marks and messages.
//!
//! A subscription is a row. For each, the node that its session reads at keeps a **mark** ([`mark::Mark`]): what changed since it was
//! last read. Messages of subscriptions are rendered from the state of now when they are read, so that ten thousand changes that
//! nobody read are one message, and a slow reader costs nothing but its marks. What is no state, a **one-shot** message, is a row
//! until it is read, and a while longer. Marks need not outlive a node: a session that is new to it begins with a snapshot
//! (`isDelta: false`) of each subscription, and one that has read elsewhere meanwhile is new to it again.
//!
//! ICWS: `ConceptualContent/GettingStarted_Messaging.htm`, `icws/(sessionId)/messaging/Messaging.htm`.

pub mod mark;
pub mod reader;
mod reading;
pub(crate) mod render;
pub(crate) mod split;
mod touched;

use std::sync::Arc;

use store::Tx;
use store::rows::{journal, sessions as rows};

use crate::activations::Side;
use crate::caller::Caller;
use crate::configuration::watching::Watched;
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
    /// What is handed to the user of this number, the session's own, until he takes it.
    Alerting(i64),
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
    /// The same as every session may hear it that asks for it when it begins.
    EffectiveStation,
    /// Configuration objects of a kind, under an id that the client chose.
    Configuration(Watched, Arc<str>),
    /// Activations of a user or in a workgroup, under an id that the client chose.
    Activations(Side, Arc<str>),
    /// The sessions of users.
    SessionsOfUsers,
    /// The sessions that are at stations.
    SessionsAtStations,
    /// The statuses that users may choose.
    StatusAccess,
}

impl Topic {
    /// The kind and the subject under which the subscription is kept.
    pub(crate) fn key(&self) -> (i16, String) {
        match self {
            Topic::Interaction(id) => (1, id.to_string()),
            Topic::Email(id) => (2, id.to_string()),
            Topic::ResponseManagement => (3, String::new()),
            Topic::Queue(id) => (4, id.to_string()),
            Topic::Alerting(user) => (5, user.to_string()),
            Topic::UserStatuses => (10, String::new()),
            Topic::StatusMessages => (11, String::new()),
            Topic::Licenses => (12, String::new()),
            Topic::HandlerNotifications => (13, String::new()),
            Topic::Station => (14, String::new()),
            Topic::StatusAccess => (15, String::new()),
            Topic::SessionsOfUsers => (16, String::new()),
            Topic::SessionsAtStations => (17, String::new()),
            Topic::EffectiveStation => (18, String::new()),
            Topic::Configuration(Watched::Users, id) => (20, id.to_string()),
            Topic::Configuration(Watched::Roles, id) => (21, id.to_string()),
            Topic::Configuration(Watched::Workgroups, id) => (22, id.to_string()),
            Topic::Configuration(Watched::Documents, id) => (23, id.to_string()),
            Topic::Activations(Side::User, id) => (24, id.to_string()),
            Topic::Activations(Side::Workgroup, id) => (25, id.to_string()),
        }
    }

    fn of_key(kind: i16, subject: &str) -> Option<Self> {
        match kind {
            1 => InteractionId::parse(subject).map(Topic::Interaction),
            2 => InteractionId::parse(subject).map(Topic::Email),
            3 => Some(Topic::ResponseManagement),
            4 => Some(Topic::Queue(subject.into())),
            5 => subject.parse().ok().map(Topic::Alerting),
            10 => Some(Topic::UserStatuses),
            11 => Some(Topic::StatusMessages),
            12 => Some(Topic::Licenses),
            13 => Some(Topic::HandlerNotifications),
            14 => Some(Topic::Station),
            15 => Some(Topic::StatusAccess),
            16 => Some(Topic::SessionsOfUsers),
            17 => Some(Topic::SessionsAtStations),
            18 => Some(Topic::EffectiveStation),
            20 => Some(Topic::Configuration(Watched::Users, subject.into())),
            21 => Some(Topic::Configuration(Watched::Roles, subject.into())),
            22 => Some(Topic::Configuration(Watched::Workgroups, subject.into())),
            23 => Some(Topic::Configuration(Watched::Documents, subject.into())),
            24 => Some(Topic::Activations(Side::User, subject.into())),
            25 => Some(Topic::Activations(Side::Workgroup, subject.into())),
            _ => None,
        }
    }
}

/// The longest name of a subscription, in characters.
const LONGEST_NAME: usize = 1_000;

/// A client's name of a subscription, which can be of any kind.
pub(crate) fn subscription_name(name: &str) -> Result<Arc<str>, Refusal> {
    if name.chars().count() > LONGEST_NAME {
        return Err(Refusal::invalid(
            "subscriptionId",
            "at most 1,000 characters",
        ));
    }
    // Not every database can keep a NUL.
    Ok(name.replace('\0', "\u{FFFD}").into())
}

/// Makes or replaces a subscription. `names` is what of the topic is asked for: attributes, users, licences.
///
/// # Errors
/// [`Refusal::Internal`] alone.
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
    subscribe_session(tx, caller.session, topic, parameters)
}

/// The same for a session that is only beginning.
pub(crate) fn subscribe_session(
    tx: &mut Tx<'_>,
    session: SessionId,
    topic: &Topic,
    parameters: String,
) -> Result<(), Refusal> {
    let (kind, subject) = topic.key();
    let row = rows::Subscription {
        session_id: session.0,
        kind,
        subject,
        parameters,
    };
    rows::subscribe(tx, &row)?;
    Change::Subscribed(row.session_id, kind, row.subject).record(tx);
    Ok(())
}

/// Ends a subscription, whether it is there or not.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn unsubscribe(tx: &mut Tx<'_>, session: SessionId, topic: &Topic) -> Result<(), Refusal> {
    let (kind, subject) = topic.key();
    if rows::unsubscribe(tx, session.0, kind, &subject)? {
        Change::Unsubscribed(session.0, kind, subject).record(tx);
    }
    Ok(())
}

/// Ends a subscription that was found to be over as of a position of the journal. False if it was made anew since: then it goes on.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub(crate) fn end_as_of(
    tx: &mut Tx<'_>,
    session: SessionId,
    topic: &Topic,
    position: i64,
) -> Result<bool, Refusal> {
    let (kind, subject) = topic.key();
    let anew = Change::Subscribed(session.0, kind, subject);
    if made_since(tx, &anew, position)? {
        return Ok(false);
    }
    unsubscribe(tx, session, topic)?;
    Ok(true)
}

/// Whether a change was made after a position of the journal, or may have been: what is read of the journal is bounded.
fn made_since(tx: &mut Tx<'_>, change: &Change, position: i64) -> Result<bool, Refusal> {
    const MOST_ROWS: i64 = 10_000;
    // Those of the batch that runs are in no row yet.
    if tx.recorded().contains(&change.json()) {
        return Ok(true);
    }
    let tail = journal::tail(tx.read(), position, MOST_ROWS)?;
    if i64::try_from(tail.len()).is_ok_and(|rows| rows >= MOST_ROWS) {
        return Ok(true);
    }
    Ok(tail.iter().any(|(_, changes)| {
        serde_json::from_str::<Vec<Change>>(changes).map_or(true, |all| all.contains(change))
    }))
}

/// Leaves a one-shot message for a session.
///
/// # Errors
/// [`Refusal::Internal`] alone.
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

/// Forgets the one-shot messages of a kind that wait for a session, and those that it could ask for again.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn purge(tx: &mut Tx<'_>, session: SessionId, urn: &str) -> Result<(), Refusal> {
    // A message begins with its type, and no type has anything else that a pattern would take for more than itself.
    let pattern = format!("{{\"{}\":\"{urn}\"%", icws::wire::TYPE_TAG);
    rows::forget_one_shots(tx, session.0, &pattern)?;
    Ok(())
}
