//! What goes back: representations, and refusals as ICWS errors. The one place that knows statuses and error identifiers.

mod errors;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Language, Refusal};
use icws::connection::AlternateHosts;
use serde::Serialize;

use crate::arrival::RequestId;

pub use errors::{describe, for_message};

/// The header that names a request in the log, sent with a 500.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a 401 carries, to the letter.
const AUTHENTICATE: HeaderValue =
    HeaderValue::from_static(r#"ICWS realm="ICWS" location="/ICWS/connection""#);

/// The media type of every representation.
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static(icws::MEDIA_TYPE);

/// A representation with status 200.
#[derive(Debug)]
pub struct Representation<T>(pub T);

/// A representation with status 202.
#[derive(Debug)]
pub struct Accepted<T>(pub T);

/// A representation with status 201, and headers that tell of what was made.
#[derive(Debug)]
pub struct Created<T>(pub HeaderMap, pub T);

/// Status 200 without a body.
#[derive(Debug)]
pub struct Done;

/// Status 202 without a body.
#[derive(Debug)]
pub struct Taken;

/// Status 204.
#[derive(Debug)]
pub struct NoContent;

/// A refusal on its way out; it is written down when the caller's language is known ([`finish`]).
#[derive(Debug)]
pub struct Refused(pub Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

impl<T: Serialize> IntoResponse for Representation<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self.0)
    }
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        json(StatusCode::ACCEPTED, &self.0)
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = json(StatusCode::CREATED, &self.1);
        response.headers_mut().extend(self.0);
        response
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        Response::new(Body::empty())
    }
}

impl IntoResponse for Taken {
    fn into_response(self) -> Response {
        StatusCode::ACCEPTED.into_response()
    }
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => json_bytes(status, body),
        Err(error) => Refused(Refusal::internal(error)).into_response(),
    }
}

/// A response whose body is JSON already.
pub fn json_bytes(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, MEDIA_TYPE);
    response
}

/// Writes a refusal down in the caller's language; any other response stays as it is.
pub fn finish(mut response: Response, language: Language, id: RequestId) -> Response {
    match response.extensions_mut().remove::<Arc<Refusal>>() {
        Some(refusal) => refuse(&refusal, language, id),
        None => response,
    }
}

/// The response of a refusal to the request of this id.
pub fn refuse(refusal: &Refusal, language: Language, id: RequestId) -> Response {
    let mut described = describe(refusal, language);
    let request_id = match refusal {
        Refusal::Internal(cause) | Refusal::BytesUnavailable(cause) => {
            let id = id.to_string();
            tracing::error!(request_id = %id, cause = %cause, "a request failed");
            described.error.message += &errors::in_the_log(&id, language);
            HeaderValue::from_str(&id).ok()
        }
        _ => None,
    };
    let mut response = match refusal {
        Refusal::Stopping(hosts) => json(
            described.status,
            &AlternateHosts {
                error_id: Some(described.error.error_id),
                message: Some(described.error.message),
                alternate_host_list: hosts.clone(),
            },
        ),
        _ => json(described.status, &described.error),
    };
    let headers = response.headers_mut();
    if let Some(id) = request_id {
        headers.insert(REQUEST_ID, id);
    }
    match refusal {
        Refusal::Session(_) => {
            headers.insert(header::WWW_AUTHENTICATE, AUTHENTICATE);
        }
        Refusal::RangeNotSatisfiable { size } => {
            if let Ok(range) = HeaderValue::from_str(&format!("bytes */{size}")) {
                headers.insert(header::CONTENT_RANGE, range);
            }
        }
        _ => {}
    }
    response
}
