//! What agents do with an interaction: take it, put it aside, hand it on, end it, say what came of it.

use icws::Date;
use icws::client::{IcwsError, Method, RawResponse, Session};
use icws::interactions::{TransferParameters, WrapupAssignment};
use icws::queues::QueueType;
use serde_json::{Value, json};

use super::attributes::read;
use super::{DENIED, INVALID, MISSING, NOT_FOUND};
use crate::email::{draft, nothing, refused, told};
use crate::queues::{List, of_user, of_workgroup, queue, to, waiting};
use crate::server::{Server, eventually};

const STATE: &str = "error.request.interactions.invalidState";
const TAKEN: &str = "error.request.interactions.alreadyPickedUp";
const TARGET: &str = "error.request.interactions.targetNotFound";
const NO_RIGHT: &str = "error.request.accessDenied";

/// Does something with an interaction, as a body says it.
async fn act(
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
async fn place(session: &Session, id: &str) -> (String, String) {
    let it = read(session, id, &["Eic_State", "Eic_UserName"]).await;
    (it["Eic_State"].clone(), it["Eic_UserName"].clone())
}

fn at(state: &str, user: &str) -> (String, String) {
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
async fn each_refusal_of_an_action_has_its_reason() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let taken = draft(&anna).await;
    server.done(&["workgroup", "add", "Sales"]).await;
    let hidden = draft(&anna).await;
    anna.transfer(&hidden, &to("Sales"))
        .await
        .expect("handed on");
    let assignment = json!({"code": "Sold", "segmentId": 1, "time": "20261128T120000Z", "user": "anna", "sourceInteractionId": taken});
    for (action, body, error_id, property) in [
        ("hold", json!({}), MISSING, Some("on")),
        ("hold", json!({"on": 1}), INVALID, Some("on")),
        ("make-private", json!({"on": null}), MISSING, Some("on")),
        ("make-private", json!({"on": "yes"}), INVALID, Some("on")),
        ("blind-transfer", json!({}), MISSING, Some("target")),
        (
            "blind-transfer",
            json!({"target": "carl", "queueID": {"queueType": 1, "queueName": "carl"}}),
            INVALID,
            Some("queueID"),
        ),
        (
            "blind-transfer",
            json!({"target": 7}),
            INVALID,
            Some("target"),
        ),
        (
            "blind-transfer",
            json!({"queueID": {"queueType": 9, "queueName": "carl"}}),
            INVALID,
            Some("queueID.queueType"),
        ),
        ("blind-transfer", json!({"target": "nobody"}), TARGET, None),
        ("blind-transfer", json!({"target": "an\0na"}), TARGET, None),
        (
            "blind-transfer",
            json!({"queueID": {"queueType": 2, "queueName": "carl"}}),
            TARGET,
            None,
        ),
        (
            "blind-transfer",
            json!({"queueID": {"queueType": 3, "queueName": "Desk 7"}}),
            TARGET,
            None,
        ),
        ("park", json!({}), MISSING, Some("target")),
        ("park", json!({"target": "+49 30 123"}), TARGET, None),
        ("wrap-up-assignments", json!({}), MISSING, Some("code")),
    ] {
        let error = refused(act(&anna, &taken, action, &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), property, "{action} {body}");
    }
    for (member, value, property) in [
        ("code", json!(" "), "code"),
        ("code", json!("a\nb"), "code"),
        ("code", json!("x".repeat(257)), "code"),
        ("code", json!("Sold;20231114T221320Z"), "code"),
        ("code", json!("Sold|1"), "code"),
        ("code", json!("So\u{85}ld"), "code"),
        ("segmentId", json!("one"), "segmentId"),
        ("time", json!("yesterday"), "time"),
        ("user", json!("nobody"), "user"),
        ("user", json!("Support"), "user"),
        ("user", json!("an\0na"), "user"),
        ("user", json!("carl"), "user"),
        (
            "sourceInteractionId",
            json!("1000009999"),
            "sourceInteractionId",
        ),
        ("sourceInteractionId", json!(""), "sourceInteractionId"),
        ("sourceInteractionId", json!(hidden), "sourceInteractionId"),
    ] {
        let mut body = assignment.clone();
        body[member] = value;
        let error = refused(
            act(&anna, &taken, "wrap-up-assignments", &body).await,
            400,
            INVALID,
        );
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
}

#[tokio::test]
async fn an_action_needs_an_interaction_that_is_there_and_in_its_state() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let (id, taken) = (waiting(&anna).await, draft(&anna).await);
    // One that waits is nobody's yet: it cannot be held.
    refused(anna.hold(&id, true).await, 400, STATE);
    refused(anna.hold(&id, false).await, 400, STATE);
    for odd in ["9000000001", "1", "x"] {
        refused(anna.pick_up(odd).await, 404, NOT_FOUND);
        refused(anna.hold(odd, true).await, 404, NOT_FOUND);
        refused(anna.park(odd, &to("anna")).await, 404, NOT_FOUND);
        refused(anna.transfer(odd, &to("anna")).await, 404, NOT_FOUND);
        refused(anna.make_private(odd, true).await, 404, NOT_FOUND);
        refused(
            anna.wrap_up(odd, &wrap_up("Sold", &id)).await,
            404,
            NOT_FOUND,
        );
    }
    assert_eq!(place(&anna, &id).await, at("O", ""));
    assert_eq!(place(&anna, &taken).await, at("C", "anna"));
    // What only calls have is not served.
    for (action, body) in [
        ("mute", json!({"on": true})),
        ("send-to-voicemail", json!({})),
        ("record", json!({"on": true, "supervisor": false})),
    ] {
        refused(
            act(&anna, &taken, action, &body).await,
            410,
            "error.request.gone",
        );
    }
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
