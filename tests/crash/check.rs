//! What the server says after a crash, held against what the clients know.

mod draft;
mod mail;

use std::collections::{BTreeMap, BTreeSet};

use icws::client::Session;
use icws::connection::ConnectionState;
use icws::email::EmailBody;
use icws::messaging::Message;
use store::rows::{email, interactions, outbox};
use store::{Database, Options};

use super::Random;
use super::history::{Change, Listed, OfDraft};
use super::load::{Crew, LibraryFile, number_of};
use crate::server::Server;
use draft::Check;
use mail::Mails;

/// How many attachments of all rounds are read again at the end.
const READ_AGAIN: usize = 100;

/// A draft as the server tells it.
#[derive(Debug, Clone)]
struct State {
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
    /// The uploads of which it was told what became of them, by request id.
    told: BTreeSet<String>,
    mails: Mails,
}

impl Verified {
    /// Checks everything that the last round touched.
    pub async fn check(&mut self, server: &Server, crew: &mut Crew) {
        for session in crew.sessions() {
            let connection = session.connection().await.expect("the session goes on");
            assert_eq!(connection.connection_state, ConnectionState::Up);
        }
        let states = self.read_states(crew).await;
        for (id, state) in &states {
            Check {
                id,
                draft: &crew.history().drafts()[id],
                state,
                files: crew.files(),
            }
            .run();
        }
        self.check_statuses(crew, &states).await;
        for (id, state) in &states {
            self.read_bytes(crew, id, state).await;
        }
        self.mails.check(server, &states).await;
        check_rows(server, states.clone()).await;
        for (id, state) in states {
            if !crew.goes_on_with(&id, state.attachments.len()) {
                crew.leave(&id);
                crew.watcher
                    .unsubscribe_email(&id)
                    .await
                    .expect("no more messages of it");
                self.finished.insert(id, state);
            }
        }
    }

    /// Checks at the end that nothing of earlier rounds has changed since, and reads some of its bytes again.
    pub async fn check_again(&self, server: &Server, crew: &Crew, random: &mut Random) {
        let session = server.log_in("anna").await;
        for id in self.finished.keys() {
            session.subscribe_email(id).await.expect("a subscription");
        }
        let now = states_in(session.messages().await.expect("messages"));
        let mut places = Vec::new();
        for (id, state) in &self.finished {
            let same = now.get(id).is_some_and(|now| now.is_same_as(state));
            assert!(
                same,
                "draft {id} changed after it was left: {state:?}, {:?}",
                now.get(id)
            );
            places.extend((0..state.attachments.len()).map(|index| (id, index)));
        }
        for _ in 0..READ_AGAIN {
            let Some((id, index)) = random.one_of(&places) else {
                return;
            };
            read(crew, &session, id, &now[*id], *index).await;
        }
        self.mails.check_count(server);
    }

    /// The state of every draft that is not finished: by the watcher's subscriptions, each of which survived.
    async fn read_states(&self, crew: &Crew) -> BTreeMap<String, State> {
        let (mut watched, mut others) = (Vec::new(), Vec::new());
        for (id, draft) in &*crew.history().drafts() {
            if !self.finished.contains_key(id) {
                if draft.is_watched {
                    &mut watched
                } else {
                    &mut others
                }
                .push(id.clone());
            }
        }
        let messages = crew.watcher.messages().await.expect("messages");
        crew.look(messages.clone());
        let mut states = states_in(messages);
        for id in &watched {
            assert!(
                states.contains_key(id),
                "the subscription of draft {id} is lost"
            );
        }
        for id in others {
            crew.watcher
                .subscribe_email(&id)
                .await
                .expect("a subscription");
            crew.history()
                .drafts()
                .get_mut(&id)
                .expect("it is known")
                .is_watched = true;
        }
        let messages = crew.watcher.messages().await.expect("messages");
        crew.look(messages.clone());
        states.extend(states_in(messages));
        states
    }

    /// Each upload whose bytes came, or were refused, is told of once; one without an answer is told of if it was done.
    async fn check_statuses(&mut self, crew: &Crew, states: &BTreeMap<String, State>) {
        let mut told: BTreeMap<String, Vec<bool>> = BTreeMap::new();
        for message in crew.uploader.messages().await.expect("messages") {
            let Message::EmailUploadFileStatus(outcome) = message else {
                panic!("{message:?}")
            };
            told.entry(outcome.request_id)
                .or_default()
                .push(outcome.upload_success);
        }
        let drafts = crew.history().drafts();
        for (id, state) in states {
            for (request_id, expected) in expected_statuses(&drafts[id], state) {
                if self.told.insert(request_id.clone()) {
                    let outcomes = told.remove(&request_id).unwrap_or_default();
                    assert!(
                        expected.contains(&outcomes),
                        "the upload {request_id} into draft {id}: {outcomes:?}, not {expected:?}"
                    );
                }
            }
        }
        assert!(
            told.is_empty(),
            "told of uploads that nobody made, or again: {told:?}"
        );
    }

    /// Reads the bytes of each attachment that was not read before.
    async fn read_bytes(&mut self, crew: &Crew, id: &str, state: &State) {
        for (index, file) in state.attachments.iter().enumerate() {
            if self.read.insert((id.to_owned(), file.number)) {
                read(crew, &crew.watcher, id, state, index).await;
            }
        }
    }
}

/// What may have been told of each upload of a draft, by its request id.
fn expected_statuses(draft: &OfDraft, state: &State) -> Vec<(String, Vec<Vec<bool>>)> {
    let mut expected = Vec::new();
    for (span, change) in &draft.changes {
        if let Change::Upload {
            request_id, name, ..
        } = change
        {
            let outcomes = if span.is_acknowledged() || is_there(draft, state, name) {
                vec![vec![true]]
            } else if draft.is_sending {
                // The draft may have been frozen before it came.
                vec![vec![], vec![false]]
            } else {
                vec![vec![]]
            };
            expected.push((request_id.clone(), outcomes));
        }
    }
    let refused = draft.refused_uploads.iter();
    expected.extend(refused.map(|request_id| (request_id.clone(), vec![vec![false]])));
    expected
}

/// Whether an upload is in the draft, or was before somebody removed it.
fn is_there(draft: &OfDraft, state: &State, name: &str) -> bool {
    let is_removed = draft
        .changes
        .iter()
        .any(|(_, change)| matches!(change, Change::Remove(file) if file.name == name));
    is_removed || state.attachments.iter().any(|file| file.name == name)
}

/// Reads an attachment and compares it with what was inserted or uploaded.
async fn read(crew: &Crew, session: &Session, id: &str, state: &State, index: usize) {
    let file = &state.attachments[index];
    let answer = session.fetch(&state.uris[index]).await;
    let answer =
        answer.unwrap_or_else(|error| panic!("{file:?} of draft {id} cannot be read: {error}"));
    let drafts = crew.history().drafts();
    let expected = bytes_of(&drafts[id], crew.files(), file);
    assert_eq!(
        Some(&answer.body[..]),
        expected,
        "the bytes of {file:?} of draft {id}"
    );
}

fn bytes_of<'a>(draft: &'a OfDraft, files: &'a [LibraryFile], file: &Listed) -> Option<&'a [u8]> {
    let uploaded = draft.changes.iter().find_map(|(_, change)| match change {
        Change::Upload { name, bytes, .. } if *name == file.name => Some(&bytes[..]),
        _ => None,
    });
    uploaded.or_else(|| {
        Some(
            &files
                .iter()
                .find(|of_library| of_library.is_named(&file.name))?
                .bytes[..],
        )
    })
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
            "a reader that is new begins with a snapshot: {message:?}"
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

/// The rows behind it agree: counts, sums, numbers, and a sent draft has its outbox row. Read beside the running server, as a command
/// would.
async fn check_rows(server: &Server, states: BTreeMap<String, State>) {
    let url = format!(
        "sqlite:{}",
        server.folder().join("attache.sqlite").display()
    );
    let database = Database::open(&url, Options::default()).expect("the database");
    let checked = database.read(move |conn| {
        for (id, state) in &states {
            let id = id.parse().expect("an interaction id");
            let row = interactions::interaction(conn, id)?.expect("an interaction");
            let attachments = email::attachments(conn, id)?;
            let numbers: Vec<_> = state
                .attachments
                .iter()
                .map(|file| i64::try_from(file.number))
                .collect();
            assert_eq!(
                attachments
                    .iter()
                    .map(|file| Ok(file.number))
                    .collect::<Vec<_>>(),
                numbers,
                "draft {id}"
            );
            assert_eq!(
                row.attachment_count,
                i64::try_from(numbers.len()).expect("a count"),
                "draft {id}"
            );
            assert_eq!(
                row.attachment_bytes,
                attachments.iter().map(|file| file.size).sum::<i64>(),
                "draft {id}"
            );
            assert!(
                attachments
                    .iter()
                    .all(|file| file.number < row.next_attachment),
                "draft {id}"
            );
            assert_eq!(row.sent_at.is_none(), state.is_editable, "draft {id}");
            assert_eq!(
                outbox::message(conn, id)?.is_none(),
                state.is_editable,
                "draft {id}"
            );
            assert_eq!(
                outbox::recipients(conn, id)?.is_empty(),
                state.is_editable,
                "draft {id}"
            );
        }
        Ok::<_, store::Error>(())
    });
    checked.await.expect("the rows can be read and agree");
    database.close().await;
}
