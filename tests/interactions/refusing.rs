//! Actions on an interaction that are refused: for what they say, and for what the interaction is.

use icws::client::LogIn;
use serde_json::json;

use super::actions::{STATE, TARGET, act, at, place, wrap_up};
use super::{INVALID, MISSING, NOT_FOUND};
use crate::email::{draft, refused};
use crate::queues::{to, waiting};
use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn two_targets_are_one_too_many_and_it_is_said_what_to_do() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let taken = draft(&anna).await;
    let two = json!({"target": "carl", "queueID": {"queueType": 1, "queueName": "carl"}});
    for (language, says) in [
        ("en", "is not valid: give either `target` or `queueID`."),
        (
            "de",
            "ist nicht gültig: bitte entweder `target` oder `queueID` angeben.",
        ),
    ] {
        let login = LogIn {
            language: Some(language),
            ..LogIn::new("anna", PASSWORD)
        };
        let session = server.client().log_in_with(&login).await;
        let session = session.expect("logged in");
        for action in ["blind-transfer", "park"] {
            let error = refused(act(&session, &taken, action, &two).await, 400, INVALID);
            assert_eq!(error.error.property_name(), Some("queueID"));
            assert!(error.error.message.ends_with(says), "{error:?}");
        }
    }
    assert_eq!(
        place(&anna, &taken).await,
        at("C", "anna"),
        "nothing is changed"
    );
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
