//! Batches: what is committed together, what fails alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{Bench, add, execute, note, notes};
use crate::rows::journal;
use crate::{Error, Options};

fn ids(notes: &[(i64, String)]) -> Vec<i64> {
    notes.iter().map(|(id, _)| *id).collect()
}

fn rows(journal: &[(i64, String)]) -> Vec<&str> {
    journal
        .iter()
        .map(|(_, changes)| changes.as_str())
        .collect()
}

#[tokio::test]
async fn what_waits_is_committed_together() {
    let bench = Bench::new().await;
    let held = bench.hold().await;
    let mut waiting = Vec::new();
    for id in 1..=5 {
        waiting.push(bench.queue(move |tx| note(tx, id)).await);
    }
    held.release().await;
    for (job, id) in waiting.into_iter().zip(1..) {
        assert_eq!(job.await.unwrap().unwrap(), id);
    }
    assert_eq!(ids(&bench.notes().await), [1, 2, 3, 4, 5]);
    assert_eq!(rows(&bench.journal().await), ["[1,2,3,4,5]"]);
}

#[tokio::test]
async fn a_batch_has_a_largest_size() {
    let bench = Bench::with(Options {
        batch: 2,
        ..Options::default()
    })
    .await;
    let held = bench.hold().await;
    let mut waiting = Vec::new();
    for id in 1..=5 {
        waiting.push(bench.queue(move |tx| note(tx, id)).await);
    }
    held.release().await;
    for job in waiting {
        job.await.unwrap().unwrap();
    }
    assert_eq!(rows(&bench.journal().await), ["[1,2]", "[3,4]", "[5]"]);
}

#[tokio::test]
async fn a_no_before_anything_was_changed_disturbs_nobody() {
    let bench = Bench::new().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let held = bench.hold().await;
    let first = bench
        .queue(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            note(tx, 1)
        })
        .await;
    let refused = bench
        .queue(|tx| {
            tx.record("\"never\"".to_owned());
            let _: i64 = notes::table.count().get_result(tx.read())?;
            Err::<(), _>(Error::Unavailable("no".to_owned()))
        })
        .await;
    let last = bench.queue(|tx| note(tx, 3)).await;
    held.release().await;
    assert!(matches!(refused.await.unwrap(), Err(Error::Unavailable(text)) if text == "no"));
    first.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    assert_eq!(
        runs.load(Ordering::Relaxed),
        1,
        "the batch was not run again"
    );
    assert_eq!(rows(&bench.journal().await), ["[1,3]"]);
}

#[tokio::test]
async fn a_failure_after_a_change_takes_nothing_of_the_others() {
    let bench = Bench::new().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let held = bench.hold().await;
    let first = bench
        .queue(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            note(tx, 1)
        })
        .await;
    let failing = bench
        .queue(|tx| {
            note(tx, 2)?;
            note(tx, 2)
        })
        .await;
    let last = bench.queue(|tx| note(tx, 3)).await;
    held.release().await;
    assert!(matches!(failing.await.unwrap(), Err(Error::Database(_))));
    first.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    assert_eq!(
        runs.load(Ordering::Relaxed),
        2,
        "once in the batch and once alone"
    );
    assert_eq!(ids(&bench.notes().await), [1, 3]);
    assert_eq!(rows(&bench.journal().await), ["[1]", "[3]"]);
}

#[tokio::test]
async fn a_panic_is_an_error_of_its_own_job() {
    let bench = Bench::new().await;
    let held = bench.hold().await;
    let first = bench.queue(|tx| note(tx, 1)).await;
    let early = bench
        .queue(|_| -> Result<(), Error> { panic!("before") })
        .await;
    let late = bench
        .queue(|tx| -> Result<(), Error> {
            note(tx, 2)?;
            panic!("after note {}", 2)
        })
        .await;
    let last = bench.queue(|tx| note(tx, 3)).await;
    held.release().await;
    assert!(matches!(early.await.unwrap(), Err(Error::Panicked(text)) if text == "before"));
    assert!(matches!(late.await.unwrap(), Err(Error::Panicked(text)) if text == "after note 2"));
    first.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    assert_eq!(ids(&bench.notes().await), [1, 3]);
    bench.queue(|tx| note(tx, 4)).await.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_commit_that_fails_fails_only_whose_fault_it_is() {
    let bench = Bench::new().await;
    // The constraint is only looked at by the commit.
    execute(
        &bench.database,
        "CREATE TABLE pairs (id INTEGER PRIMARY KEY, other INTEGER REFERENCES pairs (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .await
    .unwrap();
    let held = bench.hold().await;
    let first = bench.queue(|tx| note(tx, 1)).await;
    let failing = bench
        .queue(|tx| {
            Ok(tx
                .write()
                .batch_execute("INSERT INTO pairs (id, other) VALUES (1, 2)")?)
        })
        .await;
    let last = bench.queue(|tx| note(tx, 3)).await;
    held.release().await;
    assert!(matches!(failing.await.unwrap(), Err(Error::Database(_))));
    first.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    assert_eq!(ids(&bench.notes().await), [1, 3]);
}

#[tokio::test]
async fn a_failure_leaves_no_journal_row() {
    let bench = Bench::new().await;
    let failed = bench
        .database
        .write(|tx| {
            note(tx, 1)?;
            Err::<(), _>(Error::Unavailable("no".to_owned()))
        })
        .await;
    failed.unwrap_err();
    assert!(bench.journal().await.is_empty());
    assert_eq!(bench.database.committed(), 0);
    bench.database.write(|tx| note(tx, 2)).await.unwrap();
    assert_eq!(
        bench.journal().await,
        [(bench.database.committed(), "[2]".to_owned())]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_journal_has_every_change_once_and_in_the_order_of_commit() {
    let bench = Bench::new().await;
    let mut waiting = Vec::new();
    for id in 1..=400 {
        let database = bench.database.clone();
        waiting.push(tokio::spawn(async move {
            database.write(move |tx| note(tx, id)).await.unwrap();
            // What is answered can be read.
            let position = database.committed();
            let seen = database
                .read(move |conn| {
                    let head = journal::head(conn)?;
                    let count: i64 = notes::table
                        .filter(notes::id.eq(id))
                        .count()
                        .get_result(conn)?;
                    Ok::<_, Error>((head, count))
                })
                .await
                .unwrap();
            assert!(seen.0 >= position && seen.1 == 1);
        }));
    }
    for job in waiting {
        job.await.unwrap();
    }
    let journal = bench.journal().await;
    assert!(journal.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(journal.last().unwrap().0, bench.database.committed());
    let mut all: Vec<i64> = journal
        .iter()
        .flat_map(|(_, changes)| serde_json::from_str::<Vec<i64>>(changes).unwrap())
        .collect();
    assert_eq!(all.len(), 400);
    all.sort_unstable();
    assert_eq!(all, (1..=400).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_journal_is_read_in_pieces_and_cut() {
    let bench = Bench::new().await;
    for id in 1..=4 {
        bench.database.write(move |tx| note(tx, id)).await.unwrap();
    }
    let all = bench.journal().await;
    let third = all[2].0;
    let piece = bench
        .database
        .read(move |conn| Ok::<_, Error>(journal::tail(conn, third - 1, 1)?))
        .await
        .unwrap();
    assert_eq!(piece, [all[2].clone()]);
    let gone = bench
        .database
        .write(|tx| Ok::<_, Error>(journal::cut(tx, i64::MAX)?))
        .await
        .unwrap();
    assert_eq!(gone, 3, "the head stays");
    assert_eq!(bench.journal().await, [all[3].clone()]);
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_costs_nothing() {
    let bench = Bench::new().await;
    bench.database.write(|tx| note(tx, 1)).await.unwrap();
    // Fewer pages than there are means as many as there are; a note fits in, a long one does not.
    execute(&bench.database, "PRAGMA max_page_count = 1")
        .await
        .unwrap();
    let held = bench.hold().await;
    let first = bench.queue(|tx| note(tx, 2)).await;
    let long = bench
        .queue(|tx| Ok(add(tx.write(), 3, &"long ".repeat(40_000))?))
        .await;
    let last = bench.queue(|tx| note(tx, 4)).await;
    held.release().await;
    let error = long.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("full"), "{error}");
    first.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    assert_eq!(ids(&bench.notes().await), [1, 2, 4]);
    assert_eq!(rows(&bench.journal().await), ["[1]", "[2]", "[4]"]);

    execute(&bench.database, "PRAGMA max_page_count = 1000000")
        .await
        .unwrap();
    bench
        .database
        .write(|tx| Ok::<_, Error>(add(tx.write(), 3, &"long ".repeat(40_000))?))
        .await
        .unwrap();
    assert_eq!(ids(&bench.notes().await), [1, 2, 3, 4]);
}

#[tokio::test]
async fn whoever_has_gone_is_skipped() {
    let bench = Bench::new().await;
    let held = bench.hold().await;
    let gone = bench.queue(|tx| note(tx, 1)).await;
    let stays = bench.queue(|tx| note(tx, 2)).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    held.release().await;
    stays.await.unwrap().unwrap();
    assert_eq!(ids(&bench.notes().await), [2]);
}

#[tokio::test]
async fn closing_finishes_what_was_taken() {
    let bench = Bench::new().await;
    let mut changes = bench.database.changes();
    let held = bench.hold().await;
    let taken = bench.queue(|tx| note(tx, 1)).await;
    let database = bench.database.clone();
    let closing = tokio::spawn(async move { database.close().await });
    tokio::task::yield_now().await;
    held.release().await;
    closing.await.unwrap();
    taken.await.unwrap().unwrap();

    let late = bench.database.write(|tx| note(tx, 2)).await;
    assert!(matches!(late, Err(Error::Unavailable(_))), "{late:?}");
    let late = bench
        .database
        .read(|conn| Ok::<_, Error>(journal::head(conn)?))
        .await;
    assert!(matches!(late, Err(Error::Unavailable(_))), "{late:?}");
    while changes.changed().await.is_ok() {}
    assert!(
        !bench.folder.path().join("attache.db-wal").exists(),
        "the files are closed"
    );
    bench.database.close().await;

    let again = crate::Database::open(&super::url(&bench.folder), Options::default()).unwrap();
    let kept: Vec<i64> = again
        .read(|conn| Ok::<_, Error>(notes::table.select(notes::id).load(conn)?))
        .await
        .unwrap();
    assert_eq!(kept, [1]);
}
