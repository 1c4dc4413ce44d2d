//! What is measured: a server with a library of three files, sessions, and fresh drafts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use icws::client::{Client, Session};
use icws::email::{CreateEmailParameters, EmailAddress, EmailContent};
use icws::messaging::Message;
use icws::wire::Guid;

use crate::process::{Server, command};

/// How many sessions share the load.
const SESSIONS: usize = 16;

/// A file that is inserted.
#[derive(Debug, Clone)]
pub struct LibraryFile {
    /// What the table calls it.
    pub name: &'static str,
    /// Its item.
    pub item: Guid,
}

/// The three sizes: name in the table, file, bytes.
const FILES: [(&str, &str, usize); 3] = [
    ("insert of 10 KiB", "small.bin", 10 << 10),
    ("insert of 1 MiB", "middle.bin", 1 << 20),
    ("insert of 25 MiB", "large.bin", 25 << 20),
];

/// Everything that is measured.
pub struct Bench {
    /// The server.
    pub server: Server,
    /// A server that does nothing.
    pub bare: Server,
    /// The files to insert.
    pub files: Vec<LibraryFile>,
    /// Where floors may write: on the server's disk.
    pub folder: PathBuf,
    sessions: Vec<Session>,
}

/// Starts both servers and fills the one.
pub async fn prepare(program: &Path, folder: &Path) -> anyhow::Result<Bench> {
    let data = folder.join("data");
    let data = data.to_str().context("the folder's name is not UTF-8")?;
    // Drafts are to become larger than mail may be.
    let flags = [
        "--listen",
        "127.0.0.1:0",
        "--limits-attachments",
        "1000000000",
        "--limits-attachments-size",
        "200000000000000",
    ];
    let server = Server::start(program, &[&["demo", "--data", data], &flags[..]].concat())?;
    let library = folder.join("Measured");
    fs::create_dir(&library)?;
    for (_, file, size) in FILES {
        fs::write(library.join(file), bytes(size))?;
    }
    let library = library.to_str().context("the folder's name is not UTF-8")?;
    command(program, &["library", "import", library, "--data", data])?;
    command(
        program,
        &[
            "library",
            "grant",
            "Measured",
            "--workgroup",
            "Support",
            "--data",
            data,
        ],
    )?;

    let client = Client::new(format!("http://{}", server.address()));
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(client.log_in("anna", "demo").await?);
    }
    let files = find_files(&sessions[0]).await?;
    let bare = Server::start(&std::env::current_exe()?, &["--serve-bare"])?;
    Ok(Bench {
        server,
        bare,
        files,
        folder: folder.to_owned(),
        sessions,
    })
}

/// Bytes that look like nothing.
fn bytes(size: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ size as u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(state.to_le_bytes())
    };
    std::iter::from_fn(next).flatten().take(size).collect()
}

/// Finds the items as any client does.
async fn find_files(session: &Session) -> anyhow::Result<Vec<LibraryFile>> {
    session.subscribe_response_management().await?;
    let messages = session.messages().await?;
    let url = messages.into_iter().find_map(|message| match message {
        Message::ResponseManagement(message) => message
            .libraries_added?
            .into_iter()
            .find(|library| library.name == "Measured")
            .map(|library| library.url),
        _ => None,
    });
    session.unsubscribe_response_management().await?;
    let library = session
        .library(&url.context("the library is not there")?)
        .await?;
    let items = library.items.unwrap_or_default();
    let find = |(name, file, _): (&'static str, &str, usize)| {
        let item = items
            .iter()
            .find(|item| item.value.ends_with(file))
            .context("a file is not there")?;
        Ok(LibraryFile {
            name,
            item: item.id,
        })
    };
    FILES.into_iter().map(find).collect()
}

impl Bench {
    /// Fresh drafts, each with the session that is to write to it.
    pub async fn drafts(&self, count: usize) -> anyhow::Result<Vec<Draft>> {
        let email = CreateEmailParameters {
            email_content: EmailContent {
                subject: Some("Measured".to_owned()),
                sender: EmailAddress::default(),
                to_recipients: None,
                cc_recipients: None,
                bcc_recipients: None,
                reply_to_recipients: None,
                bodies: None,
            },
            workgroup: None,
            additional_attributes: None,
        };
        let mut drafts = Vec::new();
        for session in self.sessions.iter().cycle().take(count) {
            let created = session.create_email(&email).await?;
            drafts.push(Draft {
                session: session.clone(),
                id: created.interaction_id,
            });
        }
        ensure!(!drafts.is_empty(), "no draft");
        Ok(drafts)
    }

    /// `GET connection` of each session, as bytes.
    pub fn connection_requests(&self) -> Vec<Vec<u8>> {
        self.sessions
            .iter()
            .map(|session| request(session, "GET", &session.path("/connection"), ""))
            .collect()
    }

    /// The bare server's one request, with the header fields that the others have.
    pub fn bare_requests(&self) -> Vec<Vec<u8>> {
        self.sessions
            .iter()
            .map(|session| request(session, "GET", "/", ""))
            .collect()
    }
}

/// A draft, and who writes to it.
#[derive(Debug, Clone)]
pub struct Draft {
    session: Session,
    id: String,
}

impl Draft {
    /// The insert of a file into this draft, as bytes.
    pub fn insert(&self, file: &LibraryFile) -> Vec<u8> {
        let path = format!(
            "/interactions/{}/email/attachments/response-management/insert",
            self.id
        );
        let body = format!(r#"{{"id":"{}","isInlineAttachment":false}}"#, file.item);
        request(&self.session, "POST", &self.session.path(&path), &body)
    }
}

/// A request with the words of a session, as bytes.
fn request(session: &Session, method: &str, path: &str, body: &str) -> Vec<u8> {
    let cookie = session.cookie.as_deref().unwrap_or_default();
    let token = session.token.as_deref().unwrap_or_default();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\n\
         Host: localhost\r\n\
         Accept: application/vnd.inin.icws+JSON\r\n\
         Cookie: {cookie}\r\n\
         ININ-ICWS-CSRF-Token: {token}\r\n"
    );
    if !body.is_empty() {
        request += "Content-Type: application/vnd.inin.icws+JSON;charset=utf-8\r\n";
        request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    (request + "\r\n" + body).into_bytes()
}
