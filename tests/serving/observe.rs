//! What monitoring sees, and what the log says and does not say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::email::{content, draft, html, item, text};
use crate::raw::{self, Connection};
use crate::server::{Server, eventually, terminate};
use crate::sql;

const OBSERVED: [&str; 2] = ["--observe", "127.0.0.1:0"];

/// Where monitoring asks.
fn place(server: &Server) -> String {
    let log = server.log();
    let (_, rest) = log.split_once("observe=").expect("it is said in the log");
    rest.split_whitespace()
        .next()
        .expect("an address")
        .to_owned()
}

/// Asks, outside of the contract of the API.
async fn ask(address: &str, path: &str) -> (u16, String) {
    let mut connection = Connection::open(address).await;
    connection.begin(&[&format!("GET {path}")], "").await;
    let answer = connection.read().await.expect("an answer");
    let body = String::from_utf8(answer.body).expect("text");
    (answer.status, body)
}

/// The values of a page by name and labels. Every line has to be one of the format's, and every name has to have a type before.
fn read(page: &str) -> BTreeMap<String, f64> {
    let mut values = BTreeMap::new();
    let mut types = Vec::new();
    for line in page.lines() {
        if let Some(about) = line.strip_prefix("# TYPE ") {
            let (name, kind) = about.split_once(' ').expect("a kind");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            types.push(name.to_owned());
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            let bare = name.split('{').next().expect("a name");
            assert!(
                types.iter().any(|known| bare.starts_with(known.as_str())),
                "{line}"
            );
            let value = value.parse().expect("a number");
            assert_eq!(values.insert(name.to_owned(), value), None, "twice: {line}");
        }
    }
    values
}

#[tokio::test]
async fn monitoring_sees_whether_it_lives_and_serves() {
    let mut server = Server::with(&OBSERVED).await;
    let place = place(&server);
    assert_eq!(ask(&place, "/health").await, (200, "alive\n".to_owned()));
    assert_eq!(ask(&place, "/ready").await, (200, "ready\n".to_owned()));
    // The API is not there, and monitoring is not on the API's port.
    assert_eq!(ask(&place, super::VERSION).await.0, 404);
    for path in ["/health", "/ready", "/metrics"] {
        let answer = raw::ask(&server.address(), &[&format!("GET {path}")], "").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    sql::run(
        &server.folder(),
        "ALTER TABLE outbox_recipients RENAME TO away",
    );
    assert_eq!(ask(&place, "/ready").await.0, 503, "the database fails");
    assert_eq!(ask(&place, "/health").await.0, 200, "the process lives");
    sql::run(
        &server.folder(),
        "ALTER TABLE away RENAME TO outbox_recipients",
    );
    assert_eq!(ask(&place, "/ready").await.0, 200);
    // A request in flight keeps it for a while, in which it is not ready any more.
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let upload = anna
        .upload(&id, "slow.bin", false)
        .await
        .expect("announced");
    let blobs = || crate::email::blob_files(&server.folder()).len();
    let before = blobs();
    let mut slow = Connection::open(&server.address()).await;
    let cookie = anna.cookie.as_deref().expect("a cookie");
    let uri = &upload.upload_uri;
    slow.write(format!(
        "PUT {uri} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Length: 2\r\n\r\nx"
    ))
    .await;
    eventually("the upload has begun", async || blobs() > before).await;
    terminate(server.pid());
    eventually("it is stopping", async || server.log().contains("stopping")).await;
    assert_eq!(ask(&place, "/ready").await, (503, "stopping\n".to_owned()));
    assert_eq!(ask(&place, "/health").await.0, 200);
    slow.write("x").await;
    assert_eq!(slow.read().await.expect("an answer").status, 200);
    assert!(server.stop().await.success());
}

#[tokio::test]
#[allow(clippy::float_cmp)] // counts are whole
async fn monitoring_sees_what_is_counted() {
    let server = Server::with(&OBSERVED).await;
    let place = place(&server);
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let _stream = anna.stream(None).await.expect("a stream");
    for _ in 0..3 {
        anna.insert(&id, logo, None).await.expect("inserted");
    }
    anna.insert("999", logo, None)
        .await
        .expect_err("there is no such interaction");
    raw::ask(&server.address(), &["GET /icws/1/connection"], "").await;
    let (status, page) = ask(&place, "/metrics").await;
    assert_eq!(status, 200);
    let values = read(&page);
    let value = |name: &str| values.get(name).copied().unwrap_or_default();
    let insert = "method=\"POST\",route=\"/icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert\"";
    let requests = |labels: &str, status: u16| {
        value(&format!(
            "attache_requests_total{{{labels},status=\"{status}\"}}"
        ))
    };
    assert_eq!((requests(insert, 200), requests(insert, 404)), (3.0, 1.0));
    let login = "method=\"POST\",route=\"/icws/connection\"";
    assert_eq!(requests(login, 201), 1.0);
    let get = "method=\"GET\",route=\"/icws/{sessionId}/connection\"";
    assert_eq!(requests(get, 401), 1.0);
    let duration = |part: &str| value(&format!("attache_request_duration_seconds{part}"));
    assert_eq!(duration(&format!("_count{{{insert}}}")), 4.0);
    assert_eq!(duration(&format!("_bucket{{{insert},le=\"+Inf\"}}")), 4.0);
    assert!(duration(&format!("_sum{{{insert}}}")) > 0.0);
    assert_eq!(
        (value("attache_sessions"), value("attache_streams")),
        (1.0, 1.0)
    );
    assert!(value("attache_connections") >= 1.0);
    assert!(value("attache_commits_total") >= 1.0);
    assert!(value("attache_changes_total") >= value("attache_commits_total"));
    assert!(value("attache_journal_position") > 0.0);
    assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
    // No label tells of anybody.
    assert!(!page.contains(&anna.id) && !page.contains("anna"), "{page}");
}

#[tokio::test]
async fn the_log_tells_of_requests_and_of_no_secret() {
    for format in ["text", "json"] {
        let server = Server::with(&["--log", "trace", "--log-format", format]).await;
        let anna = server.log_in("anna").await;
        let add = ["user", "add", "dora", "--password", "password-of-dora"];
        server.done(&add).await;
        let dora = server.client().log_in("dora", "password-of-dora").await;
        dora.expect("logs in");
        let refused = server.client().log_in("anna", "not-the-password").await;
        refused.expect_err("another password");
        let id = draft(&anna).await;
        let logo = item(&anna, "Logo.png").await.id;
        anna.insert(&id, logo, Some(true)).await.expect("inserted");
        anna.upload_bytes(&id, "own.bin", false, "bytes-of-a-file")
            .await
            .expect("uploaded");
        let mut mail = content("Subject-of-a-mail");
        mail.bodies = Some(vec![text("Body-of-a-mail"), html("<p>Body-of-a-mail</p>")]);
        anna.save_email(&id, &mail).await.expect("saved");
        let upload = anna
            .upload(&id, "later.bin", false)
            .await
            .expect("announced");
        anna.attributes(&id, &["Secret-of-a-query"])
            .await
            .expect("200");
        anna.send_email(&id).await.expect("sent");
        eventually("the mail is sent", async || server.sent().len() == 1).await;
        let log = server.log();
        let cookie = anna.cookie.as_deref().expect("a cookie");
        let value = cookie.split_once('=').expect("a value").1;
        let word = upload.upload_uri.rsplit('/').next().expect("a token");
        for secret in [
            value,
            anna.token.as_deref().expect("a token"),
            word,
            "password-of-dora",
            "not-the-password",
            "Subject-of-a-mail",
            "Body-of-a-mail",
            "bytes-of-a-file",
            "Secret-of-a-query",
        ] {
            assert!(!log.contains(secret), "the log tells {secret}");
        }
        // One line for each request.
        let insert = log.lines().filter(|line| {
            line.contains("answered") && line.contains("response-management/insert")
        });
        let lines: Vec<&str> = insert.collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        if format == "json" {
            let line: Value = serde_json::from_str(lines[0]).expect("JSON");
            assert_eq!(line["fields"]["status"], 200);
            assert_eq!(line["fields"]["address"], "127.0.0.1");
            assert_eq!(line["span"]["user"], "anna");
            assert_eq!(line["span"]["request_id"].as_str().map(str::len), Some(16));
        } else {
            assert!(lines[0].contains("status=200") && lines[0].contains("request_id="));
        }
    }
}
