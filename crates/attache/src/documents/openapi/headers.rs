//! The header fields of requests and answers.

use axum::http::Method;
use serde_json::{Value, json};

use super::super::sentences::Sentence;
use crate::extract::CSRF_TOKEN;
use crate::route::Route;

/// The operation that begins a session.
const LOGIN: &str = "POST /icws/connection";

fn fields(all: &[(&str, &str)]) -> Value {
    let field = |(name, about): &(&str, &str)| {
        let told = json!({ "description": about, "schema": { "type": "string" } });
        ((*name).to_owned(), told)
    };
    Value::Object(all.iter().map(field).collect())
}

fn is_list(sentence: &Sentence) -> bool {
    sentence.query.iter().any(|(name, _)| *name == "where")
}

/// What a request may carry beside what every one of a session does.
pub fn of_request(route: &Route, sentence: &Sentence) -> Vec<Value> {
    let mut all = Vec::new();
    let mut field = |name: &str, about: &str, example: &str| {
        all.push(json!({
            "name": name, "in": "header", "required": name == "Accept-Language",
            "description": about, "schema": { "type": "string", "examples": [example] }
        }));
    };
    if route.key() == LOGIN {
        let about = "The language of the session; of one that is not installed, English is spoken";
        field("Accept-Language", about, "en-us");
    }
    if is_list(sentence) {
        field("Range", "Which of the list, counted from 0", "items=0-9");
    }
    if gives_bytes(sentence) {
        field(
            "Range",
            "Which of the bytes, counted from 0",
            "bytes=0-1023",
        );
        let about = "The `ETag` of what the client has";
        field("If-None-Match", about, "\"0\"");
        field("If-Range", "The `ETag` that the range is one of", "\"0\"");
    }
    if is_stream(route) {
        let about = "Of a stream: the `id` of the last event that came";
        field("Last-Event-ID", about, "0");
    }
    all
}

/// Whether its messages may come as a stream.
fn is_stream(route: &Route) -> bool {
    route.method == Method::GET && route.path.ends_with("/messaging/messages")
}

fn gives_bytes(sentence: &Sentence) -> bool {
    sentence.bytes.is_some_and(|bytes| bytes.out)
}

/// What an answer of success carries; none if nothing of its own.
pub fn of_success(route: &Route, sentence: &Sentence, status: u16) -> Option<Value> {
    let told: &[(&str, &str)] = if route.key() == LOGIN {
        &[
            ("ININ-ICWS-Session-ID", "The session's id, as in the body"),
            (CSRF_TOKEN, "The session's token, as in the body"),
            ("Set-Cookie", "The session's one cookie"),
            ("Location", "The session's address"),
        ]
    } else if route.success == 201 {
        &[("Location", "The address of what was made")]
    } else if is_list(sentence) {
        &[(
            "Content-Range",
            "Which of how many are told: `items 0-9/24`",
        )]
    } else if gives_bytes(sentence) {
        match status {
            206 => &[
                (
                    "Content-Range",
                    "Which of how many bytes: `bytes 0-1023/4096`",
                ),
                ("ETag", "Names these bytes"),
            ],
            304 => &[("ETag", "Names these bytes")],
            _ => &[
                ("ETag", "Names these bytes"),
                ("Accept-Ranges", "`bytes`"),
                ("Content-Disposition", "The file's name"),
                ("Cache-Control", "For how long they may be kept"),
            ],
        }
    } else {
        &[]
    };
    (!told.is_empty()).then(|| fields(told))
}

/// What a refusal carries; none if nothing of its own.
pub fn of_refusal(status: u16) -> Option<Value> {
    let told: (&str, &str) = match status {
        401 => ("WWW-Authenticate", "Where one logs in"),
        416 => ("Content-Range", "How many bytes there are: `bytes */4096`"),
        500 => ("X-Request-Id", "Finds the cause in the server's log"),
        _ => return None,
    };
    Some(fields(&[told]))
}

/// An answer with header fields, if it has any.
pub fn with(mut answer: Value, headers: Option<Value>) -> Value {
    if let Some(headers) = headers {
        answer["headers"] = headers;
    }
    answer
}
