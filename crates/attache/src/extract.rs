//! What a handler asks for in its signature: the session with the right it needs, ids in the path, the body.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use desk::sessions::Proof;
use desk::{Caller, InteractionId, Language, Refusal, Right, SessionFault, SessionId};
use http_body_util::BodyExt;
use icws::cookies;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::answer::Refused;
use crate::app::{App, BodyLimits};
use crate::arrival::Arrival;

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

/// Whether an operation asks for the token.
pub trait Token: Clone + Send + Sync + 'static {
    /// Whether it does.
    const ASKED: bool;
}

/// The token is asked for.
#[derive(Debug, Clone)]
pub struct WithToken;
/// The token is not asked for: a browser's `EventSource`, an image or a link cannot send it.
#[derive(Debug, Clone)]
pub struct WithoutToken;

impl Token for WithToken {
    const ASKED: bool = true;
}
impl Token for WithoutToken {
    const ASKED: bool = false;
}

/// A right that belongs to the caller alone.
pub trait Asked: Clone + Send + Sync + 'static {
    /// The right, and how its absence is refused.
    const RIGHT: Option<(Right, fn() -> Refusal)>;
}

/// No right of the caller's own.
#[derive(Debug, Clone)]
pub struct NoRight;
/// The security right Response Management.
#[derive(Debug, Clone)]
pub struct ResponseManagement;

/// The right to administer all users, and so to make one.
#[derive(Debug, Clone)]
pub struct MakesUsers;
/// The right to administer all roles, and so to make one.
#[derive(Debug, Clone)]
pub struct MakesRoles;
/// The right to administer all workgroups, and so to make one.
#[derive(Debug, Clone)]
pub struct MakesWorkgroups;

impl Asked for MakesUsers {
    const RIGHT: Option<(Right, fn() -> Refusal)> =
        Some((Right::Users, || Refusal::ConfigurationDenied));
}
impl Asked for MakesRoles {
    const RIGHT: Option<(Right, fn() -> Refusal)> =
        Some((Right::Roles, || Refusal::ConfigurationDenied));
}
impl Asked for MakesWorkgroups {
    const RIGHT: Option<(Right, fn() -> Refusal)> =
        Some((Right::Workgroups, || Refusal::ConfigurationDenied));
}
impl Asked for NoRight {
    const RIGHT: Option<(Right, fn() -> Refusal)> = None;
}
impl Asked for ResponseManagement {
    const RIGHT: Option<(Right, fn() -> Refusal)> = Some((Right::AllowResponseManagement, || {
        Refusal::ResponseManagementDenied
    }));
}

/// Rights that are refused alike.
macro_rules! asked {
    ($($(#[$about:meta])* $name:ident = $right:ident;)*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone)]
            pub struct $name;

            impl Asked for $name {
                const RIGHT: Option<(Right, fn() -> Refusal)> =
                    Some((Right::$right, || Refusal::RightMissing(Right::$right)));
            }
        )*
    };
}

asked! {
    /// The security right to pick interactions up.
    PickUp = CanPickupInteractions;
    /// The security right to put interactions on hold.
    Hold = CanPutInteractionsOnHold;
    /// The security right to park interactions.
    Park = CanParkInteractions;
    /// The security right to transfer interactions.
    Transfer = CanTransferInteractions;
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

/// What a request has of the three things that name a session.
struct Found<'a> {
    session: Option<SessionId>,
    cookie: Option<&'a str>,
    other_cookies: bool,
    token: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn in_parts(parts: &'a Parts) -> Self {
        let session = parts
            .uri
            .path()
            .split('/')
            .nth(2)
            .and_then(SessionId::parse);
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

/// The interaction that the path names. An id of any other shape is one that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct InPath(pub InteractionId);

#[derive(Deserialize)]
struct InteractionSegment {
    #[serde(rename = "interactionId")]
    interaction: String,
}

impl FromRequestParts<App> for InPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        // Bytes that are no UTF-8 are no segment.
        let segment = Path::<InteractionSegment>::from_request_parts(parts, app).await;
        let id = segment
            .ok()
            .and_then(|Path(segment)| InteractionId::parse(&segment.interaction));
        Ok(Self(id.unwrap_or(InteractionId::NONE)))
    }
}

/// The last segment of the path, decoded: a name that the contract or the server chose. Bytes that are no UTF-8 are replaced, which
/// makes it a name that nothing has.
#[derive(Debug, Clone)]
pub struct LastSegment(pub String);

impl FromRequestParts<App> for LastSegment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let segment = parts.uri.path().rsplit('/').next().unwrap_or_default();
        Ok(Self(
            percent_decode_str(segment).decode_utf8_lossy().into_owned(),
        ))
    }
}

/// The segment before the last one, in the same way.
#[derive(Debug, Clone)]
pub struct BeforeLastSegment(pub String);

impl FromRequestParts<App> for BeforeLastSegment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let segment = parts.uri.path().rsplit('/').nth(1).unwrap_or_default();
        Ok(Self(
            percent_decode_str(segment).decode_utf8_lossy().into_owned(),
        ))
    }
}

/// The query. Names are compared without regard to case, and a name may come more than once.
#[derive(Debug, Clone)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The values of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self
            .0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The elements of a list: its values are joined by commas, spaces around them and empty ones do not count.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.all(name)
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .filter(|one| !one.is_empty())
    }
}

impl FromRequestParts<App> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        // Pairs of texts can be read from any query.
        Ok(Self(
            Query::try_from_uri(&parts.uri)
                .map(|Query(pairs)| pairs)
                .unwrap_or_default(),
        ))
    }
}

/// Which limit a request's body has.
pub trait Bounded: icws::Request {
    /// In bytes.
    fn limit(limits: &BodyLimits) -> u64;
}

macro_rules! bounded {
    ($($limit:ident: $($type:ty),+;)+) => {$($(
        impl Bounded for $type {
            fn limit(limits: &BodyLimits) -> u64 {
                limits.$limit
            }
        }
    )+)+};
}

bounded! {
    json: icws::connection::AuthRequest,
        icws::connection::CreateUniqueAuthTokenRequest,
        icws::connection::StationSettings,
        icws::interactions::InteractionAttributesUpdate,
        icws::interactions::InteractionSubscription,
        icws::interactions::HoldParameters,
        icws::interactions::MakePrivateParameters,
        icws::interactions::TransferParameters,
        icws::interactions::WrapupAssignment,
        icws::queues::QueueSubscriptionParameters,
        icws::email::EmailUploadFileAttachmentRequest,
        icws::email::EmailRemoveFileAttachmentRequest, icws::email::EmailGetMessageParameters,
        icws::email::EmailResolveAddressParameters,
        icws::email::EmailInsertResponseManagementRequest,
        icws::response_management::GenerateFileUrlRequest,
        icws::activations::UserActivationDelta,
        icws::activations::UserActivationSubscription,
        icws::activations::WorkgroupActivationDelta,
        icws::activations::WorkgroupActivationSubscription,
        icws::configuration::ConfigObjectSubscription,
        icws::configuration::people::RoleUpdate,
        icws::configuration::people::UserUpdate,
        icws::configuration::people::UserPassword,
        icws::configuration::people::WorkgroupUpdate,
        icws::configuration::people::MonitoredMailboxesBulkUpdate,
        icws::licenses::Licenses,
        icws::licenses::LicenseStageOperations,
        icws::session::SessionsStationsSubscription,
        icws::session::SessionsUsersSubscription,
        icws::status::StatusMessagesUserAccessSubscription,
        icws::status::UserStatusSubscription,
        icws::status::UserStatusUpdate,
        icws::system::HandlerNotification,
        icws::system::HandlerSentNotificationsSubscription;
    email: icws::interactions::CreateInteractionParameters, icws::email::EmailSaveParameters, icws::configuration::mail::SendEmailArgument;
    library: icws::response_management::Library;
}

/// The body as the contract's type, whatever its Content-Type says.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Bounded> FromRequest<App> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let body = read_bounded(request, T::limit(&app.body_limits)).await?;
        Ok(Self(icws::read::<T>(&body).map_err(Refusal::from)?))
    }
}

/// Reads a body to its end, or to its limit and no further.
async fn read_bounded(request: Request, limit: u64) -> Result<Vec<u8>, Refusal> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Refusal::BodyTooLarge { limit });
    }
    let mut body = request.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Refusal::Malformed(format!("its body broke off ({error})")))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if (bytes.len() + data.len()) as u64 > limit {
            return Err(Refusal::BodyTooLarge { limit });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
