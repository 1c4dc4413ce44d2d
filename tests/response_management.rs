//! Response libraries: who sees which, their documents and files, and a library of one's own.

mod documents;
mod files;
mod own_files;
mod rights;
mod saving;

use icws::Guid;
use icws::client::{Method, RawResponse, Session};
use icws::messaging::Message;
use icws::response_management::{Item, ItemType, Library, LibraryFile, ResponseManagementMessage};

const SUBSCRIPTION: &str = "/messaging/subscriptions/response-management";
const DENIED: &str = "error.request.responseManagement.accessDenied";
const INVALID: &str = "error.request.invalidRepresentation.invalidProperty";
const MISSING: &str = "error.request.invalidRepresentation.missingProperty";
const NO_FILE: &str = "error.request.responseManagement.fileNotFound";

/// What a poll tells of libraries, if anything.
async fn told(session: &Session) -> Option<ResponseManagementMessage> {
    let mut messages = session
        .messages()
        .await
        .expect("a poll")
        .into_iter()
        .filter_map(|message| match message {
            Message::ResponseManagement(message) => Some(message),
            _ => None,
        });
    let told = messages.next();
    assert_eq!(messages.next(), None, "all of it is one message");
    told
}

/// The libraries of now, as a new subscription tells them.
async fn snapshot(session: &Session) -> Vec<LibraryFile> {
    session
        .subscribe_response_management()
        .await
        .expect("subscribes");
    let message = told(session).await.expect("a snapshot");
    assert!(!message.is_delta);
    assert_eq!(
        (
            message.libraries_changed.unwrap_or_default().len(),
            message.libraries_removed
        ),
        (0, Some(vec![]))
    );
    message.libraries_added.expect("the libraries")
}

fn names(files: &[LibraryFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

/// The session's own library, as it is listed.
pub async fn own(session: &Session) -> LibraryFile {
    let mut files = snapshot(session).await;
    assert_eq!(files[0].name, session.user_id());
    files.swap_remove(0)
}

/// Asks for an address with headers of one's own.
async fn get(session: &Session, url: &str, headers: &[(&str, &str)]) -> RawResponse {
    let mut call = session.call(Method::GET, url);
    for (name, value) in headers {
        call = call.header(*name, value);
    }
    session.client.send(call).await.expect("an answer")
}

pub fn guid(number: u32) -> Guid {
    format!("0f8fad5b-d9cb-469f-a165-{number:012}")
        .parse()
        .expect("a Guid")
}

pub fn new_item(number: u32, kind: ItemType, value: &str) -> Item {
    Item {
        id: guid(number),
        name: format!("Item {number}"),
        kind,
        shortcut: None,
        keywords: None,
        value: value.to_owned(),
    }
}

/// A library that its owner may save.
async fn with_items(session: &Session, items: Vec<Item>) -> Library {
    let file = own(session).await;
    Library {
        id: file.id,
        name: file.name,
        description: None,
        categories: None,
        items: Some(items),
    }
}
