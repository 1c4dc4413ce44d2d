//! Taking a planned library in, or looking what that would come to.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;

use anyhow::Context;
use desk::response_management::{FileLooks, NewFile};
use desk::{Desk, Refusal, UserId};
use icws::Guid;
use icws::response_management::{Category, Item, ItemType, Library};
use store::{BlobWriter, Written};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{Content, LeftOut, Plan, PlannedFile, too_large, unreadable};

/// How many bytes of a file are read at once.
const CHUNK: usize = 256 << 10;

impl Plan {
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
        for file in std::mem::take(&mut self.files) {
            match write(desk, &file.content, limit, &mut progress).await? {
                Ok(written) => {
                    let new = NewFile {
                        written,
                        file_name: file.file_name.clone(),
                        media_type: mail::names::media_type(&file.file_name),
                    };
                    files.insert(file.key.clone(), new);
                    self.files.push(file);
                }
                Err(reason) => self.lose(file, &reason, &say),
            }
        }
        if let Err(refused) = self.check(strict) {
            for file in files.values() {
                desk.discard(&file.written.place).await;
            }
            return Err(refused);
        }
        self.keep_items_of(&files);
        let done = desk
            .bring_in_library(self.library.clone(), owner, files)
            .await;
        self.changed = done
            .map_err(|refusal| anyhow::anyhow!("{}", describe(&refusal)))
            .context("the library was not changed")?;
        Ok(self)
    }

    /// Reads the files and says in [`Plan::changed`] whether [`Plan::take_in`] would change anything. Nothing is written.
    pub async fn try_out(
        mut self,
        desk: &Desk,
        owner: Option<UserId>,
        strict: bool,
        say: impl Fn(&LeftOut),
    ) -> anyhow::Result<Plan> {
        self.check(strict)?;
        let limit = desk.rules().limits.file;
        let mut files: BTreeMap<String, FileLooks> = BTreeMap::new();
        for file in std::mem::take(&mut self.files) {
            let mut hasher = blake3::Hasher::new();
            match hash(&file.content, limit, &mut hasher).await {
                Ok(()) => {
                    let looks = FileLooks {
                        hash: hasher.finalize().as_bytes().to_vec(),
                        file_name: file.file_name.clone(),
                        media_type: mail::names::media_type(&file.file_name),
                    };
                    files.insert(file.key.clone(), looks);
                    self.files.push(file);
                }
                Err(reason) => self.lose(file, &reason, &say),
            }
        }
        self.check(strict)?;
        self.keep_items_of(&files);
        let is_there = desk
            .has_library(self.library.clone(), owner, files)
            .await
            .map_err(|refusal| anyhow::anyhow!("{}", describe(&refusal)))
            .context("the library would not be changed")?;
        self.changed = !is_there;
        Ok(self)
    }

    /// Leaves a file out that cannot be read after all.
    fn lose(&mut self, file: PlannedFile, reason: &str, say: impl Fn(&LeftOut)) {
        for path in file.paths {
            let left_out = LeftOut::new(path, reason);
            say(&left_out);
            self.left_out.push(left_out);
        }
    }

    /// Takes the items out whose files are not among these.
    fn keep_items_of<T>(&mut self, files: &BTreeMap<String, T>) {
        let keep = |item: &Item| item.kind != ItemType::File || files.contains_key(&item.value);
        prune(&mut self.library, &self.said, &keep);
    }
}

fn describe(refusal: &Refusal) -> String {
    match refusal {
        Refusal::ItemIdTaken(id) => {
            format!("another item, here or in another library, has the id {id}")
        }
        Refusal::Internal(failure) => failure.to_string(),
        other => format!("{other:?}"),
    }
}

/// Takes items out of a library, and the categories that are empty then, except those of which something is said.
pub fn prune(library: &mut Library, said: &HashSet<Guid>, keep: &dyn Fn(&Item) -> bool) {
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
            let mut file = match File::open(path).await {
                Ok(file) => file,
                Err(error) => return Ok(Err(unreadable(&error))),
            };
            if let Err(reason) = copy(&mut file, &mut blob, limit, progress).await? {
                return Ok(Err(reason));
            }
        }
        Content::Folder(_) => return Ok(Err("it is a folder".to_owned())),
    }
    Ok(Ok(blob.finish().await?))
}

async fn copy(
    file: &mut File,
    blob: &mut BlobWriter,
    limit: u64,
    progress: &mut impl FnMut(u64),
) -> anyhow::Result<Result<(), String>> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = match file.read(&mut buffer).await {
            Ok(0) => return Ok(Ok(())),
            Ok(count) => count,
            Err(error) => return Ok(Err(unreadable(&error))),
        };
        blob.write(&buffer[..count]).await?;
        if blob.size() > limit {
            return Ok(Err(too_large("file", limit)));
        }
        progress(count as u64);
    }
}

/// Reads a file as [`write`] does, for its hash alone.
async fn hash(content: &Content, limit: u64, hasher: &mut blake3::Hasher) -> Result<(), String> {
    let path = match content {
        Content::Bytes(bytes) => {
            hasher.update(bytes);
            return Ok(());
        }
        Content::File(path, _) => path,
        Content::Folder(_) => return Err("it is a folder".to_owned()),
    };
    let mut file = File::open(path).await.map_err(|error| unreadable(&error))?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = file.read(&mut buffer).await;
        let count = read.map_err(|error| unreadable(&error))?;
        if count == 0 {
            return Ok(());
        }
        hasher.update(&buffer[..count]);
        if hasher.count() > limit {
            return Err(too_large("file", limit));
        }
    }
}

impl PlannedFile {
    /// Whether it can be read, and has the same in it as another.
    pub fn has_same_bytes(&self, other: &Content) -> bool {
        let hash = |content: &Content| -> Option<blake3::Hash> {
            match content {
                Content::Bytes(bytes) => Some(blake3::hash(bytes)),
                Content::File(path, _) => {
                    let mut hasher = blake3::Hasher::new();
                    io::copy(&mut fs::File::open(path).ok()?, &mut hasher).ok()?;
                    Some(hasher.finalize())
                }
                Content::Folder(_) => None,
            }
        };
        if self.content.size() != other.size() {
            return false;
        }
        let own = self.hash.get_or_init(|| hash(&self.content));
        own.is_some() && *own == hash(other)
    }
}
