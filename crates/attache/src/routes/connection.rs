//! Connection: `icws/connection/index.htm` and its siblings.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use desk::caller::session_url;
use desk::language::Language;
use desk::login::{self, Credentials, LoggedIn};
use desk::messaging::{Topic, subscribe, unsubscribe};
use desk::sessions::{Client, EndReason, SessionState};
use desk::{Refusal, clock, stations};
use icws::connection::{
    AuthRequest, AuthenticationInfo, ConnectionResponse, ConnectionSettings, ConnectionState,
    CreateUniqueAuthTokenRequest, CreateUniqueAuthTokenResponse, FeatureInfo, FeatureInfos,
    PurecloudIntegration, ServerInfo, ServerTimeInfo, StationInformation, StationSettings,
    SwitchoverStatus, VersionInfo,
};
use icws::cookies::PREFIX;
use icws::{Date, Nullable};

use crate::answer::{Created, Done, NoContent, Refused, Representation};
use crate::app::App;
use crate::arrival::Arrival;
use crate::extract::{AnySession, Json, LastSegment, Needs, Open, Parameters, Session};

type Answer<T> = Result<T, Refused>;

const SESSION_ID: HeaderName = HeaderName::from_static("inin-icws-session-id");
const CSRF_TOKEN: HeaderName = HeaderName::from_static("inin-icws-csrf-token");

/// What a client may use, up to these versions.
const FEATURES: &[(&str, i32)] = &[
    ("configuration", 1),
    ("connection", 10),
    ("interactions", 10),
    ("licenses", 1),
    ("messaging", 2),
    ("queues", 1),
    ("response-management", 4),
    ("session", 1),
    ("status", 1),
];

/// `GET connection/version`.
pub async fn version(_: Open) -> Representation<VersionInfo> {
    Representation(version_info())
}

/// The server's version in the parts that ICWS knows: strings of digits. `majorVersion` is a release year of two digits there.
fn version_info() -> VersionInfo {
    let release = format!("Attaché {}", env!("CARGO_PKG_VERSION"));
    VersionInfo {
        major_version: env!("CARGO_PKG_VERSION_MAJOR").into(),
        minor_version: env!("CARGO_PKG_VERSION_MINOR").into(),
        su: env!("CARGO_PKG_VERSION_PATCH").into(),
        build: "1".into(),
        product_id: "attache".into(),
        codebase_id: "1".into(),
        product_release_display_string: Some(release),
        product_patch_display_string: Some(String::new()),
    }
}

fn feature_list() -> Vec<FeatureInfo> {
    FEATURES
        .iter()
        .map(|(id, version)| FeatureInfo {
            feature_id: (*id).into(),
            version: *version,
        })
        .collect()
}

/// `GET connection/features`.
pub async fn features(_: Open) -> Representation<FeatureInfos> {
    Representation(FeatureInfos {
        feature_info_list: feature_list(),
    })
}

/// `GET connection/features/{featureId}`. An unknown one is 400: the contract has no 404 here.
pub async fn feature(_: Open, LastSegment(id): LastSegment) -> Answer<Representation<FeatureInfo>> {
    let known = feature_list()
        .into_iter()
        .find(|feature| feature.feature_id.eq_ignore_ascii_case(&id));
    let unknown =
        || Refusal::FeatureNotFound(id.chars().filter(|c| !c.is_control()).take(100).collect());
    Ok(Representation(known.ok_or_else(unknown)?))
}

/// `GET connection/server-info`. Languages are named in the one that is asked for; if none is, each in itself.
pub async fn server_info(open: Open, query: Parameters) -> Representation<ServerInfo> {
    let display = query.list("displayLanguage").next().map(Language::choose);
    let language = |language: &Language| icws::connection::Language {
        language_id: language.tag().into(),
        language_display_name: language.name_in(display.unwrap_or(*language)).into(),
    };
    Representation(ServerInfo {
        languages: Language::ALL.iter().map(language).collect(),
        accept_language: open.language().tag().into(),
        authentication: Some(AuthenticationInfo {
            allow_ic_auth: true,
            identity_providers: Some(Vec::new()),
            user_agreement_text: None,
        }),
    })
}

/// `GET connection/server-time`.
pub async fn server_time(_: Open) -> Representation<ServerTimeInfo> {
    Representation(time_info())
}

fn time_info() -> ServerTimeInfo {
    ServerTimeInfo {
        server_utc_time: Date::from_unix_millis(clock::now()),
    }
}

/// `POST connection`: log in. Cookies and tokens of earlier sessions are not looked at.
pub async fn create(
    open: Open,
    State(app): State<App>,
    query: Parameters,
    Json(request): Json<AuthRequest>,
) -> Answer<Created<ConnectionResponse>> {
    let language = open.language();
    if app.stopping.has_begun() {
        return Err(Refusal::Stopping(vec![app.server_name.to_string()]).into());
    }
    if open.accept_language.is_none() {
        return Err(Refusal::MissingHeader("Accept-Language").into());
    }
    let include: BTreeSet<&str> = query.list("include").collect();
    let client = |application| Client {
        application,
        language,
        follows_effective_station: include.contains("effective-station"),
    };
    let logged_in = match request {
        AuthRequest::IcAuth {
            application_name,
            user_id,
            password,
        } => {
            let credentials = Credentials {
                user_id,
                password,
                client: client(application_name),
                address: open.arrival.address,
            };
            app.desk.log_in(credentials).await?
        }
        AuthRequest::AuthToken(request) => {
            let client = client(request.application_name.clone());
            app.desk.log_in_by_token(request, client).await?
        }
        AuthRequest::Unsupported(urn) => {
            return Err(Refusal::AuthenticationNotServed(urn.into()).into());
        }
    };
    let headers = session_headers(&app, &logged_in, open.arrival).map_err(Refusal::internal)?;
    Ok(Created(
        headers,
        connection_response(&app, logged_in, &include),
    ))
}

fn connection_response(
    app: &App,
    logged_in: LoggedIn,
    include: &BTreeSet<&str>,
) -> ConnectionResponse {
    let asked = |name: &str| include.contains(name);
    ConnectionResponse {
        csrf_token: logged_in.session.token,
        session_id: logged_in.session.id.to_string(),
        alternate_host_list: Some(Vec::new()),
        user_id: Some(logged_in.user_name),
        user_display_name: Some(logged_in.display_name),
        ic_server: Some(app.server_name.to_string()),
        days_until_password_expiration: None,
        version: asked("version").then(version_info),
        features: asked("features").then(feature_list),
        server_time_info: asked("server-time").then(time_info),
        default_workstation_id: if asked("default-workstation") {
            Nullable::Null
        } else {
            Nullable::Absent
        },
        effective_station: if asked("effective-station") {
            Nullable::Null
        } else {
            Nullable::Absent
        },
        purecloud_integration: asked("purecloud-integration").then_some(PurecloudIntegration {
            integration_enabled: false,
            web_rtc_integration_enabled: None,
        }),
    }
}

/// The session in headers: clients read it there. Exactly one cookie, set exactly once.
fn session_headers(
    app: &App,
    logged_in: &LoggedIn,
    arrival: Arrival,
) -> Result<HeaderMap, axum::http::header::InvalidHeaderValue> {
    let session = &logged_in.session;
    let id = session.id;
    let url = |below| session_url(&app.desk.rules().prefix, id, below);
    // A browser hands a cookie of another site's server on only if that is said, and it is only believed where the way is safe. Many do so
    // only if it is good for this page's site alone.
    let attributes = match (arrival.secure, arrival.from_page) {
        (false, _) => "",
        (true, false) => "; Secure",
        (true, true) => "; Secure; SameSite=None; Partitioned",
    };
    let (value, path) = (&session.cookie, url(""));
    let cookie = format!("{PREFIX}{id}={value}; Path={path}; HttpOnly{attributes}");
    let mut headers = HeaderMap::new();
    headers.insert(SESSION_ID, HeaderValue::from_str(&id.to_string())?);
    headers.insert(CSRF_TOKEN, HeaderValue::from_str(&session.token)?);
    headers.insert(header::SET_COOKIE, HeaderValue::from_str(&cookie)?);
    headers.insert(
        header::LOCATION,
        HeaderValue::from_str(&url("/connection"))?,
    );
    Ok(headers)
}

/// `GET {sessionId}/connection`: the state of a session, of an ended one too.
pub async fn get(session: AnySession) -> Representation<ConnectionSettings> {
    Representation(match session.state {
        SessionState::Up => ConnectionSettings {
            connection_state: ConnectionState::Up,
            reason: None,
            should_reconnect: None,
        },
        SessionState::Down { reason, language } => ConnectionSettings {
            connection_state: ConnectionState::Down,
            reason: Some(reason_text(reason, language).into()),
            should_reconnect: Some(reason == EndReason::Idle),
        },
    })
}

/// `GET {sessionId}/connection/switchover-status`: servers on one database are all the same, so there is no pair of which one waits.
pub async fn switchover_status(
    _: Session,
    State(app): State<App>,
) -> Representation<SwitchoverStatus> {
    Representation(SwitchoverStatus {
        is_switchover_active: false,
        primary_host: app.server_name.to_string(),
    })
}

/// Why a session ended, for a person.
pub fn reason_text(reason: EndReason, language: Language) -> &'static str {
    match (language, reason) {
        (Language::English, EndReason::LoggedOut) => "The user logged out.",
        (Language::English, EndReason::Idle) => "Nothing was heard of the client for too long.",
        (Language::English, EndReason::Removed) => "The user was removed.",
        (Language::German, EndReason::LoggedOut) => "Der Benutzer hat sich abgemeldet.",
        (Language::German, EndReason::Idle) => "Der Client hat sich zu lange nicht gemeldet.",
        (Language::German, EndReason::Removed) => "Der Benutzer wurde entfernt.",
    }
}

/// `DELETE {sessionId}/connection`: log out.
pub async fn delete(session: Session, State(app): State<App>) -> Answer<NoContent> {
    app.desk
        .end_session(session.session, EndReason::LoggedOut)
        .await?;
    Ok(NoContent)
}

/// `POST {sessionId}/connection/unique-auth-token`.
pub async fn unique_auth_token(
    session: Session,
    State(app): State<App>,
    Json(request): Json<CreateUniqueAuthTokenRequest>,
) -> Answer<Representation<CreateUniqueAuthTokenResponse>> {
    let caller = session.caller();
    let auth_token = app
        .desk
        .write(move |tx, at| login::make_token(tx, &caller, request.auth_token_seed, at.now))
        .await?;
    Ok(Representation(CreateUniqueAuthTokenResponse { auth_token }))
}

/// `GET {sessionId}/connection/station`.
pub async fn station(
    session: Session,
    State(app): State<App>,
) -> Answer<Representation<StationInformation>> {
    let caller = session.caller();
    let station = app
        .desk
        .read(move |conn, _| stations::of_session(conn, caller.session))
        .await?;
    Ok(Representation(station))
}

/// `PUT {sessionId}/connection/station`.
pub async fn set_station(
    session: Session,
    State(app): State<App>,
    Json(settings): Json<StationSettings>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| stations::set(tx, &caller, &settings))
        .await?;
    Ok(Done)
}

/// `DELETE {sessionId}/connection/station`.
pub async fn leave_station(session: Session, State(app): State<App>) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| stations::leave(tx, &caller))
        .await?;
    Ok(Done)
}

/// `PUT messaging/subscriptions/connection/station`.
pub async fn subscribe_station(session: Session, State(app): State<App>) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| subscribe(tx, &caller, &Topic::Station, &[]))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/connection/station`.
pub async fn unsubscribe_station(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &Topic::Station))
        .await?;
    Ok(Done)
}
