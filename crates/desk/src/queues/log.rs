//! What changed in the queues that somebody watches on this node, kept once for all who watch them.
//!
//! A watcher knows the position of the journal as of which he was told. From the entries after it follows which interactions to look at,
//! and from the first entry of each whether he knows of it. Entries that all watchers have been told of go; one of a queue that is full
//! pushes the oldest out, and whoever has not been told of that reads the journal itself, or begins anew.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Queue, Watch};
use crate::ids::SessionId;
use crate::journal::{InteractionChange, Queues};

/// The most entries that the log of one queue has.
const MOST: usize = 4_096;
/// How often a log is looked at for entries that all have been told of: whenever it has a multiple of so many.
const TIDIED: usize = 32;

/// A subscription: its session and the id that the client chose.
pub type Watcher = (SessionId, Arc<str>);

/// The logs of all queues that are watched on this node.
pub struct Logs(Mutex<Inner>);

struct Inner {
    /// The position of the last row of the journal of which something was recorded here, or could have been.
    seen: i64,
    /// How many changes were recorded.
    recorded: u64,
    logs: HashMap<Queue, Log>,
    watches: HashMap<Watcher, Arc<Watch>>,
}

/// Where an entry stands: the position of its row in the journal, and a number, since a row may say several things of one interaction.
type Place = (i64, u64);

struct Log {
    /// Everything after this position is in it.
    since: i64,
    /// In the order in which they were recorded.
    entries: BTreeMap<Place, Entry>,
    /// The last entry of each interaction.
    last: HashMap<i64, Place>,
    watchers: HashMap<Watcher, Arc<Watch>>,
}

/// What one row of the journal says of one interaction, or several do while it stayed in its queues.
#[derive(Debug, Clone)]
struct Entry {
    id: i64,
    /// The queues that it was in before.
    before: Queues,
    /// Whether these changed.
    moved: bool,
    /// The attributes that changed, each with the position of its last change.
    attributes: BTreeMap<Cow<'static, str>, i64>,
}

/// What changed of an interaction since a watcher was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Whether he knows of it.
    pub known: bool,
    /// The attributes that changed.
    pub attributes: BTreeSet<Cow<'static, str>>,
    /// The position of the last change.
    pub changed: i64,
}

/// What changed, by interaction.
pub type AllPending = BTreeMap<i64, Pending>;

/// Queues as a list.
fn each(queues: Queues) -> impl Iterator<Item = Queue> {
    let user = queues.0.map(Queue::User);
    user.into_iter().chain(queues.1.map(Queue::Workgroup))
}

impl Watch {
    /// Whether one of these queues is watched.
    pub(super) fn has_any(&self, queues: Queues) -> bool {
        each(queues).any(|queue| self.queues.binary_search(&queue).is_ok())
    }

    /// Whether one of these attributes was asked for.
    fn asks_for_any(&self, attributes: &HashSet<&str>) -> bool {
        let mut asked = self.names.iter();
        asked.any(|(_, folded)| attributes.contains(folded.as_str()))
    }

    /// Adds what a row of the journal says.
    pub(super) fn take(&self, pending: &mut AllPending, position: i64, change: &InteractionChange) {
        let before = change.before.unwrap_or(change.queues);
        if self.has_any(before) || self.has_any(change.queues) {
            let attributes = change.attributes.iter();
            self.note(pending, (position, change.id), before, attributes);
        }
    }

    fn note<'a>(
        &self,
        pending: &mut AllPending,
        (position, id): (i64, i64),
        before: Queues,
        attributes: impl Iterator<Item = &'a Cow<'static, str>>,
    ) {
        let of_it = pending.entry(id).or_insert_with(|| Pending {
            known: self.has_any(before),
            attributes: BTreeSet::new(),
            changed: position,
        });
        of_it.changed = of_it.changed.max(position);
        of_it.attributes.extend(attributes.cloned());
    }
}

impl Log {
    fn record(&mut self, place: Place, change: &InteractionChange) {
        let moved = change.before.is_some();
        let mut attributes = BTreeMap::new();
        if let Some(last) = self.last.insert(change.id, place)
            && !moved
            && self
                .entries
                .get(&last)
                .is_some_and(|earlier| !earlier.moved)
            && let Some(earlier) = self.entries.remove(&last)
        {
            // As long as it stays where it is, its entries can be one that stands last.
            attributes = earlier.attributes;
        }
        let changed = change.attributes.iter().cloned();
        attributes.extend(changed.map(|name| (name, place.0)));
        let entry = Entry {
            id: change.id,
            before: change.before.unwrap_or(change.queues),
            moved,
            attributes,
        };
        self.entries.insert(place, entry);
        self.tidy();
    }

    fn tidy(&mut self) {
        if self.entries.len().is_multiple_of(TIDIED) || self.entries.len() > MOST {
            let told = self
                .watchers
                .values()
                .map(|watch| watch.told.load(Ordering::Relaxed));
            self.forget_to(told.min().unwrap_or(i64::MAX));
        }
        while self.entries.len() > MOST {
            let Some((&(position, _), _)) = self.entries.first_key_value() else {
                return;
            };
            self.forget_to(position);
        }
    }

    /// Forgets what was up to a position.
    fn forget_to(&mut self, position: i64) {
        while let Some(entry) = self.entries.first_entry()
            && entry.key().0 <= position
        {
            let place = *entry.key();
            let id = entry.remove().id;
            self.since = self.since.max(place.0);
            if self.last.get(&id) == Some(&place) {
                self.last.remove(&id);
            }
        }
    }
}

impl Logs {
    /// Empty logs; `head` is the position that the journal is followed from.
    pub fn new(head: i64) -> Self {
        Self(Mutex::new(Inner {
            seen: head,
            recorded: 0,
            logs: HashMap::new(),
            watches: HashMap::new(),
        }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a change of an interaction, and gives those to whom it may be news.
    pub fn record(&self, position: i64, change: &InteractionChange) -> Vec<Watcher> {
        let mut inner = self.inner();
        inner.seen = position;
        inner.recorded += 1;
        let place = (position, inner.recorded);
        let before = change.before.unwrap_or_default();
        let mut queues: Vec<Queue> = each(change.queues).chain(each(before)).collect();
        queues.sort_unstable();
        queues.dedup();
        // A queue that nobody watches has no log.
        let mut changed: Option<HashSet<&str>> = None;
        let mut woken = Vec::new();
        for queue in queues {
            let Some(log) = inner.logs.get_mut(&queue) else {
                continue;
            };
            log.record(place, change);
            let changed = changed
                .get_or_insert_with(|| change.attributes.iter().map(AsRef::as_ref).collect());
            let told = log
                .watchers
                .iter()
                .filter(|(_, watch)| change.before.is_some() || watch.asks_for_any(changed));
            woken.extend(told.map(|(watcher, _)| watcher.clone()));
        }
        woken
    }

    /// From now on a subscription is served like this.
    pub fn watch(&self, watcher: &Watcher, watch: &Arc<Watch>) {
        self.forget(watcher);
        let mut inner = self.inner();
        let seen = inner.seen;
        for queue in &watch.queues {
            let log = inner.logs.entry(*queue).or_insert_with(|| Log {
                since: seen,
                entries: BTreeMap::new(),
                last: HashMap::new(),
                watchers: HashMap::new(),
            });
            log.watchers.insert(watcher.clone(), Arc::clone(watch));
        }
        inner.watches.insert(watcher.clone(), Arc::clone(watch));
    }

    /// A subscription is served no more.
    pub fn forget(&self, watcher: &Watcher) {
        let mut inner = self.inner();
        let Some(watch) = inner.watches.remove(watcher) else {
            return;
        };
        for queue in &watch.queues {
            if let Some(log) = inner.logs.get_mut(queue) {
                log.watchers.remove(watcher);
                if log.watchers.is_empty() {
                    inner.logs.remove(queue);
                }
            }
        }
    }

    /// What changed for a watcher from where he was told up to a position, as far as this node has followed the journal; nothing if
    /// the logs do not reach back that far.
    pub fn pending(&self, watch: &Watch, up_to: i64) -> Option<AllPending> {
        let told = watch.told.load(Ordering::Relaxed);
        let inner = self.inner();
        let mut found: BTreeMap<Place, &Entry> = BTreeMap::new();
        for queue in &watch.queues {
            let log = inner.logs.get(queue)?;
            if log.since > told {
                return None;
            }
            // The reader may have been told of more than is asked for.
            if told < up_to {
                // What is in two of the queues stands in both logs, at the same place.
                let since = log.entries.range((told + 1, 0)..=(up_to, u64::MAX));
                found.extend(since.map(|(place, entry)| (*place, entry)));
            }
        }
        let mut pending = AllPending::new();
        for ((position, _), entry) in found {
            let news = entry.attributes.iter().filter(|(_, at)| **at > told);
            let of_it = (position, entry.id);
            watch.note(
                &mut pending,
                of_it,
                entry.before,
                news.map(|(name, _)| name),
            );
        }
        Some(pending)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use super::*;
    use crate::journal::Members;

    /// A watch of Support (1) and of the user 7, who was told as of a position.
    fn watch(told: i64) -> Arc<Watch> {
        Arc::new(Watch {
            queues: vec![Queue::User(7), Queue::Workgroup(1)],
            hidden: Vec::new(),
            names: vec![("Order".to_owned(), "order".to_owned())].into(),
            told: AtomicI64::new(told),
            reached: AtomicI64::new(i64::MAX),
        })
    }

    fn change(
        id: i64,
        attribute: &'static str,
        queues: Queues,
        before: Option<Queues>,
    ) -> InteractionChange {
        InteractionChange {
            id,
            members: Members::default(),
            attributes: vec![attribute.into()],
            queues,
            before,
        }
    }

    const SUPPORT: Queues = Queues(None, Some(1));
    const HIS: Queues = Queues(Some(7), Some(1));
    const AWAY: Queues = Queues(Some(8), Some(2));

    fn watcher(session: i64) -> Watcher {
        (SessionId(session), "a".into())
    }

    /// What is pending, short: id, whether it is known, attributes.
    fn short(pending: Option<AllPending>) -> Vec<(i64, bool, String)> {
        let pending = pending.expect("the logs reach back");
        let one = |(id, pending): (i64, Pending)| {
            let attributes: Vec<&str> = pending.attributes.iter().map(AsRef::as_ref).collect();
            (id, pending.known, attributes.join(" "))
        };
        pending.into_iter().map(one).collect()
    }

    #[test]
    fn a_watcher_is_told_what_came_after_he_was_told() {
        let logs = Logs::new(10);
        let watch = watch(12);
        logs.watch(&watcher(1), &watch);
        for (position, change) in [
            (11, change(1, "a", SUPPORT, None)),
            (13, change(1, "b", SUPPORT, None)),
            (14, change(2, "c", SUPPORT, Some(Queues::default()))),
            (15, change(3, "d", AWAY, Some(HIS))),
            (16, change(4, "e", AWAY, None)),
            (17, change(2, "f", HIS, Some(SUPPORT))),
            (18, change(1, "g", SUPPORT, None)),
            (19, change(5, "h", SUPPORT, None)),
        ] {
            logs.record(position, &change);
        }
        let known = |id, known, attributes: &str| (id, known, attributes.to_owned());
        let expected = [
            // What he was told before is not told again, though its entries are one.
            known(1, true, "b g"),
            known(2, false, "c f"),
            known(3, true, "d"),
        ];
        assert_eq!(short(logs.pending(&watch, 18)), expected);
        watch.told.store(18, Ordering::Relaxed);
        assert_eq!(short(logs.pending(&watch, 19)), [known(5, true, "h")]);
        watch.told.store(19, Ordering::Relaxed);
        assert_eq!(short(logs.pending(&watch, 19)), []);
        watch.told.store(20, Ordering::Relaxed);
        assert_eq!(short(logs.pending(&watch, 19)), [], "the reader was ahead");
    }

    #[test]
    fn one_row_may_say_two_things_of_an_interaction() {
        let logs = Logs::new(0);
        let watch = watch(0);
        logs.watch(&watcher(1), &watch);
        logs.record(1, &change(1, "a", SUPPORT, Some(AWAY)));
        logs.record(1, &change(1, "b", HIS, Some(SUPPORT)));
        assert_eq!(
            short(logs.pending(&watch, 1)),
            [(1, false, "a b".to_owned())]
        );
    }

    #[test]
    fn those_are_woken_who_asked_for_it() {
        let logs = Logs::new(0);
        logs.watch(&watcher(1), &watch(0));
        for (told, queues, before, attribute) in [
            (0, SUPPORT, None, "other"),
            (1, SUPPORT, None, "order"),
            (1, SUPPORT, Some(AWAY), "other"),
            (1, AWAY, Some(SUPPORT), "other"),
            (0, AWAY, None, "order"),
            (2, HIS, None, "order"),
        ] {
            let woken = logs.record(1, &change(1, attribute, queues, before));
            assert_eq!(woken.len(), told, "{queues:?} {before:?} {attribute}");
            assert!(woken.iter().all(|one| *one == watcher(1)));
        }
        logs.forget(&watcher(1));
        assert!(
            logs.record(2, &change(1, "order", SUPPORT, None))
                .is_empty()
        );
        assert!(logs.inner().logs.is_empty());
    }

    #[test]
    fn a_log_stays_small() {
        let logs = Logs::new(0);
        let (fast, slow) = (watch(0), watch(0));
        logs.watch(&watcher(1), &fast);
        logs.watch(&watcher(2), &slow);
        let entries = || logs.inner().logs[&Queue::Workgroup(1)].entries.len();
        // However often the same ones change.
        for position in 1..=50_000 {
            logs.record(position, &change(position % 10, "order", SUPPORT, None));
        }
        assert_eq!(entries(), 10);
        assert_eq!(short(logs.pending(&slow, 50_000)).len(), 10);
        // However many change: who does not read in time begins anew.
        for position in 50_001..=60_000 {
            logs.record(position, &change(position, "order", SUPPORT, None));
            fast.told.store(position, Ordering::Relaxed);
        }
        assert_eq!(entries(), MOST);
        assert_eq!(logs.pending(&slow, 60_000), None);
        assert_eq!(short(logs.pending(&fast, 60_000)), []);
        // What all were told of goes.
        slow.told.store(60_000, Ordering::Relaxed);
        for position in 60_001..=60_100 {
            logs.record(position, &change(position, "order", SUPPORT, None));
        }
        assert!(entries() <= 100 + TIDIED, "{}", entries());
        let inner = logs.inner();
        let log = &inner.logs[&Queue::Workgroup(1)];
        assert_eq!(log.last.len(), log.entries.len());
    }

    #[test]
    fn a_log_that_began_later_does_not_reach_back() {
        let logs = Logs::new(0);
        let early = watch(0);
        logs.record(1, &change(1, "order", SUPPORT, None));
        logs.watch(&watcher(1), &early);
        assert_eq!(logs.pending(&early, 1), None);
        let late = watch(1);
        logs.watch(&watcher(1), &late);
        assert_eq!(short(logs.pending(&late, 1)), []);
    }
}
