//! Writes a message to a file and has Python read it.

use std::{io, path::Path, process::Command};

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use mail::{addresses::Address, compose::Message};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

/// A message on disk, as Python reads it.
pub struct Read {
    folder: TempDir,
    pub found: Value,
}

impl Read {
    pub fn leaves(&self) -> &[Value] {
        self.found["leaves"].as_array().expect("leaves")
    }

    pub fn bytes(&self, leaf: usize) -> Vec<u8> {
        match std::fs::read(self.folder.path().join(leaf.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            bytes => bytes.expect("a leaf"),
        }
    }

    pub fn text(&self, leaf: usize) -> String {
        String::from_utf8(self.bytes(leaf)).expect("UTF-8")
    }
}

/// Writes a message, holds its size against the promise, and has it read.
pub async fn read(message: &Message, contents: impl Fn(usize) -> Vec<u8>) -> Read {
    read_in_pieces(message, |part| {
        stream::iter(vec![Ok(Bytes::from(contents(part)))])
    })
    .await
}

pub async fn read_in_pieces<Source>(message: &Message, open: impl Fn(usize) -> Source) -> Read
where
    Source: stream::Stream<Item = io::Result<Bytes>>,
{
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("message.eml");
    let layout = message.layout().expect("a message that can be written");
    let size = layout.size();
    let mut file = tokio::fs::File::create(&path).await.expect("a file");
    let mut stream = std::pin::pin!(layout.stream(|part| std::future::ready(Ok(open(part)))));
    while let Some(bytes) = stream
        .try_next()
        .await
        .expect("parts of their declared sizes")
    {
        file.write_all(&bytes).await.expect("room on the disk");
    }
    file.flush().await.expect("room on the disk");
    assert_eq!(file.metadata().await.expect("a file").len(), size);
    let found = run_reader(&path, folder.path());
    assert_eq!(found["defects"], json!([]));
    assert_eq!(found["headerDefects"], json!([]));
    assert_eq!(found["bareLineEnds"], 0);
    assert!(found["longest"].as_u64().expect("a number") <= 998);
    assert_eq!(found["addresses"]["Bcc"], Value::Null);
    Read { folder, found }
}

fn run_reader(message: &Path, folder: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/read_mail.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(message)
        .arg(folder)
        .output()
        .expect("python3 can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

pub fn message() -> Message {
    Message {
        message_id: mail::names::message_id("desk.example.com"),
        date: 1_790_000_000_999,
        from: Address::new("Support", "support@example.com"),
        to: vec![Address::new("Anna", "anna@example.com")],
        ..Message::default()
    }
}
