//! HTTP/2, also without TLS for whoever begins with it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

use super::{LOGIN, VERSION, curl};
use crate::email::draft;
use crate::server::Server;

const KNOWN: &str = "--http2-prior-knowledge";

#[tokio::test]
async fn a_client_may_begin_with_http2() {
    let server = Server::demo().await;
    let url = |path: &str| format!("{}{path}", server.url());
    let ask = [
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_version} %{http_code}",
    ];
    for (path, expected) in [(VERSION, "2 200"), ("/icws/nothing", "2 404")] {
        let url = url(path);
        let said = curl(&[&[KNOWN][..], &ask, &[&url]].concat()).await;
        assert_eq!(said, (0, expected.to_owned()));
    }
    // A session is made and used.
    let login = url("/icws/connection");
    let post = ["--header", "Accept-Language: en", "--data", LOGIN];
    let (_, body) = curl(&[&[KNOWN][..], &post, &[&login]].concat()).await;
    let body: Value = serde_json::from_str(&body).expect("a representation");
    let id = body["sessionId"].as_str().expect("an id");
    let token = body["csrfToken"].as_str().expect("a token");
    let heartbeat = url(&format!("/icws/{id}/messaging/heartbeat"));
    let header = format!("ININ-ICWS-CSRF-Token: {token}");
    let post = ["--request", "POST", "--header", &header, &heartbeat];
    let (_, said) = curl(&[&[KNOWN][..], &post].concat()).await;
    assert!(
        said.contains("error.request.connection.cookieMissing"),
        "{said}"
    );
}

/// What a program prints, line by line, as it comes.
fn lines_of(mut command: Command) -> (std::process::Child, mpsc::UnboundedReceiver<String>) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("curl");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (child, lines)
}

#[tokio::test]
async fn an_event_stream_comes_by_http2_and_ends_with_the_server() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.subscribe_email(&id).await.expect("200");
    let mut command = Command::new("curl");
    command
        .args([
            "--silent",
            "--no-buffer",
            "--noproxy",
            "*",
            KNOWN,
            "--header",
        ])
        .arg("Accept: text/event-stream")
        .args([
            "--header",
            &format!("Cookie: {}", anna.cookie.as_deref().expect("a cookie")),
        ])
        .arg(format!(
            "{}/icws/{}/messaging/messages",
            server.url(),
            anna.id
        ));
    let (mut child, mut lines) = lines_of(command);
    let mut line_with = async |part: &str| {
        let find = async {
            while let Some(line) = lines.recv().await {
                if line.contains(part) {
                    return true;
                }
            }
            false
        };
        tokio::time::timeout(Duration::from_secs(10), find).await
    };
    assert_eq!(line_with("retry: 3000").await, Ok(true));
    assert_eq!(
        line_with(r#""isDelta":false"#).await,
        Ok(true),
        "the snapshot"
    );
    let item = crate::email::item(&server.log_in("anna").await, "Logo.png")
        .await
        .id;
    anna.insert(&id, item, None).await.expect("inserted");
    assert_eq!(line_with("Logo.png").await, Ok(true));
    assert!(server.stop().await.success());
    assert_eq!(line_with("nothing more").await, Ok(false), "it has ended");
    let ended = tokio::task::spawn_blocking(move || child.wait()).await;
    assert!(
        ended.expect("no panic").expect("its status").success(),
        "and well"
    );
}
