//! Reading a session's messages: one at a time, from the marks of this node and the one-shots that wait.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use store::rows::{journal, sessions as rows};

use super::mark::Mark;
use super::reader::{Event, Reader, Turn};
use super::render::{self, Rendered};
use super::{Topic, end_as_of};
use crate::caller::Caller;
use crate::configuration::watching::Watched;
use crate::desk::Desk;
use crate::ids::SessionId;
use crate::journal::Change;
use crate::refusal::Refusal;

impl Desk {
    /// Takes the turn to read a session's messages; whoever had it loses it. A reader that comes back names the last event it saw:
    /// it gets the one-shots after it again, and a snapshot of everything.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
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
    ///
    /// # Errors
    /// [`Refusal::Internal`]; nothing is lost by it, and the next one reads it.
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
        let tells_libraries = |(topic, _): &(Topic, Mark)| {
            matches!(topic, Topic::Configuration(Watched::Documents, _))
        };
        if taken.iter().any(tells_libraries) {
            self.read_descriptions().await?;
        }
        let marks = taken.to_vec();
        let desk = self.clone();
        let (position, rendered) = self
            .read(move |conn, _| {
                let position = journal::head(conn)?;
                let rendered = marks
                    .into_iter()
                    .map(|(topic, mark)| {
                        let rendered = render::render(conn, &desk, &caller, &topic, mark)?;
                        Ok((topic, rendered))
                    })
                    .collect::<Result<Vec<(Topic, Rendered)>, Refusal>>()?;
                Ok((position, rendered))
            })
            .await?;
        let mut messages = Vec::new();
        for (topic, rendered) in rendered {
            // Its mark goes when this node reads of the end in the journal: one that is made anew gets its mark after that.
            if rendered.over && !self.end_as_of(reader.session, &topic, position).await? {
                continue;
            }
            for message in &rendered.messages {
                messages.push(serde_json::to_string(message).map_err(Refusal::internal)?);
            }
            if rendered.over {
                continue;
            }
            if let Some(mark) = reader.marks().get_mut(&topic) {
                mark.known = rendered.known;
                if rendered.more {
                    mark.changed = true;
                    reader.wake.notify_one();
                }
            }
        }
        Ok(messages)
    }

    async fn end_as_of(
        &self,
        session: SessionId,
        topic: &Topic,
        position: i64,
    ) -> Result<bool, Refusal> {
        let topic = topic.clone();
        self.write(move |tx, _| end_as_of(tx, session, &topic, position))
            .await
    }

    /// The reader of a session; one that is new to this node begins with a snapshot of each subscription.
    async fn reader(&self, session: SessionId) -> Result<Arc<Reader>, Refusal> {
        let readers = self.readers();
        let reader = if let Some(reader) = readers.reader(session) {
            reader
        } else {
            self.begin_to_read(session).await?;
            // Known to the journal's follower first, and filled from the rows after: nothing that changes between is missed.
            readers.enter(session)
        };
        reader.filled.get_or_try_init(|| self.fill(&reader)).await?;
        Ok(reader)
    }

    /// Tells the other nodes that a session reads here from now on, and learns where it has read before.
    async fn begin_to_read(&self, session: SessionId) -> Result<(), Refusal> {
        if self.database().is_embedded() {
            // It has one node.
            return Ok(());
        }
        let begins = Change::Reading(session.0, self.node().0);
        self.write(move |tx, _| {
            begins.record(tx);
            Ok(())
        })
        .await?;
        self.caught_up().await;
        Ok(())
    }

    async fn fill(&self, reader: &Reader) -> Result<(), Refusal> {
        let session = reader.session;
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

/// The number of the one-shot that a reader who names this event has seen last.
fn last_seen(event_id: &str) -> i64 {
    event_id
        .split('-')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
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
