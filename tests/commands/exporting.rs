//! Libraries that are written to a folder and read back, what stands in TOML files beside things, and the XML of the original product.

use std::fs;
use std::path::Path;

use icws::client::Session;
use icws::response_management::{Category, Item, ItemType, Library};
use tempfile::TempDir;

use super::import::{library, put};
use crate::response_management::{guid, new_item, own};
use crate::server::{Server, eventually};

pub fn all_items(library: &Library) -> Vec<Item> {
    fn within(categories: Option<&Vec<Category>>, into: &mut Vec<Item>) {
        for category in categories.into_iter().flatten() {
            into.extend(category.items.iter().flatten().cloned());
            within(category.categories.as_ref(), into);
        }
    }
    let mut items: Vec<Item> = library.items.iter().flatten().cloned().collect();
    within(library.categories.as_ref(), &mut items);
    items
}

fn item<'a>(items: &'a [Item], name: &str) -> &'a Item {
    let found = items.iter().find(|item| item.name == name);
    found.unwrap_or_else(|| panic!("no {name} among {items:?}"))
}

pub async fn bytes(session: &Session, item: &Item) -> Vec<u8> {
    let url = session.file_url(&item.value).await.expect("an address").url;
    session.fetch(&url).await.expect("the bytes").body.to_vec()
}

#[tokio::test]
async fn a_library_is_exported_and_imported_to_the_same() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let tree = TempDir::new().expect("a folder");
    for name in ["Product Information", "Letters"] {
        let before = library(&lea, name).await.expect("it is there");
        let folder = tree.path().join(name);
        let folder = folder.to_str().expect("UTF-8");
        let out = server.done(&["library", "export", folder]).await;
        assert!(out.contains("was written to"), "{out}");
        let again = server.command(&["library", "export", folder]).await;
        assert!(!again.status.success(), "the folder is not empty");

        // Read back it is the same, so that nothing has changed.
        let out = server.done(&["library", "import", folder]).await;
        assert!(out.contains("nothing has changed"), "{out}");
        assert_eq!(library(&lea, name).await.as_ref(), Some(&before));

        // As another library it has ids of its own and is otherwise the same.
        let out = server
            .done(&["library", "import", folder, "--name", "A copy"])
            .await;
        assert!(
            out.contains("was made") || out.contains("was replaced"),
            "{out}"
        );
        let named = async || {
            let copy = library(&lea, "A copy").await;
            copy.is_some_and(|copy| all_items(&copy).len() == all_items(&before).len())
        };
        eventually("lea sees the copy", named).await;
        let copy = library(&lea, "A copy").await.expect("it is there");
        for (item, other) in all_items(&before).iter().zip(all_items(&copy)) {
            assert_ne!(item.id, other.id);
            assert_eq!(
                (&item.name, item.kind, &item.keywords),
                (&other.name, other.kind, &other.keywords)
            );
            match item.kind {
                ItemType::File => assert_eq!(bytes(&lea, item).await, bytes(&lea, &other).await),
                _ => assert_eq!(item.value, other.value),
            }
        }
    }
}

#[tokio::test]
async fn what_names_of_files_cannot_say_comes_back_as_well() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let file = own(&anna).await;
    let text = |number, name: &str, value: &str| Item {
        name: name.into(),
        ..new_item(number, ItemType::Text, value)
    };
    anna.put(
        &anna.file_url("notes.txt").await.expect("an address").url,
        "a file, not a text",
    )
    .await
    .expect("taken");
    let odd = Library {
        id: file.id,
        name: file.name.clone(),
        description: Some("Odd things".into()),
        categories: Some(vec![
            Category {
                id: guid(100),
                name: "z: last / first?".into(),
                categories: None,
                items: Some(vec![
                    text(1, "Same", "one"),
                    text(2, "same", "<p>two</p>"),
                    text(3, ".hidden", "three"),
                ]),
            },
            Category {
                id: guid(101),
                name: "A".into(),
                categories: None,
                items: Some(vec![text(4, "library.toml", "four")]),
            },
        ]),
        items: Some(vec![
            Item {
                shortcut: Some("gr".into()),
                keywords: Some(vec!["hello".into(), "Grüße".into()]),
                ..text(5, "Zum Gruß", "five")
            },
            Item {
                name: "Link".into(),
                ..new_item(6, ItemType::Url, "https://example.com/?a=b")
            },
            Item {
                name: "Notes of mine".into(),
                ..new_item(7, ItemType::File, "notes.txt")
            },
        ]),
    };
    anna.save_library(&odd).await.expect("saved");
    let tree = TempDir::new().expect("a folder");
    let folder = tree.path().join("out");
    let folder = folder.to_str().expect("UTF-8");
    server
        .done(&["library", "export", folder, "--owner", "anna"])
        .await;
    let beside =
        fs::read_to_string(Path::new(folder).join("Zum Gruß.txt.toml")).expect("it is there");
    assert!(
        beside.contains("shortcut = \"gr\"") && beside.contains("Grüße"),
        "{beside}"
    );
    let out = server
        .done(&["library", "import", folder, "--owner", "anna", "--strict"])
        .await;
    assert!(out.contains("nothing has changed"), "{out}");
    let now = anna
        .library(&own(&anna).await.url)
        .await
        .expect("the library");
    assert_eq!(now, odd);
}

#[tokio::test]
async fn a_toml_file_says_what_a_file_is_called_and_found_by() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let tree = TempDir::new().expect("a folder");
    put(tree.path(), "Texts/Greeting.txt", "Hello");
    put(
        tree.path(),
        "Texts/Greeting.txt.toml",
        "name = \"Friendly greeting\"\nshortcut = \"gr\"\nkeywords = [\"hello\"]\n",
    );
    put(tree.path(), "Texts/category.toml", "name = \"Words\"\n");
    put(
        tree.path(),
        "library.toml",
        "name = \"Said\"\ndescription = \"What is said\"\n",
    );
    put(tree.path(), "alone.toml", "this is = a file");
    put(tree.path(), "bad.csv", "1;2");
    put(tree.path(), "bad.csv.toml", "nmae = \"x\"");
    let folder = tree.path().to_str().expect("UTF-8");
    let output = server.command(&["library", "import", folder]).await;
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("bad.csv.toml: it says what is not understood"),
        "{said}"
    );
    eventually("lea sees it", async || {
        library(&lea, "Said").await.is_some()
    })
    .await;
    let library = library(&lea, "Said").await.expect("it is there");
    assert_eq!(library.description.as_deref(), Some("What is said"));
    assert_eq!(
        library.categories.as_ref().expect("categories")[0].name,
        "Words"
    );
    let items = all_items(&library);
    let greeting = item(&items, "Friendly greeting");
    assert_eq!(greeting.shortcut.as_deref(), Some("gr"));
    assert_eq!(
        greeting.keywords.as_deref(),
        Some(&["hello".to_owned()][..])
    );
    item(&items, "bad.csv");
    assert_eq!(
        item(&items, "alone.toml").kind,
        ItemType::File,
        "a file that stands beside nothing is one itself"
    );
    assert_eq!(items.len(), 3);
}

const XML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<I3_Response_Management_Document title="Old answers" description="From before">
  <ResMgt_Node title="Greetings &amp; more">
    <ResMgt_Item title="Hello" type="text"><![CDATA[<p>Hello & welcome</p>]]></ResMgt_Item>
    <ResMgt_Item title="Hello" type="text">Plain &lt;again&gt;</ResMgt_Item>
    <ResMgt_Item title="Our page" type="url"><![CDATA[https://example.com/]]></ResMgt_Item>
    <ResMgt_Item title="Price list" type="file"><![CDATA[\\old-server\share\Prices.pdf]]></ResMgt_Item>
    <ResMgt_Item title="Lost" type="file"><![CDATA[D:\lost.doc]]></ResMgt_Item>
    <ResMgt_Item title="Odd" type="macro">x</ResMgt_Item>
  </ResMgt_Node>
  <ResMgt_Item title="At the top" type="text"><![CDATA[top]]></ResMgt_Item>
</I3_Response_Management_Document>
"#;

#[tokio::test]
async fn the_xml_of_the_original_product_is_imported() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let tree = TempDir::new().expect("a folder");
    put(tree.path(), "export.xml", XML);
    put(tree.path(), "Prices.pdf", "prices");
    let file = tree.path().join("export.xml");
    let file = file.to_str().expect("UTF-8");
    let dry = server
        .command(&["library", "import", file, "--dry-run"])
        .await;
    let (out, said) = (
        String::from_utf8_lossy(&dry.stdout),
        String::from_utf8_lossy(&dry.stderr),
    );
    assert!(
        out.contains("Old answers") && out.contains("would be made"),
        "{out}"
    );
    assert!(
        out.contains("3 texts, 1 link and 1 file") && out.contains("2 left out"),
        "{out}"
    );
    assert!(
        said.contains("Greetings & more/Lost: its file `lost.doc` does not lie beside the XML"),
        "{said}"
    );
    assert!(
        said.contains("Greetings & more/Odd: it is of a type that is not known: macro"),
        "{said}"
    );
    assert!(library(&lea, "Old answers").await.is_none());

    server.done(&["library", "import", file]).await;
    eventually("lea sees it", async || {
        library(&lea, "Old answers").await.is_some()
    })
    .await;
    let first = library(&lea, "Old answers").await.expect("it is there");
    assert_eq!(first.description.as_deref(), Some("From before"));
    assert_eq!(
        first.categories.as_ref().expect("categories")[0].name,
        "Greetings & more"
    );
    let items = all_items(&first);
    let shown: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
    let in_order = ["At the top", "Hello", "Hello", "Our page", "Price list"];
    assert_eq!(shown, in_order);
    assert_eq!(items[1].value, "<p>Hello & welcome</p>");
    assert_eq!(items[2].value, "Plain <again>");
    assert_eq!(item(&items, "Our page").value, "https://example.com/");
    assert_eq!(item(&items, "At the top").value, "top");
    let prices = item(&items, "Price list");
    assert!(prices.value.ends_with("/Prices.pdf"), "{}", prices.value);
    assert_eq!(bytes(&lea, prices).await, b"prices");

    // Again nothing changes, and ids stay.
    let out = server.done(&["library", "import", file]).await;
    assert!(out.contains("nothing has changed"), "{out}");
    let twice = format!("{XML}{}", XML.split_once("?>").expect("a declaration").1);
    for content in [
        "<other/>",
        "no XML",
        &XML[..XML.rfind("<ResMgt_Item").expect("an item")],
        &twice,
        &format!("{XML}more"),
    ] {
        put(tree.path(), "export.xml", content);
        let output = server.command(&["library", "import", file]).await;
        assert_eq!(output.status.code(), Some(1), "{content}");
    }
    assert_eq!(library(&lea, "Old answers").await, Some(first));
}
