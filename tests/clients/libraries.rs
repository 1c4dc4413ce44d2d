//! Libraries that others build on.

use serde_json::{Value, json};

use super::{Habit, credentials, minimal_email, pair, text};
use crate::email::item;
use crate::raw::{self, Answer, Connection};
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

/// The Ruby gem: a property of its own, the whole `Set-Cookie` line for a cookie, JSON labelled as a form.
#[tokio::test]
async fn the_ruby_gem() {
    let server = Server::demo().await;
    let mut body = credentials("anna");
    body["x-icws"] = Value::Null;
    let headers = [
        "Accept: application/json",
        "Content-Type: application/json",
        "Accept-Language: en-us",
    ];
    let (mut ruby, answer) = Habit::log_in(&server, "", &headers, &body.to_string()).await;
    ruby.session = text(&answer.json(), "sessionId");
    ruby.headers = vec![
        format!("Cookie: {}", answer.all("set-cookie")[0]),
        format!(
            "Inin-Icws-Csrf-Token: {}",
            text(&answer.json(), "csrfToken")
        ),
        "Accept: */*; q=0.5, application/xml".into(),
        "Content-Type: application/x-www-form-urlencoded".into(),
    ];
    assert!(ruby.headers[0].ends_with("; HttpOnly"));
    let created = ruby.ask("POST", "/interactions", &minimal_email()).await;
    assert_eq!(created.status, 201);
    let id = text(&created.json(), "interactionId");
    assert!(created.json().get("attributes").is_none());
    let got = ruby
        .ask(
            "GET",
            &format!("/interactions/{id}?select=Eic_CallId,eic_objecttype"),
            "",
        )
        .await;
    assert_eq!(
        got.json()["attributes"],
        json!({"Eic_CallId": id, "eic_objecttype": "Email"})
    );
    let names = json!({"attributeNames": ["Eic_State"]}).to_string();
    assert_eq!(
        ruby.ask(
            "PUT",
            &format!("/messaging/subscriptions/interactions/{id}"),
            &names
        )
        .await
        .status,
        204
    );
    let messages = ruby.ask("GET", "/messaging/messages", "").await;
    assert_eq!(
        messages.json()[0]["__type"],
        "urn:inin.com:interactions:interactionChangedMessage"
    );
    assert_eq!(
        ruby.ask("GET", "/messaging/messages", "").await.json(),
        json!([]),
        "nil would end its thread"
    );
    assert_eq!(
        ruby.ask("POST", "/messaging/heartbeat", "").await.status,
        204
    );
    // The location of its session is what it appends to.
    let location = answer.header("location").expect("a location");
    assert_eq!(location, format!("/icws/{}/connection", ruby.session));
    assert_eq!(ruby.ask("DELETE", "/connection", "").await.status, 204);
    assert_eq!(
        ruby.ask("GET", "/connection", "").await.json()["connectionState"],
        2
    );
    // What it asks for without a session.
    let version = raw::ask(
        &server.address(),
        &["GET /icws/connection/version", "Accept: */*"],
        "",
    )
    .await
    .json();
    assert!(
        version
            .as_object()
            .expect("an object")
            .values()
            .all(Value::is_string)
    );
    let unknown = raw::ask(
        &server.address(),
        &["GET /icws/connection/features/nonsense"],
        "",
    )
    .await;
    assert_eq!(
        unknown.status, 400,
        "that is how it finds a feature to be missing"
    );
}

/// `icws_golib`: JSON's `null` for a body, everything a string, and the old session's headers on the way to a new one.
#[tokio::test]
async fn the_go_library_of_the_vendor() {
    let server = Server::demo().await;
    let always = [
        "User-Agent: Go-http-client/1.1",
        "Content-Type: application/json",
        "Accept-Language: en-us",
        "Accept-Encoding: gzip",
    ];
    let (mut go, answer) =
        Habit::log_in(&server, "", &always, &credentials("anna").to_string()).await;
    let take = |go: &mut Habit, answer: &Answer| {
        let body = answer.json();
        go.session = text(&body, "sessionId");
        go.headers = always.map(str::to_owned).to_vec();
        go.headers
            .push(format!("Cookie: {}", answer.all("set-cookie")[0]));
        go.headers.push(format!(
            "Inin-Icws-Csrf-Token: {}",
            text(&body, "csrfToken")
        ));
    };
    take(&mut go, &answer);
    let id = go
        .ask("POST", "/interactions", &minimal_email())
        .await
        .json()["interactionId"]
        .as_str()
        .expect("a string")
        .to_owned();
    for (what, body) in [
        ("hold", r#"{"on":"true"}"#),
        ("hold", r#"{"on":"false"}"#),
        ("disconnect", "null"),
    ] {
        let done = go
            .ask("POST", &format!("/interactions/{id}/{what}"), body)
            .await;
        assert_eq!(done.status, 200, "{what} {body}: {}", done.json());
    }
    let refused = go
        .ask("POST", &format!("/interactions/{id}/disconnect"), "null")
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["errorId"].is_string() && refused.json()["message"].is_string(),
        "it panics on anything else"
    );
    let old = go.headers.clone();
    let line = ["POST /icws/connection"]
        .into_iter()
        .chain(old.iter().map(String::as_str))
        .collect::<Vec<_>>();
    let answer = go
        .connection
        .ask(&line, &credentials("carl").to_string())
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, answer.json()["userID"].as_str()),
        (201, Some("carl"))
    );
    take(&mut go, &answer);
    assert_eq!(
        go.ask("GET", "/connection", "").await.json(),
        json!({"connectionState": 1})
    );
    go.ask("DELETE", "/connection", "null").await;
    assert_eq!(
        go.ask("GET", "/messaging/messages", "").await.status,
        401,
        "its word for a session that has ended"
    );
}

/// gildas/go-icws: `Accept: *`, everything asked for at login, and an event stream on a connection that closes.
#[tokio::test]
async fn the_other_go_library() {
    let server = Server::demo().await;
    let headers = [
        "Accept: application/json",
        "Accept-Language: en-us",
        "Content-Type: application/json",
        "X-Attempt: 1",
        "X-Request-Id: 4711",
    ];
    let query = "?include=features,default-workstation,version";
    let (mut go, answer) =
        Habit::log_in(&server, query, &headers, &credentials("anna").to_string()).await;
    let body = answer.json();
    for needed in ["csrfToken", "sessionId", "userID", "userDisplayName"] {
        assert!(body[needed].is_string(), "{needed}");
    }
    assert!(body["features"].is_array() && body.get("defaultWorkstationId") == Some(&Value::Null));
    for part in ["majorVersion", "minorVersion", "su", "build"] {
        assert!(
            body["version"][part]
                .as_str()
                .is_some_and(|part| part.parse::<u32>().is_ok()),
            "{part}"
        );
    }
    go.session = text(&body, "sessionId");
    let cookie = format!("Cookie: {}", pair(&answer));
    let token = format!("ININ-ICWS-CSRF-Token: {}", text(&body, "csrfToken"));
    go.headers = vec![
        cookie.clone(),
        token.clone(),
        "Accept: *".into(),
        "X-Attempt: 1".into(),
    ];

    let mut stream = Connection::open(&server.address()).await;
    let line = format!("GET /icws/{}/messaging/messages", go.session);
    let head = [
        &line,
        "Accept: text/event-stream",
        &token,
        &cookie,
        "Use-Credentials: include",
        "Connection: close",
    ];
    stream.begin(&head, "").await;
    let opened = stream.read_head().await.expect("an answer");
    assert_eq!(
        (opened.status, opened.header("content-type")),
        (200, Some("text/event-stream"))
    );
    // Without a 2xx of this one it takes the login for failed.
    let watch = r#"{"userIds":["anna"]}"#;
    let path = "/messaging/subscriptions/status/user-statuses";
    assert_eq!(go.ask("PUT", path, watch).await.status, 200);
    let mut statuses = String::new();
    while !statuses.contains("userStatusMessage") {
        statuses += &stream.read_chunk().await.expect("the stream goes on");
    }
    assert!(statuses.contains(r#""userId":"anna""#), "{statuses}");
    assert_eq!(
        go.ask("PUT", "/messaging/subscriptions/response-management", "")
            .await
            .status,
        204
    );
    let mut text = String::new();
    while !text.contains("librariesAdded") {
        text += &stream.read_chunk().await.expect("the stream goes on");
    }
    // Its scanner ends at a line of 64 KiB, and joins the lines of an event without a space.
    assert!(text.lines().all(|line| line.len() < 64 << 10));
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("data:"))
            .count(),
        1
    );
    assert_eq!(
        go.ask("DELETE", "/messaging/subscriptions/response-management", "")
            .await
            .status,
        204
    );
    assert_eq!(go.ask("DELETE", "/connection", "").await.status, 204);
}
