//! Messages of subscriptions, from the state of now.

use icws::email::EmailSubscriptionStateMessage;
use icws::interactions::InteractionChangedMessage;
use icws::messaging::{Message, SubscriptionState};
use store::Conn;
use store::rows::sessions as rows;

use super::Topic;
use super::mark::{Known, Mark};
use crate::activations;
use crate::caller::Caller;
use crate::configuration::watching;
use crate::desk::Desk;
use crate::email::{ReadableEmail, Remembered, Tell, contents_message, is_draft};
use crate::ids::InteractionId;
use crate::interactions::{Readable, alerting, attributes};
use crate::licenses;
use crate::people::fold;
use crate::refusal::Refusal;
use crate::response_management;
use crate::{queues, stations, status, supervising};

/// What became of a mark.
#[derive(Debug, Default)]
pub struct Rendered {
    /// What is to be sent.
    pub messages: Vec<Message>,
    /// What the reader knows then.
    pub known: Known,
    /// The subscription is over.
    pub over: bool,
    /// There is more to be sent, which was too much to render at once.
    pub more: bool,
}

impl Rendered {
    /// The subscription ends with these.
    pub fn over(messages: Vec<Message>) -> Self {
        Self {
            messages,
            over: true,
            ..Self::default()
        }
    }
}

/// Renders what is dirty of a subscription.
pub fn render(
    conn: &mut Conn,
    desk: &Desk,
    caller: &Caller,
    topic: &Topic,
    mark: Mark,
) -> Result<Rendered, Refusal> {
    match topic {
        Topic::Interaction(id) => interaction(conn, caller, *id, topic, mark),
        Topic::Email(id) => email(conn, desk.remembered(), caller, *id, mark),
        Topic::Queue(id) => queues::render(desk, conn, caller, id, &mark),
        Topic::Alerting(user) => alerting::message(conn, caller, *user, topic, &mark),
        Topic::ResponseManagement => response_management::message(conn, caller, &mark),
        Topic::UserStatuses => status::watched(conn, caller, &mark),
        Topic::StatusMessages => status::message(conn, caller, &mark),
        Topic::Licenses => licenses::message(conn, caller, &mark),
        Topic::Station => stations::message(conn, caller, mark),
        Topic::EffectiveStation => stations::effective_message(conn, caller, &mark),
        Topic::Configuration(watched, name) => {
            watching::message(conn, desk.descriptions(), caller, *watched, name, &mark)
        }
        Topic::Activations(side, name) => activations::message(conn, caller, *side, name, &mark),
        Topic::SessionsOfUsers | Topic::SessionsAtStations => {
            supervising::message(conn, caller, topic, &mark)
        }
        Topic::StatusAccess => status::access_message(conn, caller, &mark),
        // They are one-shots.
        Topic::HandlerNotifications => Ok(Rendered::default()),
    }
}

fn interaction(
    conn: &mut Conn,
    caller: &Caller,
    id: InteractionId,
    topic: &Topic,
    mark: Mark,
) -> Result<Rendered, Refusal> {
    let readable = match Readable::obtain(conn, caller, id) {
        Ok(readable) => readable,
        // The right to it was taken away; the contract has no message that would say so.
        Err(Refusal::InteractionDenied | Refusal::InteractionNotFound) => {
            return Ok(Rendered::over(Vec::new()));
        }
        Err(refusal) => return Err(refusal),
    };
    let (kind, subject) = topic.key();
    let Some(row) = rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let mut names: Vec<String> =
        serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
    if !mark.snapshot {
        names.retain(|name| mark.attributes.contains(&fold(name)));
    }
    let mut rendered = Rendered {
        known: mark.known,
        ..Rendered::default()
    };
    if mark.snapshot || !names.is_empty() {
        rendered
            .messages
            .push(Message::InteractionChanged(InteractionChangedMessage {
                interaction_id: id.to_string(),
                attributes: attributes::values(
                    conn,
                    &readable.interaction,
                    &names,
                    caller.language,
                )?,
                is_delta: !mark.snapshot,
            }));
    }
    Ok(rendered)
}

fn email(
    conn: &mut Conn,
    remembered: &Remembered,
    caller: &Caller,
    id: InteractionId,
    mark: Mark,
) -> Result<Rendered, Refusal> {
    let email = match ReadableEmail::obtain(conn, caller, id) {
        Ok(email) => email,
        Err(Refusal::InteractionDenied | Refusal::InteractionNotFound) => {
            return Ok(Rendered::over(vec![faulted(id)]));
        }
        Err(refusal) => return Err(refusal),
    };
    let editable = email.changeable && is_draft(&email.interaction);
    let tell = if mark.snapshot {
        Tell::Everything
    } else {
        Tell::Changes(mark.members)
    };
    // A change of rights alone is told only where it changes what the reader may do.
    let silent = !mark.snapshot && mark.members.is_empty() && mark.known.editable == Some(editable);
    let mut rendered = Rendered {
        known: Known {
            editable: Some(editable),
            ..mark.known
        },
        ..Rendered::default()
    };
    if !silent {
        rendered
            .messages
            .push(Message::EmailContents(contents_message(
                conn, remembered, caller, &email, tell,
            )?));
    }
    Ok(rendered)
}

/// Tells a reader that an email is not served to him any more. The contract's message does not say which email; ours does.
fn faulted(id: InteractionId) -> Message {
    Message::EmailSubscriptionState(EmailSubscriptionStateMessage {
        interaction_id: Some(id.to_string()),
        state: SubscriptionState::Faulted,
        error: None,
        is_delta: false,
    })
}
