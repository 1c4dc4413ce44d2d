//! Public clients of ICWS, by their habits: what each sends, byte for byte where it matters, and what it takes an answer for.
//!
//! Each is played by a few requests of its own form. Operations that they call and that are not served are not played here; that those
//! answer 410 as a proper error is held in `http::paths`.

use serde_json::{Value, json};

use crate::email::item;
use crate::raw::{self, Answer, Connection};
use crate::server::Server;

/// A client that keeps a connection and sends the same headers each time.
struct Habit {
    connection: Connection,
    session: String,
    headers: Vec<String>,
}

impl Habit {
    /// Logs in with headers and a body of the client's own, and takes nothing from the answer yet.
    async fn log_in(server: &Server, query: &str, headers: &[&str], body: &str) -> (Self, Answer) {
        let mut connection = Connection::open(&server.address()).await;
        let line = format!("POST /icws/connection{query}");
        let head: Vec<&str> = std::iter::once(line.as_str())
            .chain(headers.iter().copied())
            .collect();
        let answer = connection.ask(&head, body).await.expect("an answer");
        assert_eq!(
            answer.status,
            201,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        (
            Self {
                connection,
                session: String::new(),
                headers: Vec::new(),
            },
            answer,
        )
    }

    /// Sends a request of the session.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.ask_with(method, path, &[], body).await
    }

    /// The same with further headers.
    async fn ask_with(&mut self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let line = format!("{method} /icws/{}{path}", self.session);
        let own = self.headers.iter().map(String::as_str);
        let head: Vec<&str> = std::iter::once(line.as_str())
            .chain(own)
            .chain(headers.iter().copied())
            .collect();
        let answer = self.connection.ask(&head, body).await.expect("an answer");
        // Some replace all their cookies by what an answer sets.
        assert!(answer.all("set-cookie").is_empty(), "{line}");
        if !answer.body.is_empty() {
            assert_eq!(
                answer.header("content-type"),
                Some("application/vnd.inin.icws+json"),
                "{line}"
            );
        }
        answer
    }
}

fn credentials(user: &str) -> Value {
    json!({
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "a client",
        "userID": user,
        "password": "demo",
    })
}

/// What two published scripts send to make an email.
fn minimal_email() -> String {
    json!({
        "__type": "urn:inin.com:interactions.email:createEmailParameters",
        "emailContent": {
            "__type": "urn:inin.com:interactions.email:emailContent",
            "sender": {"displayName": "Support", "address": "support@example.com"},
            "bodies": [{"body": "Hello", "bodyType": 0}, {"body": "<p>Hello</p>", "bodyType": 1}],
        },
        "workgroup": "Support",
    })
    .to_string()
}

/// The official library: the session comes from the headers of the answer; each request has its media type, a GET, too.
#[tokio::test]
async fn the_official_library() {
    let server = Server::demo().await;
    let logo = item(&server.log_in("anna").await, "Logo.png").await.id;
    let always = [
        "Accept: application/vnd.inin.icws+JSON",
        "Content-Type: application/vnd.inin.icws+JSON;charset=utf-8",
        "X-ICWS-DevTools-CorrelationId: 1",
    ];
    let mut headers = always.to_vec();
    headers.push("Accept-Language: en-us");
    let (mut sdk, answer) = Habit::log_in(
        &server,
        "?include=features",
        &headers,
        &credentials("anna").to_string(),
    )
    .await;
    // It reads a body of just this type.
    let media_type = answer
        .header("content-type")
        .expect("a type")
        .split(';')
        .next()
        .expect("a type")
        .to_lowercase();
    assert_eq!(media_type, "application/vnd.inin.icws+json");
    let messaging = json!({"featureId": "messaging", "version": 2});
    assert!(
        answer.json()["features"]
            .as_array()
            .expect("a list")
            .contains(&messaging),
        "it may use the event stream"
    );
    sdk.session = answer
        .header("inin-icws-session-id")
        .expect("an id")
        .to_owned();
    sdk.headers = always.map(str::to_owned).to_vec();
    sdk.headers.push(format!(
        "Cookie: {}",
        answer
            .header("set-cookie")
            .expect("a cookie")
            .split(';')
            .next()
            .expect("a pair")
    ));
    let token = format!(
        "ININ-ICWS-CSRF-Token: {}",
        answer.header("inin-icws-csrf-token").expect("a token")
    );

    let created = sdk
        .ask_with("POST", "/interactions", &[&token], &minimal_email())
        .await;
    assert_eq!(created.status, 201);
    let id = created.json()["interactionId"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_eq!(
        created.header("location"),
        Some(format!("/icws/{}/interactions/{id}", sdk.session).as_str())
    );
    // Lists in a query are joined by commas and encoded as one.
    let got = sdk
        .ask_with(
            "GET",
            &format!("/interactions/{id}?select=Eic_ObjectType%2CEic_State"),
            &[&token],
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
    assert_eq!(
        sdk.ask_with("PUT", &subscription, &[&token], "")
            .await
            .status,
        200
    );
    let insert = format!("/interactions/{id}/email/attachments/response-management/insert");
    let inserted = sdk
        .ask_with(
            "POST",
            &insert,
            &[&token],
            &json!({"id": logo, "isInlineAttachment": true}).to_string(),
        )
        .await;
    assert_eq!(inserted.status, 200);
    // It polls without the token.
    let messages = sdk.ask("GET", "/messaging/messages", "").await;
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
    assert_eq!(
        sdk.ask_with("DELETE", "/connection", &[&token], "")
            .await
            .status,
        204
    );
    assert_eq!(
        sdk.ask_with("GET", "/connection", &[&token], "")
            .await
            .json()["connectionState"],
        2
    );
}

/// The Python snippets: no Content-Type at all, success is that the text has a token, empty POSTs.
#[tokio::test]
async fn the_python_snippets() {
    let server = Server::demo().await;
    let always = [
        "User-Agent: python-requests/2.34",
        "Accept-Encoding: gzip, deflate",
        "Accept: */*",
        "Connection: keep-alive",
    ];
    let mut headers = always.to_vec();
    headers.push("Accept-Language: en-us");
    let (mut python, answer) =
        Habit::log_in(&server, "", &headers, &credentials("anna").to_string()).await;
    assert!(String::from_utf8_lossy(&answer.body).contains("csrfToken"));
    let body = answer.json();
    python.session = body["sessionId"].as_str().expect("a string").to_owned();
    python.headers = headers.iter().map(|header| (*header).to_owned()).collect();
    python.headers.push(format!(
        "ININ-ICWS-CSRF-Token: {}",
        body["csrfToken"].as_str().expect("a string")
    ));
    let cookie = answer
        .header("set-cookie")
        .expect("a cookie")
        .split(';')
        .next()
        .expect("a pair")
        .to_owned();
    python.headers.push(format!("Cookie: {cookie}"));

    let created = python.ask("POST", "/interactions", &minimal_email()).await;
    let id = created.json()["interactionId"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/interactions/{id}");
    let set = json!({"attributes": {"Colour": "red"}}).to_string();
    assert_eq!(python.ask("POST", &path, &set).await.status, 200, "exactly");
    let got = python
        .ask("GET", &format!("{path}?select=Colour"), "")
        .await;
    assert_eq!(
        (got.status, got.json()),
        (200, json!({"attributes": {"Colour": "red"}}))
    );
    assert!(
        python
            .ask("GET", "/messaging/messages", "")
            .await
            .json()
            .is_array()
    );
    assert_eq!(
        python
            .ask("POST", &format!("{path}/disconnect"), "")
            .await
            .status,
        200,
        "exactly"
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
    ruby.session = answer.json()["sessionId"]
        .as_str()
        .expect("a string")
        .to_owned();
    ruby.headers = vec![
        format!("Cookie: {}", answer.all("set-cookie")[0]),
        format!(
            "Inin-Icws-Csrf-Token: {}",
            answer.json()["csrfToken"].as_str().expect("a string")
        ),
        "Accept: */*; q=0.5, application/xml".into(),
        "Content-Type: application/x-www-form-urlencoded".into(),
    ];
    assert!(ruby.headers[0].ends_with("; HttpOnly"));
    let created = ruby.ask("POST", "/interactions", &minimal_email()).await;
    assert_eq!(created.status, 201);
    let id = created.json()["interactionId"]
        .as_str()
        .expect("a string")
        .to_owned();
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

/// icws_golib: JSON's `null` for a body, everything a string, and the old session's headers on the way to a new one.
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
        go.session = body["sessionId"]
            .as_str()
            .expect("a JSON string")
            .to_owned();
        go.headers = always.map(str::to_owned).to_vec();
        go.headers
            .push(format!("Cookie: {}", answer.all("set-cookie")[0]));
        go.headers.push(format!(
            "Inin-Icws-Csrf-Token: {}",
            body["csrfToken"].as_str().expect("a JSON string")
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
    assert_eq!(
        go.ask("POST", &format!("/interactions/{id}/disconnect"), "null")
            .await
            .status,
        200
    );
    let refused = go
        .ask("POST", &format!("/interactions/{id}/disconnect"), "null")
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["errorId"].is_string() && refused.json()["message"].is_string(),
        "it panics on anything else"
    );
    let hold = go
        .ask(
            "POST",
            &format!("/interactions/{id}/hold"),
            r#"{"on":"true"}"#,
        )
        .await;
    assert!(hold.status == 410 && hold.json()["errorId"].is_string());

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
    go.session = body["sessionId"].as_str().expect("a string").to_owned();
    let cookie = format!(
        "Cookie: {}",
        answer
            .header("set-cookie")
            .expect("a cookie")
            .split(';')
            .next()
            .expect("a pair")
    );
    let token = format!(
        "ININ-ICWS-CSRF-Token: {}",
        body["csrfToken"].as_str().expect("a string")
    );
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

/// The browser page: `{}` where a body is not needed, text parsed as JSON whatever it is, any 401 means logged out.
#[tokio::test]
async fn the_browser_page() {
    let server = Server::demo().await;
    let headers = [
        "Content-type: application/vnd.inin.icws+JSON;charset=utf-8",
        "Accept-Language: de-DE,de;q=0.9,en;q=0.8",
        "Origin: http://localhost:3000",
    ];
    let (mut page, answer) = Habit::log_in(
        &server,
        "?include=features,effective-station",
        &headers,
        &credentials("anna").to_string(),
    )
    .await;
    assert_eq!(answer.json().get("effectiveStation"), Some(&Value::Null));
    assert_eq!(
        answer.header("access-control-allow-origin"),
        None,
        "no origin is configured"
    );
    page.session = answer.json()["sessionId"]
        .as_str()
        .expect("a string")
        .to_owned();
    page.headers = vec![
        format!(
            "Cookie: {}",
            answer
                .header("set-cookie")
                .expect("a cookie")
                .split(';')
                .next()
                .expect("a pair")
        ),
        format!(
            "ININ-ICWS-CSRF-Token: {}",
            answer.json()["csrfToken"].as_str().expect("a string")
        ),
        headers[0].into(),
    ];
    assert_eq!(
        page.ask("PUT", "/messaging/subscriptions/response-management", "{}")
            .await
            .status,
        204
    );
    let messages = page.ask("GET", "/messaging/messages", "{}").await;
    assert_eq!(
        (messages.status, messages.json().as_array().map(Vec::len)),
        (200, Some(1)),
        "with a body and the token"
    );
    // Wrong words are no 401, which the page would take for the end of its session.
    let wrong = json!({"__type": credentials("")["__type"], "applicationName": "page", "userID": "anna", "password": "?"});
    let line = ["POST /icws/connection", headers[0], headers[1]];
    let refused = page
        .connection
        .ask(&line, &wrong.to_string())
        .await
        .expect("an answer");
    assert_eq!(refused.status, 400);
    assert_eq!(page.ask("DELETE", "/connection", "").await.status, 204);
    let after = page.ask("GET", "/messaging/messages", "").await;
    assert_eq!(
        (after.status, after.json()["message"].is_string()),
        (401, true)
    );
}

/// The Mac client and the Angular one: bodies labelled as a form or as text, exactly one cookie, exactly 200 and an array.
#[tokio::test]
async fn the_mac_and_the_angular_client() {
    let server = Server::demo().await;
    for label in [
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: text/plain;charset=UTF-8",
    ] {
        let headers = [label, "Accept-Language: en-us"];
        let (mut client, answer) =
            Habit::log_in(&server, "", &headers, &credentials("anna").to_string()).await;
        assert_eq!(
            answer.all("set-cookie").len(),
            1,
            "several would be joined by a comma"
        );
        client.session = answer.json()["sessionId"]
            .as_str()
            .expect("a string")
            .to_owned();
        assert!(
            client.session.bytes().all(|byte| byte.is_ascii_digit()),
            "tools find sessions by /icws/[0-9]+"
        );
        client.headers = vec![
            format!("Cookie: {}", answer.all("set-cookie")[0]),
            format!(
                "ININ-ICWS-CSRF-Token: {}",
                answer.json()["csrfToken"].as_str().expect("a string")
            ),
            label.into(),
        ];
        for _ in 0..2 {
            let messages = client.ask("GET", "/messaging/messages", "").await;
            assert_eq!(
                (messages.status, messages.json()),
                (200, json!([])),
                "204 would make it disconnect"
            );
        }
        assert_eq!(
            client
                .ask("PUT", "/messaging/subscriptions/response-management", "")
                .await
                .status,
            204
        );
        let id = client
            .ask("POST", "/interactions", &minimal_email())
            .await
            .json()["interactionId"]
            .clone();
        let upload = format!(
            "/interactions/{}/email/attachments/file/upload",
            id.as_str().expect("a string")
        );
        let body = r#"{"uploadFileName":"a.txt","isInlineAttachment":"0"}"#;
        assert_eq!(
            client.ask("POST", &upload, body).await.status,
            202,
            "a string for a Boolean"
        );
    }
}
