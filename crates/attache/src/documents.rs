//! Documents that are made from the code, and the tests that hold the checked-in ones against it. After a change, run the tests
//! with `ATTACHE_WRITE_DOCS=1` to write them anew.

mod choices;
mod openapi;
mod rights;
mod sentences;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use desk::refusal::{Failure, LibraryLimit, Refusal, SessionFault};
use desk::{Language, Right};
use icws::configuration::{ValidationError, ValidationErrorType};
use icws::operations::{self, Operation};

use self::choices::CHOICES;
use crate::answer::describe;
use crate::extract::Asks;
use crate::route::Route;
use crate::router::routes;

/// Operations that are served in part, and what is missing.
const PARTLY: &[(&str, &str)] = &[
    (
        "POST /icws/connection",
        "logging in with a token of single sign-on answers 400",
    ),
    (
        "GET /icws/connection/server-info",
        "there are no identity providers; `singleSignOnCapabilities` is ignored",
    ),
    ("GET /icws/{sessionId}/configuration/users", KEPT),
    ("GET /icws/{sessionId}/configuration/users/{id}", KEPT),
    ("GET /icws/{sessionId}/configuration/roles", KEPT),
    ("GET /icws/{sessionId}/configuration/roles/{id}", KEPT),
    ("GET /icws/{sessionId}/configuration/workgroups", KEPT),
    ("GET /icws/{sessionId}/configuration/workgroups/{id}", KEPT),
    (
        "PUT /icws/{sessionId}/configuration/users/{id}/password",
        "there are no policies for `force` to pass over",
    ),
    (
        "PUT /icws/{sessionId}/connection/station",
        "a station is only what the client says of it; `stationConnectionMode`, `readyForInteractions` and `persistentConnection` do nothing",
    ),
    (
        "POST /icws/{sessionId}/interactions",
        "makes emails only; other types answer 400",
    ),
    (
        "POST /icws/{sessionId}/configuration/workgroups/{id}/monitored-mailboxes",
        "`mailboxMoniker`, `inboundFolder` and `canReceiveEncryptedEmail` do nothing: no mailbox is watched yet",
    ),
    (
        "GET /icws/{sessionId}/interactions/{interactionId}",
        "the attributes of calls and chats are empty",
    ),
    (
        "GET /icws/{sessionId}/messaging/messages",
        "has the messages of the subscriptions that are served",
    ),
];

/// What is missing of people's objects.
const KEPT: &str = "tells the properties that are kept; those that are not are absent, and setting them is refused";

/// Holds a checked-in document against what it should be, or writes it.
fn hold(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    if std::env::var_os("ATTACHE_WRITE_DOCS").is_some() {
        std::fs::write(&path, expected).expect("the document is written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/{name} is not what the code says; run the tests with ATTACHE_WRITE_DOCS=1"
    );
}

fn asked(asks: Asks) -> String {
    let mut words = Vec::new();
    match (asks.session, asks.token, asks.ended) {
        (false, ..) => words.push("nothing".to_owned()),
        (true, true, true) => words.push("session (an ended one does) and token".to_owned()),
        (true, true, false) => words.push("session and token".to_owned()),
        (true, false, _) => words.push("session".to_owned()),
    }
    if let Some(right) = asks.right {
        words.push(format!("the right `{}`", right.property()));
    }
    words.join(", ")
}

fn operations_document() -> String {
    let declared: BTreeMap<String, Route> = routes()
        .into_iter()
        .map(|route| (route.key(), route))
        .collect();
    let key = |operation: &Operation| format!("{} {}", operation.method, operation.path);
    let mut rows = String::new();
    let (mut served, mut partly) = (0, 0);
    for operation in operations::all() {
        let key = key(operation);
        let state = match (
            declared.get(&key),
            PARTLY.iter().find(|(partly, _)| *partly == key),
        ) {
            (Some(_), None) => {
                served += 1;
                "served".to_owned()
            }
            (Some(_), Some((_, missing))) => {
                partly += 1;
                format!("partly: {missing}")
            }
            (None, _) => "not served".to_owned(),
        };
        let asks = declared
            .get(&key)
            .map(|route| asked(route.asks))
            .unwrap_or_default();
        let _ = writeln!(rows, "| `{key}` | {} | {state} | {asks} |", operation.id);
    }
    let own: Vec<&Route> = declared
        .values()
        .filter(|route| operations::find(route.method.as_str(), route.path).is_none())
        .collect();
    let mut text = format!(
        "# What of ICWS is served\n\n\
         Made from the declared routes and the table of the API's operations; a test holds it against them.\n\n\
         Of {} operations {served} are served, {partly} partly, and the others answer 410 Gone. An operation can be retired by the \
         setting `retired`, which takes the keys below; it answers 410 then, too.\n\n\
         ## Where the public material is silent\n\n{CHOICES}\n\
         ## Addresses of our own\n\n\
         They are handed out in representations; no client makes them up.\n\n\
         | Address | Asks for |\n| --- | --- |\n",
        operations::all().len(),
    );
    for route in own {
        let _ = writeln!(text, "| `{}` | {} |", route.key(), asked(route.asks));
    }
    let _ = write!(
        text,
        "\n## Operations\n\n| Operation | Its id | State | Asks for |\n| --- | --- | --- | --- |\n{rows}"
    );
    text
}

#[test]
fn the_list_of_operations_is_true() {
    for (key, _) in PARTLY {
        assert!(
            routes().iter().any(|route| route.key() == *key),
            "{key} is not declared"
        );
    }
    hold("ICWS.md", &operations_document());
}

/// Those of configuration.
fn of_configuration() -> Vec<Refusal> {
    let text = || String::from("…");
    vec![
        Refusal::ConfigurationQuery {
            list: true,
            asked: Box::default(),
        },
        Refusal::ConfigurationNotFound,
        Refusal::ConfigurationDenied,
        Refusal::ConfigurationInvalid(vec![ValidationError {
            validation_error_type: ValidationErrorType::RequiredValue,
            property_name: text(),
            property_value: text(),
        }]),
        Refusal::ConfigurationTooMany {
            property: text(),
            limit: 1,
            count: 2,
        },
        Refusal::ConfigurationInUse(Vec::new()),
    ]
}

/// One refusal of each kind.
fn samples() -> Vec<Refusal> {
    let text = || String::from("…");
    let mut samples = vec![
        Refusal::NotFound,
        Refusal::MethodNotAllowed,
        Refusal::Gone,
        Refusal::Malformed(text()),
        Refusal::MissingProperty(text()),
        Refusal::invalid(text(), text()),
        Refusal::MissingHeader("Accept-Language"),
        Refusal::HeadTooLarge { limit: 1 },
        Refusal::BodyTooLarge { limit: 1 },
        Refusal::RangeNotSatisfiable { size: 1 },
        Refusal::AuthenticationFailure,
        Refusal::AuthenticationNotServed(text()),
        Refusal::FeatureNotFound(text()),
        Refusal::UserNotFound,
        Refusal::StatusDenied,
        Refusal::StatusNotFound,
        Refusal::QueueDenied(text()),
        Refusal::RightMissing(Right::CanPickupInteractions),
        Refusal::ActivationsNotFound,
        Refusal::ActivationsDenied,
        Refusal::ResponseManagementDenied,
        Refusal::ItemNotFound,
        Refusal::ItemDenied,
        Refusal::NotAFile,
        Refusal::FileGone,
        Refusal::FileNotFound(text()),
        Refusal::FileNameInvalid(text()),
        Refusal::FileNameTaken(text()),
        Refusal::FileAddressNotFound,
        Refusal::BytesGone,
        Refusal::LibraryNotFound,
        Refusal::LibraryDenied,
        Refusal::ItemIdTaken(text()),
        Refusal::InteractionNotFound,
        Refusal::InteractionDenied,
        Refusal::TypeNotServed(text()),
        Refusal::ParentNotFound("1000000001".into()),
        Refusal::ParentDenied,
        Refusal::InvalidState,
        Refusal::AlreadyPickedUp,
        Refusal::TargetNotFound(text()),
        Refusal::NotAnEmail,
        Refusal::NotEditable,
        Refusal::NoRecipients,
        Refusal::InvalidRecipient(text()),
        Refusal::NoMailbox,
        Refusal::WorkgroupDenied(text()),
        Refusal::SenderDenied(text()),
        Refusal::MessageNotFound,
        Refusal::AttachmentNotFound,
        Refusal::DownloadNotFound,
        Refusal::EmailTooLarge { limit: 1, size: 2 },
        Refusal::MessageTooLarge { limit: 1, size: 2 },
        Refusal::TooManyAttachments { limit: 1, count: 2 },
        Refusal::TooManyAttributes { limit: 1, count: 2 },
        Refusal::TooManyRecipients { limit: 1, count: 2 },
        Refusal::SubjectTooLong {
            limit: 1,
            length: 2,
        },
        Refusal::FileTooLarge { limit: 1 },
        Refusal::UploadNotFound,
        Refusal::UploadExpired,
        Refusal::UploadIncomplete,
        Refusal::BytesUnavailable(Failure::new("…")),
        Refusal::Stopping(vec![text()]),
        Refusal::internal("…"),
    ];
    let faults = [
        SessionFault::Unknown,
        SessionFault::CookieMismatch,
        SessionFault::CookieMissing,
        SessionFault::Token,
    ];
    samples.extend(faults.map(Refusal::Session));
    samples.extend(of_configuration());
    let limits = [
        LibraryLimit::Items,
        LibraryLimit::Value,
        LibraryLimit::Depth,
    ];
    samples.extend(limits.map(|what| Refusal::LibraryTooLarge {
        what,
        limit: 1,
        size: 2,
    }));
    samples
}

fn errors_document() -> String {
    let mut rows = BTreeMap::new();
    for refusal in samples() {
        let described = describe(&refusal, Language::English);
        let error = described.error;
        let code = error
            .error_code
            .map(|code| code.to_string())
            .unwrap_or_default();
        let row = format!(
            "| `{}` | {} | {code} | {} |",
            error.error_id,
            described.status.as_u16(),
            error.message
        );
        rows.insert((error.error_id, described.status.as_u16()), row);
    }
    let rows: Vec<String> = rows.into_values().collect();
    format!(
        "# Errors\n\n\
         Every refusal has the representation `urn:inin.com:common:error`: an `errorId` from this list, which stays as it is, a `message` \
         for people, and an `errorCode` where clients know one. The message is in the language of the session; where no session was found \
         good or looked for (401, 404 of a path, 405, 410) in the one that the request's `Accept-Language` asks for, and without that in the \
         one of the session in the path, if that is known. A refusal changes nothing. A 401 always \
         means the session and carries `WWW-Authenticate`; a 500 carries `X-Request-Id`, which finds its cause in the log.\n\n\
         Made from the code; a test holds it against that.\n\n\
         | errorId | Status | errorCode | Message |\n| --- | --- | --- | --- |\n{}\n",
        rows.join("\n"),
    )
}

#[test]
fn the_list_of_errors_is_true() {
    let source = include_str!("../../desk/src/refusal.rs");
    let body = source
        .split("pub enum Refusal {")
        .nth(1)
        .and_then(|rest| rest.split("\n}").next())
        .expect("the enum");
    let variants: Vec<&str> = body
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .filter_map(|line| line.split([' ', '(', ',']).next())
        .collect();
    for variant in &variants {
        let found = samples()
            .iter()
            .any(|sample| format!("{sample:?}").split([' ', '(', '{']).next() == Some(variant));
        assert!(found, "no sample of {variant}");
    }
    for sample in samples() {
        let described = describe(&sample, Language::English);
        assert!(described.error.error_id.starts_with("error."), "{sample:?}");
        assert!(!described.error.message.is_empty(), "{sample:?}");
        let german = describe(&sample, Language::German);
        assert_eq!(
            (german.status, german.error.error_id),
            (described.status, described.error.error_id),
            "{sample:?}"
        );
        assert!(!german.error.message.is_empty(), "{sample:?}");
        assert_ne!(
            german.error.message, described.error.message,
            "{sample:?} is not in German"
        );
    }
    hold("ERRORS.md", &errors_document());
}

#[test]
fn the_commands_of_the_readme_need_no_more_words() {
    let readme = include_str!("../../../README.md");
    assert!(readme.contains("cargo run --release -- demo"));
    let workspace = include_str!("../../../Cargo.toml");
    let only_binary = "default-members = [\"crates/attache\"]";
    assert!(
        workspace.contains(only_binary),
        "`cargo run` has more than one binary to run"
    );
}

#[test]
fn every_right_is_named_once() {
    for right in Right::ALL {
        assert_eq!(Right::of_property(right.property()), Some(*right));
    }
}
