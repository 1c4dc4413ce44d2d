//! Sent mail: each draft that was sent became one file, and only those.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::State;
use crate::server::{Server, eventually};

/// What an `.eml` file says of itself.
#[derive(Debug)]
struct Mail {
    subject: String,
    message_id: String,
    attachments: usize,
}

/// All mail that was looked into.
#[derive(Default)]
pub struct Mails {
    files: BTreeMap<PathBuf, Mail>,
    /// The subjects of the drafts that were sent, with the number of their attachments.
    sent: BTreeMap<String, usize>,
}

impl Mails {
    /// Waits for the mail of what was sent, and looks into it.
    pub async fn check(&mut self, server: &Server, states: &BTreeMap<String, State>) {
        for state in states.values().filter(|state| !state.is_editable) {
            self.sent
                .insert(state.subject.clone(), state.attachments.len());
        }
        eventually("all mail is delivered", async || {
            server.sent().len() >= self.sent.len()
        })
        .await;
        for path in server.sent() {
            self.files
                .entry(path)
                .or_insert_with_key(|path| Mail::read(path));
        }
        self.check_count(server);
        let subjects: BTreeSet<&String> = self.files.values().map(|mail| &mail.subject).collect();
        assert_eq!(
            subjects,
            self.sent.keys().collect(),
            "the subjects of the mail that was sent"
        );
        for (path, mail) in &self.files {
            assert_eq!(
                path.file_stem().and_then(|stem| stem.to_str()),
                Some(&*mail.message_id)
            );
            assert_eq!(
                mail.attachments,
                self.sent[&mail.subject],
                "the attachments of {}",
                path.display()
            );
        }
    }

    /// There is one file for each draft that was sent.
    pub fn check_count(&self, server: &Server) {
        assert_eq!(
            server.sent().len(),
            self.sent.len(),
            "a mail twice: {:?}",
            self.files
        );
    }
}

impl Mail {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("mail is ASCII");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let field = |name: &str| {
            let line = head
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_else(|| panic!("{} has no {name}", path.display()))
                .to_owned()
        };
        let message_id = field("Message-ID");
        Self {
            subject: field("Subject"),
            message_id: message_id.trim_matches(['<', '>']).to_owned(),
            attachments: body
                .lines()
                .filter(|line| line.starts_with("Content-Disposition:"))
                .count(),
        }
    }
}
