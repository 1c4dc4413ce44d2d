//! HTTPS.

use std::fs;
use std::path::Path;
use std::time::Duration;

use attache::demo::Certificate;
use tempfile::TempDir;

use super::{LOGIN, VERSION, curl, https};
use crate::raw::{self, Connection};
use crate::server::{Server, eventually};

/// A certificate for this machine, in a folder.
fn made(folder: &Path) -> Certificate {
    let certificate = Certificate::in_folder(folder);
    certificate
        .ensure("desk.example.com")
        .expect("a certificate");
    certificate
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

async fn with_certificate(made: &Certificate, more: &[&str]) -> Server {
    let files = [
        "--tls-certificate",
        text(&made.certificate),
        "--tls-key",
        text(&made.key),
    ];
    let listen = ["--tls-listen", "127.0.0.1:0"];
    Server::with(&[&files[..], &listen[..], more].concat()).await
}

/// Asks for the version and gives the status of HTTP and the version of it that was spoken; nothing if there was no agreement.
async fn version(server: &Server, authority: &Path, more: &[&str]) -> Option<String> {
    let url = format!("{}{VERSION}", https(server));
    let asked = ["--cacert", text(authority), "--output", "/dev/null"];
    let write = ["--write-out", "%{http_code} %{http_version}", &url];
    let (status, said) = curl(&[&asked[..], more, &write[..]].concat()).await;
    (status == 0).then_some(said)
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_behind_tls() {
    let folder = TempDir::new().expect("a folder");
    let made = made(folder.path());
    let server = with_certificate(&made, &[]).await;
    let authority = &made.authority;
    let spoken = async |more: &[&str]| version(&server, authority, more).await;
    assert_eq!(spoken(&[]).await.as_deref(), Some("200 2"));
    assert_eq!(spoken(&["--http1.1"]).await.as_deref(), Some("200 1.1"));
    assert_eq!(
        spoken(&["--tls-max", "1.2"]).await.as_deref(),
        Some("200 2")
    );
    let old = spoken(&["--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"]).await;
    assert_eq!(old, None, "TLS 1.1 is over");
    // Several requests over one connection.
    let url = https(&server) + VERSION;
    let write = [
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_version} %{num_connects} ",
    ];
    let ask = [&["--cacert", text(authority)][..], &write, &[&url]].concat();
    let said = curl(&[&ask[..], &["--next", "--silent"], &ask[..]].concat()).await;
    assert_eq!(said, (0, "2 1 2 0 ".to_owned()));
    // By its name as well, and not to those who do not know who signed.
    let port = https(&server)
        .rsplit(':')
        .next()
        .expect("a port")
        .to_owned();
    let named = format!("https://desk.example.com:{port}{VERSION}");
    let resolved = format!("desk.example.com:{port}:127.0.0.1");
    let (status, said) = curl(&["--cacert", text(authority), "--resolve", &resolved, &named]).await;
    assert!(
        status == 0 && said.contains("majorVersion"),
        "{status} {said}"
    );
    let url = format!("{}{VERSION}", https(&server));
    let (status, _) = curl(&[&url]).await;
    assert_eq!(status, 60, "the authority is not known");
    // Beside it, HTTP goes on.
    let plain = raw::ask(&server.address(), &[&format!("GET {VERSION}")], "").await;
    assert_eq!(plain.status, 200);
}

#[tokio::test]
async fn a_cookie_that_came_by_tls_goes_back_by_tls_alone() {
    let folder = TempDir::new().expect("a folder");
    let made = made(folder.path());
    let server = with_certificate(&made, &["--cors-origin", "https://desk.example.com"]).await;
    let url = format!("{}/icws/connection", https(&server));
    let cookie = async |more: &[&str]| {
        let ask = ["--cacert", text(&made.authority), "--http1.1", "--include"];
        let body = ["--header", "Accept-Language: en", "--data", LOGIN, &url];
        let (_, said) = curl(&[&ask[..], more, &body[..]].concat()).await;
        let line = said.lines().find(|line| line.starts_with("set-cookie: "));
        line.expect("a cookie").trim_end().to_owned()
    };
    let own = cookie(&[]).await;
    assert!(own.ends_with("; HttpOnly; Secure"), "{own}");
    let of_page = cookie(&["--header", "Origin: https://desk.example.com"]).await;
    assert!(
        of_page.ends_with("; HttpOnly; Secure; SameSite=None; Partitioned"),
        "{of_page}"
    );
    let of_other = cookie(&["--header", "Origin: https://elsewhere.example.com"]).await;
    assert!(of_other.ends_with("; HttpOnly; Secure"), "{of_other}");
    let head = ["POST /icws/connection", "Accept-Language: en"];
    let plain = raw::ask(&server.address(), &head, LOGIN).await;
    let plain = plain.header("set-cookie").expect("a cookie");
    assert!(plain.ends_with("; HttpOnly"), "{plain}");
}

#[tokio::test]
async fn a_certificate_that_is_replaced_is_used_at_once() {
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let (old, new) = (made(&place("old")), made(&place("new")));
    let used = Certificate::in_folder(&place("used"));
    fs::create_dir_all(place("used/tls")).expect("a folder");
    // As tools do it that renew certificates: beside, and renamed.
    let replace = |from: &Path, to: &Path| {
        fs::copy(from, place("beside")).expect("copied");
        fs::rename(place("beside"), to).expect("renamed");
    };
    replace(&old.certificate, &used.certificate);
    replace(&old.key, &used.key);
    let server = with_certificate(&used, &[]).await;
    let is_old = async || version(&server, &old.authority, &[]).await.is_some();
    let is_new = async || version(&server, &new.authority, &[]).await.is_some();
    assert!(is_old().await && !is_new().await);
    // Between the one file and the other they do not fit together, and the old certificate stays.
    replace(&new.certificate, &used.certificate);
    eventually("it is said that they do not fit", async || {
        server.log().contains("the old one stays")
    })
    .await;
    assert!(is_old().await && !is_new().await);
    replace(&new.key, &used.key);
    eventually("the new one is used", is_new).await;
    assert!(!is_old().await);
}

#[tokio::test]
async fn whoever_cannot_agree_on_tls_is_let_go() {
    let folder = TempDir::new().expect("a folder");
    let made = made(folder.path());
    let server = with_certificate(&made, &["--limits-head-time", "1 s"]).await;
    let address = https(&server).replace("https://", "");
    let mut silent = Connection::open(&address).await;
    let mut plain = Connection::open(&address).await;
    plain
        .write(format!("GET {VERSION} HTTP/1.1\r\nHost: x\r\n\r\n"))
        .await;
    let mut half = Connection::open(&address).await;
    half.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        .await;
    for connection in [&mut silent, &mut half] {
        assert!(connection.is_closed_within(Duration::from_secs(10)).await);
    }
    // It is told so in the words of TLS (an alert), and no more.
    let mut alert = Vec::new();
    plain
        .read_to_end_within(Duration::from_secs(10), &mut alert)
        .await;
    assert_eq!(alert.first(), Some(&0x15), "{alert:?}");
    let answer = version(&server, &made.authority, &[]).await;
    assert_eq!(answer.as_deref(), Some("200 2"));
}
