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

mod known;

use std::sync::Arc;

use store::Tx;
use store::rows::sessions as rows;

pub use self::known::Hold;
pub(crate) use self::known::Sessions;
use crate::caller::Caller;
use crate::clock;
use crate::desk::Desk;
use crate::ids::{SessionId, UserId};
use crate::journal::Change;
use crate::language::Language;
use crate::messaging::{Topic, subscribe_session};
use crate::refusal::{Refusal, SessionFault};
use crate::rules::millis;
use crate::tokens;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// By its own client.
    LoggedOut,
    /// Nothing was heard of it.
    Idle,
    /// The user was removed.
    Removed,
}

impl EndReason {
    fn number(self) -> i16 {
        match self {
            EndReason::LoggedOut => 0,
            EndReason::Idle => 1,
            EndReason::Removed => 2,
        }
    }

    fn of_number(number: Option<i16>) -> Self {
        match number {
            Some(1) => EndReason::Idle,
            Some(2) => EndReason::Removed,
            _ => EndReason::LoggedOut,
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

/// What a client says of itself when a session begins.
#[derive(Debug, Clone)]
pub struct Client {
    /// What it calls itself.
    pub application: String,
    /// The language of its messages.
    pub language: Language,
    /// Whether it wants to be told of the station that counts for the session, from its beginning on.
    pub follows_effective_station: bool,
}

/// Makes a session for a user.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn begin(
    tx: &mut Tx<'_>,
    user: UserId,
    client: &Client,
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
            language: client.language.tag().to_owned(),
            application: client
                .application
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
    if client.follows_effective_station {
        subscribe_session(tx, new.id, &Topic::EffectiveStation, String::new())?;
    }
    Change::Station(id).record(tx);
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
        if !entry.is_alive(now - millis(self.rules().session_idle)) && self.is_idle(id, now).await?
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

    /// The language of a session that this node knows of.
    pub fn known_language(&self, id: SessionId) -> Option<Language> {
        self.sessions().entry(id).map(|entry| entry.language())
    }

    /// The language of a session, of one that ended a short while ago too.
    pub async fn language_of(&self, id: SessionId) -> Option<Language> {
        if let Some(language) = self.known_language(id) {
            return Some(language);
        }
        let row = self.read(move |conn, _| Ok(rows::session(conn, id.0)?));
        let row = row.await.ok().flatten()?;
        Some(Language::of_tag(&row.language))
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

    /// How a session ended.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn end_reason(&self, id: SessionId) -> Result<EndReason, Refusal> {
        let row = self
            .read(move |conn, _| Ok(rows::session(conn, id.0)?))
            .await?;
        Ok(EndReason::of_number(row.and_then(|row| row.end_reason)))
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
            let known = self.sessions().entry(SessionId(id));
            if known.is_some_and(|entry| entry.is_alive(before)) {
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
}
