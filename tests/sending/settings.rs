//! The relay as it is set: who logs in how, and what is refused.

use super::*;

/// Base64 of what is given here as it is seen on the wire.
const PLAIN: &str = "AG1lAHA6YS9zcyB3b3Jk";
const LOGIN: [&str; 2] = ["bWU=", "cDphL3NzIHdvcmQ="];

#[tokio::test]
async fn a_user_logs_in_by_whatever_the_relay_offers() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "p:a/ss word\n").expect("written");
    let file = file.to_str().expect("UTF-8");
    for (offered, said) in [("LOGIN PLAIN", &[PLAIN][..]), ("LOGIN", &LOGIN[..])] {
        let relay = Relay::start().await;
        relay.script(|script| script.auth = Some(offered));
        let by_file = [
            "--relay-url",
            &relay.url_of("me"),
            "--relay-password-file",
            file,
        ];
        let in_url = ["--relay-url", &relay.url_of("me:p%3Aa%2Fss%20word")];
        let given = if offered == "LOGIN" {
            &by_file[..]
        } else {
            &in_url[..]
        };
        let server = Server::with(given).await;
        let anna = server.log_in("anna").await;
        let id = send_to(&anna, &["kim@example.org"]).await;
        reaches(&anna, &id, "delivered").await;
        assert_eq!(relay.taken()[0].login, said);
        assert!(!server.log().contains("ss word"), "no password in the log");
    }
}

#[tokio::test]
async fn a_relay_that_wants_a_login_is_a_matter_of_settings_and_not_of_the_message() {
    let relay = Relay::start().await;
    relay.script(|script| script.auth = Some("PLAIN"));
    let server = sending_by(&relay).await;
    let anna = server.log_in("anna").await;
    let id = send_to(&anna, &["kim@example.org"]).await;
    eventually("it is noted", async || {
        attribute(&anna, &id, ERROR)
            .await
            .contains("wants a user and a password")
    })
    .await;
    assert_eq!(attribute(&anna, &id, STATE).await, "waiting");
}

#[tokio::test]
async fn wrong_settings_do_not_start() {
    let server = Server::stopped(&[]);
    let (nothing, missing) = ("/dev/null", "/nowhere/at/all");
    let good = "smtp://me:secret@mail.example.org";
    for (arguments, status, expected) in [
        (
            vec!["--relay-url", "http://me:secret@host"],
            2,
            "`relay.url`",
        ),
        (
            vec!["--relay-url", "smtp://me:secret@host:x"],
            2,
            "not a port",
        ),
        (vec!["--relay-url", "smtp://me@host"], 1, "go together"),
        (
            vec!["--relay-url", "smtp://host", "--relay-password", "secret"],
            1,
            "go together",
        ),
        (
            vec!["--relay-url", good, "--relay-ca-file", missing],
            1,
            "`relay.ca_file`",
        ),
        (
            vec!["--relay-url", good, "--relay-ca-file", nothing],
            1,
            "`relay.ca_file`",
        ),
        (
            vec!["--relay-url", good, "--relay-password-file", missing],
            1,
            "`relay.password_file`",
        ),
        (vec!["--relay-connections", "0"], 2, "`relay.connections`"),
    ] {
        let mut line = vec!["serve", "--listen", "127.0.0.1:0"];
        line.extend(&arguments);
        let output = server.command(&line).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}
