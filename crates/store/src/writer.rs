//! The one thread that changes rows: it takes what waits, runs it in one transaction, commits, and answers all.
//!
//! * Nothing is answered before the commit has returned, so nobody hears `Ok` of what is not on disk.
//! * There are no savepoints; each costs as much as a statement. A function that fails before it changed anything gets its error,
//!   and the others go on. If one fails after it changed something, or the commit fails, the transaction is rolled back and its
//!   functions are run again one by one, each in a transaction of its own: one that fails takes nothing of the others with it.
//! * The writer never waits for more to come: while it commits, more comes.
//! * While PostgreSQL is gone, what waits goes on waiting, each function for as long as it may. Only a commit whose answer was lost is an
//!   error at once: whether it arrived nobody knows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

use crate::connect::{Address, RECONNECT, Role};
use crate::database::Shared;
use crate::rows::journal;
use crate::{Conn, Error, Options, QueryError, clock};

/// Begins a transaction on PostgreSQL, once no other server is in one. Rules look first and write then, and rely on it that nobody writes
/// between the two; within a server the one thread sees to that, over all of them this lock, which ends with the transaction. Any fixed
/// number will do that differs from the one of the migrations.
pub(crate) const BEGIN_ALONE: &str = "BEGIN; SELECT pg_advisory_xact_lock(7813585653)";

/// An open transaction, shared with other functions of the batch.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    changes: &'a mut Vec<String>,
    written: bool,
}

impl Tx<'_> {
    /// The connection, for looking something up.
    pub fn read(&mut self) -> &mut Conn {
        self.conn
    }

    /// The connection, for changing something. The writer then knows that there is something to undo if the function fails.
    pub fn write(&mut self) -> &mut Conn {
        self.written = true;
        self.conn
    }

    /// Adds one JSON value to the transaction's journal row, unless the one before says the same. It is dropped if the function fails.
    pub fn record(&mut self, change: String) {
        if self.changes.last() != Some(&change) {
            self.changes.push(change);
        }
    }

    /// What was added to the transaction's journal row so far, by whatever function of the batch.
    pub fn recorded(&self) -> &[String] {
        self.changes
    }
}

/// What is sent to the writer.
pub(crate) enum Message {
    /// A function to run.
    Job(Box<dyn Job>),
    /// Take nothing more; answered when everything is done.
    Close(oneshot::Sender<()>),
}

/// A function with whoever waits for its outcome; the types of the outcome are hidden.
pub(crate) trait Job: Send {
    /// Runs the function and keeps its outcome in place of an earlier one. True if it is `Ok`.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Makes an error the outcome.
    fn fail(&mut self, error: Error);
    /// Hands the outcome over.
    fn answer(self: Box<Self>);
    /// Whether nobody waits any more.
    fn abandoned(&self) -> bool;
    /// Since when it waits.
    fn since(&self) -> Instant;
}

/// The one kind of [`Job`].
pub(crate) struct Task<T, E, F> {
    function: F,
    outcome: Option<Result<T, E>>,
    waiting: oneshot::Sender<Result<T, E>>,
    since: Instant,
}

impl<T, E, F> Task<T, E, F> {
    pub fn new(function: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (waiting, outcome) = oneshot::channel();
        (
            Self {
                function,
                outcome: None,
                waiting,
                since: Instant::now(),
            },
            outcome,
        )
    }
}

impl<T, E, F> Job for Task<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // What a panic may have left half-done is in the transaction, and that is rolled back.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.function)(tx)))
            .unwrap_or_else(|payload| Err(Error::panicked(&*payload).into()));
        self.outcome.insert(outcome).is_ok()
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Whoever waited may have gone away.
            let _ = self.waiting.send(outcome);
        }
    }

    fn abandoned(&self) -> bool {
        self.waiting.is_closed()
    }

    fn since(&self) -> Instant {
        self.since
    }
}

/// See the module.
pub(crate) struct Writer {
    address: Address,
    patience: Duration,
    most: usize,
    conn: Conn,
    queue: mpsc::Receiver<Message>,
    shared: Arc<Shared>,
    changed: Arc<watch::Sender<u64>>,
    /// Where those wait who are answered.
    runtime: Option<Handle>,
    commits: u64,
    /// Whether the database was gone when it was last asked.
    gone: bool,
    closing: Vec<oneshot::Sender<()>>,
}

/// Where a transaction failed to come to its end.
enum Unfinished {
    /// Before the commit was asked for: there is none.
    Before(QueryError),
    /// The commit itself.
    Commit(QueryError),
}

/// How a transaction ended that was not committed.
enum Ended {
    /// It was rolled back; its functions may be run one by one.
    RolledBack,
    /// There is nothing more to try; all get an error that says this.
    Failed(String),
}

impl Writer {
    pub fn new(
        address: Address,
        conn: Conn,
        queue: mpsc::Receiver<Message>,
        shared: Arc<Shared>,
        changed: &Arc<watch::Sender<u64>>,
        options: &Options,
    ) -> Self {
        Self {
            address,
            patience: options.patience,
            most: options.batch.max(1),
            conn,
            queue,
            shared,
            changed: Arc::clone(changed),
            runtime: Handle::try_current().ok(),
            commits: 0,
            gone: false,
            closing: Vec::new(),
        }
    }

    /// Runs until it is told to close, or nobody is left who could send something.
    pub fn run(mut self) {
        let mut batch = Vec::with_capacity(self.most);
        while let Some(message) = self.queue.blocking_recv() {
            self.take(message, &mut batch);
            while batch.len() < self.most
                && let Ok(message) = self.queue.try_recv()
            {
                self.take(message, &mut batch);
            }
            self.settle(&mut batch);
        }
        drop(self.conn);
        for waiting in self.closing {
            let _ = waiting.send(());
        }
    }

    fn take(&mut self, message: Message, batch: &mut Vec<Box<dyn Job>>) {
        match message {
            Message::Job(job) if job.abandoned() => drop(job),
            Message::Job(job) => batch.push(job),
            Message::Close(waiting) => {
                self.queue.close();
                self.closing.push(waiting);
            }
        }
    }

    /// Runs a batch to its end and answers it.
    fn settle(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        if batch.is_empty() {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let pass = shared.gate.enter();
        let before = self.commits;
        let ended = if batch.len() == 1 {
            Err(Ended::RolledBack)
        } else {
            self.together(batch)
        };
        match ended {
            Ok(()) => {}
            Err(Ended::RolledBack) => batch.iter_mut().for_each(|job| self.alone(&mut **job)),
            Err(Ended::Failed(reason)) => {
                for job in batch.iter_mut() {
                    job.fail(Error::Unavailable(reason.clone()));
                }
            }
        }
        drop(pass);
        shared
            .functions
            .fetch_add(batch.len() as u64, Ordering::Relaxed);
        let room = Vec::with_capacity(self.most);
        self.tell(std::mem::replace(batch, room), self.commits != before);
    }

    /// Tells whoever waits: those of the batch, and if something was committed those who follow the journal. They are woken from within
    /// the runtime where there is one, so that this thread wakes one other for a batch, and not each that waits.
    fn tell(&self, batch: Vec<Box<dyn Job>>, committed: bool) {
        let changed = Arc::clone(&self.changed);
        let tell = move || {
            batch.into_iter().for_each(Job::answer);
            if committed {
                changed.send_modify(|count| *count += 1);
            }
        };
        match &self.runtime {
            Some(runtime) => drop(runtime.spawn(async move { tell() })),
            None => tell(),
        }
    }

    /// Runs all in one transaction.
    fn together(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), Ended> {
        // Whoever may still wait goes on to do so alone.
        let first = batch.iter().map(|job| job.since()).min();
        let until = first.unwrap_or_else(Instant::now) + self.patience;
        self.begin(until).map_err(|_| Ended::RolledBack)?;
        let mut changes = Vec::new();
        for job in batch {
            let before = changes.len();
            let mut tx = Tx {
                conn: &mut self.conn,
                changes: &mut changes,
                written: false,
            };
            if job.run(&mut tx) {
                continue;
            }
            if tx.written || !self.is_open() {
                self.roll_back();
                return Err(Ended::RolledBack);
            }
            changes.truncate(before);
        }
        self.finish(&changes).map_err(|error| {
            self.roll_back();
            match error {
                // Whether a commit arrived cannot be known when its answer is lost.
                Unfinished::Commit(error) if matches!(self.conn, Conn::Postgres(_)) => {
                    Ended::Failed(error.to_string())
                }
                Unfinished::Before(_) | Unfinished::Commit(_) => Ended::RolledBack,
            }
        })
    }

    /// Runs one in a transaction of its own.
    fn alone(&mut self, job: &mut dyn Job) {
        let until = job.since() + self.patience;
        loop {
            if let Err(error) = self.begin(until) {
                return job.fail(error);
            }
            let mut changes = Vec::new();
            let mut tx = Tx {
                conn: &mut self.conn,
                changes: &mut changes,
                written: false,
            };
            let failure = if job.run(&mut tx) {
                match self.finish(&changes) {
                    Ok(()) => return,
                    Err(Unfinished::Commit(error)) => return job.fail(error.into()),
                    Err(Unfinished::Before(error)) => Some(error),
                }
            } else {
                None
            };
            // Nothing was committed: if the connection is gone it can be tried again on another.
            if self.roll_back() || Instant::now() >= until {
                return failure.map_or((), |error| job.fail(error.into()));
            }
        }
    }

    /// Begins a transaction. A database that is gone is waited for until then.
    fn begin(&mut self, until: Instant) -> Result<(), Error> {
        match &self.conn {
            Conn::Sqlite(_) => {
                const BEGIN: &str = "BEGIN IMMEDIATE";
                let mut begun = self.conn.batch_execute(BEGIN);
                // A transaction that could not be rolled back before may be in the way.
                if begun.is_err() && self.conn.batch_execute("ROLLBACK").is_ok() {
                    begun = self.conn.batch_execute(BEGIN);
                }
                Ok(begun?)
            }
            Conn::Postgres(_) => match self.conn.batch_execute(BEGIN_ALONE) {
                Ok(()) => Ok(()),
                Err(error) => self.begin_anew(error.into(), until),
            },
        }
    }

    /// Begins a transaction on a new connection, tried for until then.
    fn begin_anew(&mut self, mut error: Error, until: Instant) -> Result<(), Error> {
        if !self.gone {
            tracing::error!(%error, "the database is gone; what is to be written waits for it");
            self.gone = true;
        } else if Instant::now() >= until {
            return Err(error);
        }
        loop {
            let connected = self.address.connect(Role::Writer, self.patience);
            match connected
                .and_then(|mut conn| Ok(conn.batch_execute(BEGIN_ALONE).map(|()| conn)?))
            {
                Ok(conn) => {
                    self.conn = conn;
                    self.gone = false;
                    tracing::info!("the database is back");
                    return Ok(());
                }
                Err(failed) => error = failed,
            }
            if Instant::now() + RECONNECT >= until {
                return Err(error);
            }
            std::thread::sleep(RECONNECT);
        }
    }

    /// Writes the journal row and commits. When this returns `Ok`, everybody can see what was committed.
    fn finish(&mut self, changes: &[String]) -> Result<(), Unfinished> {
        let recorded = if changes.is_empty() {
            None
        } else {
            let array = format!("[{}]", changes.join(","));
            let position = journal::append(&mut self.conn, &array, clock::now())
                .map_err(Unfinished::Before)?;
            Some((position, array))
        };
        let began = Instant::now();
        self.conn
            .batch_execute("COMMIT")
            .map_err(Unfinished::Commit)?;
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared
            .commit_micros
            .fetch_add(micros, Ordering::Relaxed);
        if let Some((position, changes)) = recorded {
            self.shared.recent.keep(position, changes);
            self.shared.committed.fetch_max(position, Ordering::Release);
        }
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        self.commits += 1;
        Ok(())
    }

    /// Undoes what was not committed; false if the connection is gone, which undoes it, too. SQLite rolls back by itself after some
    /// errors; then there is nothing left to do here.
    fn roll_back(&mut self) -> bool {
        match self.conn.batch_execute("ROLLBACK") {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!(%error, "nothing to roll back");
                matches!(self.conn, Conn::Sqlite(_))
            }
        }
    }

    /// Whether the transaction is still there and usable after a function has failed: an I/O error, also of a look-up, makes
    /// SQLite roll it back, and what followed would be committed statement by statement; PostgreSQL refuses everything after any
    /// error.
    fn is_open(&mut self) -> bool {
        match &self.conn {
            Conn::Sqlite(_) => self.conn.batch_execute("BEGIN").is_err(),
            Conn::Postgres(_) => self.conn.batch_execute("SELECT 1").is_ok(),
        }
    }
}
