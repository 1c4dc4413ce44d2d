//! The subscription of an email and its messages (`emailContentsMessage`).

use std::collections::BTreeSet;

use icws::client::{Method, Session};
use icws::email::{EmailContentsMessage, EmailType};
use icws::messaging::{Message, SubscriptionState};
use serde_json::Value;

use super::{
    WAIT, attachments, content, draft, html, item, nothing, refused, snapshot, support, told,
};
use crate::server::{Server, eventually};

const ALWAYS: [&str; 5] = [
    "__type",
    "interactionId",
    "isDelta",
    "isEditable",
    "supportedResponseTypes",
];

/// The one message of a poll, as it came.
async fn raw_message(session: &Session) -> Value {
    let answer = session
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("a poll");
    match answer.value().as_array().expect("an array").as_slice() {
        [message] => message.clone(),
        other => panic!("one message was due: {other:?}"),
    }
}

fn members(message: &Value) -> BTreeSet<&str> {
    message
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

fn with_always(others: &[&'static str]) -> BTreeSet<&'static str> {
    ALWAYS.iter().chain(others).copied().collect()
}

#[tokio::test]
async fn the_first_message_has_every_member_and_the_others_what_changed() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.subscribe_email(&id).await.expect("200");

    let first = raw_message(&anna).await;
    let all = [
        "conversationId",
        "edited",
        "emailContent",
        "emailType",
        "hasLoadedExternalContent",
        "hasResponse",
        "mailbox",
        "mailboxDisplayName",
        "unusedEmailAttachments",
    ];
    assert_eq!(members(&first), with_always(&all));
    let content_members = [
        "__type",
        "bccRecipients",
        "bodies",
        "ccRecipients",
        "fileAttachments",
        "messageAttachments",
        "receivedTimestamp",
        "replyToRecipients",
        "sender",
        "subject",
        "toRecipients",
    ];
    assert_eq!(
        members(&first["emailContent"]),
        BTreeSet::from(content_members)
    );
    let message: EmailContentsMessage = serde_json::from_value(first).expect("the message");
    assert!(!message.is_delta && message.is_editable);
    assert_eq!(message.interaction_id, id);
    assert_eq!(message.email_type, Some(EmailType::New));
    assert_eq!(message.supported_response_types, []);
    assert_eq!(
        (message.has_response, message.edited),
        (Some(false), Some(false))
    );
    assert_eq!(message.has_loaded_external_content, Some(false));
    assert_eq!(message.mailbox.as_deref(), Some("support@example.com"));
    assert_eq!(message.mailbox_display_name.as_deref(), Some("Support"));
    assert_eq!(message.unused_email_attachments, Some(Vec::new()));
    assert_eq!(attachments(&message), []);
    let found = message.email_content.expect("the content");
    assert_eq!(found.subject.as_deref(), Some("Your lamp"));
    assert_eq!(found.sender, support());
    assert_eq!(found.to_recipients, content("").to_recipients);
    let empty = Some(Vec::new());
    assert_eq!(
        (
            &found.cc_recipients,
            &found.bcc_recipients,
            &found.reply_to_recipients
        ),
        (&empty, &empty, &empty)
    );
    assert_eq!((found.bodies, found.signature), (Vec::new(), None));

    assert!(
        anna.messages().await.expect("a poll").is_empty(),
        "nothing has changed"
    );

    let logo = item(&anna, "Logo.png").await.id;
    anna.insert(&id, logo, None).await.expect("inserted");
    let after_insert = raw_message(&anna).await;
    assert_eq!(members(&after_insert), with_always(&["emailContent"]));
    assert_eq!(after_insert["isDelta"], true);
    // The content is one member, and sent whole.
    assert_eq!(after_insert["emailContent"]["subject"], "Your lamp");
    assert_eq!(
        after_insert["emailContent"]["fileAttachments"][0]["name"],
        "Logo.png"
    );
    assert_eq!(
        after_insert["emailContent"]["fileAttachments"][0]["contentId"],
        ""
    );

    anna.save_email(&id, &nothing()).await.expect("saved");
    let after_save = raw_message(&anna).await;
    let changed = [
        "edited",
        "emailContent",
        "mailbox",
        "mailboxDisplayName",
        "unusedEmailAttachments",
    ];
    assert_eq!(members(&after_save), with_always(&changed));
    assert_eq!(
        (&after_save["isDelta"], &after_save["edited"]),
        (&Value::Bool(true), &Value::Bool(true))
    );

    anna.send_email(&id).await.expect("sent");
    let after_send = raw_message(&anna).await;
    assert_eq!(members(&after_send), with_always(&[]));
    assert_eq!(after_send["isEditable"], false);
}

#[tokio::test]
async fn inline_attachments_are_told_as_unused_until_the_html_refers_to_them() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    snapshot(&anna, &id).await;
    let logo = item(&anna, "Logo.png").await.id;
    let cid = anna
        .insert(&id, logo, Some(true))
        .await
        .expect("inserted")
        .content_id;
    let delta = told(&anna, &id).await.expect("a delta");
    assert_eq!(delta.unused_email_attachments, Some(vec![cid.clone()]));
    assert_eq!(attachments(&delta)[0].content_id, cid);

    let mut shown = nothing();
    shown.bodies = Some(vec![html(&format!("<img src=\"cid:{cid}\">"))]);
    anna.save_email(&id, &shown).await.expect("saved");
    let delta = told(&anna, &id).await.expect("a delta");
    assert_eq!(delta.unused_email_attachments, Some(Vec::new()));

    shown.bodies = Some(vec![html("<p>no picture</p>")]);
    anna.save_email(&id, &shown).await.expect("saved");
    let delta = told(&anna, &id).await.expect("a delta");
    assert_eq!(delta.unused_email_attachments, Some(vec![cid]));
}

#[tokio::test]
async fn a_repeated_put_sends_a_snapshot_and_a_delete_ends_it() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    snapshot(&anna, &id).await;
    assert!(!snapshot(&anna, &id).await.is_delta);

    // What was not read goes with the subscription.
    anna.save_email(&id, &nothing()).await.expect("saved");
    for _ in 0..2 {
        let path = format!("/messaging/subscriptions/interactions/{id}/email");
        let ended = anna
            .raw(Method::DELETE, &path, None)
            .await
            .expect("an answer");
        assert_eq!((ended.status, ended.text()), (200, String::new()));
    }
    anna.save_email(&id, &nothing()).await.expect("saved");
    assert!(anna.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn those_who_may_not_read_it_are_refused() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let id = draft(&anna).await;
    refused(
        lea.subscribe_email(&id).await,
        403,
        "error.request.interactions.accessDenied",
    );
    for odd in [
        "9999999999",
        "1",
        "x",
        "0",
        "-1",
        "+1000000001",
        "99999999999999999999",
        "ä",
    ] {
        refused(
            anna.subscribe_email(odd).await,
            404,
            "error.request.interactions.notFound",
        );
    }
    assert!(lea.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn who_may_only_preview_reads_and_cannot_edit() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    server
        .done(&[
            "user",
            "grant",
            "lea",
            "previewEmailWorkgroupQueue",
            "Support",
        ])
        .await;
    let lea = server.log_in("lea").await;
    let message = snapshot(&lea, &id).await;
    assert!(!message.is_editable);
    refused(
        lea.save_email(&id, &nothing()).await,
        403,
        "error.request.interactions.accessDenied",
    );
    refused(
        lea.send_email(&id).await,
        403,
        "error.request.interactions.accessDenied",
    );
    refused(
        lea.disconnect(&id).await,
        403,
        "error.request.interactions.accessDenied",
    );
    let logo = item(&lea, "Logo.png").await.id;
    refused(
        lea.insert(&id, logo, None).await,
        403,
        "error.request.interactions.accessDenied",
    );
    assert!(snapshot(&anna, &id).await.is_editable);
}

#[tokio::test]
async fn a_right_that_is_withdrawn_ends_the_subscription() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    snapshot(&anna, &id).await;
    carl.subscribe_email(&id).await.expect("he is a colleague");
    let mut stream = carl.stream(None).await.expect("a stream");
    let is_snapshot =
        |message: &Message| matches!(message, Message::EmailContents(message) if !message.is_delta);
    stream.find(WAIT, is_snapshot).await.expect("a snapshot");

    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    let event = stream.next_within(WAIT).await.expect("he is told");
    let Message::EmailSubscriptionState(state) = event.message else {
        panic!("{event:?}")
    };
    assert_eq!(state.state, SubscriptionState::Faulted);
    assert_eq!(state.interaction_id.as_deref(), Some(id.as_str()));
    refused(
        carl.subscribe_email(&id).await,
        403,
        "error.request.interactions.accessDenied",
    );
    refused(
        carl.save_email(&id, &nothing()).await,
        403,
        "error.request.interactions.accessDenied",
    );

    // The draft is in anna's own queue: nothing changes for her, and she is told nothing.
    assert!(anna.messages().await.expect("a poll").is_empty());
    anna.save_email(&id, &nothing()).await.expect("saved");
    assert!(told(&anna, &id).await.expect("a delta").is_editable);

    // Given back, the subscription is not: he has to ask anew.
    server
        .done(&[
            "user",
            "grant",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("the right is his again", async || {
        carl.save_email(&id, &nothing()).await.is_ok()
    })
    .await;
    drop(stream);
    assert!(carl.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn a_right_that_shrinks_to_reading_is_told_as_not_editable() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    server
        .done(&[
            "user",
            "grant",
            "carl",
            "previewEmailWorkgroupQueue",
            "Support",
        ])
        .await;
    assert!(snapshot(&carl, &id).await.is_editable);
    let mut stream = carl.stream(None).await.expect("a stream");
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    let event = stream.next_within(WAIT).await.expect("he is told");
    let Message::EmailContents(delta) = event.message else {
        panic!("{event:?}")
    };
    assert!(delta.is_delta && !delta.is_editable);
    assert_eq!(delta.email_content, None, "only what changed");
}
