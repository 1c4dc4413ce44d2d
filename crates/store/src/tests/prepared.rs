//! Queries that are kept prepared.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;

use super::{Bench, add, note, notes};
use crate::prepared::prepared;
use crate::{Conn, Error, QueryError};

fn set_text(conn: &mut Conn, id: i64, text: &str) -> Result<usize, QueryError> {
    let row = diesel::update(notes::table.find(id)).set(notes::text.eq(text));
    prepared!(row).execute(conn)
}

fn texts(conn: &mut Conn, after: i64) -> Result<Vec<String>, QueryError> {
    let rows = notes::table
        .filter(notes::id.gt(after))
        .order(notes::id)
        .select(notes::text);
    prepared!(rows).load(conn)
}

#[tokio::test]
async fn a_statement_is_prepared_once_and_bound_anew() {
    let bench = Bench::new().await;
    let kept = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&kept);
    bench
        .database
        .write(move |tx| {
            for id in 1..=3 {
                add(tx.write(), id, "")?;
            }
            let counted = Arc::clone(&counted);
            tx.write()
                .set_instrumentation(move |event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::CacheQuery { .. } = event {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            for (id, text) in [(1, "one"), (2, "two"), (3, "three")] {
                assert_eq!(set_text(tx.write(), id, text)?, 1);
                let after = texts(tx.read(), id - 1)?;
                assert_eq!(after[0], text);
                assert_eq!(after.len(), usize::try_from(4 - id).unwrap());
            }
            assert_eq!(set_text(tx.write(), 4, "four")?, 0);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    assert_eq!(
        kept.load(Ordering::Relaxed),
        2,
        "one for each place in the source"
    );
}

#[cfg(debug_assertions)]
#[tokio::test]
async fn a_text_that_changes_is_found_out() {
    fn remove(conn: &mut Conn, ids: &[i64]) -> Result<usize, QueryError> {
        prepared!(diesel::delete(notes::table.filter(notes::id.eq_any(ids)))).execute(conn)
    }
    let bench = Bench::new().await;
    let removed = bench
        .database
        .write(|tx| {
            note(tx, 1)?;
            remove(tx.write(), &[1])?;
            Ok::<_, Error>(remove(tx.write(), &[1, 2])?)
        })
        .await;
    assert!(matches!(removed, Err(Error::Panicked(text)) if text.contains("has changed")));
}
