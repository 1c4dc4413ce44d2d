//! Messages: polled and streamed, once and again, and what a restart leaves of them.

mod polls;
mod streams;

use std::collections::BTreeMap;

use icws::client::{Method, Session, header};
use icws::interactions::InteractionAttributesUpdate;
use icws::messaging::Message;
use serde_json::Value;

const ENDED: &str = "error.request.connection.authenticationFailure";

/// What a poll brings, as it came.
async fn poll(session: &Session) -> Vec<Value> {
    let answer = session
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header(header::CONTENT_TYPE), Some(icws::MEDIA_TYPE));
    let Value::Array(messages) = answer.value() else {
        panic!("no array: {}", answer.text())
    };
    messages
}

/// Sets an attribute of its own of an interaction.
pub async fn set(session: &Session, id: &str, value: &str) {
    let attributes = BTreeMap::from([("Colour".to_owned(), value.to_owned())]);
    let update = InteractionAttributesUpdate {
        attributes,
        append_mode: None,
    };
    session
        .update_attributes(id, &update)
        .await
        .expect("may be set");
}

/// What a message tells of that attribute.
fn colour(message: &Value) -> Option<&str> {
    message["attributes"]["Colour"].as_str()
}

/// Uploads a small file, whose outcome is a one-shot message.
pub async fn upload(session: &Session, id: &str, name: &str) {
    session
        .upload_bytes(id, name, false, name.as_bytes().to_vec())
        .await
        .expect("is uploaded");
}

/// The name of the file that a one-shot tells of.
pub fn uploaded(message: &Message) -> Option<&str> {
    match message {
        Message::EmailUploadFileStatus(message) => Some(&message.file_name),
        _ => None,
    }
}
