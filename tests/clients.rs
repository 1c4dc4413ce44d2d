//! Public clients of ICWS, by their habits: what each sends, byte for byte where it matters, and what it takes an answer for.
//!
//! Each is played by a few requests of its own form; where the library that it is built on can be had from Debian, also by a script of a
//! few lines that uses it. Operations that they call and that are not served are not played here; that those answer 410 as a proper error
//! is held in `http::paths`.

mod browser;
mod go;
mod mac;
mod page;
mod python;
mod ruby;
mod sdk;

use attache::demo::Certificate;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::raw::{Answer, Connection};
use crate::server::Server;
use crate::serving::https;

/// A client that keeps a connection and sends the same headers each time.
struct Habit {
    connection: Connection,
    session: String,
    headers: Vec<String>,
}

impl Habit {
    /// Logs in with headers and a body of the client's own, and takes nothing from the answer yet.
    async fn log_in(server: &Server, query: &str, headers: &[&str], body: &str) -> (Self, Answer) {
        let mut connection = Connection::open(&server.address()).await;
        let line = format!("POST /icws/connection{query}");
        let head: Vec<&str> = std::iter::once(line.as_str())
            .chain(headers.iter().copied())
            .collect();
        let answer = connection.ask(&head, body).await.expect("an answer");
        assert_eq!(
            answer.status,
            201,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        (
            Self {
                connection,
                session: String::new(),
                headers: Vec::new(),
            },
            answer,
        )
    }

    /// Sends a request of the session.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.ask_with(method, path, &[], body).await
    }

    /// The same with further headers.
    async fn ask_with(&mut self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let line = format!("{method} /icws/{}{path}", self.session);
        let own = self.headers.iter().map(String::as_str);
        let head: Vec<&str> = std::iter::once(line.as_str())
            .chain(own)
            .chain(headers.iter().copied())
            .collect();
        let answer = self.connection.ask(&head, body).await.expect("an answer");
        // Some replace all their cookies by what an answer sets.
        assert!(answer.all("set-cookie").is_empty(), "{line}");
        if !answer.body.is_empty() {
            assert_eq!(
                answer.header("content-type"),
                Some("application/vnd.inin.icws+json"),
                "{line}"
            );
        }
        answer
    }
}

fn credentials(user: &str) -> Value {
    json!({
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "a client",
        "userID": user,
        "password": "demo",
    })
}

/// What two published scripts send to make an email.
fn minimal_email() -> String {
    json!({
        "__type": "urn:inin.com:interactions.email:createEmailParameters",
        "emailContent": {
            "__type": "urn:inin.com:interactions.email:emailContent",
            "sender": {"displayName": "Support", "address": "support@example.com"},
            "bodies": [{"body": "Hello", "bodyType": 0}, {"body": "<p>Hello</p>", "bodyType": 1}],
        },
        "workgroup": "Support",
    })
    .to_string()
}

/// The cookie of a login as `name=value`, without its attributes.
fn pair(answer: &Answer) -> &str {
    let line = answer.header("set-cookie").expect("a cookie");
    line.split(';').next().expect("a pair")
}

/// A member that has to be a string.
fn text(body: &Value, member: &str) -> String {
    body[member]
        .as_str()
        .unwrap_or_else(|| panic!("{member} is no string: {body}"))
        .to_owned()
}

/// A server that speaks HTTPS, too, with a certificate for `localhost` that nobody knows.
struct Https {
    /// Where it does.
    url: String,
    _server: Server,
    _certificate: TempDir,
}

async fn with_certificate(more: &[&str]) -> Https {
    let folder = TempDir::new().expect("a folder");
    let certificate = Certificate::in_folder(folder.path());
    certificate.ensure("localhost").expect("a certificate");
    let files = [&certificate.certificate, &certificate.key];
    let [certificate, key] = files.map(|path| path.to_str().expect("UTF-8"));
    let tls = ["--tls-certificate", certificate, "--tls-key", key];
    let listen = ["--tls-listen", "127.0.0.1:0"];
    let server = Server::with(&[&tls[..], &listen[..], more].concat()).await;
    Https {
        url: https(&server),
        _server: server,
        _certificate: folder,
    }
}

/// Runs a script of ours that uses a library of its language, with the URL of the server.
async fn run(interpreter: &str, script: &str, url: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/clients")
        .join(script);
    let (program, url) = (interpreter.to_owned(), url.to_owned());
    let output = tokio::task::spawn_blocking(move || {
        let mut command = std::process::Command::new(program);
        command.arg(path).arg(url).output()
    });
    let output = output
        .await
        .expect("no panic")
        .unwrap_or_else(|error| panic!("{interpreter}: {error}: ./test installs it"));
    let (said, failed) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && said.ends_with("done\n"),
        "{said}\n{failed}"
    );
}
