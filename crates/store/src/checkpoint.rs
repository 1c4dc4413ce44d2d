//! Copies SQLite's write-ahead log back into the database, on a thread of its own, so that no commit waits for it.
//!
//! * While there are commits, what is new in the log is copied every second, or sooner when there is much of it (`PASSIVE`: waits
//!   for nobody and makes nobody wait).
//! * Under constant load a passive copy never reaches the end of the log, since the writer goes on appending, and so the log
//!   would never start again from its beginning. Once it is larger than it may be, the writer is held at the gate for the
//!   moment that the rest takes (`RESTART`).
//! * When nothing has been committed for a while, the log is emptied (`TRUNCATE`).

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::database::Shared;
use crate::{Conn, QueryError};

const TICK: Duration = Duration::from_millis(100);
const AT_LEAST_EVERY: Duration = Duration::from_secs(1);
const IDLE: Duration = Duration::from_secs(3);
const MANY_COMMITS: u64 = 250;
const MUCH_GROWTH: u64 = 4 << 20;
/// How long readers of an old snapshot are waited for while the writer is held.
const PATIENCE_MS: u32 = 100;
/// A page and its header in the log, in bytes.
const FRAME: u64 = 4096 + 24;

/// See the module.
pub(crate) struct Checkpointer {
    conn: Conn,
    log: PathBuf,
    limit: u64,
    shared: Arc<Shared>,
    commits: u64,
    size: u64,
    at: Instant,
    emptied: bool,
    /// The size of the log at which the writer is held for it, in bytes.
    hold_at: u64,
}

#[derive(QueryableByName)]
struct Progress {
    #[diesel(sql_type = Integer)]
    busy: i32,
    #[diesel(sql_type = Integer)]
    log: i32,
}

impl Checkpointer {
    pub fn new(conn: Conn, log: PathBuf, shared: Arc<Shared>, limit: u64) -> Self {
        Self {
            conn,
            log,
            limit,
            shared,
            commits: 0,
            size: 0,
            at: Instant::now(),
            emptied: false,
            hold_at: limit,
        }
    }

    /// Runs until the other end of `stop` is gone.
    pub fn run(mut self, stop: &Receiver<()>) {
        if let Err(error) = self
            .conn
            .batch_execute(&format!("PRAGMA busy_timeout = {PATIENCE_MS}"))
        {
            tracing::error!(%error, "the write-ahead log is not copied back");
            return;
        }
        let mut failing = false;
        while stop.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            match self.tick() {
                Ok(()) => failing = false,
                Err(error) if !failing => {
                    failing = true;
                    tracing::error!(%error, "the write-ahead log cannot be copied back; still trying");
                }
                Err(_) => {}
            }
        }
        // The last connection that closes empties the log; this is for when another process stays.
        if let Err(error) = checkpoint(&mut self.conn, "PASSIVE") {
            tracing::warn!(%error, "the write-ahead log was not copied back at the end");
        }
    }

    /// Does what is to be done now.
    pub fn tick(&mut self) -> Result<(), QueryError> {
        let commits = self.shared.commits.load(Ordering::Relaxed);
        let size = fs::metadata(&self.log).map_or(0, |file| file.len());
        self.size = self.size.min(size);
        let waited = self.at.elapsed();
        if commits == self.commits {
            if !self.emptied && waited >= IDLE {
                self.at = Instant::now();
                let _gate = self.shared.gate.shut();
                self.emptied = checkpoint(&mut self.conn, "TRUNCATE")?.busy == 0;
            }
            return Ok(());
        }
        let much = commits - self.commits >= MANY_COMMITS || size >= self.size + MUCH_GROWTH;
        if !much && waited < AT_LEAST_EVERY {
            return Ok(());
        }
        (self.commits, self.size, self.at, self.emptied) = (commits, size, Instant::now(), false);
        let progress = checkpoint(&mut self.conn, "PASSIVE")?;
        let length = u64::try_from(progress.log).unwrap_or(0) * FRAME;
        if length > self.hold_at {
            let _gate = self.shared.gate.shut();
            let restarted = checkpoint(&mut self.conn, "RESTART")?.busy == 0;
            // If somebody is still reading an old snapshot, the writer is not held again and again for it.
            self.hold_at = if restarted {
                self.limit
            } else {
                length + self.limit
            };
        }
        Ok(())
    }
}

/// One `PRAGMA wal_checkpoint`.
fn checkpoint(conn: &mut Conn, how: &str) -> Result<Progress, QueryError> {
    let pragma = diesel::sql_query(format!("PRAGMA wal_checkpoint({how})"));
    match conn {
        Conn::Sqlite(conn) => pragma.get_result(conn),
        Conn::Postgres(conn) => pragma.get_result(conn),
    }
}
