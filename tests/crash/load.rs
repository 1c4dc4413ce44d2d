//! The clients: each does one kind of thing as fast as it is answered, until the server is gone.

mod library;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use icws::client::{IcwsError, Session};
use icws::messaging::Message;
use tokio::task::JoinSet;

use super::history::{Change, History, Listed, OfDraft, Outcome};
use super::{Random, creation};
use crate::server::Server;
pub use library::{LibraryFile, find_files};

/// How many drafts are worked on at the same time.
const DRAFTS: usize = 3;
/// A draft with more attachments is not gone on with: to check it takes longer and shows nothing new.
const MOST_ATTACHMENTS: usize = 250;

/// What an attachment's `downloadUri` says of its number.
pub fn number_of(uri: &str) -> u64 {
    let number = uri
        .rsplit('/')
        .next()
        .and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no number at the end of {uri}"))
}

/// The sessions, which live through all rounds.
#[derive(Clone)]
pub struct Crew {
    pub inserters: [Session; 2],
    pub uploader: Session,
    pub saver: Session,
    pub sender: Session,
    pub watcher: Session,
    shared: Arc<Shared>,
}

struct Shared {
    history: Arc<History>,
    files: Vec<LibraryFile>,
    /// The drafts that are worked on, by their interaction ids.
    open: Mutex<Vec<String>>,
    /// What the watcher saw last of each draft: attachments with their `downloadUri`.
    view: Mutex<BTreeMap<String, Vec<(Listed, String)>>>,
}

/// The clients at work.
pub struct Work(JoinSet<()>);

impl Work {
    /// Waits until all have noticed that the server is gone.
    pub async fn end(mut self) {
        while let Some(ended) = self.0.join_next().await {
            ended.expect("a client saw nothing wrong");
        }
    }
}

impl Crew {
    pub async fn new(server: &Server, history: &Arc<History>, files: Vec<LibraryFile>) -> Self {
        let shared = Shared {
            history: Arc::clone(history),
            files,
            open: Mutex::default(),
            view: Mutex::default(),
        };
        Self {
            inserters: [server.log_in("anna").await, server.log_in("carl").await],
            uploader: server.log_in("anna").await,
            saver: server.log_in("carl").await,
            sender: server.log_in("anna").await,
            watcher: server.log_in("carl").await,
            shared: Arc::new(shared),
        }
    }

    pub fn history(&self) -> &History {
        &self.shared.history
    }

    pub fn files(&self) -> &[LibraryFile] {
        &self.shared.files
    }

    /// All sessions.
    pub fn sessions(&mut self) -> [&mut Session; 6] {
        let Self {
            inserters: [first, second],
            uploader,
            saver,
            sender,
            watcher,
            ..
        } = self;
        [first, second, uploader, saver, sender, watcher]
    }

    /// The same sessions over connections to the server that was started again.
    pub fn find_again(&mut self, server: &Server) {
        let client = server.client();
        for session in self.sessions() {
            session.client = client.clone();
        }
    }

    /// Sees to it that there are drafts to work on.
    pub async fn prepare(&mut self, server: &Server) {
        // One that has not seen a crash yet, beside those that have.
        self.inserters.swap(0, 1);
        self.inserters[0] = server.log_in("anna").await;
        while self.shared.open().len() < DRAFTS {
            assert!(
                self.shared.begin(&self.sender, &self.watcher).await,
                "a draft, while nothing is wrong"
            );
        }
    }

    /// Does not go on with a draft.
    pub fn leave(&self, draft: &str) {
        self.shared.open().retain(|open| open != draft);
        self.shared
            .view
            .lock()
            .expect("nobody panicked with it")
            .remove(draft);
    }

    /// Whether a draft is to be gone on with.
    pub fn goes_on_with(&self, draft: &str, attachments: usize) -> bool {
        attachments < MOST_ATTACHMENTS && self.shared.open().iter().any(|open| open == draft)
    }

    /// Takes in what the watcher read outside its work.
    pub fn look(&self, messages: Vec<Message>) {
        self.shared.look(messages);
    }

    /// Starts the load.
    pub fn start(&self, random: &mut Random) -> Work {
        let mut tasks = JoinSet::new();
        for session in self.inserters.clone() {
            tasks.spawn(work::insert(
                Arc::clone(&self.shared),
                session,
                random.fork(),
            ));
        }
        tasks.spawn(work::upload(
            Arc::clone(&self.shared),
            self.uploader.clone(),
            random.fork(),
        ));
        tasks.spawn(work::save(
            Arc::clone(&self.shared),
            self.saver.clone(),
            random.fork(),
        ));
        tasks.spawn(work::watch_and_remove(
            Arc::clone(&self.shared),
            self.watcher.clone(),
            random.fork(),
        ));
        tasks.spawn(work::send(
            Arc::clone(&self.shared),
            self.sender.clone(),
            self.watcher.clone(),
            random.fork(),
        ));
        Work(tasks)
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Vec<String>> {
        self.open.lock().expect("nobody panicked with it")
    }

    /// A draft to change; there is always one or the sender is about to make one.
    async fn choose(&self, random: &mut Random) -> String {
        loop {
            let chosen = random.one_of(&self.open()).cloned();
            match chosen {
                Some(draft) => return draft,
                None => tokio::task::yield_now().await,
            }
        }
    }

    /// A refusal is right only if the draft is being sent, or is sent.
    fn check_refusal(&self, draft: &str, error: &IcwsError) {
        let is_sending = self.history.drafts()[draft].is_sending;
        assert!(is_sending && error.status == 400, "{draft}: {error}");
        assert_eq!(error.id(), "error.request.email.notEditable");
    }

    /// Makes a draft and lets the watcher watch it; false if the server is gone.
    async fn begin(&self, sender: &Session, watcher: &Session) -> bool {
        let name = format!("draft {}", self.history.now());
        let (span, outcome) = self
            .history
            .ask(sender.create_email(&creation(&name)))
            .await;
        let id = match outcome {
            Outcome::Acknowledged(created) => created.interaction_id,
            Outcome::Refused(error) => panic!("{error}"),
            Outcome::Lost => return false,
        };
        let of_draft = OfDraft {
            name,
            changes: vec![(span, Change::Save(0))],
            ..OfDraft::default()
        };
        self.history.drafts().insert(id.clone(), of_draft);
        match self.history.ask(watcher.subscribe_email(&id)).await.1 {
            Outcome::Acknowledged(()) => {}
            Outcome::Refused(error) => panic!("{error}"),
            Outcome::Lost => return false,
        }
        self.history
            .drafts()
            .get_mut(&id)
            .expect("it was just added")
            .is_watched = true;
        self.open().push(id);
        true
    }

    fn look(&self, messages: Vec<Message>) {
        for message in messages {
            let Message::EmailContents(message) = message else {
                continue;
            };
            let Some(files) = message
                .email_content
                .and_then(|content| content.file_attachments)
            else {
                continue;
            };
            let listed = files.into_iter().map(|file| {
                let number = number_of(&file.download_uri);
                (
                    Listed {
                        number,
                        name: file.name,
                        content_id: file.content_id,
                    },
                    file.download_uri,
                )
            });
            let listed: Vec<(Listed, String)> = listed.collect();
            if let Some(draft) = self.history.drafts().get_mut(&message.interaction_id) {
                draft
                    .seen
                    .extend(listed.iter().map(|(file, _)| (file.number, file.clone())));
            }
            let mut view = self.view.lock().expect("nobody panicked with it");
            view.insert(message.interaction_id, listed);
        }
    }
}
