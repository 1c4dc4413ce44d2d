//! Response libraries become folder trees, which an import reads back to the same: categories are folders, texts `.html` or `.txt` files, links
//! `.url` files, files themselves. What a file's name and place do not say stands in a TOML file beside it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use desk::Desk;
use desk::response_management::Kept;
use futures_util::StreamExt;
use icws::response_management::{Category, Item, ItemType};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::import::LeftOut;
use crate::import::about::{About, AboutType, OF_CATEGORY, OF_LIBRARY, SUFFIX};
use crate::import::plan::{derived_id, kind_of};

/// The longest name of a file or a folder, in bytes; room is left for what is put behind it.
const LONGEST_NAME: usize = 200;

/// Something to be written.
enum Step {
    Folder(PathBuf),
    Text(PathBuf, String),
    /// The file of an item, by its key.
    File(PathBuf, String),
}

/// Writes a library to a folder, which must not be there yet or be empty. Gives what could not be written.
///
/// # Errors
/// If the folder has something in it or cannot be written to. What was written stays.
pub async fn export(desk: &Desk, kept: &Kept, folder: &Path) -> anyhow::Result<Vec<LeftOut>> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let is_empty = fs::read_dir(folder)?.next().is_none();
    anyhow::ensure!(is_empty, "{} is not empty", folder.display());
    let mut writer = Writer {
        library: kept.library.id.uuid(),
        steps: Vec::new(),
        file_names: kept
            .files
            .iter()
            .map(|(key, file)| (key.clone(), file.file_name.clone()))
            .collect(),
    };
    let library = &kept.library;
    let mut about = About {
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
            Step::File(path, key) => {
                if let Err(reason) = write_file(desk, kept, &path, &key).await? {
                    let _ = fs::remove_file(&path);
                    let shown = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
                    left_out.push(LeftOut {
                        path: shown.into_owned(),
                        reason,
                    });
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
        let mut taken = HashSet::new();
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for category in categories {
            let name = free_name(&category.name, "", &mut taken);
            let path = folder.join(&name);
            self.steps.push(Step::Folder(path.clone()));
            let inner = format!("{above}{name}/");
            let mut about = About {
                id: self.id_if_other(category.id.uuid(), &inner),
                name: (category.name != name).then(|| category.name.clone()),
                ..About::default()
            };
            about.order = self.folder(
                &path,
                &inner,
                category.categories.as_deref().unwrap_or_default(),
                category.items.as_deref().unwrap_or_default(),
            )?;
            self.say(&about, path.join(OF_CATEGORY))?;
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
        taken: &mut HashSet<String>,
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
        let name = free_name(name, end, taken);
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
            ..About::default()
        };
        let path = folder.join(&name);
        self.steps.push(match item.kind {
            ItemType::File => Step::File(path, item.value.clone()),
            ItemType::Text | ItemType::Url => Step::Text(path, item.value.clone()),
        });
        self.say(&about, folder.join(format!("{name}{SUFFIX}")))?;
        Ok(name)
    }

    fn say(&mut self, about: &About, path: PathBuf) -> anyhow::Result<()> {
        if !about.is_empty() {
            self.steps.push(Step::Text(path, toml::to_string(about)?));
        }
        Ok(())
    }

    /// The id, where an import would not find it by itself.
    fn id_if_other(&self, id: Uuid, path: &str) -> Option<Uuid> {
        (derived_id(self.library, path) != id).then_some(id)
    }
}

/// A name for a file or a folder that every system can have, that an import takes, and that nothing beside it has, whatever the case.
fn free_name(name: &str, end: &str, taken: &mut HashSet<String>) -> String {
    let clean = mail::names::clean_file_name(name, LONGEST_NAME);
    let visible = clean.trim_start_matches('.');
    let visible = if visible.is_empty() {
        "unnamed"
    } else {
        visible
    };
    let (stem, extension) = match visible.rsplit_once('.') {
        // The name of a file has its ending already.
        Some((stem, extension)) if end.is_empty() && !stem.is_empty() => {
            (stem, format!(".{extension}"))
        }
        _ => (visible, end.to_owned()),
    };
    let mut number = 1;
    loop {
        let name = match number {
            1 => format!("{stem}{extension}"),
            number => format!("{stem} ({number}){extension}"),
        };
        let folded = name.to_lowercase();
        let reserved =
            [OF_LIBRARY, OF_CATEGORY, "desktop.ini", "thumbs.db"].contains(&folded.as_str());
        let beside = format!("{folded}{SUFFIX}");
        if !reserved && !taken.contains(&folded) && !taken.contains(&beside) {
            taken.insert(folded);
            // What would say something of it must not be something itself.
            taken.insert(beside);
            return name;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ones_that_files_can_have_and_do_not_meet() {
        let mut taken = HashSet::new();
        let mut name = |name: &str, end: &str| free_name(name, end, &mut taken);
        assert_eq!(name("Greeting", ".txt"), "Greeting.txt");
        assert_eq!(name("GREETING", ".txt"), "GREETING (2).txt");
        assert_eq!(name("a/b: c?", ".html").matches(['/', ':', '?']).count(), 0);
        assert_eq!(name("Prices.pdf", ""), "Prices.pdf");
        assert_eq!(name("prices.pdf", ""), "prices (2).pdf");
        assert_eq!(name("Prices.pdf.toml", ""), "Prices.pdf (2).toml");
        assert_eq!(name(".hidden", ".txt"), "hidden.txt");
        assert_eq!(name("category.toml", ""), "category (2).toml");
    }
}
