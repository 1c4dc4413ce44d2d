//! A move that is killed, again and again, goes on and carries everything.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bucket::Bucket;
use crate::moving::{Work, is_whole, same};
use crate::postgres::Cluster;
use crate::server::{Server, command, eventually};
use crate::sql;

/// Rows that make the move take a while.
const ROWS: usize = 60_000;

fn moving(from: &Server, to: &[&str]) -> Command {
    let mut moving = command();
    moving.arg("move").args(to).arg("--data").arg(from.folder());
    moving.stdin(Stdio::null());
    moving
}

// The bucket is served while commands are waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_goes_on() {
    let mut here = Server::stopped_embedded(&[]);
    here.start().await;
    let work = Work::at(&here).await;
    let before = work.read(&here).await;
    here.stop().await;
    let id = &work.emails[0];
    sql::run(
        &here.folder(),
        &format!(
            "WITH RECURSIVE number(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < {ROWS})
             INSERT INTO interaction_attributes (interaction_id, folded, name, value) SELECT {id}, 'x' || n, 'X' || n, 'value ' || n FROM number"
        ),
    );
    let bucket = Bucket::start().await;
    let mut there = Server::empty(Some(&Cluster::shared()), &["--blobs", &bucket.url()]);
    let (database, blobs) = (there.database_url(), bucket.url());
    let to = ["--to-database", &database, "--to-blobs", &blobs];

    // While files are on their way,
    let mut first = moving(&here, &to).spawn().expect("starts");
    eventually("some files are there", async || {
        bucket.objects().await.len() >= 2
    })
    .await;
    first.kill().expect("killed");
    first.wait().expect("ends");
    // and while rows are.
    let folder = there.folder();
    let carried = || {
        let rows = sql::run(&folder, "SELECT count(*) FROM interaction_attributes");
        rows[0][0].as_u64().expect("a number")
    };
    let mut second = moving(&here, &to).spawn().expect("starts");
    eventually("some rows are there", async || carried() > 1000).await;
    second.kill().expect("killed");
    second.wait().expect("ends");
    let some = carried();
    assert!(some < ROWS as u64, "it was too quick: {some}");
    // No server takes half an installation for a whole one.
    let half = crate::moving::failed(&there, &["serve", "--listen", "127.0.0.1:0"]).await;
    assert!(half.contains("attache move"), "{half}");
    // Wherever it is killed.
    for wait in [50, 100, 200, 400] {
        let mut again = moving(&here, &to).spawn().expect("starts");
        tokio::time::sleep(Duration::from_millis(wait)).await;
        again.kill().expect("killed");
        again.wait().expect("ends");
        assert!(carried() >= some, "rows that were there are left");
    }
    // It is no other move's.
    let other = Server::stopped_embedded(&[]);
    let refused = crate::moving::failed(&other, &[&["move"][..], &to[..2]].concat()).await;
    assert!(refused.contains("this is another one"), "{refused}");

    let output = moving(&here, &to).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    there.start().await;
    same(&before, &work.read(&there).await);
    is_whole(&there, &["--blobs", &blobs]).await;
    assert!(carried() >= ROWS as u64);
}
