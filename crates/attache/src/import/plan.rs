//! What a folder tree will be as a library.

use std::collections::HashSet;

use desk::Limits;
use icws::Guid;
use icws::response_management::{Category, Item, ItemType, Library};
use uuid::Uuid;

use super::{Content, Entry, LeftOut, Plan, PlannedFile, prune, texts, too_large};

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
/// 5), so that they stay when a folder is imported again.
pub fn plan(
    id: Uuid,
    name: &str,
    kind: Kind,
    entries: Vec<Entry>,
    left_out: Vec<LeftOut>,
    limits: &Limits,
) -> Plan {
    let mut planner = Planner {
        library: id,
        kind,
        limits,
        keys: HashSet::new(),
        files: Vec::new(),
        left_out,
    };
    let (categories, items) = planner.folder(entries, "", limits.library_depth);
    let mut library = Library {
        id: Guid::from(id),
        name: name.to_owned(),
        description: None,
        categories,
        items,
    };
    prune(&mut library, &|_| true);
    let Planner {
        files,
        mut left_out,
        ..
    } = planner;
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    let mut plan = Plan {
        library,
        files,
        left_out,
        problem: None,
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
    kind: Kind,
    limits: &'a Limits,
    keys: HashSet<String>,
    files: Vec<PlannedFile>,
    left_out: Vec<LeftOut>,
}

impl Planner<'_> {
    /// The categories and items of a folder. `above` is its path with a slash at the end.
    fn folder(
        &mut self,
        mut entries: Vec<Entry>,
        above: &str,
        depth: u64,
    ) -> (Option<Vec<Category>>, Option<Vec<Item>>) {
        entries.sort_by_cached_key(|entry| (entry.name.to_lowercase(), entry.name.clone()));
        let (mut categories, mut items) = (Vec::new(), Vec::new());
        for Entry { name, content } in entries {
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
                    let id = self.id(&path);
                    let (inner, items) = self.folder(entries, &path, depth - 1);
                    categories.push(Category {
                        id,
                        name,
                        categories: inner,
                        items,
                    });
                }
                content => match self.item(&name, &path, content) {
                    Ok(item) => items.push(item),
                    Err(reason) => self.left_out.push(LeftOut::new(path, reason)),
                },
            }
        }
        (Some(categories), Some(items))
    }

    fn item(&mut self, name: &str, path: &str, content: Content) -> Result<Item, String> {
        let id = self.id(path);
        let (stem, extension) = name
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .unwrap_or((name, ""));
        let (kind, name, value) = match extension.to_lowercase().as_str() {
            "txt" | "html" | "htm" => (
                ItemType::Text,
                stem,
                texts::read_text(&content, self.text_limit())?,
            ),
            "url" => (
                ItemType::Url,
                stem,
                texts::read_link(&content, self.limits.library_value)?,
            ),
            _ => (ItemType::File, name, self.file(id, name, path, content)?),
        };
        Ok(Item {
            id,
            name: name.to_owned(),
            kind,
            shortcut: None,
            keywords: None,
            value,
        })
    }

    /// Plans a file and returns its key.
    fn file(
        &mut self,
        id: Guid,
        name: &str,
        path: &str,
        content: Content,
    ) -> Result<String, String> {
        if content.size() > self.limits.file {
            return Err(too_large("file", self.limits.file));
        }
        let file_name = mail::names::clean_file_name(name, self.limits.file_name_bytes());
        let key = match self.kind {
            Kind::Personal if !self.keys.contains(&file_name) => file_name.clone(),
            _ => format!("{id}/{file_name}"),
        };
        self.keys.insert(key.clone());
        self.files.push(PlannedFile {
            key: key.clone(),
            path: path.to_owned(),
            file_name,
            content,
        });
        Ok(key)
    }

    fn text_limit(&self) -> u64 {
        match self.kind {
            Kind::System => SYSTEM_TEXT,
            Kind::Personal => self.limits.library_value,
        }
    }

    fn id(&self, path: &str) -> Guid {
        Guid::from(Uuid::new_v5(&self.library, path.as_bytes()))
    }
}
