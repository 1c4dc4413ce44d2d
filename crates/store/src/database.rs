//! The database: one handle for both engines. Everything above uses [`Conn`] and one set of queries; the few places where the
//! engines differ are `connect.rs`, `writer.rs`, `watcher.rs` and [`crate::rows::journal`].

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc as threads};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{PgConnection, SqliteConnection};
use tokio::sync::{mpsc, oneshot, watch};

use crate::checkpoint::Checkpointer;
use crate::connect::{Address, Role};
use crate::following::Recent;
use crate::gate::Gate;
use crate::readers::Readers;
use crate::watcher::Watcher;
use crate::writer::{BEGIN_ALONE, Message, Task, Tx, Writer};
use crate::{Error, OpenError};

/// A connection to either engine.
#[allow(missing_docs)] // what the derive adds
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded one.
    Sqlite(SqliteConnection),
    /// A server of its own.
    Postgres(PgConnection),
}

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many connections read at the same time.
    pub readers: usize,
    /// How many changes may wait for the writer; whoever comes later waits to be let in.
    pub queue: usize,
    /// How many changes are committed together at most.
    pub batch: usize,
    /// How long a function waits for a database that another process writes to (SQLite) or that is gone (PostgreSQL).
    pub patience: Duration,
    /// How large the write-ahead log may become before the writer waits for it to be copied back, in bytes (SQLite).
    pub log: u64,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            readers: (2 * cores).max(4),
            queue: 1024,
            batch: 256,
            patience: Duration::from_secs(10),
            log: 64 << 20,
        }
    }
}

/// A database; clones are the same one.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    jobs: mpsc::Sender<Message>,
    readers: Readers,
    shared: Arc<Shared>,
    changes: watch::Receiver<u64>,
    threads: Mutex<Threads>,
    embedded: bool,
}

/// What the writer tells the others.
#[derive(Default)]
pub(crate) struct Shared {
    /// See [`Database::committed`].
    pub committed: AtomicI64,
    /// How many transactions the writer has committed.
    pub commits: AtomicU64,
    /// How many functions the writer has run to their end.
    pub functions: AtomicU64,
    /// How long its commits took together, in microseconds.
    pub commit_micros: AtomicU64,
    /// Between the writer and the checkpoint.
    pub gate: Gate,
    /// Between the writer and the journal's follower.
    pub recent: Recent,
}

/// What a writer has done.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Transactions that it has committed.
    pub commits: u64,
    /// Functions that it has run: so many were committed together as there are more of them.
    pub functions: u64,
    /// How long the commits took together.
    pub commit_time: Duration,
}

/// The threads that serve the database. Those beside the writer end when their `stop` is dropped.
#[derive(Default)]
struct Threads {
    running: Vec<JoinHandle<()>>,
    stops: Vec<threads::Sender<()>>,
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…`, makes it if there is none (SQLite) and brings it up to this version.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer version has written it.
    pub fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        let address = Address::parse(url)?;
        address.prepare(options.patience)?;
        let connect = |role| {
            address
                .connect(role, options.patience)
                .map_err(|error| OpenError::Connect(error.to_string()))
        };
        let (jobs, queue) = mpsc::channel(options.queue.max(1));
        let (sender, changes) = watch::channel(0);
        let sender = Arc::new(sender);
        let shared = Arc::new(Shared::default());
        let mut threads = Threads::default();

        let writer = Writer::new(
            address.clone(),
            connect(Role::Writer)?,
            queue,
            Arc::clone(&shared),
            &sender,
            &options,
        );
        threads.start("store-writer", move || writer.run())?;
        let watcher = Watcher::new(
            address.clone(),
            options.patience,
            Arc::clone(&shared),
            sender,
        )
        .map_err(|error| OpenError::Connect(error.to_string()))?;
        threads.start_with_stop("store-watcher", move |stop| watcher.run(stop))?;
        if let Some(log) = address.log_file() {
            let checkpointer = Checkpointer::new(
                connect(Role::Keeper)?,
                log,
                Arc::clone(&shared),
                options.log,
            );
            threads.start_with_stop("store-checkpoint", move |stop| checkpointer.run(stop))?;
        }
        Ok(Self(Arc::new(Inner {
            jobs,
            embedded: matches!(address, Address::Sqlite(_)),
            readers: Readers::new(address, &options),
            shared,
            changes,
            threads: Mutex::new(threads),
        })))
    }

    /// Whether it is a file of this machine, which one server works on.
    pub fn is_embedded(&self) -> bool {
        self.0.embedded
    }

    /// Runs a function that only reads, on one snapshot of the database. It does not wait for the writer, and what it tries to
    /// write fails.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.0.readers.run(f).await
    }

    /// Runs a function that changes something, in one transaction together with others that wait. When this resolves to `Ok`,
    /// what it did is on disk; when it resolves to an error, nothing of it is.
    ///
    /// The function may be run more than once, each time on a transaction in which its earlier runs left nothing. An error of a
    /// query must be handed on, not swallowed: after a full disk or an I/O error there is no transaction any more. (One that
    /// says that a row is not there is none of these.) If the caller goes away, a function that was taken still runs.
    pub async fn write<T, E>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (task, outcome) = Task::new(f);
        if self
            .0
            .jobs
            .send(Message::Job(Box::new(task)))
            .await
            .is_err()
        {
            return Err(closed().into());
        }
        match outcome.await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Unavailable("the writer has ended".to_owned()).into()),
        }
    }

    /// Runs a function once, on a connection of its own, in one transaction during which nobody else writes. For what is too large to be
    /// one of many in the writer's batch. When this resolves to `Ok`, what it did is on disk; else nothing of it is. The journal
    /// is not told.
    pub async fn write_alone<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (address, patience) = self.0.readers.address();
        let work = move || {
            let mut conn = address.connect(Role::Writer, patience)?;
            let begin = match conn {
                Conn::Sqlite(_) => "BEGIN IMMEDIATE",
                Conn::Postgres(_) => BEGIN_ALONE,
            };
            conn.batch_execute(begin).map_err(Error::from)?;
            // An error drops the connection, which rolls back.
            let done = f(&mut conn)?;
            conn.batch_execute("COMMIT").map_err(Error::from)?;
            Ok(done)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            Err(error) => Err(match error.try_into_panic() {
                Ok(payload) => Error::panicked(&*payload),
                Err(_) => closed(),
            }
            .into()),
        }
    }

    /// The highest journal position that this process's writer has committed, 0 before the first. It is set before the
    /// functions that recorded the changes are answered.
    pub fn committed(&self) -> i64 {
        self.0.shared.committed.load(Ordering::Acquire)
    }

    /// What the writer has done since the database was opened.
    pub fn progress(&self) -> Progress {
        let shared = &self.0.shared;
        Progress {
            commits: shared.commits.load(Ordering::Relaxed),
            functions: shared.functions.load(Ordering::Relaxed),
            commit_time: Duration::from_micros(shared.commit_micros.load(Ordering::Relaxed)),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    /// Counts commits: of this process's writer at once, of other processes within 100 ms. One count may stand for several
    /// commits, and a commit may be counted twice. The sender is gone when the database is closed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        let mut changes = self.0.changes.clone();
        changes.mark_unchanged();
        changes
    }

    /// Finishes what was taken, takes nothing more, and returns when the database's files are closed.
    pub async fn close(&self) {
        let (done, finished) = oneshot::channel();
        if self.0.jobs.send(Message::Close(done)).await.is_ok() {
            // An error means that the writer has ended, too.
            let _ = finished.await;
        }
        self.0.readers.close().await;
        let threads = std::mem::take(
            &mut *self
                .0
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let _ = tokio::task::spawn_blocking(move || threads.end()).await;
    }
}

/// The answer to whoever comes too late.
pub(crate) fn closed() -> Error {
    Error::Unavailable("it is closed".to_owned())
}

impl Threads {
    fn start(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        self.running.push(
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(run)?,
        );
        Ok(())
    }

    fn start_with_stop(
        &mut self,
        name: &str,
        run: impl FnOnce(&threads::Receiver<()>) + Send + 'static,
    ) -> std::io::Result<()> {
        let (stop, stopped) = threads::channel();
        self.stops.push(stop);
        self.start(name, move || run(&stopped))
    }

    fn end(self) {
        drop(self.stops);
        for thread in self.running {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}
