//! Response libraries: who may use which, their documents and files, and a user's own library.
//!
//! A library is kept in three forms: its document, a blob that clients fetch by a URL with its hash in it; an index of its items,
//! so that one is found by its id in the same time however large the library is; and its stored files by their keys (the `value`
//! of a File item). Publishing a library replaces all three in one transaction.
//!
//! ICWS: `icws/(sessionId)/response-management/`, `icws/(sessionId)/messaging/subscriptions/response-management/index.htm`.

mod keeping;
mod own_files;
mod personal;
mod publish;

use std::collections::HashMap;

use icws::Guid;
use icws::messaging::Message;
use icws::response_management::{LibraryFile, ResponseManagementMessage};
use store::Conn;
use store::rows::libraries::{self as rows, File, Library};
use store::rows::{blobs, people};
use uuid::Uuid;

use crate::caller::Caller;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::messaging::split::runs;
use crate::refusal::Refusal;
use crate::rights::Right;
use crate::rules::Limits;

pub use keeping::{
    FileLooks, Kept, ListedLibrary, NewFile, has_id, list, name_of, personal_library,
    system_library,
};
pub use publish::{NewLibrary, StoredFile, item_files};

/// Whether the caller may use a system library.
fn may_view(caller: &Caller, library: &[u8]) -> bool {
    Uuid::from_slice(library).is_ok_and(|id| {
        caller
            .rights
            .has_for(Right::ResponseManagementDocuments, &id.to_string())
    })
}

/// Whether the caller may use a library: his own, or a system library that he may view.
pub fn may_use(caller: &Caller, library: &[u8], owner: Option<i64>) -> bool {
    match owner {
        Some(owner) => owner == caller.user.0,
        None => may_view(caller, library),
    }
}

/// The libraries that the caller may use: his own first, then system libraries by name.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn usable(conn: &mut Conn, caller: &Caller) -> Result<Vec<Library>, Refusal> {
    if !caller.has(Right::AllowResponseManagement) {
        return Ok(Vec::new());
    }
    let mut libraries: Vec<Library> = rows::personal(conn, caller.user.0)?.into_iter().collect();
    let objects = caller.rights.objects(Right::ResponseManagementDocuments);
    if objects.all {
        libraries.extend(rows::system(conn)?);
    } else {
        let ids: Vec<Vec<u8>> = objects
            .ids
            .iter()
            .filter_map(|id| Uuid::parse_str(id).ok())
            .map(|id| id.as_bytes().to_vec())
            .collect();
        libraries.extend(rows::system_of(conn, &ids)?);
    }
    Ok(libraries)
}

/// A document or file that may be read: where its bytes are, and what it is.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Where the bytes are.
    pub bytes: blobs::Blob,
    /// What it is called.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
}

/// The document of a library that the caller may use, and its cache tag.
///
/// # Errors
/// [`Refusal::LibraryNotFound`]; [`Refusal::LibraryDenied`] if the caller may not use it.
pub fn document(
    conn: &mut Conn,
    caller: &Caller,
    id: Uuid,
) -> Result<(blobs::Blob, String), Refusal> {
    let library = rows::library(conn, id.as_bytes())?.ok_or(Refusal::LibraryNotFound)?;
    if !may_use(caller, &library.id, library.owner_id) {
        return Err(Refusal::LibraryDenied);
    }
    let blob = blobs::find(conn, library.document_id)?
        .ok_or_else(|| Refusal::internal("a library without a document"))?;
    Ok((blob, library.cache_tag))
}

/// The file of a key: among the caller's own files first, then among those of libraries that he may view.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn find_file(conn: &mut Conn, caller: &Caller, key: &str) -> Result<Option<File>, Refusal> {
    // No key has a NUL, and not every database can look for one.
    if key.contains('\0') {
        return Ok(None);
    }
    let mut found = None;
    for file in rows::files_by_key(conn, key)? {
        let Some(library) = rows::library(conn, &file.library_id)? else {
            continue;
        };
        if library.owner_id == Some(caller.user.0) {
            return Ok(Some(file));
        }
        if found.is_none() && may_use(caller, &library.id, library.owner_id) {
            found = Some(file);
        }
    }
    Ok(found)
}

/// The address of a file: `POST response-management/file`. A name that no file has, and that one of one's own could have, gives the
/// address to upload it to.
///
/// # Errors
/// [`Refusal::FileNameInvalid`] if no file of one's own could be called so; [`Refusal::FileNotFound`] of the key of a system library's file
/// that is not there, or that the caller may not read.
pub fn file_url(
    conn: &mut Conn,
    caller: &Caller,
    key: &str,
    limits: &Limits,
) -> Result<String, Refusal> {
    let key = match find_file(conn, caller, key)? {
        Some(file) => file.key,
        None => own_files::checked(key, limits)?.to_owned(),
    };
    let key = encode_segment(&key);
    Ok(caller.url(format_args!("/response-management/files/{key}")))
}

/// A file that the caller may read, by its key.
///
/// # Errors
/// [`Refusal::FileAddressNotFound`] if there is none or the caller may not read it, [`Refusal::BytesGone`] if its bytes are known to be
/// lost.
pub fn read_file(conn: &mut Conn, caller: &Caller, key: &str) -> Result<Stored, Refusal> {
    let file = find_file(conn, caller, key)?.ok_or(Refusal::FileAddressNotFound)?;
    let bytes = blobs::find(conn, file.blob_id)?.ok_or(Refusal::BytesGone)?;
    Ok(Stored {
        bytes,
        file_name: file.file_name,
        media_type: file.media_type,
    })
}

/// One path segment: everything but unreserved characters is percent-encoded (RFC 3986, section 2.3), the slash too.
pub(crate) fn encode_segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Where a library's document is read: the tag makes it another address when the library changes.
fn document_url(caller: &Caller, id: Uuid, tag: &str) -> String {
    caller.url(format_args!(
        "/response-management/libraries/{id}?tag={tag}"
    ))
}

/// The message of the response-management subscription: what differs from what the reader knows.
pub(crate) fn message(conn: &mut Conn, caller: &Caller, mark: &Mark) -> Result<Rendered, Refusal> {
    let mut now = HashMap::new();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for library in usable(conn, caller)? {
        let id = Uuid::from_slice(&library.id).map_err(Refusal::internal)?;
        let name = match library.owner_id {
            // A personal library is called by its owner's id, in the case that was configured.
            Some(owner) => people::user(conn, owner)?.map_or(library.name, |user| user.name),
            None => library.name,
        };
        let file = LibraryFile {
            id: Guid::from(id),
            name: name.clone(),
            url: document_url(caller, id, &library.cache_tag),
            cache_tag: library.cache_tag.clone(),
        };
        let state = (library.cache_tag, name);
        match mark.known.libraries.get(&id) {
            Some(known) if !mark.snapshot && *known == state => {}
            Some(_) if !mark.snapshot => changed.push(file),
            _ => added.push(file),
        }
        now.insert(id, state);
    }
    let gone = mark
        .known
        .libraries
        .keys()
        .filter(|id| !mark.snapshot && !now.contains_key(*id));
    let removed: Vec<Guid> = gone.copied().map(Guid::from).collect();
    let known = Known {
        libraries: now,
        ..mark.known.clone()
    };
    let silent = !mark.snapshot && added.is_empty() && changed.is_empty() && removed.is_empty();
    let messages = if silent {
        Vec::new()
    } else {
        split(mark.snapshot, added, changed, removed)?
    };
    Ok(Rendered {
        messages,
        known,
        ..Rendered::default()
    })
}

/// One message, or as many as it takes for each to stay small: the first is the snapshot, if there is to be one.
fn split(
    snapshot: bool,
    added: Vec<LibraryFile>,
    changed: Vec<LibraryFile>,
    removed: Vec<Guid>,
) -> Result<Vec<Message>, Refusal> {
    let mut messages = Vec::new();
    let mut push = |added: Vec<LibraryFile>, changed: Vec<LibraryFile>, removed: Vec<Guid>| {
        let first = snapshot && messages.is_empty();
        let list = |files: Vec<LibraryFile>| (first || !files.is_empty()).then_some(files);
        messages.push(Message::ResponseManagement(ResponseManagementMessage {
            libraries_added: list(added),
            libraries_changed: list(changed),
            libraries_removed: (first || !removed.is_empty()).then_some(removed),
            is_delta: !first,
        }));
    };
    let added = runs(added)?;
    if snapshot && added.is_empty() {
        push(Vec::new(), Vec::new(), Vec::new());
    }
    for files in added {
        push(files, Vec::new(), Vec::new());
    }
    for files in runs(changed)? {
        push(Vec::new(), files, Vec::new());
    }
    for ids in runs(removed)? {
        push(Vec::new(), Vec::new(), ids);
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_libraries_are_told_in_lines_that_clients_can_read() {
        let file = |number: u32| LibraryFile {
            id: crate::tokens::guid().into(),
            name: format!("{number} {}", "\"\u{1}".repeat(100)),
            url: format!("/icws/1/response-management/libraries/{number}"),
            cache_tag: "0".repeat(64),
        };
        let files: Vec<LibraryFile> = (0..1_000).map(file).collect();
        let ids: Vec<Guid> = files.iter().map(|file| file.id).collect();
        for snapshot in [true, false] {
            let told = split(snapshot, files.clone(), files.clone(), ids.clone());
            let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
            for (number, message) in told.expect("messages").iter().enumerate() {
                assert!(serde_json::to_string(message).expect("JSON").len() < 64 << 10);
                assert_eq!(message.is_delta(), !snapshot || number > 0);
                let Message::ResponseManagement(message) = message.clone() else {
                    panic!("{message:?}")
                };
                added.extend(message.libraries_added.unwrap_or_default());
                changed.extend(message.libraries_changed.unwrap_or_default());
                removed.extend(message.libraries_removed.unwrap_or_default());
            }
            assert!(added == files && changed == files && removed == ids);
        }
        let told = split(true, Vec::new(), Vec::new(), Vec::new()).expect("messages");
        assert_eq!(told.len(), 1, "that there are none is told, too");
    }
}
