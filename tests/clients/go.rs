//! The two libraries for Go.

use serde_json::{Value, json};

use super::{Habit, credentials, minimal_email, pair, text};
use crate::raw::{Answer, Connection};
use crate::server::Server;

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
    let select =
        "/configuration/users?select=configurationId,extension&where=configurationId.id%20sw%20an";
    let selected = go.ask("GET", select, "").await;
    assert_eq!(selected.json()["items"][0]["configurationId"]["id"], "anna");
    let status = go
        .ask(
            "PUT",
            "/status/user-statuses/anna",
            r#"{"statusId":"At Lunch"}"#,
        )
        .await;
    assert_eq!(status.status, 202);
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
    let licences = r#"{"licenseList":["I3_ACCESS_CLIENT"]}"#;
    let path = "/messaging/subscriptions/licenses";
    assert_eq!(go.ask("PUT", path, licences).await.status, 200);
    while !text.contains("licenseMessage") {
        text += &stream.read_chunk().await.expect("the stream goes on");
    }
    // It asks for users until the range that came is the end.
    let list = go
        .ask("GET", "/configuration/users?select=licenseProperties", "")
        .await;
    let count = list.json()["items"].as_array().expect("a list").len();
    let range = format!("items 0-{}/{count}", count - 1);
    assert_eq!(list.header("content-range"), Some(range.as_str()));
    // And ends each subscription before the session.
    for path in ["response-management", "licenses", "status/user-statuses"] {
        let path = format!("/messaging/subscriptions/{path}");
        let status = go.ask("DELETE", &path, "").await.status;
        assert!((200..300).contains(&status), "{path}: {status}");
    }
    assert_eq!(go.ask("DELETE", "/connection", "").await.status, 204);
}
