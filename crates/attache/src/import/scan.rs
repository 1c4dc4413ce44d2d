//! Reading a folder tree. Nothing is followed out of it: symbolic links are left out wherever they lead.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;

use super::{Content, Entry, LeftOut};

/// Files that desktops leave behind.
const LITTER: [&str; 2] = ["desktop.ini", "thumbs.db"];

/// Reads a folder, down to `depth` folders inside each other.
///
/// # Errors
/// If the folder itself cannot be read; what is in it and cannot be read is left out.
pub fn scan(folder: &Path, depth: u64) -> io::Result<(Vec<Entry>, Vec<LeftOut>)> {
    let mut left_out = Vec::new();
    let entries = scan_folder(folder, "", depth, &mut left_out)?;
    Ok((entries, left_out))
}

fn scan_folder(
    folder: &Path,
    above: &str,
    depth: u64,
    left_out: &mut Vec<LeftOut>,
) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for found in fs::read_dir(folder)? {
        let found = found?;
        let shown = format!("{above}{}", found.file_name().to_string_lossy());
        match scan_entry(&found, &shown, depth, left_out) {
            Ok(entry) => entries.push(entry),
            Err(reason) => left_out.push(LeftOut::new(shown, reason)),
        }
    }
    Ok(entries)
}

fn scan_entry(
    found: &DirEntry,
    shown: &str,
    depth: u64,
    left_out: &mut Vec<LeftOut>,
) -> Result<Entry, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let name = found
        .file_name()
        .into_string()
        .map_err(|_| "its name is not UTF-8")?;
    if name.starts_with('.') || LITTER.contains(&name.to_lowercase().as_str()) {
        return Err("it is hidden".into());
    }
    if name.chars().any(char::is_control) {
        return Err("its name has control characters".into());
    }
    // Of the entry itself, not of what a link leads to.
    let metadata = found.metadata().map_err(unreadable)?;
    let content = if metadata.is_symlink() {
        return Err("it is a symbolic link; links are not followed".into());
    } else if metadata.is_dir() {
        if depth == 0 {
            return Err("it lies deeper than categories may be nested".into());
        }
        Content::Folder(
            scan_folder(&found.path(), &format!("{shown}/"), depth - 1, left_out)
                .map_err(unreadable)?,
        )
    } else if metadata.is_file() {
        Content::File(found.path(), metadata.len())
    } else {
        return Err("it is neither a file nor a folder".into());
    };
    Ok(Entry { name, content })
}
