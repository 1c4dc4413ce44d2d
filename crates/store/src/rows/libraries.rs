//! Response libraries: the libraries, an index of their items, and their stored files.

use diesel::prelude::*;

use crate::prepared::prepared;
use crate::schema::{blobs, libraries, library_files, library_items};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// A library.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = libraries, treat_none_as_null = true)]
pub struct Library {
    /// Its Guid.
    pub id: Vec<u8>,
    /// Whose personal library it is.
    pub owner_id: Option<i64>,
    /// Its name.
    pub name: String,
    /// The blob that holds it as clients read it.
    pub document_id: i64,
    /// The hash of that document, in hex.
    pub cache_tag: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub modified_at: i64,
}

/// An item in the index.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = library_items)]
pub struct Item {
    /// Its Guid.
    pub id: Vec<u8>,
    /// The library it stands in.
    pub library_id: Vec<u8>,
    /// 0 text, 1 URL, 2 file.
    pub kind: i16,
    /// The bytes of a file.
    pub blob_id: Option<i64>,
    /// What a file is called.
    pub file_name: Option<String>,
    /// What a file is.
    pub media_type: Option<String>,
}

/// A stored file by its key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = library_files)]
pub struct File {
    /// The library it belongs to.
    pub library_id: Vec<u8>,
    /// The `value` of the item that names it.
    pub key: String,
    /// Its bytes.
    pub blob_id: i64,
    /// What it is called.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
    /// Of a file of one's own that no item names: until when it waits for one, in Unix milliseconds.
    pub kept_until: Option<i64>,
}

/// The state of a blob that an item refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blobs)]
pub struct ItemBlob {
    /// The blob's number.
    pub id: i64,
    /// Its size in bytes.
    pub size: i64,
    /// Whether its bytes are gone.
    pub gone: bool,
    /// When something last began to refer to it, to the hour.
    pub referenced_at: i64,
}

/// Adds a library, or replaces what is known of it.
pub fn put(tx: &mut Tx<'_>, library: &Library) -> Result<()> {
    let changed = diesel::update(libraries::table.find(&library.id))
        .set((
            libraries::owner_id.eq(library.owner_id),
            libraries::name.eq(&library.name),
            libraries::document_id.eq(library.document_id),
            libraries::cache_tag.eq(&library.cache_tag),
            libraries::modified_at.eq(library.modified_at),
        ))
        .execute(tx.write())?;
    if changed == 0 {
        diesel::insert_into(libraries::table)
            .values(library)
            .execute(tx.write())?;
    }
    Ok(())
}

/// The library of this Guid.
pub fn library(conn: &mut Conn, id: &[u8]) -> Result<Option<Library>> {
    libraries::table
        .find(id)
        .select(Library::as_select())
        .get_result(conn)
        .optional()
}

/// All libraries by name.
pub fn all(conn: &mut Conn) -> Result<Vec<Library>> {
    libraries::table
        .order((libraries::name, libraries::id))
        .select(Library::as_select())
        .load(conn)
}

/// All system libraries by name: those without an owner.
pub fn system(conn: &mut Conn) -> Result<Vec<Library>> {
    libraries::table
        .filter(libraries::owner_id.is_null())
        .order((libraries::name, libraries::id))
        .select(Library::as_select())
        .load(conn)
}

/// The system libraries of these Guids by name.
pub fn system_of(conn: &mut Conn, ids: &[Vec<u8>]) -> Result<Vec<Library>> {
    libraries::table
        .filter(libraries::owner_id.is_null().and(libraries::id.eq_any(ids)))
        .order((libraries::name, libraries::id))
        .select(Library::as_select())
        .load(conn)
}

/// A user's personal library.
pub fn personal(conn: &mut Conn, owner: i64) -> Result<Option<Library>> {
    libraries::table
        .filter(libraries::owner_id.eq(owner))
        .select(Library::as_select())
        .get_result(conn)
        .optional()
}

/// An item, whose library it stands in, and the state of its blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundItem {
    /// The item.
    pub item: Item,
    /// The owner of its library, if that is a personal one.
    pub owner_id: Option<i64>,
    /// The bytes of a file.
    pub blob: Option<ItemBlob>,
}

/// The item of this Guid, in whatever library.
pub fn item(conn: &mut Conn, id: &[u8]) -> Result<Option<FoundItem>> {
    let row = library_items::table
        .inner_join(libraries::table.on(libraries::id.eq(library_items::library_id)))
        .left_join(blobs::table.on(blobs::id.nullable().eq(library_items::blob_id)))
        .filter(library_items::id.eq(id))
        .select((
            Item::as_select(),
            libraries::owner_id,
            Option::<ItemBlob>::as_select(),
        ));
    let found = prepared!(row).get_result(conn).optional()?;
    Ok(found.map(|(item, owner_id, blob)| FoundItem {
        item,
        owner_id,
        blob,
    }))
}

/// Which of these items stand in another library than this one.
pub fn items_elsewhere(conn: &mut Conn, ids: &[Vec<u8>], library: &[u8]) -> Result<Vec<Vec<u8>>> {
    library_items::table
        .filter(
            library_items::id
                .eq_any(ids)
                .and(library_items::library_id.ne(library)),
        )
        .select(library_items::id)
        .load(conn)
}

/// How many items a library has.
pub fn item_count(conn: &mut Conn, library: &[u8]) -> Result<i64> {
    library_items::table
        .filter(library_items::library_id.eq(library))
        .count()
        .get_result(conn)
}

/// The sum of the sizes of a library's files, in bytes.
pub fn file_bytes(conn: &mut Conn, library: &[u8]) -> Result<i64> {
    let sizes: Vec<i64> = library_files::table
        .inner_join(blobs::table.on(blobs::id.eq(library_files::blob_id)))
        .filter(library_files::library_id.eq(library))
        .select(blobs::size)
        .load(conn)?;
    Ok(sizes.into_iter().sum())
}

/// Replaces all items of a library.
pub fn replace_items(tx: &mut Tx<'_>, library: &[u8], items: &[Item]) -> Result<()> {
    diesel::delete(library_items::table.filter(library_items::library_id.eq(library)))
        .execute(tx.write())?;
    for item in items {
        diesel::insert_into(library_items::table)
            .values(item)
            .execute(tx.write())?;
    }
    Ok(())
}

/// Replaces all stored files of a library that items name; one that waits for an item and is named now is replaced as well.
pub fn replace_files(tx: &mut Tx<'_>, library: &[u8], files: &[File]) -> Result<()> {
    let named = library_files::table
        .filter(library_files::library_id.eq(library))
        .filter(library_files::kept_until.is_null());
    diesel::delete(named).execute(tx.write())?;
    for file in files {
        diesel::delete(library_files::table.find((library, &file.key))).execute(tx.write())?;
    }
    for file in files {
        diesel::insert_into(library_files::table)
            .values(file)
            .execute(tx.write())?;
    }
    Ok(())
}

/// Keeps a file that no item names yet, in the place of one of the same key that waited as well.
pub fn keep_file(tx: &mut Tx<'_>, file: &File) -> Result<()> {
    diesel::delete(library_files::table.find((&file.library_id, &file.key))).execute(tx.write())?;
    diesel::insert_into(library_files::table)
        .values(file)
        .execute(tx.write())
        .map(drop)
}

/// How many files of a library wait for an item that names them.
pub fn waiting_files(conn: &mut Conn, library: &[u8]) -> Result<i64> {
    library_files::table
        .filter(library_files::library_id.eq(library))
        .filter(library_files::kept_until.is_not_null())
        .count()
        .get_result(conn)
}

/// Forgets files that waited for an item for too long; returns how many.
pub fn forget_waiting_files(tx: &mut Tx<'_>, now: i64) -> Result<usize> {
    diesel::delete(library_files::table.filter(library_files::kept_until.lt(now)))
        .execute(tx.write())
}

/// The stored files of a library.
pub fn files_of(conn: &mut Conn, library: &[u8]) -> Result<Vec<File>> {
    library_files::table
        .filter(library_files::library_id.eq(library))
        .select(File::as_select())
        .load(conn)
}

/// The stored files with this key, in whatever library.
pub fn files_by_key(conn: &mut Conn, key: &str) -> Result<Vec<File>> {
    library_files::table
        .filter(library_files::key.eq(key))
        .select(File::as_select())
        .load(conn)
}
