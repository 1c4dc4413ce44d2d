//! What stays the same in all copies of a message, whichever way each came.

use mail_parser::{HeaderName, MessageParser};

use super::{headers, mend};

/// Gives, piece by piece, what two copies of one message have in common: its first Message-ID, From, Date and Subject, with one space for each run
/// of them, and its body, with its lines ended by LF and nothing but one at its end. What servers on its way add or change about its other headers is
/// no part of it.
///
/// The bytes are those of the source and not what is read in them, so that they stay the same when messages are read better one day.
pub fn essence(raw: &[u8], mut take: impl FnMut(&[u8])) {
    let raw = mend::mended(raw);
    let Some(message) = MessageParser::default().parse_headers(&raw) else {
        return take(&raw);
    };
    for name in [
        HeaderName::MessageId,
        HeaderName::From,
        HeaderName::Date,
        HeaderName::Subject,
    ] {
        let header = message.headers().iter().find(|header| header.name == name);
        let value = header.map_or(&[][..], |header| headers::bytes_of(header, &raw));
        let words = value.split(u8::is_ascii_whitespace);
        for word in words.filter(|word| !word.is_empty()) {
            take(word);
            take(b" ");
        }
        take(b"\n");
    }
    let behind = message.headers().last().map_or(0, |last| last.offset_end);
    let behind = raw.get(behind as usize..).unwrap_or_default();
    let mut lines = behind.trim_ascii_end().split(|byte| *byte == b'\n');
    // To the empty line.
    let is_headers = |line: &&[u8]| !line.trim_ascii().is_empty();
    lines.by_ref().take_while(is_headers).for_each(drop);
    for line in lines {
        take(line.strip_suffix(b"\r").unwrap_or(line));
        take(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: &str) -> String {
        let mut pieces = Vec::new();
        essence(raw.as_bytes(), |piece| pieces.extend_from_slice(piece));
        String::from_utf8(pieces).expect("UTF-8")
    }

    #[test]
    fn ways_make_no_difference() {
        let first = "From: Kim <kim@example.org>\nSubject: a  lamp\nDate: today\nMessage-ID: <a@b>\n\none\n\ntwo\n";
        assert_eq!(
            of(first),
            "<a@b> \nKim <kim@example.org> \ntoday \na lamp \none\n\ntwo\n"
        );
        let other = "Received: by x;\r\n\tnow\r\nReturn-Path: <>\r\nMessage-ID:\r\n <a@b>\r\nFrom:  Kim\r\n <kim@example.org>\r\nSubject: a lamp\r\nDate: today\r\n\r\none\r\n\r\ntwo\r\n\r\n";
        assert_eq!(of(other), of(first));
    }

    #[test]
    fn all_else_does() {
        let first = "From: kim@example.org\nDate: today\nMessage-ID: <a@b>\nSubject: c\n\none\n";
        for (old, new) in [
            ("kim", "tom"),
            ("today", "yesterday"),
            ("<a@b>", "<b@b>"),
            ("c\n\n", "d\n\n"),
            ("one", "two"),
            ("one", " one"),
            ("c\n\none", "c one\n\n"),
        ] {
            assert_ne!(of(first), of(&first.replace(old, new)), "{new}");
        }
        assert_ne!(of("A: b\n\nc"), of("A: b\n\nd"));
        assert_eq!(of(""), "");
    }
}
