//! The sessions that read their messages on this node: their marks, and the reading.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::rows::sessions as rows;
use tokio::sync::Notify;

use super::mark::Mark;
use super::render::{self, Rendered};
use super::{Topic, unsubscribe};
use crate::caller::Caller;
use crate::configuration::watching::Watched;
use crate::desk::Desk;
use crate::ids::{InteractionId, SessionId};
use crate::journal::{Change, InteractionChange};
use crate::queues::log::Logs;
use crate::queues::told::Told;
use crate::refusal::Refusal;
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
    session: SessionId,
    marks: Mutex<HashMap<Topic, Mark>>,
    one_shots: AtomicBool,
    ended: AtomicBool,
    last_one_shot: AtomicI64,
    turn: AtomicU64,
    wake: Notify,
    /// Set once the marks were made from the rows.
    filled: tokio::sync::OnceCell<()>,
    /// One reads at a time.
    reading: tokio::sync::Mutex<()>,
}

/// The right to read a session's messages: the last one that asked has it.
pub struct Turn {
    reader: Arc<Reader>,
    number: u64,
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

    fn marks(&self) -> MutexGuard<'_, HashMap<Topic, Mark>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is dirty, taken out of the marks; in the order in which it is to be sent.
    fn take_dirty(&self) -> Vec<(Topic, Mark)> {
        self.marks()
            .iter_mut()
            .filter(|(_, mark)| mark.is_dirty())
            .map(|(topic, mark)| (topic.clone(), mark.take()))
            .collect()
    }

    /// Gives back what was taken and could not be sent.
    fn give_back(&self, taken: &[(Topic, Mark)]) {
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

    fn reader(&self, session: SessionId) -> Option<Arc<Reader>> {
        self.inner().readers.get(&session).cloned()
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

    fn all(&self) -> Vec<Arc<Reader>> {
        self.inner().readers.values().cloned().collect()
    }

    fn add_mark(&self, reader: &Reader, topic: Topic) {
        self.inner()
            .interest
            .entry(topic.clone())
            .or_default()
            .insert(reader.session);
        reader.marks().insert(topic, Mark::fresh());
    }

    fn remove_mark(&self, reader: &Reader, topic: &Topic) {
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
    fn remove(&self, session: SessionId) {
        if let Some(reader) = self.forget(session) {
            reader.ended.store(true, Ordering::SeqCst);
            reader.wake.notify_one();
        }
    }

    /// Forgets a session that reads elsewhere now: what it is told there is not known here, so that it begins with snapshots if it comes
    /// back. Whoever had the turn here loses it.
    fn leave(&self, session: SessionId) {
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
    fn mark(&self, topic: &Topic, touch: impl Fn(&mut Mark)) {
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
    fn mark_all(&self, is_meant: impl Fn(&Topic) -> bool, touch: impl Fn(&mut Mark)) {
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
    fn mark_sessions(&self) {
        for topic in [Topic::SessionsOfUsers, Topic::SessionsAtStations] {
            self.mark(&topic, |mark| mark.changed = true);
        }
    }

    /// Marks those for whom a change of an interaction may be news of their queues.
    fn mark_queues(&self, position: i64, change: &InteractionChange) {
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
    fn event_id(&self, reader: &Reader) -> String {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        format!(
            "{}-{}-{number}",
            reader.last_one_shot.load(Ordering::SeqCst),
            self.run
        )
    }
}

/// The number of the one-shot that a reader who names this event has seen last.
fn last_seen(event_id: &str) -> i64 {
    event_id
        .split('-')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

impl Desk {
    /// Marks what a change touches.
    pub(crate) fn apply(&self, position: i64, change: &Change) {
        let readers = self.readers();
        match change {
            Change::SessionEnded(id) => {
                self.sessions().forget(SessionId(*id));
                readers.remove(SessionId(*id));
            }
            Change::Reading(session, node) => {
                if *node != self.node().0 {
                    readers.leave(SessionId(*session));
                }
            }
            Change::Subscribed(session, kind, subject) => {
                if let (Some(reader), Some(topic)) = (
                    readers.reader(SessionId(*session)),
                    Topic::of_key(*kind, subject),
                ) {
                    readers.add_mark(&reader, topic);
                    reader.wake.notify_one();
                }
            }
            Change::Unsubscribed(session, kind, subject) => {
                if let (Some(reader), Some(topic)) = (
                    readers.reader(SessionId(*session)),
                    Topic::of_key(*kind, subject),
                ) {
                    readers.remove_mark(&reader, &topic);
                }
            }
            Change::OneShot(session) => {
                if let Some(reader) = readers.reader(SessionId(*session)) {
                    reader.one_shots.store(true, Ordering::SeqCst);
                    reader.wake.notify_one();
                }
            }
            Change::People => {
                self.sessions().forget_rights();
                for reader in readers.all() {
                    reader
                        .marks()
                        .values_mut()
                        .for_each(|mark| mark.rights = true);
                    reader.wake.notify_one();
                }
            }
            Change::Library(_) => {
                readers.mark(&Topic::ResponseManagement, |mark| mark.rights = true);
                readers.mark_all(
                    |topic| matches!(topic, Topic::Configuration(Watched::Documents, _)),
                    |mark| mark.changed = true,
                );
            }
            Change::Interaction(change) => {
                let id = InteractionId(change.id);
                readers.mark(&Topic::Email(id), |mark| mark.note_members(change));
                readers.mark(&Topic::Interaction(id), |mark| mark.note_attributes(change));
                readers.mark_queues(position, change);
            }
            Change::UserStatus(user) => {
                readers.mark_all(
                    |topic| {
                        matches!(
                            topic,
                            Topic::UserStatuses | Topic::Configuration(Watched::Users, _)
                        )
                    },
                    |mark| {
                        mark.users.insert(*user);
                    },
                );
                readers.mark_sessions();
            }
            Change::Activation(..) => readers.mark_all(
                |topic| matches!(topic, Topic::Activations(..)),
                |mark| mark.changed = true,
            ),
            Change::Station(session) => {
                readers.mark_sessions();
                if let Some(reader) = readers.reader(SessionId(*session))
                    && let Some(mark) = reader.marks().get_mut(&Topic::Station)
                {
                    mark.changed = true;
                    reader.wake.notify_one();
                }
            }
            Change::Outbox => self.outbox_wake().notify_one(),
        }
    }

    /// Takes the turn to read a session's messages; whoever had it loses it. A reader that comes back names the last event it saw:
    /// it gets the one-shots after it again, and a snapshot of everything.
    pub async fn take_turn(
        &self,
        caller: &Caller,
        last_event: Option<&str>,
    ) -> Result<Turn, Refusal> {
        let reader = self.reader(caller.session).await?;
        let number = reader.turn.fetch_add(1, Ordering::SeqCst) + 1;
        reader.wake.notify_one();
        if let Some(event) = last_event {
            let _reading = reader.reading.lock().await;
            reader
                .last_one_shot
                .store(last_seen(event), Ordering::SeqCst);
            let (session, after) = (caller.session, last_seen(event));
            self.write(move |tx, _| Ok(rows::unread_after(tx, session.0, after)?))
                .await?;
            reader
                .marks()
                .values_mut()
                .for_each(|mark| mark.snapshot = true);
            reader.one_shots.store(true, Ordering::SeqCst);
        }
        Ok(Turn { reader, number })
    }

    /// Reads what there is for a session; nothing for whoever has lost the turn.
    pub async fn read_messages(&self, turn: &Turn) -> Result<Vec<Event>, Refusal> {
        self.caught_up().await;
        let reader = &turn.reader;
        let _reading = reader.reading.lock().await;
        if !turn.is_current() {
            return Ok(Vec::new());
        }
        let taken = reader.take_dirty();
        match self.read_in_turn(reader, &taken).await {
            Ok(events) => Ok(events),
            Err(refusal) => {
                reader.give_back(&taken);
                Err(refusal)
            }
        }
    }

    /// One-shots are the last that is taken, since they are noted as read: whatever fails before takes nothing away. They go out first.
    async fn read_in_turn(
        &self,
        reader: &Reader,
        taken: &[(Topic, Mark)],
    ) -> Result<Vec<Event>, Refusal> {
        let rendered = self.render(reader, taken).await?;
        let mut events = self.read_one_shots(reader).await?;
        events.extend(rendered.into_iter().map(|message| Event {
            id: self.readers().event_id(reader),
            message,
        }));
        Ok(events)
    }

    async fn read_one_shots(&self, reader: &Reader) -> Result<Vec<Event>, Refusal> {
        if !reader.one_shots.swap(false, Ordering::SeqCst) {
            return Ok(Vec::new());
        }
        let session = reader.session;
        let read = self.take_one_shots(session).await;
        let Ok(unread) = read else {
            reader.one_shots.store(true, Ordering::SeqCst);
            return read.map(|_| Vec::new());
        };
        if let Some(last) = unread.last() {
            reader.last_one_shot.store(last.id, Ordering::SeqCst);
        }
        Ok(unread
            .into_iter()
            .map(|row| Event {
                id: row.id.to_string(),
                message: row.message,
            })
            .collect())
    }

    async fn take_one_shots(&self, session: SessionId) -> Result<Vec<rows::OneShot>, Refusal> {
        let unread = self
            .read(move |conn, _| Ok(rows::unread_one_shots(conn, session.0)?))
            .await?;
        if !unread.is_empty() {
            let ids: Vec<i64> = unread.iter().map(|row| row.id).collect();
            self.write(move |tx, at| Ok(rows::mark_read(tx, &ids, at.now)?))
                .await?;
        }
        Ok(unread)
    }

    async fn render(
        &self,
        reader: &Reader,
        taken: &[(Topic, Mark)],
    ) -> Result<Vec<String>, Refusal> {
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let caller = self.caller(reader.session).await?;
        let marks = taken.to_vec();
        let desk = self.clone();
        let rendered = self
            .read(move |conn, _| {
                marks
                    .into_iter()
                    .map(|(topic, mark)| {
                        let rendered = render::render(conn, &desk, &caller, &topic, mark)?;
                        Ok((topic, rendered))
                    })
                    .collect::<Result<Vec<(Topic, Rendered)>, Refusal>>()
            })
            .await?;
        let mut messages = Vec::new();
        for (topic, rendered) in rendered {
            for message in &rendered.messages {
                messages.push(serde_json::to_string(message).map_err(Refusal::internal)?);
            }
            if rendered.over {
                self.readers().remove_mark(reader, &topic);
                let session = reader.session;
                self.write(move |tx, _| unsubscribe(tx, session, &topic))
                    .await?;
            } else if let Some(mark) = reader.marks().get_mut(&topic) {
                mark.known = rendered.known;
                if rendered.more {
                    mark.changed = true;
                    reader.wake.notify_one();
                }
            }
        }
        Ok(messages)
    }

    /// The reader of a session; one that is new to this node begins with a snapshot of each subscription.
    async fn reader(&self, session: SessionId) -> Result<Arc<Reader>, Refusal> {
        // Known to the journal's follower first, and filled from the rows after: nothing that changes between is missed.
        let reader = {
            let mut inner = self.readers().inner();
            Arc::clone(
                inner
                    .readers
                    .entry(session)
                    .or_insert_with(|| Arc::new(Reader::new(session))),
            )
        };
        reader.filled.get_or_try_init(|| self.fill(&reader)).await?;
        Ok(reader)
    }

    async fn fill(&self, reader: &Reader) -> Result<(), Refusal> {
        let session = reader.session;
        // The embedded database has one node.
        if !self.database().is_embedded() {
            let begins = Change::Reading(session.0, self.node().0);
            self.write(move |tx, _| {
                begins.record(tx);
                Ok(())
            })
            .await?;
        }
        for row in self
            .read(move |conn, _| Ok(rows::subscriptions(conn, session.0)?))
            .await?
        {
            let Some(topic) = Topic::of_key(row.kind, &row.subject) else {
                continue;
            };
            if !reader.marks().contains_key(&topic) {
                self.readers().add_mark(reader, topic);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_which_one_shot_went_before_it() {
        for (event, number) in [
            ("17", 17),
            ("17-0a0b-3", 17),
            ("0-0a0b-0", 0),
            ("", 0),
            ("nonsense", 0),
            ("-5", 0),
        ] {
            assert_eq!(last_seen(event), number, "{event}");
        }
    }
}
