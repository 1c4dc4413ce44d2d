//! Configuration objects: users, roles, workgroups and response libraries.

mod changing;
mod documents;
mod giving;
mod limits;
mod reading;
mod refusing;
mod returning;
mod watching;

use icws::client::{Method, RawResponse, Session};
use serde_json::{Value, json};

pub const DENIED: &str = "error.request.configuration.accessDenied";
pub const IN_USE: &str = "error.request.configuration.inUse";
const INVALID: &str = "error.request.configuration.invalidObject";

/// Asks for something below `configuration/`.
pub async fn ask(
    session: &Session,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> RawResponse {
    let path = format!("/configuration/{path}");
    let answer = session.raw(method, &path, body).await;
    answer.expect("an answer")
}

/// What is there.
pub async fn get(session: &Session, path: &str) -> Value {
    let answer = ask(session, Method::GET, path, None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.value()
}

/// The status and the identifier of a refusal.
pub fn refusal(answer: &RawResponse) -> (u16, String) {
    let id = answer.value()["errorId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, id)
}

/// The ids of the objects of a list.
pub fn ids(list: &Value) -> Vec<String> {
    let id = |object: &Value| {
        object["configurationId"]["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(id)
        .collect()
}

/// The reference to an object.
pub fn id(id: &str) -> Value {
    json!({"configurationId": {"id": id}})
}

/// The property that was found wrong, and how.
pub async fn wrong(session: &Session, method: Method, path: &str, body: &Value) -> (String, i64) {
    let answer = ask(session, method, path, Some(body)).await;
    assert_eq!(
        refusal(&answer),
        (400, INVALID.to_owned()),
        "{body}: {}",
        answer.text()
    );
    let said = answer.value();
    assert_eq!(
        said["__type"],
        "urn:inin.com:configuration:configurationError"
    );
    let fault = &said["validationErrors"][0];
    let name = fault["propertyName"].as_str().expect("a name").to_owned();
    (
        name,
        fault["validationErrorType"].as_i64().expect("a number"),
    )
}
