//! `email/save`.

use icws::email::{EmailAddress, EmailContent};
use serde_json::json;

use super::{content, draft, html, nothing, person, post, refused, snapshot, support, text, told};
use crate::server::Server;

#[tokio::test]
async fn what_is_absent_stays_and_what_is_empty_is_cleared() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let whole = EmailContent {
        subject: Some("Grüße 価格 🙂".to_owned()),
        sender: support(),
        to_recipients: Some(vec![
            person("Kim", "kim@example.org"),
            person("", "lee@example.org"),
        ]),
        cc_recipients: Some(vec![person("Cc", "cc@example.org")]),
        bcc_recipients: Some(vec![person("Bcc", "bcc@example.org")]),
        // Only a name is known of him so far.
        reply_to_recipients: Some(vec![EmailAddress {
            display_name: "Nemo".to_owned(),
            address: None,
        }]),
        bodies: Some(vec![html("<p>a\r\n<b>b</b></p>"), text("a\nb")]),
    };
    let answer = post(&anna, &id, "save", &json!({"emailContent": whole}))
        .await
        .expect("saved");
    assert_eq!((answer.status, answer.text()), (200, String::new()));
    let is_whole = |message: &icws::email::EmailContentsMessage| {
        let found = message.email_content.clone().expect("the content");
        assert_eq!(found.subject, whole.subject);
        assert_eq!(found.to_recipients, whole.to_recipients);
        assert_eq!(found.cc_recipients, whole.cc_recipients);
        assert_eq!(found.bcc_recipients, whole.bcc_recipients);
        assert_eq!(found.reply_to_recipients, whole.reply_to_recipients);
        assert_eq!(Some(found.bodies), whole.bodies);
    };
    let message = snapshot(&anna, &id).await;
    is_whole(&message);
    assert_eq!(message.edited, Some(true));

    anna.save_email(&id, &nothing()).await.expect("saved");
    is_whole(&told(&anna, &id).await.expect("a delta"));
    // `null` is absence, and what nobody knows is not looked at.
    let odd = json!({"emailContent": {
        "sender": {"displayName": "", "nickname": 7}, "subject": null, "toRecipients": null, "bodies": null, "colour": "red",
    }, "other": null});
    post(&anna, &id, "save", &odd).await.expect("saved");
    is_whole(&told(&anna, &id).await.expect("a delta"));

    let cleared = EmailContent {
        subject: Some(String::new()),
        to_recipients: Some(Vec::new()),
        cc_recipients: Some(Vec::new()),
        bcc_recipients: Some(Vec::new()),
        reply_to_recipients: Some(Vec::new()),
        bodies: Some(Vec::new()),
        ..nothing()
    };
    anna.save_email(&id, &cleared).await.expect("saved");
    let found = told(&anna, &id)
        .await
        .expect("a delta")
        .email_content
        .expect("the content");
    assert_eq!(found.subject.as_deref(), Some(""));
    let empty = Some(Vec::new());
    assert_eq!(
        (&found.to_recipients, &found.cc_recipients),
        (&empty, &empty)
    );
    assert_eq!(
        (&found.bcc_recipients, &found.reply_to_recipients),
        (&empty, &empty)
    );
    assert_eq!(found.bodies, []);
}

#[tokio::test]
async fn attachments_are_not_touched_and_colleagues_hear_of_it() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = super::draft_with(&anna, &["Logo.png", "Catalogue.pdf"]).await;
    snapshot(&carl, &id).await;
    let before = super::attachments_of(&anna, &id).await;
    anna.save_email(&id, &content("Changed by anna"))
        .await
        .expect("saved");
    let told_carl = told(&carl, &id).await.expect("he hears of it");
    assert_eq!(
        told_carl
            .email_content
            .as_ref()
            .and_then(|found| found.subject.as_deref()),
        Some("Changed by anna")
    );
    carl.save_email(&id, &content("Changed by carl"))
        .await
        .expect("he may, too");
    let found = told(&anna, &id).await.expect("she hears of it");
    assert_eq!(
        found
            .email_content
            .as_ref()
            .and_then(|found| found.subject.as_deref()),
        Some("Changed by carl")
    );
    assert_eq!(super::attachments(&found), before);
    // Each gets the addresses of his own session.
    let files = super::attachments(&told_carl);
    assert!(files.iter().all(|file| {
        file.download_uri
            .starts_with(&format!("/icws/{}/", carl.id))
    }));
    carl.fetch(&files[0].download_uri)
        .await
        .expect("his own address");
}

#[tokio::test]
async fn the_sender_is_the_mailbox_or_another_that_the_caller_may_send_from() {
    let server = Server::demo().await;
    for command in [
        &[
            "workgroup",
            "mailbox",
            "Support",
            "hotline@example.com",
            "--display-name",
            "Hotline",
            "--out",
        ][..],
        &[
            "workgroup",
            "mailbox",
            "Support",
            "inbox@example.com",
            "--in",
        ],
        &["workgroup", "add", "Sales"],
        &["workgroup", "mailbox", "Sales", "sales@example.com"],
    ] {
        server.done(command).await;
    }
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let from = |name: &str, address: Option<&str>| EmailContent {
        sender: EmailAddress {
            display_name: name.to_owned(),
            address: address.map(str::to_owned),
        },
        ..nothing()
    };
    // The name is the mailbox's, whatever is sent; without an address it is the mailbox that it was.
    for (name, address, expected) in [
        ("Somebody", Some("support@example.com"), support()),
        ("", None, support()),
        ("", Some(""), support()),
        ("x", Some(" SUPPORT@example.COM "), support()),
        (
            "",
            Some("hotline@example.com"),
            person("Hotline", "hotline@example.com"),
        ),
        ("", None, person("Hotline", "hotline@example.com")),
    ] {
        anna.save_email(&id, &from(name, address))
            .await
            .expect("saved");
        let message = snapshot(&anna, &id).await;
        assert_eq!(
            message.email_content.expect("the content").sender,
            expected,
            "{name} {address:?}"
        );
        assert_eq!(message.mailbox, expected.address);
        assert_eq!(message.mailbox_display_name, Some(expected.display_name));
    }
    for foreign in [
        "ceo@example.com",
        "sales@example.com",
        "inbox@example.com",
        "support@example.com, x@example.com",
    ] {
        let error = refused(
            anna.save_email(&id, &from("", Some(foreign))).await,
            400,
            "error.request.email.senderAccessDenied",
        );
        assert!(error.error.message.contains(foreign), "{error}");
    }
    let mailbox = snapshot(&anna, &id).await.mailbox;
    assert_eq!(
        mailbox.as_deref(),
        Some("hotline@example.com"),
        "a refusal changes nothing"
    );
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_changes_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let before = snapshot(&anna, &id).await;
    let people = |count: usize| {
        (0..count)
            .map(|_| person("", "a@example.org"))
            .collect::<Vec<_>>()
    };

    let limit = EmailContent {
        subject: Some("ä".repeat(1024)),
        ..nothing()
    };
    anna.save_email(&id, &limit)
        .await
        .expect("1,024 characters are not too many");
    let longer = EmailContent {
        subject: Some("ä".repeat(1025)),
        ..nothing()
    };
    let error = refused(
        anna.save_email(&id, &longer).await,
        400,
        "error.request.email.subjectTooLong",
    );
    assert!(
        error.error.message.contains("1025") && error.error.message.contains("1024"),
        "{error}"
    );

    let full = EmailContent {
        to_recipients: Some(people(999)),
        ..nothing()
    };
    anna.save_email(&id, &full)
        .await
        .expect("1,000 recipients are not too many");
    let one_more = EmailContent {
        cc_recipients: Some(people(2)),
        ..nothing()
    };
    let error = refused(
        anna.save_email(&id, &one_more).await,
        400,
        "error.request.email.tooManyRecipients",
    );
    assert!(
        error.error.message.contains("1001") && error.error.message.contains("1000"),
        "{error}"
    );
    let at_once = EmailContent {
        bcc_recipients: Some(people(1001)),
        ..nothing()
    };
    refused(
        anna.save_email(&id, &at_once).await,
        400,
        "error.request.email.tooManyRecipients",
    );

    anna.save_email(&id, &content("Your lamp"))
        .await
        .expect("saved");
    for line in ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\0b"] {
        let content = EmailContent {
            subject: Some(line.to_owned()),
            ..nothing()
        };
        let error = refused(
            anna.save_email(&id, &content).await,
            400,
            "error.request.invalidRepresentation.invalidProperty",
        );
        assert_eq!(error.error.property_name(), Some("emailContent.subject"));
        for (name, address) in [(line, "a@example.org"), ("a", line)] {
            let content = EmailContent {
                to_recipients: Some(vec![person("", "b@example.org"), person(name, address)]),
                ..nothing()
            };
            let error = refused(
                anna.save_email(&id, &content).await,
                400,
                "error.request.invalidRepresentation.invalidProperty",
            );
            let property = error.error.property_name().expect("names it");
            assert!(
                property.starts_with("emailContent.toRecipients[1]."),
                "{property}"
            );
        }
    }
    let after = snapshot(&anna, &id).await;
    assert_eq!(after.email_content, before.email_content);
}

#[tokio::test]
async fn a_body_that_is_no_content_is_refused_by_the_name_of_what_is_wrong() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let sender = json!({"displayName": "", "address": "support@example.com"});
    let missing = "error.request.invalidRepresentation.missingProperty";
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    for (body, error_id, property) in [
        (json!({}), missing, "emailContent"),
        (json!({"emailContent": null}), missing, "emailContent"),
        (json!({"emailContent": {}}), missing, "emailContent.sender"),
        (
            json!({"emailContent": {"sender": null}}),
            missing,
            "emailContent.sender",
        ),
        (
            json!({"emailContent": {"sender": {}}}),
            missing,
            "emailContent.sender.displayName",
        ),
        (json!({"emailContent": []}), invalid, "emailContent"),
        (
            json!({"emailContent": {"sender": sender, "subject": 7}}),
            invalid,
            "emailContent.subject",
        ),
        (
            json!({"emailContent": {"sender": sender, "toRecipients": {}}}),
            invalid,
            "emailContent.toRecipients",
        ),
        (
            json!({"emailContent": {"sender": sender, "ccRecipients": ["x"]}}),
            invalid,
            "emailContent.ccRecipients[0]",
        ),
        (
            json!({"emailContent": {"sender": sender, "bodies": [{"body": "x"}]}}),
            missing,
            "emailContent.bodies[0].bodyType",
        ),
        (
            json!({"emailContent": {"sender": sender, "bodies": [{"body": "x", "bodyType": 2}]}}),
            invalid,
            "emailContent.bodies[0].bodyType",
        ),
        (
            json!({"emailContent": {"sender": sender, "bodies": [{"body": "x", "bodyType": "Html"}]}}),
            invalid,
            "emailContent.bodies[0].bodyType",
        ),
    ] {
        let error = refused(post(&anna, &id, "save", &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
    // A number may be its decimal text.
    let lenient =
        json!({"emailContent": {"sender": sender, "bodies": [{"body": "x", "bodyType": "1"}]}});
    post(&anna, &id, "save", &lenient).await.expect("saved");
    let found = snapshot(&anna, &id)
        .await
        .email_content
        .expect("the content");
    assert_eq!(found.bodies, [html("x")]);
}

#[tokio::test]
async fn only_a_draft_can_be_saved_and_only_by_those_who_may() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let (sent, closed) = (draft(&anna).await, draft(&anna).await);
    anna.send_email(&sent).await.expect("sent");
    anna.disconnect(&closed).await.expect("disconnected");
    for id in [&sent, &closed] {
        refused(
            anna.save_email(id, &content("late")).await,
            400,
            "error.request.email.notEditable",
        );
        refused(
            lea.save_email(id, &content("late")).await,
            403,
            "error.request.interactions.accessDenied",
        );
        let message = snapshot(&anna, id).await;
        assert!(!message.is_editable);
        assert_eq!(
            message
                .email_content
                .expect("the content")
                .subject
                .as_deref(),
            Some("Your lamp")
        );
    }
    refused(
        anna.save_email("7000000000", &content("x")).await,
        404,
        "error.request.interactions.notFound",
    );
}
