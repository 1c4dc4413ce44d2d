//! Messages that are polled.

use icws::client::Method;
use icws::messaging::Message;
use serde_json::{Value, json};

use super::{poll, set, upload, uploaded};
use crate::email::{content, draft, told};
use crate::raw;
use crate::server::Server;

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
