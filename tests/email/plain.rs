//! `configuration/mail/send-email`: a mail in one request.

use icws::client::{Method, Session};
use serde_json::{Value, json};

use super::send::the_message;
use crate::eml::Eml;
use crate::queues::{asked, of_user};
use crate::server::Server;

async fn send(session: &Session, body: &Value) -> (u16, Value) {
    let path = "/configuration/mail/send-email";
    let answer = session.raw(Method::POST, path, Some(body)).await;
    let answer = answer.expect("an answer");
    let said = if answer.body.is_empty() {
        Value::Null
    } else {
        answer.value()["errorId"].clone()
    };
    (answer.status, said)
}

#[tokio::test]
async fn a_program_sends_a_mail_in_one_request() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let body = json!({
        "recipients": ["one@example.com", " two@example.com "],
        "subject": "Grüße",
        "body": "A text\nof two lines",
    });
    assert_eq!(send(&anna, &body).await, (204, Value::Null));
    let eml = Eml::read(&the_message(&server).await);
    assert_eq!(eml.text("Subject"), "Grüße");
    let to = eml.addresses("To").expect("recipients");
    assert_eq!(to, [" <one@example.com>", " <two@example.com>"]);
    let from = eml.addresses("From").expect("a sender");
    assert!(from[0].ends_with("<support@example.com>"), "{from:?}");
    assert_eq!(eml.found["tree"], "text/plain");
    let text = String::from_utf8(eml.leaves().remove(0).bytes).expect("UTF-8");
    assert_eq!(
        text.trim_end().replace("\r\n", "\n"),
        "A text\nof two lines"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_leaves_nothing() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let watched = asked(&[of_user("anna")], &["Eic_State"]);
    anna.subscribe_queues("own", &watched)
        .await
        .expect("subscribes");
    anna.messages().await.expect("a snapshot");
    let good = ["someone@example.com"];
    let many = vec!["someone@example.com"; 1_001];
    for (body, id) in [
        (json!({}), "invalidRepresentation.missingProperty"),
        (
            json!({"recipients": "someone@example.com"}),
            "invalidRepresentation.invalidProperty",
        ),
        (json!({"recipients": []}), "email.noRecipients"),
        (
            json!({"recipients": ["someone@example.com", "nobody"]}),
            "email.invalidRecipient",
        ),
        (
            json!({"recipients": ["a@example.com\r\nBcc: b@example.com"]}),
            "email.invalidRecipient",
        ),
        (json!({"recipients": many}), "email.tooManyRecipients"),
        (
            json!({"recipients": good, "subject": "a\r\nBcc: b@example.com"}),
            "invalidRepresentation.invalidProperty",
        ),
        (
            json!({"recipients": good, "subject": "x".repeat(1_025)}),
            "email.subjectTooLong",
        ),
    ] {
        let id = format!("error.request.{id}");
        assert_eq!(send(&anna, &body).await, (400, json!(id)), "{body}");
    }
    let body = json!({"recipients": good});
    assert_eq!(
        send(&lea, &body).await,
        (400, json!("error.request.email.noMailbox"))
    );
    assert_eq!(anna.messages().await.expect("a poll").len(), 0);
    assert_eq!(server.sent().len(), 0);
}

/// Whom the one message that was sent is from; then there is none.
async fn sender(server: &Server) -> String {
    let path = the_message(server).await;
    let from = Eml::read(&path).addresses("From").expect("a sender");
    std::fs::remove_file(path).expect("it is read");
    from.concat()
}

#[tokio::test]
async fn an_administrator_of_mail_needs_no_workgroup() {
    let server = Server::demo().await;
    let body = json!({"recipients": ["someone@example.com"]});
    let admin = server.log_in("admin").await;
    assert_eq!(send(&admin, &body).await, (204, Value::Null));
    assert_eq!(sender(&server).await, "Support <support@example.com>");
    // One who belongs to two has none that is meant; a right to mail makes it the first of all, a mailbox of his own that one.
    for words in [
        "workgroup add Sales",
        "workgroup mailbox Sales sales@example.com",
        "workgroup member Sales anna",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        server.done(&words).await;
    }
    let none = (400, json!("error.request.email.noMailbox"));
    let anna = server.log_in("anna").await;
    assert_eq!(send(&anna, &body).await, none);
    server
        .done(&["user", "grant", "anna", "mailConfiguration"])
        .await;
    let anna = server.log_in("anna").await;
    assert_eq!(send(&anna, &body).await, (204, Value::Null));
    assert_eq!(sender(&server).await, "Support <support@example.com>");
    server
        .done(&["user", "mailbox", "anna", "anna@example.com"])
        .await;
    assert_eq!(send(&anna, &body).await, (204, Value::Null));
    assert_eq!(sender(&server).await, "Anna Lindqvist <anna@example.com>");
}
