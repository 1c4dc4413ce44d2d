//! Alerting: what is handed to a user is told to him when it comes, and again when he or somebody else has taken it, or it has gone
//! otherwise. What alerts is what the rows say; what was told before is known to whoever reads.
//!
//! ICWS: `icws/(sessionId)/messaging/subscriptions/interaction-alerting/index.htm`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use icws::interactions::{
    Attributes, InteractionAlertAction, InteractionAlertDetails, InteractionAlertType,
    InteractionAlertingMessage,
};
use store::rows::{queues as rows, sessions};
use store::{Conn, Tx};

use super::ALERTING;
use super::attributes::values_of_many;
use crate::caller::Caller;
use crate::journal::InteractionChange;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::messaging::split::{runs, shortened, size_of};
use crate::messaging::{Topic, subscribe};
use crate::people::fold;
use crate::refusal::Refusal;

/// How many interactions are told at once; the others follow.
const AT_ONCE: usize = 100;

/// How many bytes the names that a client asks for may have in all, as JSON.
const NAMES_SIZE: usize = 16 * 1024;

/// How many bytes the attributes of an interaction may have in all, names and values, as JSON.
const ATTRIBUTES_SIZE: usize = 32 * 1024;

/// How many bytes the name and the address of a correspondent may have, as JSON.
const CORRESPONDENT_SIZE: usize = 1024;

/// What is told of each: its kind, and its correspondent's name and address.
const ALWAYS: [&str; 3] = ["eic_objecttype", "eic_remotename", "eic_remoteaddress"];

/// The topic of a caller: what alerts him.
pub fn topic(caller: &Caller) -> Topic {
    Topic::Alerting(caller.user.0)
}

/// Listens to what alerts the caller: `PUT messaging/subscriptions/interaction-alerting`.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if the names are too long in all.
pub fn listen(tx: &mut Tx<'_>, caller: &Caller, names: &[String]) -> Result<(), Refusal> {
    if names.iter().map(|name| size_of(name)).sum::<usize>() > NAMES_SIZE {
        return Err(Refusal::invalid("attributeNames", "at most 16 KiB in all"));
    }
    subscribe(tx, caller, &topic(caller), names)
}

/// The users for whom something may begin or cease to alert by a change.
pub(crate) fn concerned(change: &InteractionChange) -> BTreeSet<i64> {
    let before = change.before.as_ref();
    if before.is_none() && !change.attributes.iter().any(|name| name == "eic_state") {
        return BTreeSet::new();
    }
    let users = [change.queues.0, before.and_then(|queues| queues.0)];
    users.into_iter().flatten().collect()
}

/// The messages of what alerts a user: first all that does, then what begins and ceases to.
pub(crate) fn message(
    conn: &mut Conn,
    caller: &Caller,
    user: i64,
    topic: &Topic,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    let (kind, subject) = topic.key();
    let Some(row) = sessions::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let names: Vec<String> = serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
    let mut known = if mark.snapshot {
        BTreeMap::new()
    } else {
        BTreeMap::clone(&mark.known.alerts)
    };
    let now: BTreeSet<i64> = rows::ids_of_user(conn, user, ALERTING)?
        .into_iter()
        .collect();
    let mut told: Vec<InteractionAlertDetails> = known
        .extract_if(.., |id, _| !now.contains(id))
        .map(|(_, ceased)| ceased)
        .collect();
    let mut begun: Vec<i64> = now
        .into_iter()
        .filter(|id| !known.contains_key(id))
        .collect();
    let more = begun.len() > AT_ONCE;
    begun.truncate(AT_ONCE);
    for (id, alert) in alerts(conn, caller, &begun, &names)? {
        known.insert(id, ceased(&alert));
        told.push(alert);
    }
    Ok(Rendered {
        messages: in_messages(told, mark.snapshot)?,
        known: Known {
            alerts: Arc::new(known),
            ..Known::default()
        },
        more,
        ..Rendered::default()
    })
}

/// What is told of interactions that begin to alert, with their ids.
fn alerts(
    conn: &mut Conn,
    caller: &Caller,
    ids: &[i64],
    names: &[String],
) -> Result<Vec<(i64, InteractionAlertDetails)>, Refusal> {
    let interactions = rows::of_ids(conn, ids)?;
    let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    let all: Vec<&str> = ALWAYS
        .into_iter()
        .chain(folded.iter().map(String::as_str))
        .collect();
    let values = values_of_many(conn, &interactions, &all, caller.language)?;
    let ids = interactions.iter().map(|interaction| interaction.id);
    let alert = |(id, values)| (id, begins(id, names, values));
    Ok(ids.zip(values).map(alert).collect())
}

/// What is told of an interaction of these values when it begins to alert.
fn begins(id: i64, names: &[String], values: Vec<String>) -> InteractionAlertDetails {
    let mut values = values.into_iter();
    let mut next = || values.next().unwrap_or_default();
    let interaction_type = next();
    let name = shortened(next(), CORRESPONDENT_SIZE);
    let address = shortened(next(), CORRESPONDENT_SIZE);
    InteractionAlertDetails {
        interaction_id: id.to_string(),
        interaction_type,
        name,
        address,
        alert_type: InteractionAlertType::User,
        alert_action: InteractionAlertAction::Start,
        auto_answer: false,
        monitored_queue: None,
        attributes: (!names.is_empty()).then(|| fitting(names, values)),
    }
}

/// Attributes in the spelling in which they were asked for. Of values that are too long together the first are told whole.
fn fitting(names: &[String], values: impl Iterator<Item = String>) -> Attributes {
    // Beside the value: its quotes, a colon and a comma.
    let of_names = names.iter().map(|name| size_of(name) + 4);
    let mut room = ATTRIBUTES_SIZE.saturating_sub(of_names.sum());
    let fitting = values.map(|value| {
        let value = shortened(value, room + 2);
        room = room.saturating_sub(size_of(&value) - 2);
        value
    });
    names.iter().cloned().zip(fitting).collect()
}

/// What is told when it alerts no more: what it was when it began to.
fn ceased(alert: &InteractionAlertDetails) -> InteractionAlertDetails {
    InteractionAlertDetails {
        alert_action: InteractionAlertAction::Stop,
        attributes: None,
        ..alert.clone()
    }
}

/// Spreads it over messages that clients can read. The first one of a snapshot replaces what the client knew.
fn in_messages(
    told: Vec<InteractionAlertDetails>,
    snapshot: bool,
) -> Result<Vec<icws::messaging::Message>, Refusal> {
    let mut lists = runs(told)?;
    if lists.is_empty() && snapshot {
        lists.push(Vec::new());
    }
    let message = |(number, alerting_interaction_details)| {
        InteractionAlertingMessage {
            alerting_interaction_details,
            is_delta: !snapshot || number > 0,
        }
        .into()
    };
    Ok(lists.into_iter().enumerate().map(message).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Members, Queues};

    #[test]
    fn what_is_told_of_one_goes_into_a_line_that_clients_can_read() {
        let names: Vec<String> = (0..1_000).map(|n| format!("name {n}")).collect();
        for value in ["\u{1}".repeat(60_000), "é".repeat(3_000), "x".to_owned()] {
            let mut given = vec![value.clone(); names.len() + ALWAYS.len()];
            "Email".clone_into(&mut given[0]);
            let told = begins(1, &names, given);
            let attributes = told.attributes.as_ref().expect("attributes");
            assert_eq!(attributes.len(), 1_000, "each is there");
            assert!(attributes.values().all(|one| value.starts_with(one)));
            assert!(!attributes["name 0"].is_empty());
            let size = serde_json::to_string(&told).expect("JSON").len();
            assert!(size < 64 * 1024, "{size}");
        }
        let values = vec!["Email", "Erika", "erika@example.com", "A", "7"];
        let told = begins(
            1,
            &["eic_STATE".to_owned(), "Order".to_owned()],
            values.into_iter().map(str::to_owned).collect(),
        );
        assert_eq!(
            (told.name.as_str(), told.address.as_str()),
            ("Erika", "erika@example.com")
        );
        let attributes = told.attributes.expect("attributes");
        assert_eq!(
            (
                attributes["eic_STATE"].as_str(),
                attributes["Order"].as_str()
            ),
            ("A", "7")
        );
    }

    #[test]
    fn a_change_concerns_those_who_had_it_and_those_who_have_it() {
        let change = |attributes: &[&'static str], queues, before| InteractionChange {
            id: 1,
            members: Members::default(),
            attributes: attributes.iter().map(|name| (*name).into()).collect(),
            queues,
            before,
        };
        let (anna, carl) = (Queues(Some(1), Some(9)), Queues(Some(2), Some(9)));
        let waiting = Queues(None, Some(9));
        let place = &["eic_username", "eic_state"][..];
        for (change, expected) in [
            (change(place, carl, Some(anna)), vec![1, 2]),
            (change(place, anna, Some(waiting)), vec![1]),
            (change(place, waiting, Some(anna)), vec![1]),
            (change(place, anna, None), vec![1]),
            (change(&["eic_subject"], anna, None), vec![]),
            (change(&[], Queues(None, None), Some(anna)), vec![1]),
        ] {
            let concerned: Vec<i64> = concerned(&change).into_iter().collect();
            assert_eq!(concerned, expected, "{change:?}");
        }
    }
}
