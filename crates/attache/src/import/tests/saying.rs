//! What TOML files say of things, and what becomes of those that say nothing.

use super::*;
use crate::import::about::MOST;

fn names(plan: &Plan) -> Vec<&str> {
    let items = plan.library.items.iter().flatten();
    items.map(|item| item.name.as_str()).collect()
}

#[test]
fn a_file_that_says_something_is_no_item_however_it_is_written() {
    let root = TempDir::new().expect("a folder");
    write_file(root.path(), "Library.TOML", b"description = \"d\"");
    write_file(root.path(), "category.toml", b"name = \"x\"");
    write_file(root.path(), "X.pdf", b"x");
    write_file(root.path(), "X.pdf.TOML", b"name = \"X of mine\"");
    write_file(root.path(), "Y.pdf", b"y");
    write_file(root.path(), "Y.pdf.toml", b"name = \"Y of mine\"");
    write_file(root.path(), "Y.pdf.Toml", b"name = \"another\"");
    write_file(root.path(), "Y.pdf.toml.toml", b"name = \"of what?\"");
    write_file(root.path(), "sub/library.toml", b"name = \"x\"");
    write_file(root.path(), "sub/Category.toml", b"name = \"Sub\"");
    write_file(root.path(), "sub/in.pdf", b"z");
    write_file(root.path(), "sub.toml", b"name = \"another\"");
    write_file(root.path(), "alone.toml", b"a = 1");
    write_file(root.path(), "alone.toml.toml", b"name = \"Alone\"");
    symlink("X.pdf", root.path().join("Z.pdf")).expect("a link");
    write_file(root.path(), "Z.pdf.toml", b"name = \"gone\"");
    let plan = plan_of(root.path(), Kind::System, &Limits::default());
    let expected = [
        "Y.pdf.Toml: another file says something of the same",
        "Y.pdf.toml.toml: it stands beside what says something itself",
        "Z.pdf: it is a symbolic link; links are not followed",
        "category.toml: of the library as a whole, library.toml says it",
        "sub.toml: category.toml in the folder says it",
        "sub/library.toml: of a folder in the library, category.toml says it",
    ];
    assert_eq!(reasons(&plan), expected);
    assert_eq!(plan.library.description.as_deref(), Some("d"));
    assert_eq!(names(&plan), ["Alone", "X of mine", "Y of mine"]);
    assert_eq!(plan.library.categories.expect("one")[0].name, "Sub");
}

#[test]
fn what_cannot_be_said_of_something_is_said_to_be_left_out() {
    let root = TempDir::new().expect("a folder");
    write_file(root.path(), "library.toml", b"shortcut = \"s\"");
    write_file(root.path(), "sub/category.toml", b"keywords = []");
    write_file(root.path(), "sub/a.pdf", b"a");
    let said = b"name = \"A\"\ndescription = \"d\"\norder = [\"x\"]\nexact = true";
    write_file(root.path(), "sub/a.pdf.toml", said);
    write_file(root.path(), "b.txt", b"b");
    write_file(root.path(), "b.txt.toml", b"key = \"k\"");
    write_file(root.path(), "c.pdf", b"c");
    write_file(root.path(), "c.pdf.toml", b"key = \"../c.pdf\"");
    let plan = plan_of(root.path(), Kind::Personal, &Limits::default());
    let expected = [
        "b.txt.toml: `key` cannot be said of a text",
        "c.pdf.toml: its `key` is none that a file can have",
        "library.toml: `shortcut` cannot be said of a library",
        "sub/a.pdf.toml: `description` cannot be said of a file",
        "sub/a.pdf.toml: `exact` cannot be said of a file",
        "sub/a.pdf.toml: `order` cannot be said of a file",
        "sub/category.toml: `keywords` cannot be said of a category",
    ];
    assert_eq!(reasons(&plan), expected);
    assert_eq!(plan.counts().files, 2);
}

#[test]
fn a_key_that_is_said_counts_as_far_as_a_file_can_have_it() {
    let root = TempDir::new().expect("a folder");
    let of_other = format!("{}/Form.pdf", Uuid::from_u128(7));
    for (name, bytes, key) in [
        ("1.pdf", "same", "a.pdf"),
        ("2.pdf", "same", "a.pdf"),
        ("3.pdf", "other", "a.pdf"),
        ("4.pdf", "4", &of_other),
        ("5.pdf", "5", "no id/x.pdf"),
        ("6.pdf", "6", "a\\u0000.pdf"),
    ] {
        write_file(root.path(), name, bytes.as_bytes());
        let said = format!("key = \"{key}\"");
        write_file(root.path(), &format!("{name}.toml"), said.as_bytes());
    }
    let keys = |kind: Kind| {
        let plan = plan_of(root.path(), kind, &Limits::default());
        let items = plan.library.items.expect("items").into_iter();
        let keys = items.map(|item| item.value.replace(&item.id.to_string(), "ID"));
        let files: Vec<String> = plan.files.into_iter().map(|file| file.file_name).collect();
        (keys.collect::<Vec<_>>(), files)
    };
    let (personal, files) = keys(Kind::Personal);
    assert_eq!(
        personal,
        ["a.pdf", "a.pdf", "ID/a.pdf", &of_other, "5.pdf", "6.pdf"]
    );
    assert_eq!(files, ["a.pdf", "a.pdf", "Form.pdf", "5.pdf", "6.pdf"]);
    let (system, files) = keys(Kind::System);
    let names = ["a.pdf", "a.pdf", "a.pdf", "Form.pdf", "5.pdf", "6.pdf"];
    assert_eq!(system, names.map(|name| format!("ID/{name}")));
    assert_eq!(files, names);
}

#[test]
fn what_is_to_be_taken_exactly_is() {
    let root = TempDir::new().expect("a folder");
    for (name, bytes) in [
        ("Marked.txt", "\u{FEFF}a\0b\r\n"),
        ("Odd.url", " www.example.com\n"),
    ] {
        write_file(root.path(), name, bytes.as_bytes());
        write_file(root.path(), &format!("{name}.toml"), b"exact = true");
    }
    write_file(root.path(), "Latin.txt", b"\xFC");
    write_file(root.path(), "Latin.txt.toml", b"exact = true");
    let plan = plan_of(root.path(), Kind::System, &Limits::default());
    assert_eq!(reasons(&plan), ["Latin.txt: it is not UTF-8"]);
    let items = plan.library.items.expect("items");
    assert_eq!(items[0].value, "\u{FEFF}a\0b\r\n");
    assert_eq!(items[1].value, " www.example.com\n");
}

#[test]
fn only_what_an_export_wrote_may_be_large() {
    let root = TempDir::new().expect("a folder");
    let size = usize::try_from(MOST).expect("a size");
    let large = format!("shortcut = \"s\"\n#{}", "x".repeat(size));
    write_file(root.path(), "a.pdf", b"a");
    write_file(root.path(), "a.pdf.toml", large.as_bytes());
    let library = format!("description = \"d\"\n#{}", "x".repeat(size));
    write_file(root.path(), "library.toml", library.as_bytes());
    let plan = plan_of(root.path(), Kind::System, &Limits::default());
    let expected = [
        "a.pdf.toml: it is larger than a text may be (64.00 KiB)",
        "library.toml: it is larger than a text may be (64.00 KiB)",
    ];
    assert_eq!(reasons(&plan), expected);
    assert_eq!(plan.library.description, None);
    write_file(
        root.path(),
        "library.toml",
        format!("export = 1\n{library}").as_bytes(),
    );
    let plan = plan_of(root.path(), Kind::System, &Limits::default());
    assert_eq!(reasons(&plan), Vec::<String>::new());
    assert_eq!(plan.library.description.as_deref(), Some("d"));
    let items = plan.library.items.expect("items");
    assert_eq!(items[0].shortcut.as_deref(), Some("s"));
    write_file(root.path(), "library.toml", b"export = 2");
    assert!(scan(root.path(), 10).is_err());
}

#[test]
fn an_empty_folder_is_a_category_where_something_is_said_of_it() {
    let root = TempDir::new().expect("a folder");
    write_file(root.path(), "Said/category.toml", b"name = \"Empty\"");
    write_file(root.path(), "Nothing said/category.toml", b"");
    fs::create_dir(root.path().join("Silent")).expect("a folder");
    let plan = plan_of(root.path(), Kind::System, &Limits::default());
    let categories = plan.library.categories.expect("categories");
    let names: Vec<&str> = categories.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Empty"]);
}
