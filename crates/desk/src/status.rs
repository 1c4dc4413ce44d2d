//! What users are: available, at lunch, gone home. A status is a row; every node tells it from there.
//!
//! ICWS: `icws/(sessionId)/status/`, `icws/(sessionId)/messaging/subscriptions/status/`.

mod texts;
mod watching;

use std::collections::{HashMap, HashSet};

use icws::messaging::{AsyncOperationCompletedMessage, Message};
use icws::status::{
    StatusMessage, StatusMessagesMessage, StatusMessagesUserAccess, StatusMessagesUserAccessChange,
    StatusMessagesUserAccessMessage, UserStatus, UserStatusUntil, UserStatusUpdate,
};
use icws::{Date, Nullable};
use store::rows::people as people_rows;
use store::rows::sessions as session_rows;
use store::rows::status as rows;
use store::{Conn, Tx};

pub use self::watching::watch;
pub(crate) use self::watching::watched;
use crate::caller::Caller;
use crate::configuration::administers;
use crate::journal::Change;
use crate::language::Language;
use crate::messaging::mark::Mark;
use crate::messaging::render::Rendered;
use crate::messaging::split::runs;
use crate::messaging::{Topic, leave, subscribe};
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;
use crate::tokens;

/// The status of a user who never chose one.
const FIRST: &str = "Available";

/// The most users that one subscription may watch.
const MOST_USERS: usize = 10_000;

/// The most characters of a user's notes, and of a number.
const MOST_CHARACTERS: usize = 1_000;

/// The statuses there are, with their texts in a language.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn messages(conn: &mut Conn, language: Language) -> Result<Vec<StatusMessage>, Refusal> {
    Ok(rows::status_messages(conn)?
        .into_iter()
        .map(|row| on_the_wire(row, language))
        .collect())
}

fn on_the_wire(row: rows::StatusMessage, language: Language) -> StatusMessage {
    StatusMessage {
        message_text: texts::in_language(&row, language),
        system_id: row.id.clone(),
        status_id: row.id,
        icon_uri: String::new(),
        group_tag: row.group_tag,
        can_have_date: row.can_have_date,
        can_have_time: row.can_have_time,
        is_do_not_disturb_status: row.do_not_disturb,
        is_selectable_status: row.selectable,
        is_persistent_status: row.persistent,
        is_forward_status: row.forward,
        is_after_call_work_status: row.after_call_work,
        is_acd_status: row.acd,
        is_allow_follow_up_status: row.follow_up,
    }
}

/// The status of the user of this name. Everybody may know it.
///
/// # Errors
/// [`Refusal::UserNotFound`].
pub fn of_user(conn: &mut Conn, name: &str) -> Result<UserStatus, Refusal> {
    let user = people_rows::user_by_name(conn, &fold(name))?.ok_or(Refusal::UserNotFound)?;
    statuses(conn, vec![user])?
        .pop()
        .ok_or(Refusal::UserNotFound)
}

/// The text of the status of the user of this number, in a language.
pub(crate) fn text_of(conn: &mut Conn, user: i64, language: Language) -> Result<String, Refusal> {
    let chosen = rows::of_users(conn, &[user])?.pop();
    let id = chosen.map_or_else(|| FIRST.to_owned(), |status| status.status_id);
    let message = rows::status_message(conn, &fold(&id))?;
    Ok(message.map_or(id, |message| texts::in_language(&message, language)))
}

/// The statuses of users, in their order.
fn statuses(conn: &mut Conn, users: Vec<people_rows::User>) -> Result<Vec<UserStatus>, Refusal> {
    let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
    let mut known: HashMap<i64, rows::UserStatus> = rows::of_users(conn, &ids)?
        .into_iter()
        .map(|status| (status.user_id, status))
        .collect();
    let here: HashSet<i64> = rows::logged_in(conn, &ids)?.into_iter().collect();
    let status = |user: people_rows::User| {
        let logged_in = here.contains(&user.id);
        match known.remove(&user.id) {
            Some(row) => chosen(user.name, row, logged_in),
            None => UserStatus {
                user_id: user.name,
                status_id: FIRST.to_owned(),
                notes: Some(String::new()),
                forward_number: Some(String::new()),
                until: Nullable::Null,
                on_phone: Some(false),
                status_changed: Some(Date::from_unix_millis(user.created_at)),
                logged_in: Some(logged_in),
                ..UserStatus::default()
            },
        }
    };
    Ok(users.into_iter().map(status).collect())
}

fn chosen(user_id: String, row: rows::UserStatus, logged_in: bool) -> UserStatus {
    let until = row.until_at.map(|at| UserStatusUntil {
        until_date_time: Date::from_unix_millis(at),
        has_date: row.until_has_date,
        has_time: row.until_has_time,
    });
    UserStatus {
        user_id,
        status_id: row.status_id,
        notes: Some(row.notes),
        forward_number: Some(row.forward_number),
        until: until.into(),
        on_phone: Some(false),
        status_changed: Some(Date::from_unix_millis(row.changed_at)),
        logged_in: Some(logged_in),
        ..UserStatus::default()
    }
}

/// Sets the status of a user: of the caller himself, or of one for whom he has the right. It is done at once; that it is, is told to the
/// caller by a message as well, under the id that comes back.
///
/// # Errors
/// [`Refusal::StatusDenied`] if the caller may not, [`Refusal::StatusNotFound`] if it is none or cannot be chosen,
/// [`Refusal::InvalidProperty`] if there is no such user, or notes or number are too long.
pub fn set(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    update: &UserStatusUpdate,
    now: i64,
) -> Result<String, Refusal> {
    let user = settable(tx.read(), caller, name)?;
    let status = rows::status_message(tx.read(), &fold(&update.status_id))?
        .filter(|status| status.selectable)
        .ok_or(Refusal::StatusNotFound)?;
    let notes = bounded("notes", update.notes.as_deref())?;
    let forward_number = bounded("forwardNumber", update.forward_number.as_deref())?;
    let before = rows::of_users(tx.read(), &[user])?.pop();
    let since = before
        .filter(|before| before.status_id == status.id)
        .map_or(now, |before| before.changed_at);
    let row = rows::UserStatus {
        user_id: user,
        status_id: status.id,
        notes,
        forward_number,
        until_at: update
            .until
            .map(|until| until.until_date_time.unix_millis()),
        until_has_date: update.until.is_some_and(|until| until.has_date),
        until_has_time: update.until.is_some_and(|until| until.has_time),
        changed_at: since,
    };
    rows::put(tx, &row)?;
    Change::UserStatus(user).record(tx);
    let request_id = tokens::guid().to_string();
    let done = AsyncOperationCompletedMessage {
        request_id: request_id.clone(),
        error: None,
        is_delta: false,
    };
    leave(tx, caller.session, &done.into(), now)?;
    Ok(request_id)
}

/// The user of this name, whose status the caller may set.
fn settable(conn: &mut Conn, caller: &Caller, name: &str) -> Result<i64, Refusal> {
    if fold(name) == fold(&caller.user_name) {
        return Ok(caller.user.0);
    }
    if !administers(caller, Right::ChangeUserStatus, name) {
        return Err(Refusal::StatusDenied);
    }
    // The contract of setting has no 404.
    let unknown = || Refusal::invalid("userId", "there is no such user");
    let user = people_rows::user_by_name(conn, &fold(name))?.ok_or_else(unknown)?;
    Ok(user.id)
}

fn bounded(property: &str, text: Option<&str>) -> Result<String, Refusal> {
    let text = text.unwrap_or_default();
    if text.chars().count() > MOST_CHARACTERS {
        return Err(Refusal::invalid(property, "at most 1,000 characters"));
    }
    // Not every database can keep a NUL.
    Ok(text.replace('\0', "\u{FFFD}"))
}

/// The statuses that a user may choose. They are the same for all.
///
/// # Errors
/// [`Refusal::UserNotFound`].
pub fn access_of(conn: &mut Conn, name: &str) -> Result<StatusMessagesUserAccess, Refusal> {
    let user = people_rows::user_by_name(conn, &fold(name))?.ok_or(Refusal::UserNotFound)?;
    Ok(StatusMessagesUserAccess {
        user_id: user.name,
        status_messages: selectable(conn)?,
    })
}

fn selectable(conn: &mut Conn) -> Result<Vec<String>, Refusal> {
    let all = rows::status_messages(conn)?.into_iter();
    let selectable = all.filter(|status| status.selectable);
    Ok(selectable.map(|status| status.id).collect())
}

/// Watches what users may choose.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if one of them is not there, or they are too many.
pub fn watch_access(tx: &mut Tx<'_>, caller: &Caller, names: &[String]) -> Result<(), Refusal> {
    if names.len() > MOST_USERS {
        return Err(Refusal::invalid("userIds", "at most 10,000 users"));
    }
    let folded: HashSet<String> = names.iter().map(|name| fold(name)).collect();
    let folded: Vec<String> = folded.into_iter().collect();
    if rows::users_of_names(tx.read(), &folded)?.len() != folded.len() {
        // The contract of this subscription has no 404.
        return Err(Refusal::invalid("userIds", "there is no such user"));
    }
    subscribe(tx, caller, &Topic::StatusAccess, &folded)
}

/// The message of what watched users may choose, which does not change while a server runs.
pub(crate) fn access_message(
    conn: &mut Conn,
    caller: &Caller,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    let (kind, subject) = Topic::StatusAccess.key();
    let Some(row) = session_rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    if !mark.snapshot {
        return Ok(Rendered::default());
    }
    let names: Vec<String> = serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
    let selectable = selectable(conn)?;
    let change = |user: people_rows::User| StatusMessagesUserAccessChange {
        user_id: user.name,
        status_messages_added: Some(selectable.clone()),
        status_messages_removed: None,
    };
    let changes = rows::users_of_names(conn, &names)?.into_iter().map(change);
    let mut changes = runs(changes.collect())?;
    if changes.is_empty() {
        changes.push(Vec::new());
    }
    let message = |(number, status_messages_user_access_changes)| {
        Message::StatusMessagesUserAccess(StatusMessagesUserAccessMessage {
            status_messages_user_access_changes,
            is_delta: number > 0,
        })
    };
    Ok(Rendered {
        messages: changes.into_iter().enumerate().map(message).collect(),
        ..Rendered::default()
    })
}

/// The message of the statuses there are. They do not change while a server runs.
pub(crate) fn message(conn: &mut Conn, caller: &Caller, mark: &Mark) -> Result<Rendered, Refusal> {
    let mut rendered = Rendered::default();
    if mark.snapshot {
        rendered.messages.push(
            StatusMessagesMessage {
                status_messages_added: Some(messages(conn, caller.language)?),
                ..StatusMessagesMessage::default()
            }
            .into(),
        );
    }
    Ok(rendered)
}
