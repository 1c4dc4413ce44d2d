//! Folder trees become response libraries: folders are categories, `.txt` and `.html` files texts, `.url` files links, everything else files.
//!
//! [`scan`] reads a folder, [`plan`] makes a library of it without changing anything, [`Plan::take_in`] writes the files and puts the library
//! in its place, and [`Plan::try_out`] only looks what that would come to. What cannot be taken is left out, and each such thing is said with
//! its reason. What an export writes (`crate::export`) is such a folder.

pub mod about;
pub(crate) mod plan;
mod scan;
mod take;
pub(crate) mod texts;
pub mod xml;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use icws::Guid;
use icws::response_management::{Category, Item, ItemType, Library};

pub use about::About;
pub use plan::{Kind, plan};
pub use scan::scan;

/// Something in a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name, with its extension.
    pub name: String,
    /// What it is.
    pub content: Content,
    /// What is said of it beside it.
    pub about: About,
}

impl Entry {
    /// Something of which nothing is said.
    pub fn new(name: impl Into<String>, content: Content) -> Self {
        Self {
            name: name.into(),
            content,
            about: About::default(),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Scanned {
    /// What is at the top.
    pub entries: Vec<Entry>,
    /// What is said of the library.
    pub about: About,
    /// What was not taken.
    pub left_out: Vec<LeftOut>,
}

/// What something in a folder is.
#[derive(Debug, Clone)]
pub enum Content {
    /// A folder.
    Folder(Vec<Entry>),
    /// A file on disk, and its size when it was looked at.
    File(PathBuf, u64),
    /// A file that is held in memory.
    Bytes(Cow<'static, [u8]>),
}

/// Something that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it is, from the folder on.
    pub path: String,
    /// Why it was not taken.
    pub reason: String,
}

impl LeftOut {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names come from a file system or a document, where they may hold anything.
        let plain = |text: &str| text.replace(char::is_control, "\u{FFFD}");
        write!(f, "{}: {}", plain(&self.path), plain(&self.reason))
    }
}

/// A library as it will be, and the files that have to be written for it.
#[derive(Debug)]
pub struct Plan {
    /// The library.
    pub library: Library,
    /// Its files, which are not written yet.
    files: Vec<PlannedFile>,
    /// Categories of which something is said: they stay, also where there is nothing in them.
    said: HashSet<Guid>,
    /// What was left out so far.
    pub left_out: Vec<LeftOut>,
    /// Why the library cannot be made at all.
    pub problem: Option<String>,
    /// Whether it is another than what was there before, once it was taken in.
    pub changed: bool,
}

#[derive(Debug)]
struct PlannedFile {
    /// The `value` of its item.
    key: String,
    /// Where it is, of each item that has it.
    paths: Vec<String>,
    file_name: String,
    content: Content,
    /// Of what is in it, once it was compared with another; nothing where it could not be read.
    hash: OnceLock<Option<blake3::Hash>>,
}

/// What a library holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Categories, however deep.
    pub categories: u64,
    /// Texts.
    pub texts: u64,
    /// Links.
    pub links: u64,
    /// Files.
    pub files: u64,
}

impl Plan {
    /// What the library holds.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        count_items(self.library.items.as_deref(), &mut counts);
        count_categories(self.library.categories.as_deref(), &mut counts);
        counts
    }

    /// What the files come to, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.content.size()).sum()
    }
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Content::Folder(_) => 0,
            Content::File(_, size) => *size,
            Content::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

fn count_items(items: Option<&[Item]>, counts: &mut Counts) {
    for item in items.unwrap_or_default() {
        match item.kind {
            ItemType::Text => counts.texts += 1,
            ItemType::Url => counts.links += 1,
            ItemType::File => counts.files += 1,
        }
    }
}

fn count_categories(categories: Option<&[Category]>, counts: &mut Counts) {
    for category in categories.unwrap_or_default() {
        counts.categories += 1;
        count_items(category.items.as_deref(), counts);
        count_categories(category.categories.as_deref(), counts);
    }
}

fn too_large(what: &str, limit: u64) -> String {
    format!(
        "it is larger than a {what} may be ({})",
        indicatif::BinaryBytes(limit)
    )
}

fn unreadable(error: &std::io::Error) -> String {
    format!("it cannot be read: {error}")
}
