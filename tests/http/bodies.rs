//! Bodies: their types, which nobody minds, their sizes, and what cannot be read.

use serde_json::{Value, json};

use super::{LOGIN, assert_error, session_headers};
use crate::email::{draft, item};
use crate::raw;
use crate::server::Server;

const MALFORMED: &str = "error.request.malformed";
const TOO_LARGE: &str = "error.request.tooLarge";

#[tokio::test]
async fn nobody_minds_what_a_client_says_of_its_bodies() {
    let server = Server::demo().await;
    let mut connection = raw::Connection::open(&server.address()).await;
    let types = [
        None,
        Some(""),
        Some("application/vnd.inin.icws+JSON;charset=utf-8"),
        Some("application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("text/plain;charset=UTF-8"),
        Some("text/event-stream"),
        Some("multipart/form-data"),
        Some("application/json; charset=latin1"),
        Some("nonsense"),
        Some("\"/;=,"),
    ];
    let accepts = [
        "*/*",
        "application/json",
        "*",
        "*/*; q=0.5, application/xml",
        "text/html;q=0",
        "text/event-stream",
        "",
        "\";q=x",
    ];
    for (number, content_type) in types.iter().enumerate() {
        let mut head = vec![
            "POST /icws/connection".to_owned(),
            "Accept-Language: en".to_owned(),
        ];
        head.extend(content_type.map(|value| format!("Content-Type: {value}")));
        head.push(format!("Accept: {}", accepts[number % accepts.len()]));
        head.push("Accept-Charset: latin1;q=0".into());
        head.push("Accept-Encoding: identity;q=0, br".into());
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let answer = connection.ask(&head, LOGIN).await.expect("an answer");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (201, Some(icws::MEDIA_TYPE)),
            "{head:?}"
        );
    }
    for accept in accepts {
        let head = ["GET /icws/connection/version", &format!("Accept: {accept}")];
        let answer = connection.ask(&head, "").await.expect("an answer");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(icws::MEDIA_TYPE)),
            "{accept}"
        );
    }
}

#[tokio::test]
async fn what_is_no_json_is_malformed() {
    let server = Server::demo().await;
    let mut connection = raw::Connection::open(&server.address()).await;
    let deep = |count: usize| "[".repeat(count);
    let bodies = [
        "{".to_owned(),
        "nonsense".into(),
        "secret-word".into(),
        "{\"userID\": \"anna\",}".into(),
        "{'userID': 'anna'}".into(),
        format!("{LOGIN}{LOGIN}"),
        format!("{LOGIN},"),
        "userID=anna&password=demo".into(),
        "{\"userID\": NaN}".into(),
        "\"\\ud800\"".into(),
        "[]".into(),
        "7".into(),
        "true".into(),
        "\"text\"".into(),
        deep(100_000),
        format!("{{\"userID\":{}{}}}", deep(500), "]".repeat(500)),
        "{\"a\":".repeat(20_000),
        "\0".into(),
    ];
    for body in bodies {
        let start: String = body.chars().take(40).collect();
        let answer = connection
            .ask(&["POST /icws/connection", "Accept-Language: en"], &body)
            .await;
        let answer = answer.expect("an answer");
        assert_error(&start, &answer, 400, MALFORMED);
        assert!(
            !answer.json()["message"]
                .as_str()
                .expect("a message")
                .contains("secret"),
            "nothing of it is repeated"
        );
    }
    // No text at all.
    for bytes in [&b"\xff\xfe{\0}\0"[..], b"{\"userID\": \"\xff\"}"] {
        let head = format!(
            "POST /icws/connection HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        );
        connection.write([head.as_bytes(), bytes].concat()).await;
        assert_error(
            "no text",
            &connection.read().await.expect("an answer"),
            400,
            MALFORMED,
        );
    }
    // What Windows puts before a text does no harm, nor does space around it.
    for good in [format!("\u{feff}{LOGIN}"), format!(" \r\n\t{LOGIN}\n\n")] {
        let answer = connection
            .ask(&["POST /icws/connection", "Accept-Language: en"], &good)
            .await;
        assert_eq!(answer.expect("an answer").status, 201);
    }
}

#[tokio::test]
async fn a_body_that_is_not_needed_may_be_anything() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let [cookie, token] = session_headers(&anna);
    let mut connection = raw::Connection::open(&server.address()).await;
    let session = &anna.id;
    for body in ["", "{}", "null", "[]", "nonsense {", "\0"] {
        for (line, status) in [
            (
                format!("PUT /icws/{session}/messaging/subscriptions/interactions/{id}/email"),
                200,
            ),
            (
                format!("PUT /icws/{session}/messaging/subscriptions/response-management"),
                204,
            ),
            (format!("POST /icws/{session}/messaging/heartbeat"), 204),
            (format!("GET /icws/{session}/messaging/messages"), 200),
            (format!("GET /icws/{session}/connection"), 200),
            (
                format!("DELETE /icws/{session}/messaging/subscriptions/response-management"),
                204,
            ),
        ] {
            let answer = connection
                .ask(&[&line, &cookie, &token], body)
                .await
                .expect("an answer");
            assert_eq!(answer.status, status, "{line} with {body}");
        }
    }
    // Where a body is needed, an absent one, an empty one and null are the empty object.
    for body in ["", " ", "{}", "null"] {
        let line = format!(
            "POST /icws/{session}/interactions/{id}/email/attachments/response-management/insert"
        );
        let answer = connection
            .ask(&[&line, &cookie, &token], body)
            .await
            .expect("an answer");
        assert_error(
            body,
            &answer,
            400,
            "error.request.invalidRepresentation.missingProperty",
        );
        assert_eq!(answer.json()["propertyName"], "id");
    }
    let line = format!("POST /icws/{session}/interactions/{id}/disconnect");
    assert_eq!(
        connection
            .ask(&[&line, &cookie, &token], "null")
            .await
            .expect("an answer")
            .status,
        200
    );
}

#[tokio::test]
async fn scalars_are_read_in_one_lenient_way() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let path = format!("/interactions/{id}/email/attachments/response-management/insert");
    let insert = async |inline: Value| {
        let body = json!({"id": logo.to_string().to_uppercase(), "isInlineAttachment": inline, "unknown": {"a": [null]}});
        let answer = anna
            .raw(icws::client::Method::POST, &path, Some(&body))
            .await
            .expect("an answer");
        (answer.status, answer.value())
    };
    for yes in [json!(true), json!("true"), json!("TRUE"), json!("1")] {
        let (status, body) = insert(yes.clone()).await;
        assert!(
            status == 200 && !body["contentId"].as_str().expect("a text").is_empty(),
            "{yes}"
        );
    }
    for no in [
        json!(false),
        json!("false"),
        json!("False"),
        json!("0"),
        Value::Null,
    ] {
        assert_eq!(
            insert(no.clone()).await,
            (200, json!({"contentId": ""})),
            "{no}"
        );
    }
    for wrong in [
        json!(1),
        json!(0),
        json!(""),
        json!("yes"),
        json!("2"),
        json!([]),
        json!({}),
        json!(" true"),
    ] {
        let (status, body) = insert(wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}");
        assert_eq!(
            body["errorId"], "error.request.invalidRepresentation.invalidProperty",
            "{wrong}"
        );
        assert_eq!(body["propertyName"], "isInlineAttachment", "{wrong}");
    }
}

#[tokio::test]
async fn a_body_has_a_size_and_no_more_is_read() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let address = server.address();
    let filled = |size: usize| format!("{LOGIN}{}", " ".repeat(size - LOGIN.len()));
    let full = raw::ask(
        &address,
        &["POST /icws/connection", "Accept-Language: en"],
        &filled(1 << 20),
    )
    .await;
    assert_eq!(full.status, 201, "all that is allowed");

    // The answer comes before the body does.
    let [cookie, token] = session_headers(&anna);
    for (line, limit) in [
        ("POST /icws/connection".to_owned(), 1 << 20),
        (format!("POST /icws/{}/interactions/1", anna.id), 1 << 20),
        (format!("POST /icws/{}/interactions", anna.id), 8 << 20),
        (
            format!("POST /icws/{}/interactions/1/email/save", anna.id),
            8 << 20,
        ),
        (
            format!("PUT /icws/{}/response-management", anna.id),
            64 << 20,
        ),
    ] {
        let mut connection = raw::Connection::open(&address).await;
        let head =
            format!("{line} HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\n{cookie}\r\n{token}\r\n");
        connection
            .write(format!("{head}Content-Length: {}\r\n\r\n", limit + 1))
            .await;
        let answer = connection.read().await.expect("an answer");
        assert_error(&line, &answer, 400, TOO_LARGE);
        let message = answer.json()["message"]
            .as_str()
            .expect("a message")
            .to_owned();
        assert!(message.contains(&limit.to_string()), "{message}");

        // Who does not say how much it will be is read up to the limit.
        if limit > 8 << 20 {
            continue;
        }
        let mut connection = raw::Connection::open(&address).await;
        connection
            .write(format!("{head}Transfer-Encoding: chunked\r\n\r\n"))
            .await;
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        for _ in 0..=limit >> 16 {
            connection.write(&chunk).await;
        }
        let answer = connection
            .read()
            .await
            .expect("an answer, though the body has not ended");
        assert_error(&line, &answer, 400, TOO_LARGE);
    }
}

#[tokio::test]
async fn an_email_may_be_larger_than_other_bodies() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let body = "All work and no play. ".repeat((7 << 20) / 22);
    let mut email = crate::email::of_support(crate::email::content("Long"));
    email.email_content.bodies = Some(vec![crate::email::text(&body)]);
    let id = anna
        .create_email(&email)
        .await
        .expect("is created")
        .interaction_id;
    let message = crate::email::snapshot(&anna, &id).await;
    let found = message.email_content.expect("the content").bodies;
    assert!(found[0].body == body);
}

/// A request that breaks off is none.
#[tokio::test]
async fn a_body_that_breaks_off_does_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let [cookie, token] = session_headers(&anna);
    let body = json!({"attributes": {"Colour": "red"}}).to_string();
    let line = format!(
        "POST /icws/{}/interactions/{id} HTTP/1.1\r\nHost: x\r\n{cookie}\r\n{token}\r\n",
        anna.id
    );
    let mut connection = raw::Connection::open(&server.address()).await;
    connection
        .write(format!(
            "{line}Content-Length: {}\r\n\r\n{body}",
            body.len() + 10
        ))
        .await;
    connection.finish().await;
    if let Some(answer) = connection.read().await {
        assert_error("half a body", &answer, 400, MALFORMED);
    }
    let attributes = anna
        .attributes(&id, &["Colour"])
        .await
        .expect("may be read")
        .attributes;
    assert_eq!(attributes["Colour"], "");
}
