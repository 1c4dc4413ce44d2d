//! Pages of other origins that may use the API from a browser (Fetch Standard, section 3.3).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, DELETE");

/// The header fields that clients of the API send.
const ASKED_WITH: HeaderValue = HeaderValue::from_static(
    "Content-Type, Accept, Accept-Language, ININ-ICWS-CSRF-Token, ININ-ICWS-Session-ID, X-ICWS-DevTools-CorrelationId, Range",
);

/// The header fields of answers that clients read.
const READ: HeaderValue = HeaderValue::from_static(
    "ININ-ICWS-Session-ID, ININ-ICWS-CSRF-Token, Location, Content-Range, WWW-Authenticate",
);

/// For how many seconds a browser need not ask again.
const KEPT: HeaderValue = HeaderValue::from_static("3600");

/// The origins that may.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// These.
    pub fn new(origins: &[String]) -> Self {
        Self(origins.to_vec())
    }

    /// The origin of a request, if it is one of these.
    pub fn of(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        if self.0.is_empty() {
            return None;
        }
        let origin = headers.get(header::ORIGIN)?;
        let known = |known: &String| known.as_bytes().eq_ignore_ascii_case(origin.as_bytes());
        self.0.iter().any(known).then(|| origin.clone())
    }

    /// Says in an answer which page may read it.
    pub fn allow(&self, origin: Option<HeaderValue>, response: &mut Response) {
        if self.0.is_empty() {
            return;
        }
        let headers = response.headers_mut();
        // What a page may read depends on who asks.
        headers.append(header::VARY, HeaderValue::from_name(header::ORIGIN));
        if let Some(origin) = origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READ);
        }
    }
}

/// The answer to a browser that asks for a page whether it may (a preflight), if that is what a request is.
pub fn preflight(request: &Request<Body>) -> Option<Response> {
    let asks = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    asks.then(|| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ASKED_WITH);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, KEPT);
        response
    })
}
