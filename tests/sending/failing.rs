//! Relays and servers that fail on the way.

use super::*;
use crate::eml::Eml;
use crate::server::terminate;

/// What the relay said before it was taken again, as the one message that it is.
fn message_id(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.eml");
    std::fs::write(&path, bytes).expect("written");
    Eml::read(&path).text("Message-ID").to_owned()
}

#[tokio::test]
async fn a_server_that_dies_between_acceptance_and_note_sends_the_same_message_again() {
    let relay = Relay::start().await;
    relay.script(|script| script.after_data = AfterData::Hang);
    let mut server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Logo.png"]).await;
    anna.send_email(&id).await.expect("sent");
    eventually("the relay has it", async || relay.taken().len() == 1).await;
    server.kill();
    relay.script(|script| script.after_data = AfterData::Take);
    server.start().await;
    reaches(&anna, &id, "delivered").await;
    let taken = relay.taken();
    assert_eq!(taken.len(), 2, "once more, and no oftener");
    assert!(taken[0].bytes == taken[1].bytes);
    let named = message_id(&taken[0].bytes);
    assert!(named.contains('@'), "{named}");
    assert_eq!(message_id(&taken[1].bytes), named);
}

#[tokio::test]
async fn a_server_that_stops_waits_for_what_is_on_its_way() {
    let relay = Relay::start().await;
    relay.script(|script| script.after_data = AfterData::Hang);
    let mut server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = send_to(&anna, &["kim@example.org"]).await;
    eventually("the relay has it", async || relay.taken().len() == 1).await;
    terminate(server.pid());
    eventually("it is stopping", async || server.log().contains("stopping")).await;
    relay.let_go();
    let status = server.stop().await;
    assert!(status.success(), "{status}");
    server.start().await;
    assert_eq!(attribute(&anna, &id, STATE).await, "delivered");
    assert_eq!(relay.taken().len(), 1);
}

#[tokio::test]
async fn a_relay_that_hangs_up_gets_the_same_message_again() {
    let relay = Relay::start().await;
    relay.script(|script| script.after_data = AfterData::HangUp);
    let server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = send_to(&anna, &["kim@example.org"]).await;
    eventually("it is noted", async || {
        attribute(&anna, &id, ERROR).await.contains("broke off")
    })
    .await;
    assert_eq!(attribute(&anna, &id, STATE).await, "waiting");
    relay.script(|script| script.after_data = AfterData::Take);
    server.done(&["outbox", "retry", "--all"]).await;
    reaches(&anna, &id, "delivered").await;
    let taken = relay.taken();
    assert!(taken.len() == 2 && taken[0].bytes == taken[1].bytes);
}

#[tokio::test]
async fn mail_waits_for_a_relay_that_is_not_there_until_it_is_given_up() {
    let relay = Relay::start().await;
    let url = relay.url();
    drop(relay);
    let server = Server::with(&["--relay-url", &url]).await;
    let anna = server.log_in("anna").await;
    let id = send_to(&anna, &["kim@example.org"]).await;
    eventually("it is noted", async || {
        attribute(&anna, &id, ERROR)
            .await
            .contains("cannot be reached")
    })
    .await;
    let list = server.done(&["outbox", "list"]).await;
    assert!(
        list.contains("waiting") && list.contains("cannot be reached"),
        "{list}"
    );
    assert_eq!(
        server.done(&["outbox", "list", "--failed"]).await,
        "All mail is delivered.\n"
    );
    let said = server.done(&["outbox", "cancel", &id]).await;
    assert_eq!(said, format!("{id}: given up for 1 recipient\n"));
    reaches(&anna, &id, "failed").await;
    assert_eq!(
        attribute(&anna, &id, ERROR).await,
        "kim@example.org: cancelled"
    );
    let list = server.done(&["outbox", "list", "--failed"]).await;
    assert!(
        list.contains("failed") && list.contains("cancelled"),
        "{list}"
    );
    let again = server.command(&["outbox", "cancel", &id]).await;
    assert_eq!(
        again.status.code(),
        Some(1),
        "there is nothing left to give up"
    );
    for wrong in [&["outbox", "retry"][..], &["outbox", "retry", "--all", &id]] {
        let output = server.command(wrong).await;
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_lost_after_sending_fail_for_good() {
    let relay = Relay::start().await;
    let busy = ("kim@example.org".to_owned(), "450 4.2.1 busy".to_owned());
    relay.script(|script| script.recipients = [busy].into());
    let server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Logo.png"]).await;
    anna.send_email(&id).await.expect("sent");
    eventually("it waits", async || {
        attribute(&anna, &id, ERROR)
            .await
            .contains("450 4.2.1 busy")
    })
    .await;
    let bytes = demo_file("libraries/Product Information/Logo.png");
    std::fs::remove_file(blob_of(&server.folder(), &bytes)).expect("removed");
    relay.script(|script| script.recipients.clear());
    server.done(&["outbox", "retry", &id]).await;
    reaches(&anna, &id, "failed").await;
    let error = attribute(&anna, &id, ERROR).await;
    assert!(
        error.contains("the bytes of an attachment are gone"),
        "{error}"
    );
    assert!(relay.taken().is_empty(), "half a message is none");
}
