//! Which parts an HTML text shows.

use std::{borrow::Cow, collections::HashSet};

use percent_encoding::percent_decode_str;

/// The Content-IDs that an HTML text refers to by `cid:` (RFC 2392), in any case of `cid` and with escapes (`%40`, `&#64;`, `&amp;`) undone.
///
/// The text is searched, not parsed: a `cid:` in prose counts too. A part that it names is then shown among the HTML's pictures instead of
/// being listed, and is lost to nobody; the other mistake would show an empty frame.
pub fn referenced_content_ids(html: &str) -> HashSet<String> {
    let html = without_character_references(html);
    let mut found = HashSet::new();
    let mut from = 0;
    while let Some(colon) = html[from..].find(':').map(|colon| from + colon) {
        let is_reference = is_scheme(&html[from..colon]);
        from = colon + 1;
        if is_reference {
            let rest = &html[from..];
            let end = rest.find(is_end).unwrap_or(rest.len());
            found.insert(
                percent_decode_str(&rest[..end])
                    .decode_utf8_lossy()
                    .into_owned(),
            );
            // Each byte is looked at once, however many schemes a hostile text strings together.
            from += end;
        }
    }
    found.remove("");
    found
}

/// Whether `before` ends with the scheme `cid`, and not with another that ends so.
fn is_scheme(before: &str) -> bool {
    let Some(start) = before
        .len()
        .checked_sub(3)
        .filter(|start| before.is_char_boundary(*start))
    else {
        return false;
    };
    let is_inside =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    before[start..].eq_ignore_ascii_case("cid") && !before[..start].ends_with(is_inside)
}

/// Whether a URL ends before this character in an attribute, in a list of `srcset`, or in CSS.
fn is_end(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '"' | '\'' | '<' | '>' | '(' | ')' | ',' | ';' | '\\' | '`'
        )
}

/// The text with those character references undone that stand for a character of a URL or its delimiters.
fn without_character_references(html: &str) -> Cow<'_, str> {
    if !html.contains('&') {
        return html.into();
    }
    let mut plain = String::with_capacity(html.len());
    let mut pieces = html.split('&');
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let reference = piece
            .split_once(';')
            .and_then(|(name, rest)| Some((character(name)?, rest)));
        if let Some((character, rest)) = reference {
            plain.push(character);
            plain.push_str(rest);
        } else {
            plain.push('&');
            plain.push_str(piece);
        }
    }
    plain.into()
}

/// The character that a reference's name stands for.
fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return named(name);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "colon" => ':',
        "commat" => '@',
        "period" => '.',
        "dollar" => '$',
        "percnt" => '%',
        "plus" => '+',
        "lowbar" => '_',
        _ => return None,
    })
}
