use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use super::*;

type Pieces = Vec<io::Result<Bytes>>;

fn message() -> Message {
    Message {
        message_id: "abc@desk.example.com".to_owned(),
        date: 1_790_000_000_999,
        from: Address::new("Support", "support@example.com"),
        to: vec![Address::new("", "anna@example.com")],
        ..Message::default()
    }
}

fn part(name: &str, size: u64) -> Part {
    Part {
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        content_id: None,
        size,
    }
}

/// Writes a message whose parts are given in pieces.
async fn write(message: &Message, parts: impl Fn(usize) -> Pieces) -> io::Result<String> {
    let layout = message.layout().expect("a message that can be written");
    let size = layout.size();
    let stream = layout.stream(|part| std::future::ready(Ok(stream::iter(parts(part)))));
    let written: Vec<Bytes> = stream.try_collect().await?;
    let written = written.concat();
    assert_eq!(written.len() as u64, size);
    Ok(String::from_utf8(written).expect("ASCII"))
}

async fn write_bare(message: &Message) -> String {
    write(message, |_| Vec::new()).await.expect("no part fails")
}

#[tokio::test]
async fn the_smallest_message() {
    let written = write_bare(&message()).await;
    let expected = "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n\
        From: \"Support\" <support@example.com>\r\n\
        To: <anna@example.com>\r\n\
        Subject: \r\n\
        Message-ID: <abc@desk.example.com>\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\
        \r\n";
    assert_eq!(written, expected);
}

#[tokio::test]
async fn every_layer_in_its_place() {
    let inline = Part {
        content_id: Some("logo@example.com".to_owned()),
        media_type: "image/png".to_owned(),
        ..part("logo.png", 3)
    };
    let message = Message {
        text: Some("Hello".to_owned()),
        html: Some("<img src='CID:logo%40example.com'>".to_owned()),
        parts: vec![part("a.pdf", 0), inline],
        ..message()
    };
    let written = write(&message, |part| {
        if part == 1 {
            vec![Ok(Bytes::from_static(b"abc"))]
        } else {
            Vec::new()
        }
    })
    .await;
    let (_, body) = written
        .as_ref()
        .expect("written")
        .split_once("MIME-Version: 1.0\r\n")
        .expect("a header");
    let expected = "Content-Type: multipart/mixed; boundary=\"=_abcdeskexamplecom_a\"\r\n\
        \r\n\
        --=_abcdeskexamplecom_a\r\n\
        Content-Type: multipart/alternative; boundary=\"=_abcdeskexamplecom_b\"\r\n\
        \r\n\
        --=_abcdeskexamplecom_b\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\
        \r\n\
        Hello\r\n\
        --=_abcdeskexamplecom_b\r\n\
        Content-Type: multipart/related; boundary=\"=_abcdeskexamplecom_c\";\r\n \
        type=\"text/html\"\r\n\
        \r\n\
        --=_abcdeskexamplecom_c\r\n\
        Content-Type: text/html; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\
        \r\n\
        <img src=3D'CID:logo%40example.com'>\r\n\
        --=_abcdeskexamplecom_c\r\n\
        Content-Type: image/png\r\n\
        Content-Transfer-Encoding: base64\r\n\
        Content-Disposition: inline; filename=\"logo.png\"\r\n\
        Content-ID: <logo@example.com>\r\n\
        \r\n\
        YWJj\r\n\
        \r\n\
        --=_abcdeskexamplecom_c--\r\n\
        \r\n\
        --=_abcdeskexamplecom_b--\r\n\
        \r\n\
        --=_abcdeskexamplecom_a\r\n\
        Content-Type: application/pdf\r\n\
        Content-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment; filename=\"a.pdf\"\r\n\
        \r\n\
        \r\n\
        --=_abcdeskexamplecom_a--\r\n";
    assert_eq!(body, expected);
}

#[tokio::test]
async fn headers_of_an_answer() {
    let thread: Vec<String> = (0..60)
        .map(|number| format!("message-{number}@customer.example.org"))
        .collect();
    let hostile = [
        "",
        "no-at",
        "a@b>\r\nBcc: <c@d",
        "a b@c",
        "ä@b",
        "@",
        "a@b@c",
    ]
    .map(str::to_owned);
    let message = Message {
        reply_to: vec![Address::new("Answers", "answers@example.com")],
        to: Vec::new(),
        cc: vec![Address::new("", "carl@example.com")],
        in_reply_to: thread.last().cloned(),
        references: thread.iter().chain(&hostile).cloned().collect(),
        ..message()
    };
    let written = write_bare(&message).await;
    assert!(written.contains("\r\nReply-To: \"Answers\" <answers@example.com>\r\nTo: undisclosed-recipients:;\r\nCc: <carl@example.com>\r\n"));
    assert!(written.contains("\r\nIn-Reply-To: <message-59@customer.example.org>\r\nReferences: <message-0@customer.example.org> <"));
    assert!(!written.contains("Bcc") && !written.contains("no-at"));
    // The oldest, the latest 49, and the one that it answers.
    assert_eq!(written.matches("@customer.example.org>").count(), 51);
    assert!(written.contains("<message-11@") && !written.contains("<message-10@"));
    assert!(
        written.split("\r\n").all(|line| line.len() <= 78),
        "{written}"
    );

    let stranger = Message {
        in_reply_to: Some("a@b\r\nBcc: c@d".to_owned()),
        references: hostile.to_vec(),
        ..message
    };
    let written = write_bare(&stranger).await;
    assert!(!written.contains("In-Reply-To") && !written.contains("References"));
}

#[test]
fn what_cannot_be_written_is_refused() {
    let ben = Address {
        display_name: "Ben".to_owned(),
        address: None,
    };
    let refused = |header, address: &str| Unwritable::Address {
        header,
        address: address.to_owned(),
    };
    let cases = [
        (
            Message {
                from: ben.clone(),
                ..message()
            },
            refused("From", "Ben"),
        ),
        (
            Message {
                to: vec![ben],
                ..message()
            },
            refused("To", "Ben"),
        ),
        (
            Message {
                cc: vec![Address::new("", "a@b\r\nc")],
                ..message()
            },
            refused("Cc", "a@b\r\nc"),
        ),
        (
            Message {
                reply_to: vec![Address::new("x", "")],
                ..message()
            },
            refused("Reply-To", ""),
        ),
        (
            Message {
                message_id: "a>\r\n@b".to_owned(),
                ..message()
            },
            Unwritable::MessageId("a>\r\n@b".to_owned()),
        ),
        (
            Message {
                parts: vec![Part {
                    content_id: Some("a b@c".to_owned()),
                    ..part("a", 0)
                }],
                ..message()
            },
            Unwritable::ContentId("a b@c".to_owned()),
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(message.layout().expect_err("refused"), expected);
    }
}

#[test]
fn a_layout_is_the_same_every_time() {
    let message = Message {
        text: Some("Hello".to_owned()),
        parts: vec![part("a.pdf", 1 << 40), part("b.pdf", 1)],
        ..message()
    };
    let layout = message.layout().expect("a layout");
    assert_eq!(layout, message.layout().expect("a layout"));
    assert!(layout.size() > (1 << 40) / 3 * 4);
    let parts = layout
        .segments()
        .iter()
        .filter(|segment| matches!(segment, Segment::Base64 { .. }))
        .count();
    assert_eq!(parts, 2);
    let endless = Message {
        parts: vec![part("a.pdf", u64::MAX)],
        ..message
    };
    assert_eq!(endless.layout().expect("a layout").size(), u64::MAX);
}

#[tokio::test]
async fn a_part_in_pieces_of_any_size_is_the_same() {
    let bytes: Vec<u8> = (0..200_000_u32)
        .map(|number| number.to_le_bytes()[0] ^ number.to_le_bytes()[1])
        .collect();
    let pieces = |bytes: &[u8], size: usize| -> Pieces {
        bytes
            .chunks(size)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect()
    };
    for length in [
        0,
        1,
        2,
        3,
        56,
        57,
        58,
        113,
        114,
        115,
        57 * 1024,
        57 * 1024 + 1,
        200_000,
    ] {
        let bytes = &bytes[..length];
        let message = Message {
            parts: vec![part("a.bin", length as u64)],
            ..message()
        };
        let whole = write(&message, |_| pieces(bytes, 200_000))
            .await
            .expect("written");
        for size in [1, 3, 56, 57, 58, 4096, 58_368, 58_369] {
            assert_eq!(
                write(&message, |_| pieces(bytes, size))
                    .await
                    .expect("written"),
                whole,
                "{length} in pieces of {size}"
            );
        }
        let with_empty = |_| {
            pieces(bytes, 57)
                .into_iter()
                .flat_map(|piece| [Ok(Bytes::new()), piece, Ok(Bytes::new())])
                .collect()
        };
        assert_eq!(write(&message, with_empty).await.expect("written"), whole);
        assert!(whole.split("\r\n").all(|line| line.len() <= 78));
    }
}

#[tokio::test]
async fn a_piece_of_any_size_is_encoded_a_little_at_a_time() {
    const SIZE: usize = 1 << 24;
    let message = Message {
        parts: vec![part("a.bin", SIZE as u64)],
        ..message()
    };
    let open = |_| async { Ok(stream::iter([Ok(Bytes::from(vec![0; SIZE]))])) };
    let mut stream = std::pin::pin!(message.layout().expect("a layout").stream(open));
    while let Some(bytes) = stream.try_next().await.expect("the declared size") {
        assert!(bytes.len() <= 80 * 1024);
    }
}

#[tokio::test]
async fn a_part_of_another_size_is_an_error() {
    let message = Message {
        parts: vec![part("a.bin", 100), part("b.bin", 1)],
        ..message()
    };
    let cases: [(fn() -> Pieces, io::ErrorKind); 5] = [
        (
            || vec![Ok(Bytes::from(vec![0; 99]))],
            io::ErrorKind::UnexpectedEof,
        ),
        (Vec::new, io::ErrorKind::UnexpectedEof),
        (
            || vec![Ok(Bytes::from(vec![0; 101]))],
            io::ErrorKind::InvalidData,
        ),
        (
            || vec![Ok(Bytes::from(vec![0; 100])), Ok(Bytes::from_static(b"x"))],
            io::ErrorKind::InvalidData,
        ),
        (
            || {
                vec![
                    Ok(Bytes::from(vec![0; 60])),
                    Err(io::ErrorKind::TimedOut.into()),
                ]
            },
            io::ErrorKind::TimedOut,
        ),
    ];
    for (parts, kind) in cases {
        let layout = message.layout().expect("a layout");
        let stream =
            std::pin::pin!(layout.stream(|_| std::future::ready(Ok(stream::iter(parts())))));
        let results: Vec<io::Result<Bytes>> = stream.collect().await;
        let (last, before) = results.split_last().expect("a result");
        assert_eq!(last.as_ref().expect_err("an error").kind(), kind);
        assert!(
            before.iter().all(Result::is_ok),
            "the stream ends with its first error"
        );
    }
}

#[tokio::test]
async fn a_part_that_cannot_be_opened_is_an_error() {
    let message = Message {
        parts: vec![part("a.bin", 0)],
        ..message()
    };
    let stream = message
        .layout()
        .expect("a layout")
        .stream(|_| async { Err::<stream::Empty<_>, _>(io::ErrorKind::NotFound.into()) });
    let written: io::Result<Vec<Bytes>> = stream.try_collect().await;
    assert_eq!(
        written.expect_err("an error").kind(),
        io::ErrorKind::NotFound
    );
}

/// A worker may move the stream to another thread, whatever it is made of.
#[test]
fn the_stream_can_be_sent() {
    fn is_send<T: Stream + Send + 'static>(_: T) {}
    let layout = message().layout().expect("a layout");
    is_send(layout.stream(|_| async { Ok(stream::empty()) }));
}

#[test]
fn references_are_found_however_they_are_written() {
    let html = r#"<img src="cid:a@x"><img src=CID:b@x><img src='Cid:c%40x'><img src="cid:d&#64;x"><img src="cid:e&#x40;x&amp;y">
        <p style="background:url(&quot;cid:f@x&quot;)"><p style='background:url(cid:g@x)'><img srcset="cid:h@x 1x,cid:i@x 2x">
        <a href="acid:no@x">x-cid:no@x</a> <img src="cid:"><img src="CID&colon;j@x"> &cid:k@x;cid:l@x"#;
    let found = referenced_content_ids(html);
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "a@x", "b@x", "c@x", "d@x", "e@x&y", "f@x", "g@x", "h@x", "i@x", "j@x", "k@x", "l@x"
        ]
    );
    for html in [
        "",
        "cid",
        ":",
        "äcid",
        "cid:",
        "&",
        "&#;",
        "&#x110000;",
        "&#xD800;",
        "é:",
        "cid:%",
    ] {
        assert!(
            referenced_content_ids(html).iter().all(|id| id == "%"),
            "{html}"
        );
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    let html = "cid:".repeat(1 << 20);
    assert_eq!(referenced_content_ids(&html).len(), 1);
    assert!(referenced_content_ids(&"&#64".repeat(1 << 20)).is_empty());
}

#[tokio::test]
async fn media_types_are_kept_or_made_harmless() {
    let cases = [
        ("image/png", "image/png"),
        (
            "text/plain; charset=iso-8859-1",
            "text/plain; charset=iso-8859-1",
        ),
        (
            "text/csv;header=present; Charset=\"utf-8\"",
            "text/csv; charset=utf-8",
        ),
        ("text/plain; charset=\"a b\"", "text/plain"),
        ("text/plain; charset=a\r\nBcc: x", "text/plain"),
        ("image/png\r\nBcc: x", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("Multipart/mixed; boundary=x", "application/octet-stream"),
        ("nothing", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("a/b/c", "application/octet-stream"),
        ("ä/b", "application/octet-stream"),
    ];
    for (given, expected) in cases {
        let message = Message {
            parts: vec![Part {
                media_type: given.to_owned(),
                ..part("a", 0)
            }],
            ..message()
        };
        let written = write_bare(&message).await;
        assert!(
            written.contains(&format!(
                "\r\nContent-Type: {expected}\r\nContent-Transfer-Encoding: base64\r\n"
            )),
            "{given:?}: {written}"
        );
        assert!(!written.contains("Bcc"), "{given:?}");
    }
}
