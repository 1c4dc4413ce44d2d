//! Snapshots beside the writer, and commits that are noticed.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::{Bench, add, note, notes, url};
use crate::{Database, Error, Options};

fn count(conn: &mut crate::Conn) -> Result<i64, Error> {
    Ok(notes::table.count().get_result(conn)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_do_not_wait_for_a_long_write() {
    let bench = Bench::new().await;
    bench.database.write(|tx| note(tx, 1)).await.unwrap();
    let (starting, mut turn) = tokio::sync::mpsc::channel(1);
    let (release, released) = mpsc::channel::<()>();
    let database = bench.database.clone();
    let long = tokio::spawn(async move {
        database
            .write(move |tx| {
                note(tx, 2)?;
                let _ = starting.try_send(());
                released.recv_timeout(Duration::from_secs(20)).unwrap();
                Ok::<_, Error>(())
            })
            .await
    });
    turn.recv().await.unwrap();
    for _ in 0..20 {
        assert_eq!(
            bench.database.read(count).await.unwrap(),
            1,
            "what is not committed is not seen"
        );
    }
    release.send(()).unwrap();
    long.await.unwrap().unwrap();
    assert_eq!(bench.database.read(count).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_of_one_moment() {
    let bench = Bench::new().await;
    let (starting, mut turn) = tokio::sync::mpsc::channel(1);
    let (go_on, goes_on) = mpsc::channel::<()>();
    let database = bench.database.clone();
    let read = tokio::spawn(async move {
        database
            .read(move |conn| {
                let before = count(conn)?;
                starting.try_send(()).unwrap();
                goes_on.recv_timeout(Duration::from_secs(20)).unwrap();
                Ok::<_, Error>((before, count(conn)?))
            })
            .await
    });
    turn.recv().await.unwrap();
    bench.database.write(|tx| note(tx, 1)).await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(read.await.unwrap().unwrap(), (0, 0));
}

#[tokio::test]
async fn a_reader_cannot_write_and_survives_it() {
    let bench = Bench::with(Options {
        readers: 1,
        ..Options::default()
    })
    .await;
    let wrote = bench
        .database
        .read(|conn| Ok::<_, Error>(add(conn, 1, "no")?))
        .await;
    assert!(matches!(wrote, Err(Error::Database(_))), "{wrote:?}");
    let panicked = bench
        .database
        .read(|_| -> Result<(), Error> { panic!("reading") })
        .await;
    assert!(matches!(panicked, Err(Error::Panicked(text)) if text == "reading"));
    assert_eq!(bench.database.read(count).await.unwrap(), 0);
}

#[tokio::test]
async fn own_commits_are_noticed_at_once() {
    let bench = Bench::new().await;
    let mut changes = bench.database.changes();
    bench.database.write(|tx| note(tx, 1)).await.unwrap();
    assert!(changes.has_changed().unwrap());
    changes.borrow_and_update();
}

#[tokio::test]
async fn what_another_process_commits_is_noticed() {
    let bench = Bench::new().await;
    let other = Database::open(&url(&bench.folder), Options::default()).unwrap();
    // Let the notice of what opening did go by.
    tokio::time::sleep(Duration::from_millis(300)).await;
    for id in 1..=3 {
        let mut changes = bench.database.changes();
        other.write(move |tx| note(tx, id)).await.unwrap();
        let committed = Instant::now();
        tokio::time::timeout(Duration::from_secs(5), changes.changed())
            .await
            .unwrap()
            .unwrap();
        assert!(
            committed.elapsed() < Duration::from_millis(200),
            "{:?}",
            committed.elapsed()
        );
        assert_eq!(bench.notes().await.len(), usize::try_from(id).unwrap());
    }
    assert_eq!(bench.database.committed(), 0, "it was not this writer");
}

#[tokio::test]
async fn two_processes_write_beside_each_other() {
    let bench = Bench::new().await;
    let other = Database::open(&url(&bench.folder), Options::default()).unwrap();
    let mut waiting = Vec::new();
    for id in 0..60 {
        let database = if id % 2 == 0 { &bench.database } else { &other }.clone();
        waiting.push(tokio::spawn(async move {
            database.write(move |tx| note(tx, id)).await
        }));
    }
    for job in waiting {
        job.await.unwrap().unwrap();
    }
    assert_eq!(bench.notes().await.len(), 60);
}
