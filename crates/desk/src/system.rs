//! Notifications from session to session. In the original a server script stands between; here whoever listens hears.
//!
//! ICWS: `icws/(sessionId)/system/handler-notification/index.htm`,
//! `icws/(sessionId)/messaging/subscriptions/system/handler-sent-notifications/index.htm`.

use icws::Representation as _;
use icws::system::{
    HandlerNotification, HandlerSentNotificationHeaders, HandlerSentNotificationMessage,
};
use store::Tx;
use store::rows::sessions as rows;

use crate::caller::Caller;
use crate::ids::SessionId;
use crate::messaging::{Topic, leave, purge, subscribe, unsubscribe};
use crate::refusal::Refusal;

/// The most bytes that a notification, or what a session listens to, may have.
const MOST_BYTES: usize = 32 * 1024;

/// Listens to notifications, in place of what was listened to before.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if there are too many, or too long ones.
pub fn listen(
    tx: &mut Tx<'_>,
    caller: &Caller,
    headers: &[HandlerSentNotificationHeaders],
) -> Result<(), Refusal> {
    let pairs: Vec<String> = headers
        .iter()
        .flat_map(|header| {
            let events = header.event_ids.iter();
            events.map(|event| key(&header.object_id, event))
        })
        .collect();
    if pairs.iter().map(String::len).sum::<usize>() > MOST_BYTES {
        return Err(Refusal::invalid("headers", "at most 32 KiB"));
    }
    subscribe(tx, caller, &Topic::HandlerNotifications, &pairs)
}

/// Listens no more. What came and was not read is forgotten.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn listen_no_more(tx: &mut Tx<'_>, session: SessionId) -> Result<(), Refusal> {
    unsubscribe(tx, session, &Topic::HandlerNotifications)?;
    purge(tx, session, HandlerSentNotificationMessage::URN)
}

/// What is listened to: an event of an object. The length keeps the two apart.
fn key(object: &str, event: &str) -> String {
    format!("{}:{object}{event}", object.len())
}

/// Leaves a notification for every session that listens to it.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if it has more than a message may have.
pub fn notify(
    tx: &mut Tx<'_>,
    notification: &HandlerNotification,
    now: i64,
) -> Result<(), Refusal> {
    let size = notification.object_id.len()
        + notification.event_id.len()
        + notification.data.iter().map(String::len).sum::<usize>();
    if size > MOST_BYTES {
        return Err(Refusal::invalid("data", "at most 32 KiB"));
    }
    let wanted = key(&notification.object_id, &notification.event_id);
    let message = HandlerSentNotificationMessage {
        object_id: notification.object_id.clone(),
        event_id: notification.event_id.clone(),
        data: notification.data.clone(),
        is_delta: false,
    }
    .into();
    let (kind, _) = Topic::HandlerNotifications.key();
    for row in rows::subscriptions_of_kind(tx.read(), kind)? {
        let pairs: Vec<String> =
            serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
        if pairs.contains(&wanted) {
            leave(tx, SessionId(row.session_id), &message, now)?;
        }
    }
    Ok(())
}
