//! The fixtures, each beside what is to be read in it, and what no file can show.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::*;

/// What was read, line by line.
fn describe(incoming: &Incoming, indent: &str, out: &mut String) {
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            writeln!(out, "{indent}{name}: {value}").expect("a string");
        }
    };
    let people = |list: &[Address]| {
        let one = |address: &Address| match &address.address {
            Some(spec) => format!("{:?} <{spec}>", address.display_name),
            None => format!("{:?}", address.display_name),
        };
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let time = |time: Option<i64>| time.map(|time| time.to_string()).unwrap_or_default();
    line("id", incoming.message_id.as_deref().unwrap_or_default());
    line("answers", &incoming.in_reply_to.join(" "));
    line("thread", &incoming.references.join(" "));
    line("date", &time(incoming.date));
    line("received", &time(incoming.received));
    line("from", &people(std::slice::from_ref(&incoming.from)));
    line("reply to", &people(&incoming.reply_to));
    line("to", &people(&incoming.to));
    line("cc", &people(&incoming.cc));
    line("bcc", &people(&incoming.bcc));
    line("brought to", &incoming.delivered_to.join(" "));
    line("subject", &incoming.subject);
    if incoming.importance != Importance::Normal {
        line("importance", &format!("{:?}", incoming.importance));
    }
    for (name, body) in [("text", &incoming.text), ("html", &incoming.html)] {
        if let Some(body) = body {
            line(name, &format!("{body:?}"));
        }
    }
    for file in &incoming.files {
        let id = file.content_id.as_deref().unwrap_or("-");
        line(
            "file",
            &format!(
                "{:?} {} {id} {:?}",
                file.name,
                file.media_type,
                String::from_utf8_lossy(&file.bytes)
            ),
        );
    }
    for message in &incoming.messages {
        writeln!(out, "{indent}message of {} bytes:", message.raw.len()).expect("a string");
        describe(&message.content, &format!("{indent}  "), out);
    }
}

/// With `ATTACHE_WRITE_FIXTURES` set what was read is written down instead; look at it before it is committed.
#[test]
fn fixtures_are_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
    for entry in fs::read_dir(&folder).expect("a folder of fixtures") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "eml") {
            continue;
        }
        count += 1;
        let raw = fs::read(&path).expect("a fixture");
        let mut read = String::new();
        describe(&parse(&raw, 100).expect("is mail"), "", &mut read);
        let expected = path.with_extension("txt");
        if std::env::var_os("ATTACHE_WRITE_FIXTURES").is_some() {
            fs::write(&expected, &read).expect("is written");
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(read, expected, "{}", path.display());
        // The same with the line ends of Unix, whose bytes differ in number only.
        let unix: Vec<u8> = raw.into_iter().filter(|byte| *byte != b'\r').collect();
        let again = parse(&unix, 100).expect("is mail");
        let mut same = String::new();
        describe(&again, "", &mut same);
        let plain = |text: &str| {
            let lines = text.lines().filter(|line| !line.contains("message of"));
            lines.collect::<Vec<_>>().join("\n").replace("\\r", "")
        };
        assert_eq!(plain(&same), plain(&expected), "{}", path.display());
    }
    assert!(count >= 20, "{count} fixtures");
}

#[test]
fn what_is_no_mail_is_not_read() {
    for raw in [
        &b""[..],
        b"\0\xff\x80",
        b"hello world",
        b"note: to myself\n\nbuy milk\n",
        b"\n\n\n",
    ] {
        assert_eq!(parse(raw, 10), Err(Unreadable::NoMail), "{raw:?}");
    }
    assert_eq!(parse_headers(b"\0\xff"), Incoming::default());
    let headers = parse_headers(b"Subject: one\nFrom: a@example.org\n\nbody");
    assert_eq!(headers.subject, "one");
    assert_eq!(headers.text, None);
}

/// A message with as many parts.
fn with_parts(count: usize) -> Vec<u8> {
    let mut raw = b"Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n".to_vec();
    for number in 0..count {
        let part = format!("--b\nContent-Type: application/pdf; name={number}.pdf\n\n{number}\n");
        raw.extend_from_slice(part.as_bytes());
    }
    raw.extend_from_slice(b"--b--\n");
    raw
}

#[test]
fn ten_thousand_parts_are_read_in_no_time() {
    let raw = with_parts(10_000);
    let begun = Instant::now();
    let read = parse(&raw, 10_000).expect("is mail");
    assert_eq!(read.count(), 10_000);
    assert_eq!(read.files[9_999].name, "9999.pdf");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(parse(&raw, 9_999), Err(Unreadable::TooManyParts(9_999)));
}

#[test]
fn messages_in_messages_end_somewhere() {
    let begun = Instant::now();
    // Each in the one before, without any boundary.
    let raw = "Subject: deep\nContent-Type: message/rfc822\n\n".repeat(30_000);
    let read = parse(raw.as_bytes(), 100).expect("is mail");
    assert_eq!(read.count(), MAX_DEPTH + 1, "the last is a file");
    // Many side by side in one that is encoded, which a careless reader copies for each.
    let mut inner = b"Subject: wide\nContent-Type: multipart/digest; boundary=b\n\n".to_vec();
    for _ in 0..5_000 {
        inner.extend_from_slice(b"--b\n\nSubject: x\n\nx\n");
    }
    let mut raw = b"Subject: outer\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n".to_vec();
    raw.extend_from_slice(&inner);
    let read = parse(&raw, 10_000).expect("is mail");
    assert_eq!(read.count(), 5_001);
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_text_keeps_words_that_are_masked_for_the_parser() {
    let raw = b"Subject: about mail\n\nContent-Type: message/rfc822\nis a header\n";
    let read = parse(raw, 10).expect("is mail");
    assert_eq!(
        read.text.as_deref(),
        Some("Content-Type: message/rfc822\nis a header\n")
    );
}
