//! A server whose database is broken while it runs.

use attache::router::routes;
use icws::client::{CSRF_TOKEN, Call, RawResponse, header};
use icws::messaging::Message;

use super::LOGIN;
use crate::email::{draft, refused};
use crate::server::{PASSWORD, Server};
use crate::sql;

const INTERNAL: &str = "error.server.internal";

/// Holds an answer to be a 500 that tells nothing but how to find its cause in the log, and that the cause is there.
fn assert_internal(server: &Server, what: &str, answer: &RawResponse) {
    assert_eq!(answer.status, 500, "{what}");
    let body = answer.value();
    assert_eq!(
        (body["errorId"].as_str(), body["errorCode"].as_i64()),
        (Some(INTERNAL), Some(-2_147_467_259)),
        "{what}"
    );
    let id = answer.header("x-request-id").expect("an id of the request");
    let message = body["message"].as_str().expect("a message");
    assert!(id.len() >= 16 && message.contains(id), "{what}: {message}");
    for inside in ["table", "SQL", "sql", "sessions", "diesel", "store", ".rs"] {
        assert!(
            !answer.text().contains(inside),
            "{what} tells of the inside: {}",
            answer.text()
        );
    }
    let log = server.log();
    let line = log
        .lines()
        .find(|line| line.contains(id))
        .unwrap_or_else(|| panic!("{what}: {id} is not in the log"));
    assert!(
        line.contains("ERROR")
            && (line.contains("no such table") || line.contains("does not exist")),
        "{what}: {line}"
    );
}

#[tokio::test]
async fn every_session_operation_fails_with_an_id_of_the_request() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    // So that nothing of the session is known without the database.
    assert!(server.stop().await.success());
    server.start().await;
    sql::run(&server.folder(), "ALTER TABLE sessions RENAME TO away");
    let (cookie, token) = (
        anna.cookie.as_deref().expect("a cookie"),
        anna.token.as_deref().expect("a token"),
    );
    let mut failed = 0;
    for route in routes().iter().filter(|route| route.asks.session) {
        let path = route.path.replace("{sessionId}", &anna.id);
        let path: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect();
        let call = Call::new(route.method.clone(), path.join("/"))
            .header(header::COOKIE, cookie)
            .header(CSRF_TOKEN, token);
        let answer = anna.client.send(call).await.expect("an answer");
        assert_internal(&server, &route.key(), &answer);
        failed += 1;
    }
    assert_eq!(
        failed,
        routes().len() - 6,
        "all but those that need no session"
    );
    sql::run(&server.folder(), "ALTER TABLE away RENAME TO sessions");
    anna.heartbeat()
        .await
        .expect("it goes on as if nothing had been");
}

#[tokio::test]
async fn what_a_handler_cannot_read_or_write_is_a_failure_too() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.subscribe_email(&id).await.expect("subscribes");
    let away = |table: &str| {
        sql::run(
            &server.folder(),
            &format!("ALTER TABLE {table} RENAME TO away"),
        )
    };
    let back = |table: &str| {
        sql::run(
            &server.folder(),
            &format!("ALTER TABLE away RENAME TO {table}"),
        )
    };

    away("users");
    let call = Call::new(icws::client::Method::POST, "/icws/connection")
        .header(header::ACCEPT_LANGUAGE, "en")
        .body(LOGIN);
    assert_internal(
        &server,
        "a login",
        &anna.client.send(call).await.expect("an answer"),
    );
    back("users");

    away("interactions");
    let read = anna
        .raw(
            icws::client::Method::GET,
            &format!("/interactions/{id}"),
            None,
        )
        .await
        .expect("an answer");
    assert_internal(&server, "a read", &read);
    let sent = anna
        .raw(
            icws::client::Method::POST,
            &format!("/interactions/{id}/email/send"),
            None,
        )
        .await;
    assert_internal(&server, "a write", &sent.expect("an answer"));
    refused(anna.messages().await, 500, INTERNAL);
    back("interactions");

    // What could not be read was not lost, and who could not log in can.
    let message = crate::email::told(&anna, &id)
        .await
        .expect("the snapshot that was due");
    assert!(!message.is_delta && message.is_editable);
    anna.send_email(&id).await.expect("is sent");
    anna.client.log_in("anna", PASSWORD).await.expect("logs in");
}

#[tokio::test]
async fn a_poll_that_fails_takes_no_message_away() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.subscribe_email(&id).await.expect("subscribes");
    let upload = anna
        .upload_bytes(&id, "a.txt", false, "a")
        .await
        .expect("uploaded");
    let rename = |from: &str, to: &str| {
        let statement = format!("ALTER TABLE {from} RENAME TO {to}");
        sql::run(&server.folder(), &statement);
    };
    rename("email_contents", "away");
    refused(anna.messages().await, 500, INTERNAL);
    rename("away", "email_contents");
    let messages = anna.messages().await.expect("all that was due");
    let is_status = |message: &Message| matches!(message, Message::EmailUploadFileStatus(status) if status.request_id == upload.request_id);
    assert!(messages.iter().any(is_status), "{messages:?}");
    assert!(
        messages
            .iter()
            .any(|message| matches!(message, Message::EmailContents(_))),
        "{messages:?}"
    );
}
