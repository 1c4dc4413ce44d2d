//! Response libraries become folder trees, which an import reads back to the same: categories are folders, texts `.html` or `.txt` files, links
//! `.url` files, files themselves. They have the names that are shown where a file can have them; texts and links hold their value, byte by
//! byte.
//!
//! What a file's name and place do not say stands in TOML files (`import::about`): `NAME.toml` beside an item, `category.toml` in a folder,
//! `library.toml` at the top. They say only what an import would not find by itself:
//!
//! - `export`, in `library.toml`: the version of all this. An import refuses versions that it does not know.
//! - `id`: the library's; of a category or an item where it does not follow from its path.
//! - `name`: where the file or folder has another one. An empty category always has it, so that its folder is taken for one.
//! - `description` of the library; `shortcut` and `keywords` of an item.
//! - `type` of an item, where its file's ending says otherwise.
//! - `order` of a category or the library, where it is not that of the names.
//! - `key` of a file, where it is not the one that its name stands for: names differ on disk that would be the same without case, that are
//!   too long to have something put behind them, or that say something there; and files of personal libraries have keys of the owner's
//!   choice. Two items on one file are written as two files with one key, and are one again as long as both have the same bytes.
//! - `exact` of a text or a link that an import would otherwise change or refuse, for example a link that no customer can open.

mod names;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use desk::Desk;
use desk::response_management::Kept;
use futures_util::StreamExt;
use icws::response_management::{Category, Item, ItemType};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use self::names::Names;
use crate::import::about::{About, AboutType, OF_CATEGORY, OF_LIBRARY, SUFFIX, VERSION};
use crate::import::plan::{derived_id, kind_of};
use crate::import::{Content, Kind, LeftOut, texts};

/// Something to be written.
enum Step {
    Folder(PathBuf),
    Text(PathBuf, String),
    /// The file of an item, by its key, and what is said beside it.
    File(PathBuf, String, Option<String>),
}

/// Writes a library to a folder, which must not be there yet or be empty. Gives what could not be written.
///
/// # Errors
/// If the folder has something in it or cannot be written to. What was written stays.
pub async fn export(
    desk: &Desk,
    kept: &Kept,
    kind: Kind,
    folder: &Path,
) -> anyhow::Result<Vec<LeftOut>> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let is_empty = fs::read_dir(folder)?.next().is_none();
    anyhow::ensure!(is_empty, "{} is not empty", folder.display());
    let mut writer = Writer {
        library: kept.library.id.uuid(),
        kind,
        steps: Vec::new(),
        file_names: kept
            .files
            .iter()
            .map(|(key, file)| (key.clone(), file.file_name.clone()))
            .collect(),
    };
    let library = &kept.library;
    let mut about = About {
        export: Some(VERSION),
        id: Some(library.id.uuid()),
        name: Some(library.name.clone()),
        description: library.description.clone(),
        ..About::default()
    };
    about.order = writer.folder(
        folder,
        "",
        library.categories.as_deref().unwrap_or_default(),
        library.items.as_deref().unwrap_or_default(),
    )?;
    writer.steps.push(Step::Text(
        folder.join(OF_LIBRARY),
        toml::to_string(&about)?,
    ));
    let mut left_out = Vec::new();
    for step in writer.steps {
        match step {
            Step::Folder(path) => fs::create_dir(path)?,
            Step::Text(path, text) => fs::write(path, text)?,
            Step::File(path, key, about) => {
                if let Err(reason) = write_file(desk, kept, &path, &key).await? {
                    let _ = fs::remove_file(&path);
                    let shown = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
                    left_out.push(LeftOut {
                        path: shown.into_owned(),
                        reason,
                    });
                } else if let Some(about) = about {
                    fs::write(beside(&path), about)?;
                }
            }
        }
    }
    Ok(left_out)
}

/// Writes the bytes of a file. The inner error is a reason why they cannot be had.
async fn write_file(
    desk: &Desk,
    kept: &Kept,
    path: &Path,
    key: &str,
) -> anyhow::Result<Result<(), String>> {
    let Some(blob) = kept.files.get(key).map(|file| &file.bytes) else {
        return Ok(Err("no file of this key is kept".into()));
    };
    let mut bytes = match desk.read_bytes(blob, None).await {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Err(format!("its bytes cannot be read: {error}"))),
    };
    let mut file = tokio::fs::File::create(path).await?;
    while let Some(chunk) = bytes.next().await {
        match chunk {
            Ok(chunk) => file.write_all(&chunk).await?,
            Err(error) => return Ok(Err(format!("its bytes cannot be read: {error}"))),
        }
    }
    file.flush().await?;
    Ok(Ok(()))
}

struct Writer {
    library: Uuid,
    kind: Kind,
    steps: Vec<Step>,
    /// What the file of each key is called.
    file_names: BTreeMap<String, String>,
}

impl Writer {
    /// Plans a folder, of which `above` is the path within the library, with a slash at its end. Gives the names in it in their order, if that
    /// is not the one that an import finds by itself.
    fn folder(
        &mut self,
        folder: &Path,
        above: &str,
        categories: &[Category],
        items: &[Item],
    ) -> anyhow::Result<Vec<String>> {
        let mut taken = Names::default();
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for category in categories {
            let name = taken.free(&category.name, "");
            let path = folder.join(&name);
            self.steps.push(Step::Folder(path.clone()));
            let inner = format!("{above}{name}/");
            let mut about = About {
                id: self.id_if_other(category.id.uuid(), &inner),
                name: (category.name != name || is_empty(category)).then(|| category.name.clone()),
                ..About::default()
            };
            about.order = self.folder(
                &path,
                &inner,
                category.categories.as_deref().unwrap_or_default(),
                category.items.as_deref().unwrap_or_default(),
            )?;
            if let Some(about) = written(&about)? {
                self.steps.push(Step::Text(path.join(OF_CATEGORY), about));
            }
            folders.push(name);
        }
        for item in items {
            files.push(self.item(folder, above, item, &mut taken)?);
        }
        let by_name = |names: &[String]| {
            let mut sorted = names.to_vec();
            sorted.sort_by_cached_key(|name| (name.to_lowercase(), name.clone()));
            sorted == names
        };
        if by_name(&folders) && by_name(&files) {
            return Ok(Vec::new());
        }
        folders.append(&mut files);
        Ok(folders)
    }

    fn item(
        &mut self,
        folder: &Path,
        above: &str,
        item: &Item,
        taken: &mut Names,
    ) -> anyhow::Result<String> {
        let (name, end, kind) = match item.kind {
            ItemType::Text if item.value.trim_start().starts_with('<') => {
                (item.name.as_str(), ".html", AboutType::Text)
            }
            ItemType::Text => (item.name.as_str(), ".txt", AboutType::Text),
            ItemType::Url => (item.name.as_str(), ".url", AboutType::Link),
            ItemType::File => {
                let name = self.file_names.get(&item.value);
                (
                    name.map_or(item.name.as_str(), String::as_str),
                    "",
                    AboutType::File,
                )
            }
        };
        let name = taken.free(name, end);
        let (stem, extension) = name
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .unwrap_or((&name, ""));
        let shown = if kind == AboutType::File { &name } else { stem };
        let about = About {
            id: self.id_if_other(item.id.uuid(), &format!("{above}{name}")),
            name: (item.name != shown).then(|| item.name.clone()),
            kind: (kind_of(extension) != kind).then_some(kind),
            shortcut: item.shortcut.clone(),
            keywords: item.keywords.clone(),
            key: (kind == AboutType::File && item.value != self.usual_key(item, &name))
                .then(|| item.value.clone()),
            exact: (!is_read_back(kind, &item.value)).then_some(true),
            ..About::default()
        };
        let (path, about) = (folder.join(&name), written(&about)?);
        if kind == AboutType::File {
            self.steps.push(Step::File(path, item.value.clone(), about));
            return Ok(name);
        }
        if let Some(about) = about {
            self.steps.push(Step::Text(beside(&path), about));
        }
        self.steps.push(Step::Text(path, item.value.clone()));
        Ok(name)
    }

    /// The key that an import gives to a file of this name.
    fn usual_key(&self, item: &Item, name: &str) -> String {
        match self.kind {
            Kind::System => format!("{}/{name}", item.id),
            Kind::Personal => name.to_owned(),
        }
    }

    /// The id, where an import would not find it by itself.
    fn id_if_other(&self, id: Uuid, path: &str) -> Option<Uuid> {
        (derived_id(self.library, path) != id).then_some(id)
    }
}

fn is_empty(category: &Category) -> bool {
    let categories = category.categories.as_deref().unwrap_or_default();
    let items = category.items.as_deref().unwrap_or_default();
    categories.is_empty() && items.is_empty()
}

/// What stands beside a file, if there is something to say.
fn written(about: &About) -> anyhow::Result<Option<String>> {
    if about.is_empty() {
        return Ok(None);
    }
    Ok(Some(toml::to_string(about)?))
}

fn beside(path: &Path) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(SUFFIX);
    path.into()
}

/// Whether an import finds this value in a file that holds it.
fn is_read_back(kind: AboutType, value: &str) -> bool {
    let content = Content::Bytes(Cow::Owned(value.as_bytes().to_vec()));
    let read = match kind {
        AboutType::Text => texts::read_text(&content, u64::MAX - 1),
        AboutType::Link => texts::read_link(&content, u64::MAX - 1),
        AboutType::File => return true,
    };
    read.is_ok_and(|read| read == value)
}
