//! What things in an XML export are called, which need no title there and may have that of another.

use std::collections::{HashMap, HashSet};

use crate::import::about::AboutType;

/// What has no title, and nothing that one could be made of.
pub const UNTITLED: &str = "Untitled";

/// The longest title that is made of a text, in characters.
const LONGEST: usize = 50;
/// How much of a text is looked at for a title, in bytes.
const LOOK: usize = 64 << 10;

/// The title of an item that has none: the first characters of a text, the address of a link, the path of a file.
pub fn default_title(kind: AboutType, answer: &str) -> String {
    let start = &answer[..answer.floor_char_boundary(LOOK)];
    let text = match kind {
        AboutType::Text if start.starts_with('<') => mail::html::to_text(start),
        AboutType::Text => start.to_owned(),
        AboutType::Link | AboutType::File => answer.to_owned(),
    };
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    match (line, kind) {
        (None, _) => UNTITLED.to_owned(),
        (Some(line), AboutType::Text) => {
            let cut: String = line.chars().take(LONGEST).collect();
            cut.trim_end().to_owned()
        }
        (Some(line), _) => line.to_owned(),
    }
}

/// What a file is called, of a path as Windows or an address has it.
pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path).trim()
}

/// The names in a folder. Titles need not differ, and ids follow from names.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
    /// The number that a name is tried with next, once it is taken.
    next: HashMap<String, usize>,
}

impl Names {
    /// A name that nothing has yet: this one, or with a number.
    pub fn free(&mut self, name: &str, end: &str) -> String {
        // What stands before a slash would be a folder.
        let name = name.replace('/', "\u{2044}");
        let first = format!("{name}{end}");
        if self.taken.insert(first.clone()) {
            return first;
        }
        let next = self.next.entry(first).or_insert(2);
        loop {
            let numbered = format!("{name} ({next}){end}");
            *next += 1;
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}
