//! What is handed to a user alerts him until it is taken, or gone.

use icws::client::{EventStream, Method, Session};
use icws::interactions::{InteractionAlertAction, InteractionAlertingMessage};
use icws::messaging::Message;
use serde_json::json;

use super::INVALID;
use crate::email::{WAIT, draft, nothing, person, refused};
use crate::postgres::Cluster;
use crate::queues::{List, of_user, to};
use crate::server::Server;

const PATH: &str = "/messaging/subscriptions/interaction-alerting";

/// An interaction that begins to alert (`+`), or ceases to (`-`).
fn change(message: &InteractionAlertingMessage) -> (bool, Vec<String>) {
    let details = message.alerting_interaction_details.iter();
    let changes = details.map(|details| {
        let sign = match details.alert_action {
            InteractionAlertAction::Start => '+',
            InteractionAlertAction::Stop => '-',
            InteractionAlertAction::None => '?',
        };
        format!("{sign}{}", details.interaction_id)
    });
    (message.is_delta, changes.collect())
}

fn of(message: Message) -> Option<InteractionAlertingMessage> {
    match message {
        Message::InteractionAlerting(message) => Some(message),
        _ => None,
    }
}

/// What a poll tells of alerts: whether it is a delta, and what begins and ceases.
async fn polled(session: &Session) -> Vec<(bool, Vec<String>)> {
    let messages = session.messages().await.expect("a poll").into_iter();
    messages
        .filter_map(of)
        .map(|message| change(&message))
        .collect()
}

/// The next message of a stream, which is about alerts.
async fn streamed(stream: &mut EventStream) -> (bool, Vec<String>) {
    let event = stream.next_within(WAIT).await.expect("an event");
    change(&of(event.message).expect("about alerts"))
}

fn begins(id: &str) -> Vec<(bool, Vec<String>)> {
    vec![(true, vec![format!("+{id}")])]
}

fn ceases(id: &str) -> Vec<(bool, Vec<String>)> {
    vec![(true, vec![format!("-{id}")])]
}

async fn hand(session: &Session, id: &str, target: &str) {
    session.transfer(id, &to(target)).await.expect("handed on");
}

#[tokio::test]
async fn what_is_handed_to_a_user_alerts_him_until_it_is_taken() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    // As clients send it when they begin.
    let raw = async |method| {
        let answer = carl.raw(method, PATH, Some(&json!({}))).await;
        let answer = answer.expect("an answer");
        (answer.status, answer.text())
    };
    assert_eq!(raw(Method::PUT).await, (200, String::new()));
    anna.subscribe_alerting(&[]).await.expect("200");
    assert_eq!(polled(&carl).await, [(false, vec![])], "nothing so far");
    assert_eq!(polled(&anna).await, [(false, vec![])]);
    let id = draft(&anna).await;
    hand(&anna, &id, "carl").await;
    let answer = carl.raw(Method::GET, "/messaging/messages", None).await;
    let expected = json!([{
        "__type": "urn:inin.com:interactions:interactionAlertingMessage", "isDelta": true,
        "alertingInteractionDetails": [{
            "interactionId": id, "interactionType": "Email", "name": "Kim", "address": "kim@example.org",
            "alertType": 1, "alertAction": 1, "autoAnswer": false,
        }],
    }]);
    assert_eq!(answer.expect("a poll").value(), expected);
    assert!(polled(&carl).await.is_empty(), "told once");
    carl.pick_up(&id).await.expect("his");
    assert_eq!(polled(&carl).await, ceases(&id));

    // It goes on, comes back, waits for others, is put aside, ends: what alerts is not what is his.
    hand(&carl, &id, "anna").await;
    assert!(polled(&carl).await.is_empty());
    hand(&anna, &id, "carl").await;
    assert_eq!(polled(&carl).await, begins(&id));
    hand(&anna, &id, "Support").await;
    assert_eq!(polled(&carl).await, ceases(&id));
    hand(&anna, &id, "carl").await;
    assert_eq!(polled(&carl).await, begins(&id));
    carl.park(&id, &to("carl")).await.expect("put aside");
    assert_eq!(polled(&carl).await, ceases(&id));
    hand(&anna, &id, "carl").await;
    assert_eq!(polled(&carl).await, begins(&id));
    hand(&anna, &id, "carl").await;
    carl.hold(&id, true).await.expect_err("he has not taken it");
    assert!(polled(&carl).await.is_empty(), "it alerts already");
    carl.disconnect(&id).await.expect("closed");
    assert_eq!(polled(&carl).await, ceases(&id));
    // What came and went meanwhile is no news, for nobody.
    let other = draft(&anna).await;
    hand(&anna, &other, "carl").await;
    carl.pick_up(&other).await.expect("his");
    assert!(polled(&carl).await.is_empty());
    assert!(polled(&anna).await.is_empty());

    for _ in 0..2 {
        assert_eq!(raw(Method::DELETE).await.0, 200);
    }
    hand(&carl, &other, "carl").await;
    assert!(polled(&carl).await.is_empty());
    // The first message has all that alerts then.
    carl.subscribe_alerting(&[]).await.expect("200");
    assert_eq!(polled(&carl).await, [(false, vec![format!("+{other}")])]);
}

#[tokio::test]
async fn alerts_have_the_attributes_that_are_asked_for() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Sales"]).await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let names = ["eic_STATE", "Eic_WorkgroupName", "Order", "eic_state"];
    carl.subscribe_alerting(&names).await.expect("200");
    carl.messages().await.expect("a snapshot");
    let id = draft(&anna).await;
    hand(&anna, &id, "carl").await;
    let told = async || {
        let messages = carl.messages().await.expect("a poll").into_iter();
        let mut details = messages.filter_map(of).map(|message| {
            let mut details = message.alerting_interaction_details;
            assert_eq!(details.len(), 1);
            details.remove(0)
        });
        let first = details.next().expect("something");
        assert!(details.next().is_none());
        first
    };
    let began = told().await;
    assert_eq!(
        json!(began.attributes),
        json!({"eic_STATE": "A", "Eic_WorkgroupName": "Support", "Order": "", "eic_state": "A"})
    );
    // What changes of it is told to those who watch the queue. What was told is what ceases.
    let mut content = nothing();
    content.to_recipients = Some(vec![person("Robin", "robin@example.org")]);
    anna.save_email(&id, &content).await.expect("saved");
    assert!(polled(&carl).await.is_empty());
    hand(&anna, &id, "Sales").await;
    carl.attributes(&id, &[]).await.expect_err("not his to see");
    let ceased = told().await;
    assert_eq!(ceased.alert_action, InteractionAlertAction::Stop);
    assert_eq!(
        (ceased.name, ceased.address, ceased.attributes),
        ("Kim".to_owned(), "kim@example.org".to_owned(), None)
    );

    for body in [
        json!({"attributeNames": vec!["x"; 1_001]}),
        json!({"attributeNames": ["x".repeat(257)]}),
        json!({"attributeNames": vec!["x".repeat(250); 100]}),
        json!({"attributeNames": "Eic_State"}),
    ] {
        let answer = carl.raw(Method::PUT, PATH, Some(&body)).await;
        let refusal = refused(answer.expect("an answer").success(), 400, INVALID);
        assert_eq!(refusal.error.property_name(), Some("attributeNames"));
    }
}

#[tokio::test]
async fn alerts_come_by_the_stream_and_after_a_restart() {
    let mut server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let at_home = server.log_in("carl").await;
    for session in [&anna, &carl, &at_home] {
        session.subscribe_alerting(&[]).await.expect("200");
    }
    let mut stream = carl.stream(None).await.expect("a stream");
    assert_eq!(streamed(&mut stream).await, (false, vec![]));
    let (id, other) = (draft(&anna).await, draft(&anna).await);
    hand(&anna, &id, "carl").await;
    assert_eq!(streamed(&mut stream).await, begins(&id)[0]);
    hand(&anna, &other, "carl").await;
    assert_eq!(streamed(&mut stream).await, begins(&other)[0]);
    at_home.pick_up(&id).await.expect("his");
    assert_eq!(streamed(&mut stream).await, ceases(&id)[0]);
    drop(stream);

    assert!(server.stop().await.success());
    server.start().await;
    for session in [&carl, &at_home] {
        let alerts = vec![format!("+{other}")];
        assert_eq!(polled(session).await, [(false, alerts)]);
    }
    carl.pick_up(&other).await.expect("his");
    for session in [&carl, &at_home] {
        assert_eq!(polled(session).await, ceases(&other));
    }
    assert_eq!(
        polled(&anna).await,
        [(false, vec![])],
        "she was handed nothing"
    );
}

#[tokio::test]
async fn many_that_alert_are_told_in_parts() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let mut all = Vec::new();
    for _ in 0..120 {
        let id = draft(&anna).await;
        hand(&anna, &id, "carl").await;
        all.push(format!("+{id}"));
    }
    carl.subscribe_alerting(&[]).await.expect("200");
    let first = polled(&carl).await;
    assert_eq!(first, [(false, all[..100].to_vec())]);
    // One that is taken before it was told of is not told of.
    let (taken, told) = (&all[110][1..], &all[0][1..]);
    for id in [taken, told] {
        carl.pick_up(id).await.expect("his");
    }
    let mut rest = vec![format!("-{told}")];
    rest.extend(all[100..].iter().filter(|id| !id.ends_with(taken)).cloned());
    assert_eq!(polled(&carl).await, [(true, rest)]);
    assert!(polled(&carl).await.is_empty());
    let queue = List::watch(&carl, &[of_user("carl")], &["Eic_State"]).await;
    let alerting = queue.known.values().filter(|it| it["Eic_State"] == "A");
    assert_eq!(alerting.count(), 118);
}

#[tokio::test]
async fn alerts_are_the_same_on_every_node() {
    let mut one = Server::stopped_in(&Cluster::shared(), &[]);
    one.start().await;
    let mut other = one.beside(&[]);
    other.start().await;
    let (anna, carl) = (one.log_in("anna").await, other.log_in("carl").await);
    carl.subscribe_alerting(&[]).await.expect("200");
    let mut stream = carl.stream(None).await.expect("a stream");
    assert_eq!(streamed(&mut stream).await, (false, vec![]));
    let id = draft(&anna).await;
    hand(&anna, &id, "carl").await;
    assert_eq!(streamed(&mut stream).await, begins(&id)[0]);
    hand(&anna, &id, "Support").await;
    assert_eq!(streamed(&mut stream).await, ceases(&id)[0]);
}
