//! Queues: which there are, who may see them, and what those who watch them are told.
//!
//! A queue is no row: an interaction knows in which it is ([`crate::interactions::queues`]). A subscription watches several as one list.
//! What a watcher knows is the position of the journal as of which he was last told ([`Watch`]); what changed since stands in the
//! **log** of each queue (`log::Logs`), which all its watchers share. So an interaction that changes costs each of a thousand watchers
//! a mark that is set and one reading, and a queue of ten thousand interactions costs a watcher no memory.
//!
//! ICWS: `icws/(sessionId)/messaging/subscriptions/queues/(subscriptionId)/index.htm`.

mod lines;
pub(crate) mod log;
mod render;
pub(crate) mod told;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use icws::queues::{QueueId, QueueSubscriptionParameters, QueueType};
use icws::wire::Enumeration;
use serde::{Deserialize, Serialize};
use store::rows::people;
use store::{Conn, Tx};

use crate::caller::Caller;
use crate::language::Language;
use crate::messaging::{Topic, subscribe_with};
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;

pub(crate) use render::render;

/// The most queues that one subscription may watch.
const MOST_QUEUES: usize = 1_000;

/// The longest id of a subscription, in bytes.
const LONGEST_ID: usize = 256;

/// A queue that may hold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    /// Of the user of this number.
    User(i64),
    /// Of the workgroup of this number.
    Workgroup(i64),
}

/// What becomes of a queue that a caller names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// He may see it.
    Seen(Queue),
    /// There is never anything in it.
    Empty,
    /// It is not there, or he may not see it.
    Hidden,
}

/// What is kept of a subscription: the queues as they were named, and the attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Parameters {
    queues: Vec<(i32, String)>,
    attributes: Vec<String>,
}

/// The names of attributes: as asked for, and as compared.
pub(crate) type Names = Arc<[(String, String)]>;

/// A subscription as it is served: what is kept of it in memory.
#[derive(Debug)]
pub struct Watch {
    /// The queues that the caller may see, in order.
    queues: Vec<Queue>,
    /// The names of those that he may not see.
    hidden: Vec<String>,
    /// The attributes.
    names: Names,
    /// The position of the journal as of which the reader was last told.
    told: AtomicI64,
    /// He was told of the interactions up to this id; of a large list the rest follows.
    reached: AtomicI64,
}

impl Watch {
    /// Whether all of the list was told.
    fn is_complete(&self) -> bool {
        self.reached.load(Ordering::Relaxed) == i64::MAX
    }
}

/// Finds a queue that a caller names.
fn find(conn: &mut Conn, caller: &Caller, kind: QueueType, name: &str) -> Result<Found, Refusal> {
    let folded = fold(name);
    // No name has a NUL, and not every database can look for one.
    if folded.contains('\0') {
        return Ok(Found::Hidden);
    }
    let seen = |queue: Queue, may: bool| {
        if may {
            Found::Seen(queue)
        } else {
            Found::Hidden
        }
    };
    Ok(match kind {
        QueueType::System | QueueType::User => match people::user_by_name(conn, &folded)? {
            Some(user) => seen(
                Queue::User(user.id),
                user.id == caller.user.0 || caller.rights.has_for(Right::ViewUserQueue, &folded),
            ),
            None => Found::Hidden,
        },
        QueueType::Workgroup => match people::workgroup_by_name(conn, &folded)? {
            Some(group) => seen(
                Queue::Workgroup(group.id),
                caller.rights.is_member(group.id)
                    || caller.rights.has_for(Right::ViewWorkgroupQueue, &folded),
            ),
            None => Found::Hidden,
        },
        QueueType::Station => Found::Empty,
    })
}

impl Parameters {
    fn read(json: &str) -> Result<Self, Refusal> {
        serde_json::from_str(json).map_err(Refusal::internal)
    }

    /// What of it the caller may watch; nothing if he may see none of the queues.
    fn resolve(
        self,
        conn: &mut Conn,
        caller: &Caller,
    ) -> Result<Result<Watch, Vec<String>>, Refusal> {
        let (mut queues, mut hidden, mut any) = (Vec::new(), Vec::new(), false);
        for (kind, name) in self.queues {
            let kind = QueueType::from_number(kind).unwrap_or(QueueType::Station);
            match find(conn, caller, kind, &name)? {
                Found::Seen(queue) => queues.push(queue),
                Found::Empty => any = true,
                Found::Hidden => hidden.push(name),
            }
        }
        if queues.is_empty() && !any {
            return Ok(Err(hidden));
        }
        queues.sort_unstable();
        queues.dedup();
        let names = self.attributes.into_iter().map(|name| {
            let folded = fold(&name);
            (name, folded)
        });
        Ok(Ok(Watch {
            queues,
            hidden,
            names: names.collect(),
            told: AtomicI64::new(0),
            reached: AtomicI64::new(0),
        }))
    }
}

/// The topic of a subscription whose id the client chose.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if the id is too long.
pub fn topic(subscription: &str) -> Result<Topic, Refusal> {
    if subscription.len() > LONGEST_ID || subscription.contains('\0') {
        return Err(Refusal::invalid(
            "subscriptionId",
            "at most 256 bytes, and no NUL",
        ));
    }
    Ok(Topic::Queue(subscription.into()))
}

/// Watches queues: `PUT messaging/subscriptions/queues/{subscriptionId}`. At least one of them has to be there for the caller to see; the
/// others are told of as faulted.
///
/// # Errors
/// [`Refusal::InvalidProperty`] of an empty list, one that is too long, or a kind of queue that is none; [`Refusal::QueueDenied`] if none
/// of the queues is there to be seen.
pub fn watch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    subscription: &str,
    asked: &QueueSubscriptionParameters,
) -> Result<(), Refusal> {
    let topic = topic(subscription)?;
    let count = asked.queue_ids.len();
    if count == 0 || count > MOST_QUEUES {
        return Err(Refusal::invalid("queueIds", "1 to 1,000 queues"));
    }
    if asked.attribute_names.is_empty() {
        return Err(Refusal::invalid("attributeNames", "at least one attribute"));
    }
    let kept = |queue: &QueueId| {
        // What cannot be kept is no name of anything either way.
        let name = queue.queue_name.chars().take(LONGEST_ID);
        let name = name.map(|c| if c == '\0' { '\u{FFFD}' } else { c });
        (queue.queue_type.number(), name.collect())
    };
    let parameters = Parameters {
        queues: asked.queue_ids.iter().map(kept).collect(),
        attributes: asked.attribute_names.clone(),
    };
    if let Err(hidden) = parameters.clone().resolve(tx.read(), caller)? {
        return Err(Refusal::QueueDenied(names(&hidden)));
    }
    let parameters = serde_json::to_string(&parameters).map_err(Refusal::internal)?;
    subscribe_with(tx, caller, &topic, parameters)
}

/// Names as they stand in a text: the first few.
fn names(all: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut shown: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|name| name.chars().filter(|c| !c.is_control()).take(64).collect())
        .collect();
    if all.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// What is said of queues that are not there or may not be seen.
pub fn denied(names: &str, language: Language) -> String {
    match language {
        Language::English => {
            format!("These queues are not there, or you may not see them: {names}.")
        }
        Language::German => {
            format!("Diese Warteschlangen gibt es nicht, oder Sie dürfen sie nicht sehen: {names}.")
        }
    }
}

/// The identifier of [`denied`].
pub const DENIED: &str = "error.request.queues.accessDenied";
