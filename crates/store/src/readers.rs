//! Connections for reading, on the runtime's blocking threads.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connect::{Address, RECONNECT, Role};
use crate::database::closed;
use crate::{Conn, Error, Options};

/// A pool of connections that are opened when they are first needed.
pub(crate) struct Readers {
    address: Address,
    patience: Duration,
    count: u32,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Conn>>>,
}

impl Readers {
    pub fn new(address: Address, options: &Options) -> Self {
        let count = u32::try_from(options.readers.clamp(1, 1024)).unwrap_or(1);
        Self {
            address,
            patience: options.patience,
            count,
            permits: Arc::new(Semaphore::new(count as usize)),
            idle: Arc::default(),
        }
    }

    /// Where the database is, and how long it is waited for.
    pub fn address(&self) -> (Address, Duration) {
        (self.address.clone(), self.patience)
    }

    /// Waits for a connection and runs a function on a snapshot.
    pub async fn run<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let until = Instant::now() + self.patience;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let (address, patience) = (self.address.clone(), self.patience);
        let work = move || {
            let kept = lock(&idle).pop();
            let mut conn = match kept.map(begun) {
                Some(Ok(conn)) => conn,
                _ => begin_anew(&address, patience, until)?,
            };
            let outcome = f(&mut conn);
            // After some errors there is no transaction left to end; such a connection is not used again.
            match conn.batch_execute("COMMIT") {
                Ok(()) => give_back(&idle, conn, permit),
                Err(error) if outcome.is_ok() => return Err(Error::from(error).into()),
                Err(_) => {}
            }
            outcome
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            // The connection went down with the panic, and its permit came back.
            Err(error) => Err(match error.try_into_panic() {
                Ok(payload) => Error::panicked(&*payload),
                Err(_) => closed(),
            }
            .into()),
        }
    }

    /// Waits for the running functions and closes the connections.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(self.count).await;
        self.permits.close();
        drop(all);
        lock(&self.idle).clear();
    }
}

/// Begins a transaction in which everything that is read is of one moment.
fn begun(mut conn: Conn) -> Result<Conn, Error> {
    let begin = match conn {
        Conn::Sqlite(_) => "BEGIN",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
    };
    conn.batch_execute(begin)?;
    Ok(conn)
}

/// Begins a transaction on a new connection. PostgreSQL that is gone is waited for until then.
fn begin_anew(address: &Address, patience: Duration, until: Instant) -> Result<Conn, Error> {
    loop {
        match address.connect(Role::Reader, patience).and_then(begun) {
            Err(_) if address.may_come_back() && Instant::now() + RECONNECT < until => {
                std::thread::sleep(RECONNECT);
            }
            outcome => return outcome,
        }
    }
}

/// The connection is there before the permit says so.
fn give_back(idle: &Mutex<Vec<Conn>>, conn: Conn, permit: OwnedSemaphorePermit) {
    lock(idle).push(conn);
    drop(permit);
}

fn lock(idle: &Mutex<Vec<Conn>>) -> std::sync::MutexGuard<'_, Vec<Conn>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
