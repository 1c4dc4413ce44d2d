//! Following the journal: every row once, in order, whoever committed it.

use std::time::Duration;

use super::{Bench, execute, note, url};
use crate::{Database, Options};

/// Follows from a position until there is nothing more.
async fn to_the_end(database: &Database, mut after: i64) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    loop {
        let rows = database.follow(after).await.unwrap();
        let Some((last, _)) = rows.last() else {
            return all;
        };
        after = *last;
        all.extend(rows);
    }
}

/// Follows until there are so many rows, woken as a follower is.
async fn until(database: &Database, count: usize) -> Vec<(i64, String)> {
    let mut changes = database.changes();
    let mut all = Vec::new();
    let follow = async {
        loop {
            let after = all.last().map_or(0, |(position, _)| *position);
            all.extend(to_the_end(database, after).await);
            if all.len() >= count {
                return;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), follow)
        .await
        .expect("every row in time");
    all
}

#[tokio::test]
async fn own_rows_are_not_read_back() {
    let bench = Bench::new().await;
    assert_eq!(to_the_end(&bench.database, 0).await, []);
    for id in 1..=3 {
        bench.database.write(move |tx| note(tx, id)).await.unwrap();
    }
    execute(&bench.database, "DELETE FROM journal")
        .await
        .unwrap();
    let rows = bench.database.follow(0).await.unwrap();
    let changes: Vec<&str> = rows.iter().map(|(_, changes)| changes.as_str()).collect();
    assert_eq!(changes, ["[1]", "[2]", "[3]"]);
}

#[tokio::test]
async fn rows_of_another_process_come_in_between() {
    let bench = Bench::new().await;
    let other = Database::open(&url(&bench.folder), Options::default()).unwrap();
    for id in 0..6 {
        let database = if id % 2 == 0 { &bench.database } else { &other };
        database.write(move |tx| note(tx, id)).await.unwrap();
    }
    let followed = until(&bench.database, 6).await;
    assert_eq!(followed, bench.journal().await);
    assert_eq!(until(&other, 6).await, followed);
}

#[tokio::test]
async fn a_follower_that_is_far_behind_misses_nothing() {
    let bench = Bench::new().await;
    assert_eq!(to_the_end(&bench.database, 0).await, []);
    for id in 0..600 {
        bench.database.write(move |tx| note(tx, id)).await.unwrap();
    }
    let journal = bench.journal().await;
    assert_eq!(journal.len(), 600);
    assert_eq!(to_the_end(&bench.database, 0).await, journal);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_follow_each_other_under_load() {
    const OF_EACH: i64 = 150;
    let bench = Bench::new().await;
    let other = Database::open(&url(&bench.folder), Options::default()).unwrap();
    let mut working = Vec::new();
    for (database, first) in [(&bench.database, 0), (&other, OF_EACH)] {
        let (writer, follower) = (database.clone(), database.clone());
        // One after the other in each process, so that each makes a row.
        let write = tokio::spawn(async move {
            for id in first..first + OF_EACH {
                writer.write(move |tx| note(tx, id)).await.unwrap();
            }
        });
        let rows = usize::try_from(2 * OF_EACH).unwrap();
        let follow = tokio::spawn(async move { until(&follower, rows).await });
        working.push((write, follow));
    }
    for (write, follow) in working {
        write.await.unwrap();
        assert_eq!(follow.await.unwrap(), bench.journal().await);
    }
}
