//! What an export writes, an import reads back to the same: into the library it comes from, into a new installation, and into another library.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use icws::client::Session;
use icws::response_management::{Category, Item, ItemType, Library};
use tempfile::TempDir;

use super::exporting::{all_items, bytes};
use super::import::{library, put};
use crate::response_management::{guid, new_item, own};
use crate::server::{Server, eventually};

fn text(number: u32, name: &str, value: &str) -> Item {
    Item {
        name: name.into(),
        ..new_item(number, ItemType::Text, value)
    }
}

fn link(number: u32, value: &str) -> Item {
    Item {
        name: format!("Link {number}"),
        ..new_item(number, ItemType::Url, value)
    }
}

fn file(number: u32, key: &str) -> Item {
    Item {
        name: format!("File {number}"),
        ..new_item(number, ItemType::File, key)
    }
}

fn category(number: u32, name: &str) -> Category {
    Category {
        id: guid(number),
        name: name.into(),
        categories: None,
        items: None,
    }
}

/// A name of this many bytes.
fn long_name(bytes: usize) -> String {
    format!("{}.pdf", "n".repeat(bytes - 4))
}

/// A personal library with all that is hard to say in a folder. `of_system` is the key of a system library's file.
fn odd_library(id: icws::Guid, of_system: &str) -> Library {
    let mut items = vec![
        file(1, "rt.txt"),
        file(2, "RT.txt"),
        file(3, "library.toml"),
        file(4, &long_name(255)),
        file(5, of_system),
        file(6, "rt.txt"),
        link(10, "www.example.com"),
        link(11, "file:///etc/passwd"),
        link(12, "https://example.com/a b"),
        link(13, "https://example.com/ "),
        link(14, "javascript:alert(1)"),
        link(15, ""),
        text(20, "Marked", "\u{FEFF}with a mark"),
        text(21, "Zero", "a\0b"),
        text(22, "Lines\r\nand\u{7}\u{0}more", "\r\n a\r\n"),
        text(23, "", ""),
        Item {
            shortcut: Some(String::new()),
            keywords: Some(Vec::new()),
            ..text(24, "Empty things", "x")
        },
        Item {
            keywords: Some(vec!["k".repeat(40 << 10), "k".repeat(40 << 10)]),
            ..text(25, "Large keywords", "<p>x</p>")
        },
        text(26, "same", "one"),
        text(27, "Same", "two"),
        text(28, "CON", "three"),
    ];
    let many = 900;
    items.extend((0..many).map(|number| {
        let name = format!(
            "{:04} {}",
            (number * 7) % many,
            "one of very many ".repeat(5)
        );
        text(1_000 + number, &name, &number.to_string())
    }));
    let inner = Category {
        categories: Some(vec![category(202, "Nothing in it either")]),
        items: Some(vec![file(30, "rt.txt"), text(31, "category.toml", "x")]),
        ..category(201, "..")
    };
    Library {
        id,
        name: "anna".into(),
        description: Some(String::new()),
        categories: Some(vec![
            category(200, "Nothing in it"),
            Category {
                categories: Some(Vec::new()),
                items: Some(Vec::new()),
                ..category(203, "nothing in it")
            },
            inner,
        ]),
        items: Some(items),
    }
}

/// A library without what may differ: its name and ids, and lists that have nothing in them.
fn without_ids(library: &Library) -> Library {
    fn within(categories: &mut Option<Vec<Category>>, items: &mut Option<Vec<Item>>) {
        for category in categories.iter_mut().flatten() {
            category.id = guid(0);
            within(&mut category.categories, &mut category.items);
        }
        items
            .iter_mut()
            .flatten()
            .for_each(|item| item.id = guid(0));
        categories.take_if(|all| all.is_empty());
        items.take_if(|all| all.is_empty());
    }
    let mut library = library.clone();
    (library.id, library.name) = (guid(0), String::new());
    within(&mut library.categories, &mut library.items);
    library
}

/// The files of a library by their keys.
async fn files(session: &Session, library: &Library) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for item in all_items(library) {
        if item.kind == ItemType::File {
            files.insert(item.value.clone(), bytes(session, &item).await);
        }
    }
    files
}

async fn own_library(session: &Session) -> Library {
    let url = own(session).await.url;
    session.library(&url).await.expect("the library")
}

fn arguments<'a>(command: &'a str, folder: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let folder = folder.to_str().expect("UTF-8");
    [&["library", command, folder], more].concat()
}

/// An installation with anna alone, not started.
async fn fresh() -> Server {
    let server = Server::empty(None, &[]);
    server
        .done(&["user", "add", "anna", "--password", "demo"])
        .await;
    server
        .done(&["user", "grant", "anna", "allowResponseManagement"])
        .await;
    server
}

#[tokio::test]
async fn a_personal_library_comes_back_whatever_is_in_it() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for name in ["rt.txt", "RT.txt", "library.toml", &long_name(255)] {
        let url = anna.file_url(name).await.expect("an address").url;
        anna.put(&url, name.as_bytes().to_vec())
            .await
            .expect("taken");
    }
    let information = library(&anna, "Product Information").await.expect("there");
    let of_system = all_items(&information)
        .into_iter()
        .find(|item| item.kind == ItemType::File)
        .expect("a file")
        .value;
    let saved = odd_library(own(&anna).await.id, &of_system);
    anna.save_library(&saved).await.expect("saved");
    let before = own_library(&anna).await;
    assert_eq!(without_ids(&before), without_ids(&saved));
    let files_before = files(&anna, &before).await;

    let tree = TempDir::new().expect("a folder");
    let folder = tree.path().join("out");
    server
        .done(&arguments("export", &folder, &["--owner", "anna"]))
        .await;
    let said = fs::read_to_string(folder.join("library.toml")).expect("it is there");
    assert!(said.starts_with("export = 1\n"), "{said}");
    assert!(said.len() > 64 << 10, "{}", said.len());

    // Where it comes from, nothing changes.
    let strict = ["--owner", "anna", "--strict"];
    let dry = [&strict[..], &["--dry-run"]].concat();
    let out = server.done(&arguments("import", &folder, &dry)).await;
    assert!(out.contains("nothing would change"), "{out}");
    let out = server.done(&arguments("import", &folder, &strict)).await;
    assert!(out.contains("nothing has changed"), "{out}");
    assert_eq!(own_library(&anna).await, before);

    // A new installation has the same, with the same ids.
    let mut other = fresh().await;
    other.done(&arguments("import", &folder, &strict)).await;
    other.start().await;
    let anna_there = other.log_in("anna").await;
    let there = own_library(&anna_there).await;
    assert_eq!((there.id, &there.name), (before.id, &before.name));
    let ids = |library: &Library| -> Vec<icws::Guid> {
        all_items(library).iter().map(|item| item.id).collect()
    };
    assert_eq!(ids(&there), ids(&before));
    assert_eq!(without_ids(&there), without_ids(&before));
    assert_eq!(files(&anna_there, &there).await, files_before);

    // Another user has the same, with other ids.
    server
        .done(&arguments(
            "import",
            &folder,
            &["--owner", "carl", "--strict"],
        ))
        .await;
    let carl = server.log_in("carl").await;
    let his = own_library(&carl).await;
    assert_ne!(his.id, before.id);
    assert_eq!(without_ids(&his), without_ids(&before));
    assert_eq!(files(&carl, &his).await, files_before);
}

#[tokio::test]
async fn a_system_library_comes_back_whatever_is_in_it() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let tree = TempDir::new().expect("a folder");
    let source = tree.path().join("source");
    put(&source, "Both/a.pdf", "small");
    put(&source, "Both/A.pdf", "large");
    put(&source, "Both/a (2).pdf", "second");
    for length in [201, 250, 255] {
        put(&source, &long_name(length), length.to_string());
    }
    put(&source, "Empty/category.toml", "name = \"Nothing in it\"");
    put(&source, "Link.url", "www.example.com ");
    put(&source, "Link.url.toml", "exact = true");
    put(&source, "Marked.html", "\u{FEFF}\u{FEFF}<p>");
    put(&source, "Note.txt", "<p>it begins with markup</p>");
    put(
        &source,
        "library.toml",
        "name = \"Odd\"\ndescription = \"Odd things\"",
    );
    let out = server
        .done(&arguments("import", &source, &["--strict"]))
        .await;
    assert!(out.contains("2 categories"), "{out}");
    let seen = async || library(&lea, "Odd").await.is_some();
    eventually("lea sees it", seen).await;
    let before = library(&lea, "Odd").await.expect("it is there");
    let files_before = files(&lea, &before).await;
    assert_eq!(files_before.len(), 6);

    let folder = tree.path().join("out");
    server
        .done(&arguments("export", &folder, &["--library", "Odd"]))
        .await;
    let out = server
        .done(&arguments("import", &folder, &["--strict", "--dry-run"]))
        .await;
    assert!(out.contains("nothing would change"), "{out}");
    let out = server
        .done(&arguments("import", &folder, &["--strict"]))
        .await;
    assert!(out.contains("nothing has changed"), "{out}");
    assert_eq!(library(&lea, "Odd").await.as_ref(), Some(&before));

    // A new installation has the same, to its ids and keys.
    let mut other = fresh().await;
    other
        .done(&arguments("import", &folder, &["--strict"]))
        .await;
    other
        .done(&["library", "grant", "Odd", "--user", "anna"])
        .await;
    other.start().await;
    let anna = other.log_in("anna").await;
    let there = library(&anna, "Odd").await.expect("it is there");
    assert_eq!(there, before);
    assert_eq!(files(&anna, &there).await, files_before);

    // As another library it has ids and keys of its own, and is otherwise the same.
    server
        .done(&arguments(
            "import",
            &folder,
            &["--strict", "--name", "Copy"],
        ))
        .await;
    let seen = async || library(&lea, "Copy").await.is_some();
    eventually("lea sees the copy", seen).await;
    let copy = library(&lea, "Copy").await.expect("it is there");
    let own_keys = |library: &Library| {
        let mut library = library.clone();
        let categories = library.categories.iter_mut().flatten();
        let inside = categories.flat_map(|category| category.items.iter_mut().flatten());
        for item in inside.chain(library.items.iter_mut().flatten()) {
            if item.kind == ItemType::File {
                let (id, name) = item.value.split_once('/').expect("a key");
                assert_eq!(id, item.id.to_string());
                item.value = name.to_owned();
            }
        }
        without_ids(&library)
    };
    assert_eq!(own_keys(&copy), own_keys(&before));
}

#[tokio::test]
async fn an_export_that_cannot_be_read_back_is_refused() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let before = library(&lea, "Letters").await.expect("it is there");
    let id = all_items(&before)[0].id;
    let tree = TempDir::new().expect("a folder");
    let folder = tree.path().join("Letters");
    server.done(&arguments("export", &folder, &[])).await;
    let refused = async |more: &[&str], reason: &str| {
        let output = server.command(&arguments("import", &folder, more)).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(reason), "{said}");
        let now = library(&lea, "Letters").await;
        assert_eq!(now.as_ref(), Some(&before));
    };

    // One with an id twice; a dry run says so, too.
    for name in ["One.txt", "Two.txt"] {
        put(&folder, name, "x");
        put(&folder, &format!("{name}.toml"), format!("id = \"{id}\""));
    }
    refused(&["--dry-run"], "has the id").await;
    refused(&[], "has the id").await;

    // One of a version that comes later.
    let said = fs::read_to_string(folder.join("library.toml")).expect("it is there");
    let later = said.replace("export = 1", "export = 2\nmore = true");
    put(&folder, "library.toml", later);
    refused(&[], "version of Attaché").await;
}
