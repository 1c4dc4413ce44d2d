//! Sent mail as an independent reader sees it: Python's `email` package, by the script that the crate `mail` is tested with.

use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// A message that was read.
pub struct Eml {
    folder: TempDir,
    /// What the reader found: see the script.
    pub found: Value,
}

/// A part of a message that holds no others.
#[derive(Debug)]
pub struct Leaf {
    /// `inline` or `attachment`, if it says so.
    pub disposition: Option<String>,
    /// Its file name.
    pub name: Option<String>,
    /// Its Content-ID with the angle brackets.
    pub content_id: Option<String>,
    /// Its decoded bytes.
    pub bytes: Vec<u8>,
}

impl Eml {
    /// Reads a file, and holds it to be without a fault: no defects, no line longer than RFC 5322 allows, CRLF alone.
    pub fn read(path: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../mail/tests/python/read_mail.py");
        let output = Command::new("python3")
            .arg(script)
            .arg(path)
            .arg(folder.path())
            .output();
        let output = output.expect("python3 can be run");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(found["defects"], Value::Array(Vec::new()));
        assert_eq!(found["headerDefects"], Value::Array(Vec::new()));
        assert_eq!(found["bareLineEnds"], 0);
        assert!(
            found["longest"]
                .as_u64()
                .is_some_and(|length| length <= 998)
        );
        Self { folder, found }
    }

    /// A header that is text.
    pub fn text(&self, name: &str) -> &str {
        self.found["texts"][name].as_str().unwrap_or_default()
    }

    /// The addresses of a header, as `Name <address>`; none if it is not there.
    pub fn addresses(&self, name: &str) -> Option<Vec<String>> {
        let list = self.found["addresses"][name].as_array()?;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        Some(
            list.iter()
                .map(|pair| format!("{} <{}>", text(&pair[0]), text(&pair[1])))
                .collect(),
        )
    }

    /// The names of the headers, in lower case.
    pub fn headers(&self) -> Vec<String> {
        let names = self.found["names"].as_array().expect("a list").iter();
        names
            .map(|name| name.as_str().expect("text").to_ascii_lowercase())
            .collect()
    }

    /// The parts that hold no others.
    pub fn leaves(&self) -> Vec<Leaf> {
        let leaves = self.found["leaves"]
            .as_array()
            .expect("a list")
            .iter()
            .enumerate();
        leaves
            .map(|(number, leaf)| self.leaf(number, leaf))
            .collect()
    }

    fn leaf(&self, number: usize, leaf: &Value) -> Leaf {
        let text = |name: &str| leaf[name].as_str().map(str::to_owned);
        let bytes = match std::fs::read(self.folder.path().join(number.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            bytes => bytes.expect("the bytes of a leaf"),
        };
        Leaf {
            disposition: text("disposition"),
            name: text("name"),
            content_id: text("contentId"),
            bytes,
        }
    }

    /// The attachments: the leaves that are not the text.
    pub fn attachments(&self) -> Vec<Leaf> {
        let mut leaves = self.leaves();
        leaves.retain(|leaf| leaf.name.is_some());
        leaves
    }
}
