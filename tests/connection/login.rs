//! Logging in, and what is told then.

use std::time::Duration;

use icws::client::{CSRF_TOKEN, Call, LogIn, Method, SESSION_ID, header};
use icws::connection::ConnectionState;
use serde_json::{Value, json};

use super::{assert_is_now, credentials, error, post};
use crate::raw;
use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn a_login_is_answered_to_the_letter() {
    let server = Server::demo().await;
    let answer = post(&server.client(), "", &credentials("anna", PASSWORD)).await;
    assert_eq!(answer.status, 201);
    let one = |name: &str| {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values.len(), 1, "{name}");
        values[0].to_str().expect("text").to_owned()
    };
    let (id, token) = (one("inin-icws-session-id"), one("inin-icws-csrf-token"));
    assert!(
        id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_digit()),
        "{id}"
    );
    assert!(
        token.len() >= 40
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_+/=".contains(&byte))
    );
    assert_eq!(one("location"), format!("/icws/{id}/connection"));
    assert_eq!(one("content-type"), "application/vnd.inin.icws+json");
    let cookie = one("set-cookie");
    let word = cookie
        .strip_prefix(&format!("icws_{id}="))
        .expect("the cookie's name");
    let word = word
        .strip_suffix(&format!("; Path=/icws/{id}; HttpOnly"))
        .expect("the cookie's attributes");
    assert!(
        word.parse::<uuid::Uuid>().is_ok() && word.len() == 36,
        "{word}"
    );
    let mut body = answer.value();
    let name = body["icServer"].take();
    assert!(name.as_str().is_some_and(|name| !name.is_empty()));
    assert_eq!(
        body,
        json!({
            "csrfToken": token,
            "sessionId": id,
            "alternateHostList": [],
            "userID": "anna",
            "userDisplayName": "Anna Lindqvist",
            "icServer": null,
        })
    );
}

#[tokio::test]
async fn a_login_tells_what_is_asked_for() {
    let server = Server::with(&["--server-name", "desk.example.com"]).await;
    let client = server.client();
    let plain = post(&client, "", &credentials("anna", PASSWORD))
        .await
        .value();
    assert_eq!(plain["icServer"], "desk.example.com");
    let features = json!([
        {"featureId": "configuration", "version": 1},
        {"featureId": "connection", "version": 10},
        {"featureId": "interactions", "version": 10},
        {"featureId": "licenses", "version": 1},
        {"featureId": "messaging", "version": 2},
        {"featureId": "queues", "version": 1},
        {"featureId": "response-management", "version": 4},
        {"featureId": "session", "version": 1},
        {"featureId": "status", "version": 1},
    ]);
    let version = client
        .send(Call::new(Method::GET, "/icws/connection/version"))
        .await
        .expect("an answer")
        .value();
    let expected = [
        ("version", "version", version),
        ("features", "features", features),
        ("default-workstation", "defaultWorkstationId", Value::Null),
        ("effective-station", "effectiveStation", Value::Null),
        (
            "purecloud-integration",
            "purecloudIntegration",
            json!({"integrationEnabled": false}),
        ),
    ];
    let count = plain.as_object().expect("an object").len();
    for (include, member, value) in &expected {
        let body = post(
            &client,
            &format!("?include={include}"),
            &credentials("anna", PASSWORD),
        )
        .await
        .value();
        assert_eq!(body.get(member), Some(value), "{include}");
        assert_eq!(
            body.as_object().expect("an object").len(),
            count + 1,
            "{include} and nothing else"
        );
    }
    let all = "?include=features,version%2Cserver-time,%20default-workstation,effective-station,nonsense,purecloud-integration,,";
    let body = post(&client, all, &credentials("anna", PASSWORD))
        .await
        .value();
    for (_, member, value) in &expected {
        assert_eq!(body.get(member), Some(value));
    }
    assert_is_now(
        body["serverTimeInfo"]["serverUtcTime"]
            .as_str()
            .expect("a date"),
    );
    assert_eq!(body.as_object().expect("an object").len(), count + 6);
}

#[tokio::test]
async fn a_login_asks_for_a_language() {
    let server = Server::demo().await;
    let client = server.client();
    let call = Call::new(Method::POST, "/icws/connection").json(&credentials("anna", PASSWORD));
    let answer = client.send(call.clone()).await.expect("an answer");
    assert_eq!(error(&answer), (400, "error.request.missingHeader".into()));
    assert!(
        answer.value()["message"]
            .as_str()
            .expect("a message")
            .contains("Accept-Language")
    );
    for language in ["en-us", "EN", "tlh", "de-DE,de;q=0.9", "*", "", ";;q=x,"] {
        let answer = client
            .send(call.clone().header(header::ACCEPT_LANGUAGE, language))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 201, "{language:?}");
    }
}

#[tokio::test]
async fn a_login_takes_the_user_in_any_case_and_ignores_the_rest() {
    let server = Server::demo().await;
    let client = server.client();
    for user in ["anna", "ANNA", "aNNa"] {
        let mut body = credentials(user, PASSWORD);
        body["x-icws"] = Value::Null;
        body["marketPlaceApplicationCode"] = json!("code");
        body["marketPlaceApplicationLicenseName"] = json!("licence");
        let answer = post(&client, "?include=nonsense&other=1", &body).await;
        assert_eq!(
            (answer.status, &answer.value()["userID"]),
            (201, &json!("anna"))
        );
    }
    let mut untagged = credentials("anna", PASSWORD);
    untagged
        .as_object_mut()
        .expect("an object")
        .remove("__type");
    assert_eq!(
        post(&client, "", &untagged).await.status,
        201,
        "what it is can be seen"
    );
}

#[tokio::test]
async fn a_login_does_not_look_at_older_sessions() {
    let server = Server::demo().await;
    let client = server.client();
    let old = server.log_in("carl").await;
    let call = Call::new(Method::POST, "/icws/connection")
        .header(header::ACCEPT_LANGUAGE, "en-us")
        .header(header::COOKIE, old.cookie.as_deref().expect("a cookie"))
        .header(CSRF_TOKEN, old.token.as_deref().expect("a token"))
        .header(SESSION_ID, &old.id)
        .json(&credentials("anna", PASSWORD));
    let answer = client.send(call).await.expect("an answer");
    assert_eq!(
        (answer.status, &answer.value()["userID"]),
        (201, &json!("anna"))
    );
    assert_ne!(answer.header(SESSION_ID), Some(old.id.as_str()));
    assert_eq!(
        old.connection().await.expect("it goes on").connection_state,
        ConnectionState::Up
    );
    for _ in 0..3 {
        let more = client
            .log_in("anna", PASSWORD)
            .await
            .expect("there may be many sessions of a user");
        assert_eq!(
            more.connection().await.expect("it is up").connection_state,
            ConnectionState::Up
        );
    }
}

#[tokio::test]
async fn a_password_can_be_changed_and_sessions_go_on() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    server
        .done(&["user", "password", "anna", "--password", "new"])
        .await;
    let refused = server
        .client()
        .log_in("anna", PASSWORD)
        .await
        .expect_err("it was changed");
    assert_eq!(
        refused.id(),
        "error.request.connection.authenticationFailure"
    );
    server
        .client()
        .log_in("anna", "new")
        .await
        .expect("the new one");
    let state = anna.connection().await.expect("it goes on");
    assert_eq!(state.connection_state, ConnectionState::Up);
    let french = LogIn {
        language: Some("fr"),
        ..LogIn::new("anna", "new")
    };
    assert_eq!(
        server
            .client()
            .log_in_with(&french)
            .await
            .expect("a session")
            .user_id(),
        "anna"
    );
}

/// While the server stops, whoever still reaches it is sent to another host, which is this one by its name.
#[tokio::test]
async fn nobody_logs_in_while_the_server_stops() {
    let mut server = Server::with(&["--server-name", "desk.example.com"]).await;
    let body = credentials("anna", PASSWORD).to_string();
    let mut late = raw::Connection::open(&server.address()).await;
    let head = format!(
        "POST /icws/connection HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    late.write(head + &body[..10]).await;
    let mut idle = raw::Connection::open(&server.address()).await;
    let early = idle.ask(&["GET /icws/connection/version"], "").await;
    assert_eq!(early.expect("an answer").status, 200);
    let finish = async {
        // An idle connection is closed when the server begins to stop.
        assert!(idle.is_closed_within(Duration::from_secs(5)).await);
        late.write(&body[10..]).await;
        late.read().await.expect("an answer")
    };
    let (status, answer) = tokio::join!(server.stop(), finish);
    assert!(status.success(), "{status}");
    assert_eq!(answer.status, 503);
    answer.check("POST /icws/connection");
    assert_eq!(answer.json()["errorId"], "error.server.unavailable");
    assert_eq!(
        answer.json()["alternateHostList"],
        json!(["desk.example.com"])
    );
    assert!(answer.all("set-cookie").is_empty());
}
