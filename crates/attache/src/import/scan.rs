//! Reading a folder tree. Nothing is followed out of it: symbolic links are left out wherever they lead.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::about::{self, OF_CATEGORY, OF_LIBRARY, SUFFIX};
use super::{About, Content, Entry, LeftOut, Scanned, texts, too_large, unreadable};

/// Files that desktops leave behind.
const LITTER: [&str; 2] = ["desktop.ini", "thumbs.db"];

/// Reads a folder, down to `depth` folders inside each other, with what TOML files say of what they stand beside.
///
/// # Errors
/// If the folder itself cannot be read, or is an export of a version that is not known; what is in it and cannot be read is left out.
pub fn scan(folder: &Path, depth: u64) -> Result<Scanned, String> {
    let mut scanner = Scanner {
        of_library: None,
        most: about::MOST,
        left_out: Vec::new(),
    };
    let about = scanner.library(folder)?;
    let top = scanner
        .folder(folder, "", depth)
        .map_err(|error| unreadable(&error))?;
    Ok(Scanned {
        entries: top.entries,
        about,
        left_out: scanner.left_out,
    })
}

struct Scanner {
    /// The file that says something of the library.
    of_library: Option<PathBuf>,
    /// The largest file that says something of others, in bytes.
    most: u64,
    left_out: Vec<LeftOut>,
}

/// What is in a folder.
struct Scan {
    entries: Vec<Entry>,
    /// What is said of the folder.
    about: About,
}

impl Scanner {
    /// Reads what is said of the library.
    fn library(&mut self, folder: &Path) -> Result<About, String> {
        let mut paths = Vec::new();
        for found in fs::read_dir(folder).map_err(|error| unreadable(&error))? {
            let found = found.map_err(|error| unreadable(&error))?;
            let is_it = found.file_name().eq_ignore_ascii_case(OF_LIBRARY)
                && found.metadata().is_ok_and(|metadata| metadata.is_file());
            if is_it {
                paths.push(found.path());
            }
        }
        paths.sort_by_key(|path| !path.ends_with(OF_LIBRARY));
        let Some(path) = paths.into_iter().next() else {
            return Ok(About::default());
        };
        let content = Content::File(path.clone(), 0);
        self.of_library = Some(path);
        let text = match texts::read_text(&content, about::MOST_OF_EXPORT) {
            Ok(text) => text,
            Err(reason) => {
                self.leave_out(OF_LIBRARY, reason);
                return Ok(About::default());
            }
        };
        if about::is_export(&text)? {
            self.most = about::MOST_OF_EXPORT;
        }
        let read = if text.len() as u64 > self.most {
            Err(too_large("text", self.most))
        } else {
            About::parse(&text)
        };
        Ok(read.unwrap_or_else(|reason| {
            self.leave_out(OF_LIBRARY, reason);
            About::default()
        }))
    }

    fn folder(&mut self, folder: &Path, above: &str, depth: u64) -> io::Result<Scan> {
        let (mut entries, mut not_taken) = (Vec::new(), HashSet::new());
        for found in fs::read_dir(folder)? {
            let found = found?;
            if self.of_library.as_deref() == Some(&found.path()) {
                continue;
            }
            let name = found.file_name().to_string_lossy().into_owned();
            let shown = format!("{above}{name}");
            match self.entry(&found, &shown, depth) {
                Ok(entry) => entries.push(entry),
                Err(reason) => {
                    self.leave_out(shown, reason);
                    not_taken.insert(name);
                }
            }
        }
        Ok(self.attach(entries, &not_taken, above))
    }

    fn entry(&mut self, found: &DirEntry, shown: &str, depth: u64) -> Result<Entry, String> {
        let name = found
            .file_name()
            .into_string()
            .map_err(|_| "its name is not UTF-8")?;
        if name.starts_with('.') || LITTER.contains(&name.to_lowercase().as_str()) {
            return Err("it is hidden".into());
        }
        if name.chars().any(char::is_control) {
            return Err("its name has control characters".into());
        }
        // Of the entry itself, not of what a link leads to.
        let metadata = found.metadata().map_err(|error| unreadable(&error))?;
        if metadata.is_symlink() {
            return Err("it is a symbolic link; links are not followed".into());
        }
        if metadata.is_file() {
            return Ok(Entry::new(
                name,
                Content::File(found.path(), metadata.len()),
            ));
        }
        if !metadata.is_dir() {
            return Err("it is neither a file nor a folder".into());
        }
        if depth == 0 {
            return Err("it lies deeper than categories may be nested".into());
        }
        let scan = self
            .folder(&found.path(), &format!("{shown}/"), depth - 1)
            .map_err(|error| unreadable(&error))?;
        Ok(Entry {
            name,
            content: Content::Folder(scan.entries),
            about: scan.about,
        })
    }

    /// Takes out of a folder what says something of the folder or of other things in it, and has these know it. What says something of
    /// nothing that is there is a thing itself.
    fn attach(&mut self, all: Vec<Entry>, not_taken: &HashSet<String>, above: &str) -> Scan {
        let names: HashSet<String> = all.iter().map(|entry| entry.name.clone()).collect();
        let (mut entries, mut says) = (Vec::new(), BTreeMap::new());
        let mut of_folder = None;
        let (mut sayings, things): (Vec<Entry>, Vec<Entry>) = all.into_iter().partition(|entry| {
            let is_folder = matches!(entry.content, Content::Folder(_));
            !is_folder && stem(&entry.name).is_some()
        });
        entries.extend(things);
        // Of several that differ in case alone, the one that is written as it should be.
        sayings.sort_by_key(|entry| (!entry.name.ends_with(SUFFIX), entry.name.clone()));
        for entry in sayings {
            let shown = format!("{above}{}", entry.name);
            let is_top = above.is_empty();
            let stem = stem(&entry.name).unwrap_or_default();
            if entry.name.eq_ignore_ascii_case(OF_CATEGORY) {
                if is_top {
                    self.leave_out(shown, "of the library as a whole, library.toml says it");
                } else if of_folder.is_some() {
                    self.leave_out(shown, "another file says something of the same");
                } else {
                    of_folder = Some(self.about(&entry, shown));
                }
            } else if entry.name.eq_ignore_ascii_case(OF_LIBRARY) {
                let reason = if is_top {
                    "another file says something of the same"
                } else {
                    "of a folder in the library, category.toml says it"
                };
                self.leave_out(shown, reason);
            } else if not_taken.contains(stem) {
                // It was said already of what it stands beside.
            } else if !names.contains(stem) {
                entries.push(entry);
            } else if says.contains_key(stem) {
                self.leave_out(shown, "another file says something of the same");
            } else {
                let about = self.about(&entry, shown.clone());
                says.insert(stem.to_owned(), (shown, about));
            }
        }
        for entry in &mut entries {
            if let Some((shown, about)) = says.remove(&entry.name) {
                if entry.about.is_empty() {
                    entry.about = about;
                } else {
                    self.leave_out(shown, "category.toml in the folder says it");
                }
            }
        }
        for (shown, _) in says.into_values() {
            self.leave_out(shown, "it stands beside what says something itself");
        }
        Scan {
            entries,
            about: of_folder.unwrap_or_default(),
        }
    }

    /// Reads what a file says of something.
    fn about(&mut self, entry: &Entry, shown: String) -> About {
        let read = texts::read_text(&entry.content, self.most);
        read.and_then(|text| About::parse(&text))
            .unwrap_or_else(|reason| {
                self.leave_out(shown, reason);
                About::default()
            })
    }

    fn leave_out(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        self.left_out.push(LeftOut::new(path, reason));
    }
}

/// What something is said of by the file of this name.
fn stem(name: &str) -> Option<&str> {
    let (stem, suffix) = name.split_at_checked(name.len().checked_sub(SUFFIX.len())?)?;
    suffix.eq_ignore_ascii_case(SUFFIX).then_some(stem)
}
