//! Files that are read for what is written in them: texts and links.
//!
//! A file that somebody has made is read with some lenience, and what would be of no use to a customer is refused. One that is to be taken
//! exactly holds the text or the address, and nothing else.

use std::fs::File;
use std::io::Read;

use super::{Content, too_large, unreadable};

/// The largest `.url` file, in bytes.
const LINK_FILE: u64 = 64 << 10;

/// Addresses that a customer can open.
const SCHEMES: [&str; 5] = ["http:", "https:", "ftp:", "mailto:", "tel:"];

/// What is in a file, byte by byte.
pub fn read_exactly(content: &Content, limit: u64) -> Result<String, String> {
    String::from_utf8(read(content, "value", limit)?).map_err(|_| "it is not UTF-8".into())
}

/// The text in a file: UTF-8, with a byte order mark or without.
pub fn read_text(content: &Content, limit: u64) -> Result<String, String> {
    let bytes = read(content, "text", limit)?;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("it is UTF-16; save it as UTF-8".into());
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8; save it as UTF-8")?;
    if text.contains('\0') {
        return Err("it is not a text: it has zero bytes".into());
    }
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned())
}

/// The address in a `.url` file: that of an `[InternetShortcut]`, or the only line.
pub fn read_link(content: &Content, limit: u64) -> Result<String, String> {
    let text = read_text(content, LINK_FILE)?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let address = if text.trim_start().starts_with('[') {
        lines
            .skip_while(|line| !line.eq_ignore_ascii_case("[InternetShortcut]"))
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .find_map(|line| {
                line.split_once('=')
                    .filter(|(key, _)| key.trim().eq_ignore_ascii_case("URL"))
            })
            .map(|(_, address)| address.trim())
    } else {
        lines.next().filter(|_| lines.next().is_none())
    };
    let address = address
        .filter(|address| !address.is_empty())
        .ok_or("there is no address in it")?;
    let lower = address.to_ascii_lowercase();
    let opens = SCHEMES.iter().any(|scheme| {
        lower
            .strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    });
    if !opens || address.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(
            "its address is not one that customers can open (http, https, ftp, mailto, tel)".into(),
        );
    }
    if address.len() as u64 > limit {
        return Err(too_large("value", limit));
    }
    Ok(address.to_owned())
}

fn read(content: &Content, what: &str, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match content {
        Content::Folder(_) => return Err("it is a folder".into()),
        Content::Bytes(held) => bytes.extend_from_slice(held),
        Content::File(path, _) => {
            File::open(path)
                .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
                .map_err(|error| unreadable(&error))?;
        }
    }
    if bytes.len() as u64 > limit {
        Err(too_large(what, limit))
    } else {
        Ok(bytes)
    }
}
