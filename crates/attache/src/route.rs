//! How a declared route becomes a served one. [`crate::router`] is the page of declarations; nothing can be routed outside it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use desk::{Language, Refusal};
use futures_util::FutureExt;
use icws::operations;
use tracing::Instrument;

use crate::answer::{finish, refuse};
use crate::app::App;
use crate::arrival::Arrival;
use crate::extract::{Asks, Needs, session_in};
use crate::metrics::{Metrics, Requests};

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;
type Serve = Arc<dyn Fn(App, Request) -> Answer + Send + Sync>;

/// The target of the line that is logged for each request.
const LOGGED: &str = "attache::request";

/// A route as it is declared.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{parameters}` by their ICWS names.
    pub path: &'static str,
    /// What it asks for before anything else is looked at.
    pub asks: Asks,
    /// The status it succeeds with.
    pub success: StatusCode,
    /// Whether `HEAD` is answered like `GET` without a body: for files, whose reading takes nothing away.
    pub head: bool,
    serve: Serve,
}

/// The arguments of a handler whose first one is `N`.
pub trait BeginsWith<N> {}

macro_rules! begins_with {
    ($($argument:ident)*) => {
        impl<M, N, $($argument),*> BeginsWith<N> for (M, N, $($argument,)*) {}
    };
}
begins_with!();
begins_with!(A);
begins_with!(A B);
begins_with!(A B C);
begins_with!(A B C D);

/// Declares a route. `N` is what it asks for: the compiler sees to it that the handler's first argument is just that.
pub fn route<N, H, T>(method: Method, path: &'static str, success: StatusCode, handler: H) -> Route
where
    N: Needs,
    T: BeginsWith<N> + 'static,
    H: Handler<T, App> + Sync,
{
    let serve = move |app: App, request: Request| -> Answer {
        let handler = handler.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let id = Arrival::of(&parts.extensions).id;
            let needs = match N::obtain(&parts, &app).await {
                Ok(needs) => needs,
                Err(refusal) => {
                    let language = language_of_refusal(&refusal, &parts, &app).await;
                    return refuse(&refusal, language, id);
                }
            };
            let language = needs.language();
            if let Some(user) = needs.user() {
                tracing::Span::current().record("user", user);
            }
            parts.extensions.insert(needs);
            let answer = AssertUnwindSafe(handler.call(Request::from_parts(parts, body), app))
                .catch_unwind()
                .await;
            match answer {
                Ok(response) => finish(response, language, id),
                Err(_) => refuse(
                    &Refusal::internal("a handler panicked; the panic is in the log before this"),
                    language,
                    id,
                ),
            }
        })
    };
    Route {
        method,
        path,
        asks: N::ASKS,
        success,
        head: false,
        serve: Arc::new(serve),
    }
}

impl Route {
    /// The key by which settings and documents name it.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The route of a file.
    #[must_use]
    pub fn of_a_file(mut self) -> Self {
        self.head = true;
        self
    }
}

/// The language that a request asks for.
pub fn wished_language(headers: &HeaderMap) -> Language {
    wish(headers).unwrap_or_default()
}

/// The language that a request asks for, if it asks for one.
fn wish(headers: &HeaderMap) -> Option<Language> {
    let value = headers.get(header::ACCEPT_LANGUAGE)?;
    Some(value.to_str().map(Language::choose).unwrap_or_default())
}

/// The language in which a route's needs are refused. A session that is good has its own. Where none was found good the request's wish
/// counts, and without one the language of the session in its path: a client names that in its login alone.
async fn language_of_refusal(refusal: &Refusal, parts: &Parts, app: &App) -> Language {
    let session = session_in(parts.uri.path());
    let own = match (refusal, session) {
        (_, None) => None,
        (Refusal::Session(_), Some(_)) if wish(&parts.headers).is_some() => None,
        (Refusal::Session(_), Some(session)) => app.desk.language_of(session).await,
        (_, Some(session)) => app.desk.known_language(session),
    };
    own.unwrap_or_else(|| wished_language(&parts.headers))
}

/// Builds the router: each declared route is served, each other operation of the API and each retired one is gone, a path with
/// another method says which it takes, and everything else is not found.
pub fn build(app: App, routes: Vec<Route>, retired: &BTreeSet<String>) -> Router {
    let mut paths: BTreeMap<&'static str, BTreeMap<&'static str, Option<Route>>> = BTreeMap::new();
    for operation in operations::all() {
        // The single-sign-on redirects have no 410 in their contract: they are not found.
        if operation.response(410).is_some() {
            paths
                .entry(operation.path)
                .or_default()
                .insert(operation.method, None);
        }
    }
    for route in routes {
        let (path, method) = (route.path, method_name(&route.method));
        let served = (!retired.contains(&route.key())).then_some(route);
        paths.entry(path).or_default().insert(method, served);
    }
    let served = paths
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            router.route(path, method_router(path, methods, &app.metrics))
        });
    served.fallback(not_found).with_state(app)
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "DELETE",
    }
}

fn method_router(
    path: &'static str,
    methods: BTreeMap<&'static str, Option<Route>>,
    metrics: &Metrics,
) -> MethodRouter<App> {
    let with_head = methods.values().flatten().any(|route| route.head);
    let mut allowed: Vec<&str> = methods.keys().copied().collect();
    if with_head {
        allowed.push("HEAD");
    }
    let allow = HeaderValue::from_str(&allowed.join(", ")).unwrap_or(HeaderValue::from_static(""));
    let other = move |State(app): State<App>, request: Request| {
        let mut response = refused(&Refusal::MethodNotAllowed, &app, &request);
        response.headers_mut().insert(header::ALLOW, allow.clone());
        std::future::ready(response)
    };
    let mut router = MethodRouter::new();
    for (method, route) in methods {
        let filter = match method {
            "GET" => MethodFilter::GET,
            "POST" => MethodFilter::POST,
            "PUT" => MethodFilter::PUT,
            _ => MethodFilter::DELETE,
        };
        router = match route {
            Some(route) => {
                let (serve, requests) = (route.serve, metrics.route(method, path));
                router.on(filter, move |State(app): State<App>, request: Request| {
                    let arrival = Arrival::of(request.extensions());
                    observed(Arc::clone(&requests), path, arrival, serve(app, request))
                })
            }
            None => router.on(filter, gone),
        };
    }
    // A `GET` that takes messages away must not be answered to a `HEAD`.
    if !with_head {
        router = router.merge(on(MethodFilter::HEAD, other.clone()));
    }
    router.fallback(other)
}

/// Counts a request and, where the log wants to know, says what became of it: never its query, its header fields or its body.
fn observed(
    requests: Arc<Requests>,
    route: &'static str,
    arrival: Arrival,
    answer: Answer,
) -> impl Future<Output = Response> + Send {
    let span = tracing::debug_span!(
        target: LOGGED,
        "request",
        request_id = %arrival.id,
        user = tracing::field::Empty
    );
    async move {
        let began = Instant::now();
        let response = answer.await;
        let (status, took) = (response.status(), began.elapsed());
        requests.count(status, took);
        tracing::debug!(
            target: LOGGED,
            route,
            status = status.as_u16(),
            micros = took.as_micros(),
            address = %arrival.address,
            "answered"
        );
        response
    }
    .instrument(span)
}

async fn gone(State(app): State<App>, request: Request) -> Response {
    refused(&Refusal::Gone, &app, &request)
}

async fn not_found(State(app): State<App>, request: Request) -> Response {
    refused(&Refusal::NotFound, &app, &request)
}

/// The refusal of a request that no handler has seen, in the language that it asks for; if it asks for none, in that of the session in
/// its path, if this node knows of it. The database is not asked for the sake of what is not there.
fn refused(refusal: &Refusal, app: &App, request: &Request) -> Response {
    let id = Arrival::of(request.extensions()).id;
    let known = || app.desk.known_language(session_in(request.uri().path())?);
    let language = wish(request.headers()).or_else(known).unwrap_or_default();
    refuse(refusal, language, id)
}

/// Brings a request's path to the form that routes are declared in. The prefix that the administrator set may stand before it or not, and
/// `/icws` is compared without regard to case: `WWW-Authenticate` names `/ICWS/connection`. A list of configuration objects may have a
/// slash behind it, as a published page asks for one.
pub fn fold(
    mut request: axum::http::Request<Body>,
    prefix: Option<&str>,
) -> axum::http::Request<Body> {
    let whole = request
        .uri()
        .path_and_query()
        .map_or("", |whole| whole.as_str());
    let bare = prefix
        .and_then(|prefix| whole.strip_prefix(prefix))
        .filter(|bare| bare.starts_with('/'))
        .unwrap_or(whole);
    let root = bare
        .get(..5)
        .filter(|root| root.eq_ignore_ascii_case("/icws"));
    let (path, query) = bare.split_at(bare.find('?').unwrap_or(bare.len()));
    let folded = match root {
        Some(root) if is_list_with_slash(path) => {
            let path = &path[root.len()..path.len() - 1];
            format!("/icws{path}{query}").parse()
        }
        Some(root) if root != "/icws" => format!("/icws{}", &bare[root.len()..]).parse(),
        _ if bare.len() == whole.len() => return request,
        _ => bare.parse(),
    };
    if let Ok(uri) = folded {
        *request.uri_mut() = uri;
    }
    request
}

/// Whether a path is `/icws/{sessionId}/configuration/{kind}/`.
fn is_list_with_slash(path: &str) -> bool {
    let parts: Vec<&str> = path.splitn(7, '/').skip(3).collect();
    matches!(parts[..], ["configuration", kind, ""] if !kind.is_empty())
}
