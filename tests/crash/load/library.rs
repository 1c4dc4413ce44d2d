//! The library files that are inserted, and the library that is saved again and again.

use icws::client::Session;
use icws::messaging::Message;
use icws::response_management::{Category, Item, ItemType, Library, LibraryFile as Announced};
use icws::wire::Guid;

/// A library file that is larger is not used: to check it takes longer and shows nothing new.
const LARGEST_FILE: usize = 64 << 10;

/// A file of a library that all clients may use.
#[derive(Debug)]
pub struct LibraryFile {
    pub item: Guid,
    /// By which libraries refer to it.
    key: String,
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

/// The libraries that a session is told of.
async fn told(session: &Session) -> Vec<Announced> {
    let subscribed = session.subscribe_response_management().await;
    subscribed.expect("a subscription");
    let messages = session.messages().await.expect("messages");
    let libraries = messages.into_iter().filter_map(|message| match message {
        Message::ResponseManagement(message) => message.libraries_added,
        _ => None,
    });
    libraries.flatten().collect()
}

/// The library of the session's user.
pub async fn own(session: &Session) -> Announced {
    let libraries = told(session).await;
    let own = libraries
        .into_iter()
        .find(|library| library.name == session.user_id());
    own.expect("everybody has one")
}

/// A library as it is saved for the so-manieth time: nobody else's items look like it. It is larger and smaller from save to save.
pub fn library(id: Guid, save: u64, files: &[LibraryFile]) -> Library {
    let item = |number: u64, kind, value: String| Item {
        id: format!("{save:08x}-0000-4000-8000-{number:012x}")
            .parse()
            .expect("a Guid"),
        name: format!("item {number} of save {save}"),
        kind,
        shortcut: None,
        keywords: None,
        value,
    };
    let texts = (1..2 + save % 7)
        .map(|number| item(number, ItemType::Text, format!("text of save {save}")));
    let file = &files[usize::try_from(save).expect("a small number") % files.len()];
    let file = item(0, ItemType::File, file.key.clone());
    Library {
        id,
        name: String::new(),
        description: Some(format!("save {save}")),
        categories: None,
        items: Some(texts.chain([file]).collect()),
    }
}

/// Which save a library is of; none if it was never saved.
pub fn version_of(library: &Library) -> Option<u64> {
    library
        .description
        .as_deref()?
        .strip_prefix("save ")?
        .parse()
        .ok()
}

/// Finds the files of libraries that are not one's own, as any client does: through the libraries' documents.
pub async fn find_files(session: &Session) -> Vec<LibraryFile> {
    let mut items = Vec::new();
    let mut shared = told(session).await;
    shared.retain(|library| library.name != session.user_id());
    for library in shared {
        let library = session.library(&library.url).await.expect("a library");
        items.extend(library.items.unwrap_or_default());
        for category in library.categories.unwrap_or_default() {
            collect(category, &mut items);
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
                key: item.value,
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
    for inner in category.categories.unwrap_or_default() {
        collect(inner, items);
    }
}
