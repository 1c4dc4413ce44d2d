//! Emails: drafts, what is in them, and sending. What the modules share stands here.

mod delivery;
mod download;
mod failing;
mod insert;
mod limits;
mod memory;
mod message;
mod names;
mod own_mailbox;
mod parallel;
mod plain;
mod refusals;
mod remove;
mod save;
mod send;
mod subscription;
pub mod upload;

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Duration;

use icws::Guid;
use icws::client::{IcwsError, Method, Session};
use icws::email::{
    BodyType, CreateEmailParameters, EmailAddress, EmailBody, EmailContent, EmailContentsMessage,
    EmailFileAttachment,
};
use icws::messaging::Message;
use icws::response_management::{Category, Item, Library};

/// How long a message that is due may take.
pub const WAIT: Duration = Duration::from_secs(5);

/// A correspondent.
pub fn person(name: &str, address: &str) -> EmailAddress {
    EmailAddress {
        display_name: name.to_owned(),
        address: Some(address.to_owned()),
    }
}

/// The demo's mailbox, as a sender.
pub fn support() -> EmailAddress {
    person("Support", "support@example.com")
}

/// A text body.
pub fn text(body: &str) -> EmailBody {
    EmailBody {
        body: body.to_owned(),
        body_type: BodyType::Text,
    }
}

/// An HTML body.
pub fn html(body: &str) -> EmailBody {
    EmailBody {
        body: body.to_owned(),
        body_type: BodyType::Html,
    }
}

/// From the demo's mailbox to one customer.
pub fn content(subject: &str) -> EmailContent {
    EmailContent {
        subject: Some(subject.to_owned()),
        to_recipients: Some(vec![person("Kim", "kim@example.org")]),
        ..nothing()
    }
}

/// What changes nothing when it is saved.
pub fn nothing() -> EmailContent {
    EmailContent {
        subject: None,
        sender: support(),
        to_recipients: None,
        cc_recipients: None,
        bcc_recipients: None,
        reply_to_recipients: None,
        bodies: None,
    }
}

/// An email of the workgroup Support.
pub fn of_support(content: EmailContent) -> CreateEmailParameters {
    CreateEmailParameters {
        email_content: content,
        workgroup: Some("Support".to_owned()),
        additional_attributes: None,
    }
}

/// Makes a draft of the workgroup Support.
pub async fn draft(session: &Session) -> String {
    let email = of_support(content("Your lamp"));
    let created = session.create_email(&email).await.expect("a draft");
    created.interaction_id
}

/// Makes a draft that holds attachments from the libraries.
pub async fn draft_with(session: &Session, names: &[&str]) -> String {
    let id = draft(session).await;
    for name in names {
        let item = item(session, name).await;
        let inserted = session.insert(&id, item.id, None).await;
        inserted.expect("is inserted");
    }
    id
}

/// The email as it is now. Reads and drops what else there is for the session.
pub async fn snapshot(session: &Session, id: &str) -> EmailContentsMessage {
    session.subscribe_email(id).await.expect("may be read");
    let message = told(session, id).await.expect("a snapshot");
    assert!(!message.is_delta);
    message
}

/// What a poll tells of an email, if anything. Drops what else it tells.
pub async fn told(session: &Session, id: &str) -> Option<EmailContentsMessage> {
    let messages = session.messages().await.expect("a poll");
    let mut of_email = messages.into_iter().filter_map(|message| match message {
        Message::EmailContents(message) if message.interaction_id == id => Some(message),
        _ => None,
    });
    let told = of_email.next();
    assert_eq!(
        of_email.next(),
        None,
        "two messages of one subject in one poll"
    );
    told
}

/// Its attachments, in their order.
pub fn attachments(message: &EmailContentsMessage) -> Vec<EmailFileAttachment> {
    let content = message.email_content.as_ref().expect("the content");
    content.file_attachments.clone().expect("always sent")
}

/// The attachments of an email as it is now.
pub async fn attachments_of(session: &Session, id: &str) -> Vec<EmailFileAttachment> {
    attachments(&snapshot(session, id).await)
}

/// The names of the attachments of an email as it is now.
pub async fn names_of(session: &Session, id: &str) -> Vec<String> {
    let files = attachments_of(session, id).await;
    files.into_iter().map(|file| file.name).collect()
}

/// The bytes of a file of the demo, by its path in the repository's `demo` folder.
pub fn demo_file(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo")
        .join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// An item that the session's user can find in his libraries, by its name.
pub async fn item(session: &Session, name: &str) -> Item {
    let found = items(session)
        .await
        .into_iter()
        .find(|item| item.name == name);
    found.unwrap_or_else(|| panic!("no item {name}"))
}

/// All items that the session's user can find in his libraries.
pub async fn items(session: &Session) -> Vec<Item> {
    let mut items = Vec::new();
    for library in libraries(session).await {
        take_items(library.categories, library.items, &mut items);
    }
    items
}

/// All libraries of the session's user. Reads and drops what else there is for the session.
pub async fn libraries(session: &Session) -> Vec<Library> {
    let subscribed = session.subscribe_response_management().await;
    subscribed.expect("may use response management");
    let messages = session.messages().await.expect("a poll");
    let mut libraries = Vec::new();
    for message in messages {
        let Message::ResponseManagement(message) = message else {
            continue;
        };
        for file in message.libraries_added.unwrap_or_default() {
            libraries.push(session.library(&file.url).await.expect("a library"));
        }
    }
    libraries
}

fn take_items(categories: Option<Vec<Category>>, items: Option<Vec<Item>>, into: &mut Vec<Item>) {
    into.extend(items.unwrap_or_default());
    for category in categories.unwrap_or_default() {
        take_items(category.categories, category.items, into);
    }
}

/// Holds a result to be a refusal of this status and `errorId`, and gives it.
pub fn refused<T: Debug>(result: Result<T, IcwsError>, status: u16, error_id: &str) -> IcwsError {
    let error = result.expect_err(&format!("{error_id} was due"));
    assert_eq!((error.status, error.id()), (status, error_id), "{error}");
    error
}

/// An id that no item has.
pub fn unknown_item() -> Guid {
    "00000000-0000-4000-8000-000000000000"
        .parse()
        .expect("a Guid")
}

/// Sends a body to an operation of an email, such as `save`, and gives the refusal or the answer.
pub async fn post(
    session: &Session,
    id: &str,
    operation: &str,
    body: &serde_json::Value,
) -> Result<icws::client::RawResponse, IcwsError> {
    let path = format!("/interactions/{id}/email/{operation}");
    let answer = session.raw(Method::POST, &path, Some(body)).await?;
    answer.success()
}

/// The operation that inserts a library's file.
pub const INSERT: &str = "attachments/response-management/insert";

/// The files of the blob store of a data folder.
pub fn blob_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the blob store") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// The one file of the blob store that has exactly these bytes.
pub fn blob_of(folder: &Path, bytes: &[u8]) -> PathBuf {
    let same = |path: &PathBuf| {
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        size == bytes.len() as u64 && std::fs::read(path).is_ok_and(|found| found == bytes)
    };
    let mut found = blob_files(folder).into_iter().filter(same);
    let path = found.next().expect("the bytes are kept");
    assert_eq!(found.next(), None, "the bytes are kept once");
    path
}

/// Bytes that no other file has, and that do not compress.
pub fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}
