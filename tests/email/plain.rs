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
    let (anna, admin) = (server.log_in("anna").await, server.log_in("admin").await);
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
        send(&admin, &body).await,
        (400, json!("error.request.email.noMailbox"))
    );
    assert_eq!(anna.messages().await.expect("a poll").len(), 0);
    assert_eq!(server.sent().len(), 0);
}
