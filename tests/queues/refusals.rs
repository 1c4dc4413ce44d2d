//! What cannot be watched.

use icws::client::Method;
use icws::queues::QueueType;
use serde_json::json;

use super::{asked, of_user, of_workgroup, path, polled, queue, states};
use crate::email::refused;
use crate::server::Server;

const MISSING: &str = "error.request.invalidRepresentation.missingProperty";
const INVALID: &str = "error.request.invalidRepresentation.invalidProperty";
const DENIED: &str = "error.request.queues.accessDenied";

#[tokio::test]
async fn a_body_that_is_wrong_names_the_property() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let own = json!([{"queueType": 1, "queueName": "anna"}]);
    let names = json!(["Eic_State"]);
    for (body, error_id, property) in [
        (json!({}), MISSING, "queueIds"),
        (json!({"queueIds": own}), MISSING, "attributeNames"),
        (
            json!({"queueIds": own, "attributeNames": null}),
            MISSING,
            "attributeNames",
        ),
        (
            json!({"queueIds": [], "attributeNames": names}),
            INVALID,
            "queueIds",
        ),
        (
            json!({"queueIds": own, "attributeNames": []}),
            INVALID,
            "attributeNames",
        ),
        (
            json!({"queueIds": own, "attributeNames": [1, {}]}),
            INVALID,
            "attributeNames[0]",
        ),
        (
            json!({"queueIds": own, "attributeNames": ["x".repeat(257)]}),
            INVALID,
            "attributeNames",
        ),
        (
            json!({"queueIds": own, "attributeNames": vec!["x"; 1_001]}),
            INVALID,
            "attributeNames",
        ),
        (
            json!({"queueIds": [{"queueName": "anna"}], "attributeNames": names}),
            MISSING,
            "queueIds[0].queueType",
        ),
        (
            json!({"queueIds": [{"queueType": 1}], "attributeNames": names}),
            MISSING,
            "queueIds[0].queueName",
        ),
        (
            json!({"queueIds": [{"queueType": 4, "queueName": "anna"}], "attributeNames": names}),
            INVALID,
            "queueIds[0].queueType",
        ),
        (
            json!({"queueIds": [{"queueType": "User", "queueName": "anna"}], "attributeNames": names}),
            INVALID,
            "queueIds[0].queueType",
        ),
        (
            json!({"queueIds": vec![&own[0]; 1_001], "attributeNames": names}),
            INVALID,
            "queueIds",
        ),
    ] {
        let answer = anna
            .raw(Method::PUT, &path("a"), Some(&body))
            .await
            .expect("an answer");
        let error = refused(answer.success(), 400, error_id);
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
    // An id may be anything that can be kept.
    let good = serde_json::to_value(asked(&[of_user("anna")], &["a"])).expect("JSON");
    let long = "x".repeat(257);
    for id in ["a%00b", long.as_str()] {
        for (method, body) in [(Method::PUT, Some(&good)), (Method::DELETE, None)] {
            let answer = anna.raw(method, &path(id), body).await.expect("an answer");
            let error = refused(answer.success(), 400, INVALID);
            assert_eq!(error.error.property_name(), Some("subscriptionId"));
        }
    }
    assert!(anna.messages().await.expect("a poll").is_empty());
    for (id, told) in [
        ("a%2Fb%20%C3%A9", "a/b é"),
        ("..%2f", "../"),
        ("'%22", "'\""),
    ] {
        let answer = anna
            .raw(Method::PUT, &path(id), Some(&good))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 200);
        assert_eq!(polled(&anna).await[0].subscription_id, told);
    }
}

#[tokio::test]
async fn watching_nothing_that_can_be_seen_is_refused() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Sales"]).await;
    let anna = server.log_in("anna").await;
    let nul = queue(QueueType::User, "an\0na");
    for queues in [
        vec![of_user("carl")],
        vec![of_user("nobody")],
        vec![queue(QueueType::System, "carl")],
        vec![queue(QueueType::System, "Desk 7")],
        vec![of_workgroup("Sales")],
        vec![of_workgroup("anna")],
        vec![of_user("Support"), of_workgroup("Nowhere"), of_user("")],
        vec![nul.clone()],
    ] {
        let outcome = anna
            .subscribe_queues("a", &asked(&queues, &["Eic_State"]))
            .await;
        let error = refused(outcome, 400, DENIED);
        assert!(
            error.error.message.contains(
                queues[0]
                    .queue_name
                    .trim_end_matches("\0na")
                    .trim_start_matches("an\0")
            ),
            "{error}"
        );
    }
    assert!(anna.messages().await.expect("a poll").is_empty());
    // Some of several: the others are named.
    let some = asked(
        &[
            of_user("carl"),
            of_user("anna"),
            of_workgroup("Nowhere"),
            nul,
        ],
        &["Eic_State"],
    );
    anna.subscribe_queues("a", &some).await.expect("watched");
    let told = states(&anna).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].subscription_id, "a");
    assert_eq!(told[0].state, icws::messaging::SubscriptionState::Faulted);
    let error = told[0].error.as_ref().expect("an error");
    assert_eq!(error.error_id, DENIED);
    assert!(error.message.contains("carl, Nowhere"), "{}", error.message);
    assert!(!error.message.contains("anna,"), "{}", error.message);
    // A station's queue is there, and empty.
    anna.subscribe_queues("b", &asked(&[queue(QueueType::Station, "Desk 7")], &["a"]))
        .await
        .expect("watched");
    let told = polled(&anna).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].interactions_added, Some(Vec::new()));
}
