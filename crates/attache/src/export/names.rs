//! The names that things have in a folder that a library is exported to.

use std::collections::{HashMap, HashSet};

use crate::import::about::{OF_CATEGORY, OF_LIBRARY, SUFFIX};

/// The longest name of a file or a folder, in bytes; room is left for what is put behind it.
const LONGEST: usize = 200;

/// Names that an import does not take for those of files.
const RESERVED: [&str; 4] = [OF_LIBRARY, OF_CATEGORY, "desktop.ini", "thumbs.db"];

/// The names in a folder.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
    /// The number that a name is tried with next.
    next: HashMap<String, usize>,
}

impl Names {
    /// A name for a file or a folder that every system can have, that an import takes, and that nothing beside it has, whatever the case.
    pub fn free(&mut self, name: &str, end: &str) -> String {
        let clean = mail::names::clean_file_name(name, LONGEST);
        let (stem, extension) = match clean.rsplit_once('.') {
            // The name of a file has its ending already.
            Some((stem, extension)) if end.is_empty() && !stem.is_empty() => {
                (stem, format!(".{extension}"))
            }
            _ => (clean.as_str(), end.to_owned()),
        };
        let family = format!("{stem}{extension}").to_lowercase();
        let next = self.next.entry(family).or_insert(1);
        loop {
            let name = match *next {
                1 => format!("{stem}{extension}"),
                number => format!("{stem} ({number}){extension}"),
            };
            *next += 1;
            let folded = name.to_lowercase();
            // What would say something of it must not be something itself.
            let beside = format!("{folded}{SUFFIX}");
            let is_free = !RESERVED.contains(&&*folded)
                && !self.taken.contains(&folded)
                && !self.taken.contains(&beside);
            if is_free {
                self.taken.extend([folded, beside]);
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ones_that_files_can_have_and_do_not_meet() {
        let mut taken = Names::default();
        let mut name = |name: &str, end: &str| taken.free(name, end);
        assert_eq!(name("Greeting", ".txt"), "Greeting.txt");
        assert_eq!(name("GREETING", ".txt"), "GREETING (2).txt");
        assert_eq!(name("greeting", ".txt"), "greeting (3).txt");
        assert_eq!(name("Greeting (4)", ".txt"), "Greeting (4).txt");
        assert_eq!(name("Greeting", ".txt"), "Greeting (5).txt");
        assert_eq!(name("a/b: c?", ".html").matches(['/', ':', '?']).count(), 0);
        assert_eq!(name("Prices.pdf", ""), "Prices.pdf");
        assert_eq!(name("prices.pdf", ""), "prices (2).pdf");
        assert_eq!(name("Prices.pdf.toml", ""), "Prices.pdf (2).toml");
        assert_eq!(name(".hidden", ".txt"), "hidden.txt");
        assert_eq!(name("category.toml", ""), "category (2).toml");
        let long = name(&"x".repeat(300), ".html");
        assert!(long.len() < 250, "{long}");
    }
}
