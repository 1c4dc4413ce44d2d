//! Whether everything is whole, and carrying it elsewhere: `attache check`, `backup`, `restore` and `move`, on both databases and both
//! stores of files.

mod archives;
mod carrying;
mod check;
mod killed;

use std::fs;
use std::path::Path;

use icws::client::{Method, Session};
use serde_json::value::RawValue;

use crate::email::{blob_files, draft, draft_with, noise, snapshot, text};
use crate::server::Server;

/// Work that somebody did, and everything that can be read of it.
pub struct Work {
    /// Whose session it is; it goes on where the work is carried to.
    pub session: Session,
    /// The emails, in the order in which they were begun.
    pub emails: Vec<String>,
}

impl Work {
    /// Does some work of each kind.
    pub async fn at(server: &Server) -> Self {
        let session = server.log_in("anna").await;
        let sent = draft_with(&session, &["Logo.png", "Catalogue.pdf"]).await;
        session.send_email(&sent).await.expect("sent");
        let open = draft_with(&session, &["Logo.png", "Logo.png", "Showroom.bmp"]).await;
        for (name, bytes) in [
            ("größe \u{1F4CE}.bin", noise(1, 700_000)),
            ("large.bin", noise(2, 6 << 20)),
            ("empty", Vec::new()),
        ] {
            let uploaded = session.upload_bytes(&open, name, false, bytes).await;
            uploaded.expect("uploaded");
        }
        let mut content = crate::email::nothing();
        content.subject = Some("Ünïcödé \"quoted\" \\ \u{1F600} \u{7f}".to_owned());
        content.bodies = Some(vec![text(
            "line\nline\ttab \u{2028} '; DROP TABLE users; --",
        )]);
        session.save_email(&open, &content).await.expect("saved");
        let status = serde_json::json!({ "statusId": "At Lunch" });
        let path = format!("/status/user-statuses/{}", session.user_id());
        let answer = session.raw(Method::PUT, &path, Some(&status)).await;
        answer.expect("an answer").success().expect("is set");
        let emails = vec![sent, open, draft(&session).await];
        Self { session, emails }
    }

    /// The same session at another server.
    pub fn session_at(&self, server: &Server) -> Session {
        Session {
            client: server.client(),
            ..self.session.clone()
        }
    }

    /// Everything that a client can read of it there, byte for byte.
    pub async fn read(&self, server: &Server) -> Vec<(String, Vec<u8>)> {
        let session = self.session_at(server);
        let mut all = Vec::new();
        let mut get = async |path: &str| {
            let answer = session.fetch(path).await;
            let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
            all.push((path.to_owned(), answer.body.to_vec()));
        };
        get(&format!("/status/user-statuses/{}", session.user_id())).await;
        get("/status/status-messages").await;
        for email in &self.emails {
            let select = "Eic_State,Eic_CreationTime,Eic_InitiationTime,Attache_DeliveryState";
            get(&format!("/interactions/{email}?select={select}")).await;
            for file in crate::email::attachments(&snapshot(&session, email).await) {
                get(&file.download_uri).await;
            }
        }
        for email in &self.emails {
            session.subscribe_email(email).await.expect("may be read");
        }
        let subscribed = session.subscribe_response_management().await;
        subscribed.expect("may be read");
        let messages = session.fetch("/messaging/messages").await.expect("a poll");
        // They come in any order.
        let messages: Vec<Box<RawValue>> =
            serde_json::from_slice(&messages.body).expect("a list of messages");
        assert!(messages.len() > 3, "{messages:?}");
        let mut messages: Vec<&str> = messages.iter().map(|message| message.get()).collect();
        messages.sort_unstable();
        for message in messages {
            all.push(("message".to_owned(), message.as_bytes().to_vec()));
        }
        for library in crate::email::libraries(&session).await {
            all.push(("library".to_owned(), format!("{library:?}").into_bytes()));
        }
        all
    }
}

/// Holds two readings to be the same.
pub fn same(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) {
    for ((path, bytes), (other_path, others)) in one.iter().zip(other) {
        assert_eq!(path, other_path);
        if bytes != others {
            let short = |bytes: &[u8]| {
                String::from_utf8_lossy(&bytes[..bytes.len().min(3000)]).into_owned()
            };
            assert_eq!(short(bytes), short(others), "{path}");
            panic!("{path}: {} and {} bytes", bytes.len(), others.len());
        }
    }
    assert_eq!(one.len(), other.len());
}

/// Runs a command that has to fail, and gives the reason.
pub async fn failed(server: &Server, arguments: &[&str]) -> String {
    let output = server.command(arguments).await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
    assert!(error.contains("error: "), "{error}");
    error
}

/// Holds a server's installation to be whole.
pub async fn is_whole(server: &Server, more: &[&str]) {
    let said = server.done(&[&["check"], more].concat()).await;
    assert!(said.ends_with("Everything is whole.\n"), "{said}");
}

/// How many files a data folder's store has.
pub fn files_in(folder: &Path) -> usize {
    if fs::exists(folder.join("blobs")).expect("can be looked at") {
        blob_files(folder).len()
    } else {
        0
    }
}
