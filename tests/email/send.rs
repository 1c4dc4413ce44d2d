//! `email/send`: the draft is frozen, queued, and written to a file that an independent reader can read.

use std::fs;
use std::path::PathBuf;

use icws::client::{Method, Session};
use icws::email::{EmailAddress, EmailContent};

use super::{
    attachments_of, content, demo_file, draft, draft_with, html, item, noise, nothing, person,
    refused, snapshot, text,
};
use crate::eml::Eml;
use crate::server::{Server, eventually};
use crate::sql;

/// The one message that was sent.
async fn the_message(server: &Server) -> PathBuf {
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
async fn the_message_has_all_that_was_written_part_by_part() {
    let server = Server::with(&["--domain", "desk.example.com"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let shown = anna
        .insert(&id, logo, Some(true))
        .await
        .expect("inserted")
        .content_id;
    let unused = anna
        .insert(&id, logo, Some(true))
        .await
        .expect("inserted")
        .content_id;
    for name in ["価格表.pdf", "Preisliste für Händler.pdf", "Showroom.bmp"] {
        let file = item(&anna, name).await.id;
        anna.insert(&id, file, None).await.expect("inserted");
    }
    let own = noise(1, 100_001);
    anna.upload_bytes(&id, "notes (März) it's.csv", false, own.clone())
        .await
        .expect("uploaded");
    let page = format!("<p>Grüße</p>\n<img src=\"cid:{shown}\">");
    let whole = EmailContent {
        subject: Some("Ihre Lampe: Größe & 価格 🙂 and a subject that is long enough to be folded more than once".to_owned()),
        to_recipients: Some(vec![person("Kim Öz", "kim@example.org"), person("", "lee@example.org")]),
        cc_recipients: Some(vec![person("Cc, the \"second\"", "cc@example.org")]),
        bcc_recipients: Some(vec![person("Hidden", "hidden@example.org")]),
        reply_to_recipients: Some(vec![person("Answers", "answers@example.org")]),
        bodies: Some(vec![html(&page), text("Grüße\nvon der Lampe\n.\nFrom here on")]),
        ..nothing()
    };
    anna.save_email(&id, &whole).await.expect("saved");
    let unused_ids = snapshot(&anna, &id).await.unused_email_attachments;
    assert_eq!(
        unused_ids,
        Some(vec![unused.clone()]),
        "what nothing refers to is listed"
    );
    let listed = attachments_of(&anna, &id).await;
    let answer = anna
        .raw(
            Method::POST,
            &format!("/interactions/{id}/email/send"),
            None,
        )
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.text()), (200, String::new()));

    let path = the_message(&server).await;
    let eml = Eml::read(&path);
    assert_eq!(
        eml.text("Subject"),
        whole.subject.as_deref().expect("a subject")
    );
    assert_eq!(
        eml.addresses("From"),
        Some(vec!["Support <support@example.com>".to_owned()])
    );
    let to = ["Kim Öz <kim@example.org>", " <lee@example.org>"].map(str::to_owned);
    assert_eq!(eml.addresses("To"), Some(to.to_vec()));
    assert_eq!(
        eml.addresses("Cc"),
        Some(vec!["Cc, the \"second\" <cc@example.org>".to_owned()])
    );
    assert_eq!(
        eml.addresses("Reply-To"),
        Some(vec!["Answers <answers@example.org>".to_owned()])
    );
    assert_eq!(eml.addresses("Bcc"), None);
    let bytes = fs::read(&path).expect("the message");
    assert!(
        !String::from_utf8_lossy(&bytes).contains("hidden@example.org"),
        "who gets it secretly stands nowhere"
    );
    for header in ["date", "message-id", "mime-version"] {
        assert_eq!(
            eml.headers().iter().filter(|name| *name == header).count(),
            1,
            "{header}"
        );
    }
    let message_id = eml
        .text("Message-ID")
        .trim_start_matches('<')
        .trim_end_matches('>')
        .to_owned();
    assert!(message_id.ends_with("@desk.example.com"), "{message_id}");
    assert_eq!(
        path.file_name().and_then(|name| name.to_str()),
        Some(format!("{message_id}.eml").as_str())
    );
    let age = now() - eml.found["date"].as_f64().expect("a date");
    assert!((-2.0..120.0).contains(&age), "dated now: {age}");

    // The structure: alternatives, of which the HTML is related to the picture that it shows; the rest attached.
    let tree = serde_json::json!([
        "multipart/mixed",
        [
            [
                "multipart/alternative",
                [
                    "text/plain",
                    ["multipart/related", ["text/html", "image/png"]]
                ]
            ],
            "image/png",
            "application/pdf",
            "application/pdf",
            "image/bmp",
            "text/csv",
        ]
    ]);
    assert_eq!(eml.found["tree"], tree);
    let leaves = eml.leaves();
    assert_eq!(
        String::from_utf8_lossy(&leaves[0].bytes),
        "Grüße\r\nvon der Lampe\r\n.\r\nFrom here on"
    );
    assert_eq!(
        String::from_utf8_lossy(&leaves[1].bytes).replace("\r\n", "\n"),
        page
    );
    let picture = &leaves[2];
    assert_eq!(
        picture.content_id.as_deref(),
        Some(format!("<{shown}>").as_str())
    );
    assert_eq!(picture.disposition.as_deref(), Some("inline"));

    // Every part, byte by byte, under the name that the draft showed.
    let logo = demo_file("libraries/Product Information/Logo.png");
    let prices = demo_file("libraries/Product Information/Prices/価格表.pdf");
    let list = demo_file("libraries/Product Information/Prices/Preisliste für Händler.pdf");
    let showroom = anna
        .fetch(&listed[4].download_uri)
        .await
        .expect("its bytes")
        .body
        .to_vec();
    let expected = [&logo, &logo, &prices, &list, &showroom, &own];
    let attached = eml.attachments();
    assert_eq!(attached.len(), expected.len());
    for ((part, bytes), file) in attached.iter().zip(expected).zip(&listed) {
        assert_eq!(part.name.as_deref(), Some(file.name.as_str()));
        assert!(part.bytes == *bytes, "{} has other bytes", file.name);
    }
    for part in &attached[1..] {
        assert_eq!(
            part.disposition.as_deref(),
            Some("attachment"),
            "{:?}",
            part.name
        );
    }

    // What the outbox promised is what the file has.
    let row = sql::run(
        &server.folder(),
        "SELECT message_id, size, dated_at FROM outbox",
    );
    assert_eq!(row.len(), 1);
    assert_eq!(row[0][0], message_id.as_str());
    assert_eq!(row[0][1], bytes.len());
    let recipients = sql::run(
        &server.folder(),
        "SELECT kind, display_name, address FROM outbox_recipients ORDER BY number",
    );
    let expected = serde_json::json!([
        [0, "Kim Öz", "kim@example.org"],
        [0, "", "lee@example.org"],
        [1, "Cc, the \"second\"", "cc@example.org"],
        [2, "Hidden", "hidden@example.org"],
    ]);
    assert_eq!(serde_json::json!(recipients), expected);
    assert!(unused_ids.is_some_and(|ids| ids.len() == 1));
}

/// Seconds since 1970.
fn now() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("after 1970").as_secs_f64()
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

#[tokio::test]
async fn who_stands_in_the_lists_twice_gets_it_once() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let twice = EmailContent {
        to_recipients: Some(vec![
            person("Kim", "kim@example.org"),
            person("", "KIM@example.org"),
        ]),
        cc_recipients: Some(vec![
            person("", "kim@example.org"),
            person("", "lee@example.org"),
        ]),
        ..nothing()
    };
    anna.save_email(&id, &twice).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
    let rows = sql::run(
        &server.folder(),
        "SELECT address FROM outbox_recipients ORDER BY number",
    );
    assert_eq!(
        serde_json::json!(rows),
        serde_json::json!([["kim@example.org"], ["lee@example.org"]])
    );
    let delivered = async || {
        let waiting = sql::run(
            &server.folder(),
            "SELECT count(*) FROM outbox_recipients WHERE state <> 1",
        );
        waiting[0][0] == 0
    };
    eventually("all have got it", delivered).await;
}

#[tokio::test]
async fn a_server_that_dies_on_the_way_writes_no_second_message() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for round in 1..=6 {
        let id = draft_with(&anna, &["Showroom.bmp"]).await;
        anna.send_email(&id).await.expect("sent");
        // Now before the file, now while it is written, now between the file and the note of it.
        if round % 2 == 0 {
            eventually("the message is there", async || {
                server.sent().len() == round
            })
            .await;
        } else {
            tokio::time::sleep(std::time::Duration::from_millis(7 * round as u64)).await;
        }
        server.kill();
        server.start().await;
        let waiting = async || {
            let rows = sql::run(
                &server.folder(),
                "SELECT count(*) FROM outbox_recipients WHERE state <> 1",
            );
            rows[0][0] != 0
        };
        eventually("it is delivered", async || !waiting().await).await;
        let sent = server.sent();
        assert_eq!(sent.len(), round);
        for path in sent {
            let eml = Eml::read(&path);
            assert_eq!(eml.attachments()[0].bytes.len(), 8 << 20);
        }
    }
    let files = fs::read_dir(server.folder().join("sent"))
        .expect("the folder")
        .count();
    assert_eq!(files, 6, "nothing unfinished is left");
}
