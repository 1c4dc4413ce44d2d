//! Listening to configuration objects: `messaging/subscriptions/configuration/{kind}/{subscriptionId}`.
//!
//! ICWS: `icws/(sessionId)/messaging/subscriptions/configuration/(kind)/(subscriptionId)/index.htm`.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use icws::configuration::ConfigObjectSubscription;
use icws::configuration::people::{
    ResponseManagementDocumentsMessage, RolesMessage, UsersMessage, WorkgroupsMessage,
};
use icws::messaging::Message;
use serde::{Deserialize, Serialize};
use store::rows::sessions as session_rows;
use store::{Conn, Tx};

use super::documents::Documents;
use super::kinds::{Roles, Users, Workgroups};
use super::{Asked, Asker, Descriptions, Detail, Filter, Kind, Selection, telling};
use crate::caller::Caller;
use crate::ids::SessionId;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::messaging::split::runs;
use crate::messaging::{Topic, subscribe_with, subscription_name, unsubscribe};
use crate::people::fold;
use crate::refusal::Refusal;

/// The most objects, and the most properties, that a subscription may name.
const MOST_NAMED: usize = 1_000;

/// The name for all objects, or all properties.
const ALL: &str = "*";

/// Which kind of object is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watched {
    /// Users.
    Users,
    /// Roles.
    Roles,
    /// Workgroups.
    Workgroups,
    /// System libraries.
    Documents,
}

/// What is kept of a subscription.
#[derive(Debug, Serialize, Deserialize)]
struct Parameters {
    ids: Vec<String>,
    properties: Vec<String>,
    filter: String,
}

/// A kind that can be listened to.
pub trait Watch: Kind {
    /// Which one it is.
    const WATCHED: Watched;
    /// The message of it.
    fn message(
        name: &str,
        added: Option<Vec<Self::Object>>,
        changed: Option<Vec<Self::Object>>,
        removed: Option<Vec<String>>,
        is_delta: bool,
    ) -> Message;
    /// The users of whom something is told that changes with their status, among those whose status changed.
    fn is_touched(_: &Self::Entry, _: &Selection, _: &BTreeSet<i64>) -> bool {
        false
    }
}

macro_rules! watch {
    ($($kind:ident = $message:ident $({ $touched:item })?;)+) => {$(
        impl Watch for $kind {
            const WATCHED: Watched = Watched::$kind;

            fn message(
                name: &str,
                added: Option<Vec<Self::Object>>,
                changed: Option<Vec<Self::Object>>,
                removed: Option<Vec<String>>,
                is_delta: bool,
            ) -> Message {
                $message { subscription_id: name.to_owned(), added, changed, removed, is_delta }.into()
            }

            $($touched)?
        }
    )+};
}

watch! {
    Users = UsersMessage {
        fn is_touched(entry: &Self::Entry, select: &Selection, users: &BTreeSet<i64>) -> bool {
            select.has("statusText") && users.contains(&entry.id)
        }
    };
    Roles = RolesMessage;
    Workgroups = WorkgroupsMessage;
    Documents = ResponseManagementDocumentsMessage;
}

/// Makes or replaces a subscription.
///
/// # Errors
/// [`Refusal::InvalidProperty`] of a list that is too long, or of `*` in both; [`Refusal::ConfigurationQuery`] of a property or a filter
/// that is none; [`Refusal::ConfigurationNotFound`] of an object.
pub fn watch<K: Watch>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    request: &ConfigObjectSubscription,
) -> Result<(), Refusal> {
    let (ids, properties) = (&request.configuration_ids, &request.properties);
    let topic = Topic::Configuration(K::WATCHED, subscription_name(name)?);
    for (property, named) in [("configurationIds", ids), ("properties", properties)] {
        if named.len() > MOST_NAMED {
            return Err(Refusal::invalid(property, "at most 1,000 elements"));
        }
    }
    let all = |named: &[String]| named.iter().any(|one| one == ALL);
    if all(ids) && all(properties) {
        return Err(Refusal::invalid(
            "properties",
            "`*` in one of the two lists, not in both",
        ));
    }
    let refused = || Refusal::ConfigurationQuery {
        list: false,
        asked: Box::new(Asked {
            select: properties.clone(),
            rights_filter: Some(request.rights_filter.clone()),
            ..Asked::default()
        }),
    };
    Filter::parse(Some(&request.rights_filter)).ok_or_else(refused)?;
    Selection::parse(properties.iter().map(String::as_str), K::PROPERTIES)
        .map_err(|_| refused())?;
    for id in ids.iter().filter(|id| *id != ALL) {
        K::find(tx.read(), id)?.ok_or(Refusal::ConfigurationNotFound)?;
    }
    let parameters = Parameters {
        ids: ids.clone(),
        properties: properties.clone(),
        filter: request.rights_filter.clone(),
    };
    let parameters = serde_json::to_string(&parameters).map_err(Refusal::internal)?;
    subscribe_with(tx, caller, &topic, parameters)
}

/// Ends a subscription, whether it is there or not.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if the name is longer than a subscription's may be.
pub fn unwatch<K: Watch>(tx: &mut Tx<'_>, session: SessionId, name: &str) -> Result<(), Refusal> {
    let topic = Topic::Configuration(K::WATCHED, subscription_name(name)?);
    unsubscribe(tx, session, &topic)
}

/// The messages of a subscription: what differs from what the reader knows.
pub(crate) fn message(
    conn: &mut Conn,
    descriptions: &Descriptions,
    caller: &Caller,
    watched: Watched,
    name: &Arc<str>,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    match watched {
        Watched::Users => differences::<Users>(conn, descriptions, caller, name, mark),
        Watched::Roles => differences::<Roles>(conn, descriptions, caller, name, mark),
        Watched::Workgroups => differences::<Workgroups>(conn, descriptions, caller, name, mark),
        Watched::Documents => differences::<Documents>(conn, descriptions, caller, name, mark),
    }
}

fn hash(object: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    object.hash(&mut hasher);
    hasher.finish()
}

fn differences<K: Watch>(
    conn: &mut Conn,
    descriptions: &Descriptions,
    caller: &Caller,
    name: &Arc<str>,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    let (kind, subject) = Topic::Configuration(K::WATCHED, Arc::clone(name)).key();
    let Some(row) = session_rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let parameters: Parameters =
        serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
    let select = Selection::parse(
        parameters.properties.iter().map(String::as_str),
        K::PROPERTIES,
    )
    .map_err(Refusal::internal)?;
    let filter = Filter::parse(Some(&parameters.filter)).unwrap_or(Filter::Admin);
    let who = Asker::new(conn, caller)?;
    let whole = mark.snapshot || mark.rights || mark.changed;
    let wanted: BTreeSet<String> = parameters.ids.iter().map(|id| fold(id)).collect();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    let mut known = if whole {
        HashMap::new()
    } else {
        mark.known.objects.clone()
    };
    for entry in K::all(conn)? {
        let id = fold(K::id(&entry));
        if !wanted.contains(ALL) && !wanted.contains(&id) {
            continue;
        }
        let access = K::access(&who, &entry);
        if !access.passes::<K>(filter) || !(whole || K::is_touched(&entry, &select, &mark.users)) {
            continue;
        }
        let object = K::object(
            conn,
            &entry,
            telling::<K>(caller, access, &select, Detail::default(), descriptions),
        )?;
        let state = (K::id(&entry).to_owned(), hash(&object));
        match mark.known.objects.get(&id) {
            Some(before) if !mark.snapshot && *before == state => {}
            Some(_) if !mark.snapshot => changed.push(object),
            _ => added.push(object),
        }
        known.insert(id, state);
    }
    let gone = mark.known.objects.iter();
    let removed: Vec<String> = gone
        .filter(|(id, _)| !mark.snapshot && !known.contains_key(*id))
        .map(|(_, (name, _))| name.clone())
        .collect();
    Ok(Rendered {
        messages: in_messages::<K>(name, mark.snapshot, added, changed, removed)?,
        known: Known {
            objects: known,
            ..mark.known.clone()
        },
        ..Rendered::default()
    })
}

/// Spreads objects over messages that clients can read. The first one of a snapshot replaces what the client knew.
fn in_messages<K: Watch>(
    name: &str,
    snapshot: bool,
    added: Vec<K::Object>,
    changed: Vec<K::Object>,
    removed: Vec<String>,
) -> Result<Vec<Message>, Refusal> {
    let mut messages = Vec::new();
    let mut first = snapshot;
    for added in runs(added)? {
        let is_delta = !std::mem::take(&mut first);
        messages.push(K::message(name, Some(added), None, None, is_delta));
    }
    if first {
        messages.push(K::message(name, Some(Vec::new()), None, None, false));
    }
    for changed in runs(changed)? {
        messages.push(K::message(name, None, Some(changed), None, true));
    }
    for removed in runs(removed)? {
        messages.push(K::message(name, None, None, Some(removed), true));
    }
    Ok(messages)
}
