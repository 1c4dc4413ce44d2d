//! A walk over all declared routes: what each asks for is asked for, before anything else is looked at.
//!
//! Every request here has a body that nobody can read and ids that nobody has. Whoever may ask hears of that; whoever may not, hears that he
//! may not, and nothing else.

use attache::route::Route;
use attache::router::routes;
use desk::Right;
use icws::client::{CSRF_TOKEN, Call, Client, Method, RawResponse, Session, header};
use icws::operations;

use crate::raw;
use crate::server::Server;

const NONSENSE: &str = r#"{"nonsense": ["#;

/// What a request brings of a session.
#[derive(Clone)]
struct Brings {
    id: String,
    cookie: Option<String>,
    token: Option<String>,
}

impl Brings {
    fn all(session: &Session) -> Self {
        Self {
            id: session.id.clone(),
            cookie: session.cookie.clone(),
            token: session.token.clone(),
        }
    }

    fn with_id(&self, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..self.clone()
        }
    }

    fn with_cookie(&self, cookie: Option<String>) -> Self {
        Self {
            cookie,
            ..self.clone()
        }
    }

    fn with_token(&self, token: Option<String>) -> Self {
        Self {
            token,
            ..self.clone()
        }
    }

    /// The value of the cookie.
    fn word(&self) -> &str {
        self.cookie
            .as_deref()
            .and_then(|cookie| cookie.split_once('='))
            .expect("a cookie")
            .1
    }
}

/// A path of a route: the session's id in its place, and ids that nobody has in all others.
fn path(route: &Route, session: &str) -> String {
    let segments = route.path.split('/').map(|segment| match segment {
        "{sessionId}" => session,
        _ if segment.starts_with('{') => "nonsense",
        _ => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

async fn ask(client: &Client, route: &Route, brings: &Brings) -> RawResponse {
    let mut call = Call::new(route.method.clone(), path(route, &brings.id));
    if route.method != Method::GET {
        call = call.body(NONSENSE);
    }
    if let Some(cookie) = &brings.cookie {
        call = call.header(header::COOKIE, cookie);
    }
    if let Some(token) = &brings.token {
        call = call.header(CSRF_TOKEN, token);
    }
    client.send(call).await.expect("an answer")
}

/// Holds an answer against a refusal; the client has held the challenge of a 401 against the documented one.
fn assert_refused(route: &Route, what: &str, answer: &RawResponse, expected: Expected) {
    let body = answer.value();
    let found = (
        answer.status,
        body["errorId"].as_str().unwrap_or_default(),
        body["errorCode"].as_i64(),
    );
    assert_eq!(found, expected, "{} with {what}", route.key());
    assert!(!body["message"].as_str().unwrap_or_default().is_empty());
    let challenge =
        (expected.0 == 401).then_some(r#"ICWS realm="ICWS" location="/ICWS/connection""#);
    assert_eq!(
        answer.header(header::WWW_AUTHENTICATE),
        challenge,
        "{} with {what}",
        route.key()
    );
}

/// A refusal: status, `errorId`, `errorCode`.
type Expected = (u16, &'static str, Option<i64>);

const UNKNOWN: Expected = (
    401,
    "error.request.connection.authenticationFailure",
    Some(-2_147_221_499),
);
const OTHER_COOKIE: Expected = (401, "error.request.connection.cookieMismatch", Some(1));
const TOKEN: Expected = (401, "error.request.connection.csrfToken", Some(2));
const NO_COOKIE: Expected = (401, "error.request.connection.cookieMissing", Some(4));

/// Who walks, and against whom.
struct Walk {
    server: Server,
    client: Client,
    own: Brings,
    /// Of a session of somebody else.
    foreign: Brings,
    /// Of a session that has ended.
    ended: Brings,
    /// Of a user without any right of his own.
    without_right: Brings,
    /// Of a user without the rights of agents.
    no_agent: Brings,
}

impl Walk {
    async fn begin() -> Self {
        let server = Server::demo().await;
        let ended = server.log_in("anna").await;
        ended.log_out().await.expect("logs out");
        Self {
            own: Brings::all(&server.log_in("anna").await),
            foreign: Brings::all(&server.log_in("carl").await),
            ended: Brings::all(&ended),
            without_right: Brings::all(&server.log_in("ben").await),
            no_agent: Brings::all(&server.log_in("lea").await),
            client: server.client(),
            server,
        }
    }

    async fn refused(&self, route: &Route, what: &str, brings: &Brings, expected: Expected) {
        assert_refused(
            route,
            what,
            &ask(&self.client, route, brings).await,
            expected,
        );
    }

    async fn let_in(&self, route: &Route, what: &str, brings: &Brings) {
        let status = ask(&self.client, route, brings).await.status;
        assert!(
            ![401, 403].contains(&status),
            "{} with {what} answered {status}",
            route.key()
        );
    }

    /// Whoever brings less than a whole session, or parts of different ones, is refused.
    async fn cookies(&self, route: &Route) {
        let (own, foreign) = (&self.own, &self.foreign);
        let mixed = format!("icws_{}={}", own.id, foreign.word());
        for (what, brings, expected) in [
            ("no cookie", own.with_cookie(None), NO_COOKIE),
            (
                "nothing at all",
                own.with_cookie(None).with_token(None),
                NO_COOKIE,
            ),
            (
                "a foreign cookie",
                own.with_cookie(foreign.cookie.clone()),
                OTHER_COOKIE,
            ),
            (
                "a foreign cookie's word",
                own.with_cookie(Some(mixed)),
                OTHER_COOKIE,
            ),
            (
                "an empty cookie",
                own.with_cookie(Some(format!("icws_{}=", own.id))),
                OTHER_COOKIE,
            ),
            (
                "a foreign session in the path",
                own.with_id(&foreign.id),
                OTHER_COOKIE,
            ),
            (
                "an unknown session in the path",
                own.with_id("1000000000"),
                UNKNOWN,
            ),
            ("no number in the path", own.with_id("nonsense"), UNKNOWN),
            (
                "a longer number in the path",
                own.with_id(format!("0{}", own.id)),
                UNKNOWN,
            ),
        ] {
            self.refused(route, what, &brings, expected).await;
        }
    }

    /// The token is asked for where that is declared, and nowhere else.
    async fn tokens(&self, route: &Route) {
        for (what, token) in [
            ("no token", None),
            ("a foreign token", self.foreign.token.clone()),
            ("an empty token", Some(String::new())),
        ] {
            let brings = self.own.with_token(token);
            if route.asks.token {
                self.refused(route, what, &brings, TOKEN).await;
            } else {
                self.let_in(route, what, &brings).await;
            }
        }
    }

    /// An ended session is none, but for the one route that tells of it, and that only to its own client.
    async fn ended(&self, route: &Route) {
        let ended = &self.ended;
        if !route.asks.ended {
            return self
                .refused(route, "an ended session", ended, UNKNOWN)
                .await;
        }
        let answer = ask(&self.client, route, ended).await;
        assert_eq!(
            (answer.status, &answer.value()["connectionState"]),
            (200, &2.into()),
            "{}",
            route.key()
        );
        let foreign = ended.with_cookie(self.foreign.cookie.clone());
        self.refused(
            route,
            "an ended session without its cookie",
            &ended.with_cookie(None),
            NO_COOKIE,
        )
        .await;
        self.refused(
            route,
            "an ended session without its token",
            &ended.with_token(None),
            TOKEN,
        )
        .await;
        self.refused(
            route,
            "an ended session with another's cookie",
            &foreign,
            OTHER_COOKIE,
        )
        .await;
    }

    async fn right(&self, route: &Route) {
        let Some(right) = route.asks.right else {
            return;
        };
        let (without, id) = match right {
            Right::AllowResponseManagement => (
                &self.without_right,
                "error.request.responseManagement.accessDenied",
            ),
            Right::CanPickupInteractions
            | Right::CanPutInteractionsOnHold
            | Right::CanParkInteractions
            | Right::CanTransferInteractions => (&self.no_agent, "error.request.accessDenied"),
            Right::Users | Right::Roles | Right::Workgroups => (
                &self.without_right,
                "error.request.configuration.accessDenied",
            ),
            _ => panic!("say here who is without {}", right.property()),
        };
        let denied = (403, id, None);
        self.refused(route, "a user without the right", without, denied)
            .await;
    }
}

#[tokio::test]
async fn every_route_asks_for_what_it_declares() {
    let walk = Walk::begin().await;
    let (mut open, mut closed) = (0, 0);
    for route in routes() {
        if !route.asks.session {
            assert!(
                !route.asks.token && !route.asks.ended && route.asks.right.is_none(),
                "{}",
                route.key()
            );
            walk.let_in(
                &route,
                "stale words",
                &walk.own.with_token(Some("stale".into())),
            )
            .await;
            open += 1;
            continue;
        }
        walk.cookies(&route).await;
        walk.tokens(&route).await;
        walk.ended(&route).await;
        walk.right(&route).await;
        assert_is_let_in(&walk.server, &walk.client, &route).await;
        closed += 1;
    }
    assert_eq!(
        (open, open + closed),
        (6, routes().len()),
        "none was left out"
    );
}

/// Operations with a body that the contract does not type; the page of each says what it is.
const UNTYPED_BODIES: [&str; 1] =
    ["PUT /icws/{sessionId}/messaging/subscriptions/status/user-statuses"];

/// Whoever brings everything hears of his body and of his ids.
async fn assert_is_let_in(server: &Server, client: &Client, route: &Route) {
    let admin = server.log_in("admin").await;
    let answer = ask(client, route, &Brings::all(&admin)).await;
    let reads_body = operations::find(route.method.as_str(), route.path)
        .is_some_and(|operation| operation.request.is_some())
        || UNTYPED_BODIES.contains(&route.key().as_str());
    match answer.status {
        200..300 => assert!(
            !reads_body && (answer.status == route.success.as_u16()),
            "{} read nonsense",
            route.key()
        ),
        400 => {
            assert!(reads_body, "{} has no body", route.key());
            assert_eq!(
                answer.value()["errorId"],
                "error.request.malformed",
                "{}",
                route.key()
            );
        }
        404 => assert!(
            !reads_body && route.path.matches('{').count() > 1,
            "{} has nothing to look for",
            route.key()
        ),
        other => panic!("{} answered {other}", route.key()),
    }
}

#[tokio::test]
async fn what_is_declared_agrees_with_the_contract() {
    // The addresses that the contract leaves to the server.
    let own: Vec<String> = routes()
        .iter()
        .filter(|route| operations::find(route.method.as_str(), route.path).is_none())
        .map(Route::key)
        .collect();
    assert_eq!(
        own,
        [
            "GET /icws/{sessionId}/response-management/libraries/{libraryId}",
            "GET /icws/{sessionId}/response-management/files/{key}",
            "PUT /icws/{sessionId}/response-management/files/{key}",
            "PUT /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload/{token}",
            "GET /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/{number}",
        ]
    );
    for route in routes() {
        let Some(operation) = operations::find(route.method.as_str(), route.path) else {
            continue;
        };
        assert_eq!(
            route.asks.session,
            operation.needs_session(),
            "{}",
            route.key()
        );
        assert_eq!(route.asks.token, operation.needs_token, "{}", route.key());
        assert_eq!(
            Some(route.success.as_u16()),
            operation.success,
            "{}",
            route.key()
        );
        assert!(
            route.asks.right.is_none() || operation.response(403).is_some(),
            "{} has no 403",
            route.key()
        );
    }
}

#[tokio::test]
async fn a_declared_path_takes_no_other_method() {
    let server = Server::demo().await;
    let declared = routes();
    let mut paths: Vec<&str> = declared.iter().map(|route| route.path).collect();
    paths.sort_unstable();
    paths.dedup();
    for template in paths {
        let here: Vec<&Route> = declared
            .iter()
            .filter(|route| route.path == template)
            .collect();
        let mut allowed: Vec<&str> = here.iter().map(|route| route.method.as_str()).collect();
        let gone = operations::all()
            .iter()
            .filter(|operation| operation.path == template)
            .map(|operation| operation.method);
        allowed.extend(
            gone.filter(|method| here.iter().all(|route| route.method.as_str() != *method)),
        );
        if here.iter().any(|route| route.head) {
            allowed.push("HEAD");
        }
        allowed.sort_unstable();
        for method in [
            "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND",
        ] {
            if here.iter().any(|route| route.method.as_str() == method)
                || method == "HEAD" && allowed.contains(&"HEAD")
            {
                continue;
            }
            let answer = raw::ask(
                &server.address(),
                &[&format!("{method} {}", path(here[0], "1000000000"))],
                "",
            )
            .await;
            if allowed.contains(&method) {
                assert_eq!(
                    (answer.status, answer.error_id().as_str()),
                    (410, "error.request.gone"),
                    "{method} {template}"
                );
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {template}");
            let mut found: Vec<&str> = answer.header("allow").expect("Allow").split(", ").collect();
            found.sort_unstable();
            assert_eq!(found, allowed, "{method} {template}");
            if method != "HEAD" {
                let id = "error.request.accessDenied.httpMethodNotAllowed";
                assert_eq!(answer.error_id(), id, "{method} {template}");
            }
        }
    }
}
