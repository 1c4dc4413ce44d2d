//! What takes its time: waits of many seconds, side by side in one test.

use std::time::{Duration, Instant};

use icws::client::Method;
use icws::connection::ConnectionState;
use serde_json::json;

use crate::email::refused;
use crate::raw::{self, Connection};
use crate::server::{Server, eventually};

const ENDED: &str = "error.request.connection.authenticationFailure";

#[tokio::test]
async fn what_takes_its_time() {
    tokio::join!(a_slow_head(), a_silent_stream(), an_idle_session());
}

/// A head that does not come to its end holds nobody up, and its connection is closed after half a minute.
async fn a_slow_head() {
    let server = Server::demo().await;
    let mut slow = Vec::new();
    for bytes in [
        "",
        "G",
        "GET /icws/connection/version HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    ] {
        let mut connection = Connection::open(&server.address()).await;
        connection.write(bytes).await;
        slow.push(connection);
    }
    let began = Instant::now();
    assert_eq!(
        raw::ask(&server.address(), &["GET /icws/connection/version"], "")
            .await
            .status,
        200
    );
    // A byte now and then does not help.
    tokio::time::sleep(Duration::from_secs(10)).await;
    slow[2].write("x").await;
    for connection in &mut slow {
        assert!(connection.is_closed_within(Duration::from_secs(35)).await);
    }
    assert!(
        began.elapsed() < Duration::from_secs(40),
        "{:?}",
        began.elapsed()
    );
}

/// What proxies and the idle clock are told by a stream on which nothing happens.
async fn a_silent_stream() {
    let server = Server::with(&["--session-idle", "5s"]).await;
    let anna = server.log_in("anna").await;
    let mut stream = anna.stream(None).await.expect("a stream");
    let carl = server.log_in("carl").await;
    assert_eq!(stream.next_line().await.as_deref(), Some("retry: 3000"));
    let began = Instant::now();
    let breath = tokio::time::timeout(Duration::from_secs(15), stream.next_line()).await;
    let line = breath
        .expect("a comment every 15 seconds")
        .expect("the stream goes on");
    assert!(line.starts_with(':'), "{line}");
    assert!(
        began.elapsed() > Duration::from_secs(5),
        "nothing else happened for longer than a session may be idle"
    );
    assert_eq!(anna.heartbeat().await, Ok(()));
    refused(carl.heartbeat().await, 401, ENDED);
    // The session lives as long as the stream does, and no longer.
    drop(stream);
    let down = async || {
        let state = anna
            .client
            .send(anna.call(Method::GET, "/connection"))
            .await
            .expect("an answer")
            .value();
        state["connectionState"] == 2
    };
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(down().await, "nothing was heard for five seconds");
}

/// A session of which nothing is heard ends by itself; any sign of life keeps it.
async fn an_idle_session() {
    let server = Server::with(&["--session-idle", "5s", "--session-ended-kept", "3s"]).await;
    let (silent, busy, polled) = tokio::join!(
        server.log_in("anna"),
        server.log_in("anna"),
        server.log_in("carl")
    );
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(5_600) {
        busy.heartbeat()
            .await
            .expect("it is kept alive by heartbeats");
        polled.messages().await.expect("or by polling");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Whatever is asked first of a session that was silent for too long finds it ended.
    assert_eq!(
        silent.heartbeat().await.expect_err("it has ended").status,
        401
    );
    assert_eq!(
        silent
            .raw(Method::GET, "/connection", None)
            .await
            .expect("an answer")
            .value(),
        json!({"connectionState": 2, "reason": "Nothing was heard of the client for too long.", "shouldReconnect": true})
    );
    assert_eq!(
        silent.messages().await.expect_err("it has ended").id(),
        ENDED
    );
    for alive in [&busy, &polled] {
        assert_eq!(
            alive
                .connection()
                .await
                .expect("it goes on")
                .connection_state,
            ConnectionState::Up
        );
    }
    // What is told of it is told for a while.
    let ended = Instant::now();
    eventually("an ended session is forgotten", async || {
        silent.connection().await.is_err()
    })
    .await;
    assert!(
        ended.elapsed() > Duration::from_secs(2),
        "{:?}",
        ended.elapsed()
    );
}
