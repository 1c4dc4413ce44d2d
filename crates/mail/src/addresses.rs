//! Addresses: what may be written to, and how it stands in a header.

use encodify::{Fold, rfc2047};

/// Whom a message is from or for, as a draft holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// The name that readers show; may be empty. Control characters in it are written as spaces.
    pub display_name: String,
    /// `local@domain`; absent where only a name was typed so far.
    pub address: Option<String>,
}

impl Address {
    /// An address with its name.
    pub fn new(display_name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            display_name: display_name.into(),
            address: Some(address.into()),
        }
    }
}

/// The longest display name written as a quoted string; a longer one is encoded, which folds anywhere.
const MAX_QUOTED: usize = 60;

/// What an encoded word has around its payload.
const WORD_FRAME: usize = "=?utf-8?Q??=".len();

/// The line length to stay within where a line has encoded words (RFC 2047, section 2); two less than RFC 5322 asks of the others.
const LINE: usize = 76;

/// Whether mail can be sent to this address: RFC 5321, section 4.1.2, without address literals and source routes, and in ASCII only
/// (no SMTPUTF8; a domain with other letters is written in its `xn--` form).
///
/// The local part has at most 64 bytes, dot-atom or quoted; the domain at most 255, in labels of letters, digits and hyphens of at most
/// 63; the whole at most 254.
pub fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = split_local(address) else {
        return false;
    };
    address.len() <= 254
        && local.len() <= 64
        && domain.len() <= 255
        && domain.split('.').all(is_label)
}

/// Local part and domain, the local part checked.
fn split_local(address: &str) -> Option<(&str, &str)> {
    let (local, domain) = address.rsplit_once('@')?;
    let is_local = match local.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').is_some_and(is_quoted_content),
        None => local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext)),
    };
    is_local.then_some((local, domain))
}

/// Whether this may stand between the quotes of a quoted local part: printable ASCII, quotes and backslashes behind a backslash.
fn is_quoted_content(content: &str) -> bool {
    let mut bytes = content.bytes();
    while let Some(byte) = bytes.next() {
        let character = if byte == b'\\' {
            bytes.next()
        } else {
            Some(byte).filter(|byte| *byte != b'"')
        };
        if !character.is_some_and(|byte| matches!(byte, b' '..=b'~')) {
            return false;
        }
    }
    true
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// RFC 5322, section 3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// Writes `name: ` and the addresses as a mailbox list (RFC 5322, section 3.4), folded, with its CRLF.
///
/// Gives the first address that cannot be written.
pub(crate) fn write_list<'a>(
    out: &mut String,
    name: &str,
    addresses: &'a [Address],
) -> Result<(), &'a Address> {
    let start = out.len();
    out.push_str(name);
    out.push(':');
    let mut column = out.len() - start;
    for (position, address) in addresses.iter().enumerate() {
        let spec = address
            .address
            .as_deref()
            .filter(|spec| is_valid(spec))
            .ok_or(address)?;
        write_phrase(out, &mut column, &address.display_name);
        let comma = if position + 1 < addresses.len() {
            ","
        } else {
            ""
        };
        write_atom(out, &mut column, &format!("<{spec}>{comma}"));
    }
    out.push_str("\r\n");
    Ok(())
}

/// A display name: a quoted string, or encoded words (RFC 2047, section 5) where it is not ASCII, or long, or looks like an encoded word
/// itself, which many readers would decode inside quotes too.
fn write_phrase(out: &mut String, column: &mut usize, display_name: &str) {
    let name = without_controls(display_name);
    if name.is_empty() {
        return;
    }
    if is_plain(&name) && name.len() <= MAX_QUOTED {
        let quoted = name.replace('\\', r"\\").replace('"', "\\\"");
        return write_atom(out, column, &format!("\"{quoted}\""));
    }
    // One word where one can hold it: some readers put a space between two.
    let encoder = shorter(&name, rfc2047::Q_PHRASE);
    let whole = WORD_FRAME + encoder.payload_len(&name);
    write_space(
        out,
        column,
        if whole <= rfc2047::MAX_WORD_LEN {
            whole
        } else {
            0
        },
    );
    encoder.encode_words("utf-8", &name, column, Fold::HEADER, out);
}

/// A space and the atom, on a line of its own where this one has no room.
fn write_atom(out: &mut String, column: &mut usize, atom: &str) {
    write_space(out, column, atom.len());
    out.push_str(atom);
    *column += atom.len();
}

/// A space, behind a fold where what follows it would leave the line.
fn write_space(out: &mut String, column: &mut usize, following: usize) {
    if *column + 1 + following > LINE && *column > 1 {
        out.push_str("\r\n");
        *column = 0;
    }
    out.push(' ');
    *column += 1;
}

/// Writes `name: ` and unstructured text (RFC 5322, section 3.6.5), encoded where it must be (RFC 2047), folded, with its CRLF.
pub(crate) fn write_text(out: &mut String, name: &str, text: &str) {
    let text = without_controls(text);
    let mut column = name.len() + 2;
    out.push_str(name);
    out.push_str(": ");
    if is_plain(&text) && column + text.len() <= LINE {
        out.push_str(&text);
    } else {
        shorter(&text, rfc2047::Q_TEXT).encode_words(
            "utf-8",
            &text,
            &mut column,
            Fold::HEADER,
            out,
        );
    }
    out.push_str("\r\n");
}

/// The encoding that makes the text shorter: `Q` as given, or `B`.
fn shorter(text: &str, quoted: rfc2047::WordEncoder) -> rfc2047::WordEncoder {
    if quoted.payload_len(text) <= rfc2047::B.payload_len(text) {
        quoted
    } else {
        rfc2047::B
    }
}

/// ASCII that no reader takes for an encoded word.
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains("=?")
}

/// The text with a space in place of each control character, without spaces at its ends: nothing is left that could end a header.
fn without_controls(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    spaced.trim().to_owned()
}

#[cfg(test)]
mod tests;
