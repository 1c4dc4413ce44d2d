//! Blobs as the database knows them, and which of them nobody needs any more.
//!
//! # Why no blob is collected that somebody refers to
//!
//! A blob is referred to by attachments, by mail that came in for its source, by the messages attached to that and the files in them, by the
//! files and items of libraries, and by libraries for their document. There is no index on the blob of an attachment, since that would
//! cost each insert a random page; so the attachments are scanned, and what came in is, too, and that happens on a snapshot beside the running server. Between that snapshot and the deletion somebody may refer to the blob anew.
//! This is why `referenced_at` exists:
//!
//! 1. Whoever makes a new reference calls [`keep`] or [`refer`] in the same transaction. They set `referenced_at` to now, unless
//!    it is younger than [`FRESH`], so that a file that is inserted all the time costs no write.
//! 2. [`collectable`] takes blobs with `referenced_at` before a cutoff and without a reference in its snapshot. The cutoff lies
//!    at least [`GRACE`] back, twice [`FRESH`].
//! 3. [`collect`] deletes the row in a transaction of its own, and only if `referenced_at` is *still* before the cutoff.
//!
//! Take a reference that the snapshot does not see: it was committed after the snapshot. Its function was handed its `now` before
//! that, but not as much as [`FRESH`] before, since nobody waits for the writer for an hour. If the blob was collectable, its
//! `referenced_at` lay [`GRACE`] back at the snapshot, hence at least [`FRESH`] before that `now`; so it was set to that `now`, which
//! lies after the cutoff. If that committed before the deletion, the deletion finds a younger `referenced_at` and does nothing.
//! If it comes after the deletion, it finds no row of the blob in its own transaction: nothing is inserted that refers to nothing. The
//! same on PostgreSQL, where another node may be about it at the same moment: both write the blob's row, and whoever is second waits for
//! the first and then looks at the row again.
//!
//! The tables of libraries are small, so the deletion asks them once more. That guards against a function that forgot rule 1,
//! where it can be had cheaply.
//!
//! Bytes are removed after the commit that deleted the row, so a crash between the two leaves a file that no row knows, never a
//! row without a file. Such files, and those of uploads that never got a row, are found by listing the store ([`strays`]). A file
//! gets its row within the grace that the sweep leaves it, or the sweep takes an upload for a stray.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::prepared::prepared;
use crate::schema::{
    attached_files, attached_messages, attachments, blobs, incoming_mail, libraries, library_files,
    library_items,
};
use crate::{Conn, Tx, Written};

type Result<T> = diesel::QueryResult<T>;

/// For how long a reference is fresh enough not to be noted again, in milliseconds.
pub const FRESH: i64 = 60 * 60 * 1000;

/// How far back the cutoff of the collector has to lie at least, in milliseconds.
pub const GRACE: i64 = 2 * FRESH;

/// A blob's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blobs)]
pub struct Blob {
    /// Its number.
    pub id: i64,
    /// BLAKE3 of the bytes.
    pub hash: Vec<u8>,
    /// How many they are.
    pub size: i64,
    /// Where the blob store keeps them.
    pub place: String,
    /// Whether they are known to be lost.
    pub gone: bool,
    /// When a reference was last noted, in Unix milliseconds.
    pub referenced_at: i64,
}

/// What became of bytes that were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The number of the blob with this content.
    pub id: i64,
    /// The content was there already. The new file is not needed: remove it from the store after the commit.
    pub duplicate: bool,
}

/// Makes written bytes known. A blob that was gone is whole again by them.
pub fn keep(tx: &mut Tx<'_>, written: &Written, now: i64) -> Result<Kept> {
    let kept = |id, duplicate| Ok(Kept { id, duplicate });
    // Where another node keeps or collects the same bytes at the same moment, the row may come or go between two statements.
    loop {
        let same = blobs::table
            .filter(blobs::hash.eq(&written.hash[..]))
            .select((blobs::id, blobs::gone, blobs::referenced_at));
        let known: Option<(i64, bool, i64)> = prepared!(same).get_result(tx.read()).optional()?;
        match known {
            Some((id, false, seen)) => match refer(tx, id, seen, now) {
                Err(diesel::result::Error::NotFound) => {}
                noted => return noted.and(kept(id, true)),
            },
            Some((id, true, _)) => {
                if bring_back(tx, id, &written.place, now)? {
                    return kept(id, false);
                }
            }
            None => {
                if let Some(id) = add(tx, written, now)? {
                    return kept(id, false);
                }
            }
        }
    }
}

/// Gives a blob that was gone new bytes; false if it is not there, or not gone, any more.
fn bring_back(tx: &mut Tx<'_>, id: i64, place: &str, now: i64) -> Result<bool> {
    let gone = blobs::table.filter(blobs::id.eq(id).and(blobs::gone.eq(true)));
    let changed = diesel::update(gone)
        .set((
            blobs::place.eq(place),
            blobs::gone.eq(false),
            blobs::referenced_at.eq(now),
        ))
        .execute(tx.write())?;
    Ok(changed > 0)
}

/// Adds a row, unless there is one of the same bytes.
fn add(tx: &mut Tx<'_>, written: &Written, now: i64) -> Result<Option<i64>> {
    let size = i64::try_from(written.size)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    // `ON CONFLICT` is the same on both engines, but not through a connection that may be of either.
    macro_rules! insert {
        ($conn:expr) => {
            diesel::insert_into(blobs::table)
                .values((
                    blobs::hash.eq(&written.hash[..]),
                    blobs::size.eq(size),
                    blobs::place.eq(&written.place),
                    blobs::gone.eq(false),
                    blobs::referenced_at.eq(now),
                ))
                .on_conflict_do_nothing()
                .returning(blobs::id)
                .get_result($conn)
                .optional()
        };
    }
    match tx.write() {
        Conn::Sqlite(conn) => insert!(conn),
        Conn::Postgres(conn) => insert!(conn),
    }
}

/// The blob of this number.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Blob>> {
    prepared!(blobs::table.find(id).select(Blob::as_select()))
        .get_result(conn)
        .optional()
}

/// Notes that a blob is referred to anew. `seen` is its `referenced_at` as it was looked up in this transaction; one younger than
/// [`FRESH`] is left as it is.
///
/// # Errors
/// `NotFound` if the row is not there any more; the reference must not be made then.
pub fn refer(tx: &mut Tx<'_>, id: i64, seen: i64, now: i64) -> Result<()> {
    if seen > now.saturating_sub(FRESH) {
        return Ok(());
    }
    let row = diesel::update(blobs::table.find(id)).set(blobs::referenced_at.eq(now));
    let noted = prepared!(row).execute(tx.write())?;
    if noted == 0 {
        Err(diesel::result::Error::NotFound)
    } else {
        Ok(())
    }
}

/// Notes that the bytes of a blob are lost at a place. They come back when somebody writes the same bytes again; where that happened
/// meanwhile, they have another place, and nothing is noted: the answer is false.
pub fn set_gone(tx: &mut Tx<'_>, id: i64, place: &str) -> Result<bool> {
    set_gone_to(tx, id, place, true)
}

/// Notes that the bytes of a blob that was gone are whole at its place after all; false if it has another place by now.
pub fn set_found(tx: &mut Tx<'_>, id: i64, place: &str) -> Result<bool> {
    set_gone_to(tx, id, place, false)
}

fn set_gone_to(tx: &mut Tx<'_>, id: i64, place: &str, gone: bool) -> Result<bool> {
    let there = blobs::table.filter(blobs::id.eq(id).and(blobs::place.eq(place)));
    let noted = diesel::update(there)
        .set(blobs::gone.eq(gone))
        .execute(tx.write())?;
    Ok(noted > 0)
}

/// The blobs with numbers above one, in the order of their numbers, at most `limit` of them.
pub fn after(conn: &mut Conn, id: i64, limit: i64) -> Result<Vec<Blob>> {
    let page = blobs::table
        .filter(blobs::id.gt(id))
        .order(blobs::id)
        .limit(limit)
        .select(Blob::as_select());
    prepared!(page).load(conn)
}

/// The blob of these bytes.
pub fn of_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<Blob>> {
    let blob = blobs::table.filter(blobs::hash.eq(hash));
    prepared!(blob.select(Blob::as_select()))
        .get_result(conn)
        .optional()
}

/// The highest number of a blob, 0 if there is none.
pub fn last(conn: &mut Conn) -> Result<i64> {
    let highest: Option<i64> = blobs::table
        .select(diesel::dsl::max(blobs::id))
        .get_result(conn)?;
    Ok(highest.unwrap_or(0))
}

/// The numbers of the blobs whose bytes are known to be lost.
pub fn lost(conn: &mut Conn) -> Result<Vec<i64>> {
    blobs::table
        .filter(blobs::gone.eq(true))
        .select(blobs::id)
        .load(conn)
}

/// How many blobs there are whose bytes are not known to be lost.
pub fn whole(conn: &mut Conn) -> Result<u64> {
    let whole = blobs::table.filter(blobs::gone.eq(false)).count();
    let count: i64 = whole.get_result(conn)?;
    Ok(count.cast_unsigned())
}

/// How many blobs there are and how many bytes they have together.
pub fn total(conn: &mut Conn) -> Result<(u64, u64)> {
    let count: i64 = blobs::table.count().get_result(conn)?;
    // A sum of 64-bit numbers is one of more digits on PostgreSQL.
    let bytes =
        diesel::dsl::sql::<diesel::sql_types::BigInt>("CAST(coalesce(sum(size), 0) AS BIGINT)");
    let bytes: i64 = blobs::table.select(bytes).get_result(conn)?;
    Ok((count.cast_unsigned(), bytes.cast_unsigned()))
}

/// The blobs that nobody refers to and that were last referred to before a cutoff. Scans the attachments. See the module for
/// how far back the cutoff has to lie.
pub fn collectable(conn: &mut Conn, cutoff: i64) -> Result<Vec<i64>> {
    blobs::table
        .filter(blobs::referenced_at.lt(cutoff))
        .filter(blobs::id.ne_all(attachments::table.select(attachments::blob_id)))
        .filter(blobs::id.ne_all(incoming_mail::table.select(incoming_mail::blob_id)))
        .filter(blobs::id.ne_all(attached_files::table.select(attached_files::blob_id)))
        .filter(
            blobs::id.ne_all(
                attached_messages::table
                    .filter(attached_messages::blob_id.is_not_null())
                    .select(attached_messages::blob_id.assume_not_null()),
            ),
        )
        .filter(blobs::id.ne_all(library_files::table.select(library_files::blob_id)))
        .filter(blobs::id.ne_all(libraries::table.select(libraries::document_id)))
        .filter(
            blobs::id.ne_all(
                library_items::table
                    .filter(library_items::blob_id.is_not_null())
                    .select(library_items::blob_id.assume_not_null()),
            ),
        )
        .select(blobs::id)
        .load(conn)
}

/// Deletes the row of a blob that [`collectable`] named for the same cutoff, if it may still go. Returns the place that is to be
/// removed from the store *after* the commit.
pub fn collect(tx: &mut Tx<'_>, id: i64, cutoff: i64) -> Result<Option<String>> {
    if in_library(tx.read(), id)? {
        return Ok(None);
    }
    diesel::delete(blobs::table.filter(blobs::id.eq(id).and(blobs::referenced_at.lt(cutoff))))
        .returning(blobs::place)
        .get_result(tx.write())
        .optional()
}

fn in_library(conn: &mut Conn, id: i64) -> Result<bool> {
    let files: i64 = library_files::table
        .filter(library_files::blob_id.eq(id))
        .count()
        .get_result(conn)?;
    let items: i64 = library_items::table
        .filter(library_items::blob_id.eq(id))
        .count()
        .get_result(conn)?;
    let documents: i64 = libraries::table
        .filter(libraries::document_id.eq(id))
        .count()
        .get_result(conn)?;
    Ok(files + items + documents > 0)
}

/// Those of these places (as the store lists them) that no row knows of.
pub fn strays(conn: &mut Conn, places: &[String]) -> Result<Vec<String>> {
    let known: Vec<String> = blobs::table
        .filter(blobs::place.eq_any(places))
        .select(blobs::place)
        .load(conn)?;
    let known: HashSet<String> = known.into_iter().collect();
    Ok(places
        .iter()
        .filter(|place| !known.contains(*place))
        .cloned()
        .collect())
}
