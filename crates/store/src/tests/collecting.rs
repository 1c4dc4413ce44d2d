//! The rows of blobs: kept once, whole again after damage, collected when nobody needs them.

use diesel::prelude::*;

use super::Bench;
use crate::rows::blobs::{self, FRESH, GRACE, Kept};
use crate::schema;
use crate::{Conn, Error, Tx, Written};

/// Some time long ago, and now.
const THEN: i64 = 1_700_000_000_000;
const NOW: i64 = THEN + 10 * GRACE;

fn written(content: u8, upload: u8) -> Written {
    let hash = *blake3::hash(&[content]).as_bytes();
    let hex = blake3::Hash::from(hash).to_hex();
    Written {
        hash,
        size: 1,
        place: format!("{}/{hex}.{upload:08x}", &hex[..2]),
    }
}

async fn write<T: Send + 'static>(
    bench: &Bench,
    f: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    bench.database.write(f).await.unwrap()
}

async fn read<T: Send + 'static>(
    bench: &Bench,
    f: impl FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
) -> T {
    bench.database.read(f).await.unwrap()
}

async fn keep(bench: &Bench, content: u8, upload: u8, now: i64) -> Kept {
    write(bench, move |tx| {
        Ok(blobs::keep(tx, &written(content, upload), now)?)
    })
    .await
}

async fn find(bench: &Bench, id: i64) -> Option<blobs::Blob> {
    read(bench, move |conn| Ok(blobs::find(conn, id)?)).await
}

async fn collectable(bench: &Bench) -> Vec<i64> {
    read(bench, |conn| Ok(blobs::collectable(conn, NOW - GRACE)?)).await
}

async fn collect(bench: &Bench, id: i64) -> Option<String> {
    write(bench, move |tx| Ok(blobs::collect(tx, id, NOW - GRACE)?)).await
}

fn attach(tx: &mut Tx<'_>, blob: i64) -> Result<(), Error> {
    use schema::attachments as table;
    diesel::insert_into(table::table)
        .values((
            table::interaction_id.eq(1_000_000_001_i64),
            table::number.eq(blob),
            table::wanted.eq(format!("{blob}.txt")),
            table::ordinal.eq(1),
            table::blob_id.eq(blob),
            table::size.eq(1_i64),
            table::media_type.eq("text/plain"),
        ))
        .execute(tx.write())?;
    Ok(())
}

fn file_in_library(tx: &mut Tx<'_>, blob: i64) -> Result<(), Error> {
    use schema::library_files as table;
    diesel::insert_into(table::table)
        .values((
            table::library_id.eq(vec![1_u8; 16]),
            table::key.eq("key"),
            table::blob_id.eq(blob),
            table::file_name.eq("a.txt"),
            table::media_type.eq("text/plain"),
        ))
        .execute(tx.write())?;
    Ok(())
}

fn item_in_library(tx: &mut Tx<'_>, blob: Option<i64>) -> Result<(), Error> {
    use schema::library_items as table;
    diesel::insert_into(table::table)
        .values((
            table::id.eq(vec![u8::from(blob.is_some()); 16]),
            table::library_id.eq(vec![1_u8; 16]),
            table::kind.eq(2_i16),
            table::blob_id.eq(blob),
        ))
        .execute(tx.write())?;
    Ok(())
}

fn document(tx: &mut Tx<'_>, blob: i64) -> Result<(), Error> {
    use schema::libraries as table;
    diesel::insert_into(table::table)
        .values((
            table::id.eq(vec![1_u8; 16]),
            table::name.eq("Library"),
            table::document_id.eq(blob),
            table::cache_tag.eq("tag"),
            table::created_at.eq(THEN),
            table::modified_at.eq(THEN),
        ))
        .execute(tx.write())?;
    Ok(())
}

#[tokio::test]
async fn the_same_bytes_are_kept_once() {
    let bench = Bench::new().await;
    let first = keep(&bench, 1, 1, THEN).await;
    assert!(!first.duplicate);
    let again = keep(&bench, 1, 2, NOW).await;
    assert_eq!(
        again,
        Kept {
            id: first.id,
            duplicate: true
        }
    );
    let other = keep(&bench, 2, 3, NOW).await;
    assert!(!other.duplicate && other.id != first.id);
    let row = find(&bench, first.id).await.unwrap();
    assert_eq!(
        row.place,
        written(1, 1).place,
        "the first upload's file stays"
    );
    assert_eq!(row.referenced_at, NOW);
    assert_eq!(
        (row.size, row.gone, row.hash),
        (1, false, written(1, 1).hash.to_vec())
    );
}

#[tokio::test]
async fn lost_bytes_come_back_with_the_next_upload() {
    let bench = Bench::new().await;
    let Kept { id, .. } = keep(&bench, 1, 1, THEN).await;
    let lose = |upload| {
        write(&bench, move |tx| {
            Ok(blobs::set_gone(tx, id, &written(1, upload).place)?)
        })
    };
    lose(1).await;
    assert!(find(&bench, id).await.unwrap().gone);
    assert_eq!(
        keep(&bench, 1, 2, NOW).await,
        Kept {
            id,
            duplicate: false
        }
    );
    let row = find(&bench, id).await.unwrap();
    assert!(!row.gone);
    assert_eq!((row.place, row.referenced_at), (written(1, 2).place, NOW));
    lose(1).await;
    assert!(
        !find(&bench, id).await.unwrap().gone,
        "a reader that is late speaks of the old place"
    );
}

#[tokio::test]
async fn a_fresh_reference_is_not_noted_again() {
    let bench = Bench::new().await;
    let Kept { id, .. } = keep(&bench, 1, 1, THEN).await;
    for (now, noted) in [(THEN + FRESH - 1, THEN), (THEN + FRESH, THEN + FRESH)] {
        write(&bench, move |tx| Ok(blobs::refer(tx, id, THEN, now)?)).await;
        assert_eq!(find(&bench, id).await.unwrap().referenced_at, noted);
    }
    let missing = bench
        .database
        .write(|tx| Ok::<_, Error>(blobs::refer(tx, 999, THEN, NOW)?))
        .await;
    assert!(
        matches!(
            missing,
            Err(Error::Database(diesel::result::Error::NotFound))
        ),
        "{missing:?}"
    );
}

#[tokio::test]
async fn what_is_referred_to_is_never_collected() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for content in 0..6 {
        ids.push(keep(&bench, content, content, THEN).await.id);
    }
    let [attached, filed, listed, documented, free, young] = ids[..] else {
        unreachable!("six were kept")
    };
    write(&bench, move |tx| {
        attach(tx, attached)?;
        file_in_library(tx, filed)?;
        item_in_library(tx, Some(listed))?;
        item_in_library(tx, None)?;
        document(tx, documented)?;
        Ok(blobs::refer(tx, young, THEN, NOW)?)
    })
    .await;
    assert_eq!(collectable(&bench).await, [free]);
    for id in [filed, listed, documented, young] {
        assert_eq!(collect(&bench, id).await, None, "not even when asked to");
    }
    assert_eq!(collect(&bench, free).await, Some(written(4, 4).place));
    assert_eq!(collect(&bench, free).await, None);
    assert!(find(&bench, free).await.is_none());
    assert!(collectable(&bench).await.is_empty());
}

#[tokio::test]
async fn a_reference_made_after_the_snapshot_counts() {
    let bench = Bench::new().await;
    let Kept { id, .. } = keep(&bench, 1, 1, THEN).await;
    assert_eq!(collectable(&bench).await, [id]);
    // Somebody inserts it meanwhile, with a clock read a good while before the collector's.
    write(&bench, move |tx| {
        let seen = blobs::find(tx.read(), id)?.unwrap().referenced_at;
        blobs::refer(tx, id, seen, NOW - FRESH + 1)?;
        attach(tx, id)
    })
    .await;
    assert_eq!(collect(&bench, id).await, None);
    assert!(find(&bench, id).await.is_some());
}

#[tokio::test]
async fn an_upload_made_after_the_snapshot_counts() {
    let bench = Bench::new().await;
    let Kept { id, .. } = keep(&bench, 1, 1, THEN).await;
    assert_eq!(collectable(&bench).await, [id]);
    assert!(keep(&bench, 1, 2, NOW).await.duplicate);
    assert_eq!(collect(&bench, id).await, None);
}

#[tokio::test]
async fn what_no_row_knows_is_a_stray() {
    let bench = Bench::new().await;
    keep(&bench, 1, 1, THEN).await;
    let known = written(1, 1).place;
    let strays = [
        written(1, 2).place,
        written(2, 1).place,
        "incoming/0011".to_owned(),
    ];
    let mut all = strays.to_vec();
    all.insert(1, known);
    let found = read(&bench, move |conn| Ok(blobs::strays(conn, &all)?)).await;
    assert_eq!(found, strays);
}
