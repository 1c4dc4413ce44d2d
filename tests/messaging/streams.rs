//! Messages as server-sent events. That a silent stream breathes is in `slow.rs`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use icws::client::{Event, EventStream};
use icws::messaging::Message;
use serde_json::{Value, json};

use super::{ENDED, colour, poll, set, upload, uploaded};
use crate::email::{WAIT, content, draft, refused};
use crate::raw;
use crate::server::Server;

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
        let ((), next) = tokio::join!(set(&carl, &id, &value), anna.stream(stream.last_event_id()));
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
