//! The sessions that read their messages on this node, and their marks.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Topic;
use super::mark::Mark;
use crate::ids::SessionId;
use crate::journal::InteractionChange;
use crate::queues::log::Logs;
use crate::queues::told::Told;
use crate::tokens;

/// A message as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is called, for a reader that comes back. Never stands for two messages of a session.
    pub id: String,
    /// The message as JSON in one line.
    pub message: String,
}

/// The sessions that read their messages on this node.
pub struct Readers {
    inner: Mutex<Inner>,
    /// What changed in queues that are watched on this node.
    pub(crate) logs: Logs,
    /// What interactions of these queues were when somebody was told of them last.
    pub(crate) told: Told,
    /// Sets the ids of this run of the server apart from those of others.
    run: String,
    events: AtomicU64,
}

#[derive(Default)]
struct Inner {
    readers: HashMap<SessionId, Arc<Reader>>,
    interest: HashMap<Topic, HashSet<SessionId>>,
}

/// A session that reads its messages on this node.
pub struct Reader {
    pub(super) session: SessionId,
    marks: Mutex<HashMap<Topic, Mark>>,
    pub(super) one_shots: AtomicBool,
    ended: AtomicBool,
    pub(super) last_one_shot: AtomicI64,
    pub(super) turn: AtomicU64,
    pub(super) wake: Notify,
    /// Set once the marks were made from the rows.
    pub(super) filled: tokio::sync::OnceCell<()>,
    /// One reads at a time.
    pub(super) reading: tokio::sync::Mutex<()>,
}

/// The right to read a session's messages: the last one that asked has it.
pub struct Turn {
    pub(super) reader: Arc<Reader>,
    pub(super) number: u64,
}

impl Turn {
    /// Whether nobody has taken the turn since.
    pub fn is_current(&self) -> bool {
        self.reader.turn.load(Ordering::SeqCst) == self.number
    }

    /// Whether the session has ended.
    pub fn has_ended(&self) -> bool {
        self.reader.ended.load(Ordering::SeqCst)
    }

    /// Resolves when there may be something to read, when somebody else took the turn, or when the session ended.
    pub async fn woken(&self) {
        self.reader.wake.notified().await;
    }
}

impl Reader {
    fn new(session: SessionId) -> Self {
        Self {
            session,
            marks: Mutex::default(),
            one_shots: AtomicBool::new(true),
            ended: AtomicBool::new(false),
            last_one_shot: AtomicI64::new(0),
            turn: AtomicU64::new(0),
            wake: Notify::new(),
            filled: tokio::sync::OnceCell::new(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn marks(&self) -> MutexGuard<'_, HashMap<Topic, Mark>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is dirty, taken out of the marks; in the order in which it is to be sent.
    pub(super) fn take_dirty(&self) -> Vec<(Topic, Mark)> {
        self.marks()
            .iter_mut()
            .filter(|(_, mark)| mark.is_dirty())
            .map(|(topic, mark)| (topic.clone(), mark.take()))
            .collect()
    }

    /// Gives back what was taken and could not be sent.
    pub(super) fn give_back(&self, taken: &[(Topic, Mark)]) {
        let mut marks = self.marks();
        for (topic, _) in taken {
            if let Some(mark) = marks.get_mut(topic) {
                mark.snapshot = true;
            }
        }
        self.one_shots.store(true, Ordering::SeqCst);
    }
}

impl Readers {
    pub(crate) fn new(head: i64) -> Self {
        let run = tokens::random::<6>()
            .iter()
            .fold(String::new(), |run, byte| format!("{run}{byte:02x}"));
        Self {
            inner: Mutex::default(),
            logs: Logs::new(head),
            told: Told::default(),
            run,
            events: AtomicU64::new(0),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reader(&self, session: SessionId) -> Option<Arc<Reader>> {
        self.inner().readers.get(&session).cloned()
    }

    /// The reader of a session, made if there is none yet.
    pub(super) fn enter(&self, session: SessionId) -> Arc<Reader> {
        let mut inner = self.inner();
        let reader = inner.readers.entry(session);
        Arc::clone(reader.or_insert_with(|| Arc::new(Reader::new(session))))
    }

    fn interested(&self, topic: &Topic) -> Vec<Arc<Reader>> {
        let inner = self.inner();
        let Some(sessions) = inner.interest.get(topic) else {
            return Vec::new();
        };
        sessions
            .iter()
            .filter_map(|session| inner.readers.get(session).cloned())
            .collect()
    }

    pub(super) fn all(&self) -> Vec<Arc<Reader>> {
        self.inner().readers.values().cloned().collect()
    }

    pub(super) fn add_mark(&self, reader: &Reader, topic: Topic) {
        self.inner()
            .interest
            .entry(topic.clone())
            .or_default()
            .insert(reader.session);
        reader.marks().insert(topic, Mark::fresh());
    }

    pub(super) fn remove_mark(&self, reader: &Reader, topic: &Topic) {
        reader.marks().remove(topic);
        if let Topic::Queue(id) = topic {
            self.logs.forget(&(reader.session, Arc::clone(id)));
        }
        let mut inner = self.inner();
        if let Some(sessions) = inner.interest.get_mut(topic) {
            sessions.remove(&reader.session);
            if sessions.is_empty() {
                inner.interest.remove(topic);
            }
        }
    }

    /// Forgets a session that has ended.
    pub(super) fn remove(&self, session: SessionId) {
        if let Some(reader) = self.forget(session) {
            reader.ended.store(true, Ordering::SeqCst);
            reader.wake.notify_one();
        }
    }

    /// Forgets a session that reads elsewhere now: what it is told there is not known here, so that it begins with snapshots if it comes
    /// back. Whoever had the turn here loses it.
    pub(super) fn leave(&self, session: SessionId) {
        if let Some(reader) = self.forget(session) {
            reader.turn.fetch_add(1, Ordering::SeqCst);
            reader.wake.notify_one();
        }
    }

    fn forget(&self, session: SessionId) -> Option<Arc<Reader>> {
        let reader = self.inner().readers.remove(&session)?;
        let topics: Vec<Topic> = reader.marks().keys().cloned().collect();
        for topic in topics {
            self.remove_mark(&reader, &topic);
        }
        Some(reader)
    }

    /// Touches the marks of those who listen to a topic, and wakes them.
    pub(super) fn mark(&self, topic: &Topic, touch: impl Fn(&mut Mark)) {
        for reader in self.interested(topic) {
            let dirty = reader.marks().get_mut(topic).is_some_and(|mark| {
                touch(mark);
                mark.is_dirty()
            });
            if dirty {
                reader.wake.notify_one();
            }
        }
    }

    /// Touches the marks of those who listen to any of some topics, and wakes them.
    pub(super) fn mark_all(&self, is_meant: impl Fn(&Topic) -> bool, touch: impl Fn(&mut Mark)) {
        let topics: Vec<Topic> = {
            let inner = self.inner();
            let known = inner.interest.keys();
            known.filter(|topic| is_meant(topic)).cloned().collect()
        };
        for topic in topics {
            self.mark(&topic, &touch);
        }
    }

    /// Marks what tells of sessions.
    pub(super) fn mark_sessions(&self) {
        for topic in [Topic::SessionsOfUsers, Topic::SessionsAtStations] {
            self.mark(&topic, |mark| mark.changed = true);
        }
    }

    /// Marks those for whom a change of an interaction may be news of their queues.
    pub(super) fn mark_queues(&self, position: i64, change: &InteractionChange) {
        for watcher in self.logs.record(position, change) {
            let (session, id) = &watcher;
            let found = self.reader(*session).is_some_and(|reader| {
                let found = reader
                    .marks()
                    .get_mut(&Topic::Queue(Arc::clone(id)))
                    .map(|mark| mark.changed = true)
                    .is_some();
                reader.wake.notify_one();
                found
            });
            // It ended while it was being read.
            if !found {
                self.logs.forget(&watcher);
            }
        }
    }

    /// The id of a message that is no one-shot: it tells which one-shots went before it.
    pub(super) fn event_id(&self, reader: &Reader) -> String {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        format!(
            "{}-{}-{number}",
            reader.last_one_shot.load(Ordering::SeqCst),
            self.run
        )
    }
}
