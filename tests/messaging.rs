//! Messages: polled and streamed, once and again, and what a restart leaves of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use icws::client::{Event, EventStream, Method, Session, header};
use icws::interactions::InteractionAttributesUpdate;
use icws::messaging::Message;
use serde_json::{Value, json};

use crate::email::{WAIT, content, draft, refused, told};
use crate::raw;
use crate::server::Server;

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
async fn set(session: &Session, id: &str, value: &str) {
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
async fn upload(session: &Session, id: &str, name: &str) {
    session
        .upload_bytes(id, name, false, name.as_bytes().to_vec())
        .await
        .expect("is uploaded");
}

/// The name of the file that a one-shot tells of.
fn uploaded(message: &Message) -> Option<&str> {
    match message {
        Message::EmailUploadFileStatus(message) => Some(&message.file_name),
        _ => None,
    }
}

/// Reads events until a number of one-shots came; gives those, and all others.
async fn read_uploads(
    stream: &mut EventStream,
    count: usize,
) -> (Vec<(String, String)>, Vec<Event>) {
    let (mut uploads, mut others) = (Vec::new(), Vec::new());
    while uploads.len() < count {
        let event = stream.next_within(WAIT).await.expect("an event");
        match uploaded(&event.message) {
            Some(name) => uploads.push((event.id.expect("an id"), name.to_owned())),
            None => others.push(event),
        }
    }
    (uploads, others)
}

#[tokio::test]
async fn a_poll_brings_what_changed_and_then_nothing() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    assert_eq!(poll(&anna).await, [] as [Value; 0]);
    let id = draft(&anna).await;
    anna.subscribe_interaction(&id, &["Colour"])
        .await
        .expect("subscribes");
    let message = |colour: &str, delta: bool| {
        json!([{
            "__type": "urn:inin.com:interactions:interactionChangedMessage",
            "interactionID": id,
            "attributes": {"Colour": colour},
            "isDelta": delta,
        }])
    };
    let is = async |expected: Value| assert_eq!(Value::Array(poll(&anna).await), expected);
    is(message("", false)).await;
    is(json!([])).await;
    set(&carl, &id, "red").await;
    set(&carl, &id, "green").await;
    is(message("green", true)).await;
    is(json!([])).await;

    // Subscribing again sends everything again, and what was not read yet is in it.
    set(&carl, &id, "blue").await;
    anna.subscribe_interaction(&id, &["Colour"])
        .await
        .expect("subscribes");
    is(message("blue", false)).await;

    // Whoever ends a subscription hears no more of it, not even of what was there before.
    set(&carl, &id, "white").await;
    for _ in 0..2 {
        let answer = anna
            .raw(
                Method::DELETE,
                &format!("/messaging/subscriptions/interactions/{id}"),
                None,
            )
            .await;
        assert_eq!(answer.expect("an answer").status, 204);
        is(json!([])).await;
    }
    set(&carl, &id, "black").await;
    is(json!([])).await;
}

#[tokio::test]
async fn each_session_has_its_own_messages() {
    let server = Server::demo().await;
    let (one, two) = (server.log_in("anna").await, server.log_in("anna").await);
    let id = draft(&one).await;
    for session in [&one, &two] {
        session.subscribe_email(&id).await.expect("subscribes");
        assert!(!told(session, &id).await.expect("a snapshot").is_delta);
    }
    one.save_email(&id, &content("A new subject"))
        .await
        .expect("saves");
    for session in [&one, &two] {
        let told = told(session, &id).await.expect("a change");
        assert_eq!(
            told.email_content.expect("the content").subject.as_deref(),
            Some("A new subject")
        );
    }
    // An outcome belongs to the session that asked.
    upload(&two, &id, "a.txt").await;
    let names = |messages: Vec<Message>| messages.iter().filter_map(uploaded).count();
    assert_eq!(names(one.messages().await.expect("a poll")), 0);
    assert_eq!(names(two.messages().await.expect("a poll")), 1);
    assert_eq!(names(two.messages().await.expect("a poll")), 0);
}

#[tokio::test]
async fn what_a_request_caused_can_be_read_when_it_is_answered() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    anna.subscribe_email(&id).await.expect("subscribes");
    told(&anna, &id).await.expect("a snapshot");
    for number in 0..50 {
        let subject = format!("Subject {number}");
        carl.save_email(&id, &content(&subject))
            .await
            .expect("saves");
        let told = told(&anna, &id).await.expect("what was answered");
        assert_eq!(
            told.email_content.expect("the content").subject,
            Some(subject)
        );
    }
}

#[tokio::test]
async fn ten_thousand_changes_that_nobody_read_are_one_message() {
    const CHANGES: usize = 10_000;
    const CONNECTIONS: usize = 50;
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    anna.subscribe_interaction(&id, &["Colour", "Eic_CallId"])
        .await
        .expect("subscribes");
    assert_eq!(poll(&anna).await.len(), 1);
    let path = format!("POST /icws/{}/interactions/{id}", carl.id);
    let cookie = format!("Cookie: {}", carl.cookie.as_deref().expect("a cookie"));
    let token = format!(
        "ININ-ICWS-CSRF-Token: {}",
        carl.token.as_deref().expect("a token")
    );
    let send = async |connection: usize| {
        let requests = (0..CHANGES / CONNECTIONS).map(|number| {
            let body = json!({"attributes": {"Colour": format!("{connection}/{number}")}});
            raw::request("x", &[&path, &cookie, &token], &body.to_string())
        });
        let connection = raw::Connection::open(&server.address()).await;
        connection
            .pipeline(requests.collect(), CHANGES / CONNECTIONS)
            .await
    };
    let all = futures_util::future::join_all((0..CONNECTIONS).map(send)).await;
    assert_eq!(
        all.concat().iter().filter(|status| **status == 200).count(),
        CHANGES
    );
    let messages = poll(&anna).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    let now = anna
        .attributes(&id, &["Colour"])
        .await
        .expect("may be read")
        .attributes;
    assert_eq!(
        messages[0]["attributes"],
        json!({"Colour": now["Colour"]}),
        "the last one, and no more"
    );
    assert_eq!(messages[0]["isDelta"], true);
    assert_eq!(poll(&anna).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_stream_is_what_browsers_read() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.subscribe_interaction(&id, &["Colour"])
        .await
        .expect("subscribes");
    let head = [
        &format!("GET /icws/{}/messaging/messages", anna.id),
        &format!("Cookie: {}", anna.cookie.as_deref().expect("a cookie")),
        "Accept: text/html;q=0.5, TEXT/Event-Stream;charset=utf-8",
        "Last-Event-ID: ",
    ];
    let mut connection = raw::Connection::open(&server.address()).await;
    connection.begin(&head, "").await;
    let answer = connection.read_head().await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(answer.header("x-accel-buffering"), Some("no"));
    assert_eq!(answer.header("content-encoding"), None);
    set(&anna, &id, "red\nü").await;
    set(&anna, &id, "green").await;
    let mut text = String::new();
    while !text.contains("green") {
        text += &connection.read_chunk().await.expect("the stream goes on");
    }
    let mut ids = BTreeSet::new();
    let mut events = text.split("\n\n").filter(|event| !event.is_empty());
    let first = events.next().expect("an event");
    assert!(first.starts_with("retry: 3000\n"), "{first}");
    for event in first
        .strip_prefix("retry: 3000\n")
        .into_iter()
        .chain(events)
    {
        let lines: Vec<&str> = event.split('\n').collect();
        assert_eq!(lines.len(), 2, "{event}");
        let id = lines[0].strip_prefix("id: ").expect("an id");
        assert!(ids.insert(id.to_owned()), "{id} twice");
        let data: Value =
            serde_json::from_str(lines[1].strip_prefix("data: ").expect("data")).expect("JSON");
        assert!(data.is_object() && colour(&data).is_some(), "{event}");
    }
}

#[tokio::test]
async fn the_last_one_to_ask_reads() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let mut first = anna.stream(None).await.expect("a stream");
    let mut second = anna.stream(None).await.expect("a stream");
    assert_eq!(first.next_within(WAIT).await, None);
    assert!(
        first.next_line().await.is_none(),
        "an older stream is closed"
    );
    upload(&anna, &id, "a.txt").await;
    let told = second.next_within(WAIT).await.expect("an event");
    assert_eq!(uploaded(&told.message), Some("a.txt"));
    assert_eq!(poll(&anna).await, [] as [Value; 0], "it was read");
    while second.next_line().await.is_some() {}
    // A poll has taken over; a stream may take over again.
    upload(&anna, &id, "b.txt").await;
    let mut third = anna.stream(None).await.expect("a stream");
    let told = third.next_within(WAIT).await.expect("an event");
    assert_eq!(uploaded(&told.message), Some("b.txt"));
}

/// Streams that follow on each other while things change: the last one knows how things are.
#[tokio::test]
async fn nothing_is_lost_between_two_streams() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    anna.subscribe_interaction(&id, &["Colour"])
        .await
        .expect("subscribes");
    let mut stream = anna.stream(None).await.expect("a stream");
    let mut seen = String::from("none");
    for round in 0..40 {
        let value = format!("round {round}");
        let (_, next) = tokio::join!(set(&carl, &id, &value), anna.stream(stream.last_event_id()));
        let mut next = next.expect("a stream");
        // What the older one was told before it was closed counts as well: its client has it.
        while let Some(event) = stream.next().await {
            seen = colour(&event.data).unwrap_or_default().to_owned();
        }
        while seen != value {
            let event = next
                .next_within(WAIT)
                .await
                .unwrap_or_else(|| panic!("{value} was lost, {seen} was told"));
            seen = colour(&event.data).unwrap_or_default().to_owned();
        }
        stream = next;
    }
}

#[tokio::test]
async fn who_comes_back_is_told_what_he_missed() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    anna.subscribe_interaction(&id, &["Colour"])
        .await
        .expect("subscribes");
    let mut stream = anna.stream(None).await.expect("a stream");
    for name in ["a.txt", "b.txt", "c.txt"] {
        upload(&anna, &id, name).await;
    }
    let (uploads, _) = read_uploads(&mut stream, 3).await;
    set(&carl, &id, "red").await;
    let red = stream
        .find(WAIT, |message| {
            matches!(message, Message::InteractionChanged(_))
        })
        .await
        .expect("a change");
    let mut all: BTreeSet<String> = uploads.iter().map(|(id, _)| id.clone()).collect();
    all.insert(red.id.clone().expect("an id"));
    assert_eq!(all.len(), 4, "an id is that of one event");
    drop(stream);

    let expectations = [
        // After the first: the two behind it, with the ids they had.
        (uploads[0].0.clone(), &uploads[1..]),
        // After all of them: none.
        (red.id.expect("an id"), &uploads[3..]),
        (uploads[2].0.clone(), &uploads[3..]),
        // After one that nobody knows: all that are kept.
        ("nonsense".to_owned(), &uploads[..]),
        (String::from("0-000000000000-7"), &uploads[..]),
    ];
    for (number, (last, missed)) in expectations.into_iter().enumerate() {
        let colour_now = format!("colour {number}");
        set(&carl, &id, &colour_now).await;
        let mut stream = anna.stream(Some(&last)).await.expect("a stream");
        let (again, before) = read_uploads(&mut stream, missed.len()).await;
        assert_eq!(again, missed, "after {last}");
        let snapshot = match before.into_iter().next() {
            Some(event) => event,
            None => stream.next_within(WAIT).await.expect("a snapshot"),
        };
        assert!(
            all.insert(snapshot.id.expect("an id")),
            "a new event has an id of its own"
        );
        assert_eq!(snapshot.data["isDelta"], false, "{}", snapshot.data);
        assert_eq!(colour(&snapshot.data), Some(colour_now.as_str()));
    }
    // A poll that follows has read all of it.
    assert_eq!(poll(&anna).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_restart_between_two_polls_loses_nothing() {
    let mut server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    anna.subscribe_interaction(&id, &["Colour"])
        .await
        .expect("subscribes");
    anna.subscribe_email(&id).await.expect("subscribes");
    anna.subscribe_response_management()
        .await
        .expect("subscribes");
    assert_eq!(poll(&anna).await.len(), 3);
    upload(&anna, &id, "read.txt").await;
    let mut stream = anna.stream(None).await.expect("a stream");
    let (read, _) = read_uploads(&mut stream, 1).await;
    drop(stream);
    // Nobody reads these before the server goes.
    set(&carl, &id, "red").await;
    carl.save_email(&id, &content("Saved before"))
        .await
        .expect("saves");
    upload(&anna, &id, "unread.txt").await;
    for gently in [true, false] {
        if gently {
            assert!(server.stop().await.success());
        } else {
            server.kill();
        }
        server.start().await;
        if gently {
            continue;
        }
        let messages = poll(&anna).await;
        let of = |urn: &str| {
            let found: Vec<&Value> = messages
                .iter()
                .filter(|message| message["__type"] == urn)
                .collect();
            assert_eq!(found.len(), 1, "{urn}: {messages:?}");
            found[0].clone()
        };
        let changed = of("urn:inin.com:interactions:interactionChangedMessage");
        assert_eq!(
            (colour(&changed), &changed["isDelta"]),
            (Some("red"), &json!(false))
        );
        let email = of("urn:inin.com:interactions.email:emailContentsMessage");
        assert_eq!(
            (&email["emailContent"]["subject"], &email["isDelta"]),
            (&json!("Saved before"), &json!(false))
        );
        assert_eq!(
            of("urn:inin.com:responseManagement:responseManagementMessage")["isDelta"],
            false
        );
        assert_eq!(
            of("urn:inin.com:interactions.email:emailUploadFileStatusMessage")["fileName"],
            "unread.txt"
        );
        assert_eq!(messages.len(), 4);
        assert_eq!(poll(&anna).await, [] as [Value; 0]);
    }
    // The id of an event is good on the other side of a restart, too.
    let mut stream = anna.stream(Some(&read[0].0)).await.expect("a stream");
    let (again, _) = read_uploads(&mut stream, 1).await;
    assert_eq!(again[0].1, "unread.txt");
    drop(stream);
    let mut stream = anna.stream(Some("")).await.expect("a stream");
    let (all, _) = read_uploads(&mut stream, 2).await;
    assert_eq!(all, [read[0].clone(), again[0].clone()]);
}

#[tokio::test]
async fn the_end_of_a_session_is_told_on_its_stream() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let mut stream = anna.stream(None).await.expect("a stream");
    anna.log_out().await.expect("logs out");
    let event = stream.next_within(WAIT).await.expect("an event");
    assert_eq!(
        event.data,
        json!({
            "__type": "urn:inin.com:connection:connectionStateChangeMessage",
            "previousConnectionState": 1,
            "newConnectionState": 2,
            "reason": "The user logged out.",
            "shouldReconnect": false,
            "isDelta": false,
        })
    );
    assert_eq!(stream.next_within(WAIT).await, None);
    assert!(stream.next_line().await.is_none(), "and then it is closed");
    refused(anna.messages().await, 401, ENDED);
    let refusal = anna.stream(None).await.expect_err("it has ended");
    assert_eq!(
        (refusal.status, refusal.id()),
        (401, ENDED),
        "a stream is refused as a poll is"
    );
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let mut server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let (mut one, mut two) = (
        anna.stream(None).await.expect("a stream"),
        carl.stream(None).await.expect("a stream"),
    );
    let began = Instant::now();
    let (status, one, two) = tokio::join!(server.stop(), one.next(), two.next());
    assert!(status.success() && one.is_none() && two.is_none());
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_heartbeat_is_answered_with_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for body in [
        None,
        Some(json!({})),
        Some(Value::Null),
        Some(json!([1, "x"])),
    ] {
        let answer = anna
            .raw(Method::POST, "/messaging/heartbeat", body.as_ref())
            .await
            .expect("an answer");
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    let call = anna
        .call(Method::POST, "/messaging/heartbeat")
        .body("no JSON {");
    assert_eq!(anna.client.send(call).await.expect("an answer").status, 204);
}
