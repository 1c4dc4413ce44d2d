//! Clients in a browser: Debian's Chromium, with a page of another origin.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::with_certificate;
use crate::server::Server;

const PAGE: &str = include_str!("first_minute.html");

/// How long a browser may take to start and to play its part.
const PATIENCE: Duration = Duration::from_mins(2);

/// A site of its own, which has the page and takes the page's report.
struct Site {
    origin: String,
    reports: UnboundedReceiver<Value>,
}

/// A browser that shows one page.
struct Browser {
    child: Child,
    folder: TempDir,
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (tell, reports) = unbounded_channel();
        tokio::spawn(async move {
            // A browser opens connections that it may never use.
            while let Ok((stream, _)) = listener.accept().await {
                let tell = tell.clone();
                tokio::spawn(async move {
                    if let Some(report) = serve(stream).await {
                        let _ = tell.send(report);
                    }
                });
            }
        });
        Self { origin, reports }
    }
}

/// Answers one request; gives what was posted, if that is what it was.
async fn serve(stream: TcpStream) -> Option<Value> {
    let mut stream = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        head += &line;
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (status, page) = match head.split(['?', ' ']).nth(1) {
        Some("/") => ("200 OK", PAGE),
        Some("/report") => ("200 OK", ""),
        _ => ("404 Not Found", ""),
    };
    let length = page.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
    );
    stream.write_all(answer.as_bytes()).await.ok()?;
    (head.starts_with("POST ")).then(|| serde_json::from_slice(&body).expect("JSON"))
}

impl Browser {
    fn show(url: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("a file");
        let profile = format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        );
        let child = Command::new("/usr/bin/chromium")
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-proxy-server",
            ])
            // The certificate of the test is signed by nobody whom a browser knows.
            .args(["--ignore-certificate-errors", &profile, url])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("chromium: {error}: ./test installs it"));
        Self { child, folder }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets the browser show the page, which turns to a server, and holds that all went well.
async fn play(site: &mut Site, server: &str) {
    let browser = Browser::show(&format!("{}/?server={server}", site.origin));
    let report = timeout(PATIENCE, site.reports.recv()).await;
    let report = report.unwrap_or_else(|_| panic!("no report: {}", browser.log()));
    assert_eq!(report, Some(json!(["done", "done"])), "{server}");
}

#[tokio::test]
async fn pages_of_another_port_use_the_api() {
    let mut site = Site::open().await;
    let server = Server::with(&["--cors-origin", &site.origin]).await;
    play(&mut site, &server.url()).await;
}

/// A browser hands a cookie on to another site only where the way is safe; Debian's does so only if the cookie is good for the one site.
#[tokio::test]
async fn pages_of_another_site_use_the_api_by_https() {
    let mut site = Site::open().await;
    let server = with_certificate(&["--cors-origin", &site.origin]).await;
    let (_, port) = server.url.rsplit_once(':').expect("a port");
    play(&mut site, &format!("https://localhost:{port}")).await;
}
