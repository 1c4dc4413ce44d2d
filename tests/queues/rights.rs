//! Who may see a queue, and what becomes of a subscription when that changes.

use icws::messaging::SubscriptionState;

use super::{List, asked, of_user, of_workgroup, polled, states, waiting};
use crate::email::{draft, refused};
use crate::server::{Server, eventually};

const DENIED: &str = "error.request.interactions.accessDenied";

#[tokio::test]
async fn rights_to_view_open_other_queues_and_to_preview_their_emails() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let (own, waits) = (draft(&anna).await, waiting(&anna).await);
    let of_anna = asked(&[of_user("anna")], &["Eic_State"]);
    let of_support = asked(&[of_workgroup("Support")], &["Eic_State"]);
    for body in [&of_anna, &of_support] {
        refused(
            lea.subscribe_queues("a", body).await,
            400,
            "error.request.queues.accessDenied",
        );
    }
    server
        .done(&["user", "grant", "lea", "viewUserQueue", "anna"])
        .await;
    eventually("she sees anna's queue", async || {
        lea.subscribe_queues("a", &of_anna).await.is_ok()
    })
    .await;
    let list = List::watch(&lea, &[of_user("anna")], &["Eic_State"]).await;
    assert_eq!(list.ids(), [&own]);
    refused(
        lea.subscribe_queues("b", &of_support).await,
        400,
        "error.request.queues.accessDenied",
    );
    server
        .done(&["user", "grant", "lea", "viewWorkgroupQueue", "*"])
        .await;
    eventually("she sees Support's queue", async || {
        lea.subscribe_queues("b", &of_support).await.is_ok()
    })
    .await;

    // Seeing the list is not reading the email.
    for id in [&own, &waits] {
        refused(lea.attributes(id, &["Eic_State"]).await, 403, DENIED);
        refused(lea.subscribe_email(id).await, 403, DENIED);
        refused(
            lea.subscribe_interaction(id, &["Eic_State"]).await,
            403,
            DENIED,
        );
    }
    server
        .done(&["user", "grant", "lea", "previewEmailUserQueue", "anna"])
        .await;
    eventually("she may read what anna has", async || {
        lea.attributes(&own, &["Eic_State"]).await.is_ok()
    })
    .await;
    lea.subscribe_email(&own).await.expect("read");
    refused(lea.subscribe_email(&waits).await, 403, DENIED);
    refused(lea.disconnect(&own).await, 403, DENIED);
    server
        .done(&[
            "user",
            "grant",
            "lea",
            "previewEmailWorkgroupQueue",
            "Support",
        ])
        .await;
    eventually("she may read what waits", async || {
        lea.subscribe_email(&waits).await.is_ok()
    })
    .await;
    // Not what its user keeps private: reading it ends.
    anna.make_private(&own, true).await.expect("private");
    refused(lea.attributes(&own, &["Eic_State"]).await, 403, DENIED);
    refused(lea.make_private(&own, false).await, 403, DENIED);
    anna.make_private(&own, false).await.expect("not private");
    lea.attributes(&own, &["Eic_State"]).await.expect("read");
}

#[tokio::test]
async fn a_queue_that_may_not_be_seen_any_more_is_told_of() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Sales"]).await;
    server.done(&["workgroup", "member", "Sales", "anna"]).await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let waits = waiting(&carl).await;
    let queues = [of_workgroup("Sales"), of_workgroup("Support")];
    let mut list = List::watch(&anna, &queues, &["Eic_State"]).await;
    assert_eq!(list.ids(), [&waits]);

    server
        .done(&["workgroup", "member", "Support", "anna", "--remove"])
        .await;
    let mut told = Vec::new();
    eventually("she is told that she is out", async || {
        let messages = anna.messages().await.expect("a poll");
        told.extend(messages);
        told.len() >= 2
    })
    .await;
    let icws::messaging::Message::QueueContents(contents) = &told[0] else {
        panic!("{told:?}");
    };
    assert!(!contents.is_delta);
    list.take(contents);
    assert!(list.known.is_empty(), "what was Support's is gone");
    let icws::messaging::Message::QueueSubscriptionState(state) = &told[1] else {
        panic!("{told:?}");
    };
    assert_eq!(state.state, SubscriptionState::Faulted);
    let error = state.error.as_ref().expect("an error");
    assert!(
        error.message.contains("Support") && !error.message.contains("Sales"),
        "{}",
        error.message
    );
    // The other one is still served, and what happens in this one is not.
    let more = waiting(&carl).await;
    assert!(polled(&anna).await.is_empty());
    // A right that changes nothing of it is not told.
    server
        .done(&["user", "grant", "anna", "viewUserQueue", "ben"])
        .await;
    server
        .done(&["workgroup", "member", "Support", "anna"])
        .await;
    let mut told = Vec::new();
    eventually("she is told that she is in", async || {
        told.extend(anna.messages().await.expect("a poll"));
        told.len() >= 2
    })
    .await;
    let icws::messaging::Message::QueueContents(contents) = &told[0] else {
        panic!("{told:?}");
    };
    list.take(contents);
    assert_eq!(list.ids(), [&waits, &more]);
    let icws::messaging::Message::QueueSubscriptionState(state) = &told[1] else {
        panic!("{told:?}");
    };
    assert_eq!(
        (state.state, &state.error),
        (SubscriptionState::Normal, &None)
    );

    // When none is left, the subscription is over.
    for group in ["Support", "Sales"] {
        server
            .done(&["workgroup", "member", group, "anna", "--remove"])
            .await;
    }
    let mut state = None;
    eventually("she is out of both", async || {
        state = states(&anna).await.pop().or(state.take());
        state
            .as_ref()
            .and_then(|state| state.error.as_ref())
            .is_some_and(|error| error.message.contains("Sales"))
    })
    .await;
    server.done(&["workgroup", "member", "Sales", "anna"]).await;
    eventually("she is in again", async || {
        anna.subscribe_queues("other", &asked(&[of_workgroup("Sales")], &["a"]))
            .await
            .is_ok()
    })
    .await;
    let told = polled(&anna).await;
    assert!(
        told.iter()
            .all(|message| message.subscription_id == "other"),
        "{told:?}"
    );
}
