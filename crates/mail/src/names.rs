//! Names: file names fit for every desk, the numbers that keep them apart within a draft, Content-IDs, Message-IDs and media types.

use std::fmt;

use encodify::base32;

/// The longest file name that file systems take, in bytes of UTF-8.
pub const MAX_FILE_NAME: usize = 255;

/// The highest number that an [`AttachmentName`] carries.
pub const MAX_ORDINAL: u32 = 99_999;

/// What the longest suffix, ` (99999)`, takes of a name, in bytes.
const ORDINAL_ROOM: usize = 8;

/// Names that Windows keeps for devices, whatever extension follows them.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// A file name made safe to store, to show and to save on any system.
///
/// Only what follows the last separator (`/` or `\`) is kept. Control characters, invisible characters that reorder or hide text, and
/// `< > : " | ? *` are dropped, as are dots and spaces at both ends. The names of Windows devices get a `_` before them. A name over
/// `limit` bytes (at the most [`MAX_FILE_NAME`]) is shortened before its extension. What is left is never empty: then it is `file`.
///
/// Cleaning a clean name changes nothing.
pub fn clean_file_name(raw: &str, limit: usize) -> String {
    let limit = limit.min(MAX_FILE_NAME);
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|&character| !is_unwanted(character))
        .collect();
    let kept = kept.trim_matches(is_edge);
    if kept.is_empty() {
        return "file".to_owned();
    }
    let name = shorten(kept, limit);
    if is_device(&name) {
        return shorten(&format!("_{name}"), limit);
    }
    name
}

/// Whether a character has no place in a file name. Joiners (U+200C, U+200D) stay: scripts and emoji are written with them.
fn is_unwanted(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*'
        )
        || matches!(
            character,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}'
        )
        || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}')
}

fn is_edge(character: char) -> bool {
    character == '.' || character.is_whitespace()
}

fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_uppercase();
    let is_port = |prefix: &str| {
        let mut number = stem.strip_prefix(prefix).unwrap_or_default().chars();
        matches!(
            (number.next(), number.next()),
            (Some('0'..='9' | '¹' | '²' | '³'), None)
        )
    };
    DEVICES.contains(&stem.as_str()) || is_port("COM") || is_port("LPT")
}

/// A name as stem and last extension; the extension has its dot, and is empty where there is none. A dot at the front starts no extension.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// The name in at most `limit` bytes: its stem is cut, or the whole where the extension leaves the stem no room.
fn shorten(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    let stem = stem[..stem.floor_char_boundary(limit.saturating_sub(extension.len()))].trim_end();
    if stem.is_empty() {
        return name[..name.floor_char_boundary(limit)]
            .trim_end_matches(is_edge)
            .to_owned();
    }
    format!("{stem}{extension}")
}

/// A file name taken apart into what was wanted and the number that keeps it apart from others of that name:
/// `a (2).pdf` is the second `a.pdf`.
///
/// Each name has exactly one such form ([`AttachmentName::parse`]), and [`Display`](fmt::Display) gives the name back. Two names are
/// therefore the same if and only if their forms are, and the numbers in use under one `wanted` tell which is free.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttachmentName {
    /// The name without its number.
    pub wanted: String,
    /// 1 where the name has no number, else 2 to [`MAX_ORDINAL`].
    pub ordinal: u32,
}

impl AttachmentName {
    /// Takes a name apart: one ` (n)` before the last extension is its number, where n is 2 to [`MAX_ORDINAL`] without leading zeros and
    /// something stands before it. Any other name is the first of itself.
    pub fn parse(name: &str) -> Self {
        let (stem, extension) = split_extension(name);
        if let Some((base, ordinal)) = split_ordinal(stem) {
            return Self {
                wanted: format!("{base}{extension}"),
                ordinal,
            };
        }
        Self {
            wanted: name.to_owned(),
            ordinal: 1,
        }
    }

    /// The same wanted name with another number (1 to [`MAX_ORDINAL`]).
    #[must_use]
    pub fn with_ordinal(self, ordinal: u32) -> Self {
        Self { ordinal, ..self }
    }

    /// The [`wanted`](Self::wanted) under which the numbered variants of `name` are kept, once `name` itself is taken: the name, its stem
    /// shortened so that every variant fits in `limit` bytes (at the most [`MAX_FILE_NAME`]).
    pub fn next_family(name: &str, limit: usize) -> String {
        shorten(name, limit.min(MAX_FILE_NAME).saturating_sub(ORDINAL_ROOM))
    }
}

impl fmt::Display for AttachmentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ordinal == 1 {
            return formatter.write_str(&self.wanted);
        }
        let (stem, extension) = split_extension(&self.wanted);
        write!(formatter, "{stem} ({}){extension}", self.ordinal)
    }
}

/// `a (2)` as `a` and 2.
fn split_ordinal(stem: &str) -> Option<(&str, u32)> {
    let (base, digits) = stem.strip_suffix(')')?.rsplit_once(" (")?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let ordinal = digits
        .parse()
        .ok()
        .filter(|ordinal| (2..=MAX_ORDINAL).contains(ordinal))?;
    (is_plain && !base.is_empty()).then_some((base, ordinal))
}

/// A new Content-ID, without angle brackets: 32 unguessable characters, `@` and the domain (RFC 2045, section 7).
///
/// It can stand after `cid:` (RFC 2392) as it is.
///
/// # Panics
/// Where the system gives no random bytes.
pub fn content_id(domain: &str) -> String {
    unique_id(domain)
}

/// A new Message-ID, without angle brackets: 32 unguessable characters, `@` and the domain (RFC 5322, section 3.6.4).
///
/// # Panics
/// Where the system gives no random bytes.
pub fn message_id(domain: &str) -> String {
    unique_id(domain)
}

/// 160 random bits in lower-case base32, and what of the domain may stand in a header and a URL.
fn unique_id(domain: &str) -> String {
    let mut random = [0; 20];
    getrandom::fill(&mut random).expect("the system has a source of random bytes");
    let unique = base32::STANDARD_NO_PAD.encode(random).to_ascii_lowercase();
    let domain: String = domain
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || "-.".contains(*character))
        .collect();
    let domain = match domain.trim_matches('.') {
        "" => "localhost",
        domain => domain,
    };
    format!("{unique}@{domain}")
}

/// The media type that a file's extension stands for, without parameters; `application/octet-stream` where it says nothing.
///
/// It comes from a fixed list, so it can be written into a header whatever the name is.
pub fn media_type(file_name: &str) -> String {
    let (_, extension) = split_extension(file_name);
    let guess = mime_guess::from_ext(extension.trim_start_matches('.')).first_or_octet_stream();
    guess.essence_str().to_owned()
}

/// The extension that files of a media type have, without its dot, if there is one that says something.
pub fn extension_of(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    // Of many that a type has, the one that people know.
    let known = match essence {
        "application/octet-stream" => return None,
        "text/plain" | "message/delivery-status" | "text/rfc822-headers" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/vcard" => "vcf",
        "image/jpeg" => "jpg",
        "image/tiff" => "tif",
        "audio/mpeg" => "mp3",
        "video/mpeg" => "mpg",
        "message/rfc822" | "message/global" => "eml",
        _ => {
            return mime_guess::get_mime_extensions_str(essence)?
                .first()
                .copied();
        }
    };
    Some(known)
}

#[cfg(test)]
mod tests;
