//! Documents that are made from the code, and the tests that hold the checked-in ones against it. After a change, run the tests
//! with `ATTACHE_WRITE_DOCS=1` to write them anew.

mod openapi;
mod sentences;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use desk::refusal::{Failure, LibraryLimit, Refusal, SessionFault};
use desk::rights::Scope;
use desk::{Language, Right};
use icws::configuration::{ValidationError, ValidationErrorType};
use icws::operations::{self, Operation};

use crate::answer::describe;
use crate::extract::Asks;
use crate::rights::{self, On, TABLE, Way};
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

/// Choices that a client's author would ask about.
const CHOICES: &str = "\
- A body in which an object has a member twice is refused: 400 `error.request.malformed`.
- `email/save`: a member that is absent stays as it is, an empty list clears. `send` sends what was last saved.
- What becomes of a sent email stands in two attributes of our own, which can be subscribed to: `Attache_DeliveryState` (`waiting`, `delivered`, or
  `failed` as soon as somebody will not get it) and `Attache_DeliveryError` (who has not got it and why).
- `interactions 10` promises calls and chats too; creating them answers 400 `error.request.interactions.typeNotServed`.
- Subscriptions: a repeated PUT sends a snapshot again; a DELETE of one that is not there succeeds.
- Mail that comes in: `emailType` is None, `sender` its author, `receivedTimestamp` when the last server on its way took it. HTML is told without what could run or load
  from the server that shows it. An attachment has a `contentId` if the text shows it or its author wants it shown. `messageId` of an attached message is good as long as the email.
- Replies and forwards: any email that the caller may change can be answered, one of his own, too. What is absent is filled in: subject, recipients, the quoted
  text in both forms; an empty list is a list. A message attached to the parent is taken over as an `.eml` file. `Eic_EmailChildren` has the ids of the answers with `|` between them.
- `supportedResponseTypes` is empty unless the email came in and is connected to the caller; ReplyAll is in it if there is more than one correspondent.
- `resolve-address` looks for the beginnings of words, without case and accents, in names and addresses of mailboxes, of whose they are, and of everybody mail came
  from or went to; at most 2,000 entries are looked at.
- `configuration/mail/send-email` sends by one's own mailbox, or by that of the one workgroup that one belongs to and that can send; with neither, whoever has
  `mailConfiguration` or `masterAdministrator` sends by the mailbox that was set up first. What was sent is an interaction like any other.
- A user's own mailbox is `mailboxProperties` with `emailAddress` and `displayName` (at first his own): what is absent or null stays, an empty address takes the mailbox
  from him. Mail goes out by it; mail comes in to workgroups.
- When the right to an email is lost, its subscriber gets `emailSubscriptionStateMessage` with state Faulted and, beside the contract, its `interactionId`.
- The library behind a `url` is the one of now, whatever tag the address has; only under its own tag may a client keep it.
- An attachment that is removed by its `fileUri` must be one of the interaction in the path.
- A user who never chose a status is Available since he is there. Everybody may know everybody's status; each sets only his own, which is done by the time of the 202.
- The texts of statuses, and `statusText` of users, are in the language of the session; their ids are not.
- `loggedIn` of a status says whether the user has a session; `untilDateTime` is told and does nothing.
- A station is the name or the number that the client gives, with the kinds of interaction it declares; any is taken, and it is left with the session. Without
  one `connection/station` answers 200 with `stationSetting` 0. The first message of its subscription tells the station of now. Who logs in with
  `include=effective-station` hears of it without a subscription, the one of now first.
- A workgroup's queue has what waits in it and what is worked on for it, drafts too; what has ended leaves it at once. A user's queue has what he has; what has
  ended stays in it for the time of the setting `queue.kept`, or until it is wrapped up. The queue System of a user is the same; a station's is empty.
- One's own queue can be watched, and those of one's workgroups; others with the rights `viewUserQueue` and `viewWorkgroupQueue`. Watching none that is there to be
  seen is refused; of some of several the others are told of by `queueSubscriptionStateMessage` with state Faulted, whose `error` names them, and Normal
  if they can be seen again.
- A list of interactions that is larger than 2 MiB is told in parts: a poll has the next one, a stream all.
- A value that has more than 32 KiB as JSON is cut in messages of queues. `Eic_Capabilities` tells what the state allows, whoever asks.
- An interaction may be picked up by the members of its workgroup, by whoever has a right for one of its queues, and by the user it was handed to; picking up what one
  has already changes nothing. Who is too late hears 400 `error.request.interactions.alreadyPickedUp`.
- `target` of a transfer is the id of a user or the name of a workgroup. A user is alerted and the email stays with its workgroup; in a workgroup's queue it waits.
  Parking is the same with the state Parked, which has no end by itself. Discarding one's own draft asks for no right.
- `interaction-alerting` tells what is handed to the user and alerts: `alertAction` 1 when it comes, 2 when it is taken, goes elsewhere or ends; nothing of what
  changes between. `alertType` is 1 (User), `autoAnswer` false, `interactionType` is told in the words of `Eic_ObjectType`, `attributes` only where some were asked for, and only
  with 1. The first message has all that alerts then, and may be empty. The names may have 16 KiB in all; of values that have more than 32 KiB in all the last are cut.
- A private interaction is kept from those who may only preview it.
- Any `code` of one line without `;` and `|` is taken as a wrap-up. `Eic_WrapupConnectionSegments` has each as `segment;user;code;time`, separated by `|`. The
  `user` is the caller or somebody whom he may administer or whose queue he may see, and `sourceInteractionId` an interaction that he may see.
- A `unique-auth-token` is spent by the first login that brings it, even where its seed or its session are wrong.
- Every licence that is asked for is granted: the server needs none.
- A handler notification reaches the sessions that listen to its object and event, spelled the same, the sender's own among them. Who listens
  no more gets none that is still on its way.
- Configuration: `rightsFilter` is `admin` (the default; of users one always sees oneself), `view` or `loggedInUser`. With `view` everybody may know of users their
  names and statuses, of workgroups one may see all but their rights, and of system libraries those one may use. A right for an object, for all of
  its kind, or `masterAdministrator` makes one its administrator.
- Configuration lists: `Range: items=0-9` counts from 0; the status is 200 and `Content-Range` tells what came; with `select` at most 200 objects do. `where` and
  `orderBy` look at every property but rights; values compare without case, and lists by the ids in them. A list's path may end in a slash.
- Inheritable properties: `effectiveValue` always, the own value with `actualValues`, the inherited one with `inheritedValues`, and where it comes from with
  `singlePropertyInheritedFrom`. Roles and workgroups inherit nothing. Only `actualValue` can be set.
- What was told of a user, a role or a workgroup can be sent back: a property that cannot be set is taken if it says what is so anyway, and `createdDate` and
  `statusText` whatever they say. Every workgroup has a queue and takes email in.
- One request changes at most 1,000 elements of a list (members, roles, workgroups, mailboxes, all objects of rights together); more is 400
  `error.request.configuration.tooManyElements`. What stays as it is does not count, except of mailboxes.
- `description` of a library is what its document says, at most 4,000 characters of it.
- A user, a workgroup or a mailbox that open interactions need is not removed: 400 `error.request.configuration.inUse`. Nobody removes himself, and only who has
  `masterAdministrator` changes who has it, or what gives it. Security and access rights are given with `canEditAccessRights`, administrative ones with
  `canEditAdministrativeRights`, and nobody gives what he does not hold, nor puts anybody into a role or a workgroup that holds it. Ids cannot be changed.
- A file for one's own library: `response-management/file` with a name that no file has gives an address that takes the bytes by PUT (200, no token; 404 to GET until
  then). Then an item may name it. One that no item names is forgotten after as long as unneeded bytes are kept (a day).
- Subscriptions of configuration and activations: PUT 200, DELETE 204. Objects that a subscriber may not see are left out, and told as added or removed when that
  changes; an object is told whole.
- Activations: members take part until somebody says otherwise, which is kept and told and routes nothing yet. `filter` names those whose activations are told,
  `select` those with which.
- Sessions can be watched by their users and by their stations; not by layouts, which there are none of. One sees one's own sessions and those of users whom one may
  administer or whose queue one may see. Everybody may choose every status that can be chosen.
- `contentId` of an upload that is not inline is the empty string.
- `errorCode` is sent where client authors have seen one.
- A header section that is too large is answered 431 by the HTTP library, and the connection is closed.
";

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

fn way_text(way: &Way) -> String {
    match way {
        Way::Being(what) => (*what).to_owned(),
        Way::AsMember(right) => format!("`{}` as a member of its workgroup", right.property()),
        Way::Right(right, on) => {
            let what = match on {
                On::Everything if right.scope() == Scope::Everything => "",
                On::Everything => " for all",
                On::User => " for the user",
                On::Workgroup => " for the workgroup",
                On::Role => " for the role",
                On::Library => " for the library",
            };
            format!("`{}`{what}", right.property())
        }
    }
}

/// What an operation needs beside a session: all of these.
fn needs(operation: &str) -> Vec<String> {
    let conditions = rights::entry(operation).map_or(&[][..], |entry| entry.conditions);
    conditions
        .iter()
        .map(|condition| {
            let ways: Vec<String> = condition.ways.iter().map(way_text).collect();
            ways.join(", or ")
        })
        .collect()
}

fn rights_document() -> String {
    let mut rows = String::new();
    for entry in TABLE {
        let refused: Vec<String> = entry
            .conditions
            .iter()
            .map(|condition| match condition.refused {
                Some((status, id)) => format!("{status} `{id}`"),
                None => "is not told of it".to_owned(),
            })
            .collect();
        let _ = writeln!(
            rows,
            "| `{}` | {} | {} |",
            entry.operation,
            needs(entry.operation).join("; **and** "),
            refused.join("; ")
        );
    }
    format!(
        "# Who may what\n\n\
         For each served operation what it needs beside a session. Rights are called by their ICWS properties; each may be held by the user \
         himself, by a role, by a workgroup or by everyone. Where a right is given for objects, `*` stands for all of them. The last column \
         says how somebody is refused who has none of what would do.\n\n\
         Made from the code; a test sends a request with each right and one without it.\n\n\
         | Operation | Needs | Without it |\n| --- | --- | --- |\n{rows}"
    )
}

#[test]
fn the_list_of_rights_is_true() {
    for entry in TABLE {
        for condition in entry.conditions {
            assert!(!condition.ways.is_empty(), "{}", entry.operation);
        }
        let count = TABLE
            .iter()
            .filter(|other| other.operation == entry.operation)
            .count();
        assert_eq!(count, 1, "{} stands twice", entry.operation);
    }
    hold("RIGHTS.md", &rights_document());
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
