//! Connections: how many, how slow, how large their heads, and what is no HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};

use super::assert_error;
use crate::raw::{self, Connection};
use crate::server::Server;

const VERSION: &str = "GET /icws/connection/version";

#[tokio::test]
async fn a_connection_too_many_waits() {
    const MOST: usize = 100;
    const ALL: usize = 400;
    let server = Server::with(&["--limits-connections-per-address", &MOST.to_string()]).await;
    // Each asks, tells that it was answered, and stays open until it may close.
    let may_close = Arc::new(Semaphore::new(0));
    let (answered, mut answers) = mpsc::unbounded_channel();
    for _ in 0..ALL {
        let mut connection = Connection::open(&server.address()).await;
        connection.begin(&[VERSION], "").await;
        let (may_close, answered) = (Arc::clone(&may_close), answered.clone());
        tokio::spawn(async move {
            // Whoever waits, waits for as long as it takes.
            let answer = connection.read().await;
            answered
                .send(answer.map(|answer| answer.status))
                .expect("the test listens");
            may_close
                .acquire()
                .await
                .expect("it is never closed")
                .forget();
        });
    }
    let mut answered = async || tokio::time::timeout(Duration::from_secs(10), answers.recv()).await;
    for _ in 0..MOST {
        assert_eq!(answered().await, Ok(Some(Some(200))));
    }
    let silence = tokio::time::timeout(Duration::from_millis(200), answered()).await;
    assert!(
        silence.is_err(),
        "as long as those are open, nobody else is served"
    );
    may_close.add_permits(1);
    assert_eq!(
        answered().await,
        Ok(Some(Some(200))),
        "one gets the place of one that was closed"
    );
    may_close.add_permits(ALL);
    for _ in MOST + 1..ALL {
        assert_eq!(answered().await, Ok(Some(Some(200))), "none is refused");
    }
}

#[tokio::test]
async fn a_head_has_a_size() {
    let server = Server::demo().await;
    let address = server.address();
    let long = raw::ask(
        &address,
        &[VERSION, &format!("X-Long: {}", "x".repeat(60 << 10))],
        "",
    )
    .await;
    assert_eq!(long.status, 200, "all that is allowed");
    let many: Vec<String> = (0..90)
        .map(|number| format!("X-{number}: {}", "y".repeat(500)))
        .collect();
    let head: Vec<&str> = std::iter::once(VERSION)
        .chain(many.iter().map(String::as_str))
        .collect();
    assert_eq!(raw::ask(&address, &head, "").await.status, 200);
    let over = raw::ask(
        &address,
        &[VERSION, &format!("X-Long: {}", "x".repeat(64 << 10))],
        "",
    )
    .await;
    assert_error("a little more", &over, 400, "error.request.headTooLarge");
    assert!(
        over.json()["message"]
            .as_str()
            .expect("a message")
            .contains("65536")
    );
    // Of what is far too large nobody reads the end: HTTP itself answers (RFC 6585, section 5), or the connection is closed.
    for head in [
        format!(
            "{VERSION} HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n",
            "x".repeat(1 << 20)
        ),
        format!(
            "{VERSION}{} HTTP/1.1\r\nHost: x\r\n\r\n",
            "x".repeat(1 << 20)
        ),
        format!(
            "{VERSION} HTTP/1.1\r\nHost: x\r\n{}\r\n",
            "X: y\r\n".repeat(200_000)
        ),
    ] {
        let mut connection = Connection::open(&address).await;
        connection.write(head).await;
        if let Some(answer) = connection.read().await {
            assert!(
                [400, 414, 431].contains(&answer.status),
                "{}",
                answer.status
            );
        }
        assert!(
            connection.is_closed_within(Duration::from_secs(5)).await,
            "nobody reads on"
        );
    }
    assert_eq!(raw::ask(&address, &[VERSION], "").await.status, 200);
}

#[tokio::test]
async fn a_silent_connection_does_not_hold_the_server_up() {
    let mut server = Server::with(&["--limits-connections-per-address", "3"]).await;
    let mut silent = Vec::new();
    for _ in 0..5 {
        silent.push(Connection::open(&server.address()).await);
    }
    silent[0].write("GET /icws/conn").await;
    let began = Instant::now();
    assert!(server.stop().await.success());
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn what_is_no_http_is_turned_away() {
    let server = Server::demo().await;
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /icws/connection/version HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /icws/connection/version HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET /icws/connection/version HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /icws connection HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n\r\n\r\n",
    ] {
        let mut connection = Connection::open(&server.address()).await;
        connection.write(bytes).await;
        connection.finish().await;
        if let Some(answer) = connection.read().await {
            assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(bytes));
        }
        assert!(connection.is_closed_within(Duration::from_secs(5)).await);
    }
    assert_eq!(
        raw::ask(&server.address(), &[VERSION], "").await.status,
        200
    );
}

#[tokio::test]
async fn an_old_client_is_served() {
    let server = Server::demo().await;
    let mut connection = Connection::open(&server.address()).await;
    connection
        .write("GET /icws/connection/version HTTP/1.0\r\n\r\n")
        .await;
    assert_eq!(connection.read().await.expect("an answer").status, 200);
    assert!(
        connection.is_closed_within(Duration::from_secs(5)).await,
        "as such a client expects"
    );
    let mut connection = Connection::open(&server.address()).await;
    connection
        .write(format!(
            "{VERSION} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert_eq!(connection.read().await.expect("an answer").status, 200);
    assert!(connection.is_closed_within(Duration::from_secs(5)).await);
}

/// A client that asks first whether its body is wanted (RFC 9110, section 10.1.1) is told so, or what it would have been told.
#[tokio::test]
async fn a_body_may_be_announced() {
    let server = Server::demo().await;
    let head = |length: usize| {
        format!(
            "POST /icws/connection HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let mut connection = Connection::open(&server.address()).await;
    connection.write(head(super::LOGIN.len())).await;
    assert_eq!(
        connection
            .read_head()
            .await
            .expect("an interim answer")
            .status,
        100
    );
    connection.write(super::LOGIN).await;
    assert_eq!(connection.read().await.expect("an answer").status, 201);
    let mut connection = Connection::open(&server.address()).await;
    connection.write(head(2 << 20)).await;
    assert_error(
        "too large",
        &connection.read().await.expect("an answer"),
        400,
        "error.request.tooLarge",
    );
}

/// A request that nothing is read of, before the next one (RFC 9112, section 9.3).
#[tokio::test]
async fn a_body_that_nobody_wants_does_not_end_the_connection() {
    let server = Server::demo().await;
    let mut connection = Connection::open(&server.address()).await;
    for (head, status) in [
        ("POST /icws/nowhere", 404),
        ("POST /icws/1/interactions", 401),
        ("DELETE /icws/connection/version", 405),
        ("POST /icws/connection", 400),
    ] {
        // It is only sent when the server asks for it.
        connection
            .write(format!(
                "{head} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            ))
            .await;
        let interim = connection.read_head().await.expect("an interim answer");
        assert_eq!(interim.status, 100, "{head}");
        connection.write("{}").await;
        let answer = connection.read().await.expect("an answer");
        assert_eq!(answer.status, status, "{head}");
        assert_eq!(answer.header("connection"), None, "{head}");
    }
    // Python's http.client sends head and body one after the other; this one has no length.
    let chunked = "POST /icws/nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    connection.write(chunked).await;
    connection.write("2\r\n{}\r\n0\r\n\r\n").await;
    assert_eq!(connection.read().await.expect("an answer").status, 404);
    let answer = connection.ask(&[VERSION], "").await;
    assert_eq!(answer.expect("the connection goes on").status, 200);
}

#[tokio::test]
async fn a_large_body_that_nobody_wants_ends_the_connection_after_the_answer() {
    const LENGTH: usize = 8 << 20;
    let server = Server::demo().await;
    for head in ["POST /icws/nowhere", "POST /icws/connection"] {
        let mut connection = Connection::open(&server.address()).await;
        connection
            .write(format!(
                "{head} HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: {LENGTH}\r\n\r\n"
            ))
            .await;
        // A client that reads only when all is sent can send it, and finds its answer.
        let piece = vec![b' '; 1 << 16];
        for _ in 0..LENGTH / piece.len() {
            assert!(connection.is_taken(&piece).await, "{head}");
        }
        let answer = connection.read().await.expect("an answer");
        assert!(matches!(answer.status, 400 | 404), "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"), "{head}");
        assert!(connection.is_closed_within(Duration::from_secs(5)).await);
    }
    // The length is not known beforehand, and the sender does not come to an end.
    let mut connection = Connection::open(&server.address()).await;
    let head = "POST /icws/nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    connection.write(head).await;
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(4096));
    for _ in 0..20 {
        assert!(connection.is_taken(&chunk).await);
    }
    let answer = connection.read().await.expect("an answer");
    assert_eq!(
        (answer.status, answer.header("connection")),
        (404, Some("close"))
    );
    assert!(connection.is_closed_within(Duration::from_secs(5)).await);
}
