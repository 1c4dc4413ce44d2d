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

/// What is said of an item, a category or a library. Nothing of it has to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its id. Those of categories and items count only where `library.toml` says that this is the library they come from.
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
    /// Of a category or a library: the names of files and folders in it, in their order. Others follow by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
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
}
