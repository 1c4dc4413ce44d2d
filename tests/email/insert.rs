//! The key operation: a library's file into a draft. Its refusals are in [`super::refusals`], many at once in [`super::parallel`].

use std::fs;
use std::path::Path;

use icws::client::Session;
use icws::messaging::Message;
use serde_json::json;

use super::{
    INSERT, WAIT, attachments, attachments_of, demo_file, draft, item, noise, post, snapshot, told,
};
use crate::server::{Server, eventually};

#[tokio::test]
async fn what_is_not_inline_has_an_empty_content_id() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    for body in [
        json!({"id": logo}),
        json!({"id": logo, "isInlineAttachment": false}),
        json!({"id": logo, "isInlineAttachment": null}),
        json!({"id": logo, "isInlineAttachment": "false"}),
        json!({"id": logo, "isInlineAttachment": "0", "colour": "red"}),
        json!({"id": logo.to_string().to_uppercase(), "isInlineAttachment": "FALSE"}),
    ] {
        let answer = post(&anna, &id, INSERT, &body).await.expect("inserted");
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, r#"{"contentId":""}"#),
            "{body}"
        );
    }
    let files = attachments_of(&anna, &id).await;
    assert_eq!(files.len(), 6);
    assert!(files.iter().all(|file| file.content_id.is_empty()));
}

#[tokio::test]
async fn what_is_inline_has_a_content_id_of_its_own() {
    let server = Server::with(&["--domain", "desk.example.com"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let mut ids = Vec::new();
    for inline in [json!(true), json!("true"), json!("1"), json!("True")] {
        let body = json!({"id": logo, "isInlineAttachment": inline});
        let answer = post(&anna, &id, INSERT, &body)
            .await
            .expect("inserted")
            .value();
        let content_id = answer["contentId"].as_str().expect("a string").to_owned();
        let (unguessable, domain) = content_id.split_once('@').expect("an addr-spec");
        assert_eq!(domain, "desk.example.com");
        assert!(unguessable.len() >= 26, "{content_id}");
        // It stands in a URL as it is, and in a header between brackets.
        assert!(
            unguessable.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{content_id}"
        );
        ids.push(content_id);
    }
    let listed: Vec<String> = attachments_of(&anna, &id)
        .await
        .into_iter()
        .map(|file| file.content_id)
        .collect();
    assert_eq!(listed, ids, "as they were answered, in their order");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "never the same twice");
}

#[tokio::test]
async fn the_attachment_is_the_file() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let files = [
        (
            "Catalogue.pdf",
            "application/pdf",
            demo_file("libraries/Product Information/Catalogue.pdf"),
        ),
        (
            "価格表.pdf",
            "application/pdf",
            demo_file("libraries/Product Information/Prices/価格表.pdf"),
        ),
        (
            "Logo.png",
            "image/png",
            demo_file("libraries/Product Information/Logo.png"),
        ),
        // From the caller's own library.
        (
            "Lamp for signature.png",
            "image/png",
            demo_file("people/anna/Lamp for signature.png"),
        ),
    ];
    for (name, ..) in &files {
        let item = item(&anna, name).await.id;
        anna.insert(&id, item, None).await.expect("inserted");
    }
    for (file, (name, media_type, bytes)) in attachments_of(&anna, &id).await.iter().zip(&files) {
        assert_eq!(file.name, *name);
        let answer = anna.fetch(&file.download_uri).await.expect("its bytes");
        assert_eq!(answer.header("content-type"), Some(*media_type));
        assert_eq!(answer.body, *bytes);
    }
}

#[tokio::test]
async fn every_subscriber_hears_of_it_at_once() {
    let server = Server::demo().await;
    let (anna, second) = (server.log_in("anna").await, server.log_in("anna").await);
    let (carl, ben) = (server.log_in("carl").await, server.log_in("ben").await);
    let id = draft(&anna).await;
    for session in [&anna, &second, &carl, &ben] {
        snapshot(session, &id).await;
    }
    let (mut of_anna, mut of_carl) = (
        anna.stream(None).await.expect("a stream"),
        carl.stream(None).await.expect("a stream"),
    );
    let logo = item_without_reading(&server).await;
    let content_id = anna
        .insert(&id, logo, Some(true))
        .await
        .expect("inserted")
        .content_id;
    // By the time of the answer it can be read.
    for session in [&second, &ben] {
        let message = told(session, &id).await.expect("he hears of it");
        assert_eq!(attachments(&message)[0].content_id, content_id);
    }
    for stream in [&mut of_anna, &mut of_carl] {
        let event = stream.next_within(WAIT).await.expect("an event");
        let Message::EmailContents(message) = event.message else {
            panic!("{event:?}")
        };
        assert!(message.is_delta);
        assert_eq!(attachments(&message)[0].content_id, content_id);
    }
}

/// The logo's id, found by a session of its own.
async fn item_without_reading(server: &Server) -> icws::Guid {
    item(&server.log_in("anna").await, "Logo.png").await.id
}

#[tokio::test]
async fn it_survives_the_death_of_the_server_right_after_the_answer() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    for round in 1..=3 {
        let content_id = anna
            .insert(&id, logo, Some(true))
            .await
            .expect("inserted")
            .content_id;
        server.kill();
        server.start().await;
        let files = attachments_of(&anna, &id).await;
        assert_eq!(files.len(), round);
        assert_eq!(files[round - 1].content_id, content_id);
        let bytes = anna
            .fetch(&files[round - 1].download_uri)
            .await
            .expect("its bytes")
            .body;
        assert_eq!(bytes, demo_file("libraries/Product Information/Logo.png"));
    }
}

/// Imports a folder as the library `Prices`, which Support may use.
async fn import(server: &Server, folder: &Path) {
    let folder = folder.to_str().expect("UTF-8");
    server
        .done(&["library", "import", folder, "--name", "Prices"])
        .await;
    server
        .done(&["library", "grant", "Prices", "--workgroup", "Support"])
        .await;
}

async fn find(session: &Session, name: &str) -> Option<icws::Guid> {
    let items = super::items(session).await;
    items
        .into_iter()
        .find(|item| item.name == name)
        .map(|item| item.id)
}

#[tokio::test]
async fn it_stays_what_it_was_when_the_library_changes() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (noise(1, 30_000), noise(2, 20_000));
    fs::write(folder.path().join("offer.csv"), &first).expect("written");
    import(&server, folder.path()).await;
    eventually("the library is there", async || {
        find(&anna, "offer.csv").await.is_some()
    })
    .await;
    let item = find(&anna, "offer.csv").await.expect("the file");
    anna.insert(&id, item, None).await.expect("inserted");

    // Replaced: the item keeps its id and has other bytes.
    fs::write(folder.path().join("offer.csv"), &second).expect("written");
    import(&server, folder.path()).await;
    let has_second = async || {
        let other = draft(&anna).await;
        anna.insert(&other, item, None).await.expect("inserted");
        let file = attachments_of(&anna, &other).await.remove(0);
        anna.fetch(&file.download_uri)
            .await
            .expect("its bytes")
            .body
            == second
    };
    eventually("the other bytes are inserted", has_second).await;
    anna.insert(&id, item, None).await.expect("inserted");

    // Removed, with the library's right withdrawn on top.
    fs::remove_file(folder.path().join("offer.csv")).expect("removed");
    fs::write(folder.path().join("other.csv"), b"1;2").expect("written");
    import(&server, folder.path()).await;
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "responseManagementDocuments",
            "Prices",
        ])
        .await;
    eventually("the library is gone", async || {
        find(&anna, "other.csv").await.is_none()
    })
    .await;

    let files = attachments_of(&anna, &id).await;
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["offer.csv", "offer (2).csv"]);
    for (file, bytes) in files.iter().zip([&first, &second]) {
        let answer = anna.fetch(&file.download_uri).await.expect("its bytes");
        assert_eq!(answer.header("content-type"), Some("text/csv"));
        assert_eq!(answer.body, *bytes);
    }
}

#[tokio::test]
async fn the_bytes_are_kept_once_however_often_they_are_inserted() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let before = super::blob_files(&server.folder()).len();
    let showroom = item(&anna, "Showroom.bmp").await.id;
    for _ in 0..3 {
        let id = draft(&anna).await;
        for _ in 0..4 {
            anna.insert(&id, showroom, None).await.expect("inserted");
        }
    }
    assert_eq!(super::blob_files(&server.folder()).len(), before);
}
