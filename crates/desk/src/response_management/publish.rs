//! Publishing a library: its document, its index and its files, in one transaction.

use std::collections::{BTreeMap, HashSet};

use icws::response_management::{Category, Item, ItemType, Library};
use store::rows::blobs;
use store::rows::libraries::{self as rows, File};
use store::{Conn, Tx, Written};
use uuid::Uuid;

use crate::desk::{At, Desk};
use crate::ids::UserId;
use crate::journal::Change;
use crate::refusal::Refusal;

/// A stored file that items of a library name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its bytes.
    pub blob_id: i64,
    /// What it is called.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
}

/// A library to be published.
#[derive(Debug, Clone)]
pub struct NewLibrary {
    /// The library as clients read it.
    pub library: Library,
    /// Whose personal library it is.
    pub owner: Option<UserId>,
    /// The files that its items name, by their keys. An item whose key is not here is refused.
    pub files: BTreeMap<String, StoredFile>,
}

/// All items of a library, in whatever category.
pub(super) fn items(library: &Library) -> Vec<&Item> {
    fn within<'a>(categories: &'a [Category], into: &mut Vec<&'a Item>) {
        for category in categories {
            into.extend(category.items.iter().flatten());
            within(category.categories.as_deref().unwrap_or_default(), into);
        }
    }
    let mut all: Vec<&Item> = library.items.iter().flatten().collect();
    within(library.categories.as_deref().unwrap_or_default(), &mut all);
    all
}

/// The keys of the files that a library's items name.
pub fn item_files(library: &Library) -> Vec<&str> {
    items(library)
        .into_iter()
        .filter(|item| item.kind == ItemType::File)
        .map(|item| item.value.as_str())
        .collect()
}

/// Checks that no id stands twice, in the document or in another library.
pub(super) fn check_ids(conn: &mut Conn, library: &Library) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    let items = items(library);
    for item in &items {
        if !seen.insert(item.id.uuid()) {
            return Err(Refusal::ItemIdTaken(item.id.to_string()));
        }
    }
    let ids: Vec<Vec<u8>> = items
        .iter()
        .map(|item| item.id.uuid().as_bytes().to_vec())
        .collect();
    // A statement takes so many values at a time.
    for ids in ids.chunks(500) {
        if let Some(taken) = rows::items_elsewhere(conn, ids, library.id.uuid().as_bytes())?.first()
        {
            let id = Uuid::from_slice(taken).map_err(Refusal::internal)?;
            return Err(Refusal::ItemIdTaken(id.to_string()));
        }
    }
    Ok(())
}

/// A library as clients read it.
pub(super) fn document_of(library: &Library) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(library).map_err(Refusal::internal)
}

/// The cache tag of a library: the hash of its document.
pub(super) fn hex(hash: &[u8; 32]) -> String {
    hash.iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Publishes a library whose document was written; true if the document's bytes were there before.
pub(super) fn publish(
    tx: &mut Tx<'_>,
    new: &NewLibrary,
    document: &Written,
    at: &At,
) -> Result<bool, Refusal> {
    check_ids(tx.read(), &new.library)?;
    let id = new.library.id.uuid();
    let mut index = Vec::new();
    for item in items(&new.library) {
        let file = match item.kind {
            ItemType::File => {
                let missing = || Refusal::FileNotFound(item.value.chars().take(300).collect());
                Some(new.files.get(&item.value).ok_or_else(missing)?)
            }
            ItemType::Text | ItemType::Url => None,
        };
        index.push(rows::Item {
            id: item.id.uuid().as_bytes().to_vec(),
            library_id: id.as_bytes().to_vec(),
            kind: item.kind as i16,
            blob_id: file.map(|file| file.blob_id),
            file_name: file.map(|file| file.file_name.clone()),
            media_type: file.map(|file| file.media_type.clone()),
        });
    }
    let files: Vec<File> = new
        .files
        .iter()
        .map(|(key, file)| File {
            library_id: id.as_bytes().to_vec(),
            key: key.clone(),
            blob_id: file.blob_id,
            file_name: file.file_name.clone(),
            media_type: file.media_type.clone(),
            kept_until: None,
        })
        .collect();
    // The files are referred to anew; the collector goes by that (`store::rows::blobs`).
    for file in new.files.values() {
        let missing = || Refusal::FileNotFound(file.file_name.clone());
        let blob = blobs::find(tx.read(), file.blob_id)?.ok_or_else(missing)?;
        blobs::refer(tx, blob.id, blob.referenced_at, at.now)?;
    }
    let kept = blobs::keep(tx, document, at.now)?;
    rows::replace_items(tx, id.as_bytes(), &index)?;
    rows::replace_files(tx, id.as_bytes(), &files)?;
    rows::put(
        tx,
        &rows::Library {
            id: id.as_bytes().to_vec(),
            owner_id: new.owner.map(|owner| owner.0),
            name: new.library.name.clone(),
            document_id: kept.id,
            cache_tag: hex(&document.hash),
            created_at: at.now,
            modified_at: at.now,
        },
    )?;
    Change::Library(id).record(tx);
    Ok(kept.duplicate)
}

impl Desk {
    /// Publishes a library: all of it or, where it is refused, nothing.
    ///
    /// # Errors
    /// [`Refusal::ItemIdTaken`] if an id stands twice or in another library, [`Refusal::FileNotFound`] if an item names a file that is not
    /// among those given, [`Refusal::BytesUnavailable`] where the store of bytes fails.
    pub async fn publish_library(&self, new: NewLibrary) -> Result<(), Refusal> {
        let document = self.write_document(&new.library).await?;
        let place = document.place.clone();
        self.take_over(place, move |tx, at| publish(tx, &new, &document, at))
            .await
    }

    /// Writes the document of a library.
    pub(super) async fn write_document(&self, library: &Library) -> Result<Written, Refusal> {
        let document = document_of(library)?;
        let mut blob = self.blobs().begin().await?;
        blob.write(&document).await?;
        Ok(blob.finish().await?)
    }
}
