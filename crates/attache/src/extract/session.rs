//! Who asks: anybody, or the caller of a good session.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use desk::sessions::Proof;
use desk::{Caller, Language, Refusal, SessionFault, SessionId};
use icws::cookies;

use super::rights::{Asked, NoRight, Token, WithToken};
use super::{Asks, CSRF_TOKEN, Needs};
use crate::answer::Refused;
use crate::app::App;
use crate::arrival::Arrival;

/// No session: anybody may ask.
#[derive(Debug, Clone)]
pub struct Open {
    /// The language asked for, if any was.
    pub accept_language: Option<String>,
    /// How the request came.
    pub arrival: Arrival,
}

impl Needs for Open {
    const ASKS: Asks = Asks {
        session: false,
        token: false,
        ended: false,
        right: None,
    };

    async fn obtain(parts: &Parts, _app: &App) -> Result<Self, Refusal> {
        let accept_language = parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Self {
            accept_language,
            arrival: Arrival::of(&parts.extensions),
        })
    }

    fn language(&self) -> Language {
        self.accept_language
            .as_deref()
            .map(Language::choose)
            .unwrap_or_default()
    }
}

/// A good session, whose caller has the right `R`.
#[derive(Debug, Clone)]
pub struct Session<R = NoRight, T = WithToken> {
    caller: Arc<Caller>,
    asked: PhantomData<fn() -> (R, T)>,
}

impl<R: Asked, T: Token> Deref for Session<R, T> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<R: Asked, T: Token> Session<R, T> {
    /// The caller, to be taken into a rule.
    pub fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }
}

impl<R: Asked, T: Token> Needs for Session<R, T> {
    const ASKS: Asks = Asks {
        session: true,
        token: T::ASKED,
        ended: false,
        right: match R::RIGHT {
            Some((right, _)) => Some(right),
            None => None,
        },
    };

    async fn obtain(parts: &Parts, app: &App) -> Result<Self, Refusal> {
        let proof = Found::in_parts(parts);
        let caller = app.desk.authenticate(proof.proof(T::ASKED)).await?;
        if let Some((right, refusal)) = R::RIGHT
            && !caller.may(right)
        {
            return Err(refusal());
        }
        Ok(Self {
            caller,
            asked: PhantomData,
        })
    }

    fn language(&self) -> Language {
        self.caller.language
    }

    fn user(&self) -> Option<&str> {
        Some(&self.caller.user_name)
    }
}

/// A session that goes on or has ended a short while ago.
#[derive(Debug, Clone)]
pub struct AnySession {
    /// Its state.
    pub state: desk::sessions::SessionState,
}

impl Needs for AnySession {
    const ASKS: Asks = Asks {
        session: true,
        token: true,
        ended: true,
        right: None,
    };

    async fn obtain(parts: &Parts, app: &App) -> Result<Self, Refusal> {
        let state = app
            .desk
            .session_state(Found::in_parts(parts).proof(true))
            .await?;
        Ok(Self { state })
    }

    fn language(&self) -> Language {
        match self.state {
            desk::sessions::SessionState::Down { language, .. } => language,
            desk::sessions::SessionState::Up => Language::default(),
        }
    }
}

/// The session id in a path.
pub fn session_in(path: &str) -> Option<SessionId> {
    path.split('/').nth(2).and_then(SessionId::parse)
}

/// What a request has of the three things that name a session.
struct Found<'a> {
    session: Option<SessionId>,
    cookie: Option<&'a str>,
    other_cookies: bool,
    token: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn in_parts(parts: &'a Parts) -> Self {
        let session = session_in(parts.uri.path());
        let (cookie, other_cookies) = match session {
            Some(session) => session_cookie(&parts.headers, session),
            None => (None, false),
        };
        let token = parts
            .headers
            .get(CSRF_TOKEN)
            .and_then(|value| value.to_str().ok())
            .map(str::trim);
        Self {
            session,
            cookie,
            other_cookies,
            token,
        }
    }

    fn proof(&self, token: bool) -> Proof<'a> {
        Proof {
            session: self.session,
            cookie: self.cookie,
            other_cookies: self.other_cookies,
            token: token.then_some(self.token),
        }
    }
}

/// The value of the cookie that is named after a session, and whether there are cookies of other sessions. See [`cookies::sessions`].
fn session_cookie(headers: &HeaderMap, session: SessionId) -> (Option<&str>, bool) {
    let (mut found, mut others) = (None, false);
    for value in headers.get_all(header::COOKIE) {
        let Ok(value) = value.to_str() else { continue };
        for (id, value) in cookies::sessions(value) {
            if SessionId::parse(id) == Some(session) {
                found = Some(value);
            } else {
                others = true;
            }
        }
    }
    (found, others)
}

/// Makes the types that were obtained before the handler runs arguments of it.
macro_rules! obtained_before {
    ($(for<$($generic:ident: $bound:ident),*> $type:ty;)+) => {$(
        impl<$($generic: $bound),*> FromRequestParts<App> for $type {
            type Rejection = Refused;

            async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refused> {
                let missing = || Refused(Refusal::Session(SessionFault::Unknown));
                parts.extensions.remove::<Self>().ok_or_else(missing)
            }
        }
    )+};
}

obtained_before! {
    for<> Open;
    for<> AnySession;
    for<R: Asked, T: Token> Session<R, T>;
}
