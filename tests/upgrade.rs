//! Installations that earlier versions wrote (`upgrade/VERSION`, by `upgrade/make`): today's binary brings them to today's schema, and nothing in
//! them is lost.

use std::fs;
use std::path::{Path, PathBuf};

use icws::email::{BodyType, EmailType};
use serde_json::Value;

use crate::email::{attachments_of, draft, libraries, names_of, snapshot};
use crate::incoming::body;
use crate::raw;
use crate::schema;
use crate::server::{Server, command, copy, eventually};
use crate::sql;

/// What a version wrote.
struct Written {
    folder: PathBuf,
    /// What the ids and the secrets are, by their names.
    facts: Value,
}

impl Written {
    fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().expect("a fact")
    }

    /// As a data folder.
    fn restore(&self, data: &Path) {
        fs::create_dir_all(data).expect("a folder");
        sql::load(data, &self.folder.join("attache.sql"));
        for name in ["blobs", "sent"] {
            if self.folder.join(name).exists() {
                copy(&self.folder.join(name), &data.join(name));
            }
        }
        // A session lives as long as it is heard of.
        sql::run(
            data,
            "UPDATE sessions SET seen_at = 1000 * unixepoch(), created_at = 1000 * unixepoch()",
        );
    }
}

fn all_written() -> Vec<Written> {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/upgrade");
    let entries = fs::read_dir(parent).expect("a folder");
    let folders = entries.map(|entry| entry.expect("an entry").path());
    let written: Vec<Written> = folders
        .filter(|folder| folder.is_dir())
        .map(|folder| {
            let facts = fs::read(folder.join("facts.json")).expect("the facts");
            let facts = serde_json::from_slice(&facts).expect("JSON");
            Written { folder, facts }
        })
        .collect();
    assert!(
        !written.is_empty(),
        "there is an installation of the first version"
    );
    written
}

#[tokio::test]
async fn nothing_that_an_earlier_version_wrote_is_lost() {
    for written in all_written() {
        println!("{}", written.folder.display());
        let mut server = Server::empty(None, &[]);
        written.restore(&server.folder());
        server.start().await;
        // Whoever was logged in still is.
        let session = written.fact("session");
        let answer = raw::ask(
            &server.address(),
            &[
                &format!("GET /icws/{session}/status/user-statuses/anna"),
                &format!("Cookie: {}", written.fact("cookie")),
                &format!("ININ-ICWS-CSRF-Token: {}", written.fact("token")),
            ],
            "",
        )
        .await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        assert_eq!(answer.json()["statusId"], "At Lunch");
        // Her libraries, her draft, and its bytes.
        let anna = server.client().log_in("anna", "upgrade").await;
        let anna = anna.expect("the password is the same");
        let names: Vec<String> = libraries(&anna)
            .await
            .into_iter()
            .map(|library| library.name)
            .collect();
        assert_eq!(names, ["anna", "Approved"]);
        let begun = written.fact("begun");
        let message = snapshot(&anna, begun).await;
        let content = message.email_content.expect("its content");
        assert_eq!(content.subject.as_deref(), Some("It was begun"));
        assert_eq!(
            names_of(&anna, begun).await,
            ["Price list 価格.pdf", "own.bin"]
        );
        let mut expected = b"%PDF-1.4 a price list\n".to_vec();
        expected.extend((0..16).flat_map(|_| 0..=255_u8));
        let expected = [expected, b"her own bytes".repeat(100)];
        for (file, expected) in attachments_of(&anna, begun).await.iter().zip(&expected) {
            let got = anna.fetch(&file.download_uri).await.expect("its bytes");
            assert!(got.body == *expected, "{}", file.name);
        }
        // The customer's mail still waits.
        let waiting = written.fact("waiting");
        let told = snapshot(&anna, waiting).await;
        assert_eq!(told.email_type, Some(EmailType::None));
        let text = body(&told, BodyType::Text);
        assert_eq!(text.as_deref().map(str::trim), Some("It is too grün."));
        assert_eq!(names_of(&anna, waiting).await, ["lamp.png"]);
        anna.pick_up(waiting).await.expect("taken");
        // What was sent is not sent again, and all work goes on.
        let before = server.sent().len();
        let item = written.fact("item").parse().expect("an id");
        anna.insert(begun, item, None).await.expect("inserted");
        anna.send_email(begun).await.expect("sent");
        eventually("it arrives", async || server.sent().len() == before + 1).await;
        let fresh = draft(&anna).await;
        assert!(fresh.as_str() > begun, "numbers go on: {fresh}");
    }
}

#[test]
fn an_earlier_schema_becomes_todays() {
    let home = tempfile::tempdir().expect("a folder");
    let make = |data: &Path| {
        fs::create_dir_all(data).expect("a folder");
        let listed = command()
            .args(["user", "list", "--data"])
            .arg(data)
            .output();
        let listed = listed.expect("the binary can be started");
        assert!(listed.status.success(), "{listed:?}");
    };
    let fresh = home.path().join("fresh");
    make(&fresh);
    for (number, written) in all_written().iter().enumerate() {
        let data = home.path().join(number.to_string());
        written.restore(&data);
        make(&data);
        assert_eq!(
            schema::of_sqlite(&data),
            schema::of_sqlite(&fresh),
            "{}",
            written.folder.display()
        );
    }
}
