//! Libraries that are there: imported again, listed, granted.

use std::fs;

use icws::response_management::{ItemType, Library};
use tempfile::TempDir;

use super::Installation;
use super::import::{category, library, put};
use crate::email::noise;
use crate::server::{Server, eventually};

#[tokio::test]
async fn a_second_import_replaces_and_keeps_what_is_the_same() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let tree = TempDir::new().expect("a folder");
    let folder = tree.path().to_str().expect("UTF-8");
    put(tree.path(), "Texts/Stays.txt", "stays");
    put(tree.path(), "Texts/Changes.txt", "before");
    put(tree.path(), "Goes.txt", "goes");
    put(tree.path(), "file.csv", "1;2");
    let out = server
        .done(&["library", "import", folder, "--name", "Texts"])
        .await;
    assert!(out.contains("was made"), "{out}");
    eventually("lea sees it", async || {
        library(&lea, "Texts").await.is_some()
    })
    .await;
    let first = library(&lea, "Texts").await.expect("it is there");

    put(tree.path(), "Texts/Changes.txt", "after");
    put(tree.path(), "Texts/Comes.txt", "comes");
    fs::remove_file(tree.path().join("Goes.txt")).expect("removed");
    let out = server
        .done(&["library", "import", folder, "--name", "texts"])
        .await;
    assert!(out.contains("was replaced"), "{out}");
    let is_new = async || {
        library(&lea, "texts")
            .await
            .is_some_and(|library| library.items.iter().flatten().count() == 1)
    };
    eventually("lea sees the new one", is_new).await;
    let second = library(&lea, "texts").await.expect("it is there");
    assert_eq!(second.id, first.id);
    let find = |library: &Library, name: &str| {
        let texts = category(library.categories.as_ref(), "Texts");
        texts
            .items
            .iter()
            .flatten()
            .find(|item| item.name == name)
            .cloned()
    };
    assert_eq!(find(&second, "Stays"), find(&first, "Stays"));
    let (before, after) = (
        find(&first, "Changes").expect("there"),
        find(&second, "Changes").expect("there"),
    );
    assert_eq!((before.id, before.value.as_str()), (after.id, "before"));
    assert_eq!(after.value, "after");
    assert!(find(&second, "Comes").is_some());
    assert_eq!(
        category(first.categories.as_ref(), "Texts").id,
        category(second.categories.as_ref(), "Texts").id
    );
    // By its id, under another name; whose rights stay.
    server
        .done(&["library", "grant", "texts", "--user", "anna"])
        .await;
    let id = first.id.to_string();
    server
        .done(&[
            "library",
            "import",
            folder,
            "--library",
            &id,
            "--name",
            "Renamed",
        ])
        .await;
    let anna = server.log_in("anna").await;
    eventually("it has another name", async || {
        library(&anna, "Renamed").await.is_some()
    })
    .await;
    assert_eq!(
        library(&anna, "Renamed").await.expect("it is there").id,
        first.id
    );
    assert!(library(&anna, "texts").await.is_none());
}

#[tokio::test]
async fn a_user_has_a_library_of_his_own() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let tree = TempDir::new().expect("a folder");
    let folder = tree.path().to_str().expect("UTF-8");
    put(tree.path(), "Mine/Note.txt", "mine");
    put(tree.path(), "Mine/own.csv", "1;2");
    let before = library(&anna, "anna").await.expect("her own");
    server
        .done(&["library", "import", folder, "--owner", "ANNA"])
        .await;
    let is_new = async || {
        library(&anna, "anna").await.is_some_and(|library| {
            library
                .categories
                .iter()
                .flatten()
                .any(|category| category.name == "Mine")
        })
    };
    eventually("anna sees it", is_new).await;
    let after = library(&anna, "anna").await.expect("her own");
    assert_eq!(after.id, before.id);
    // What it had is gone, and its file is known by its name alone.
    assert_eq!(after.items, None);
    let file = category(after.categories.as_ref(), "Mine")
        .items
        .iter()
        .flatten()
        .find(|item| item.kind == ItemType::File)
        .expect("a file")
        .clone();
    assert_eq!(file.value, "own.csv");
    let url = anna.file_url("own.csv").await.expect("an address").url;
    assert_eq!(
        anna.fetch(&url).await.expect("its bytes").body.as_ref(),
        b"1;2"
    );
    // She can go on with it as if she had made it.
    anna.save_library(&after).await.expect("saved");
    let carl = server.log_in("carl").await;
    let url = carl.file_url("own.csv").await.expect("an address").url;
    let other = carl.fetch(&url).await.expect_err("it is of anna");
    assert_eq!(other.status, 404);
    let unknown = server
        .command(&["library", "import", folder, "--owner", "nobody"])
        .await;
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn libraries_are_listed_and_granted() {
    let installation = Installation::new();
    let tree = TempDir::new().expect("a folder");
    put(tree.path(), "Letters/a.txt", "a");
    put(tree.path(), "Letters/b.csv", noise(1, 3 << 10));
    let folder = tree.path().join("Letters");
    let folder = folder.to_str().expect("UTF-8");
    let out = installation.done(&["library", "import", folder]);
    assert!(out.starts_with("Letters ("), "called as its folder: {out}");
    installation.done(&["user", "add", "anna", "--password", "x"]);
    installation.done(&["workgroup", "add", "Support"]);
    installation.done(&["user", "role", "anna", "Agents"]);
    assert_eq!(
        installation
            .done(&["library", "grant", "Letters", "--user", "anna"])
            .trim(),
        "done"
    );
    assert!(
        installation
            .done(&["library", "grant", "Letters", "--user", "anna"])
            .contains("nothing to do")
    );
    installation.done(&[
        "library",
        "grant",
        "letters",
        "--workgroup",
        "Support",
        "--edit",
    ]);
    installation.done(&["library", "grant", "Letters", "--role", "Agents"]);
    installation.done(&["library", "grant", "*", "--everyone"]);
    installation.done(&["library", "import", folder, "--owner", "anna"]);
    let list = installation.done(&["library", "list"]);
    let of = |name: &str| {
        list.lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name}: {list}"))
            .to_owned()
    };
    let letters = of("Letters");
    for shown in [
        "3.00 KiB",
        "anna",
        "workgroup Support",
        "role Agents",
        "everyone",
    ] {
        assert!(letters.contains(shown), "{shown}: {letters}");
    }
    assert!(of("anna").contains("anna alone"), "{list}");
    assert!(
        installation
            .done(&["user", "list"])
            .contains("responseManagement Letters"),
        "who may edit it"
    );

    for wrong in [
        &["library", "grant", "Nothing", "--user", "anna"][..],
        &["library", "grant", "Letters", "--user", "nobody"],
        &["library", "grant", "Letters", "--workgroup", "Nobody"],
        &["library", "import", "/nowhere/at/all"],
        &["library", "import", folder, "--library", "Nothing"],
        &["library", "import", folder, "--name", "  "],
        &["library", "import", folder, "--name", "*"],
        &[
            "library",
            "import",
            folder,
            "--name",
            "0f0e0d0c-0b0a-4908-8706-050403020100",
        ],
    ] {
        installation.failed(wrong);
    }
    let file = tree.path().join("Letters/a.txt");
    let said = installation.failed(&["library", "import", file.to_str().expect("UTF-8")]);
    assert!(said.contains("not a folder"), "{said}");
}
