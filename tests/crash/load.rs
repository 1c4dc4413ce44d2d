//! The clients: each does one kind of thing again and again, whatever happens, until it is told to stop.

mod library;
mod work;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use icws::client::{Client, IcwsError, Session};
use icws::messaging::Message;
use icws::wire::Guid;
use tokio::task::JoinSet;

use super::history::{History, Listed, Outcome, Span};
use super::installation::Installation;
use super::random::Random;
pub use library::{LibraryFile, find_files, library, own as own_library, version_of};

/// How many drafts are worked on at the same time.
const DRAFTS: usize = 3;
/// A draft with more attachments is not gone on with: to check it takes longer and shows nothing new.
const MOST_ATTACHMENTS: usize = 150;
/// How long it may take until all are served again, or all mail has arrived. It takes a second or two, unless the machine is busy.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How many clients there are.
const CLIENTS: usize = 8;

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
    inserters: [Session; 2],
    pub uploader: Session,
    saver: Session,
    sender: Session,
    publisher: Session,
    pub watcher: Session,
    shared: Arc<Shared>,
}

/// What all clients know.
pub struct Shared {
    history: Arc<History>,
    files: Vec<LibraryFile>,
    /// The library that the publisher saves.
    library: Guid,
    /// The servers that a client may turn to.
    servers: Vec<Client>,
    /// The drafts that are worked on, by their interaction ids.
    open: Mutex<Vec<String>>,
    /// What the watcher was last told of each draft: attachments with their `downloadUri`.
    told: Mutex<BTreeMap<String, Vec<(Listed, String)>>>,
    /// When each client last asked for something that was acknowledged.
    well: [AtomicU64; CLIENTS],
    /// The clients are to stop.
    stopping: AtomicBool,
}

/// The clients at work.
pub struct Work {
    tasks: JoinSet<()>,
    shared: Arc<Shared>,
}

impl Work {
    /// Waits until each client has asked for something and got it since a moment: the servers came back by themselves.
    pub async fn goes_on(&mut self, since: u64) {
        let began = Instant::now();
        loop {
            let last = self
                .shared
                .well
                .each_ref()
                .map(|last| last.load(Ordering::SeqCst));
            if last.iter().all(|last| *last >= since) {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "not every client is served again: {last:?}, not after {since}"
            );
            let look = tokio::time::sleep(Duration::from_millis(5));
            tokio::select! {
                () = look => {}
                Some(ended) = self.tasks.join_next() => {
                    ended.expect("a client saw nothing wrong");
                    panic!("a client has stopped by itself");
                }
            }
        }
    }

    /// Stops the clients.
    pub async fn end(mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("a client saw nothing wrong");
        }
    }
}

/// One client.
struct Worker {
    shared: Arc<Shared>,
    session: Session,
    random: Random,
    number: usize,
}

impl Worker {
    fn history(&self) -> &History {
        &self.shared.history
    }

    fn goes_on(&self) -> bool {
        !self.shared.stopping.load(Ordering::SeqCst)
    }

    /// Makes a request. After one that a fault has spoilt it waits a little, and goes on at any of the servers.
    async fn ask<T>(
        &mut self,
        request: impl Future<Output = Result<T, IcwsError>>,
    ) -> (Span, Outcome<T>) {
        let (span, outcome) = self.shared.history.ask(request).await;
        match outcome {
            Outcome::Acknowledged(_) => {
                self.shared.well[self.number].store(span.begun, Ordering::SeqCst);
            }
            Outcome::Refused(_) => {}
            Outcome::Failed | Outcome::Lost => {
                self.rest(60).await;
                if let Some(server) = self.random.one_of(&self.shared.servers) {
                    self.session.client = server.clone();
                }
            }
        }
        (span, outcome)
    }

    /// Waits for a while, which is what people do.
    async fn rest(&mut self, most: u64) {
        tokio::time::sleep(Duration::from_millis(self.random.below(most))).await;
    }

    /// A draft to change; there is one, or the sender is about to make one. None when it is time to stop.
    async fn choose(&mut self) -> Option<String> {
        while self.goes_on() {
            let chosen = self.random.one_of(&self.shared.open()).cloned();
            if chosen.is_some() {
                return chosen;
            }
            self.rest(10).await;
        }
        None
    }

    /// A refusal is right only if the draft is being sent, or is sent.
    fn check_refusal(&self, draft: &str, error: &IcwsError) {
        let is_sending = self.history().drafts()[draft].is_sending;
        assert!(is_sending && error.status == 400, "{draft}: {error}");
        assert_eq!(error.id(), "error.request.email.notEditable");
    }
}

impl Crew {
    pub async fn new(
        installation: &Installation,
        history: &Arc<History>,
        files: Vec<LibraryFile>,
    ) -> Self {
        let publisher = installation.log_in(1, "anna").await;
        let shared = Shared {
            history: Arc::clone(history),
            files,
            library: library::own(&publisher).await.id,
            servers: installation.clients(),
            open: Mutex::default(),
            told: Mutex::default(),
            well: Default::default(),
            stopping: AtomicBool::default(),
        };
        let (first, second) = (
            installation.log_in(0, "anna"),
            installation.log_in(1, "carl"),
        );
        Self {
            inserters: [first.await, second.await],
            uploader: installation.log_in(0, "anna").await,
            saver: installation.log_in(1, "carl").await,
            sender: installation.log_in(0, "anna").await,
            publisher,
            watcher: installation.log_in(1, "carl").await,
            shared: Arc::new(shared),
        }
    }

    pub fn history(&self) -> &History {
        &self.shared.history
    }

    pub fn files(&self) -> &[LibraryFile] {
        &self.shared.files
    }

    /// The library that the publisher saves.
    pub fn library(&self) -> Guid {
        self.shared.library
    }

    /// All sessions.
    pub fn sessions(&mut self) -> [&mut Session; 7] {
        let Self {
            inserters: [first, second],
            uploader,
            saver,
            sender,
            publisher,
            watcher,
            ..
        } = self;
        [first, second, uploader, saver, sender, publisher, watcher]
    }

    /// Sees to it that there are drafts to work on, while nothing is wrong.
    pub async fn prepare(&mut self, installation: &Installation) {
        // One that has not seen a fault yet, beside those that have.
        self.inserters.swap(0, 1);
        self.inserters[0] = installation.log_in(0, "anna").await;
        let mut sender = self.worker(SENDER, &self.sender, &mut Random(0));
        while self.shared.open().len() < DRAFTS {
            work::begin(&mut sender, &self.watcher).await;
        }
    }

    /// Does not go on with a draft.
    pub fn leave(&self, draft: &str) {
        self.shared.open().retain(|open| open != draft);
        self.shared.told().remove(draft);
    }

    /// Whether a draft is to be gone on with.
    pub fn goes_on_with(&self, draft: &str, attachments: usize) -> bool {
        attachments < MOST_ATTACHMENTS && self.shared.open().iter().any(|open| open == draft)
    }

    /// Takes in what the watcher read outside its work.
    pub fn look(&self, messages: Vec<Message>) {
        self.shared.look(messages);
    }

    /// What the watcher was last told of the attachments of a draft.
    pub fn told(&self, draft: &str) -> Option<Vec<Listed>> {
        let told = self.shared.told();
        let listed = told.get(draft)?;
        Some(listed.iter().map(|(file, _)| file.clone()).collect())
    }

    /// Lets the clients begin.
    pub fn start(&self, random: &mut Random) -> Work {
        let shared = Arc::clone(&self.shared);
        shared.stopping.store(false, Ordering::SeqCst);
        let mut tasks = JoinSet::new();
        tasks.spawn(work::insert(self.worker(0, &self.inserters[0], random)));
        tasks.spawn(work::insert(self.worker(1, &self.inserters[1], random)));
        tasks.spawn(work::upload(self.worker(2, &self.uploader, random)));
        tasks.spawn(work::save(self.worker(3, &self.saver, random)));
        tasks.spawn(work::watch_and_remove(self.worker(
            4,
            &self.watcher,
            random,
        )));
        tasks.spawn(work::publish(self.worker(5, &self.publisher, random)));
        tasks.spawn(work::read(self.worker(6, &self.watcher, random)));
        let sender = self.worker(SENDER, &self.sender, random);
        tasks.spawn(work::send(sender, self.watcher.clone()));
        Work { tasks, shared }
    }

    fn worker(&self, number: usize, session: &Session, random: &mut Random) -> Worker {
        Worker {
            shared: Arc::clone(&self.shared),
            session: session.clone(),
            random: random.fork(),
            number,
        }
    }
}

/// The number of the client that sends.
const SENDER: usize = 7;

impl Shared {
    fn open(&self) -> MutexGuard<'_, Vec<String>> {
        self.open.lock().expect("nobody panicked with it")
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<String, Vec<(Listed, String)>>> {
        self.told.lock().expect("nobody panicked with it")
    }

    fn look(&self, messages: Vec<Message>) {
        for message in messages {
            let Message::EmailContents(message) = message else {
                continue;
            };
            let content = message.email_content;
            let Some(files) = content.and_then(|content| content.file_attachments) else {
                continue;
            };
            let listed = files.into_iter().map(|file| {
                let number = number_of(&file.download_uri);
                let listed = Listed {
                    number,
                    name: file.name,
                    content_id: file.content_id,
                };
                (listed, file.download_uri)
            });
            let listed: Vec<(Listed, String)> = listed.collect();
            if let Some(draft) = self.history.drafts().get_mut(&message.interaction_id) {
                let seen = listed.iter().map(|(file, _)| (file.number, file.clone()));
                draft.seen.extend(seen);
            }
            self.told().insert(message.interaction_id, listed);
        }
    }
}
