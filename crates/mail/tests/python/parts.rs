//! Attached and inline parts: their names, places and bytes.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use mail::compose::{Message, Part};
use serde_json::{Value, json};

use crate::reader::{message, read, read_in_pieces};

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
