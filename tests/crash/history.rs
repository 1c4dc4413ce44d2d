//! What the clients asked for and what they were told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use icws::client::IcwsError;

use super::faults::{Excuses, Verdict};
use super::load::LibraryFile;

/// When something was asked for and when it was acknowledged, on a clock that only counts. What ended before another began was before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub begun: u64,
    /// None: no answer came, and it may have been done or not.
    pub ended: Option<u64>,
}

impl Span {
    pub fn is_acknowledged(self) -> bool {
        self.ended.is_some()
    }

    /// Whether this was over before the other was asked for.
    pub fn is_before(self, other: Span) -> bool {
        self.ended.is_some_and(|ended| ended < other.begun)
    }
}

/// An attachment as a client saw it in a message: the number in its `downloadUri`, its name and its Content-ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub number: u64,
    pub name: String,
    pub content_id: String,
}

/// A change that was asked for.
#[derive(Debug, Clone)]
pub enum Change {
    /// The so-manieth save; the creation is the one of number 0.
    Save(u64),
    /// Of a library file, by its place in the crew's list. The Content-ID is empty if the attachment is not inline, and unknown
    /// if it is and no answer came.
    Insert {
        file: usize,
        inline: bool,
        content_id: Option<String>,
    },
    /// The PUT of an upload. Nobody else's name is the same.
    Upload {
        name: String,
        content_id: String,
        bytes: Vec<u8>,
    },
    /// Of an attachment that was seen.
    Remove(Listed),
    Send,
}

/// All that is known of a draft.
#[derive(Debug, Default)]
pub struct OfDraft {
    /// What its subject begins with.
    pub name: String,
    pub changes: Vec<(Span, Change)>,
    /// The attachments that were seen in messages, by their numbers.
    pub seen: BTreeMap<u64, Listed>,
    /// The attachments that somebody has begun to remove, by their numbers.
    pub removing: BTreeSet<u64>,
    /// Somebody has begun to send it: from now on changes may be refused.
    pub is_sending: bool,
    /// The watcher's subscription of it was acknowledged.
    pub is_watched: bool,
}

impl OfDraft {
    /// What an attachment holds: what was uploaded under its name, or the library's file of that name.
    pub fn bytes_of<'a>(&'a self, files: &'a [LibraryFile], file: &Listed) -> Option<&'a [u8]> {
        let uploaded = self.changes.iter().find_map(|(_, change)| match change {
            Change::Upload { name, bytes, .. } if *name == file.name => Some(&bytes[..]),
            _ => None,
        });
        let of_library = || {
            files
                .iter()
                .find(|of_library| of_library.is_named(&file.name))
        };
        uploaded.or_else(|| Some(&of_library()?.bytes[..]))
    }
}

/// What was asked for and belongs to no draft.
#[derive(Debug, Default)]
pub struct Loose {
    /// The names of drafts whose creation has no answer.
    pub creations: BTreeSet<String>,
    /// The file names of all uploads that somebody wanted to announce, with the request id where there was an answer.
    pub announcements: BTreeMap<String, Option<String>>,
    /// The so-manieth save of a library.
    pub library: Vec<(Span, u64)>,
}

/// What came of a request.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It is done.
    Acknowledged(T),
    /// A rule refuses it.
    Refused(IcwsError),
    /// It failed for a fault that there is, and is not done.
    Failed,
    /// Whether it is done nobody knows.
    Lost,
}

/// See the module.
#[derive(Default)]
pub struct History {
    clock: AtomicU64,
    in_flight: AtomicUsize,
    acknowledged: AtomicU64,
    failed: AtomicU64,
    lost: AtomicU64,
    excuses: Mutex<Excuses>,
    drafts: Mutex<BTreeMap<String, OfDraft>>,
    loose: Mutex<Loose>,
}

impl History {
    pub fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// All drafts by their interaction ids.
    pub fn drafts(&self) -> MutexGuard<'_, BTreeMap<String, OfDraft>> {
        self.drafts.lock().expect("nobody panicked with it")
    }

    pub fn loose(&self) -> MutexGuard<'_, Loose> {
        self.loose.lock().expect("nobody panicked with it")
    }

    /// Says what may go wrong from now on.
    pub fn excuse(&self, excuses: Excuses) {
        *self.excuses.lock().expect("nobody panicked with it") = excuses;
    }

    /// Makes a request.
    ///
    /// # Panics
    /// If it fails in a way that nothing excuses, or without saying by an `errorId` why.
    pub async fn ask<T>(
        &self,
        request: impl Future<Output = Result<T, IcwsError>>,
    ) -> (Span, Outcome<T>) {
        let begun = self.now();
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        let answer = request.await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let outcome = match answer {
            Ok(answer) => Outcome::Acknowledged(answer),
            Err(error) => {
                assert!(
                    error.is_transport() || !error.id().is_empty(),
                    "a refusal without an errorId: {error}"
                );
                let excuses = *self.excuses.lock().expect("nobody panicked with it");
                match excuses.judge(&error) {
                    Verdict::Refused => Outcome::Refused(error),
                    Verdict::Failed => Outcome::Failed,
                    Verdict::Unknown => Outcome::Lost,
                    Verdict::Wrong => panic!("nothing excuses this: {error}; {excuses:?}"),
                }
            }
        };
        let counter = match outcome {
            Outcome::Acknowledged(_) | Outcome::Refused(_) => &self.acknowledged,
            Outcome::Failed => &self.failed,
            Outcome::Lost => &self.lost,
        };
        counter.fetch_add(1, Ordering::SeqCst);
        let ended = (!matches!(outcome, Outcome::Lost)).then(|| self.now());
        (Span { begun, ended }, outcome)
    }

    /// Notes a change of a draft.
    pub fn note(&self, draft: &str, span: Span, change: Change) {
        self.of(draft, |known| known.changes.push((span, change)));
    }

    /// Changes what is known of a draft.
    pub fn of<T>(&self, draft: &str, change: impl FnOnce(&mut OfDraft) -> T) -> T {
        let mut drafts = self.drafts();
        let known = drafts
            .get_mut(draft)
            .expect("a draft is noted before its changes");
        change(known)
    }

    /// Waits until a request is in flight.
    pub async fn wait_until_in_flight(&self) {
        while self.in_flight.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// How many requests a fault has spoilt so far.
    pub fn spoilt(&self) -> u64 {
        self.failed.load(Ordering::SeqCst) + self.lost.load(Ordering::SeqCst)
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drafts = self.drafts();
        let count = |is_it: fn(&Change) -> bool| {
            let changes = drafts.values().flat_map(|draft| &draft.changes);
            changes.filter(|(_, change)| is_it(change)).count()
        };
        let requests = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        write!(
            f,
            "{} drafts, {} inserts, {} uploads, {} removals, {} saves, {} sends, {} saves of a library; of all requests {} were answered, \
             {} failed and {} have no answer",
            drafts.len(),
            count(|change| matches!(change, Change::Insert { .. })),
            count(|change| matches!(change, Change::Upload { .. })),
            count(|change| matches!(change, Change::Remove(_))),
            count(|change| matches!(change, Change::Save(_))),
            count(|change| matches!(change, Change::Send)),
            self.loose().library.len(),
            requests(&self.acknowledged),
            requests(&self.failed),
            requests(&self.lost),
        )
    }
}
