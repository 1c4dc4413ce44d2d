//! What a handler asks for in its signature: the session with the right it needs, ids in the path, the body.

mod address;
mod body;
mod rights;
mod session;

use axum::http::request::Parts;
use desk::{Language, Refusal, Right};

pub use self::address::{BeforeLastSegment, InPath, LastSegment, Parameters};
pub use self::body::{Bounded, Json};
pub use self::rights::{
    Asked, Hold, MakesRoles, MakesUsers, MakesWorkgroups, NoRight, Park, PickUp,
    ResponseManagement, Token, Transfer, WithToken, WithoutToken,
};
pub use self::session::{AnySession, Open, Session, session_in};
use crate::app::App;

/// The header of the CSRF token.
pub const CSRF_TOKEN: &str = "ININ-ICWS-CSRF-Token";

/// What an operation asks of a request before anything else is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asks {
    /// A session: its id in the path and its cookie.
    pub session: bool,
    /// The session's token in a header, too.
    pub token: bool,
    /// Whether a session that has ended does as well.
    pub ended: bool,
    /// A right that belongs to the caller alone.
    pub right: Option<Right>,
}

/// The first argument of a handler. Its type says what the operation asks for; that it could be had is its value.
pub trait Needs: Clone + Send + Sync + 'static {
    /// What it asks for.
    const ASKS: Asks;

    /// Obtains it, or refuses.
    fn obtain(parts: &Parts, app: &App) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// The language of what goes back.
    fn language(&self) -> Language;

    /// The user id of the caller, if it is known who asks.
    fn user(&self) -> Option<&str> {
        None
    }
}
