//! The Python snippets.

use serde_json::json;

use super::{Habit, credentials, minimal_email, pair, run, text, with_certificate};
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

/// With the library that they are written for, Debian's.
#[tokio::test]
async fn scripts_with_requests() {
    let server = Server::demo().await;
    run("/usr/bin/python3", "first_minute.py", &server.url()).await;
    // They ask nobody who the server is.
    let server = with_certificate(&[]).await;
    run("/usr/bin/python3", "first_minute.py", &server.url).await;
}
