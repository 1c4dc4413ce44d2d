//! Sent mail on its way to a relay: a scripted one, which refuses, hangs up and is slow as it is told, and a real Postfix.

use icws::client::Session;
use icws::email::EmailContent;
use icws::messaging::Message;

use crate::email::{
    blob_of, content, demo_file, draft, draft_with, noise, nothing, person, refused,
};
use crate::server::{Server, eventually};
use crate::sql;

mod failing;
mod postfix;
pub mod relay;
mod settings;

use relay::{AfterData, Relay};

/// The attributes that tell how far a message has come.
const STATE: &str = "Attache_DeliveryState";
const ERROR: &str = "Attache_DeliveryError";

/// A server that sends by this relay.
async fn sending_by(relay: &Relay) -> Server {
    let server = Server::with(&["--relay-url", &relay.url()]).await;
    eventually("the relay was asked", async || {
        server.log().contains("the mail relay is there")
    })
    .await;
    server
}

/// Sends an email to these people, and gives its interaction.
async fn send_to(session: &Session, people: &[&str]) -> String {
    let id = draft(session).await;
    let email = EmailContent {
        to_recipients: Some(people.iter().map(|address| person("", address)).collect()),
        ..nothing()
    };
    session.save_email(&id, &email).await.expect("saved");
    session.send_email(&id).await.expect("sent");
    id
}

/// One of the two attributes of an interaction.
async fn attribute(session: &Session, id: &str, name: &str) -> String {
    let found = session.attributes(id, &[name]).await.expect("attributes");
    found.attributes[name].clone()
}

async fn reaches(session: &Session, id: &str, state: &str) {
    eventually(&format!("it is {state}"), async || {
        attribute(session, id, STATE).await == state
    })
    .await;
}

#[tokio::test]
async fn a_message_goes_out_as_the_file_would_be() {
    let relay = Relay::start().await;
    let mut server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Showroom.bmp", "Logo.png"]).await;
    let mut email = content(".dots");
    email.bcc_recipients = Some(vec![person("", "secret@example.org")]);
    email.bodies = Some(vec![crate::email::text(".\r\n..two\r\nend")]);
    anna.save_email(&id, &email).await.expect("saved");
    assert_eq!(attribute(&anna, &id, STATE).await, "");
    anna.send_email(&id).await.expect("sent");
    reaches(&anna, &id, "delivered").await;
    let taken = relay.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].from, "support@example.com");
    assert_eq!(taken[0].to, ["kim@example.org", "secret@example.org"]);
    let size = taken[0].bytes.len();
    assert_eq!(taken[0].size, Some(size as u64), "as announced");
    assert!(size > 8 << 20);
    assert!(server.sent().is_empty());
    assert!(taken[0].bytes == as_file(&mut server).await);
}

/// The one message that was sent, as the way without a relay writes it.
async fn as_file(server: &mut Server) -> Vec<u8> {
    server.stop().await;
    let again = "UPDATE outbox_recipients SET state = 0, next_at = 0";
    sql::run(&server.folder(), again);
    server.give(&[]);
    server.start().await;
    eventually("it is a file", async || server.sent().len() == 1).await;
    std::fs::read(&server.sent()[0]).expect("the file")
}

#[tokio::test]
async fn each_recipient_has_a_result_of_its_own() {
    let relay = Relay::start().await;
    relay.script(|script| {
        let answers = [
            ("lee@example.org", "550 5.1.1 no such user"),
            ("max@example.org", "451 4.7.1 come back later"),
        ];
        script.recipients = answers
            .map(|(to, answer)| (to.into(), answer.into()))
            .into();
    });
    let server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let watched = anna.subscribe_interaction(&id, &[STATE, ERROR]).await;
    watched.expect("204");
    anna.messages().await.expect("a snapshot");
    let email = EmailContent {
        to_recipients: Some(vec![
            person("", "kim@example.org"),
            person("", "lee@example.org"),
            person("", "max@example.org"),
        ]),
        ..nothing()
    };
    anna.save_email(&id, &email).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
    reaches(&anna, &id, "failed").await;
    let error = attribute(&anna, &id, ERROR).await;
    let expected =
        "lee@example.org: 550 5.1.1 no such user; max@example.org: 451 4.7.1 come back later";
    assert_eq!(error, expected);
    eventually("who watches it is told", async || {
        let messages = anna.messages().await.expect("a poll");
        messages.iter().any(|message| match message {
            Message::InteractionChanged(change) => change.attributes.get(ERROR) == Some(&error),
            _ => false,
        })
    })
    .await;
    assert!(server.log().contains("a message will not be delivered"));
    assert_eq!(relay.taken()[0].to, ["kim@example.org"]);

    let list = server.done(&["outbox", "list"]).await;
    assert!(
        list.contains("lee@example.org") && list.contains("max@example.org"),
        "{list}"
    );
    assert!(!list.contains("kim@example.org"), "{list}");
    let failed = server.done(&["outbox", "list", "--failed"]).await;
    assert!(
        failed.contains("550 5.1.1") && !failed.contains("max@"),
        "{failed}"
    );

    // Both can be reached now: they get it at once, and Kim gets no second one.
    relay.script(|script| script.recipients.clear());
    let said = server.done(&["outbox", "retry", &id]).await;
    assert!(said.contains("for 2 recipients"), "{said}");
    reaches(&anna, &id, "delivered").await;
    let taken = relay.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[1].to, ["lee@example.org", "max@example.org"]);
    assert!(taken[1].bytes == taken[0].bytes, "it is the same message");
    assert_eq!(attribute(&anna, &id, ERROR).await, "");
    assert_eq!(
        server.done(&["outbox", "list"]).await,
        "All mail is delivered.\n"
    );
}

#[tokio::test]
async fn what_is_larger_than_the_relay_takes_is_refused_when_it_is_sent() {
    let relay = Relay::start().await;
    relay.script(|script| script.size = Some(20_000));
    let server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let uploaded = anna
        .upload_bytes(&id, "own.bin", false, noise(3, 30_000))
        .await;
    uploaded.expect("uploaded");
    let error = refused(
        anna.send_email(&id).await,
        400,
        "error.request.email.messageTooLarge",
    );
    let numbers: Vec<u64> = error
        .error
        .message
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    assert!(
        matches!(numbers[..], [size, 20_000] if size > 40_000),
        "{error}"
    );
    assert_eq!(sql::run(&server.folder(), "SELECT * FROM outbox").len(), 0);

    // It takes more meanwhile, and the server finds that out by the next message.
    relay.script(|script| script.size = Some(100_000));
    let other = send_to(&anna, &["kim@example.org"]).await;
    reaches(&anna, &other, "delivered").await;
    anna.send_email(&id).await.expect("sent");
    reaches(&anna, &id, "delivered").await;

    // It takes less meanwhile, which nobody could know.
    relay.script(|script| script.size = Some(100));
    let late = send_to(&anna, &["kim@example.org"]).await;
    reaches(&anna, &late, "failed").await;
    let error = attribute(&anna, &late, ERROR).await;
    assert!(
        error.ends_with("and the mail relay takes 100 at the most"),
        "{error}"
    );
    let refused_now = draft(&anna).await;
    let refusal = anna.send_email(&refused_now).await;
    refused(refusal, 400, "error.request.email.messageTooLarge");
    assert_eq!(relay.taken().len(), 2);
}

#[tokio::test]
async fn messages_go_one_after_another_by_a_connection_and_several_at_a_time() {
    let relay = Relay::start().await;
    relay.script(|script| script.after_data = AfterData::Hang);
    let server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(send_to(&anna, &["kim@example.org"]).await);
    }
    eventually("four are under way", async || relay.taken().len() == 4).await;
    relay.script(|script| script.after_data = AfterData::Take);
    relay.let_go();
    for id in &ids {
        reaches(&anna, id, "delivered").await;
    }
    let taken = relay.taken();
    assert_eq!(taken.len(), 6);
    let mut connections: Vec<usize> = taken.iter().map(|taken| taken.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    assert_eq!(connections.len(), 4, "those that were there are used again");
}
