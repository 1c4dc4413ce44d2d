//! Messages in messages are read one by one, and not by the parser in one go.
//!
//! The parser takes what stands in a message apart too, keeps a copy of the whole for each, and lets one stand in another without end: a small
//! message could fill any memory. So the words by which it knows them are changed in a copy of the same length before it reads that: it takes them for
//! files of a kind that it does not know, and all bytes are then taken from the original.
//!
//! In the same way the name of the header is changed that says how a part is encoded: the parser takes a part that it cannot decode to its last byte
//! for something else than it is, and what it decodes is not looked at.

use std::borrow::Cow;

/// The words in a Content-Type, and what stands for them: the last letter is another.
const WORDS: [(&[u8], &[u8]); 3] = [
    (b"rfc822", b"rfc82x"),
    (b"global", b"globax"),
    (b"digest", b"digesx"),
];

/// What stands for `Content-Transfer-Encoding`.
pub(super) const ENCODING: &str = "Content-Transfer-Encodinx";

/// The longest header name that is looked at, with whatever spaces are in it.
const MAX_NAME: usize = 80;

/// The message with those words changed, if it has any.
pub(super) fn masked(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut copy = Cow::Borrowed(raw);
    let mut start = 0;
    while start < raw.len() {
        let line = &raw[start..];
        if let Some(colon) = colon_behind(b"content-transfer-encoding", line) {
            let name = line[..colon].trim_ascii_end();
            copy.to_mut()[start + name.len() - 1] = b'x';
        } else if let Some(colon) = colon_behind(b"content-type", line) {
            let from = start + colon + 1;
            let kind = &raw[from..from + length_of_type(&raw[from..])];
            for (word, other) in WORDS {
                for place in find_all(kind, word) {
                    let at = from + place + word.len() - 1;
                    copy.to_mut()[at] = other[word.len() - 1];
                }
            }
        }
        start += raw[start..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(raw.len() - start, |end| end + 1);
    }
    copy
}

/// Whether this is what stands for a message.
pub(super) fn is_message(kind: &str, subtype: Option<&str>) -> bool {
    kind.eq_ignore_ascii_case("message")
        && subtype.is_some_and(|subtype| {
            subtype.eq_ignore_ascii_case("rfc82x") || subtype.eq_ignore_ascii_case("globax")
        })
}

/// Whether this is what stands for a digest, in which parts without a type are messages.
pub(super) fn is_digest(kind: &str, subtype: Option<&str>) -> bool {
    kind.eq_ignore_ascii_case("multipart")
        && subtype.is_some_and(|subtype| subtype.eq_ignore_ascii_case("digesx"))
}

/// The subtype as it stood in the message.
pub(super) fn unmasked(subtype: &str) -> String {
    let mut plain = subtype.to_ascii_lowercase();
    for (word, other) in WORDS {
        let (word, other) = (text(word), text(other));
        plain = plain.replace(other, word);
    }
    plain
}

fn text(word: &[u8]) -> &str {
    std::str::from_utf8(word).unwrap_or_default()
}

/// Where the colon stands behind a name, if this line is the beginning of that header. The parser overlooks spaces in a name and before it.
fn colon_behind(wanted: &[u8], line: &[u8]) -> Option<usize> {
    let colon = line.iter().take(MAX_NAME).position(|byte| *byte == b':')?;
    let name = line[..colon]
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase);
    name.eq(wanted.iter().copied()).then_some(colon)
}

/// How far the type goes: to its parameters or to the end of the header.
fn length_of_type(value: &[u8]) -> usize {
    let mut previous = 0;
    for (place, byte) in value.iter().enumerate() {
        let is_next_header = previous == b'\n' && !matches!(byte, b' ' | b'\t');
        if *byte == b';' || is_next_header {
            return place;
        }
        previous = *byte;
    }
    value.len()
}

fn find_all<'a>(text: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(word.len())
        .enumerate()
        .filter(|(_, window)| window.eq_ignore_ascii_case(word))
        .map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(raw: &str) -> String {
        String::from_utf8(masked(raw.as_bytes()).into_owned()).expect("UTF-8")
    }

    #[test]
    fn only_types_are_changed() {
        assert_eq!(
            mask("Content-Type: Message/RFC822; name=rfc822\r\n\r\nrfc822 global\r\n"),
            "Content-Type: Message/RFC82x; name=rfc822\r\n\r\nrfc822 global\r\n"
        );
        assert_eq!(
            mask("Content-type:\r\n multipart/digest;\r\n boundary=digest\r\n"),
            "Content-type:\r\n multipart/digesx;\r\n boundary=digest\r\n"
        );
        assert_eq!(
            mask("A: b\n Content - Type : message/global\nX: global\n"),
            "A: b\n Content - Type : message/globax\nX: global\n"
        );
        assert_eq!(
            mask("content-transfer-Encoding : base64\n\n"),
            "content-transfer-Encodinx : base64\n\n"
        );
        let plain = "Subject: rfc822\r\n\r\nmessage/rfc822";
        assert!(matches!(masked(plain.as_bytes()), Cow::Borrowed(_)));
        assert_eq!(unmasked("RFC82x"), "rfc822");
    }
}
