//! The messages of a queue subscription, from the state of now.

use std::collections::{BTreeMap, HashMap};
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
use super::told::Seen;
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

/// Up to how many interactions are remembered for those who are told the same.
const FEW: usize = 16;

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
                lines.add(interaction.id, named(watch, &values));
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
            for (position, changes) in tail {
                // Of another version, which the follower says in the log.
                let Ok(changes) = serde_json::from_str::<Vec<Change>>(&changes) else {
                    return Ok(None);
                };
                for change in &changes {
                    if let Change::Interaction(change) = change {
                        watch.take(&mut pending, position, change);
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
            let seen = self.see(conn, watch, pending, ids)?;
            for id in ids {
                let pending = &pending[id];
                let here = seen.get(id);
                match here.filter(|seen| watch.has_any(queues(&seen.interaction))) {
                    Some(seen) if pending.known => {
                        let named = watch.names.iter().zip(&seen.values);
                        let changed: BTreeMap<String, String> = named
                            .filter(|((_, folded), _)| pending.attributes.contains(folded.as_str()))
                            .map(|((name, _), value)| (name.clone(), value.clone()))
                            .collect();
                        if !changed.is_empty() {
                            lines.change(*id, changed);
                        }
                    }
                    Some(seen) => lines.add(*id, named(watch, &seen.values)),
                    None if pending.known => lines.remove(*id),
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// What these interactions are. A few of them may have been looked at for others just now.
    fn see(
        &self,
        conn: &mut Conn,
        watch: &Watch,
        pending: &AllPending,
        ids: &[i64],
    ) -> Result<HashMap<i64, Arc<Seen>>, Refusal> {
        let told = &self.desk.readers().told;
        let asked = (&watch.names, self.caller.language);
        let few = ids.len() <= FEW;
        let mut all = HashMap::with_capacity(ids.len());
        if few {
            let find = |id: &i64| {
                let seen = told.find(*id, asked, pending[id].changed, self.head)?;
                Some((*id, seen))
            };
            all.extend(ids.iter().filter_map(find));
        }
        let missing: Vec<i64> = ids
            .iter()
            .copied()
            .filter(|id| !all.contains_key(id))
            .collect();
        if missing.is_empty() {
            return Ok(all);
        }
        let found = rows::of_ids(conn, &missing)?;
        let values = self.values(conn, watch, &found)?;
        for (interaction, values) in found.into_iter().zip(values) {
            let id = interaction.id;
            let seen = Arc::new(Seen {
                interaction,
                values,
            });
            if few {
                told.keep(asked, self.head, &seen);
            }
            all.insert(id, seen);
        }
        Ok(all)
    }

    /// The attributes of interactions, in the order in which they were asked for.
    fn values(
        &self,
        conn: &mut Conn,
        watch: &Watch,
        interactions: &[Interaction],
    ) -> Result<Vec<Vec<String>>, Refusal> {
        let folded: Vec<&str> = watch
            .names
            .iter()
            .map(|(_, folded)| folded.as_str())
            .collect();
        values_of_many(conn, interactions, &folded, self.caller.language)
    }
}

/// Attributes in the spelling in which they were asked for.
fn named(watch: &Watch, values: &[String]) -> BTreeMap<String, String> {
    let names = watch.names.iter().map(|(name, _)| name.clone());
    names.zip(values.iter().cloned()).collect()
}
