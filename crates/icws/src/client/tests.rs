//! The client against a responder that says exactly what a test wants.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;
use crate::error::ErrorKind;
use crate::messaging::Message;

const ICWS: &str = "Content-Type: application/vnd.inin.icws+json; charset=utf-8\r\n";
const LOGIN_HEADERS: &str = "ININ-ICWS-Session-ID: 42\r\nININ-ICWS-CSRF-Token: dG9r\r\nLocation: /icws/42/connection\r\n\
    Set-Cookie: icws_42=c00kie; Path=/icws/42; HttpOnly\r\n";

/// Answers one connection after the other with these texts; gives back the requests it got.
async fn serve(answers: Vec<Vec<String>>) -> (Client, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(format!("http://{}/", listener.local_addr().unwrap()));
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for pieces in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            requests.push(read_request(&mut socket).await);
            for piece in pieces {
                socket.write_all(piece.as_bytes()).await.unwrap();
                socket.flush().await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        requests
    });
    (client, served)
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return String::from_utf8(request).unwrap();
            }
        }
        assert!(
            socket.read_buf(&mut request).await.unwrap() > 0,
            "the request was cut"
        );
    }
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<String> {
    let length = if status.starts_with("204") {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    vec![format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\n{headers}{length}\r\n{body}"
    )]
}

fn login() -> Vec<String> {
    let body = json!({"csrfToken": "dG9r", "sessionId": "42", "userID": "Anna"}).to_string();
    answer("201 Created", &format!("{ICWS}{LOGIN_HEADERS}"), &body)
}

fn stream(pieces: &[&str]) -> Vec<String> {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n"
        .to_owned();
    std::iter::once(head)
        .chain(pieces.iter().map(ToString::to_string))
        .collect()
}

/// What the client is told after it has logged in.
async fn logged_in(
    answers: impl IntoIterator<Item = Vec<String>>,
) -> (Session, JoinHandle<Vec<String>>) {
    let (client, served) = serve(std::iter::once(login()).chain(answers).collect()).await;
    (client.log_in("anna", "demo").await.unwrap(), served)
}

#[tokio::test]
async fn a_session_sends_what_the_contract_asks_for() {
    let refusal = r#"{"__type":"urn:inin.com:common:missingPropertyError","errorId":"e.m","errorCode":7,"message":"m","propertyName":"id"}"#;
    let answers = [
        answer("204 No Content", "", ""),
        answer("200 OK", ICWS, "[]"),
        answer("400 Bad Request", ICWS, refusal),
        answer("200 OK", ICWS, r#"{"attributes":{"a b":"1"}}"#),
    ];
    let (anna, served) = logged_in(answers).await;
    assert_eq!((anna.id.as_str(), anna.user_id()), ("42", "Anna"));
    assert_eq!(
        (anna.token.as_deref(), anna.cookie.as_deref()),
        (Some("dG9r"), Some("icws_42=c00kie"))
    );
    anna.heartbeat().await.unwrap();
    assert_eq!(anna.messages().await, Ok(vec![]));
    let item = "0f8fad5b-d9cb-469f-a165-70867728950e".parse().unwrap();
    let error = anna.insert("7", item, Some(true)).await.unwrap_err();
    assert_eq!(
        (error.status, error.id(), error.error.error_code),
        (400, "e.m", Some(7))
    );
    assert_eq!(
        error.error.kind,
        ErrorKind::MissingProperty {
            property_name: "id".to_owned()
        }
    );
    assert!(!error.is_transport());
    let attributes = anna
        .without_cookie()
        .without_token()
        .attributes("7/8", &["a b", "ü"])
        .await
        .unwrap();
    assert_eq!(attributes.attributes["a b"], "1");

    let requests = served.await.unwrap();
    let lower: Vec<_> = requests
        .iter()
        .map(|request| request.to_lowercase())
        .collect();
    assert!(
        requests[0].starts_with("POST /icws/connection HTTP/1.1\r\n"),
        "{}",
        requests[0]
    );
    assert!(
        lower[0].contains("\r\naccept-language: en-us\r\n")
            && lower[0].contains("\r\naccept: application/vnd.inin.icws+json\r\n")
    );
    assert!(requests[0].contains(r#""userID":"anna","password":"demo""#));
    assert!(
        lower[1].starts_with("post /icws/42/messaging/heartbeat ")
            && lower[1].contains("\r\ncookie: icws_42=c00kie\r\n")
    );
    assert!(lower[1].contains("\r\ninin-icws-csrf-token: dg9r\r\n"));
    assert!(
        lower[2].starts_with("get /icws/42/messaging/messages ")
            && lower[2].contains("\r\ncookie:")
    );
    assert!(
        !lower[2].contains("inin-icws-csrf-token"),
        "it is not asked for there"
    );
    assert!(
        requests[3].ends_with(
            r#"{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","isInlineAttachment":true}"#
        )
    );
    assert!(
        requests[4].starts_with("GET /icws/42/interactions/7%2F8?select=a%20b%2C%C3%BC HTTP"),
        "{}",
        requests[4]
    );
    assert!(!lower[4].contains("cookie:") && !lower[4].contains("csrf"));
}

async fn heartbeat_answered(status: &str, headers: &str, body: &str) {
    let (anna, _served) = logged_in([answer(status, headers, body)]).await;
    let _ = anna.heartbeat().await;
}

const REFUSAL: &str = r#"{"errorId":"e","message":"m"}"#;

#[tokio::test]
#[should_panic(
    expected = "POST /icws/42/messaging/heartbeat answered 400 against the contract:\n  message: required by"
)]
async fn a_breach_in_a_body_is_a_panic() {
    heartbeat_answered("400 Bad Request", ICWS, r#"{"errorId":"e"}"#).await;
}

#[tokio::test]
#[should_panic(expected = "answered 400 without errorId")]
async fn an_error_without_its_id_is_a_panic() {
    heartbeat_answered("400 Bad Request", ICWS, r#"{"message":"m"}"#).await;
}

#[tokio::test]
#[should_panic(expected = "answered 503 without a host to turn to")]
async fn a_503_that_names_no_host_is_a_panic() {
    let body = r#"{"errorId":"e","message":"m","alternateHostList":[]}"#;
    let (client, _served) = serve(vec![answer("503 Service Unavailable", ICWS, body)]).await;
    let _ = client.log_in("anna", "demo").await;
}

#[tokio::test]
#[should_panic(expected = "the operation has no status 404")]
async fn a_status_that_the_operation_lacks_is_a_panic() {
    heartbeat_answered("404 Not Found", ICWS, REFUSAL).await;
}

#[tokio::test]
#[should_panic(expected = "the content type is Some(\"application/json\")")]
async fn another_content_type_is_a_panic() {
    heartbeat_answered(
        "400 Bad Request",
        "Content-Type: application/json\r\n",
        REFUSAL,
    )
    .await;
}

#[tokio::test]
#[should_panic(expected = "WWW-Authenticate is None")]
async fn a_401_without_its_challenge_is_a_panic() {
    heartbeat_answered("401 Unauthorized", ICWS, REFUSAL).await;
}

#[tokio::test]
#[should_panic(expected = "it sets 1 cookies")]
async fn a_cookie_after_the_login_is_a_panic() {
    heartbeat_answered("204 No Content", "Set-Cookie: a=b\r\n", "").await;
}

#[tokio::test]
#[should_panic(expected = "without inin-icws-session-id")]
async fn a_login_without_its_headers_is_a_panic() {
    let body = json!({"csrfToken": "dG9r", "sessionId": "42"}).to_string();
    let (client, _served) = serve(vec![answer("201 Created", ICWS, &body)]).await;
    let _ = client.log_in("anna", "demo").await;
}

#[tokio::test]
async fn a_whole_refusal_is_understood() {
    let challenge = "WWW-Authenticate: ICWS realm=\"ICWS\" location=\"/ICWS/connection\"\r\n";
    let hosts = r#"{"errorId":"error.server.unavailable","message":"stopping","alternateHostList":["b.example"]}"#;
    let answers = [
        answer("401 Unauthorized", &format!("{ICWS}{challenge}"), REFUSAL),
        answer("503 Service Unavailable", ICWS, hosts),
        answer("404 Not Found", "", "gone"),
    ];
    let (anna, _served) = logged_in(answers).await;
    let error = anna.heartbeat().await.unwrap_err();
    assert_eq!((error.status, error.id()), (401, "e"));
    assert!(error.header(header::WWW_AUTHENTICATE).is_some());
    let error = anna.client.log_in("anna", "demo").await.unwrap_err();
    assert_eq!(error.alternate_hosts, ["b.example"]);
    let error = anna.fetch("/icws/42/no/operation").await.unwrap_err();
    assert_eq!((error.status, error.error.message.as_str()), (404, "gone"));
}

#[tokio::test]
async fn no_answer_is_an_error_without_a_status() {
    let cut = vec!["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_owned()];
    let (anna, served) = logged_in([cut]).await;
    assert!(anna.messages().await.unwrap_err().is_transport());
    served.await.unwrap();
    let refused = anna.messages().await.unwrap_err();
    assert!(
        refused.is_transport() && !refused.error.message.is_empty(),
        "nobody listens any more: {refused}"
    );
}

const LIBRARIES: &str =
    r#"{"__type":"urn:inin.com:responseManagement:responseManagementMessage","isDelta":false}"#;

#[tokio::test]
async fn a_stream_is_read_in_whatever_pieces_it_comes() {
    let subject = r#"{"__type":"urn:inin.com:interactions:interactionChangedMessage","interactionID":"7","attributes":{"Eic_Subject":"ü"},"isDelta":true}"#;
    let first = format!("retry: 3000\r\n\r\n:ping\n\nid: a1\ndata: {LIBRARIES}\n");
    let second = format!("\nid:a2\ndata:{subject}\n\n:ping\n");
    let (head, tail) = second.split_at(40);
    let (anna, served) = logged_in([stream(&[&first[..30], &first[30..], head, tail])]).await;
    let mut stream = anna.stream(Some("a0")).await.unwrap();
    let event = stream.next().await.unwrap();
    assert_eq!(
        (event.id.as_deref(), event.message.is_delta()),
        (Some("a1"), false)
    );
    assert_eq!((stream.retry(), stream.comments()), (Some(3000), 1));
    assert_eq!(
        stream.next_within(Duration::from_micros(1)).await,
        None,
        "nothing is lost by not waiting"
    );
    let event = stream
        .find(Duration::from_secs(5), Message::is_delta)
        .await
        .unwrap();
    assert_eq!(
        (
            event.id.as_deref(),
            event.data["attributes"]["Eic_Subject"].as_str()
        ),
        (Some("a2"), Some("ü"))
    );
    assert_eq!(stream.next().await, None, "the stream ended");
    assert_eq!((stream.last_event_id(), stream.comments()), (Some("a2"), 2));
    let request = served.await.unwrap()[1].to_lowercase();
    assert!(
        request.contains("\r\naccept: text/event-stream\r\n")
            && request.contains("\r\nlast-event-id: a0\r\n")
    );
}

async fn streamed(text: String) {
    let (anna, _served) = logged_in([stream(&[&text])]).await;
    anna.stream(None).await.unwrap().next().await;
}

#[tokio::test]
#[should_panic(expected = "an event against the contract")]
async fn a_breach_in_an_event_is_a_panic() {
    streamed(format!("data: {}\n\n", LIBRARIES.replace("false", "null"))).await;
}

#[tokio::test]
#[should_panic(expected = "several data lines")]
async fn an_event_of_two_lines_is_a_panic() {
    streamed(format!("data: {{\ndata: {}\n\n", &LIBRARIES[1..])).await;
}

#[tokio::test]
#[should_panic(expected = "without a name")]
async fn a_named_event_is_a_panic() {
    streamed(format!("event: message\ndata: {LIBRARIES}\n\n")).await;
}

#[tokio::test]
#[should_panic(expected = "bytes")]
async fn a_line_that_known_clients_cannot_read_is_a_panic() {
    let name = "x".repeat(70_000);
    let file = json!({"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "name": name, "url": "/u", "cacheTag": "t"});
    let message = json!({"__type": "urn:inin.com:responseManagement:responseManagementMessage", "librariesAdded": [file], "isDelta": true});
    streamed(format!("data: {message}\n\n")).await;
}

#[tokio::test]
async fn what_was_seen_is_recorded_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let library =
        json!({"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "name": "Prices"}).to_string();
    let events = format!("data: {LIBRARIES}\n\n");
    let answers = vec![
        login(),
        answer("204 No Content", "", ""),
        answer("204 No Content", "", ""),
        answer("200 OK", ICWS, &library),
        stream(&[&events]),
    ];
    let (silent, _served) = serve(answers).await;
    let client = Client::recording_to(silent.base_url(), folder);
    let anna = client.log_in("anna", "demo").await.unwrap();
    anna.heartbeat().await.unwrap();
    anna.heartbeat().await.unwrap();
    assert_eq!(anna.library("/icws/42/l").await.unwrap().name, "Prices");
    assert!(anna.stream(None).await.unwrap().next().await.is_some());

    let file = std::fs::read_dir(folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 4);
    let seen = seen::read(folder).unwrap();
    let found = |template: &str, status| {
        let seen = seen
            .iter()
            .find(|seen| seen.template == template && seen.status == status)
            .unwrap();
        seen.urns.iter().cloned().collect::<Vec<_>>().join(",")
    };
    assert_eq!(
        found("/icws/connection", 201),
        "urn:inin.com:connection:connectionResponse"
    );
    assert_eq!(found("/icws/{sessionId}/messaging/heartbeat", 204), "");
    assert_eq!(
        found(seen::LIBRARY_DOCUMENT, 200),
        "urn:inin.com:responseManagement:responseManagementLibrary"
    );
    assert_eq!(
        found("/icws/{sessionId}/messaging/messages", 200),
        "urn:inin.com:responseManagement:responseManagementMessage"
    );
}

#[test]
fn ids_are_encoded_whatever_they_are() {
    assert_eq!(encode("abc-_.~019"), "abc-_.~019");
    assert_eq!(encode("a/b c?ü%"), "a%2Fb%20c%3F%C3%BC%25");
}
