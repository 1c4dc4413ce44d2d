//! A user's own library: `PUT response-management`.

use std::collections::BTreeMap;

use icws::Guid;
use icws::response_management::{Category, Library};
use store::rows::libraries as rows;
use store::{Conn, Tx, Written};
use uuid::Uuid;

use super::find_file;
use super::publish::{NewLibrary, StoredFile, check_ids, item_files, items, publish};
use crate::caller::Caller;
use crate::desk::{At, Desk};
use crate::ids::UserId;
use crate::refusal::{LibraryLimit, Refusal};
use crate::rules::Limits;

/// Checks a library against the limits of a personal one.
fn check_limits(library: &Library, limits: &Limits) -> Result<(), Refusal> {
    let too_large = |what, limit, size| Err(Refusal::LibraryTooLarge { what, limit, size });
    let depth = depth_of(library.categories.as_deref().unwrap_or_default());
    if depth > limits.library_depth {
        return too_large(LibraryLimit::Depth, limits.library_depth, depth);
    }
    let items = items(library);
    let count = items.len() as u64;
    if count > limits.library_items {
        return too_large(LibraryLimit::Items, limits.library_items, count);
    }
    let texts = items.iter().flat_map(|item| {
        let keywords = item.keywords.iter().flatten().map(String::len);
        [
            item.value.len(),
            item.name.len(),
            item.shortcut.as_ref().map_or(0, String::len),
        ]
        .into_iter()
        .chain(keywords)
    });
    let longest = texts.max().unwrap_or(0) as u64;
    if longest > limits.library_value {
        return too_large(LibraryLimit::Value, limits.library_value, longest);
    }
    Ok(())
}

fn depth_of(categories: &[Category]) -> u64 {
    categories
        .iter()
        .map(|category| 1 + depth_of(category.categories.as_deref().unwrap_or_default()))
        .max()
        .unwrap_or(0)
}

/// Checks that the id is that of the caller's own library.
fn check_owner(conn: &mut Conn, caller: &Caller, id: Uuid) -> Result<(), Refusal> {
    match rows::library(conn, id.as_bytes())? {
        Some(library) if library.owner_id == Some(caller.user.0) => Ok(()),
        Some(_) => Err(Refusal::LibraryDenied),
        None => Err(Refusal::invalid(
            "id",
            "there is no library of this id; your own is told by the subscription",
        )),
    }
}

/// The files that the items name: each is one that the caller may read now.
fn named_files(
    conn: &mut Conn,
    caller: &Caller,
    library: &Library,
) -> Result<BTreeMap<String, StoredFile>, Refusal> {
    let mut files = BTreeMap::new();
    for key in item_files(library) {
        let file = find_file(conn, caller, key)?
            .ok_or_else(|| Refusal::FileNotFound(key.chars().take(300).collect()))?;
        files.insert(
            key.to_owned(),
            StoredFile {
                blob_id: file.blob_id,
                file_name: file.file_name,
                media_type: file.media_type,
            },
        );
    }
    Ok(files)
}

fn save(
    tx: &mut Tx<'_>,
    caller: &Caller,
    library: &Library,
    document: &Written,
    at: &At,
) -> Result<bool, Refusal> {
    check_owner(tx.read(), caller, library.id.uuid())?;
    let files = named_files(tx.read(), caller, library)?;
    let new = NewLibrary {
        library: library.clone(),
        owner: Some(caller.user),
        files,
    };
    publish(tx, &new, document, at)
}

impl Desk {
    /// Replaces the caller's own library. Its name is always his user id.
    ///
    /// # Errors
    /// [`Refusal::LibraryDenied`] if it is another's, [`Refusal::LibraryTooLarge`], [`Refusal::ItemIdTaken`], [`Refusal::FileNotFound`] if
    /// an item names a file that the caller may not read, [`Refusal::InvalidProperty`] if there is no library of its id.
    pub async fn save_personal_library(
        &self,
        caller: &Caller,
        mut library: Library,
    ) -> Result<(), Refusal> {
        caller.user_name.as_ref().clone_into(&mut library.name);
        let (reader, checked) = (caller.clone(), library.clone());
        self.read(move |conn, at| {
            check_owner(conn, &reader, checked.id.uuid())?;
            check_limits(&checked, &at.rules.limits)?;
            named_files(conn, &reader, &checked).map(drop)
        })
        .await?;
        let document = self.write_document(&library).await?;
        let (caller, place) = (caller.clone(), document.place.clone());
        self.take_over(place, move |tx, at| {
            save(tx, &caller, &library, &document, at)
        })
        .await
    }

    /// Makes the personal library of a user who has none: it is listed even when it is empty.
    ///
    /// # Errors
    /// [`Refusal::Internal`], and [`Refusal::BytesUnavailable`] where the store of bytes fails.
    pub async fn ensure_personal_library(
        &self,
        user: UserId,
        user_name: &str,
    ) -> Result<(), Refusal> {
        if self
            .read(move |conn, _| Ok(rows::personal(conn, user.0)?))
            .await?
            .is_some()
        {
            return Ok(());
        }
        let library = Library {
            id: Guid::from(crate::tokens::guid()),
            name: user_name.to_owned(),
            description: None,
            categories: None,
            items: None,
        };
        let document = self.write_document(&library).await?;
        let place = document.place.clone();
        self.take_over(place, move |tx, at| {
            // Somebody else may have made it meanwhile.
            if rows::personal(tx.read(), user.0)?.is_some() {
                return Ok(true);
            }
            check_ids(tx.read(), &library)?;
            let new = NewLibrary {
                library: library.clone(),
                owner: Some(user),
                files: BTreeMap::new(),
            };
            publish(tx, &new, &document, at)
        })
        .await
    }
}
