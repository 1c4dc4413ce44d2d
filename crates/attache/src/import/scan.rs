//! Reading a folder tree. Nothing is followed out of it: symbolic links are left out wherever they lead.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;

use super::{About, Content, Entry, LeftOut, Scanned, about, texts};

/// Files that desktops leave behind.
const LITTER: [&str; 2] = ["desktop.ini", "thumbs.db"];

/// Reads a folder, down to `depth` folders inside each other, with what TOML files say of what they stand beside.
///
/// # Errors
/// If the folder itself cannot be read; what is in it and cannot be read is left out.
pub fn scan(folder: &Path, depth: u64) -> io::Result<Scanned> {
    let mut left_out = Vec::new();
    let mut entries = scan_folder(folder, "", depth, &mut left_out)?;
    let about = take_about(&mut entries, about::OF_LIBRARY, "", &mut left_out);
    Ok(Scanned {
        entries,
        about,
        left_out,
    })
}

/// Takes the file of this name out of a folder and reads what it says.
fn take_about(
    entries: &mut Vec<Entry>,
    name: &str,
    above: &str,
    left_out: &mut Vec<LeftOut>,
) -> About {
    let is_it = |entry: &Entry| entry.name == name && !matches!(entry.content, Content::Folder(_));
    let Some(place) = entries.iter().position(is_it) else {
        return About::default();
    };
    let entry = entries.swap_remove(place);
    let read = texts::read_text(&entry.content, about::MOST).and_then(|text| About::parse(&text));
    read.unwrap_or_else(|reason| {
        left_out.push(LeftOut::new(format!("{above}{name}"), reason));
        About::default()
    })
}

/// Has each entry know what is said of it beside it.
fn attach(entries: &mut Vec<Entry>, above: &str, left_out: &mut Vec<LeftOut>) {
    let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    for name in &names {
        let beside = format!("{name}{}", about::SUFFIX);
        if !names.contains(&beside) {
            continue;
        }
        let about = take_about(entries, &beside, above, left_out);
        if let Some(entry) = entries.iter_mut().find(|entry| entry.name == *name)
            && !about.is_empty()
        {
            entry.about = about;
        }
    }
    for entry in entries {
        if let Content::Folder(inner) = &mut entry.content {
            let above = format!("{above}{}/", entry.name);
            let about = take_about(inner, about::OF_CATEGORY, &above, left_out);
            if !about.is_empty() {
                entry.about = about;
            }
        }
    }
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
    attach(&mut entries, above, left_out);
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
    Ok(Entry::new(name, content))
}
