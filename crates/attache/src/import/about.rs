//! What a TOML file says of the file or folder that it stands beside: `Prices.pdf.toml` of `Prices.pdf`, `category.toml` of its folder,
//! `library.toml` of the whole.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What of a folder's content says something of the folder itself.
pub const OF_CATEGORY: &str = "category.toml";
/// What says something of the library.
pub const OF_LIBRARY: &str = "library.toml";
/// What the name of a file ends in that says something of another.
pub const SUFFIX: &str = ".toml";

/// The largest of these files, in bytes.
pub const MOST: u64 = 64 << 10;
/// The largest where an export wrote it.
pub const MOST_OF_EXPORT: u64 = 64 << 20;

/// The version of what an export writes.
pub const VERSION: i64 = 1;

/// What an item is, whatever its file is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AboutType {
    /// A text.
    Text,
    /// A link.
    Link,
    /// A file.
    File,
}

/// What something is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The library.
    Library,
    /// A category.
    Category,
    /// An item.
    Item(AboutType),
}

/// What is said of an item, a category or a library. Nothing of it has to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Of a library: the [`VERSION`] of the export that this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<i64>,
    /// Its id. Those of categories and items count only where the library has the id that `library.toml` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The name that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a library: what it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of an item: what it is.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AboutType>,
    /// Of an item: what an agent types to have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortcut: Option<String>,
    /// Of an item: labels to find it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
    /// Of an item that is a file: its key, which ends in the name that it is sent under. In a system library nothing else of it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Of a text or a link: whether its file is taken as it is, byte by byte, also where it is no address that customers can open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// Of a category or a library: the names of files and folders in it, in their order. Others follow by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
}

/// The part of what is said of a library that every version writes alike.
#[derive(Deserialize)]
struct Version {
    export: Option<toml::Value>,
}

impl About {
    /// Reads what such a file says.
    ///
    /// # Errors
    /// If it is no TOML, or says something that is not known.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text)
            .map_err(|error| format!("it says what is not understood: {}", error.message()))
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes out what cannot be said of this, and names it.
    pub fn keep_what_is_of(&mut self, of: Of) -> Vec<&'static str> {
        let (is_library, is_item) = (of == Of::Library, matches!(of, Of::Item(_)));
        let is_file = of == Of::Item(AboutType::File);
        let mut out = Vec::new();
        let mut keep = |applies: bool, name: &'static str, is_said: bool| {
            if is_said && !applies {
                out.push(name);
            }
            applies
        };
        if !keep(is_library, "export", self.export.is_some()) {
            self.export = None;
        }
        if !keep(is_library, "description", self.description.is_some()) {
            self.description = None;
        }
        if !keep(is_item, "type", self.kind.is_some()) {
            self.kind = None;
        }
        if !keep(is_item, "shortcut", self.shortcut.is_some()) {
            self.shortcut = None;
        }
        if !keep(is_item, "keywords", self.keywords.is_some()) {
            self.keywords = None;
        }
        if !keep(is_file, "key", self.key.is_some()) {
            self.key = None;
        }
        if !keep(is_item && !is_file, "exact", self.exact.is_some()) {
            self.exact = None;
        }
        if !keep(!is_item, "order", !self.order.is_empty()) {
            self.order.clear();
        }
        out
    }
}

/// Whether what is said of a library is what an export wrote.
///
/// # Errors
/// If it is one of a version that is not known.
pub fn is_export(text: &str) -> Result<bool, String> {
    // What is no TOML is seen when it is read.
    let said = toml::from_str::<Version>(text).map_or(None, |version| version.export);
    match said {
        None => Ok(false),
        Some(toml::Value::Integer(VERSION)) => Ok(true),
        Some(other) => Err(format!(
            "it was exported by a version of Attaché that this one does not know (`export = {other}` in {OF_LIBRARY})"
        )),
    }
}

impl std::fmt::Display for Of {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Of::Library => "a library",
            Of::Category => "a category",
            Of::Item(AboutType::Text) => "a text",
            Of::Item(AboutType::Link) => "a link",
            Of::Item(AboutType::File) => "a file",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_and_what_is_not_known_is_refused() {
        let about = About::parse(
            "name = \"Price list\"\nkeywords = [\"price\", \"Preis\"]\nshortcut = \"pl\"\ntype = \"file\"\n",
        );
        let about = about.expect("good");
        assert_eq!(about.name.as_deref(), Some("Price list"));
        assert_eq!(
            about.keywords.as_deref(),
            Some(&["price".to_owned(), "Preis".to_owned()][..])
        );
        assert_eq!(
            (about.shortcut.as_deref(), about.kind),
            (Some("pl"), Some(AboutType::File))
        );
        let again = About::parse(&toml::to_string(&about).expect("TOML"));
        assert_eq!(again, Ok(about));
        assert_eq!(About::parse(""), Ok(About::default()));
        for bad in [
            "name = 7",
            "nmae = \"x\"",
            "type = \"folder\"",
            "id = \"x\"",
            "name",
            "keywords = \"x\"",
        ] {
            assert!(About::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_said_of_something_is_taken_out_and_named() {
        let all = About {
            export: Some(VERSION),
            id: Some(Uuid::from_u128(1)),
            name: Some("n".into()),
            description: Some("d".into()),
            kind: Some(AboutType::File),
            shortcut: Some("s".into()),
            keywords: Some(Vec::new()),
            key: Some("k".into()),
            exact: Some(true),
            order: vec!["o".into()],
        };
        let of_items = ["type", "shortcut", "keywords"];
        for (of, expected) in [
            (Of::Library, [&of_items[..], &["key", "exact"]].concat()),
            (
                Of::Category,
                [&["export", "description"], &of_items[..], &["key", "exact"]].concat(),
            ),
            (
                Of::Item(AboutType::File),
                vec!["export", "description", "exact", "order"],
            ),
            (
                Of::Item(AboutType::Link),
                vec!["export", "description", "key", "order"],
            ),
        ] {
            let mut about = all.clone();
            assert_eq!(about.keep_what_is_of(of), expected, "{of}");
            assert_eq!(about.keep_what_is_of(of), Vec::<&str>::new(), "{of}");
            assert_eq!((&about.id, &about.name), (&all.id, &all.name));
        }
    }

    #[test]
    fn exports_of_this_version_are_known_and_those_of_others_refused() {
        for (text, expected) in [
            ("", Ok(false)),
            ("name = \"x\"", Ok(false)),
            ("no TOML", Ok(false)),
            ("export = 1\nname = 7", Ok(true)),
            ("export = 2", Err(())),
            ("export = \"1\"", Err(())),
            ("export = 2\nnew = [1]", Err(())),
        ] {
            assert_eq!(is_export(text).map_err(drop), expected, "{text}");
        }
    }
}
