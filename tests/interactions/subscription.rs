//! The subscription of one interaction.

use icws::client::{Method, Session};
use icws::interactions::{Attributes, InteractionAttributesUpdate, InteractionChangedMessage};
use icws::messaging::Message;
use serde_json::json;

use super::{INVALID, MISSING};
use crate::email::{WAIT, draft, refused};
use crate::server::{Server, eventually};

/// The changes of an interaction that a poll tells.
async fn changes(session: &Session) -> Vec<InteractionChangedMessage> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let change = |message| match message {
        Message::InteractionChanged(change) => Some(change),
        _ => None,
    };
    messages.filter_map(change).collect()
}

#[tokio::test]
async fn a_watched_interaction_tells_what_changed() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let path = format!("/messaging/subscriptions/interactions/{id}");
    let body = json!({"attributeNames": ["eic_state", "Eic_EmailAttachments", "order", "Eic_TerminationTime"]});
    let answer = anna
        .raw(Method::PUT, &path, Some(&body))
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    let raw = anna
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("a poll")
        .value();
    let expected = json!([{
        "__type": "urn:inin.com:interactions:interactionChangedMessage", "interactionID": id, "isDelta": false,
        "attributes": {"eic_state": "C", "Eic_EmailAttachments": "0", "order": "", "Eic_TerminationTime": ""},
    }]);
    assert_eq!(raw, expected);
    assert!(anna.messages().await.expect("a poll").is_empty());

    let update = |name: &str, value: &str| InteractionAttributesUpdate {
        attributes: Attributes::from([(name.to_owned(), value.to_owned())]),
        append_mode: None,
    };
    carl.update_attributes(&id, &update("Order", "7"))
        .await
        .expect("set");
    let told = changes(&anna).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].is_delta);
    assert_eq!(
        told[0].attributes,
        Attributes::from([("order".to_owned(), "7".to_owned())])
    );
    // What is not watched is not told; two changes of one attribute are one message with the last value.
    carl.update_attributes(&id, &update("Other", "7"))
        .await
        .expect("set");
    assert!(anna.messages().await.expect("a poll").is_empty());
    for value in ["8", "9"] {
        carl.update_attributes(&id, &update("ORDER", value))
            .await
            .expect("set");
    }
    let told = changes(&anna).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].attributes["order"], "9");
    carl.upload_bytes(&id, "a.bin", false, vec![1])
        .await
        .expect("uploaded");
    assert_eq!(
        changes(&anna).await[0].attributes,
        Attributes::from([("Eic_EmailAttachments".to_owned(), "1".to_owned())])
    );

    // Another PUT watches other attributes, and begins with all of them.
    anna.subscribe_interaction(&id, &["Eic_State"])
        .await
        .expect("204");
    let told = changes(&anna).await;
    assert!(!told[0].is_delta);
    assert_eq!(
        told[0].attributes,
        Attributes::from([("Eic_State".to_owned(), "C".to_owned())])
    );
    carl.update_attributes(&id, &update("Order", "10"))
        .await
        .expect("set");
    assert!(anna.messages().await.expect("a poll").is_empty());
    let mut stream = anna.stream(None).await.expect("a stream");
    carl.disconnect(&id).await.expect("disconnected");
    let event = stream.next_within(WAIT).await.expect("it is told");
    let Message::InteractionChanged(change) = event.message else {
        panic!("{event:?}")
    };
    assert_eq!(
        change.attributes,
        Attributes::from([("Eic_State".to_owned(), "I".to_owned())])
    );
    drop(stream);

    for _ in 0..2 {
        let ended = anna
            .raw(Method::DELETE, &path, None)
            .await
            .expect("an answer");
        assert_eq!((ended.status, ended.body.len()), (204, 0));
    }
    carl.update_attributes(&id, &update("Eic_Notes", "x"))
        .await
        .expect("set");
    assert!(anna.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn a_subscription_names_what_to_watch() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let path = format!("/messaging/subscriptions/interactions/{id}");
    for (body, error_id) in [
        (json!({}), MISSING),
        (json!({"attributeNames": null}), MISSING),
        (json!({"attributeNames": "Eic_State"}), INVALID),
        (json!({"attributeNames": [{}]}), INVALID),
        (json!({"attributeNames": ["x".repeat(300)]}), INVALID),
        (json!({"attributeNames": vec!["x"; 1001]}), INVALID),
    ] {
        let answer = anna
            .raw(Method::PUT, &path, Some(&body))
            .await
            .expect("an answer");
        refused(answer.success(), 400, error_id);
    }
    assert!(anna.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn a_subscription_ends_silently_when_the_right_is_lost() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    carl.subscribe_interaction(&id, &["a"]).await.expect("204");
    assert_eq!(changes(&carl).await.len(), 1);
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("carl has lost it", async || {
        carl.attributes(&id, &[]).await.is_err()
    })
    .await;
    let update = InteractionAttributesUpdate {
        attributes: Attributes::from([("a".to_owned(), "b".to_owned())]),
        append_mode: None,
    };
    anna.update_attributes(&id, &update).await.expect("set");
    assert!(
        carl.messages().await.expect("a poll").is_empty(),
        "he is told nothing more"
    );
}
