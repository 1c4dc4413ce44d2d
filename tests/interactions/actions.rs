//! What agents do with an interaction: take it, put it aside, hand it on, end it, say what came of it.

use icws::Date;
use icws::client::{IcwsError, Method, RawResponse, Session};
use icws::interactions::{TransferParameters, WrapupAssignment};
use icws::queues::QueueType;
use serde_json::{Value, json};

use super::DENIED;
use super::attributes::read;
use crate::email::{draft, nothing, refused, told};
use crate::queues::{List, of_user, of_workgroup, queue, to, waiting};
use crate::server::{Server, eventually};

pub const STATE: &str = "error.request.interactions.invalidState";
const TAKEN: &str = "error.request.interactions.alreadyPickedUp";
pub const TARGET: &str = "error.request.interactions.targetNotFound";
const NO_RIGHT: &str = "error.request.accessDenied";

/// Does something with an interaction, as a body says it.
pub async fn act(
    session: &Session,
    id: &str,
    action: &str,
    body: &Value,
) -> Result<RawResponse, IcwsError> {
    let path = format!("/interactions/{id}/{action}");
    session
        .raw(Method::POST, &path, Some(body))
        .await?
        .success()
}

/// The state, and who has it.
pub async fn place(session: &Session, id: &str) -> (String, String) {
    let it = read(session, id, &["Eic_State", "Eic_UserName"]).await;
    (it["Eic_State"].clone(), it["Eic_UserName"].clone())
}

pub fn at(state: &str, user: &str) -> (String, String) {
    (state.to_owned(), user.to_owned())
}

pub(super) fn wrap_up(code: &str, source: &str) -> WrapupAssignment {
    WrapupAssignment {
        code: code.to_owned(),
        segment_id: 1,
        time: Date::from_unix_millis(1_700_000_000_000),
        user: "ANNA".to_owned(),
        source_interaction_id: source.to_owned(),
    }
}

#[tokio::test]
async fn an_email_is_taken_put_aside_and_handed_on() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = waiting(&anna).await;
    assert_eq!(place(&anna, &id).await, at("O", ""));
    // The body that clients send where none is defined: nothing, `{}` or `null`.
    for body in [json!({}), json!(null)] {
        let answer = act(&carl, &id, "pickup", &body).await.expect("taken");
        assert_eq!((answer.status, answer.text()), (200, String::new()));
    }
    assert_eq!(place(&anna, &id).await, at("C", "carl"));
    let mut own = List::watch(&carl, &[of_user("carl")], &["Eic_State"]).await;
    // Somebody else is too late; who has it may ask again, and nothing changes.
    refused(anna.pick_up(&id).await, 400, TAKEN);
    carl.pick_up(&id).await.expect("his already");
    assert!(own.read().await.is_empty());

    for (on, state) in [
        (json!(true), "H"),
        (json!("1"), "H"),
        (json!("false"), "C"),
        (json!(false), "C"),
    ] {
        let answer = act(&carl, &id, "hold", &json!({"on": on}))
            .await
            .expect("held, or not");
        assert_eq!((answer.status, answer.body.len()), (200, 0));
        assert_eq!(place(&anna, &id).await, at(state, "carl"));
    }
    own.read().await;
    assert_eq!(
        own.messages, 2,
        "the snapshot, and one of what came of all that"
    );
    // On hold it is still his.
    carl.hold(&id, true).await.expect("held");
    refused(anna.pick_up(&id).await, 400, TAKEN);
    carl.pick_up(&id).await.expect("taken back");
    assert_eq!(place(&anna, &id).await, at("C", "carl"));

    // To a user: he is alerted, and takes it.
    carl.transfer(&id, &to("Anna")).await.expect("handed on");
    assert_eq!(place(&anna, &id).await, at("A", "anna"));
    own.read().await;
    assert!(own.known.is_empty());
    refused(carl.hold(&id, true).await, 400, STATE);
    anna.pick_up(&id).await.expect("hers");
    assert_eq!(place(&anna, &id).await, at("C", "anna"));
    // Aside, on somebody's queue or a workgroup's; it waits there.
    let by_queue = |queue_type, name: &str| TransferParameters {
        target: None,
        queue_id: Some(queue(queue_type, name)),
    };
    anna.park(&id, &by_queue(QueueType::User, "carl"))
        .await
        .expect("parked");
    assert_eq!(place(&anna, &id).await, at("P", "carl"));
    carl.pick_up(&id).await.expect("his");
    carl.park(&id, &by_queue(QueueType::Workgroup, "support"))
        .await
        .expect("parked");
    assert_eq!(place(&anna, &id).await, at("P", ""));
    let waits = List::watch(&anna, &[of_workgroup("Support")], &["Eic_CallStateString"]).await;
    assert_eq!(waits.known[&id]["Eic_CallStateString"], "Parked");
    anna.pick_up(&id).await.expect("hers");
    anna.transfer(&id, &by_queue(QueueType::System, "carl"))
        .await
        .expect("handed on");
    assert_eq!(place(&anna, &id).await, at("A", "carl"));
    let body = json!({"queueID": {"queueType": "2", "queueName": "Support"}});
    act(&anna, &id, "blind-transfer", &body)
        .await
        .expect("handed on");
    assert_eq!(place(&anna, &id).await, at("O", ""));

    // When it is sent, or closed, nothing of this can be done any more.
    carl.pick_up(&id).await.expect("his");
    carl.send_email(&id).await.expect("sent");
    for session in [&anna, &carl] {
        refused(session.pick_up(&id).await, 400, STATE);
        refused(session.hold(&id, true).await, 400, STATE);
        refused(session.park(&id, &to("anna")).await, 400, STATE);
        refused(session.transfer(&id, &to("anna")).await, 400, STATE);
        refused(session.make_private(&id, true).await, 400, STATE);
        refused(session.disconnect(&id).await, 400, STATE);
    }
    assert_eq!(place(&anna, &id).await, at("I", "carl"));
}

#[tokio::test]
async fn whoever_hands_an_email_to_another_workgroup_has_it_no_more() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Sales"]).await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    carl.subscribe_email(&id).await.expect("watched");
    told(&carl, &id).await.expect("a snapshot");
    anna.transfer(&id, &to("Sales")).await.expect("handed on");
    for session in [&anna, &carl] {
        refused(session.attributes(&id, &["Eic_State"]).await, 403, DENIED);
        refused(session.save_email(&id, &nothing()).await, 403, DENIED);
        refused(session.pick_up(&id).await, 403, DENIED);
        refused(session.disconnect(&id).await, 403, DENIED);
    }
    let messages = carl.messages().await.expect("a poll");
    assert!(
        matches!(
            messages.as_slice(),
            [icws::messaging::Message::EmailSubscriptionState(_)]
        ),
        "he is told that he may not read it any more: {messages:?}"
    );
    server.done(&["workgroup", "member", "Sales", "carl"]).await;
    eventually("a member takes it", async || {
        carl.pick_up(&id).await.is_ok()
    })
    .await;
    carl.save_email(&id, &nothing())
        .await
        .expect("he writes on");
}

#[tokio::test]
async fn what_may_be_done_is_a_matter_of_rights() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let (id, own) = (waiting(&anna).await, draft(&anna).await);
    // Not a member, and without the rights of the caller alone, which are asked for first: before body and interaction.
    let all = [
        ("canPickupInteractions", "pickup"),
        ("canPutInteractionsOnHold", "hold"),
        ("canParkInteractions", "park"),
        ("canTransferInteractions", "blind-transfer"),
    ];
    for (right, action) in all {
        for id in [own.as_str(), "1"] {
            let error = refused(act(&lea, id, action, &json!({})).await, 403, NO_RIGHT);
            assert!(error.error.message.contains(right), "{error}");
        }
        server.done(&["user", "grant", "lea", right]).await;
    }
    let bodies = [
        json!({}),
        json!({"on": true}),
        json!({"target": "lea"}),
        json!({"target": "lea"}),
    ];
    eventually("she has the last of them", async || {
        act(&lea, &own, "blind-transfer", &bodies[3])
            .await
            .is_err_and(|error| error.id() == DENIED)
    })
    .await;
    for ((_, action), body) in all.iter().zip(&bodies) {
        for id in [&id, &own] {
            refused(act(&lea, id, action, body).await, 403, DENIED);
        }
    }
    refused(lea.make_private(&own, true).await, 403, DENIED);
    refused(lea.wrap_up(&own, &wrap_up("Sold", &own)).await, 403, DENIED);
    refused(lea.disconnect(&own).await, 403, DENIED);

    // For the queues that she is given, one right after the other.
    server
        .done(&["user", "grant", "lea", "pickupWorkgroupQueue", "Support"])
        .await;
    eventually("she may pick up from Support", async || {
        lea.pick_up(&id).await.is_ok()
    })
    .await;
    assert_eq!(place(&anna, &id).await, at("C", "lea"));
    lea.hold(&id, true).await.expect("it is hers");
    lea.disconnect(&id)
        .await
        .expect("who writes a draft may discard it");
    // Another's needs a right, and one for the queue.
    let grant = async |right: &str, object: &[&str]| {
        let mut arguments = vec!["user", "grant", "lea", right];
        arguments.extend(object);
        server.done(&arguments).await;
    };
    grant("disconnectUserQueue", &["*"]).await;
    eventually("the queue is hers to empty", async || {
        lea.disconnect(&own)
            .await
            .is_err_and(|error| error.id() == NO_RIGHT)
    })
    .await;
    for right in ["holdUserQueue", "transferUserQueue"] {
        grant(right, &["anna"]).await;
    }
    eventually("she may hold what anna has", async || {
        lea.hold(&own, true).await.is_ok()
    })
    .await;
    assert_eq!(place(&anna, &own).await, at("H", "anna"));
    grant("pickupUserQueue", &["anna"]).await;
    eventually("she may pick up from anna's queue", async || {
        lea.pick_up(&own)
            .await
            .is_err_and(|error| error.id() == TAKEN)
    })
    .await;
    lea.transfer(&own, &to("anna")).await.expect("handed on");
    lea.pick_up(&own).await.expect("anna has not taken it");
    assert_eq!(place(&anna, &own).await, at("C", "lea"));
    grant("canDisconnectInteractions", &[]).await;
    let other = draft(&anna).await;
    eventually("she may close what anna has", async || {
        lea.disconnect(&other).await.is_ok()
    })
    .await;
    assert_eq!(place(&anna, &other).await, at("I", "anna"));
}
