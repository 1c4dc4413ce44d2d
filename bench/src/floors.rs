//! What an insert could cost at the least: an answer without a session or a database, a commit without a server, a sync without a
//! database.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::serve::ListenerExt;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tokio::net::TcpListener;

use crate::load::Seen;

/// As long as the answer to `GET connection`.
const FIXED: &str = r#"{"connectionState":1,"reason":"the bare answer","shouldReconnect":false}"#;

/// Serves fixed JSON until the process is ended.
pub fn serve_bare() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let answer = get(|| async { ([(CONTENT_TYPE, icws::MEDIA_TYPE)], FIXED) });
        Ok(axum::serve(listener, Router::new().route("/", answer)).await?)
    })
}

/// Does something again and again.
fn repeat(time: Duration, mut act: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Seen> {
    let start = Instant::now();
    let (mut now, mut latencies) = (start, Vec::new());
    while now - start < time {
        act()?;
        let done = Instant::now();
        latencies.push(done - now);
        now = done;
    }
    latencies.sort_unstable();
    Ok(Seen {
        latencies,
        elapsed: now - start,
    })
}

/// Appends 4 KiB to a file and syncs them, again and again.
pub fn syncs(folder: &Path, time: Duration) -> anyhow::Result<Seen> {
    let path = folder.join("syncs");
    let mut file = File::create(&path)?;
    let block = [0xA5; 4096];
    let seen = repeat(time, || {
        file.write_all(&block)?;
        Ok(file.sync_data()?)
    });
    std::fs::remove_file(path)?;
    seen
}

diesel::table! {
    rows (id) {
        id -> BigInt,
        text -> Text,
    }
}

/// Adds a row to a database like the server's and commits it, again and again.
pub fn commits(folder: &Path, time: Duration) -> anyhow::Result<Seen> {
    let place = folder.join("commits");
    std::fs::create_dir(&place)?;
    let path = place.join("rows.sqlite");
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
    conn.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
         CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL);",
    )?;
    let seen = repeat(time, || {
        let row =
            rows::text.eq("a row about as long as that of an attachment, without its indexes");
        diesel::insert_into(rows::table)
            .values(row)
            .execute(&mut conn)?;
        Ok(())
    });
    drop(conn);
    std::fs::remove_dir_all(place)?;
    seen
}
