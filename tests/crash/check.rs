//! What the servers say when the fault is over, held against what the clients know. Nothing of the server's own code is used: it asks
//! as a client that is new, by plain SQL, and at the relay.

mod draft;
mod mail;
mod published;
mod rows;
mod uploads;

use std::collections::{BTreeMap, BTreeSet};

use icws::client::Session;
use icws::connection::ConnectionState;
use icws::email::EmailBody;
use icws::messaging::Message;

use super::faults::Plan;
use super::history::Listed;
use super::installation::Installation;
use super::load::{Crew, number_of};
use super::random::Random;
use crate::server::eventually;
use draft::Check;
pub use mail::Mails;
use uploads::Uploads;

/// How many attachments of all rounds are read again at the end.
const READ_AGAIN: usize = 200;
/// How many drafts one session asks for at once.
const AT_ONCE: usize = 40;

/// A draft as the server tells it.
#[derive(Debug, Clone)]
pub struct State {
    is_editable: bool,
    subject: String,
    bodies: Vec<EmailBody>,
    attachments: Vec<Listed>,
    /// The `downloadUri` of each attachment, which differs from session to session.
    uris: Vec<String>,
}

impl State {
    fn is_same_as(&self, other: &State) -> bool {
        self.is_editable == other.is_editable
            && self.subject == other.subject
            && self.bodies == other.bodies
            && self.attachments == other.attachments
    }
}

/// What was checked so far.
#[derive(Default)]
pub struct Verified {
    /// The drafts that nobody goes on with, as they were.
    finished: BTreeMap<String, State>,
    /// The attachments whose bytes were read, by draft and number.
    read: BTreeSet<(String, u64)>,
    uploads: Uploads,
    pub mails: Mails,
}

impl Verified {
    /// Checks everything that the last round touched.
    pub async fn check(
        &mut self,
        at: &Installation,
        crew: &mut Crew,
        plan: &Plan,
        random: &mut Random,
    ) {
        for session in crew.sessions() {
            let connection = session.connection().await.expect("the session goes on");
            assert_eq!(connection.connection_state, ConnectionState::Up);
        }
        self.mails.arrive(at, plan).await;
        let reader = at.log_in(random.index(at.nodes.len()), "carl").await;
        let states = self.read_states(crew, &reader).await;
        for (id, state) in &states {
            let drafts = crew.history().drafts();
            let draft = &drafts[id];
            Check {
                id,
                draft,
                state,
                files: crew.files(),
            }
            .run();
        }
        watcher_knows(crew, &states).await;
        self.uploads.check(crew, &states).await;
        for (id, state) in &states {
            for (index, file) in state.attachments.iter().enumerate() {
                if self.read.insert((id.clone(), file.number)) {
                    read(crew, &reader, id, state, index).await;
                }
            }
        }
        self.mails.check(at, crew, &states, plan, random);
        published::check(at, crew).await;
        rows::check(at, crew.history(), &states);
        self.leave_finished(crew, states).await;
        reader.log_out().await.expect("logged out");
    }

    async fn leave_finished(&mut self, crew: &Crew, states: BTreeMap<String, State>) {
        for (id, state) in states {
            if !crew.goes_on_with(&id, state.attachments.len()) {
                crew.leave(&id);
                let unsubscribed = crew.watcher.unsubscribe_email(&id).await;
                unsubscribed.expect("no more messages of it");
                self.finished.insert(id, state);
            }
        }
    }

    /// Checks at the end that nothing of earlier rounds has changed since, and reads some of its bytes again.
    pub async fn check_again(&self, at: &Installation, crew: &Crew, random: &mut Random) {
        let ids: Vec<&String> = self.finished.keys().collect();
        for ids in ids.chunks(AT_ONCE) {
            let session = at.log_in(random.index(at.nodes.len()), "anna").await;
            let now = states_of(&session, ids).await;
            let mut places = Vec::new();
            for id in ids {
                let (before, now) = (&self.finished[*id], now.get(*id));
                let is_same = now.is_some_and(|now| now.is_same_as(before));
                assert!(
                    is_same,
                    "draft {id} changed after it was left: {before:?}, {now:?}"
                );
                places.extend((0..before.attachments.len()).map(|index| (*id, index)));
            }
            let share = (READ_AGAIN * ids.len()).div_ceil(self.finished.len());
            for _ in 0..share {
                if let Some((id, index)) = random.one_of(&places) {
                    read(crew, &session, id, &now[*id], *index).await;
                }
            }
            session.log_out().await.expect("logged out");
        }
    }

    /// The state of every draft that is not finished.
    async fn read_states(&self, crew: &Crew, reader: &Session) -> BTreeMap<String, State> {
        let ids: Vec<String> = crew.history().drafts().keys().cloned().collect();
        let ids: Vec<&String> = ids
            .iter()
            .filter(|id| !self.finished.contains_key(*id))
            .collect();
        states_of(reader, &ids).await
    }
}

/// The state of drafts, as a session is told that has not asked for them before.
async fn states_of(session: &Session, ids: &[&String]) -> BTreeMap<String, State> {
    for id in ids {
        session.subscribe_email(id).await.expect("a subscription");
    }
    let states = states_in(session.messages().await.expect("messages"));
    assert!(states.keys().eq(ids.iter().copied()), "{ids:?}: {states:?}");
    states
}

/// The watcher, who has asked for each draft only once, knows what a new reader is told.
async fn watcher_knows(crew: &Crew, states: &BTreeMap<String, State>) {
    let watched: Vec<String> = {
        let drafts = crew.history().drafts();
        states
            .keys()
            .filter(|id| drafts[*id].is_watched)
            .cloned()
            .collect()
    };
    for id in watched {
        let now = &states[&id].attachments;
        eventually(
            &format!("the watcher is told of draft {id}: {now:?}"),
            async || {
                crew.look(crew.watcher.messages().await.expect("messages"));
                crew.told(&id).as_ref() == Some(now)
            },
        )
        .await;
    }
}

/// Reads an attachment and compares it with what was inserted or uploaded.
async fn read(crew: &Crew, session: &Session, id: &str, state: &State, index: usize) {
    let file = &state.attachments[index];
    let answer = session.fetch(&state.uris[index]).await;
    let answer =
        answer.unwrap_or_else(|error| panic!("{file:?} of draft {id} cannot be read: {error}"));
    let drafts = crew.history().drafts();
    let expected = drafts[id].bytes_of(crew.files(), file);
    let is_right = expected.is_some_and(|expected| answer.body == expected);
    assert!(is_right, "other bytes of {file:?} of draft {id}");
}

/// The drafts that messages tell of; each of them tells all.
fn states_in(messages: Vec<Message>) -> BTreeMap<String, State> {
    let mut states = BTreeMap::new();
    for message in messages {
        let Message::EmailContents(message) = message else {
            panic!("{message:?}")
        };
        assert!(
            !message.is_delta,
            "a new reader begins with a snapshot: {message:?}"
        );
        let content = message.email_content.expect("a snapshot has it");
        let files = content.file_attachments.expect("it is always sent");
        let listed = |file: &icws::email::EmailFileAttachment| Listed {
            number: number_of(&file.download_uri),
            name: file.name.clone(),
            content_id: file.content_id.clone(),
        };
        let state = State {
            is_editable: message.is_editable,
            subject: content.subject.unwrap_or_default(),
            bodies: content.bodies,
            attachments: files.iter().map(listed).collect(),
            uris: files.into_iter().map(|file| file.download_uri).collect(),
        };
        let before = states.insert(message.interaction_id.clone(), state);
        assert!(
            before.is_none(),
            "two messages of draft {}",
            message.interaction_id
        );
    }
    states
}
