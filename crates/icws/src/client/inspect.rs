//! What is demanded of every answer: the contract of its body, and the headers that clients of ICWS rely on.

use serde_json::Value;

use super::seen::{Recorder, Seen};
use super::{CSRF_TOKEN, HeaderName, RawResponse, SESSION_ID, header};
use crate::contract::{self, Declared, Report};
use crate::error::Error;
use crate::operations::{self, Operation};
use crate::wire::{MEDIA_TYPE, Representation};

/// What a 401 must carry, as every page of the documentation shows it.
const CHALLENGE: &str = r#"ICWS realm="ICWS" location="/ICWS/connection""#;

/// Checks an answer and records it. What is no operation (the bytes of a file, a wrong path) is only held to carry our error
/// if it carries any.
///
/// # Panics
/// If the answer breaks the contract.
pub fn answer(recorder: &Recorder, method: &str, path: &str, answer: &RawResponse) {
    if answer.status >= 400
        && is_ours(answer)
        && let Some(lack) = missing_members(answer)
    {
        panic!("{method} {path} answered {} without {lack}", answer.status);
    }
    let Some(operation) = operations::matching(method, path) else {
        if is_ours(answer) && answer.status >= 400 {
            accept(
                &format!("{method} {path}"),
                answer,
                &contract::report(&Declared::One(Error::URN), &answer.body),
            );
        }
        return;
    };
    let content_type = answer.header(header::CONTENT_TYPE);
    let report = contract::check_response(
        method,
        operation.path,
        answer.status,
        content_type,
        &answer.body,
    );
    let what = format!("{method} {path}");
    accept(&what, answer, &report);
    let complaints = missing_headers(operation, answer);
    assert!(
        complaints.is_empty(),
        "{what} answered {} but {complaints}",
        answer.status
    );
    recorder.record(&Seen::new(operation, answer.status, report.urns));
}

/// Panics unless the report is clean.
pub fn accept(what: &str, answer: &RawResponse, report: &Report) {
    let body: String = answer.text().chars().take(2000).collect();
    assert!(
        report.is_clean(),
        "{what} answered {} against the contract:\n{report}body: {body}",
        answer.status
    );
}

/// Whether the answer says that it is a representation.
pub fn is_ours(answer: &RawResponse) -> bool {
    answer
        .header(header::CONTENT_TYPE)
        .is_some_and(|value| value.to_ascii_lowercase().starts_with(MEDIA_TYPE))
}

/// What an error lacks that clients take for granted and the contract does not.
fn missing_members(answer: &RawResponse) -> Option<&'static str> {
    let error: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let has_id = error["errorId"].as_str().is_some_and(|id| !id.is_empty());
    let hosts = error["alternateHostList"].as_array();
    if !has_id {
        Some("errorId")
    } else if answer.status == 503 && hosts.is_none_or(Vec::is_empty) {
        Some("a host to turn to")
    } else {
        None
    }
}

/// Says what the headers lack, in words; empty when nothing.
fn missing_headers(operation: &Operation, answer: &RawResponse) -> String {
    let mut complaints = Vec::new();
    let mut demand = |name: HeaderName| {
        if answer.header(&name).is_none_or(str::is_empty) {
            complaints.push(format!("without {name}"));
        }
    };
    let logs_in = operation.id == "Connection.createConnection" && answer.status == 201;
    if logs_in {
        demand(SESSION_ID);
        demand(CSRF_TOKEN);
        demand(header::SET_COOKIE);
    }
    if logs_in || operation.id == "Interactions.createInteraction" && answer.status == 201 {
        demand(header::LOCATION);
    }
    if answer.status == 401 && answer.header(header::WWW_AUTHENTICATE) != Some(CHALLENGE) {
        complaints.push(format!(
            "WWW-Authenticate is {:?}",
            answer.header(header::WWW_AUTHENTICATE)
        ));
    }
    // Some clients replace all their cookies by what an answer sets.
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().count();
    if cookies != usize::from(logs_in) {
        complaints.push(format!("it sets {cookies} cookies"));
    }
    complaints.join(", ")
}
