//! What is measured: a server with a library of three files, sessions, and fresh drafts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use icws::client::{Client, Session};
use icws::interactions::InteractionCreated;
use icws::messaging::Message;
use icws::response_management::Item;
use icws::wire::Guid;

use crate::load;
use crate::postgres::Cluster;
use crate::process::{Server, command};

/// How many sessions share the load.
const SESSIONS: usize = 16;

/// Over how many connections drafts are made.
const MAKERS: usize = 64;

/// How many items of a library have the same size; their names differ, and their bytes do not.
pub const ITEMS: usize = 10;

/// Items of one size.
#[derive(Debug, Clone)]
pub struct Size {
    /// What the table calls their insert.
    pub name: &'static str,
    /// The items.
    pub items: Vec<Guid>,
}

/// The three sizes: name in the table, beginning of the files' names, bytes.
pub const SIZES: [(&str, &str, usize); 3] = [
    ("insert of 10 KiB", "small", 10 << 10),
    ("insert of 1 MiB", "middle", 1 << 20),
    ("insert of 25 MiB", "large", 25 << 20),
];

/// Where servers keep what they keep: a folder, and a cluster if they run on PostgreSQL.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// On the disk that is measured.
    pub folder: &'a Path,
    /// PostgreSQL, if it is not the embedded database.
    pub cluster: Option<&'a Arc<Cluster>>,
}

impl Place<'_> {
    /// The engine's name.
    pub fn engine(&self) -> &'static str {
        self.cluster.map_or("SQLite", |_| "PostgreSQL")
    }

    /// A place for one server.
    pub fn ground(&self, name: &str) -> anyhow::Result<Ground> {
        let folder = self.folder.join(name);
        fs::create_dir(&folder)?;
        let database = self.cluster.map(|cluster| cluster.database(None));
        Ok(Ground {
            folder,
            database: database.map(|database| database.url().to_owned()),
        })
    }
}

/// Where one server keeps what it keeps.
pub struct Ground {
    folder: PathBuf,
    database: Option<String>,
}

impl Ground {
    /// How the server and its commands are told of it.
    fn arguments(&self) -> Vec<String> {
        let data = self.folder.join("data").display().to_string();
        let mut arguments = vec!["--data".to_owned(), data];
        if let Some(url) = &self.database {
            arguments.extend(["--database".to_owned(), url.clone()]);
        }
        arguments
    }

    /// `sqlite:PATH` or `postgres://…`.
    fn url(&self) -> String {
        self.database.clone().unwrap_or_else(|| {
            let file = self.folder.join("data/attache.sqlite");
            format!("sqlite:{}", file.display())
        })
    }
}

/// Everything that is measured.
pub struct Bench {
    /// The server.
    pub server: Server,
    /// Its database, to be opened while it is stopped.
    pub database: String,
    /// A server that does nothing.
    pub bare: Server,
    /// What there is to insert.
    pub sizes: Vec<Size>,
    /// Where floors may write: on the server's disk.
    pub folder: PathBuf,
    sessions: Vec<Session>,
    program: PathBuf,
    arguments: Vec<String>,
}

/// Limits that stand in nobody's way: drafts are to become larger than mail may be.
const FLAGS: [&str; 8] = [
    "--listen",
    "127.0.0.1:0",
    "--limits-attachments",
    "1000000000",
    "--limits-attachments-size",
    "200000000000000",
    "--limits-connections-per-address",
    "1000000",
];

/// Starts both servers and fills the one.
pub async fn prepare(program: &Path, ground: &Ground) -> anyhow::Result<Bench> {
    let place = ground.arguments();
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    let arguments = [&FLAGS[..], &place].concat();
    let server = Server::start(program, &[&["demo", "--no-mail"][..], &arguments].concat())?;
    let library = ground.folder.join("Measured");
    fs::create_dir(&library)?;
    for (_, name, size) in SIZES {
        let bytes = bytes(size);
        for number in 0..ITEMS {
            fs::write(library.join(format!("{name}-{number}.bin")), &bytes)?;
        }
    }
    let library = library.to_str().context("the folder's name is not UTF-8")?;
    command(
        program,
        &[&["library", "import", library][..], &place].concat(),
    )?;
    let grant = ["library", "grant", "Measured", "--workgroup", "Support"];
    command(program, &[&grant[..], &place].concat())?;

    let client = Client::new(format!("http://{}", server.address()));
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(client.log_in("anna", "demo").await?);
    }
    let sizes = find_items(&sessions[0]).await?;
    let bare = Server::start(&std::env::current_exe()?, &["--serve-bare"])?;
    Ok(Bench {
        server,
        database: ground.url(),
        bare,
        sizes,
        folder: ground.folder.clone(),
        sessions,
        program: program.to_owned(),
        arguments: arguments.into_iter().map(str::to_owned).collect(),
    })
}

/// Bytes that look like nothing.
pub fn bytes(size: usize) -> Vec<u8> {
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
async fn find_items(session: &Session) -> anyhow::Result<Vec<Size>> {
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
    let find = |(name, beginning, _): (&'static str, &str, usize)| {
        let is_it = |item: &&Item| item.name.starts_with(beginning);
        let items: Vec<Guid> = items.iter().filter(is_it).map(|item| item.id).collect();
        ensure!(items.len() == ITEMS, "an item is not there");
        Ok(Size { name, items })
    };
    SIZES.into_iter().map(find).collect()
}

impl Bench {
    /// A client of the server.
    pub fn client(&self) -> Client {
        Client::new(format!("http://{}", self.server.address()))
    }

    /// Starts the server that was stopped. Its sessions go on.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let serve = ["serve".to_owned()];
        self.server = Server::start(&self.program, &[&serve[..], &self.arguments].concat())?;
        Ok(())
    }

    /// Inserts an item into a draft.
    pub async fn insert_once(&self, draft: &str, item: Guid) -> anyhow::Result<()> {
        let requests = [self.insert(0, draft, item)];
        load::answers(self.server.address(), 1, &requests).await?;
        Ok(())
    }

    /// Fresh drafts, by their interaction ids.
    pub async fn drafts(&self, count: usize) -> anyhow::Result<Vec<String>> {
        const BODY: &str = r#"{"__type":"urn:inin.com:interactions.email:createEmailParameters",
            "emailContent":{"subject":"Measured","sender":{"displayName":""}}}"#;
        let sessions = self.sessions.iter().cycle().take(count);
        let requests: Vec<Vec<u8>> = sessions
            .map(|session| request(session, "POST", &session.path("/interactions"), BODY))
            .collect();
        let created = load::answers(self.server.address(), MAKERS, &requests).await?;
        let read =
            |body: &String| Ok(serde_json::from_str::<InteractionCreated>(body)?.interaction_id);
        created.iter().map(read).collect()
    }

    /// The insert of an item into a draft, for a connection to send.
    pub fn insert(&self, connection: usize, draft: &str, item: Guid) -> Vec<u8> {
        let session = &self.sessions[connection % SESSIONS];
        let place = "email/attachments/response-management/insert";
        let path = session.path(&format!("/interactions/{draft}/{place}"));
        let body = format!(r#"{{"id":"{item}","isInlineAttachment":false}}"#);
        request(session, "POST", &path, &body)
    }

    /// `GET connection`, for a connection to send.
    pub fn get_connection(&self, connection: usize) -> Vec<u8> {
        let session = &self.sessions[connection % SESSIONS];
        request(session, "GET", &session.path("/connection"), "")
    }

    /// The bare server's one request, with the header fields that the others have.
    pub fn get_bare(&self, connection: usize) -> Vec<u8> {
        request(&self.sessions[connection % SESSIONS], "GET", "/", "")
    }
}

/// A request with the words of a session, as bytes.
pub fn request(session: &Session, method: &str, path: &str, body: &str) -> Vec<u8> {
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
