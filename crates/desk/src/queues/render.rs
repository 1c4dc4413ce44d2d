//! The messages of a queue subscription, from the state of now.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use icws::messaging::{Message, SubscriptionState};
use icws::queues::QueueSubscriptionStateMessage;
use store::Conn;
use store::rows::interactions::Interaction;
use store::rows::queues as rows;
use store::rows::{journal, sessions};

use super::lines::Lines;
use super::log::AllPending;
use super::{DENIED, Parameters, Queue, Watch, denied, names};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::interactions::attributes::values_of_many;
use crate::interactions::queues;
use crate::journal::Change;
use crate::messaging::Topic;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::refusal::Refusal;

/// How many interactions are read at once.
const PAGE: i64 = 500;
const PAGE_LENGTH: usize = 500;

/// After how many bytes of a snapshot the rest is left for the next reading, so that a thousand who begin at once take no thousand times
/// what a large queue holds.
const PART: usize = 2 << 20;

/// How many rows of the journal are read for what the logs do not tell. Whoever missed more begins anew.
const MOST_ROWS: i64 = 1_000;

/// Renders what is dirty of a queue subscription.
pub(crate) fn render(
    desk: &Desk,
    conn: &mut Conn,
    caller: &Caller,
    subscription: &Arc<str>,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    // As of which row of the journal everything below is read: the connection's transaction sees one moment.
    let head = journal::head(conn)?;
    let reading = Reading {
        desk,
        caller,
        subscription,
        head,
    };
    if let Some(watch) = &mark.known.queues
        && !mark.snapshot
    {
        let unchanged = !mark.rights || reading.sees_the_same(conn, watch)?;
        if unchanged && let Some(pending) = reading.pending(conn, watch)? {
            let mut lines = Lines::new(subscription, false);
            reading.delta(conn, watch, &pending, &mut lines)?;
            let more = reading.go_on(conn, watch, &mut lines)?;
            watch.told.store(head, Ordering::Relaxed);
            return Ok(Rendered {
                messages: lines.finish().into_iter().map(Message::from).collect(),
                known: mark.known.clone(),
                over: false,
                more,
            });
        }
    }
    reading.anew(conn, mark)
}

struct Reading<'a> {
    desk: &'a Desk,
    caller: &'a Caller,
    subscription: &'a Arc<str>,
    head: i64,
}

impl Reading<'_> {
    /// What the caller may watch of the subscription now; nothing if it is not there.
    fn resolve(&self, conn: &mut Conn) -> Result<Option<Result<Watch, Vec<String>>>, Refusal> {
        let (kind, subject) = Topic::Queue(Arc::clone(self.subscription)).key();
        let Some(row) = sessions::subscription(conn, self.caller.session.0, kind, &subject)? else {
            return Ok(None);
        };
        let resolved = Parameters::read(&row.parameters)?.resolve(conn, self.caller)?;
        Ok(Some(resolved))
    }

    /// Whether the caller may see the same queues as when he was told last.
    fn sees_the_same(&self, conn: &mut Conn, watch: &Watch) -> Result<bool, Refusal> {
        Ok(match self.resolve(conn)? {
            Some(Ok(now)) => now.queues == watch.queues && now.hidden == watch.hidden,
            _ => false,
        })
    }

    /// Everything, and what of it is not served.
    fn anew(&self, conn: &mut Conn, mark: &Mark) -> Result<Rendered, Refusal> {
        let watch = match self.resolve(conn)? {
            None => return Ok(Rendered::over(Vec::new())),
            Some(Err(hidden)) => {
                let state = self.state(SubscriptionState::Faulted, &hidden);
                return Ok(Rendered::over(vec![state]));
            }
            Some(Ok(watch)) => Arc::new(watch),
        };
        watch.told.store(self.head, Ordering::Relaxed);
        let watcher = (self.caller.session, Arc::clone(self.subscription));
        self.desk.readers().logs.watch(&watcher, &watch);

        let mut lines = Lines::new(self.subscription, true);
        let more = self.go_on(conn, &watch, &mut lines)?;
        let mut messages: Vec<Message> = lines.finish().into_iter().map(Message::from).collect();
        let hidden_before = mark
            .known
            .queues
            .as_ref()
            .map(|watch| !watch.hidden.is_empty());
        if !watch.hidden.is_empty() {
            messages.push(self.state(SubscriptionState::Faulted, &watch.hidden));
        } else if hidden_before == Some(true) {
            messages.push(self.state(SubscriptionState::Normal, &[]));
        }
        Ok(Rendered {
            messages,
            known: Known {
                queues: Some(watch),
                ..Known::default()
            },
            over: false,
            more,
        })
    }

    /// Tells the next part of what the queues hold, by the ids of the interactions. Whether there is more to tell.
    fn go_on(&self, conn: &mut Conn, watch: &Watch, lines: &mut Lines) -> Result<bool, Refusal> {
        while !watch.is_complete() {
            if lines.size() > PART {
                return Ok(true);
            }
            let after = watch.reached.load(Ordering::Relaxed);
            // By their ids; what is in two of the queues is there once.
            let mut page = BTreeMap::new();
            for queue in &watch.queues {
                let some = match *queue {
                    Queue::User(user) => rows::of_user(conn, user, after, PAGE)?,
                    Queue::Workgroup(group) => rows::of_workgroup(conn, group, after, PAGE)?,
                };
                page.extend(
                    some.into_iter()
                        .map(|interaction| (interaction.id, interaction)),
                );
            }
            let page: Vec<Interaction> = page.into_values().take(PAGE_LENGTH).collect();
            // The last page is shorter.
            let reached = page
                .get(PAGE_LENGTH - 1)
                .map_or(i64::MAX, |interaction| interaction.id);
            let values = self.values(conn, watch, &page)?;
            for (interaction, values) in page.iter().zip(values) {
                lines.add(interaction.id, values.into_iter().collect());
            }
            watch.reached.store(reached, Ordering::Relaxed);
        }
        Ok(false)
    }

    fn state(&self, state: SubscriptionState, hidden: &[String]) -> Message {
        let language = self.caller.language;
        let error = || icws::Error::new(DENIED, denied(&names(hidden), language));
        Message::QueueSubscriptionState(QueueSubscriptionStateMessage {
            subscription_id: self.subscription.to_string(),
            state,
            error: (!hidden.is_empty()).then(error),
            is_delta: false,
        })
    }

    /// What changed since the watcher was told; nothing if that is too much to look at one by one.
    fn pending(&self, conn: &mut Conn, watch: &Watch) -> Result<Option<AllPending>, Refusal> {
        let told = watch.told.load(Ordering::Relaxed);
        // Asked first: the logs have everything up to here.
        let followed = self.desk.journal_position();
        let (mut pending, from) = match self.desk.readers().logs.pending(watch, self.head) {
            Some(pending) => (pending, followed.max(told)),
            None => (AllPending::new(), told),
        };
        if from < self.head {
            let tail = journal::tail(conn, from, MOST_ROWS)?;
            if i64::try_from(tail.len()).is_ok_and(|rows| rows >= MOST_ROWS) {
                return Ok(None);
            }
            // A journal that was cut has lost what is missing here.
            if tail
                .first()
                .is_none_or(|(position, _)| *position != from + 1)
            {
                return Ok(None);
            }
            for (_, changes) in tail {
                // Of another version, which the follower says in the log.
                let Ok(changes) = serde_json::from_str::<Vec<Change>>(&changes) else {
                    return Ok(None);
                };
                for change in &changes {
                    if let Change::Interaction(change) = change {
                        watch.take(&mut pending, change);
                    }
                }
            }
        }
        Ok(Some(pending))
    }

    /// What changed, as it is now.
    fn delta(
        &self,
        conn: &mut Conn,
        watch: &Watch,
        pending: &AllPending,
        lines: &mut Lines,
    ) -> Result<(), Refusal> {
        // What comes after will be told as it is then.
        let reached = watch.reached.load(Ordering::Relaxed);
        let all: Vec<i64> = pending.range(..=reached).map(|(id, _)| *id).collect();
        for ids in all.chunks(PAGE_LENGTH) {
            let found = rows::of_ids(conn, ids)?;
            let (here, _): (Vec<Interaction>, Vec<Interaction>) = found
                .into_iter()
                .partition(|interaction| watch.has_any(queues(interaction)));
            let asked = |interaction: &Interaction| {
                let pending = &pending[&interaction.id];
                let changed = |(_, folded): &(String, String)| {
                    !pending.known || pending.attributes.contains(folded.as_str())
                };
                watch.names.iter().any(changed)
            };
            let shown: Vec<Interaction> = here.iter().filter(|one| asked(one)).cloned().collect();
            for (interaction, values) in shown.iter().zip(self.values(conn, watch, &shown)?) {
                let pending = &pending[&interaction.id];
                if pending.known {
                    let names = watch.names.iter().zip(values);
                    let changed = names
                        .filter(|((_, folded), _)| pending.attributes.contains(folded.as_str()));
                    lines.change(interaction.id, changed.map(|(_, value)| value).collect());
                } else {
                    lines.add(interaction.id, values.into_iter().collect());
                }
            }
            let here: HashSet<i64> = here.iter().map(|interaction| interaction.id).collect();
            for id in ids.iter().filter(|id| !here.contains(*id)) {
                if pending[id].known {
                    lines.remove(*id);
                }
            }
        }
        Ok(())
    }

    /// The attributes of interactions, in the order and the spelling in which they were asked for.
    fn values(
        &self,
        conn: &mut Conn,
        watch: &Watch,
        interactions: &[Interaction],
    ) -> Result<Vec<Vec<(String, String)>>, Refusal> {
        let folded: Vec<&str> = watch
            .names
            .iter()
            .map(|(_, folded)| folded.as_str())
            .collect();
        let values = values_of_many(conn, interactions, &folded, self.caller.language)?;
        let named = |values: Vec<String>| {
            let names = watch.names.iter().map(|(name, _)| name.clone());
            names.zip(values).collect()
        };
        Ok(values.into_iter().map(named).collect())
    }
}
