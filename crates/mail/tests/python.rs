//! Messages read back by a reader that shares nothing with the writer: Python's `email` package. Needs `python3`.

use std::{
    io,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use mail::{
    addresses::Address,
    compose::{Message, Part},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

const HOSTILE_NAMES: &[&str] = &[
    "Preisliste (März).pdf",
    "価格表 2026年.pdf",
    "👩‍👩‍👧 🎉.png",
    "it's \"quoted\"; a\\b, c=d.txt",
    "semi;colon;;.txt",
    "50% off%20.txt",
    "a'b''c'.txt",
    "ä'b''c'(d)*e.txt",
    "paren(the)ses (2).pdf",
    "two  spaces  in.txt",
    "x*0=y; filename=z.txt",
    "utf-8''a.txt",
    "a\r\nBcc: victim@example.com.txt",
    "tab\tand\0nul.txt",
    "e\u{301} combining.txt",
    "مرحبا.txt",
    "#$&+-.^_`{|}~!",
    "a",
];

/// A message on disk, as Python reads it.
struct Read {
    folder: TempDir,
    found: Value,
}

impl Read {
    fn leaves(&self) -> &[Value] {
        self.found["leaves"].as_array().expect("leaves")
    }

    fn bytes(&self, leaf: usize) -> Vec<u8> {
        match std::fs::read(self.folder.path().join(leaf.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            bytes => bytes.expect("a leaf"),
        }
    }

    fn text(&self, leaf: usize) -> String {
        String::from_utf8(self.bytes(leaf)).expect("UTF-8")
    }
}

/// Writes a message, holds its size against the promise, and has it read.
async fn read(message: &Message, contents: impl Fn(usize) -> Vec<u8>) -> Read {
    read_in_pieces(message, |part| {
        stream::iter(vec![Ok(Bytes::from(contents(part)))])
    })
    .await
}

async fn read_in_pieces<Source>(message: &Message, open: impl Fn(usize) -> Source) -> Read
where
    Source: stream::Stream<Item = io::Result<Bytes>>,
{
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("message.eml");
    let layout = message.layout().expect("a message that can be written");
    let size = layout.size();
    let mut file = tokio::fs::File::create(&path).await.expect("a file");
    let mut stream = std::pin::pin!(layout.stream(|part| std::future::ready(Ok(open(part)))));
    while let Some(bytes) = stream
        .try_next()
        .await
        .expect("parts of their declared sizes")
    {
        file.write_all(&bytes).await.expect("room on the disk");
    }
    file.flush().await.expect("room on the disk");
    assert_eq!(file.metadata().await.expect("a file").len(), size);
    let found = run_reader(&path, folder.path());
    assert_eq!(found["defects"], json!([]));
    assert_eq!(found["headerDefects"], json!([]));
    assert_eq!(found["bareLineEnds"], 0);
    assert!(found["longest"].as_u64().expect("a number") <= 998);
    assert_eq!(found["addresses"]["Bcc"], Value::Null);
    Read { folder, found }
}

fn run_reader(message: &Path, folder: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_mail.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(message)
        .arg(folder)
        .output()
        .expect("python3 can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn message() -> Message {
    Message {
        message_id: mail::names::message_id("desk.example.com"),
        date: 1_790_000_000_999,
        from: Address::new("Support", "support@example.com"),
        to: vec![Address::new("Anna", "anna@example.com")],
        ..Message::default()
    }
}

fn part(name: &str, size: usize) -> Part {
    Part {
        name: name.to_owned(),
        media_type: mail::names::media_type(name),
        content_id: None,
        size: size as u64,
    }
}

fn inline(name: &str, content_id: &str, size: usize) -> Part {
    Part {
        content_id: Some(content_id.to_owned()),
        ..part(name, size)
    }
}

/// Bytes that differ for each part and everywhere in it.
fn contents(part: usize, from: usize, length: usize) -> Vec<u8> {
    (from..from + length)
        .map(|place| {
            let mixed = (place as u64)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .wrapping_add(part as u64);
            (mixed ^ (mixed >> 29)).to_be_bytes()[3]
        })
        .collect()
}

#[tokio::test]
async fn every_header_reads_as_meant() {
    let subject = "Ihre Anfrage: Größe „XL“ – 価格 🎉 ".repeat(10);
    let names = [
        "Jörg Müller-Lüdenscheidt",
        "Doe, John \"JD\" \\ Co.",
        "日本語の名前",
        "",
        "=?utf-8?Q?forged?=",
        "👩‍👩‍👧",
        "(comment) <x>; [y]: z",
    ];
    let people = |prefix: &str| -> Vec<Address> {
        names
            .iter()
            .enumerate()
            .map(|(number, name)| Address::new(*name, format!("{prefix}{number}@example.com")))
            .collect()
    };
    let message = Message {
        from: Address::new("Köln, Support", "support@example.com"),
        reply_to: people("reply"),
        to: [
            people("to"),
            vec![Address::new("Ben", "\"b c@d\"@example.com")],
        ]
        .concat(),
        cc: people("cc").into_iter().cycle().take(300).collect(),
        subject: subject.clone(),
        in_reply_to: Some("last@customer.example.org".to_owned()),
        references: vec![
            "first@customer.example.org".to_owned(),
            "last@customer.example.org".to_owned(),
        ],
        text: Some("Hello".to_owned()),
        ..message()
    };
    let read = read(&message, |_| Vec::new()).await;
    let found = &read.found;
    let expected = |addresses: &[Address]| -> Value {
        addresses
            .iter()
            .map(|address| json!([address.display_name, address.address]))
            .collect()
    };
    assert_eq!(
        found["addresses"]["From"],
        expected(std::slice::from_ref(&message.from))
    );
    assert_eq!(found["addresses"]["Reply-To"], expected(&message.reply_to));
    assert_eq!(found["addresses"]["To"], expected(&message.to));
    assert_eq!(found["addresses"]["Cc"], expected(&message.cc));
    assert_eq!(found["texts"]["Subject"], subject.trim());
    assert_eq!(
        found["texts"]["Message-ID"],
        format!("<{}>", message.message_id)
    );
    assert_eq!(found["texts"]["In-Reply-To"], "<last@customer.example.org>");
    assert_eq!(
        found["texts"]["References"],
        "<first@customer.example.org> <last@customer.example.org>"
    );
    assert_eq!(found["texts"]["MIME-Version"], "1.0");
    assert_eq!(found["date"], 1_790_000_000.0);
    assert_eq!(found["zone"], "+0000");
    assert!(found["longest"].as_u64().expect("a number") <= 78);
    let order = [
        "Date",
        "From",
        "Reply-To",
        "To",
        "Cc",
        "Subject",
        "Message-ID",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];
    assert_eq!(found["names"], json!(order));
}

/// Names that need several encoded words. Some versions of Python's address reader put a space between them, so its header decoder reads these.
#[tokio::test]
async fn long_display_names_read_as_meant() {
    let names = [
        "日本語の名前".repeat(20),
        "Jörg Müller-Lüdenscheidt ".repeat(10).trim().to_owned(),
        "long ".repeat(40).trim().to_owned(),
    ];
    for name in names {
        let read = read(
            &Message {
                from: Address::new(&*name, "a@example.com"),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(read.found["decodedFrom"], format!("{name} <a@example.com>"));
        assert!(read.found["longest"].as_u64().expect("a number") <= 78);
    }
}

#[tokio::test]
async fn subjects_read_as_meant() {
    let unbroken = "x".repeat(1024);
    let wide = "価".repeat(1024);
    let cases = [
        ("", ""),
        ("plain", "plain"),
        ("a  b   c", "a  b   c"),
        ("=?utf-8?B?aGFjaw==?=", "=?utf-8?B?aGFjaw==?="),
        ("a =?x?= b ä", "a =?x?= b ä"),
        (
            "line\r\nBcc: victim@example.com",
            "line  Bcc: victim@example.com",
        ),
        ("under_score ? = ü", "under_score ? = ü"),
        (unbroken.as_str(), unbroken.as_str()),
        (wide.as_str(), wide.as_str()),
    ];
    for (subject, expected) in cases {
        let read = read(
            &Message {
                subject: subject.to_owned(),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(read.found["texts"]["Subject"], expected);
        assert_eq!(read.found["names"].as_array().map(Vec::len), Some(8));
    }
}

#[tokio::test]
async fn a_message_without_recipients_or_body() {
    let read = read(
        &Message {
            to: Vec::new(),
            ..message()
        },
        |_| Vec::new(),
    )
    .await;
    assert_eq!(read.found["addresses"]["To"], json!([]));
    assert_eq!(read.found["tree"], "text/plain");
    assert_eq!(read.leaves()[0]["size"], 0);
}

#[tokio::test]
async fn texts_survive_with_their_line_ends_as_crlf() {
    let long_line = "wörter ohne ende ".repeat(500);
    let controls: String = ('\0'..='\u{9f}')
        .filter(|character| !matches!(character, '\r' | '\n'))
        .collect();
    let wide = "価格🎉\n".repeat(3000);
    let texts = [
        "Hello",
        "Hello\r\n",
        "one\ntwo\rthree\r\nfour\n\rfive\r\r\n",
        "trailing space \nand tab\t\n\n\n",
        ".\r\n.hidden\r\n..\r\nFrom me\r\n-- \r\n--=_x_a--\r\n",
        "=3D=\n=_\n",
        " ",
        &long_line,
        &controls,
        &wide,
    ];
    for text in texts {
        let expected = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\n', "\r\n");
        let html = format!("<p>{text}</p>");
        let alone = read(
            &Message {
                text: Some(text.to_owned()),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(alone.found["tree"], "text/plain");
        assert_eq!(alone.leaves()[0]["charset"], "utf-8");
        // A message ends with a line end, so that what follows it starts a line.
        assert_eq!(
            alone.text(0).strip_suffix("\r\n").unwrap_or(&alone.text(0)),
            expected.strip_suffix("\r\n").unwrap_or(&expected)
        );

        let both = read(
            &Message {
                text: Some(text.to_owned()),
                html: Some(html),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(
            both.found["tree"],
            json!(["multipart/alternative", ["text/plain", "text/html"]])
        );
        assert_eq!(both.text(0), expected);
        assert_eq!(both.text(1), format!("<p>{expected}</p>"));
        assert!(both.found["longest"].as_u64().expect("a number") <= 78);
    }
}

#[tokio::test]
async fn html_alone_and_empty_texts() {
    let html = Message {
        text: Some(String::new()),
        html: Some("<b>ä</b>".to_owned()),
        ..message()
    };
    let html = read(&html, |_| Vec::new()).await;
    assert_eq!(html.found["tree"], "text/html");
    assert_eq!(html.text(0), "<b>ä</b>\r\n");
    let text = Message {
        text: Some("a".to_owned()),
        html: Some(String::new()),
        ..message()
    };
    assert_eq!(
        read(&text, |_| Vec::new()).await.found["tree"],
        "text/plain"
    );
}

#[tokio::test]
async fn inline_parts_stand_beside_the_html_that_refers_to_them() {
    let html =
        "<p>ä</p><img src=\"cid:logo@desk.example.com\"><img src=CID:pic%2B1%40desk.example.com>";
    let message = Message {
        text: Some("ä".to_owned()),
        html: Some(html.to_owned()),
        parts: vec![
            part("Liste.pdf", 1000),
            inline("Logo ö.png", "logo@desk.example.com", 2000),
            inline("unused.png", "unused@desk.example.com", 3000),
            inline("pic.png", "pic+1@desk.example.com", 0),
        ],
        ..message()
    };
    let sizes = [1000, 2000, 3000, 0];
    let read = read(&message, |part| contents(part, 0, sizes[part])).await;
    let related = json!(["multipart/related", ["text/html", "image/png", "image/png"]]);
    let alternative = json!(["multipart/alternative", ["text/plain", related]]);
    assert_eq!(
        read.found["tree"],
        json!([
            "multipart/mixed",
            [alternative, "application/pdf", "image/png"]
        ])
    );
    assert_eq!(read.found["related"], json!(["text/html"]));
    assert_eq!(read.text(1), html);
    let expected = [
        (
            2,
            1,
            "inline",
            "Logo ö.png",
            json!("<logo@desk.example.com>"),
        ),
        (3, 3, "inline", "pic.png", json!("<pic+1@desk.example.com>")),
        (4, 0, "attachment", "Liste.pdf", Value::Null),
        (5, 2, "attachment", "unused.png", Value::Null),
    ];
    for (leaf, part, disposition, name, content_id) in expected {
        let found = &read.leaves()[leaf];
        assert_eq!(found["disposition"], disposition);
        assert_eq!(found["name"], name);
        assert_eq!(found["contentId"], content_id);
        assert_eq!(read.bytes(leaf), contents(part, 0, sizes[part]));
    }
}

#[tokio::test]
async fn names_read_as_meant() {
    let long_names = [
        format!("{}.pdf", "ö".repeat(125)),
        format!("{}.pdf", "x".repeat(200)),
        format!("{}.pdf", "long name ".repeat(20)),
        format!("{}.pdf", "a\"b\\".repeat(50)),
        "🎉".repeat(63),
        format!("{}é.txt", "y".repeat(60)),
        "z".repeat(78),
        "z".repeat(79),
    ];
    let names: Vec<&str> = HOSTILE_NAMES
        .iter()
        .copied()
        .chain(long_names.iter().map(String::as_str))
        .collect();
    let attached = |name: &&str| Part {
        media_type: "application/pdf".to_owned(),
        ..part(name, 5)
    };
    let message = Message {
        text: Some("Hello".to_owned()),
        parts: names.iter().map(attached).collect(),
        ..message()
    };
    let read = read(&message, |part| contents(part, 0, 5)).await;
    for (place, name) in names.iter().enumerate() {
        let found = &read.leaves()[place + 1];
        assert_eq!(found["name"], *name);
        assert_eq!(found["disposition"], "attachment");
        assert_eq!(found["type"], "application/pdf");
        assert_eq!(read.bytes(place + 1), contents(place, 0, 5));
    }
}

#[tokio::test]
async fn ten_thousand_empty_parts() {
    let names: Vec<String> = (0..10_000)
        .map(|number| format!("Anhang ä ({number}).txt"))
        .collect();
    let message = Message {
        html: Some("<p></p>".to_owned()),
        parts: names.iter().map(|name| part(name, 0)).collect(),
        ..message()
    };
    let read = read(&message, |_| Vec::new()).await;
    assert_eq!(read.leaves().len(), 10_001);
    for (leaf, name) in read.leaves()[1..].iter().zip(&names) {
        assert_eq!(leaf["name"], **name);
        assert_eq!(leaf["type"], "text/plain");
        assert_eq!(leaf["charset"], Value::Null);
        assert_eq!(leaf["size"], 0);
    }
}

#[tokio::test]
async fn twenty_five_mebibytes_pass_through() {
    const SIZE: usize = 25 * 1024 * 1024;
    const PIECE: usize = 64 * 1024;
    let message = Message {
        text: Some("Hello".to_owned()),
        parts: vec![part("big.bin", SIZE)],
        ..message()
    };
    let source = || {
        stream::iter((0..SIZE).step_by(PIECE))
            .map(|from| Ok(Bytes::from(contents(0, from, PIECE.min(SIZE - from)))))
    };

    // What the source has given and the sink has not got is what is held in memory.
    let given = Arc::new(AtomicU64::new(0));
    let layout = message.layout().expect("a layout");
    let counted = Arc::clone(&given);
    let open = |_| {
        let counted = Arc::clone(&counted);
        let counted = source().inspect(move |piece: &io::Result<Bytes>| {
            counted.fetch_add(
                piece.as_ref().map_or(0, Bytes::len) as u64,
                Ordering::Relaxed,
            );
        });
        std::future::ready(Ok(counted))
    };
    let mut stream = std::pin::pin!(layout.stream(open));
    let mut written = 0;
    while let Some(bytes) = stream.try_next().await.expect("the declared size") {
        assert!(bytes.len() <= 80 * 1024, "{}", bytes.len());
        written += bytes.len() as u64;
        let held = given
            .load(Ordering::Relaxed)
            .saturating_sub(written / 78 * 57);
        assert!(
            held <= 2 * PIECE as u64,
            "{held} bytes held after {written}"
        );
    }

    let read = read_in_pieces(&message, |_| source()).await;
    assert_eq!(read.leaves()[1]["name"], "big.bin");
    assert!(
        read.bytes(1) == contents(0, 0, SIZE),
        "the part's bytes differ"
    );
}
