//! `email/send`: the draft is frozen, queued, and written to a file that an independent reader can read.

use std::path::PathBuf;

use icws::client::Session;
use icws::email::{EmailAddress, EmailContent};

use super::{content, draft, draft_with, html, nothing, person, refused, snapshot, text};
use crate::eml::Eml;
use crate::server::{Server, eventually};
use crate::sql;

/// The one message that was sent.
pub async fn the_message(server: &Server) -> PathBuf {
    eventually("the message is written", async || !server.sent().is_empty()).await;
    let mut sent = server.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    sent.remove(0)
}

async fn save_bodies(session: &Session, id: &str, bodies: Vec<icws::email::EmailBody>) {
    let content = EmailContent {
        bodies: Some(bodies),
        ..nothing()
    };
    session.save_email(id, &content).await.expect("saved");
}

#[tokio::test]
async fn a_message_has_no_layer_that_it_does_not_need() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for (number, (bodies, tree)) in [
        (vec![], serde_json::json!("text/plain")),
        (vec![text("only text")], serde_json::json!("text/plain")),
        (
            vec![html("<p>only HTML</p>")],
            serde_json::json!("text/html"),
        ),
        (
            vec![html("<p>both</p>"), text("both")],
            serde_json::json!(["multipart/alternative", ["text/plain", "text/html"]]),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let id = draft(&anna).await;
        save_bodies(&anna, &id, bodies).await;
        let known = server.sent();
        anna.send_email(&id).await.expect("sent");
        eventually("it is written", async || server.sent().len() == number + 1).await;
        let new = server
            .sent()
            .into_iter()
            .find(|path| !known.contains(path))
            .expect("a new one");
        assert_eq!(Eml::read(&new).found["tree"], tree);
    }
}

#[tokio::test]
async fn somebody_must_be_there_to_send_it_to() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let to = |people: Vec<EmailAddress>| EmailContent {
        to_recipients: Some(people),
        ..nothing()
    };
    anna.save_email(&id, &to(Vec::new())).await.expect("saved");
    refused(
        anna.send_email(&id).await,
        400,
        "error.request.email.noRecipients",
    );
    // Somebody to answer to is nobody to send to.
    let only_answers = EmailContent {
        reply_to_recipients: Some(vec![person("", "a@example.org")]),
        ..nothing()
    };
    anna.save_email(&id, &only_answers).await.expect("saved");
    refused(
        anna.send_email(&id).await,
        400,
        "error.request.email.noRecipients",
    );
    for (name, address) in [
        ("Nemo", None),
        ("", Some("nobody")),
        ("", Some("a@b@c d")),
        ("", Some("a@")),
        ("", Some("@example.org")),
        ("", Some("a@example.org, b@example.org")),
        ("", Some("<a@example.org>")),
    ] {
        let wrong = EmailAddress {
            display_name: name.to_owned(),
            address: address.map(str::to_owned),
        };
        anna.save_email(&id, &to(vec![person("", "kim@example.org"), wrong]))
            .await
            .expect("it can be kept");
        let error = refused(
            anna.send_email(&id).await,
            400,
            "error.request.email.invalidRecipient",
        );
        assert!(
            error.error.message.contains(address.unwrap_or(name)),
            "{error}"
        );
    }
    assert!(
        snapshot(&anna, &id).await.is_editable,
        "a refusal changes nothing"
    );
    assert_eq!(
        sql::run(&server.folder(), "SELECT * FROM outbox"),
        Vec::<Vec<serde_json::Value>>::new()
    );
    // One in blind copy alone is enough.
    let hidden = EmailContent {
        to_recipients: Some(Vec::new()),
        bcc_recipients: Some(vec![person("", "b@example.org")]),
        ..nothing()
    };
    anna.save_email(&id, &hidden).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
    let eml = Eml::read(&the_message(&server).await);
    // An empty group, as it is the custom: some readers mistrust a message without any To.
    assert_eq!(
        (eml.addresses("To"), eml.addresses("Bcc")),
        (Some(Vec::new()), None)
    );
}

#[tokio::test]
async fn it_is_sent_once_and_frozen_by_it() {
    let server = Server::demo().await;
    let (anna, carl, lea) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("lea").await,
    );
    let id = draft_with(&anna, &["Logo.png"]).await;
    refused(
        lea.send_email(&id).await,
        403,
        "error.request.interactions.accessDenied",
    );
    refused(
        anna.send_email("9000000001").await,
        404,
        "error.request.interactions.notFound",
    );
    snapshot(&carl, &id).await;
    let (one, other) = tokio::join!(anna.send_email(&id), carl.send_email(&id));
    assert!(
        one.is_ok() != other.is_ok(),
        "one of two that come at once: {one:?} {other:?}"
    );
    refused(
        if one.is_ok() { other } else { one },
        400,
        "error.request.email.notEditable",
    );
    refused(
        anna.send_email(&id).await,
        400,
        "error.request.email.notEditable",
    );
    refused(
        anna.save_email(&id, &content("late")).await,
        400,
        "error.request.email.notEditable",
    );
    refused(
        anna.disconnect(&id).await,
        400,
        "error.request.interactions.invalidState",
    );
    let message = snapshot(&carl, &id).await;
    assert!(!message.is_editable);
    assert_eq!(
        message
            .email_content
            .expect("the content")
            .subject
            .as_deref(),
        Some("Your lamp")
    );
    let state = anna
        .attributes(&id, &["Eic_State", "Eic_TerminationTime"])
        .await
        .expect("attributes")
        .attributes;
    assert_eq!(state["Eic_State"], "I");
    assert_ne!(state["Eic_TerminationTime"], "");
    the_message(&server).await;
    assert_eq!(sql::run(&server.folder(), "SELECT * FROM outbox").len(), 1);
}

#[tokio::test]
async fn what_was_saved_last_is_sent() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.save_email(&id, &content("First"))
        .await
        .expect("saved");
    anna.save_email(&id, &content("Last")).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
    assert_eq!(
        Eml::read(&the_message(&server).await).text("Subject"),
        "Last"
    );
}
