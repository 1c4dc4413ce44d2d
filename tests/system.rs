//! Notifications from session to session.

use icws::client::{Method, Session};
use icws::messaging::Message;
use icws::system::HandlerSentNotificationMessage;
use serde_json::{Value, json};

use crate::email::WAIT;
use crate::server::Server;

const LISTEN: &str = "/messaging/subscriptions/system/handler-sent-notifications";

async fn status(session: &Session, method: Method, path: &str, body: Option<&Value>) -> u16 {
    let answer = session.raw(method, path, body).await.expect("an answer");
    answer.status
}

#[tokio::test]
async fn a_notification_reaches_those_who_listen_to_it_once() {
    let server = Server::demo().await;
    let (anna, ben) = (server.log_in("anna").await, server.log_in("ben").await);
    // A client puts a type there that the contract does not ask for.
    let headers = json!({
        "__type": "urn:inin.com:system:handlerSentNotificationsSubscription",
        "headers": [{"objectId": "order", "eventIds": ["paid", "sent"]}],
    });
    assert_eq!(
        status(&anna, Method::PUT, LISTEN, Some(&headers)).await,
        204
    );

    let notify = async |object: &str, event: &str| {
        let body = json!({"objectId": object, "eventId": event, "data": ["7", "für Ben"]});
        let path = "/system/handler-notification";
        assert_eq!(status(&ben, Method::POST, path, Some(&body)).await, 202);
    };
    notify("order", "paid").await;
    notify("order", "lost").await;
    notify("invoice", "paid").await;
    let heard = || {
        Message::HandlerSentNotification(HandlerSentNotificationMessage {
            object_id: "order".into(),
            event_id: "paid".into(),
            data: vec!["7".into(), "für Ben".into()],
            is_delta: false,
        })
    };
    assert_eq!(anna.messages().await.expect("a poll"), [heard()]);
    assert_eq!(anna.messages().await.expect("a poll"), []);
    assert_eq!(
        ben.messages().await.expect("a poll"),
        [],
        "he does not listen"
    );

    // What nobody read waits; two are two.
    notify("order", "paid").await;
    notify("order", "paid").await;
    assert_eq!(anna.messages().await.expect("a poll"), [heard(), heard()]);

    // Ben listens too. Who listens no more gets nothing that came before, whatever else waits for him.
    assert_eq!(status(&ben, Method::PUT, LISTEN, Some(&headers)).await, 204);
    notify("order", "paid").await;
    let chosen = json!({"statusId": "At Lunch"});
    let path = "/status/user-statuses/anna";
    assert_eq!(status(&anna, Method::PUT, path, Some(&chosen)).await, 202);
    for _ in 0..2 {
        assert_eq!(status(&anna, Method::DELETE, LISTEN, None).await, 204);
    }
    notify("order", "paid").await;
    let messages = anna.messages().await.expect("a poll");
    assert!(
        matches!(messages[..], [Message::AsyncOperationCompleted(_)]),
        "{messages:?}"
    );
    assert_eq!(ben.messages().await.expect("a poll"), [heard(), heard()]);
    // Nor does a stream that comes back get again what it was told.
    let mut stream = ben.stream(None).await.expect("a stream");
    notify("order", "sent").await;
    let event = stream.next_within(WAIT).await.expect("an event");
    let id: i64 = event.id.expect("an id").parse().expect("a number");
    drop(stream);
    assert_eq!(status(&ben, Method::DELETE, LISTEN, None).await, 204);
    let path = "/status/user-statuses/ben";
    assert_eq!(status(&ben, Method::PUT, path, Some(&chosen)).await, 202);
    let before = (id - 1).to_string();
    let mut stream = ben.stream(Some(&before)).await.expect("a stream");
    let event = stream.next_within(WAIT).await.expect("an event");
    assert!(
        matches!(event.message, Message::AsyncOperationCompleted(_)),
        "{event:?}"
    );
}

#[tokio::test]
async fn a_notification_that_no_client_could_read_is_refused() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let long = json!({"objectId": "o", "eventId": "e", "data": ["x".repeat(40_000)]});
    let path = "/system/handler-notification";
    assert_eq!(status(&anna, Method::POST, path, Some(&long)).await, 400);
    let long = json!({"headers": [{"objectId": "o", "eventIds": ["x".repeat(40_000)]}]});
    assert_eq!(status(&anna, Method::PUT, LISTEN, Some(&long)).await, 400);
}
