//! What becomes of a message that was sent: once for each recipient, whatever happens to the server.

use std::fs;
use std::time::Duration;

use icws::email::EmailContent;

use super::{draft, draft_with, nothing, person};
use crate::eml::Eml;
use crate::server::{Server, eventually};
use crate::sql;

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
    eventually("all have got it", async || waiting(&server) == 0).await;
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
            eventually("it is there", async || server.sent().len() == round).await;
        } else {
            tokio::time::sleep(Duration::from_millis(7 * round as u64)).await;
        }
        server.kill();
        server.start().await;
        eventually("it is delivered", async || waiting(&server) == 0).await;
        assert_eq!(server.sent().len(), round);
    }
    let files = fs::read_dir(server.folder().join("sent")).expect("the folder");
    assert_eq!(files.count(), 6, "nothing unfinished is left");
    // Each is whole: as large as it was promised to be; and one in full.
    let messages = sql::run(&server.folder(), "SELECT message_id, size FROM outbox");
    for message in messages {
        let name = format!("{}.eml", message[0].as_str().expect("a Message-ID"));
        let file = fs::metadata(server.folder().join("sent").join(name));
        assert_eq!(message[1], file.expect("the message").len());
    }
    let eml = Eml::read(&server.sent()[0]);
    assert_eq!(eml.attachments()[0].bytes.len(), 8 << 20);
}

/// How many recipients have not got their message yet.
fn waiting(server: &Server) -> u64 {
    let statement = "SELECT count(*) FROM outbox_recipients WHERE state <> 1";
    let rows = sql::run(&server.folder(), statement);
    rows[0][0].as_u64().expect("a number")
}
