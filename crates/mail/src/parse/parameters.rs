//! Names of files that are written in pieces or with their charset (RFC 2231).
//!
//! The parser makes text of each piece by itself, which destroys a character that is broken in two between them. Here the bytes are put together first.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::charsets;

/// The value of a parameter that is written as `name*=` or in pieces of which one at least is `name*0*=`, out of the value of a header.
pub(super) fn extended(header: &str, name: &str) -> Option<String> {
    if !header.contains('*') {
        return None;
    }
    let mut pieces = BTreeMap::new();
    for (key, value) in parameters(header) {
        let Some(kind) = key
            .get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .and_then(|_| key[name.len()..].strip_prefix('*'))
        else {
            continue;
        };
        if kind.is_empty() {
            return Some(text(&percent_decode_str(value.trim()).collect::<Vec<u8>>()));
        }
        let (number, is_encoded) = match kind.strip_suffix('*') {
            Some(number) => (number, true),
            None => (kind, false),
        };
        if let Ok(number) = number.parse::<u32>() {
            pieces.entry(number).or_insert((value, is_encoded));
        }
    }
    if !pieces.values().any(|(_, is_encoded)| *is_encoded) {
        return None;
    }
    let mut bytes = Vec::new();
    for (value, is_encoded) in pieces.into_values() {
        if is_encoded {
            bytes.extend(percent_decode_str(value.trim()));
        } else {
            bytes.extend_from_slice(value.as_bytes());
        }
    }
    Some(text(&bytes))
}

/// What bytes say that begin with their charset and language, each with an apostrophe behind it.
fn text(bytes: &[u8]) -> String {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\'');
    let text = match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(text)) => {
            charsets::decode(text, str::from_utf8(charset).ok())
        }
        _ => charsets::decode(bytes, None),
    };
    text.into_owned()
}

/// The parameters of a header's value, in their order; quoted ones without their quotes.
fn parameters(header: &str) -> impl Iterator<Item = (&str, String)> {
    let mut rest = header.split_once(';').map(|(_, rest)| rest);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut value = String::new();
        let (mut is_quoted, mut is_escaped) = (false, false);
        let start = text.find(['=', ';']).unwrap_or(text.len());
        let mut end = text.len();
        for (place, character) in text[start..]
            .char_indices()
            .skip(usize::from(text[start..].starts_with('=')))
        {
            match character {
                _ if is_escaped => {
                    value.push(character);
                    is_escaped = false;
                }
                '\\' if is_quoted => is_escaped = true,
                '"' => is_quoted = !is_quoted,
                ';' if !is_quoted => {
                    end = start + place;
                    break;
                }
                '\r' | '\n' => {}
                _ => value.push(character),
            }
        }
        rest = text.get(end + 1..);
        Some((text[..start].trim(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(header: &str) -> Option<String> {
        extended(header, "filename")
    }

    #[test]
    fn pieces_are_put_together() {
        for (header, expected) in [
            (
                "attachment; filename*=UTF-8''Preis%20%C3%A4.pdf",
                "Preis ä.pdf",
            ),
            (
                "attachment; filename=\"x.pdf\"; FileName*=UTF-8''%E2%82%AC.pdf",
                "€.pdf",
            ),
            (
                "attachment; filename*=UTF-8''%E2%82%AC.pdf; filename=x.pdf",
                "€.pdf",
            ),
            (
                "attachment;\r\n filename*0*=UTF-8''Pr%C3;\r\n filename*1*=%A4.pdf",
                "Prä.pdf",
            ),
            (
                "a; filename*1*=%A4; filename*2=\"; 50%25\\\".pdf\"; filename*0*=utf-8'de'Pr%C3",
                "Prä; 50%25\".pdf",
            ),
            (
                "a; filename*0*=iso-2022-jp''%1B%24B%40A; filename*1*=5a%1B%28B.pdf",
                "請求.pdf",
            ),
            ("a; filename*=iso-8859-1'de'Gr%FC%DFe.pdf", "Grüße.pdf"),
            ("a; filename*=''Gr%C3%BC.pdf", "Grü.pdf"),
            ("a; filename*=Gr%C3%BC.pdf;", "Grü.pdf"),
            ("a; filename*=\"utf-8''it%27s.pdf\"", "it's.pdf"),
        ] {
            assert_eq!(name(header).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn others_are_the_parsers() {
        for header in [
            "attachment; filename=\"a*b.pdf\"",
            "attachment; filename*0=\"a\"; filename*1=\"b.pdf\"",
            "attachment; name*=utf-8''a.pdf",
            "attachment; filename*x*=a",
            "filename*=utf-8''a",
            "a;*;=;;filename",
            "*",
            "",
        ] {
            assert_eq!(name(header), None, "{header}");
        }
    }
}
