//! What the clients asked for and what they were told.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use icws::client::IcwsError;

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
        request_id: String,
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
    /// The uploads that were refused when their bytes were put, by their request ids.
    pub refused_uploads: Vec<String>,
    /// Somebody has begun to send it: from now on changes may be refused.
    pub is_sending: bool,
    /// The watcher's subscription of it was acknowledged.
    pub is_watched: bool,
}

/// What came of a request.
pub enum Outcome<T> {
    Acknowledged(T),
    Refused(IcwsError),
    /// No answer came.
    Lost,
}

/// See the module.
#[derive(Default)]
pub struct History {
    clock: AtomicU64,
    in_flight: AtomicUsize,
    drafts: Mutex<BTreeMap<String, OfDraft>>,
}

impl History {
    pub fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// All drafts by their interaction ids.
    pub fn drafts(&self) -> MutexGuard<'_, BTreeMap<String, OfDraft>> {
        self.drafts.lock().expect("nobody panicked with it")
    }

    /// Makes a request.
    pub async fn ask<T>(
        &self,
        request: impl Future<Output = Result<T, IcwsError>>,
    ) -> (Span, Outcome<T>) {
        let begun = self.now();
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        let answer = request.await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        match answer {
            Err(error) if error.is_transport() => (Span { begun, ended: None }, Outcome::Lost),
            answer => {
                let span = Span {
                    begun,
                    ended: Some(self.now()),
                };
                (
                    span,
                    answer.map_or_else(Outcome::Refused, Outcome::Acknowledged),
                )
            }
        }
    }

    /// Notes a change of a draft.
    pub fn note(&self, draft: &str, span: Span, change: Change) {
        let mut drafts = self.drafts();
        let known = drafts
            .get_mut(draft)
            .expect("a draft is noted before its changes");
        known.changes.push((span, change));
    }

    /// Waits until a request is in flight, and says when that was.
    pub async fn wait_until_in_flight(&self) -> u64 {
        while self.in_flight.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        self.now()
    }

    /// How many changes were asked for between two moments and never answered.
    pub fn lost_between(&self, from: u64, to: u64) -> usize {
        let drafts = self.drafts();
        let changes = drafts.values().flat_map(|draft| &draft.changes);
        changes
            .filter(|(span, _)| !span.is_acknowledged() && (from..to).contains(&span.begun))
            .count()
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drafts = self.drafts();
        let count = |is_it: fn(&Change) -> bool| {
            drafts
                .values()
                .flat_map(|draft| &draft.changes)
                .filter(|(_, change)| is_it(change))
                .count()
        };
        let lost = drafts
            .values()
            .flat_map(|draft| &draft.changes)
            .filter(|(span, _)| !span.is_acknowledged());
        write!(
            f,
            "{} drafts, {} inserts, {} uploads, {} removals, {} saves, {} sends, {} of them without an answer",
            drafts.len(),
            count(|change| matches!(change, Change::Insert { .. })),
            count(|change| matches!(change, Change::Upload { .. })),
            count(|change| matches!(change, Change::Remove(_))),
            count(|change| matches!(change, Change::Save(_))),
            count(|change| matches!(change, Change::Send)),
            lost.count(),
        )
    }
}
