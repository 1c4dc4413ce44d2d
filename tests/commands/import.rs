//! `attache library`: folder trees become libraries.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use icws::client::Session;
use icws::response_management::{Category, Item, ItemType, Library};
use tempfile::TempDir;

use super::Installation;
use crate::email::{blob_files, draft, libraries, noise};
use crate::server::{Server, eventually};

pub fn put(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, bytes).expect("written");
}

/// A folder such as people have them.
fn odd_tree() -> TempDir {
    let tree = TempDir::new().expect("a folder");
    let root = tree.path();
    put(root, "Begrüßung.txt", "\u{feff}Guten Tag");
    put(root, "Prices/2026/価格表.pdf", noise(1, 5_000));
    put(root, "Prices/2026/Page.HTML", "<p>ü</p>");
    put(root, "Prices/Empty.txt", "");
    put(
        root,
        "Links/Shop.url",
        "[InternetShortcut]\r\nURL=https://example.com/?a=b#c\r\nIconIndex=0\r\n",
    );
    put(root, "Links/Plain.url", "  https://example.com/plain \n\n");
    put(
        root,
        "Links/Mail.URL",
        "[{0}]\nx=y\n[internetshortcut]\nurl = mailto:a@example.com\n",
    );
    put(root, "no extension", "x");
    put(root, "a:b?.csv", "1;2");
    // What cannot be taken.
    put(root, "Links/Script.url", "javascript:alert(1)");
    put(
        root,
        "Links/File.url",
        "[InternetShortcut]\nURL=file:///etc/passwd\n",
    );
    put(root, "Links/Nothing.url", "");
    put(
        root,
        "Links/Two.url",
        "https://a.example\nhttps://b.example\n",
    );
    put(root, "latin.txt", b"Gr\xfc\xdfe");
    put(root, "utf16.txt", b"\xff\xfeG\0r\0");
    put(root, "binary.txt", b"a\0b");
    put(root, ".hidden", "x");
    put(root, ".git/config", "x");
    put(root, "Thumbs.db", "x");
    put(root, "a\nb.csv", "x");
    File::create(root.join("huge.bin"))
        .and_then(|file| file.set_len((25 << 20) + 1))
        .expect("a sparse file");
    put(root, "1/2/3/4/5/6/7/8/9/10/in.csv", "x");
    put(root, "1/2/3/4/5/6/7/8/9/10/11/too deep.csv", "x");
    fs::create_dir_all(root.join("Empty/Emptier")).expect("folders");
    symlink("/etc/passwd", root.join("out")).expect("a link");
    symlink("/etc", root.join("Links/out of it")).expect("a link");
    symlink("Begrüßung.txt", root.join("in.txt")).expect("a link");
    symlink("..", root.join("Links/up")).expect("a link");
    symlink("nowhere", root.join("dangling")).expect("a link");
    UnixListener::bind(root.join("socket")).expect("a socket");
    fs::write(root.join(OsStr::from_bytes(b"\xff\xfe.csv")), b"x").expect("written");
    tree
}

/// What is left out of it, each with a word of the reason. An empty folder is no fault.
const LEFT_OUT: [(&str, &str); 20] = [
    ("Links/Script.url", "address"),
    ("Links/File.url", "address"),
    ("Links/Nothing.url", "address"),
    ("Links/Two.url", "address"),
    ("latin.txt", "UTF-8"),
    ("utf16.txt", "UTF-16"),
    ("binary.txt", "zero bytes"),
    (".hidden", "hidden"),
    (".git", "hidden"),
    ("Thumbs.db", "hidden"),
    ("a\u{fffd}b.csv", "control characters"),
    ("huge.bin", "larger"),
    ("1/2/3/4/5/6/7/8/9/10/11", "deeper"),
    ("out", "symbolic link"),
    ("Links/out of it", "symbolic link"),
    ("in.txt", "symbolic link"),
    ("Links/up", "symbolic link"),
    ("dangling", "symbolic link"),
    ("socket", "neither"),
    ("\u{fffd}\u{fffd}.csv", "not UTF-8"),
];

fn left_out(err: &str) -> Vec<&str> {
    err.lines()
        .filter_map(|line| line.strip_prefix("left out: "))
        .collect()
}

fn holds_what_is_left_out(err: &str) {
    let found = left_out(err);
    for (path, reason) in LEFT_OUT {
        let line = found
            .iter()
            .find(|line| line.starts_with(&format!("{path}: ")));
        let line = line.unwrap_or_else(|| panic!("{path} is not said: {err}"));
        assert!(line.contains(reason), "{line}");
    }
    assert_eq!(found.len(), LEFT_OUT.len(), "{err}");
}

pub async fn library(session: &Session, name: &str) -> Option<Library> {
    libraries(session)
        .await
        .into_iter()
        .find(|library| library.name == name)
}

pub fn category<'a>(categories: Option<&'a Vec<Category>>, name: &str) -> &'a Category {
    let found = categories
        .into_iter()
        .flatten()
        .find(|category| category.name == name);
    found.unwrap_or_else(|| panic!("no category {name}"))
}

fn names(items: Option<&Vec<Item>>) -> Vec<(&str, ItemType)> {
    items
        .into_iter()
        .flatten()
        .map(|item| (item.name.as_str(), item.kind))
        .collect()
}

#[tokio::test]
async fn an_odd_tree_becomes_a_library_and_the_rest_is_said() {
    let server = Server::demo().await;
    let tree = odd_tree();
    let folder = tree.path().to_str().expect("UTF-8");
    let lea = server.log_in("lea").await;
    let said = server
        .command(&["library", "import", folder, "--name", "Odd things"])
        .await;
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout).into_owned(),
        String::from_utf8_lossy(&said.stderr).into_owned(),
    );
    assert_eq!(said.status.code(), Some(0), "{out}{err}");
    holds_what_is_left_out(&err);
    assert!(
        out.contains("Odd things") && out.contains("20 left out"),
        "{out}"
    );
    eventually("lea sees it", async || {
        library(&lea, "Odd things").await.is_some()
    })
    .await;
    let odd = library(&lea, "Odd things").await.expect("it is there");

    let top = names(odd.items.as_ref());
    let expected = [
        ("a:b?.csv", ItemType::File),
        ("Begrüßung", ItemType::Text),
        ("no extension", ItemType::File),
    ];
    assert_eq!(top, expected);
    let categories: Vec<&str> = odd
        .categories
        .iter()
        .flatten()
        .map(|category| category.name.as_str())
        .collect();
    assert_eq!(
        categories,
        ["1", "Links", "Prices"],
        "without the empty ones"
    );
    let items: Vec<&Item> = odd.items.iter().flatten().collect();
    assert_eq!(
        items[1].value, "Guten Tag",
        "without the mark at its beginning"
    );
    assert_eq!(
        items[0].value,
        format!("{}/ab.csv", items[0].id),
        "the key ends in a name that is fit for a file"
    );
    let links = category(odd.categories.as_ref(), "Links");
    let addresses: Vec<(&str, &str)> = links
        .items
        .iter()
        .flatten()
        .map(|item| (item.name.as_str(), item.value.as_str()))
        .collect();
    let expected = [
        ("Mail", "mailto:a@example.com"),
        ("Plain", "https://example.com/plain"),
        ("Shop", "https://example.com/?a=b#c"),
    ];
    assert_eq!(addresses, expected);
    let prices = category(odd.categories.as_ref(), "Prices");
    assert_eq!(names(prices.items.as_ref()), [("Empty", ItemType::Text)]);
    let of_2026 = category(prices.categories.as_ref(), "2026");
    assert_eq!(
        names(of_2026.items.as_ref()),
        [("Page", ItemType::Text), ("価格表.pdf", ItemType::File)]
    );

    // A file of it can be inserted, by whom it is granted to, and by nobody else.
    let anna = server.log_in("anna").await;
    let email = draft(&anna).await;
    let file = &of_2026.items.as_ref().expect("items")[1];
    let refused = anna
        .insert(&email, file.id, None)
        .await
        .expect_err("not granted");
    assert_eq!(
        refused.id(),
        "error.request.responseManagement.itemAccessDenied"
    );
    server
        .done(&["library", "grant", "odd THINGS", "--workgroup", "support"])
        .await;
    eventually("anna may use it", async || {
        anna.insert(&email, file.id, None).await.is_ok()
    })
    .await;
    let attached = crate::email::attachments_of(&anna, &email).await.remove(0);
    assert_eq!(attached.name, "価格表.pdf");
    assert!(
        anna.fetch(&attached.download_uri)
            .await
            .expect("its bytes")
            .body
            == noise(1, 5_000)
    );
}

#[test]
fn a_dry_run_says_the_same_and_changes_nothing() {
    let installation = Installation::new();
    let tree = odd_tree();
    let folder = tree.path().to_str().expect("UTF-8");
    installation.done(&["workgroup", "add", "Support"]);
    let dry = installation.run(&["library", "import", folder, "--name", "Odd", "--dry-run"]);
    assert_eq!(dry.status, 0, "{dry:?}");
    holds_what_is_left_out(&dry.err);
    assert!(dry.out.contains("would be made"), "{dry:?}");
    assert!(!installation.done(&["library", "list"]).contains("Odd"));
    let blobs = || blob_files(&installation.data()).len();
    assert_eq!(blobs(), 0, "no bytes were written");
    // What must not be left out can be asked for.
    for arguments in [
        &["library", "import", folder, "--strict"][..],
        &["library", "import", folder, "--strict", "--dry-run"],
    ] {
        let strict = installation.run(arguments);
        assert_eq!(strict.status, 1, "{strict:?}");
        holds_what_is_left_out(&strict.err);
        assert!(
            strict.err.contains("20 things could not be taken"),
            "{strict:?}"
        );
    }
    assert_eq!(blobs(), 0, "no bytes were written");
    let wet = installation.run(&["library", "import", folder, "--name", "Odd"]);
    assert_eq!((wet.status, left_out(&wet.err)), (0, left_out(&dry.err)));
    let count = |out: &str| out.lines().last().expect("a summary").to_owned();
    assert_eq!(count(&wet.out), count(&dry.out));
    assert!(
        wet.err.lines().all(|line| line.starts_with("left out: ")),
        "no bar where nobody looks: {}",
        wet.err
    );
    let again = installation.run(&["library", "import", folder, "--name", "Odd", "--dry-run"]);
    assert!(again.out.contains("nothing would change"), "{again:?}");
    put(tree.path(), "Begrüßung.txt", "Guten Abend");
    let changed = installation.run(&["library", "import", folder, "--name", "Odd", "--dry-run"]);
    assert!(changed.out.contains("would be replaced"), "{changed:?}");
}
