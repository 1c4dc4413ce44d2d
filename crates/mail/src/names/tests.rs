use std::collections::HashSet;

use super::*;

/// Names that have tripped somebody, clean and unclean.
const AWKWARD: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "...",
    "a",
    "a.pdf",
    ".htaccess",
    "a.",
    "a..pdf",
    "a.tar.gz",
    "a (2)",
    "a (2).pdf",
    "a (1).pdf",
    "a (02).pdf",
    "a (0).pdf",
    "a (99999).pdf",
    "a (100000).pdf",
    "a (99999999999999999999).pdf",
    "a (2) (3).pdf",
    "a(2).pdf",
    "a  (2).pdf",
    " (2).pdf",
    "(2).pdf",
    " (2)",
    "a (2)b.pdf",
    "a (2).b.pdf",
    "a.b (2)",
    ".a (2)",
    ". (2)",
    "x (2).",
    "a (+2).pdf",
    "a (２).pdf",
    "a (-2).pdf",
    "a ().pdf",
    "a (2",
    "ä (2).ö",
    "日本語 (12).pdf",
    "a (2) .pdf",
    ".a.b (2).c",
];

#[test]
fn paths_are_stripped() {
    for raw in [
        "a.pdf",
        r"C:\x\a.pdf",
        "../../a.pdf",
        "/etc/a.pdf",
        r"\\server\share\a.pdf",
        "x/y\\a.pdf",
        r"..\a.pdf",
    ] {
        assert_eq!(clean_file_name(raw, MAX_FILE_NAME), "a.pdf", "{raw:?}");
    }
    for raw in [
        "", "/", "..", "a/", "a/..", r"a\.", " . . ", "\u{202E}", "???",
    ] {
        assert_eq!(clean_file_name(raw, MAX_FILE_NAME), "file", "{raw:?}");
    }
}

#[test]
fn characters_that_deceive_or_break_are_dropped() {
    assert_eq!(
        clean_file_name("invoice\u{202E}fdp.exe", MAX_FILE_NAME),
        "invoicefdp.exe"
    );
    assert_eq!(
        clean_file_name("a\r\nBcc: b\0\u{7f}\u{85}.pdf", MAX_FILE_NAME),
        "aBcc b.pdf"
    );
    assert_eq!(
        clean_file_name("<a>:\"b\"|c?*.txt", MAX_FILE_NAME),
        "abc.txt"
    );
    assert_eq!(
        clean_file_name(
            "a\u{200B}\u{FEFF}\u{2066}b\u{2069}\u{200F}.txt",
            MAX_FILE_NAME
        ),
        "ab.txt"
    );
    assert_eq!(clean_file_name("  .hidden. ", MAX_FILE_NAME), "hidden");
    assert_eq!(
        clean_file_name("\u{a0}a.pdf\u{3000}", MAX_FILE_NAME),
        "a.pdf"
    );
}

#[test]
fn ordinary_names_stay() {
    for name in [
        "Preisliste (März).pdf",
        "価格表 2026.pdf",
        "👩‍👩‍👧.png",
        "a'b;c,d&e=f%20#.txt",
        "می‌خواهم.txt",
        "a.tar.gz",
        "COM",
        "COM10.txt",
        "console.log",
    ] {
        assert_eq!(clean_file_name(name, MAX_FILE_NAME), name);
    }
}

#[test]
fn device_names_are_marked() {
    for name in [
        "CON",
        "nul",
        "Aux.txt",
        "com1.tar.gz",
        "LPT9",
        "COM¹",
        "conin$",
        "PRN .txt",
    ] {
        assert_eq!(clean_file_name(name, MAX_FILE_NAME), format!("_{name}"));
    }
    // One that is a device only once it has been shortened.
    let name = clean_file_name(&format!("CONSOLE.{}", "x".repeat(251)), MAX_FILE_NAME);
    assert!(
        name.starts_with("_CO.x") && name.len() == MAX_FILE_NAME,
        "{name}"
    );
}

#[test]
fn long_names_are_shortened_before_their_extension() {
    let name = clean_file_name(&format!("{}.pdf", "ä".repeat(200)), MAX_FILE_NAME);
    assert_eq!(name, format!("{}.pdf", "ä".repeat(125)));
    assert_eq!(
        clean_file_name(&format!("{}.pdf", "a".repeat(251)), MAX_FILE_NAME).len(),
        255
    );
    assert_eq!(
        clean_file_name(&"🙂".repeat(100), MAX_FILE_NAME),
        "🙂".repeat(63)
    );
    assert_eq!(
        clean_file_name(&format!("a.{}", "b".repeat(300)), MAX_FILE_NAME),
        format!("a.{}", "b".repeat(253))
    );
}

#[test]
fn cleaning_twice_changes_nothing() {
    let long = format!("{} .{}", "ab ".repeat(90), "ö .".repeat(30));
    let devices = format!("CON{}.{}", "x".repeat(9), "y".repeat(250));
    for raw in AWKWARD
        .iter()
        .copied()
        .chain([long.as_str(), devices.as_str(), "_CON", "a /b. "])
    {
        let clean = clean_file_name(raw, MAX_FILE_NAME);
        assert!(!clean.is_empty() && clean.len() <= MAX_FILE_NAME);
        assert_eq!(clean_file_name(&clean, MAX_FILE_NAME), clean, "{raw:?}");
    }
}

#[test]
fn attachment_names_are_taken_apart() {
    let cases = [
        ("a.pdf", "a.pdf", 1),
        ("a (2).pdf", "a.pdf", 2),
        ("a.tar (2).gz", "a.tar.gz", 2),
        ("a (2)", "a", 2),
        ("a (1).pdf", "a (1).pdf", 1),
        ("a (02).pdf", "a (02).pdf", 1),
        ("a (99999).pdf", "a.pdf", 99_999),
        ("a (100000).pdf", "a (100000).pdf", 1),
        ("a (2) (3).pdf", "a (2).pdf", 3),
        (" (2).pdf", " (2).pdf", 1),
        ("a (+2).pdf", "a (+2).pdf", 1),
    ];
    for (name, wanted, ordinal) in cases {
        assert_eq!(
            AttachmentName::parse(name),
            AttachmentName {
                wanted: wanted.to_owned(),
                ordinal
            }
        );
    }
}

#[test]
fn attachment_names_round_trip() {
    let mut forms = HashSet::new();
    for name in AWKWARD {
        let form = AttachmentName::parse(name);
        assert_eq!(form.to_string(), *name);
        assert!(forms.insert(form), "{name:?} shares its form");
    }
    // And the other way: every number of every name is its own form.
    for name in AWKWARD.iter().filter(|name| !name.is_empty()) {
        for ordinal in [2, 9, 10, MAX_ORDINAL] {
            let form = AttachmentName {
                wanted: (*name).to_owned(),
                ordinal: 1,
            }
            .with_ordinal(ordinal);
            assert_eq!(AttachmentName::parse(&form.to_string()), form);
        }
    }
}

#[test]
fn a_family_has_room_for_every_number() {
    assert_eq!(
        AttachmentName::next_family("a (2).pdf", MAX_FILE_NAME),
        "a (2).pdf"
    );
    for name in [
        "a".repeat(255),
        format!("{}.pdf", "ä".repeat(125)),
        format!("a.{}", "b".repeat(253)),
        "🙂".repeat(63),
    ] {
        let wanted = AttachmentName::next_family(&name, MAX_FILE_NAME);
        let last = AttachmentName {
            wanted,
            ordinal: MAX_ORDINAL,
        };
        let shown = last.to_string();
        assert!(
            shown.len() <= MAX_FILE_NAME && shown.contains(" (99999)"),
            "{shown}"
        );
        assert_eq!(AttachmentName::parse(&shown), last);
        assert_eq!(clean_file_name(&shown, MAX_FILE_NAME), shown);
    }
}

#[test]
fn identifiers_are_unguessable_and_safe() {
    let ids: HashSet<String> = (0..1000)
        .flat_map(|_| {
            [
                content_id("desk.example.com"),
                message_id("desk.example.com"),
            ]
        })
        .collect();
    assert_eq!(ids.len(), 2000);
    for id in &ids {
        let (unique, domain) = id.split_once('@').expect("one @");
        assert_eq!(domain, "desk.example.com");
        assert_eq!(unique.len(), 32);
        assert!(
            unique
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7')),
            "{id}"
        );
    }
    assert!(content_id("a>\r\nb@c.").ends_with("@abc"));
    assert!(content_id("").ends_with("@localhost"));
}

#[test]
fn media_types_come_from_the_extension() {
    let cases = [
        ("a.pdf", "application/pdf"),
        ("A.PNG", "image/png"),
        ("a.txt", "text/plain"),
        ("a.html", "text/html"),
        ("a", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        (".pdf", "application/octet-stream"),
        ("a.\r\nBcc: x", "application/octet-stream"),
    ];
    for (name, expected) in cases {
        assert_eq!(media_type(name), expected, "{name:?}");
    }
}
