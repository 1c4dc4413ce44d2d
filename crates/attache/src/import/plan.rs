//! What a folder tree will be as a library.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use desk::Limits;
use icws::Guid;
use icws::response_management::{Category, Item, ItemType, Library};
use uuid::Uuid;

use super::about::{About, AboutType, OF_CATEGORY, OF_LIBRARY, Of, SUFFIX};
use super::take::prune;
use super::{Content, Entry, LeftOut, Plan, PlannedFile, Scanned, texts, too_large};

/// The largest text of a system library, in bytes. Every client that may use the library holds all of its texts.
const SYSTEM_TEXT: u64 = 1 << 20;

/// What kind of library is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A system library. The key of a file is its item's id and its name.
    System,
    /// A user's own, which has limits of its own. The key of a file is its name.
    Personal,
}

/// Plans a library of this id and name. Ids of categories and items follow from the library's id and the path in the folder (UUID version
/// 5), so that they stay when a folder is imported again; where the folder says that it is that library's, they are those that it says.
pub fn plan(id: Uuid, name: &str, kind: Kind, scanned: Scanned, limits: &Limits) -> Plan {
    let Scanned {
        entries,
        mut about,
        left_out,
    } = scanned;
    let mut planner = Planner {
        library: id,
        says_ids: about.id == Some(id),
        kind,
        limits,
        keys: HashMap::new(),
        files: Vec::new(),
        said: HashSet::new(),
        left_out,
    };
    planner.keep_what_is_of(Of::Library, &mut about, OF_LIBRARY);
    let (categories, items) = planner.folder(entries, &about, "", limits.library_depth);
    let mut library = Library {
        id: Guid::from(id),
        name: name.to_owned(),
        description: about.description,
        categories,
        items,
    };
    let Planner {
        files,
        said,
        mut left_out,
        ..
    } = planner;
    prune(&mut library, &said, &|_| true);
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    let mut plan = Plan {
        library,
        files,
        said,
        left_out,
        problem: None,
        changed: true,
    };
    let counts = plan.counts();
    let items = counts.texts + counts.links + counts.files;
    if kind == Kind::Personal && items > limits.library_items {
        let limit = limits.library_items;
        plan.problem = Some(format!(
            "it would have {items} items; a personal library may have {limit}"
        ));
    }
    plan
}

struct Planner<'a> {
    library: Uuid,
    /// Whether the ids that are said beside things are those of this library.
    says_ids: bool,
    kind: Kind,
    limits: &'a Limits,
    /// Which file has a key.
    keys: HashMap<String, usize>,
    files: Vec<PlannedFile>,
    said: HashSet<Guid>,
    left_out: Vec<LeftOut>,
}

impl Planner<'_> {
    /// The categories and items of a folder. `above` is its path with a slash at the end.
    fn folder(
        &mut self,
        mut entries: Vec<Entry>,
        about: &About,
        above: &str,
        depth: u64,
    ) -> (Option<Vec<Category>>, Option<Vec<Item>>) {
        let places = about.order.iter().enumerate();
        let places: HashMap<&str, usize> = places.map(|(place, name)| (&**name, place)).collect();
        entries.sort_by_cached_key(|entry| {
            let place = places.get(&*entry.name).copied().unwrap_or(usize::MAX);
            (place, entry.name.to_lowercase(), entry.name.clone())
        });
        let (mut categories, mut items) = (Vec::new(), Vec::new());
        for Entry {
            name,
            content,
            mut about,
        } in entries
        {
            let path = format!("{above}{name}");
            match content {
                Content::Folder(_) if depth == 0 => {
                    self.left_out.push(LeftOut::new(
                        path,
                        "it lies deeper than categories may be nested",
                    ));
                }
                Content::Folder(entries) => {
                    let path = path + "/";
                    self.keep_what_is_of(Of::Category, &mut about, &format!("{path}{OF_CATEGORY}"));
                    let id = self.id(&path, &about);
                    if !about.is_empty() {
                        self.said.insert(id);
                    }
                    let (inner, items) = self.folder(entries, &about, &path, depth - 1);
                    categories.push(Category {
                        id,
                        name: about.name.unwrap_or(name),
                        categories: inner,
                        items,
                    });
                }
                content => match self.item(&name, &path, content, about) {
                    Ok(item) => items.push(item),
                    Err(reason) => self.left_out.push(LeftOut::new(path, reason)),
                },
            }
        }
        (Some(categories), Some(items))
    }

    fn item(
        &mut self,
        name: &str,
        path: &str,
        content: Content,
        mut about: About,
    ) -> Result<Item, String> {
        let id = self.id(path, &about);
        let (stem, extension) = name
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .unwrap_or((name, ""));
        let kind = about.kind.unwrap_or_else(|| kind_of(extension));
        let said = format!("{path}{SUFFIX}");
        self.keep_what_is_of(Of::Item(kind), &mut about, &said);
        self.check(&about)?;
        // What a text is called has no ending, unless its file has none either.
        let stem = if kind == kind_of(extension) {
            stem
        } else {
            name
        };
        let (value_limit, exact) = (self.limits.library_value, about.exact == Some(true));
        let (kind, name, value) = match kind {
            AboutType::Text => {
                let limit = self.text_limit();
                let text = if exact {
                    texts::read_exactly(&content, limit)
                } else {
                    texts::read_text(&content, limit)
                };
                (ItemType::Text, stem, text?)
            }
            AboutType::Link if exact => {
                let address = texts::read_exactly(&content, value_limit)?;
                (ItemType::Url, stem, address)
            }
            AboutType::Link => {
                let address = texts::read_link(&content, value_limit)?;
                (ItemType::Url, stem, address)
            }
            AboutType::File => {
                let key = about.key.as_deref().and_then(|key| self.key(key, &said));
                let (key, file_name) = key.unwrap_or_else(|| {
                    let name = mail::names::clean_file_name(name, self.limits.file_name_bytes());
                    (name.clone(), name)
                });
                let key = self.file(id, key, file_name, path, content)?;
                (ItemType::File, name, key)
            }
        };
        Ok(Item {
            id,
            name: about.name.unwrap_or_else(|| name.to_owned()),
            kind,
            shortcut: about.shortcut,
            keywords: about.keywords,
            value,
        })
    }

    /// Leaves out what cannot be said of something, and says so. `said` is where it is said.
    fn keep_what_is_of(&mut self, of: Of, about: &mut About, said: &str) {
        for member in about.keep_what_is_of(of) {
            let reason = format!("`{member}` cannot be said of {of}");
            self.left_out.push(LeftOut::new(said, reason));
        }
    }

    /// Refuses what is said of an item if it is longer than a value may be.
    fn check(&self, about: &About) -> Result<(), String> {
        let limit = self.limits.library_value;
        let keywords = about.keywords.iter().flatten();
        let texts = about.name.iter().chain(&about.shortcut).chain(keywords);
        let longest = texts.map(String::len).max().unwrap_or(0);
        if longest as u64 > limit {
            return Err(too_large("value", limit));
        }
        Ok(())
    }

    /// A key that is said of a file, and the name it ends in: `NAME`, or `ID/NAME` as in system libraries.
    fn key(&mut self, key: &str, said: &str) -> Option<(String, String)> {
        let (above, name) = key.rsplit_once('/').unwrap_or(("", key));
        let is_id = |above: &str| above.parse().is_ok_and(|id: Guid| id.to_string() == above);
        let clean = mail::names::clean_file_name(name, self.limits.file_name_bytes());
        if clean == name && (!key.contains('/') || is_id(above)) {
            return Some((key.to_owned(), clean));
        }
        self.left_out
            .push(LeftOut::new(said, "its `key` is none that a file can have"));
        None
    }

    /// Plans a file and returns its key: in a system library its item's id and its name, in a personal one the key that is wanted, unless
    /// another file has it.
    fn file(
        &mut self,
        id: Guid,
        wanted: String,
        file_name: String,
        path: &str,
        content: Content,
    ) -> Result<String, String> {
        if content.size() > self.limits.file {
            return Err(too_large("file", self.limits.file));
        }
        let of_item = format!("{id}/{file_name}");
        let keys = match self.kind {
            Kind::System => vec![of_item],
            Kind::Personal => vec![wanted, of_item],
        };
        for key in keys {
            let Some(same) = self.keys.get(&key) else {
                self.keys.insert(key.clone(), self.files.len());
                self.files.push(PlannedFile {
                    key: key.clone(),
                    paths: vec![path.to_owned()],
                    file_name,
                    content,
                    hash: OnceLock::new(),
                });
                return Ok(key);
            };
            let same = &mut self.files[*same];
            if same.has_same_bytes(&content) {
                same.paths.push(path.to_owned());
                return Ok(key);
            }
        }
        Err("another file has its key".into())
    }

    fn text_limit(&self) -> u64 {
        match self.kind {
            Kind::System => SYSTEM_TEXT,
            Kind::Personal => self.limits.library_value,
        }
    }

    fn id(&self, path: &str, about: &About) -> Guid {
        let said = about.id.filter(|_| self.says_ids);
        Guid::from(said.unwrap_or_else(|| derived_id(self.library, path)))
    }
}

/// The id that follows from a path.
pub fn derived_id(library: Uuid, path: &str) -> Uuid {
    Uuid::new_v5(&library, path.as_bytes())
}

/// What a file is by its ending.
pub fn kind_of(extension: &str) -> AboutType {
    match extension.to_lowercase().as_str() {
        "txt" | "html" | "htm" => AboutType::Text,
        "url" => AboutType::Link,
        _ => AboutType::File,
    }
}
