//! Watching what users are: `messaging/subscriptions/status/user-statuses`.

use std::collections::HashSet;

use icws::Nullable;
use icws::messaging::Message;
use icws::status::{UserStatus, UserStatusMessage, UserStatusSubscription};
use serde::{Deserialize, Serialize};
use store::rows::sessions as session_rows;
use store::rows::status as rows;
use store::{Conn, Tx};

use super::{MOST_USERS, statuses};
use crate::caller::Caller;
use crate::messaging::mark::Mark;
use crate::messaging::render::Rendered;
use crate::messaging::{Topic, subscribe_with};
use crate::people::fold;
use crate::refusal::Refusal;

/// How many bytes the statuses of one message may have: clients read lines of up to 64 KiB.
const MESSAGE_SIZE: usize = 48 * 1024;

/// The most properties that a client may name: more than there are.
const MOST_PROPERTIES: usize = 100;

/// What is kept of a subscription: who is watched, by folded names, and what of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Watched {
    /// All that there is.
    Whole(Vec<String>),
    /// The properties of these names.
    Parts {
        users: Vec<String>,
        properties: Vec<String>,
    },
}

/// Watches the statuses of users; all of them have to be there. Where properties are named, in any case, no others are told but those that
/// every status has; where none is, all are.
///
/// # Errors
/// [`Refusal::UserNotFound`] if one of them is not there, [`Refusal::InvalidProperty`] if they or the properties are too many.
pub fn watch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wanted: &UserStatusSubscription,
) -> Result<(), Refusal> {
    if wanted.user_ids.len() > MOST_USERS {
        return Err(Refusal::invalid("userIds", "at most 10,000 users"));
    }
    let properties = wanted.user_status_properties.clone().unwrap_or_default();
    if properties.len() > MOST_PROPERTIES {
        let most = "at most 100 properties";
        return Err(Refusal::invalid("userStatusProperties", most));
    }
    let users: HashSet<String> = wanted.user_ids.iter().map(|name| fold(name)).collect();
    let users: Vec<String> = users.into_iter().collect();
    if rows::users_of_names(tx.read(), &users)?.len() != users.len() {
        return Err(Refusal::UserNotFound);
    }
    let watched = if properties.is_empty() {
        Watched::Whole(users)
    } else {
        Watched::Parts { users, properties }
    };
    let parameters = serde_json::to_string(&watched).map_err(Refusal::internal)?;
    subscribe_with(tx, caller, &Topic::UserStatuses, parameters)
}

/// The messages of watched users: all of them first, then those whose status changed.
pub(crate) fn watched(conn: &mut Conn, caller: &Caller, mark: &Mark) -> Result<Rendered, Refusal> {
    let (kind, subject) = Topic::UserStatuses.key();
    let Some(row) = session_rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let (names, properties) =
        match serde_json::from_str(&row.parameters).map_err(Refusal::internal)? {
            Watched::Whole(users) => (users, None),
            Watched::Parts { users, properties } => (users, Some(properties)),
        };
    let users = if mark.snapshot {
        rows::users_of_names(conn, &names)?
    } else {
        let names: HashSet<&String> = names.iter().collect();
        let changed: Vec<i64> = mark.users.iter().copied().collect();
        let mut users = rows::users_of_ids(conn, &changed)?;
        users.retain(|user| names.contains(&fold(&user.name)));
        users
    };
    let mut statuses = statuses(conn, users)?;
    if let Some(properties) = properties {
        for status in &mut statuses {
            narrow(status, &properties);
        }
    }
    Ok(Rendered {
        messages: in_messages(statuses, mark.snapshot)?,
        ..Rendered::default()
    })
}

/// Leaves a status what every status has, and the properties of these names.
fn narrow(status: &mut UserStatus, properties: &[String]) {
    let asked = |name: &str| {
        let mut names = properties.iter();
        names.any(|property| property.trim().eq_ignore_ascii_case(name))
    };
    let whole = std::mem::take(status);
    *status = UserStatus {
        user_id: whole.user_id,
        status_id: whole.status_id,
        notes: whole.notes.filter(|_| asked("notes")),
        forward_number: whole.forward_number.filter(|_| asked("forwardNumber")),
        until: if asked("until") {
            whole.until
        } else {
            Nullable::Absent
        },
        on_phone: whole.on_phone.filter(|_| asked("onPhone")),
        on_phone_changed: whole.on_phone_changed.filter(|_| asked("onPhoneChanged")),
        status_changed: whole.status_changed.filter(|_| asked("statusChanged")),
        stations: whole.stations.filter(|_| asked("stations")),
        ic_servers: whole.ic_servers.filter(|_| asked("icServers")),
        presence_server: whole.presence_server.filter(|_| asked("presenceServer")),
        logged_in: whole.logged_in.filter(|_| asked("loggedIn")),
    };
}

/// Spreads statuses over messages that clients can read. The first one of a snapshot replaces what the client knew.
fn in_messages(statuses: Vec<UserStatus>, snapshot: bool) -> Result<Vec<Message>, Refusal> {
    let mut lists: Vec<Vec<UserStatus>> = Vec::new();
    let mut room = 0;
    for status in statuses {
        let size = serde_json::to_string(&status)
            .map_err(Refusal::internal)?
            .len();
        match lists.last_mut() {
            Some(list) if size <= room => list.push(status),
            _ => {
                lists.push(vec![status]);
                room = MESSAGE_SIZE;
            }
        }
        room = room.saturating_sub(size);
    }
    if lists.is_empty() && snapshot {
        lists.push(Vec::new());
    }
    let message = |(number, user_status_list)| {
        Message::UserStatuses(UserStatusMessage {
            user_status_list,
            is_delta: !snapshot || number > 0,
        })
    };
    Ok(lists.into_iter().enumerate().map(message).collect())
}

#[cfg(test)]
mod tests {
    use super::super::MOST_CHARACTERS;
    use super::*;

    #[test]
    fn many_statuses_go_out_in_lines_that_clients_can_read() {
        let status = |number: usize| UserStatus {
            user_id: format!("user-{number}"),
            notes: Some("\u{1}".repeat(MOST_CHARACTERS)),
            ..UserStatus::default()
        };
        let messages = in_messages((0..100).map(status).collect(), true).expect("messages");
        assert!(messages.len() > 1);
        let mut users = 0;
        for (number, message) in messages.iter().enumerate() {
            assert!(serde_json::to_string(message).expect("JSON").len() < 64 * 1024);
            assert_eq!(message.is_delta(), number > 0, "the first one replaces");
            let Message::UserStatuses(message) = message else {
                panic!("{message:?}")
            };
            users += message.user_status_list.len();
        }
        assert_eq!(users, 100);
    }
}
