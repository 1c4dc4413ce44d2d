//! Watching sessions: who works, with what, and where (`messaging/subscriptions/session/`). One sees one's own sessions, and those of users
//! whom one may administer or whose queue one may see.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use icws::Nullable;
use icws::configuration::ConfigurationId;
use icws::connection::StationInformation;
use icws::session::{SessionInformation, SessionMessageReason, SessionsMessage};
use store::rows::people::User;
use store::rows::sessions::{self as rows, Which};
use store::rows::status as status_rows;
use store::{Conn, Tx};

use crate::caller::Caller;
use crate::configuration::administers;
use crate::configuration::kinds::user_id;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::messaging::split::runs;
use crate::messaging::{Topic, subscribe};
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;

/// The most users or stations that a subscription may name.
const MOST_NAMED: usize = 10_000;

/// Watches the sessions of users: of these, or of all.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if one of them is not there, or they are too many.
pub fn watch_users(
    tx: &mut Tx<'_>,
    caller: &Caller,
    users: Option<&[String]>,
) -> Result<(), Refusal> {
    let names = folded("userIds", users)?;
    if status_rows::users_of_names(tx.read(), &names)?.len() != names.len() {
        return Err(Refusal::invalid("userIds", "there is no such user"));
    }
    subscribe(tx, caller, &Topic::SessionsOfUsers, &names)
}

/// Watches the sessions that are at stations: at these, or at any.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if they are too many.
pub fn watch_stations(
    tx: &mut Tx<'_>,
    caller: &Caller,
    stations: Option<&[String]>,
) -> Result<(), Refusal> {
    let names = folded("stationIds", stations)?;
    subscribe(tx, caller, &Topic::SessionsAtStations, &names)
}

fn folded(property: &str, names: Option<&[String]>) -> Result<Vec<String>, Refusal> {
    let names = names.unwrap_or_default();
    if names.len() > MOST_NAMED {
        return Err(Refusal::invalid(property, "at most 10,000 elements"));
    }
    let folded: BTreeSet<String> = names.iter().map(|name| fold(name)).collect();
    Ok(folded.into_iter().collect())
}

/// Whether a user is the caller, or somebody whom he may administer or whose queue he may see.
pub(crate) fn supervises(caller: &Caller, user: &User) -> bool {
    user.id == caller.user.0
        || caller
            .rights
            .has_for(Right::ViewUserQueue, &fold(&user.name))
        || administers(caller, Right::Users, &user.name)
}

fn told(session: &rows::Session, user: &User) -> SessionInformation {
    let station = session
        .station
        .as_deref()
        .and_then(|kept| serde_json::from_str::<StationInformation>(kept).ok())
        .map_or_else(String::new, |station| station.id);
    SessionInformation {
        application_name: session.application.clone(),
        machine_name: String::new(),
        station_id: ConfigurationId {
            display_name: Nullable::Value(station.clone()),
            id: station,
            uri: None,
        },
        user_id: user_id(user),
        reason: SessionMessageReason::ConnectionChange,
    }
}

/// The sessions that a caller may see and that are of users of these folded names, or at stations of these; without names of all.
fn sessions(
    conn: &mut Conn,
    caller: &Caller,
    by_station: bool,
    names: &[String],
) -> Result<BTreeMap<i64, SessionInformation>, Refusal> {
    let which = match (by_station, names) {
        (true, _) => Which::AtStations,
        (false, []) => Which::All,
        (false, names) => Which::OfUsers(names),
    };
    let stations: HashSet<&String> = names.iter().filter(|_| by_station).collect();
    let mut found = rows::going_on(conn, which)?;
    found.retain(|(_, user)| supervises(caller, user));
    let mut all: BTreeMap<i64, SessionInformation> = found
        .iter()
        .map(|(session, user)| (session.id, told(session, user)))
        .collect();
    if by_station {
        all.retain(|_, session| {
            let station = fold(&session.station_id.id);
            !station.is_empty() && (stations.is_empty() || stations.contains(&station))
        });
    }
    Ok(all)
}

/// The message of watched sessions: what differs from what the reader knows. A session that changes its station goes and comes.
pub(crate) fn message(
    conn: &mut Conn,
    caller: &Caller,
    topic: &Topic,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    let (kind, subject) = topic.key();
    let Some(row) = rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let names: Vec<String> = serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
    let now = sessions(
        conn,
        caller,
        matches!(topic, Topic::SessionsAtStations),
        &names,
    )?;
    let before = &mark.known.sessions;
    let differs = |from: &BTreeMap<i64, SessionInformation>,
                   to: &BTreeMap<i64, SessionInformation>| {
        from.iter()
            .filter(|(id, session)| to.get(id) != Some(*session))
            .map(|(_, session)| session.clone())
            .collect::<Vec<_>>()
    };
    let (added, removed) = if mark.snapshot {
        (now.values().cloned().collect(), Vec::new())
    } else {
        (differs(&now, before), differs(before, &now))
    };
    let mut messages = Vec::new();
    for removed in runs(removed)? {
        messages.push(SessionsMessage {
            sessions_removed: Some(removed),
            is_delta: true,
            ..SessionsMessage::default()
        });
    }
    let mut added = runs(added)?;
    if added.is_empty() && mark.snapshot {
        added.push(Vec::new());
    }
    for (number, added) in added.into_iter().enumerate() {
        messages.push(SessionsMessage {
            sessions_added: Some(added),
            is_delta: !mark.snapshot || number > 0,
            ..SessionsMessage::default()
        });
    }
    Ok(Rendered {
        messages: messages.into_iter().map(Into::into).collect(),
        known: Known {
            sessions: now,
            ..mark.known.clone()
        },
        ..Rendered::default()
    })
}
