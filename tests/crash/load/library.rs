//! The library files that are inserted.

use icws::client::Session;
use icws::messaging::Message;
use icws::response_management::{Category, Item, ItemType};
use icws::wire::Guid;

/// A library file that is larger is not used: to check it takes longer and shows nothing new.
const LARGEST_FILE: usize = 64 << 10;

/// A file of a library that all clients may use.
#[derive(Debug)]
pub struct LibraryFile {
    pub item: Guid,
    pub name: String,
    pub bytes: Vec<u8>,
}

impl LibraryFile {
    /// Whether an attachment is called like this file, or like one more of it: `Logo.png`, `Logo (2).png`.
    pub fn is_named(&self, name: &str) -> bool {
        let (stem, extension) = self
            .name
            .rsplit_once('.')
            .expect("the demo's files have extensions");
        let middle = name
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_suffix(extension)?.strip_suffix('.'));
        let number = middle.and_then(|middle| middle.strip_prefix(" (")?.strip_suffix(')'));
        middle == Some("")
            || number.is_some_and(|number| number.parse::<u32>().is_ok_and(|number| number > 1))
    }
}

/// Finds files as any client does: through the libraries' documents.
pub async fn find_files(session: &Session) -> Vec<LibraryFile> {
    session
        .subscribe_response_management()
        .await
        .expect("a subscription");
    let mut items = Vec::new();
    for message in session.messages().await.expect("messages") {
        let Message::ResponseManagement(message) = message else {
            continue;
        };
        for library in message.libraries_added.expect("a snapshot") {
            let library = session.library(&library.url).await.expect("a library");
            items.extend(library.items.unwrap_or_default());
            library
                .categories
                .unwrap_or_default()
                .into_iter()
                .for_each(|category| collect(category, &mut items));
        }
    }
    let mut files = Vec::new();
    for item in items.into_iter().filter(|item| item.kind == ItemType::File) {
        let url = session
            .file_url(&item.value)
            .await
            .expect("the URL of a file")
            .url;
        let bytes = session.fetch(&url).await.expect("a file").body.to_vec();
        let name = item.value.rsplit('/').next().expect("a name").to_owned();
        if bytes.len() <= LARGEST_FILE {
            files.push(LibraryFile {
                item: item.id,
                name,
                bytes,
            });
        }
    }
    assert!(files.len() >= 3, "the demo has small files: {files:?}");
    files
}

fn collect(category: Category, items: &mut Vec<Item>) {
    items.extend(category.items.unwrap_or_default());
    category
        .categories
        .unwrap_or_default()
        .into_iter()
        .for_each(|inner| collect(inner, items));
}
