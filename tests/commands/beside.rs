//! Commands beside a running server.

use std::time::{Duration, Instant};

use icws::messaging::Message;

use crate::email::{WAIT, libraries};
use crate::server::Server;

#[tokio::test]
async fn a_running_server_notices_what_commands_change() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    libraries(&anna).await;
    let mut stream = anna.stream(None).await.expect("a stream");
    for (number, arguments) in [
        &["library", "grant", "Contracts", "--user", "anna"][..],
        &[
            "user",
            "revoke",
            "anna",
            "responseManagementDocuments",
            "Contracts",
        ],
        &["library", "grant", "Contracts", "--everyone"],
        &[
            "user",
            "revoke",
            "--everyone",
            "responseManagementDocuments",
            "Contracts",
        ],
    ]
    .into_iter()
    .enumerate()
    {
        server.done(arguments).await;
        let ended = Instant::now();
        let event = stream.next_within(WAIT).await.expect("it is told");
        let Message::ResponseManagement(message) = event.message else {
            panic!("{event:?}")
        };
        assert!(message.is_delta);
        let (added, removed) = (
            message.libraries_added.unwrap_or_default(),
            message.libraries_removed.unwrap_or_default(),
        );
        assert_eq!(
            (added.len(), removed.len()),
            if number % 2 == 0 { (1, 0) } else { (0, 1) }
        );
        // It is promised within 200 ms; the machine of a test may be busy.
        assert!(
            ended.elapsed() < Duration::from_secs(1),
            "{:?}",
            ended.elapsed()
        );
    }
}

#[tokio::test]
async fn a_password_that_is_set_is_asked_for_from_then_on() {
    let server = Server::demo().await;
    let before = server.log_in("anna").await;
    server
        .done(&["user", "password", "anna", "--password", "sesame"])
        .await;
    let client = server.client();
    assert_eq!(
        client
            .log_in("anna", "demo")
            .await
            .expect_err("refused")
            .status,
        400
    );
    client.log_in("anna", "sesame").await.expect("logs in");
    before
        .heartbeat()
        .await
        .expect("a session that there is goes on");
    server
        .done(&["user", "add", "dora", "--password", "x y ö"])
        .await;
    let dora = client.log_in("DORA", "x y ö").await.expect("logs in");
    assert_eq!(dora.user_id(), "dora");
}
