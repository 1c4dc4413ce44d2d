//! HTTP itself: paths, bodies, connections, and a server whose database is broken.

mod bodies;
mod broken;
mod connections;
mod hostile;
mod page;
mod paths;
mod retired;
mod settings;

use icws::client::{Session, header};
use serde_json::Value;

use crate::raw::Answer;

/// The headers of a session, a line each.
fn session_headers(session: &Session) -> [String; 2] {
    [
        format!("Cookie: {}", session.cookie.as_deref().expect("a cookie")),
        format!(
            "ININ-ICWS-CSRF-Token: {}",
            session.token.as_deref().expect("a token")
        ),
    ]
}

/// Holds an answer to be an error of this status and `errorId`, in the representation of errors.
fn assert_error(what: &str, answer: &Answer, status: u16, error_id: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert_eq!(
        answer.header(header::CONTENT_TYPE.as_str()),
        Some(icws::MEDIA_TYPE),
        "{what}"
    );
    let body = answer.json();
    assert_eq!(body["errorId"], error_id, "{what}");
    let Value::String(message) = &body["message"] else {
        panic!("{what}: no message in {body}")
    };
    assert!(!message.is_empty(), "{what}");
    assert!(answer.all("set-cookie").is_empty(), "{what}");
}

const LOGIN: &str = r#"{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":"test","userID":"anna","password":"demo"}"#;
