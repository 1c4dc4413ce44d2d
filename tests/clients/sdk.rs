//! The official JavaScript library, and the sample that comes with it.

use serde_json::{Value, json};

use super::{Habit, credentials, minimal_email, pair, text};
use crate::email::item;
use crate::raw::{Answer, Connection};
use crate::server::Server;

/// The official library: the session comes from the headers of the answer; each request has its media type, a GET, too.
struct Sdk {
    habit: Habit,
    token: String,
}

impl Sdk {
    async fn log_in(server: &Server) -> Self {
        let always = [
            "Accept: application/vnd.inin.icws+JSON",
            "Content-Type: application/vnd.inin.icws+JSON;charset=utf-8",
            "X-ICWS-DevTools-CorrelationId: 1",
        ];
        let headers = [&always[..], &["Accept-Language: en-us"]].concat();
        let body = credentials("anna").to_string();
        let (mut habit, answer) = Habit::log_in(server, "?include=features", &headers, &body).await;
        // It reads a body of just this type, whatever stands behind it.
        let media_type = answer
            .header("content-type")
            .and_then(|value| value.split(';').next());
        assert_eq!(media_type, Some("application/vnd.inin.icws+json"));
        let messaging = json!({"featureId": "messaging", "version": 2});
        let features = answer.json()["features"].clone();
        assert!(
            features.as_array().expect("a list").contains(&messaging),
            "it may use the event stream"
        );
        habit.session = answer.header("inin-icws-session-id").expect("an id").into();
        habit.headers = always.map(str::to_owned).to_vec();
        habit.headers.push(format!("Cookie: {}", pair(&answer)));
        let token = answer.header("inin-icws-csrf-token").expect("a token");
        Self {
            habit,
            token: format!("ININ-ICWS-CSRF-Token: {token}"),
        }
    }

    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.habit
            .ask_with(method, path, &[&self.token], body)
            .await
    }

    /// It polls without the token.
    async fn poll(&mut self) -> Answer {
        self.habit.ask("GET", "/messaging/messages", "").await
    }
}

#[tokio::test]
async fn the_official_library() {
    let server = Server::demo().await;
    let logo = item(&server.log_in("anna").await, "Logo.png").await.id;
    let mut sdk = Sdk::log_in(&server).await;
    let created = sdk.ask("POST", "/interactions", &minimal_email()).await;
    assert_eq!(created.status, 201);
    let id = text(&created.json(), "interactionId");
    assert_eq!(
        created.header("location"),
        Some(format!("/icws/{}/interactions/{id}", sdk.habit.session).as_str())
    );
    // Lists in a query are joined by commas and encoded as one.
    let got = sdk
        .ask(
            "GET",
            &format!("/interactions/{id}?select=Eic_ObjectType%2CEic_State"),
            "",
        )
        .await;
    assert_eq!(
        (got.status, got.json()),
        (
            200,
            json!({"attributes": {"Eic_ObjectType": "Email", "Eic_State": "C"}})
        )
    );
    let subscription = format!("/messaging/subscriptions/interactions/{id}/email");
    assert_eq!(sdk.ask("PUT", &subscription, "").await.status, 200);
    let insert = format!("/interactions/{id}/email/attachments/response-management/insert");
    let inserted = sdk
        .ask(
            "POST",
            &insert,
            &json!({"id": logo, "isInlineAttachment": true}).to_string(),
        )
        .await;
    assert_eq!(inserted.status, 200);
    let messages = sdk.poll().await;
    assert_eq!(messages.status, 200);
    let message = &messages.json()[0];
    assert_eq!(
        message["__type"],
        "urn:inin.com:interactions.email:emailContentsMessage"
    );
    assert_eq!(message["isDelta"], false);
    for required in ["supportedResponseTypes", "isEditable", "interactionId"] {
        assert!(!message[required].is_null(), "{required}");
    }
    let content = &message["emailContent"];
    assert_eq!(
        content["__type"],
        "urn:inin.com:interactions.email:emailContentsResponse"
    );
    let received = content["receivedTimestamp"].as_str().expect("a date");
    assert!(
        received.len() == 16 && received.ends_with('Z'),
        "{received}"
    );
    assert_eq!(
        content["fileAttachments"][0]["contentId"],
        inserted.json()["contentId"]
    );
    assert_eq!(
        content["fileAttachments"][0]["__type"],
        "urn:inin.com:interactions.email:emailFileAttachment"
    );
    assert_eq!(sdk.ask("DELETE", "/connection", "").await.status, 204);
    assert_eq!(
        sdk.ask("GET", "/connection", "").await.json()["connectionState"],
        2
    );
}

/// The sample: it takes the event stream, which has the cookie alone, and hears of its two subscriptions only if they answer just 200.
#[tokio::test]
async fn the_sample_of_the_official_library() {
    let server = Server::demo().await;
    let mut sdk = Sdk::log_in(&server).await;
    let cookie = sdk.habit.headers[3].clone();
    let mut stream = Connection::open(&server.address()).await;
    let line = format!("GET /icws/{}/messaging/messages", sdk.habit.session);
    let head = [
        &line,
        &cookie,
        "Accept: text/event-stream",
        "Cache-Control: no-cache",
    ];
    stream.begin(&head, "").await;
    let opened = stream.read_head().await.expect("an answer");
    assert_eq!(
        (opened.status, opened.header("content-type")),
        (200, Some("text/event-stream"))
    );
    let queue = json!({
        "queueIds": [{"queueType": 1, "queueName": "anna"}],
        "attributeNames": ["Eic_RemoteName", "Eic_State"],
    });
    let subscriptions = [
        ("queues/SUB_anna", queue),
        ("status/user-statuses", json!({"userIds": ["anna"]})),
    ];
    for (name, body) in subscriptions {
        let path = format!("/messaging/subscriptions/{name}");
        let answer = sdk.ask("PUT", &path, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{name}: exactly");
    }
    let created = sdk.ask("POST", "/interactions", &minimal_email()).await;
    let id = text(&created.json(), "interactionId");
    let mut events = String::new();
    while !events.contains(&id) || !events.contains("userStatusMessage") {
        events += &stream.read_chunk().await.expect("the stream goes on");
    }
    assert!(
        !events.lines().any(|line| line.starts_with("event:")),
        "it listens to unnamed events alone"
    );
    let messages: Vec<Value> = events
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).expect("one object"))
        .collect();
    let of = |kind: &str| {
        let urn = format!("urn:inin.com:{kind}");
        messages
            .iter()
            .filter(move |message| message["__type"] == urn)
    };
    let status = of("status:userStatusMessage").next().expect("a status");
    assert_eq!(status["isDelta"], false);
    assert_eq!(status["userStatusList"][0]["userId"], "anna");
    let queues: Vec<&Value> = of("queues:queueContentsMessage").collect();
    assert_eq!(
        (&queues[0]["subscriptionId"], &queues[0]["isDelta"]),
        (&json!("SUB_anna"), &json!(false))
    );
    let added = queues
        .iter()
        .filter_map(|queue| queue["interactionsAdded"].as_array())
        .flatten()
        .find(|added| added["interactionId"] == id)
        .expect("the new email");
    assert_eq!(
        added["attributes"],
        json!({"Eic_RemoteName": "", "Eic_State": "C"})
    );
}
