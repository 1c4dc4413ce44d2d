//! Configuration objects: users, roles, workgroups and response libraries.

mod changing;
mod reading;
mod watching;

use icws::client::{Method, RawResponse, Session};
use serde_json::Value;

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
