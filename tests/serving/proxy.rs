//! Behind a reverse proxy: a prefix of the path, and what the proxy says of its clients.

use icws::client::{Client, Method, Session, header};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{LOGIN, VERSION};
use crate::email::{attachments_of, demo_file, draft, item, libraries, noise};
use crate::raw::{self, Connection};
use crate::server::{PASSWORD, Server};

/// What a proxy does with the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Kept,
    TakenAway,
}

/// A proxy in front of a server, which takes `/desk` and nothing else; gives its URL. It closes each connection after one request.
async fn proxy(server: &Server, prefix: Prefix) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/desk", listener.local_addr().expect("an address"));
    let behind = server.address();
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.expect("a client");
            tokio::spawn(relay(client, behind.clone(), prefix));
        }
    });
    url
}

async fn relay(client: TcpStream, behind: String, prefix: Prefix) {
    let mut server = TcpStream::connect(behind)
        .await
        .expect("the server listens");
    let mut client = BufReader::new(client);
    let mut line = String::new();
    if client.read_line(&mut line).await.unwrap_or(0) == 0 {
        return;
    }
    let (method, target) = line.split_once(' ').expect("a request line");
    let below = target
        .strip_prefix("/desk")
        .expect("nothing else is asked for");
    let target = if prefix == Prefix::Kept {
        target
    } else {
        below
    };
    let head = format!("{method} {target}Connection: close\r\n");
    server.write_all(head.as_bytes()).await.expect("written");
    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
}

/// All addresses that the server hands out lead back to it by the proxy.
async fn every_address_works(anna: &Session) {
    let is_behind = |url: &str| assert!(url.starts_with("/desk/icws/"), "{url}");
    // Libraries and their files.
    let library = libraries(anna).await.remove(0);
    assert!(!library.name.is_empty(), "a library's address was followed");
    let logo = item(anna, "Logo.png").await;
    let url = anna.file_url(&logo.value).await.expect("200").url;
    is_behind(&url);
    let bytes = demo_file("libraries/Product Information/Logo.png");
    assert!(anna.fetch(&url).await.expect("its bytes").body == bytes);
    // An interaction's, an upload's and a download's.
    let id = draft(anna).await;
    anna.insert(&id, logo.id, None).await.expect("inserted");
    let upload = anna.upload(&id, "own.bin", false).await.expect("announced");
    is_behind(&upload.upload_uri);
    let own = noise(1, 5_000);
    anna.put(&upload.upload_uri, own.clone())
        .await
        .expect("taken");
    let files = attachments_of(anna, &id).await;
    for (file, expected) in files.iter().zip([&bytes, &own]) {
        is_behind(&file.download_uri);
        let found = anna.fetch(&file.download_uri).await;
        assert!(found.expect("its bytes").body == *expected, "{}", file.name);
    }
    anna.remove_attachment(&id, &files[0].download_uri)
        .await
        .expect("known by its address");
}

#[tokio::test]
async fn behind_a_prefix_every_address_works() {
    let server = Server::with(&["--proxy-prefix", "/desk/"]).await;
    for prefix in [Prefix::Kept, Prefix::TakenAway] {
        let client = Client::new(proxy(&server, prefix).await);
        let anna = client.log_in("anna", PASSWORD).await.expect("logs in");
        every_address_works(&anna).await;
    }
    // Without the proxy, who asks with the prefix is served as well.
    let client = Client::new(format!("{}/desk", server.url()));
    every_address_works(&client.log_in("anna", PASSWORD).await.expect("logs in")).await;
    // What is like it is something else.
    for path in [
        "/des/icws/connection/version",
        "/deskicws/connection/version",
        "/desk",
    ] {
        let answer = raw::ask(&server.address(), &[&format!("GET {path}")], "").await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn behind_a_prefix_headers_lead_back_too() {
    let server = Server::with(&["--proxy-prefix", "/desk"]).await;
    let head = ["POST /DESK/icws/connection", "Accept-Language: en"];
    assert_eq!(raw::ask(&server.address(), &head, LOGIN).await.status, 404);
    let head = ["POST /desk/ICWS/connection", "Accept-Language: en"];
    let answer = raw::ask(&server.address(), &head, LOGIN).await;
    assert_eq!(answer.status, 201);
    let id = answer.header("inin-icws-session-id").expect("an id");
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(
        cookie.ends_with(&format!("; Path=/desk/icws/{id}; HttpOnly")),
        "{cookie}"
    );
    let location = answer.header("location").expect("an address");
    assert_eq!(location, format!("/desk/icws/{id}/connection"));
    // This one is literal.
    let refused = raw::ask(&server.address(), &["GET /desk/icws/1/connection"], "").await;
    assert_eq!(
        refused.header("www-authenticate"),
        Some(r#"ICWS realm="ICWS" location="/ICWS/connection""#)
    );
    let anna = server.log_in("anna").await;
    let created = crate::email::of_support(crate::email::content("Where"));
    let call = anna.call(Method::POST, "/interactions").json(&created);
    let answer = anna.client.send(call).await.expect("an answer");
    let location = answer.header(header::LOCATION).expect("an address");
    assert!(location.starts_with(&format!("/desk/icws/{}/interactions/", anna.id)));
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed() {
    let says = "X-Forwarded-Proto: https";
    let cookie = async |arguments: &[&str]| {
        let server = Server::with(arguments).await;
        let head = ["POST /icws/connection", "Accept-Language: en", says];
        let answer = raw::ask(&server.address(), &head, LOGIN).await;
        answer.header("set-cookie").expect("a cookie").to_owned()
    };
    assert!(
        cookie(&["--proxy-trusted", "127.0.0.0/8"])
            .await
            .ends_with("; Secure")
    );
    assert!(
        cookie(&["--proxy-trusted", "10.0.0.0/8"])
            .await
            .ends_with("; HttpOnly")
    );
    assert!(cookie(&[]).await.ends_with("; HttpOnly"));
}

/// A client behind a proxy may have as many requests open as one that comes by itself may have connections; the proxy has as many
/// connections as it needs.
#[tokio::test]
async fn clients_behind_a_proxy_are_told_apart() {
    let limit = ["--limits-connections-per-address", "2"];
    let server = Server::with(&[&limit[..], &["--proxy-trusted", "127.0.0.1"]].concat()).await;
    let stream = async |user: &str, from: &str| {
        let session = server.log_in(user).await;
        let mut connection = Connection::open(&server.address()).await;
        let cookie = format!("Cookie: {}", session.cookie.as_deref().expect("a cookie"));
        let line = format!("GET /icws/{}/messaging/messages", session.id);
        let from = format!("X-Forwarded-For: {from}");
        connection
            .begin(&[&line, "Accept: text/event-stream", &cookie, &from], "")
            .await;
        let head = connection.read_head().await.expect("an answer");
        assert_eq!(head.status, 200);
        connection
    };
    let first = stream("anna", "192.0.2.1").await;
    let _second = stream("ben", "192.0.2.1").await;
    let version = format!("GET {VERSION}");
    let mut waiting = Connection::open(&server.address()).await;
    waiting
        .begin(&[&version, "X-Forwarded-For: 192.0.2.1"], "")
        .await;
    // Another client, and one that only pretends to come from there, are served.
    for from in ["192.0.2.2", "192.0.2.1, 192.0.2.3"] {
        let from = format!("X-Forwarded-For: {from}");
        let answer = raw::ask(&server.address(), &[&version, &from], "").await;
        assert_eq!(answer.status, 200);
    }
    let early = tokio::time::timeout(std::time::Duration::from_millis(300), waiting.read()).await;
    assert!(early.is_err(), "it waits");
    drop(first);
    assert_eq!(waiting.read().await.expect("an answer").status, 200);
}
