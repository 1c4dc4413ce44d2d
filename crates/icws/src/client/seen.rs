//! A record of what was seen, for a suite of tests to prove at its end that it met every status and representation.
//!
//! Each process appends to a file of its own in the folder that `ATTACHE_SEEN` names: one line for each kind of answer,
//! written once, `METHOD template status urn,urn,…`, separated by spaces (a template has none).

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use crate::operations::Operation;

/// The environment variable that names the folder.
pub const FOLDER_VARIABLE: &str = "ATTACHE_SEEN";

/// One kind of answer that was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path template of the operation; for a library's document, which is none, [`LIBRARY_DOCUMENT`].
    pub template: String,
    /// The HTTP status.
    pub status: u16,
    /// The representations in it, at every depth.
    pub urns: BTreeSet<String>,
}

/// Stands for the path of a library's document, which the contract leaves open.
pub const LIBRARY_DOCUMENT: &str = "{responseManagementLibraryFile.url}";

impl Seen {
    pub(super) fn new(operation: &Operation, status: u16, urns: BTreeSet<&'static str>) -> Self {
        let urns = urns.into_iter().map(str::to_owned).collect();
        Self {
            method: operation.method.to_owned(),
            template: operation.path.to_owned(),
            status,
            urns,
        }
    }

    fn line(&self) -> String {
        let urns: Vec<_> = self.urns.iter().map(String::as_str).collect();
        format!(
            "{} {} {} {}\n",
            self.method,
            self.template,
            self.status,
            urns.join(",")
        )
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (method, template) = (words.next()?.to_owned(), words.next()?.to_owned());
        let status = words.next()?.parse().ok()?;
        let urns = words
            .next()?
            .split(',')
            .filter(|urn| !urn.is_empty())
            .map(str::to_owned)
            .collect();
        Some(Self {
            method,
            template,
            status,
            urns,
        })
    }
}

/// Reads what all processes recorded in a folder.
pub fn read(folder: &Path) -> io::Result<BTreeSet<Seen>> {
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let text = fs::read_to_string(entry?.path())?;
        for line in text.lines() {
            let bad = || {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("no line of a record: {line}"),
                )
            };
            seen.insert(Seen::from_line(line).ok_or_else(bad)?);
        }
    }
    Ok(seen)
}

/// Writes a record, if there is a folder for it.
#[derive(Debug)]
pub(super) struct Recorder {
    folder: Option<PathBuf>,
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    file: Option<File>,
    lines: HashSet<String>,
}

impl Recorder {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            written: Mutex::default(),
        }
    }

    /// The recorder of this process, as the environment says. The tests of this crate answer themselves, which is not to be recorded.
    pub(super) fn of_process() -> Arc<Self> {
        static RECORDER: OnceLock<Arc<Recorder>> = OnceLock::new();
        let make = || {
            let folder = std::env::var_os(FOLDER_VARIABLE).filter(|_| !cfg!(test));
            Arc::new(Self::new(folder.map(PathBuf::from)))
        };
        RECORDER.get_or_init(make).clone()
    }

    /// Appends what was seen, in one write, unless this process has already.
    ///
    /// # Panics
    /// If the record cannot be written: a suite must not believe that it saw less than it did.
    pub(super) fn record(&self, seen: &Seen) {
        let Some(folder) = &self.folder else { return };
        let line = seen.line();
        let mut written = self
            .written
            .lock()
            .expect("no holder of this lock panics between its changes");
        if written.lines.contains(&line) {
            return;
        }
        let file = written.file.get_or_insert_with(|| open(folder));
        file.write_all(line.as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        written.lines.insert(line);
    }
}

fn open(folder: &Path) -> File {
    let path = folder.join(format!("{}.txt", std::process::id()));
    let made = fs::create_dir_all(folder)
        .and_then(|()| File::options().append(true).create(true).open(&path));
    made.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
