//! The page that uses the API from a browser without a library.

use serde_json::{Value, json};

use super::{Habit, credentials, pair, text};
use crate::server::Server;

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
    page.session = text(&answer.json(), "sessionId");
    page.headers = vec![
        format!("Cookie: {}", pair(&answer)),
        format!(
            "ININ-ICWS-CSRF-Token: {}",
            text(&answer.json(), "csrfToken")
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
    assert_eq!(messages.status, 200, "with a body and the token");
    let messages = messages.json();
    let kinds: Vec<&Value> = messages.as_array().expect("a list").iter().collect();
    assert_eq!(kinds.len(), 2, "{messages}");
    let station = "urn:inin.com:connection:effectiveStationChangeMessage";
    let none = json!({"__type": station, "effectiveStation": null, "isDelta": false});
    assert!(kinds.contains(&&none), "what it began with");
    // It never asks to hear of its station, and does.
    for (method, body, effective) in [
        (
            "PUT",
            r#"{"__type":"urn:inin.com:connection:workstationSettings","workstation":"desk7"}"#,
            json!({"stationId": {"id": "desk7", "displayName": "desk7"}}),
        ),
        ("DELETE", "", Value::Null),
    ] {
        let path = "/connection/station";
        assert_eq!(page.ask(method, path, body).await.status, 200);
        let told = page.ask("GET", "/messaging/messages", "{}").await.json();
        let expected = json!([{"__type": station, "effectiveStation": effective, "isDelta": true}]);
        assert_eq!(told, expected);
    }
    for (method, path, body, status) in [
        (
            "PUT",
            "/messaging/subscriptions/system/handler-sent-notifications",
            r#"{"__type":"urn:inin.com:system:handlerSentNotificationsSubscription","headers":[]}"#,
            204,
        ),
        (
            "PUT",
            "/messaging/subscriptions/status/user-statuses",
            r#"{"userIds":["anna"]}"#,
            200,
        ),
        ("GET", "/status/status-messages", "", 200),
        ("GET", "/status/status-messages-user-access/anna", "{}", 200),
        (
            "GET",
            "/configuration/users/?select=extension,skills,workgroups,statusText,cost,mailboxProperties.emailAddress,\
             personalInformationProperties.notes&rightsFilter=admin",
            "{}",
            200,
        ),
    ] {
        assert_eq!(page.ask(method, path, body).await.status, status, "{path}");
    }
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
