//! A server that stops, or dies, and comes back: nothing that was acknowledged is lost, and clients go on as if nothing had been.

use std::time::Duration;

use icws::client::Session;
use icws::connection::ConnectionState;
use icws::email::{EmailContent, EmailContentsMessage, EmailUploadFileAttachmentResponse};
use icws::messaging::Message;
use icws::response_management::{Item, ItemType, Library};

use crate::email::{
    WAIT, attachments, content, demo_file, draft, html, item, items, libraries, noise, refused,
    snapshot,
};
use crate::eml::Eml;
use crate::raw::Connection;
use crate::server::{Server, eventually, terminate};

/// How a server ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// SIGTERM.
    Stopped,
    /// `kill -9`.
    Killed,
}

async fn restart(server: &mut Server, end: End) {
    match end {
        End::Stopped => {
            let status = server.stop().await;
            assert!(status.success(), "{status}");
        }
        End::Killed => server.kill(),
    }
    server.start().await;
}

/// Adds an item to anna's own library, and gives it.
async fn keep_a_text(anna: &Session) -> Item {
    let own = async || {
        libraries(anna)
            .await
            .into_iter()
            .find(|library| library.name == "anna")
            .expect("her own")
    };
    let item = Item {
        id: "0f0e0d0c-0b0a-4908-8706-050403020100"
            .parse()
            .expect("a Guid"),
        name: "From before".to_owned(),
        kind: ItemType::Text,
        shortcut: Some("fb".to_owned()),
        keywords: Some(vec!["restart".to_owned()]),
        value: "Grüße".to_owned(),
    };
    let mut library: Library = own().await;
    library.items.get_or_insert_default().push(item.clone());
    anna.save_library(&library).await.expect("saved");
    item
}

/// What there was before.
struct Before {
    anna: Session,
    carl: Session,
    ended: Session,
    text: Item,
    /// Anna's draft, which holds the logo inline and a file of her own.
    draft: String,
    inline: String,
    own: Vec<u8>,
    saved: EmailContent,
    /// An upload whose outcome nobody has read.
    begun: EmailUploadFileAttachmentResponse,
    /// An upload that was only announced.
    pending: EmailUploadFileAttachmentResponse,
    /// A mail on its way.
    mail: String,
}

async fn prepare(server: &Server) -> Before {
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let ended = server.log_in("ben").await;
    ended.log_out().await.expect("logged out");
    let text = keep_a_text(&anna).await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let inserted = anna.insert(&id, logo, Some(true)).await;
    let inline = inserted.expect("inserted").content_id;
    let mut saved = content("From before");
    saved.bodies = Some(vec![html(&format!("<img src=\"cid:{inline}\">"))]);
    anna.save_email(&id, &saved).await.expect("saved");
    snapshot(&anna, &id).await;
    let watched = anna.subscribe_interaction(&id, &["Eic_State", "order"]);
    watched.await.expect("204");
    let own = noise(1, 70_000);
    let begun = anna.upload_bytes(&id, "own.bin", false, own.clone()).await;
    let pending = anna.upload(&id, "later.bin", false).await;
    let mail = draft(&carl).await;
    let subject = content("On its way");
    carl.save_email(&mail, &subject).await.expect("saved");
    carl.send_email(&mail).await.expect("sent");
    Before {
        anna,
        carl,
        ended,
        text,
        draft: id,
        inline,
        own,
        saved,
        begun: begun.expect("uploaded"),
        pending: pending.expect("announced"),
        mail,
    }
}

async fn everything_is_there(end: End) {
    let mut server = Server::demo().await;
    let before = prepare(&server).await;
    restart(&mut server, end).await;
    sessions_go_on(&before).await;
    subscriptions_are_there(&before).await;
    work_goes_on(&server, &before).await;
}

/// The same cookie and token are good, and those of an ended session are not.
async fn sessions_go_on(before: &Before) {
    let state = async |session: &Session| {
        let settings = session.connection().await.expect("known");
        settings.connection_state
    };
    assert_eq!(state(&before.anna).await, ConnectionState::Up);
    assert_eq!(state(&before.ended).await, ConnectionState::Down);
    before.anna.heartbeat().await.expect("goes on");
    let refused = before.ended.heartbeat().await;
    assert_eq!(refused.expect_err("it has ended").status, 401);
}

/// Each begins with a snapshot, and the outcome that was not read comes.
async fn subscriptions_are_there(before: &Before) {
    let messages = before.anna.messages().await.expect("a poll");
    assert_eq!(messages.len(), 4, "{messages:?}");
    let mut email = None;
    for message in messages {
        match message {
            Message::EmailUploadFileStatus(status) => {
                assert_eq!(status.request_id, before.begun.request_id);
                assert!(status.upload_success);
            }
            Message::InteractionChanged(change) => {
                assert!(!change.is_delta);
                assert_eq!(change.attributes["Eic_State"], "C");
            }
            Message::ResponseManagement(message) => assert!(!message.is_delta),
            Message::EmailContents(message) => email = Some(message),
            other => panic!("{other:?}"),
        }
    }
    the_draft_is_there(before, &email.expect("the email")).await;
    let again = before.anna.messages().await.expect("a poll");
    assert_eq!(again, [], "and no more");
}

async fn the_draft_is_there(before: &Before, message: &EmailContentsMessage) {
    assert!(!message.is_delta && message.is_editable);
    assert_eq!(message.unused_email_attachments, Some(Vec::new()));
    let files = attachments(message);
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["Logo.png", "own.bin"]);
    assert_eq!(files[0].content_id, before.inline);
    let logo = demo_file("libraries/Product Information/Logo.png");
    for (file, expected) in files.iter().zip([&logo, &before.own]) {
        let found = before.anna.fetch(&file.download_uri).await;
        assert!(found.expect("its bytes").body == *expected, "{}", file.name);
    }
    let found = message.email_content.as_ref().expect("the content");
    assert_eq!(found.subject, before.saved.subject);
    assert_eq!(Some(&found.bodies), before.saved.bodies.as_ref());
}

async fn work_goes_on(server: &Server, before: &Before) {
    let Before { anna, carl, .. } = before;
    // An upload that was announced before is good still; libraries are there; new things get new ids.
    let late = anna.put(&before.pending.upload_uri, noise(2, 10)).await;
    late.expect("still good");
    assert!(items(anna).await.contains(&before.text));
    let newer = draft(carl).await;
    assert!(newer > before.mail, "{newer} {}", before.mail);
    // The mail that was on its way arrives, once; its draft is frozen.
    eventually("the mail arrives", async || server.sent().len() == 1).await;
    assert_eq!(Eml::read(&server.sent()[0]).text("Subject"), "On its way");
    let again = carl.send_email(&before.mail).await;
    refused(again, 400, "error.request.email.notEditable");
    let sent = anna.send_email(&before.draft).await;
    sent.expect("what was a draft can be sent");
    eventually("the second mail arrives", async || server.sent().len() == 2).await;
}

#[tokio::test]
async fn a_server_that_was_stopped_goes_on_with_everything() {
    everything_is_there(End::Stopped).await;
}

#[tokio::test]
async fn a_server_that_was_killed_goes_on_with_everything() {
    everything_is_there(End::Killed).await;
}

#[tokio::test]
async fn rights_and_people_are_what_they_were() {
    let mut server = Server::demo().await;
    server
        .done(&[
            "user",
            "add",
            "dora",
            "--password",
            "sesame",
            "--display-name",
            "Dora D.",
        ])
        .await;
    server
        .done(&["workgroup", "member", "Support", "dora"])
        .await;
    server
        .done(&["user", "grant", "dora", "allowResponseManagement"])
        .await;
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "responseManagementDocuments",
            "Letters",
        ])
        .await;
    let dora = server
        .client()
        .log_in("dora", "sesame")
        .await
        .expect("logs in");
    restart(&mut server, End::Killed).await;
    let names: Vec<String> = libraries(&dora)
        .await
        .into_iter()
        .map(|library| library.name)
        .collect();
    assert_eq!(names, ["dora", "Product Information"]);
    server
        .client()
        .log_in("dora", "sesame")
        .await
        .expect("logs in again");
    let list = server.done(&["user", "list"]).await;
    assert!(list.contains("Dora D."), "{list}");
}

#[tokio::test]
async fn open_streams_end_when_the_server_stops_and_can_come_back() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.subscribe_email(&id).await.expect("200");
    let mut stream = anna.stream(None).await.expect("a stream");
    stream.next_within(WAIT).await.expect("a snapshot");
    let began = std::time::Instant::now();
    let status = server.stop().await;
    assert!(status.success(), "{status}");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "a stream does not hold it up"
    );
    assert_eq!(stream.next_within(WAIT).await, None, "it has ended");
    server.start().await;
    let mut again = anna.stream(stream.last_event_id()).await.expect("a stream");
    let event = again.next_within(WAIT).await.expect("a snapshot");
    let Message::EmailContents(message) = event.message else {
        panic!("{event:?}")
    };
    assert!(!message.is_delta);
    assert_ne!(
        event.id.as_deref(),
        stream.last_event_id(),
        "an id never stands for two events"
    );
}

#[tokio::test]
async fn a_request_in_flight_is_served_to_its_end() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let begun = anna
        .upload(&id, "slow.bin", false)
        .await
        .expect("announced");
    let bytes = noise(1, 400_000);
    let blobs = || crate::email::blob_files(&server.folder()).len();
    let before = blobs();
    let mut connection = Connection::open(&server.address()).await;
    let cookie = anna.cookie.as_deref().expect("a cookie");
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Length: {}\r\n\r\n",
        begun.upload_uri,
        bytes.len(),
    );
    connection.write(head).await;
    connection.write(&bytes[..200_000]).await;
    eventually("the upload has begun", async || blobs() > before).await;
    terminate(server.pid());
    eventually("it is stopping", async || server.log().contains("stopping")).await;
    connection.write(&bytes[200_000..]).await;
    assert_eq!(connection.read().await.expect("an answer").status, 200);
    let status = server.stop().await;
    assert!(status.success(), "{status}");
    server.start().await;
    let file = crate::email::attachments_of(&anna, &id).await.remove(0);
    assert!(
        anna.fetch(&file.download_uri)
            .await
            .expect("its bytes")
            .body
            == bytes
    );
}
