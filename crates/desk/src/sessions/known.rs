//! What this node knows of sessions, beside their rows: so that a request in a good session asks the database nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use store::rows::{people, sessions as rows};

use super::{Proof, check_proof};
use crate::caller::Caller;
use crate::clock;
use crate::desk::Desk;
use crate::ids::{SessionId, UserId};
use crate::language::Language;
use crate::refusal::{Refusal, SessionFault};
use crate::rights::Rights;
use crate::rules::{Rules, millis};

/// How often the time of the last request is written at the most, in milliseconds; more often where sessions end sooner.
const TOUCH_EVERY: i64 = 60_000;

/// What a node knows of a session.
pub(super) struct Entry {
    user: UserId,
    user_name: Arc<str>,
    cookie_hash: Vec<u8>,
    token_hash: Vec<u8>,
    language: Language,
    heard_at: AtomicI64,
    written_at: AtomicI64,
    streams: AtomicUsize,
    caller: RwLock<(u64, Arc<Caller>)>,
}

/// The sessions that this node knows of.
#[derive(Default)]
pub(crate) struct Sessions {
    entries: RwLock<HashMap<SessionId, Arc<Entry>>>,
    /// Grows when a session ends, so that what was read before is not kept after.
    endings: AtomicU64,
    rights: RwLock<HashMap<UserId, Arc<Rights>>>,
    /// Grows when rights change.
    rights_version: AtomicU64,
}

impl Sessions {
    pub(super) fn entry(&self, id: SessionId) -> Option<Arc<Entry>> {
        self.entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    /// How many there are, and how many streams they have open.
    fn counts(&self) -> (usize, usize) {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let streams = entries
            .values()
            .map(|entry| entry.streams.load(Ordering::Relaxed));
        (entries.len(), streams.sum())
    }

    /// Forgets a session that ended.
    pub(crate) fn forget(&self, id: SessionId) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        self.endings.fetch_add(1, Ordering::SeqCst);
        entries.remove(&id);
    }

    /// Forgets all rights.
    pub(crate) fn forget_rights(&self) {
        let mut rights = self.rights.write().unwrap_or_else(PoisonError::into_inner);
        self.rights_version.fetch_add(1, Ordering::SeqCst);
        rights.clear();
    }
}

impl Entry {
    /// Whether something was heard of it at this time or later, or a stream is open.
    pub(super) fn is_alive(&self, since: i64) -> bool {
        self.streams.load(Ordering::Relaxed) > 0 || self.heard_at.load(Ordering::Relaxed) >= since
    }

    /// Notes a request; true if that has to be written.
    pub(super) fn hear(&self, now: i64, rules: &Rules) -> bool {
        let touch_every = TOUCH_EVERY.min(millis(rules.session_idle) / 5);
        self.heard_at.store(now, Ordering::Relaxed);
        let written = self.written_at.load(Ordering::Relaxed);
        now - written >= touch_every
            && self
                .written_at
                .compare_exchange(written, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// The language of its messages.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn check(&self, proof: &Proof<'_>) -> Result<(), SessionFault> {
        check_proof(&self.cookie_hash, &self.token_hash, proof)
    }
}

impl Desk {
    /// Keeps a session alive for as long as the value lives: an open stream.
    pub fn hold_session(&self, id: SessionId) -> Hold {
        let entry = self.sessions().entry(id);
        if let Some(entry) = &entry {
            entry.streams.fetch_add(1, Ordering::Relaxed);
        }
        Hold(entry)
    }

    /// How many sessions this node knows of, and how many streams they have open here.
    pub fn session_counts(&self) -> (usize, usize) {
        self.sessions().counts()
    }

    /// Notes that something was heard of a session by its stream.
    pub fn keep_alive(&self, id: SessionId) {
        if let Some(entry) = self.sessions().entry(id)
            && entry.hear(clock::now(), self.rules())
        {
            self.touch(id, clock::now());
        }
    }

    pub(super) async fn load_session(&self, id: SessionId) -> Result<Arc<Entry>, Refusal> {
        let unknown = || Refusal::Session(SessionFault::Unknown);
        let endings = self.sessions().endings.load(Ordering::SeqCst);
        let rights_version = self.sessions().rights_version.load(Ordering::SeqCst);
        let (row, user, rights) = self
            .read(move |conn, _| {
                let Some(row) = rows::session(conn, id.0)?.filter(|row| row.ended_at.is_none())
                else {
                    return Err(unknown());
                };
                let Some(user) = people::user(conn, row.user_id)? else {
                    return Err(unknown());
                };
                let rights = Rights::of_user(conn, UserId(user.id))?;
                Ok((row, user, rights))
            })
            .await?;
        let user_name: Arc<str> = user.name.into();
        let language = Language::of_tag(&row.language);
        let caller = Caller {
            session: id,
            user: UserId(user.id),
            user_name: Arc::clone(&user_name),
            language,
            rights: Arc::new(rights),
            prefix: Arc::clone(&self.rules().prefix),
        };
        let entry = Arc::new(Entry {
            user: UserId(user.id),
            user_name,
            cookie_hash: row.cookie_hash,
            token_hash: row.token_hash,
            language,
            heard_at: AtomicI64::new(row.seen_at),
            written_at: AtomicI64::new(row.seen_at),
            streams: AtomicUsize::new(0),
            caller: RwLock::new((rights_version, Arc::new(caller))),
        });
        let mut entries = self
            .sessions()
            .entries
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if self.sessions().endings.load(Ordering::SeqCst) == endings {
            return Ok(Arc::clone(entries.entry(id).or_insert(entry)));
        }
        Ok(entry)
    }

    pub(super) async fn caller_of(
        &self,
        id: SessionId,
        entry: &Entry,
    ) -> Result<Arc<Caller>, Refusal> {
        let version = self.sessions().rights_version.load(Ordering::SeqCst);
        {
            let known = entry.caller.read().unwrap_or_else(PoisonError::into_inner);
            if known.0 == version {
                return Ok(Arc::clone(&known.1));
            }
        }
        let caller = Arc::new(Caller {
            session: id,
            user: entry.user,
            user_name: Arc::clone(&entry.user_name),
            language: entry.language,
            rights: self.rights_of(entry.user, version).await?,
            prefix: Arc::clone(&self.rules().prefix),
        });
        *entry.caller.write().unwrap_or_else(PoisonError::into_inner) =
            (version, Arc::clone(&caller));
        Ok(caller)
    }

    async fn rights_of(&self, user: UserId, version: u64) -> Result<Arc<Rights>, Refusal> {
        let sessions = self.sessions();
        if let Some(rights) = sessions
            .rights
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&user)
        {
            return Ok(Arc::clone(rights));
        }
        let rights = Arc::new(
            self.read(move |conn, _| Ok(Rights::of_user(conn, user)?))
                .await?,
        );
        let mut known = sessions
            .rights
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if sessions.rights_version.load(Ordering::SeqCst) == version {
            known.insert(user, Arc::clone(&rights));
        }
        Ok(rights)
    }
}

/// Keeps a session alive: an open stream.
pub struct Hold(Option<Arc<Entry>>);

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(entry) = &self.0 {
            entry.heard_at.store(clock::now(), Ordering::Relaxed);
            entry.streams.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
