//! Sessions: who is logged in.
//!
//! A session is known by three things that must agree: its id in the path, a cookie named after it, and (for all but a few
//! operations) a CSRF token in a header. Cookie and token are random words of 256 bits; only their hashes are kept. The cookie is
//! `HttpOnly`, so that a page's script cannot read it, and a foreign page, whose requests carry the cookie, does not know the token.
//!
//! A session is a row, so that a restart logs nobody out and any node serves it. Each node keeps what it knows of a session beside
//! it and drops that when the journal says that the session ended or that rights changed. A session ends by `DELETE connection`
//! or when nothing was heard of it for a while; the time of its last request is written at most once a minute.
//!
//! ICWS: `ConceptualContent/GettingStarted_MakingRequests.htm`, `icws/(sessionId)/connection/index.htm`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use store::Tx;
use store::rows::{people, sessions as rows};

use crate::caller::Caller;
use crate::clock;
use crate::desk::Desk;
use crate::ids::{SessionId, UserId};
use crate::journal::Change;
use crate::language::Language;
use crate::refusal::{Refusal, SessionFault};
use crate::rights::Rights;
use crate::rules::{Rules, millis};
use crate::tokens;

/// How often the time of the last request is written at the most, in milliseconds; more often where sessions end sooner.
const TOUCH_EVERY: i64 = 60_000;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// By its own client.
    LoggedOut,
    /// Nothing was heard of it.
    Idle,
}

impl EndReason {
    fn number(self) -> i16 {
        match self {
            EndReason::LoggedOut => 0,
            EndReason::Idle => 1,
        }
    }

    fn of_number(number: Option<i16>) -> Self {
        if number == Some(1) {
            EndReason::Idle
        } else {
            EndReason::LoggedOut
        }
    }
}

/// A session that was just made, with the words that only its client knows.
#[derive(Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The value of its cookie.
    pub cookie: String,
    /// Its CSRF token.
    pub token: String,
}

/// What a request brings to prove its session.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// The session id in the path.
    pub session: Option<SessionId>,
    /// The value of the cookie that is named after that session.
    pub cookie: Option<&'a str>,
    /// Whether there are cookies of other sessions.
    pub other_cookies: bool,
    /// The CSRF token; the outer `None` where the operation does not ask for it.
    pub token: Option<Option<&'a str>>,
}

/// What a node knows of a session.
struct Entry {
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
pub struct Sessions {
    entries: RwLock<HashMap<SessionId, Arc<Entry>>>,
    /// Grows when a session ends, so that what was read before is not kept after.
    endings: AtomicU64,
    rights: RwLock<HashMap<UserId, Arc<Rights>>>,
    /// Grows when rights change.
    rights_version: AtomicU64,
}

impl Sessions {
    fn entry(&self, id: SessionId) -> Option<Arc<Entry>> {
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
    /// Notes a request; true if that has to be written.
    fn hear(&self, now: i64, rules: &Rules) -> bool {
        let touch_every = TOUCH_EVERY.min(millis(rules.session_idle) / 5);
        self.heard_at.store(now, Ordering::Relaxed);
        let written = self.written_at.load(Ordering::Relaxed);
        now - written >= touch_every
            && self
                .written_at
                .compare_exchange(written, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    fn check(&self, proof: &Proof<'_>) -> Result<(), SessionFault> {
        check_proof(&self.cookie_hash, &self.token_hash, proof)
    }
}

/// Whether the words are those whose hashes are kept. Comparing hashes of random words tells nothing by the time it takes.
fn check_proof(
    cookie_hash: &[u8],
    token_hash: &[u8],
    proof: &Proof<'_>,
) -> Result<(), SessionFault> {
    match proof.cookie {
        None if proof.other_cookies => return Err(SessionFault::CookieMismatch),
        None => return Err(SessionFault::CookieMissing),
        Some(cookie) if tokens::hash(cookie) != *cookie_hash => {
            return Err(SessionFault::CookieMismatch);
        }
        Some(_) => {}
    }
    match proof.token {
        None => Ok(()),
        Some(Some(token)) if tokens::hash(token) == *token_hash => Ok(()),
        Some(_) => Err(SessionFault::Token),
    }
}

/// Makes a session for a user.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn begin(
    tx: &mut Tx<'_>,
    user: UserId,
    language: Language,
    application: &str,
    now: i64,
) -> Result<NewSession, Refusal> {
    let mut id = tokens::session_id();
    while rows::session(tx.read(), id)?.is_some() {
        id = tokens::session_id();
    }
    let new = NewSession {
        id: SessionId(id),
        cookie: tokens::guid().to_string(),
        token: tokens::word(),
    };
    rows::add(
        tx,
        &rows::Session {
            id,
            user_id: user.0,
            cookie_hash: tokens::hash(&new.cookie).to_vec(),
            token_hash: tokens::hash(&new.token).to_vec(),
            language: language.tag().to_owned(),
            application: application
                .chars()
                .filter(|character| !character.is_control())
                .take(200)
                .collect(),
            created_at: now,
            seen_at: now,
            ended_at: None,
            end_reason: None,
            station: None,
        },
    )?;
    Change::UserStatus(user.0).record(tx);
    Ok(new)
}

/// Ends a session.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn end(tx: &mut Tx<'_>, id: SessionId, reason: EndReason, now: i64) -> Result<(), Refusal> {
    if rows::end(tx, id.0, now, reason.number())? {
        Change::SessionEnded(id.0).record(tx);
        if let Some(session) = rows::session(tx.read(), id.0)? {
            Change::UserStatus(session.user_id).record(tx);
        }
    }
    Ok(())
}

/// The state of a session as `GET connection` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It goes on.
    Up,
    /// It has ended.
    Down {
        /// How.
        reason: EndReason,
        /// The language its messages are in.
        language: Language,
    },
}

impl Desk {
    /// The caller of a request that stands in a good session.
    ///
    /// # Errors
    /// [`Refusal::Session`], which says what is wrong.
    pub async fn authenticate(&self, proof: Proof<'_>) -> Result<Arc<Caller>, Refusal> {
        let id = proof
            .session
            .ok_or(Refusal::Session(SessionFault::Unknown))?;
        let entry = match self.sessions().entry(id) {
            Some(entry) => entry,
            None => self.load_session(id).await?,
        };
        entry.check(&proof).map_err(Refusal::Session)?;
        let now = clock::now();
        if now - entry.heard_at.load(Ordering::Relaxed) > millis(self.rules().session_idle)
            && entry.streams.load(Ordering::Relaxed) == 0
            && self.is_idle(id, now).await?
        {
            self.end_session(id, EndReason::Idle).await?;
            return Err(Refusal::Session(SessionFault::Unknown));
        }
        if entry.hear(now, self.rules()) {
            self.touch(id, now);
        }
        self.caller_of(id, &entry).await
    }

    /// The caller of a session that was found good before, with the rights of now.
    ///
    /// # Errors
    /// [`Refusal::Session`] if it has ended.
    pub async fn caller(&self, id: SessionId) -> Result<Arc<Caller>, Refusal> {
        let entry = match self.sessions().entry(id) {
            Some(entry) => entry,
            None => self.load_session(id).await?,
        };
        self.caller_of(id, &entry).await
    }

    /// The state of a session, whether it goes on or has ended a short while ago.
    ///
    /// # Errors
    /// [`Refusal::Session`] if there is none, it ended too long ago, or cookie or token are another's.
    pub async fn session_state(&self, proof: Proof<'_>) -> Result<SessionState, Refusal> {
        match self.authenticate(proof).await {
            Ok(_) => return Ok(SessionState::Up),
            Err(Refusal::Session(SessionFault::Unknown)) => {}
            Err(refusal) => return Err(refusal),
        }
        let unknown = Refusal::Session(SessionFault::Unknown);
        let Some(id) = proof.session else {
            return Err(unknown);
        };
        let row = self
            .read(move |conn, _| Ok(rows::session(conn, id.0)?))
            .await?;
        let Some((row, ended_at)) = row.and_then(|row| row.ended_at.map(|at| (row, at))) else {
            return Err(unknown);
        };
        check_proof(&row.cookie_hash, &row.token_hash, &proof).map_err(Refusal::Session)?;
        if clock::now() - ended_at > millis(self.rules().session_kept) {
            return Err(unknown);
        }
        Ok(SessionState::Down {
            reason: EndReason::of_number(row.end_reason),
            language: Language::of_tag(&row.language),
        })
    }

    /// Ends a session; when it resolves, this node takes nothing more in it.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn end_session(&self, id: SessionId, reason: EndReason) -> Result<(), Refusal> {
        self.write(move |tx, at| end(tx, id, reason, at.now))
            .await?;
        self.caught_up().await;
        Ok(())
    }

    /// Ends the sessions of which nothing was heard for too long, and forgets those that ended long ago.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn end_idle_sessions(&self) -> Result<(), Refusal> {
        let now = clock::now();
        let before = now - millis(self.rules().session_idle);
        for id in self
            .read(move |conn, _| Ok(rows::idle_since(conn, before)?))
            .await?
        {
            let alive = self.sessions().entry(SessionId(id)).is_some_and(|entry| {
                entry.streams.load(Ordering::Relaxed) > 0
                    || entry.heard_at.load(Ordering::Relaxed) >= before
            });
            if alive {
                self.touch(SessionId(id), now);
            } else {
                self.end_session(SessionId(id), EndReason::Idle).await?;
            }
        }
        let kept = millis(self.rules().session_kept) * 2;
        self.write(move |tx, at| Ok(rows::forget_ended(tx, at.now - kept)?))
            .await?;
        self.write(|tx, at| Ok(rows::forget_auth_tokens(tx, at.now)?))
            .await?;
        let read = millis(self.rules().one_shot_kept);
        self.write(move |tx, at| Ok(rows::forget_read(tx, at.now - read)?))
            .await?;
        Ok(())
    }

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

    fn touch(&self, id: SessionId, now: i64) {
        let desk = self.clone();
        tokio::spawn(async move {
            if let Err(error) = desk
                .write(move |tx, _| Ok(rows::touch(tx, id.0, now)?))
                .await
            {
                tracing::warn!(
                    ?error,
                    session = id.0,
                    "the time of a session's last request could not be written"
                );
            }
        });
    }

    /// Whether no other node has heard of the session either.
    async fn is_idle(&self, id: SessionId, now: i64) -> Result<bool, Refusal> {
        let row = self
            .read(move |conn, _| Ok(rows::session(conn, id.0)?))
            .await?;
        Ok(row.is_none_or(|row| now - row.seen_at > millis(self.rules().session_idle)))
    }

    async fn load_session(&self, id: SessionId) -> Result<Arc<Entry>, Refusal> {
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

    async fn caller_of(&self, id: SessionId, entry: &Entry) -> Result<Arc<Caller>, Refusal> {
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
