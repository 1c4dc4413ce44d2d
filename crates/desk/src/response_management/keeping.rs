//! Libraries as an administrator keeps them: looked up by name, listed, and brought in whole with their files.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use icws::response_management::{Category, Item, Library};
use store::rows::{blobs, libraries as rows, people as people_rows};
use store::{Conn, Tx, Written};
use uuid::Uuid;

use super::Stored;
use super::publish::{NewLibrary, StoredFile, check_ids, document_of, hex, publish};
use crate::bytes::may_be_referred_to;
use crate::desk::{At, Desk};
use crate::ids::UserId;
use crate::people::{ListedHolder, PeopleError, fold, holders_of};
use crate::refusal::Refusal;
use crate::rights::Right;

/// A library with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLibrary {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whose it is, if it is a personal one.
    pub owner: Option<String>,
    /// How many items it has.
    pub items: u64,
    /// What its files come to, in bytes.
    pub bytes: u64,
    /// Who may use it, beside an owner.
    pub viewers: Vec<ListedHolder>,
}

/// The system library of a Guid or of a name. Names compare without case.
///
/// # Errors
/// [`PeopleError::Unknown`], or [`PeopleError::Ambiguous`] if several have the name.
pub fn system_library(conn: &mut Conn, name: &str) -> Result<Uuid, PeopleError> {
    let unknown = || PeopleError::Unknown {
        what: "library",
        name: name.to_owned(),
    };
    if let Ok(id) = Uuid::parse_str(name) {
        let found =
            rows::library(conn, id.as_bytes())?.filter(|library| library.owner_id.is_none());
        return found.map(|_| id).ok_or_else(unknown);
    }
    let mut named = rows::system(conn)?
        .into_iter()
        .filter(|library| fold(&library.name) == fold(name));
    let first = named.next().ok_or_else(unknown)?;
    if named.next().is_some() {
        return Err(PeopleError::Ambiguous(name.to_owned()));
    }
    Uuid::from_slice(&first.id).map_err(|_| unknown())
}

/// A library's name by its Guid; the Guid where there is none.
///
/// # Errors
/// Those of the database.
pub fn name_of(conn: &mut Conn, id: &str) -> Result<String, PeopleError> {
    let Ok(guid) = Uuid::parse_str(id) else {
        return Ok(id.to_owned());
    };
    Ok(rows::library(conn, guid.as_bytes())?.map_or_else(|| id.to_owned(), |library| library.name))
}

/// Whether there is a library of this id, whosesoever it is.
///
/// # Errors
/// Those of the database.
pub fn has_id(conn: &mut Conn, id: Uuid) -> Result<bool, PeopleError> {
    Ok(rows::library(conn, id.as_bytes())?.is_some())
}

/// The id of a user's own library.
///
/// # Errors
/// Those of the database.
pub fn personal_library(conn: &mut Conn, owner: UserId) -> Result<Option<Uuid>, PeopleError> {
    let library = rows::personal(conn, owner.0)?;
    Ok(library.and_then(|library| Uuid::from_slice(&library.id).ok()))
}

/// All libraries by name, with what is in them.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn) -> Result<Vec<ListedLibrary>, PeopleError> {
    let mut listed = Vec::new();
    for library in rows::all(conn)? {
        let Ok(id) = Uuid::from_slice(&library.id) else {
            continue;
        };
        let owner = match library.owner_id {
            Some(owner) => people_rows::user(conn, owner)?.map(|user| user.name),
            None => None,
        };
        let viewers = match library.owner_id {
            Some(_) => Vec::new(),
            None => holders_of(conn, Right::ResponseManagementDocuments, &id.to_string())?,
        };
        listed.push(ListedLibrary {
            id,
            name: library.name,
            owner,
            items: u64::try_from(rows::item_count(conn, &library.id)?).unwrap_or(0),
            bytes: u64::try_from(rows::file_bytes(conn, &library.id)?).unwrap_or(0),
            viewers,
        });
    }
    Ok(listed)
}

/// A file that was written to the blob store for a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its bytes.
    pub written: Written,
    /// What it is called.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
}

/// What a file is like, whether or not it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLooks {
    /// BLAKE3 of its bytes.
    pub hash: Vec<u8>,
    /// What it is called.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
}

/// What became of bytes that were written: the places that are not needed.
type Unneeded = Vec<String>;

fn bring_in(
    tx: &mut Tx<'_>,
    library: &Library,
    owner: Option<UserId>,
    files: &BTreeMap<String, NewFile>,
    document: &Written,
    at: &At,
) -> Result<(Unneeded, bool), Refusal> {
    let (mut stored, mut looks, mut unneeded) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (key, file) in files {
        let kept = blobs::keep(tx, &file.written, at.now)?;
        if kept.duplicate {
            unneeded.push(file.written.place.clone());
        }
        let (file_name, media_type) = (file.file_name.clone(), file.media_type.clone());
        let look = FileLooks {
            hash: file.written.hash.to_vec(),
            file_name: file_name.clone(),
            media_type: media_type.clone(),
        };
        looks.insert(key.clone(), look);
        stored.insert(
            key.clone(),
            StoredFile {
                blob_id: kept.id,
                file_name,
                media_type,
            },
        );
    }
    if is_there(tx.read(), library, owner, &looks, &hex(&document.hash))? {
        unneeded.push(document.place.clone());
        return Ok((unneeded, false));
    }
    let new = NewLibrary {
        library: library.clone(),
        owner,
        files: stored,
    };
    if publish(tx, &new, document, at)? {
        unneeded.push(document.place.clone());
    }
    Ok((unneeded, true))
}

/// Whether a library is there just so, with the same files. `tag` is the hash of its document.
fn is_there(
    conn: &mut Conn,
    library: &Library,
    owner: Option<UserId>,
    files: &BTreeMap<String, FileLooks>,
    tag: &str,
) -> Result<bool, Refusal> {
    let id = library.id.uuid();
    let Some(found) = rows::library(conn, id.as_bytes())? else {
        return Ok(false);
    };
    if found.cache_tag != tag || found.owner_id != owner.map(|owner| owner.0) {
        return Ok(false);
    }
    let mut named = BTreeMap::new();
    for file in rows::files_of(conn, id.as_bytes())? {
        if file.kept_until.is_some() {
            continue;
        }
        let Some(blob) = blobs::find(conn, file.blob_id)? else {
            return Ok(false);
        };
        let looks = FileLooks {
            hash: blob.hash,
            file_name: file.file_name,
            media_type: file.media_type,
        };
        named.insert(file.key, looks);
    }
    Ok(named == *files)
}

/// Takes lists out that have nothing in them, which say the same as none.
fn plain(mut library: Library) -> Library {
    fn within(categories: &mut Option<Vec<Category>>, items: &mut Option<Vec<Item>>) {
        for category in categories.iter_mut().flatten() {
            within(&mut category.categories, &mut category.items);
        }
        categories.take_if(|all| all.is_empty());
        items.take_if(|all| all.is_empty());
    }
    within(&mut library.categories, &mut library.items);
    library
}

impl Desk {
    /// Puts a library in the place of what was there under its id, with its files by their keys: all of it or, where it is
    /// refused, nothing. False if all of it was there just so: nobody hears of a change then.
    ///
    /// # Errors
    /// [`Refusal::ItemIdTaken`] if an id stands twice or in another library, [`Refusal::FileNotFound`] if an item names a file that is not
    /// brought, [`Refusal::BytesUnavailable`] where the store of bytes fails.
    pub async fn bring_in_library(
        &self,
        library: Library,
        owner: Option<UserId>,
        files: BTreeMap<String, NewFile>,
    ) -> Result<bool, Refusal> {
        let library = self.as_kept(library).await;
        let document = self.write_document(&library).await?;
        let mut all: Unneeded = files
            .values()
            .map(|file| file.written.place.clone())
            .collect();
        all.push(document.place.clone());
        let done = self
            .write(move |tx, at| bring_in(tx, &library, owner, &files, &document, at))
            .await;
        let (unneeded, result) = match done {
            Ok((unneeded, changed)) => (unneeded, Ok(changed)),
            Err(refusal) if may_be_referred_to(&refusal) => (Vec::new(), Err(refusal)),
            Err(refusal) => (all, Err(refusal)),
        };
        for place in unneeded {
            self.discard(&place).await;
        }
        result
    }

    /// Whether a library is there just so, with files that look like these by their keys: whether [`Desk::bring_in_library`] would change
    /// nothing.
    ///
    /// # Errors
    /// [`Refusal::ItemIdTaken`] as [`Desk::bring_in_library`].
    pub async fn has_library(
        &self,
        library: Library,
        owner: Option<UserId>,
        files: BTreeMap<String, FileLooks>,
    ) -> Result<bool, Refusal> {
        let library = self.as_kept(library).await;
        let document = document_of(&library)?;
        let tag = hex(blake3::hash(&document).as_bytes());
        self.read(move |conn, _| {
            check_ids(conn, &library)?;
            is_there(conn, &library, owner, &files, &tag)
        })
        .await
    }

    /// The library that is kept under the id of this one, if both say the same, so that it is not written in other words; else this one.
    async fn as_kept(&self, library: Library) -> Library {
        match self.kept_library(library.id.uuid()).await {
            Ok(kept) if plain(kept.library.clone()) == plain(library.clone()) => kept.library,
            _ => library,
        }
    }
}

/// A library as it is kept, with its files by their keys.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The library.
    pub library: Library,
    /// Its files.
    pub files: BTreeMap<String, Stored>,
}

impl Desk {
    /// Reads a library with what its files are.
    ///
    /// # Errors
    /// [`Refusal::LibraryNotFound`]; [`Refusal::BytesGone`] and [`Refusal::BytesUnavailable`] of its document.
    pub async fn kept_library(&self, id: Uuid) -> Result<Kept, Refusal> {
        let (document, files) = self
            .read(move |conn, _| {
                let library =
                    rows::library(conn, id.as_bytes())?.ok_or(Refusal::LibraryNotFound)?;
                let document = blobs::find(conn, library.document_id)?
                    .ok_or_else(|| Refusal::internal("a library without a document"))?;
                let mut files = BTreeMap::new();
                for file in rows::files_of(conn, id.as_bytes())? {
                    let bytes = blobs::find(conn, file.blob_id)?.ok_or(Refusal::BytesGone)?;
                    let stored = Stored {
                        bytes,
                        file_name: file.file_name,
                        media_type: file.media_type,
                    };
                    files.insert(file.key, stored);
                }
                Ok((document, files))
            })
            .await?;
        let mut chunks = self.read_bytes(&document, None).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            bytes.extend_from_slice(&chunk.map_err(Refusal::internal)?);
        }
        let library = serde_json::from_slice(&bytes).map_err(Refusal::internal)?;
        Ok(Kept { library, files })
    }
}
