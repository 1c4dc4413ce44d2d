//! Limits: connections in all, requests at the same time, and who is slow.

use std::time::{Duration, Instant};

use icws::client::Session;
use icws::messaging::Message;

use super::VERSION;
use crate::email::{attachments_of, draft, item, noise};
use crate::raw::{self, Connection};
use crate::server::Server;

/// Time enough for an answer that does come.
const SOON: Duration = Duration::from_millis(300);

async fn waits(connection: &mut Connection) -> bool {
    tokio::time::timeout(SOON, connection.read()).await.is_err()
}

fn cookie(session: &Session) -> String {
    format!("Cookie: {}", session.cookie.as_deref().expect("a cookie"))
}

#[tokio::test]
async fn one_connection_more_than_there_may_be_waits() {
    let server = Server::with(&["--limits-connections", "2"]).await;
    let version = format!("GET {VERSION}");
    let mut first = Connection::open(&server.address()).await;
    let mut second = Connection::open(&server.address()).await;
    for connection in [&mut first, &mut second] {
        let answer = connection.ask(&[&version], "").await.expect("an answer");
        assert_eq!(answer.status, 200);
    }
    let mut third = Connection::open(&server.address()).await;
    third.begin(&[&version], "").await;
    assert!(waits(&mut third).await);
    drop(first);
    assert_eq!(third.read().await.expect("an answer").status, 200);
}

#[tokio::test]
async fn one_request_more_than_there_may_be_waits() {
    let server = Server::with(&["--limits-requests", "1"]).await;
    let anna = server.log_in("anna").await;
    // An open stream does not count.
    let _stream = anna.stream(None).await.expect("a stream");
    let id = draft(&anna).await;
    let upload = anna
        .upload(&id, "slow.bin", false)
        .await
        .expect("announced");
    let bytes = noise(1, 100_000);
    let mut slow = Connection::open(&server.address()).await;
    let (uri, length) = (&upload.upload_uri, bytes.len());
    let head = format!(
        "PUT {uri} HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: {length}\r\n\r\n",
        cookie(&anna)
    );
    let before = crate::email::blob_files(&server.folder()).len();
    slow.write(head).await;
    slow.write(&bytes[..50_000]).await;
    crate::server::eventually("the upload has begun", async || {
        crate::email::blob_files(&server.folder()).len() > before
    })
    .await;
    let mut other = Connection::open(&server.address()).await;
    other.begin(&[&format!("GET {VERSION}")], "").await;
    assert!(waits(&mut other).await);
    slow.write(&bytes[50_000..]).await;
    assert_eq!(slow.read().await.expect("an answer").status, 200);
    assert_eq!(other.read().await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_given_up() {
    let server = Server::with(&["--limits-body-time", "1 s"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let upload = anna
        .upload(&id, "slow.bin", false)
        .await
        .expect("announced");
    let (session, length) = (cookie(&anna), 200_000);
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: x\r\n{session}\r\nContent-Length: {length}\r\n\r\n",
        upload.upload_uri
    );
    let login = format!(
        "POST /icws/connection HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: {length}\r\n\r\n"
    );
    for (head, error) in [
        (head, "error.request.email.uploadIncomplete"),
        (login, "error.request.malformed"),
    ] {
        let mut slow = Connection::open(&server.address()).await;
        slow.write(head).await;
        // A little now and then does not help.
        let began = Instant::now();
        let answer = slow_answer(&mut slow).await;
        assert_eq!((answer.status, answer.error_id().as_str()), (400, error));
        assert!(
            began.elapsed() >= Duration::from_secs(1),
            "{:?}",
            began.elapsed()
        );
        assert!(slow.is_closed_within(Duration::from_secs(5)).await);
    }
}

/// Sends a byte every tenth of a second until an answer comes.
async fn slow_answer(connection: &mut Connection) -> raw::Answer {
    for _ in 0..100 {
        connection.write("x").await;
        let answer = connection.read_within(Duration::from_millis(100)).await;
        if let Some(answer) = answer {
            return answer;
        }
    }
    panic!("no answer")
}

#[tokio::test]
async fn a_body_that_comes_steadily_is_taken_however_long_it_takes() {
    let server = Server::with(&["--limits-body-time", "1 s"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let upload = anna
        .upload(&id, "slow.bin", false)
        .await
        .expect("announced");
    let bytes = noise(1, 400_000);
    let mut slow = Connection::open(&server.address()).await;
    let (uri, length) = (&upload.upload_uri, bytes.len());
    slow.write(format!(
        "PUT {uri} HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: {length}\r\n\r\n",
        cookie(&anna)
    ))
    .await;
    for piece in bytes.chunks(50_000) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        slow.write(piece).await;
    }
    assert_eq!(slow.read().await.expect("an answer").status, 200);
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_cut_off() {
    let server = Server::with(&["--limits-write-time", "1 s"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let bytes = noise(1, 20 << 20);
    anna.upload_bytes(&id, "large.bin", false, bytes.clone())
        .await
        .expect("uploaded");
    let file = attachments_of(&anna, &id).await.remove(0);
    let line = format!("GET {}", file.download_uri);
    let mut asleep = Connection::open(&server.address()).await;
    asleep.begin(&[&line, &cookie(&anna)], "").await;
    // One that takes a little again and again gets all, though it takes longer than that.
    let mut steady = Connection::open(&server.address()).await;
    steady.begin(&[&line, &cookie(&anna)], "").await;
    let began = Instant::now();
    let head = steady.read_head().await.expect("an answer");
    assert_eq!(head.status, 200);
    let mut taken = Vec::new();
    while taken.len() < bytes.len() {
        steady.read_some(&mut taken, 256 << 10).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert!(taken == bytes, "byte for byte");
    assert!(
        began.elapsed() > Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    let mut rest = Vec::new();
    asleep
        .read_to_end_within(Duration::from_secs(10), &mut rest)
        .await;
    assert!(rest.len() < bytes.len(), "{} bytes came", rest.len());
}

#[tokio::test]
async fn a_stream_on_which_nothing_happens_stays() {
    let server = Server::with(&[
        "--limits-write-time",
        "1 s",
        "--limits-body-time",
        "1 s",
        "--limits-head-time",
        "1 s",
    ])
    .await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    anna.subscribe_email(&id).await.expect("200");
    let mut stream = anna.stream(None).await.expect("a stream");
    stream
        .next_within(crate::email::WAIT)
        .await
        .expect("the snapshot");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    anna.insert(&id, logo, None).await.expect("inserted");
    let event = stream
        .next_within(crate::email::WAIT)
        .await
        .expect("the change");
    assert!(
        matches!(event.message, Message::EmailContents(_)),
        "{event:?}"
    );
}
