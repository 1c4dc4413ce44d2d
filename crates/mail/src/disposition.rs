//! `Content-Disposition`: the same meaning in HTTP (RFC 6266) and in MIME (RFC 2183), with names encoded as each asks.

use encodify::hex;
use mail_builder::headers::{Header, content_type::ContentType};

/// Whether a part is shown in its place or offered to be saved (RFC 2183, sections 2.1 and 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// Shown where it stands.
    Inline,
    /// Offered to be saved.
    Attachment,
}

impl Disposition {
    /// Its name in a header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        }
    }
}

/// The value of an HTTP `Content-Disposition` header (RFC 6266): ASCII, whatever the name is.
///
/// `filename` is always there. Where the name has more than plain ASCII, or a quote, backslash or percent sign, that one has `_` in their place,
/// and `filename*` (RFC 8187) has the name itself, everything but `attr-char` percent-encoded.
pub fn content_disposition(kind: Disposition, name: &str) -> String {
    let fallback: String = name
        .chars()
        .map(|character| if is_plain(character) { character } else { '_' })
        .collect();
    let kind = kind.as_str();
    if fallback == name {
        return format!("{kind}; filename=\"{name}\"");
    }
    // The encoder keeps RFC 2231's set, which has braces that RFC 8187's lacks.
    let encoded = hex::PERCENT
        .encode(name)
        .replace('{', "%7B")
        .replace('}', "%7D");
    format!("{kind}; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
}

/// What every reader of HTTP takes as it is inside quotes (RFC 6266, appendix D, warns of the percent sign).
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%')
}

/// Writes a MIME `Content-Disposition` header with its CRLF: the name quoted where it is ASCII, else percent-encoded, in pieces where it is
/// long (RFC 2231, sections 3 and 4). Lines have at most 78 bytes, but for a short name without any space to break it at.
pub(crate) fn write_mime(out: &mut Vec<u8>, kind: Disposition, name: &str) {
    let header = b"Content-Disposition: ";
    out.extend_from_slice(header);
    ContentType::new(kind.as_str())
        .attribute("filename", name)
        .write_header(out, header.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_quoted() {
        assert_eq!(
            content_disposition(Disposition::Attachment, "a (2).pdf"),
            "attachment; filename=\"a (2).pdf\""
        );
        assert_eq!(
            content_disposition(Disposition::Inline, "it's; a, b.txt"),
            "inline; filename=\"it's; a, b.txt\""
        );
    }

    #[test]
    fn other_names_are_encoded_beside_a_fallback() {
        let cases = [
            (
                "Preisliste (März).pdf",
                "Preisliste (M_rz).pdf",
                "Preisliste%20%28M%C3%A4rz%29.pdf",
            ),
            ("a\"b\\c.txt", "a_b_c.txt", "a%22b%5Cc.txt"),
            ("50%.txt", "50_.txt", "50%25.txt"),
            ("ä'{*}.txt", "_'{*}.txt", "%C3%A4%27%7B%2A%7D.txt"),
            ("価格.pdf", "__.pdf", "%E4%BE%A1%E6%A0%BC.pdf"),
            ("a\r\nX: y", "a__X: y", "a%0D%0AX%3A%20y"),
        ];
        for (name, fallback, encoded) in cases {
            let expected =
                format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}");
            assert_eq!(content_disposition(Disposition::Attachment, name), expected);
        }
    }

    #[test]
    fn any_name_gives_one_line_of_ascii() {
        for character in ('\0'..='\u{3000}').chain(['🙂', '\u{10FFFF}']) {
            let value = content_disposition(Disposition::Inline, &format!("a{character}b"));
            assert!(
                value.bytes().all(|byte| matches!(byte, b' '..=b'~')),
                "{value:?}"
            );
            assert_eq!(value.matches('"').count(), 2, "{value}");
        }
    }

    #[test]
    fn mime_lines_stay_short_and_whole() {
        let names = [
            "a.pdf",
            "a\r\nBcc: x",
            "ä\"(';%.txt",
            &"ö".repeat(127),
            &"a b".repeat(85),
            &"x".repeat(255),
            "\"\\\"",
        ];
        for name in names {
            let mut out = Vec::new();
            write_mime(&mut out, Disposition::Attachment, name);
            let out = String::from_utf8(out).expect("ASCII");
            let lines: Vec<&str> = out
                .strip_suffix("\r\n")
                .expect("a last CRLF")
                .split("\r\n")
                .collect();
            assert!(lines[0].starts_with("Content-Disposition: attachment"));
            assert!(lines[1..].iter().all(|line| line.starts_with(' ')), "{out}");
            assert!(
                lines
                    .iter()
                    .all(|line| line.len() <= 78
                        && line.bytes().all(|byte| matches!(byte, b' '..=b'~'))),
                "{out}"
            );
        }
    }
}
