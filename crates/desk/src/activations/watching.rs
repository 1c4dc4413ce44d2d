//! Listening to activations: `messaging/subscriptions/activations/{side}/{subscriptionId}`.

use std::collections::BTreeMap;
use std::sync::Arc;

use icws::activations::{
    UserActivationMessage, UserActivationSubscription, WorkgroupActivationMessage,
    WorkgroupActivationSubscription,
};
use icws::messaging::Message;
use serde::{Deserialize, Serialize};
use store::rows::people as people_rows;
use store::rows::sessions as session_rows;
use store::{Conn, Tx};

use super::{of_user, of_workgroup};
use crate::caller::Caller;
use crate::ids::SessionId;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::messaging::{Topic, subscribe_with, subscription_name, unsubscribe};
use crate::people::fold;
use crate::refusal::Refusal;

/// Whose activations are listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// A user's.
    User,
    /// A workgroup's.
    Workgroup,
}

/// The most names that a subscription may have.
const MOST_NAMED: usize = 10_000;

/// What is kept of a subscription.
#[derive(Debug, Serialize, Deserialize)]
struct Parameters {
    of: String,
    others: Vec<String>,
}

fn watch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    side: Side,
    name: &str,
    of: &str,
    others: &[String],
) -> Result<(), Refusal> {
    let topic = Topic::Activations(side, subscription_name(name)?);
    let parameters = Parameters {
        of: of.to_owned(),
        others: others.to_vec(),
    };
    let parameters = serde_json::to_string(&parameters).map_err(Refusal::internal)?;
    subscribe_with(tx, caller, &topic, parameters)
}

/// Listens to a user's activations.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if there is no such user or workgroup, or too many are named.
pub fn watch_user(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    request: &UserActivationSubscription,
) -> Result<(), Refusal> {
    let (of, others) = (&request.user_id, &request.workgroup_ids);
    if people_rows::user_by_name(tx.read(), &fold(of))?.is_none() {
        return Err(Refusal::invalid("userId", "there is no such user"));
    }
    if others.len() > MOST_NAMED {
        return Err(Refusal::invalid("workgroupIds", "at most 10,000 elements"));
    }
    for other in others {
        if people_rows::workgroup_by_name(tx.read(), &fold(other))?.is_none() {
            return Err(Refusal::invalid(
                "workgroupIds",
                "there is no such workgroup",
            ));
        }
    }
    watch(tx, caller, Side::User, name, of, others)
}

/// Listens to the activations in a workgroup.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if there is no such workgroup or user, or too many are named.
pub fn watch_workgroup(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    request: &WorkgroupActivationSubscription,
) -> Result<(), Refusal> {
    let (of, others) = (&request.workgroup_id, &request.user_ids);
    if people_rows::workgroup_by_name(tx.read(), &fold(of))?.is_none() {
        return Err(Refusal::invalid(
            "workgroupId",
            "there is no such workgroup",
        ));
    }
    if others.len() > MOST_NAMED {
        return Err(Refusal::invalid("userIds", "at most 10,000 elements"));
    }
    for other in others {
        if people_rows::user_by_name(tx.read(), &fold(other))?.is_none() {
            return Err(Refusal::invalid("userIds", "there is no such user"));
        }
    }
    watch(tx, caller, Side::Workgroup, name, of, others)
}

/// Ends a subscription, whether it is there or not.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if the name is longer than a subscription's may be.
pub fn unwatch(tx: &mut Tx<'_>, session: SessionId, side: Side, name: &str) -> Result<(), Refusal> {
    unsubscribe(
        tx,
        session,
        &Topic::Activations(side, subscription_name(name)?),
    )
}

/// The message of a subscription: what differs from what the reader knows. What the caller may not know is told as if it were not.
pub(crate) fn message(
    conn: &mut Conn,
    caller: &Caller,
    side: Side,
    name: &Arc<str>,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    let (kind, subject) = Topic::Activations(side, Arc::clone(name)).key();
    let Some(row) = session_rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let parameters: Parameters =
        serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
    let now = match side {
        Side::User => of_user(conn, caller, &parameters.of, &parameters.others)
            .map(|set| (set.user_id, set.activations)),
        Side::Workgroup => of_workgroup(conn, caller, &parameters.of, &parameters.others)
            .map(|set| (set.workgroup_id, set.activations)),
    };
    let (id, now) = match now {
        Ok(now) => now,
        Err(Refusal::ActivationsDenied | Refusal::ActivationsNotFound) => {
            (parameters.of, BTreeMap::new())
        }
        Err(refusal) => return Err(refusal),
    };
    let before = &mark.known.activations;
    let mut changed: BTreeMap<String, bool> = now
        .iter()
        .filter(|(name, active)| mark.snapshot || before.get(*name) != Some(active))
        .map(|(name, active)| (name.clone(), *active))
        .collect();
    // Whoever does not belong any more does not take part.
    let gone = before
        .iter()
        .filter(|(name, active)| !mark.snapshot && **active && !now.contains_key(*name));
    changed.extend(gone.map(|(name, _)| (name.clone(), false)));
    let mut rendered = Rendered {
        known: Known {
            activations: now,
            ..mark.known.clone()
        },
        ..Rendered::default()
    };
    if mark.snapshot || !changed.is_empty() {
        let is_delta = !mark.snapshot;
        let subscription_id = name.to_string();
        rendered.messages.push(match side {
            Side::User => Message::UserActivations(UserActivationMessage {
                subscription_id,
                user_id: id,
                activations_changed: changed,
                is_delta,
            }),
            Side::Workgroup => Message::WorkgroupActivations(WorkgroupActivationMessage {
                subscription_id,
                workgroup_id: id,
                activations_changed: changed,
                is_delta,
            }),
        });
    }
    Ok(rendered)
}
