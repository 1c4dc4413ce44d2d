//! Scripts, pages and applications.

use serde_json::{Value, json};

use super::{Habit, credentials, minimal_email, pair, text};
use crate::server::Server;

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
    python.session = text(&body, "sessionId");
    python.headers = headers.iter().map(|header| (*header).to_owned()).collect();
    python.headers.push(format!(
        "ININ-ICWS-CSRF-Token: {}",
        text(&body, "csrfToken")
    ));
    let cookie = pair(&answer);
    python.headers.push(format!("Cookie: {cookie}"));

    let created = python.ask("POST", "/interactions", &minimal_email()).await;
    let id = text(&created.json(), "interactionId");
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
    let own = "/status/user-statuses/anna";
    let lunch = json!({"statusId": "At Lunch"}).to_string();
    let put = python.ask("PUT", own, &lunch).await;
    assert_eq!(put.status, 202, "exactly");
    assert!(put.json().is_object(), "it is parsed");
    let status = python.ask("GET", own, "").await.json();
    assert_eq!(status["statusId"], "At Lunch");
    let listen = json!({"headers": [{"objectId": "o", "eventIds": ["e"]}]}).to_string();
    let path_of_it = "/messaging/subscriptions/system/handler-sent-notifications";
    let heard = python.ask("PUT", path_of_it, &listen).await;
    assert_eq!(heard.status, 204, "exactly");
    let notification = json!({"objectId": "o", "eventId": "e", "data": ["d"]}).to_string();
    let path_of_it = "/system/handler-notification";
    let told = python.ask("POST", path_of_it, &notification).await;
    assert_eq!(told.status, 202, "exactly");
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
    assert_eq!(
        (messages.status, messages.json().as_array().map(Vec::len)),
        (200, Some(1)),
        "with a body and the token"
    );
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
        client.session = text(&answer.json(), "sessionId");
        assert!(
            client.session.bytes().all(|byte| byte.is_ascii_digit()),
            "tools find sessions by /icws/[0-9]+"
        );
        client.headers = vec![
            format!("Cookie: {}", answer.all("set-cookie")[0]),
            format!(
                "ININ-ICWS-CSRF-Token: {}",
                text(&answer.json(), "csrfToken")
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
        let statuses = "/messaging/subscriptions/status/status-messages";
        assert_eq!(client.ask("PUT", statuses, "").await.status, 200);
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
