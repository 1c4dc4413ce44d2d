//! Tests of the store, and what they share.

mod blobs;
mod checkpoint;
mod collecting;
mod following;
mod opening;
mod prepared;
mod reading;
mod transfer;
mod writing;

use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::rows::journal;
use crate::{Conn, Database, Error, Options, QueryError, Tx};

diesel::table! {
    notes (id) {
        id -> BigInt,
        text -> Text,
    }
}

/// A database of its own with a table to write in.
struct Bench {
    folder: TempDir,
    database: Database,
}

impl Bench {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&url(&folder), options).unwrap();
        execute(
            &database,
            "CREATE TABLE notes (id INTEGER PRIMARY KEY NOT NULL, text TEXT NOT NULL)",
        )
        .await
        .unwrap();
        Self { folder, database }
    }

    /// Starts to write, and returns when it is the writer's turn; see [`Held`].
    async fn hold(&self) -> Held {
        let (release, released) = mpsc::channel::<()>();
        let (starting, mut turn) = tokio::sync::mpsc::channel(1);
        let database = self.database.clone();
        let done = tokio::spawn(async move {
            database
                .write(move |_| {
                    let _ = starting.try_send(());
                    let _ = released.recv_timeout(Duration::from_secs(20));
                    Ok::<_, Error>(())
                })
                .await
        });
        turn.recv().await.unwrap();
        Held { release, done }
    }

    /// Queues a function behind what is queued already.
    async fn queue<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> JoinHandle<Result<T, Error>> {
        let database = self.database.clone();
        let (started, start) = tokio::sync::oneshot::channel();
        let handle = tokio::spawn(async move {
            let write = database.write(f);
            let _ = started.send(());
            write.await
        });
        start.await.unwrap();
        // The first poll of `write` puts it into the queue; the current-thread runtime does it before it comes back here.
        tokio::task::yield_now().await;
        handle
    }

    async fn notes(&self) -> Vec<(i64, String)> {
        self.database
            .read(|conn| Ok::<_, Error>(notes::table.order(notes::id).load(conn)?))
            .await
            .unwrap()
    }

    async fn journal(&self) -> Vec<(i64, String)> {
        self.database
            .read(|conn| Ok::<_, Error>(journal::tail(conn, 0, 1000)?))
            .await
            .unwrap()
    }
}

/// The writer, busy until it is released: what is queued meanwhile makes one batch.
struct Held {
    release: mpsc::Sender<()>,
    done: JoinHandle<Result<(), Error>>,
}

impl Held {
    async fn release(self) {
        self.release.send(()).unwrap();
        self.done.await.unwrap().unwrap();
    }
}

fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("attache.db").display())
}

async fn execute(database: &Database, sql: &'static str) -> Result<(), Error> {
    database
        .write(move |tx| Ok(tx.write().batch_execute(sql)?))
        .await
}

fn add(conn: &mut Conn, id: i64, text: &str) -> Result<(), QueryError> {
    diesel::insert_into(notes::table)
        .values((notes::id.eq(id), notes::text.eq(text)))
        .execute(conn)
        .map(drop)
}

/// Adds a note and records it.
fn note(tx: &mut Tx<'_>, id: i64) -> Result<i64, Error> {
    add(tx.write(), id, "a note")?;
    tx.record(id.to_string());
    Ok(id)
}
