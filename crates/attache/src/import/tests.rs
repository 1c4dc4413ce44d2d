mod saying;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use desk::{Desk, Limits, Rules};
use store::{Blobs, Database, Options};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

const ID: Uuid = Uuid::from_u128(0x0193_4a6e_0000_7000_8000_0000_0000_0001);

fn write_file(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, bytes).expect("written");
}

fn plan_of(root: &Path, kind: Kind, limits: &Limits) -> Plan {
    let scanned = scan(root, limits.library_depth).expect("the folder is read");
    plan(ID, "Letters", kind, scanned, limits)
}

fn reasons(plan: &Plan) -> Vec<String> {
    plan.left_out.iter().map(ToString::to_string).collect()
}

async fn new_desk(folder: &TempDir, limits: Limits) -> Desk {
    let url = format!("sqlite:{}", folder.path().join("db").display());
    let database = Database::open(&url, Options::default()).expect("opens");
    let blobs = Blobs::open_folder(folder.path().join("blobs")).expect("opens");
    Desk::open(
        database,
        blobs,
        Rules {
            limits,
            ..Rules::default()
        },
    )
    .await
    .expect("opens")
}

#[test]
fn a_folder_tree_becomes_categories_and_items() {
    let root = TempDir::new().expect("a folder");
    write_file(root.path(), "Hello.txt", "\u{FEFF}Grüße".as_bytes());
    write_file(
        root.path(),
        "Shop.URL",
        b"[InternetShortcut]\r\nIconIndex=0\r\nURL=https://example.com/a\r\n",
    );
    write_file(root.path(), "Plain.url", b"\n https://example.com/b \n");
    write_file(root.path(), "価格表.pdf", b"%PDF");
    write_file(root.path(), "Deep/Deeper/Note.HTML", b"<p>x</p>");
    fs::create_dir(root.path().join("Empty")).expect("a folder");
    let plan = plan_of(root.path(), Kind::System, &Limits::default());
    assert_eq!(reasons(&plan), Vec::<String>::new());
    assert_eq!(
        plan.counts(),
        Counts {
            categories: 2,
            texts: 2,
            links: 2,
            files: 1
        }
    );
    let items = plan.library.items.as_deref().expect("items");
    let shown: Vec<(&str, &str)> = items
        .iter()
        .map(|item| (item.name.as_str(), item.value.as_str()))
        .collect();
    let key = format!("{}/価格表.pdf", items[3].id);
    let expected = [
        ("Hello", "Grüße"),
        ("Plain", "https://example.com/b"),
        ("Shop", "https://example.com/a"),
        ("価格表.pdf", &key),
    ];
    assert_eq!(shown, expected);
    let deep = &plan.library.categories.as_deref().expect("categories")[0];
    let deeper = &deep.categories.as_deref().expect("categories")[0];
    assert_eq!(
        (deep.name.as_str(), deeper.name.as_str()),
        ("Deep", "Deeper")
    );
    assert_eq!(deeper.items.as_deref().expect("items")[0].value, "<p>x</p>");
}

#[test]
fn ids_stay_for_the_same_path_in_the_same_library() {
    let root = TempDir::new().expect("a folder");
    write_file(root.path(), "a/one.txt", b"1");
    write_file(root.path(), "a/two.bin", b"2");
    let limits = Limits::default();
    let before = plan_of(root.path(), Kind::System, &limits).library;
    write_file(root.path(), "a/one.txt", b"changed");
    write_file(root.path(), "b/one.txt", b"1");
    let after = plan_of(root.path(), Kind::System, &limits).library;
    let category =
        |library: &Library, at: usize| library.categories.as_ref().expect("categories")[at].clone();
    let (before, after, other) = (
        category(&before, 0),
        category(&after, 0),
        category(&after, 1),
    );
    assert_eq!(before.id, after.id);
    let ids = |category: &Category| {
        category
            .items
            .iter()
            .flatten()
            .map(|item| item.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&before), ids(&after));
    assert!(!ids(&after).contains(&ids(&other)[0]));
    let scanned = scan(root.path(), 10).expect("reads");
    let elsewhere = plan(
        Uuid::from_u128(2),
        "Letters",
        Kind::System,
        scanned,
        &limits,
    );
    assert_ne!(ids(&category(&elsewhere.library, 0)), ids(&after));
}

#[test]
fn what_cannot_be_taken_is_said_with_its_reason() {
    let root = TempDir::new().expect("a folder");
    let outside = TempDir::new().expect("a folder");
    write_file(outside.path(), "secret.txt", b"secret");
    symlink(outside.path(), root.path().join("Way out")).expect("a link");
    symlink(
        outside.path().join("secret.txt"),
        root.path().join("Secret.txt"),
    )
    .expect("a link");
    write_file(root.path(), ".hidden", b"x");
    write_file(root.path(), "Thumbs.db", b"x");
    write_file(root.path(), "Latin.txt", b"Gr\xFC\xDFe");
    write_file(root.path(), "Wide.txt", b"\xFF\xFEa\0");
    write_file(root.path(), "Zero.txt", b"a\0b");
    write_file(root.path(), "None.url", b"[InternetShortcut]\nIconFile=x\n");
    write_file(root.path(), "Script.url", b"javascript:alert(1)");
    write_file(
        root.path(),
        "Two.url",
        b"https://a.example\nhttps://b.example\n",
    );
    write_file(root.path(), "Large.bin", &[0; 101]);
    write_file(root.path(), "1/2/3/deep.txt", b"x");
    let bad = std::ffi::OsStr::from_bytes(b"caf\xE9.txt");
    fs::write(root.path().join(bad), b"x").expect("written");
    let limits = Limits {
        file: 100,
        library_depth: 2,
        ..Limits::default()
    };
    let plan = plan_of(root.path(), Kind::System, &limits);
    let expected = [
        ".hidden: it is hidden",
        "1/2/3: it lies deeper than categories may be nested",
        "Large.bin: it is larger than a file may be (100 B)",
        "Latin.txt: it is not UTF-8; save it as UTF-8",
        "None.url: there is no address in it",
        "Script.url: its address is not one that customers can open (http, https, ftp, mailto, tel)",
        "Secret.txt: it is a symbolic link; links are not followed",
        "Thumbs.db: it is hidden",
        "Two.url: there is no address in it",
        "Way out: it is a symbolic link; links are not followed",
        "Wide.txt: it is UTF-16; save it as UTF-8",
        "Zero.txt: it is not a text: it has zero bytes",
        "caf\u{FFFD}.txt: its name is not UTF-8",
    ];
    assert_eq!(reasons(&plan), expected);
    assert_eq!(plan.counts(), Counts::default());
}

#[test]
fn a_personal_library_has_limits_of_its_own_and_keys_that_are_names() {
    let root = TempDir::new().expect("a folder");
    write_file(root.path(), "a.pdf", b"1");
    write_file(root.path(), "sub/a.pdf", b"2");
    write_file(root.path(), "long.txt", &[b'x'; 65]);
    let limits = Limits {
        library_value: 64,
        library_items: 2,
        ..Limits::default()
    };
    let plan = plan_of(root.path(), Kind::Personal, &limits);
    assert_eq!(
        reasons(&plan),
        ["long.txt: it is larger than a text may be (64 B)"]
    );
    plan.check(false).expect("two items are allowed");
    assert!(plan.check(true).is_err());
    let keys: Vec<&str> = plan.files.iter().map(|file| file.key.as_str()).collect();
    let inner = &plan.library.categories.as_ref().expect("categories")[0]
        .items
        .as_ref()
        .expect("items")[0];
    assert_eq!(keys, ["a.pdf", inner.value.as_str()]);
    assert_eq!(inner.value, format!("{}/a.pdf", inner.id));
    write_file(root.path(), "b.pdf", b"3");
    let problem = plan_of(root.path(), Kind::Personal, &limits)
        .check(false)
        .expect_err("three are not")
        .to_string();
    assert!(
        problem.contains("3 items; a personal library may have 2"),
        "{problem}"
    );
}

#[tokio::test]
async fn an_import_takes_files_in_and_another_replaces_it() {
    let (root, folder) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let desk = new_desk(&folder, Limits::default()).await;
    write_file(root.path(), "one.bin", b"the same bytes");
    write_file(root.path(), "two.bin", b"the same bytes");
    let limits = desk.rules().limits.clone();
    let mut written = 0;
    let plan = plan_of(root.path(), Kind::System, &limits).take_in(
        &desk,
        None,
        true,
        |bytes| written += bytes,
        |_| {},
    );
    plan.await.expect("is taken in");
    assert_eq!(written, 28);
    let list = || desk.database().read(desk::response_management::list);
    let before = list().await.expect("lists");
    assert_eq!((before.len(), before[0].items, before[0].bytes), (1, 2, 28));
    // The same bytes are kept once, and no file is left that nothing refers to: that one and the document.
    assert_eq!(blob_files(&folder), 2);

    fs::remove_file(root.path().join("two.bin")).expect("removed");
    let again =
        plan_of(root.path(), Kind::System, &limits).take_in(&desk, None, true, |_| {}, |_| {});
    again.await.expect("is taken in");
    let after = list().await.expect("lists");
    assert_eq!((after.len(), after[0].id, after[0].items), (1, ID, 1));
}

#[tokio::test]
async fn a_file_that_goes_away_meanwhile_is_left_out_or_stops_a_strict_import() {
    let (root, folder) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let desk = new_desk(&folder, Limits::default()).await;
    write_file(root.path(), "stays.bin", b"1");
    write_file(root.path(), "sub/goes.bin", b"2");
    let limits = desk.rules().limits.clone();
    let planned = || plan_of(root.path(), Kind::System, &limits);
    let (strict, lenient) = (planned(), planned());
    fs::remove_file(root.path().join("sub/goes.bin")).expect("removed");
    assert!(
        strict
            .take_in(&desk, None, true, |_| {}, |_| {})
            .await
            .is_err()
    );
    assert!(
        desk.database()
            .read(desk::response_management::list)
            .await
            .expect("lists")
            .is_empty()
    );
    assert_eq!(blob_files(&folder), 0);
    let taken = lenient
        .take_in(&desk, None, false, |_| {}, |_| {})
        .await
        .expect("is taken in");
    assert_eq!(
        taken.counts(),
        Counts {
            files: 1,
            ..Counts::default()
        }
    );
    assert!(
        reasons(&taken)[0].starts_with("sub/goes.bin: it cannot be read"),
        "{:?}",
        reasons(&taken)
    );
}

#[tokio::test]
async fn a_file_that_grows_over_the_limit_is_left_out() {
    let (root, folder) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let desk = new_desk(
        &folder,
        Limits {
            file: 10,
            ..Limits::default()
        },
    )
    .await;
    write_file(root.path(), "log.bin", b"1");
    let plan = plan_of(root.path(), Kind::System, &desk.rules().limits);
    write_file(root.path(), "log.bin", &[0; 11]);
    let taken = plan
        .take_in(&desk, None, false, |_| {}, |_| {})
        .await
        .expect("is taken in");
    assert_eq!(
        reasons(&taken),
        ["log.bin: it is larger than a file may be (10 B)"]
    );
    assert_eq!(blob_files(&folder), 1);
}

/// How many files the blob store holds, unfinished ones too.
fn blob_files(folder: &TempDir) -> usize {
    let subfolders = fs::read_dir(folder.path().join("blobs")).expect("the store");
    subfolders
        .map(|subfolder| {
            fs::read_dir(subfolder.expect("an entry").path())
                .expect("a folder")
                .count()
        })
        .sum()
}
