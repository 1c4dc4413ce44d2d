//! Folder trees become response libraries: folders are categories, `.txt` and `.html` files texts, `.url` files links, everything else files.
//!
//! [`scan`] reads a folder, [`plan`] makes a library of it without changing anything, [`Plan::take_in`] writes the files and puts the library
//! in its place. What cannot be taken is left out, and each such thing is said with its reason.

pub mod about;
pub(crate) mod plan;
mod scan;
mod texts;
pub mod xml;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use anyhow::Context;
use desk::response_management::NewFile;
use desk::{Desk, UserId};
use icws::Guid;
use icws::response_management::{Category, Item, ItemType, Library};
use store::{BlobWriter, Written};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

pub use about::About;
pub use plan::{Kind, plan};
pub use scan::scan;

/// How many bytes of a file are read at once.
const CHUNK: usize = 256 << 10;

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
    path: String,
    file_name: String,
    content: Content,
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

    /// Whether the library will be made. With `strict` it will not if anything was left out.
    pub fn check(&self, strict: bool) -> anyhow::Result<()> {
        if let Some(problem) = &self.problem {
            anyhow::bail!("the library was not changed: {problem}");
        }
        let left_out = self.left_out.len();
        anyhow::ensure!(
            !strict || left_out == 0,
            "the library was not changed: {left_out} things could not be taken (--strict)"
        );
        Ok(())
    }

    /// Writes the files and puts the library in the place of what was there under its id. Files that cannot be read after all are left
    /// out, unless `strict` is asked for. `progress` is told of each part that was written, in bytes, and `say` of what is left out.
    pub async fn take_in(
        mut self,
        desk: &Desk,
        owner: Option<UserId>,
        strict: bool,
        mut progress: impl FnMut(u64),
        say: impl Fn(&LeftOut),
    ) -> anyhow::Result<Plan> {
        self.check(strict)?;
        let limit = desk.rules().limits.file;
        let mut files: BTreeMap<String, NewFile> = BTreeMap::new();
        let mut kept = Vec::new();
        for file in std::mem::take(&mut self.files) {
            match write(desk, &file.content, limit, &mut progress).await? {
                Ok(written) => {
                    let media_type = mail::names::media_type(&file.file_name);
                    let new = NewFile {
                        written,
                        file_name: file.file_name.clone(),
                        media_type,
                    };
                    files.insert(file.key.clone(), new);
                    kept.push(file);
                }
                Err(reason) => {
                    let left_out = LeftOut::new(file.path, reason);
                    say(&left_out);
                    self.left_out.push(left_out);
                }
            }
        }
        self.files = kept;
        if let Err(refused) = self.check(strict) {
            for file in files.values() {
                desk.discard(&file.written.place).await;
            }
            return Err(refused);
        }
        let keep = |item: &Item| item.kind != ItemType::File || files.contains_key(&item.value);
        prune(&mut self.library, &self.said, &keep);
        let done = desk
            .bring_in_library(self.library.clone(), owner, files)
            .await;
        self.changed = done
            .map_err(|refusal| anyhow::anyhow!("{}", describe(&refusal)))
            .context("the library was not changed")?;
        Ok(self)
    }
}

fn describe(refusal: &desk::Refusal) -> String {
    match refusal {
        desk::Refusal::ItemIdTaken(id) => format!("another library has an item with the id {id}"),
        desk::Refusal::Internal(failure) => failure.to_string(),
        other => format!("{other:?}"),
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

/// Takes items out of a library, and the categories that are empty then, except those of which something is said.
fn prune(library: &mut Library, said: &HashSet<Guid>, keep: &dyn Fn(&Item) -> bool) {
    prune_items(&mut library.items, keep);
    prune_categories(&mut library.categories, said, keep);
}

fn prune_items(items: &mut Option<Vec<Item>>, keep: &dyn Fn(&Item) -> bool) {
    if let Some(all) = items {
        all.retain(keep);
    }
    items.take_if(|all| all.is_empty());
}

fn prune_categories(
    categories: &mut Option<Vec<Category>>,
    said: &HashSet<Guid>,
    keep: &dyn Fn(&Item) -> bool,
) {
    if let Some(all) = categories {
        all.retain_mut(|category| {
            prune_items(&mut category.items, keep);
            prune_categories(&mut category.categories, said, keep);
            let is_empty = category.items.is_none() && category.categories.is_none();
            !is_empty || said.contains(&category.id)
        });
    }
    categories.take_if(|all| all.is_empty());
}

/// Writes a file to the blob store. The inner error is a reason to leave the file out; the outer one is the store's own.
async fn write(
    desk: &Desk,
    content: &Content,
    limit: u64,
    progress: &mut impl FnMut(u64),
) -> anyhow::Result<Result<Written, String>> {
    let mut blob = desk.blobs().begin().await?;
    match content {
        Content::Bytes(bytes) => {
            blob.write(bytes).await?;
            progress(bytes.len() as u64);
        }
        Content::File(path, _) => {
            let file = match File::open(path).await {
                Ok(file) => file,
                Err(error) => return Ok(Err(format!("it cannot be read: {error}"))),
            };
            if let Err(reason) = copy(file, &mut blob, limit, progress).await? {
                return Ok(Err(reason));
            }
        }
        Content::Folder(_) => return Ok(Err("it is a folder".to_owned())),
    }
    Ok(Ok(blob.finish().await?))
}

async fn copy(
    mut file: File,
    blob: &mut BlobWriter,
    limit: u64,
    progress: &mut impl FnMut(u64),
) -> anyhow::Result<Result<(), String>> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = match file.read(&mut buffer).await {
            Ok(0) => return Ok(Ok(())),
            Ok(count) => count,
            Err(error) => return Ok(Err(format!("it cannot be read: {error}"))),
        };
        blob.write(&buffer[..count]).await?;
        if blob.size() > limit {
            return Ok(Err(too_large("file", limit)));
        }
        progress(count as u64);
    }
}

fn too_large(what: &str, limit: u64) -> String {
    format!(
        "it is larger than a {what} may be ({})",
        indicatif::BinaryBytes(limit)
    )
}
