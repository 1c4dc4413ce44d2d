//! Notices what other processes commit.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tokio::sync::watch;

use crate::connect::{Address, Role};
use crate::database::Shared;
use crate::rows::journal;
use crate::{Conn, Error};

/// Half of what is promised.
const EVERY: Duration = Duration::from_millis(50);

/// Looks at the database every 50 ms and counts a change when somebody has committed, this process included.
pub(crate) struct Watcher {
    address: Address,
    patience: Duration,
    conn: Conn,
    seen: i64,
    shared: Arc<Shared>,
    changed: Arc<watch::Sender<u64>>,
}

impl Watcher {
    pub fn new(
        address: Address,
        patience: Duration,
        shared: Arc<Shared>,
        changed: Arc<watch::Sender<u64>>,
    ) -> Result<Self, Error> {
        let mut conn = address.connect(Role::Keeper, patience)?;
        let seen = version(&mut conn)?;
        Ok(Self {
            address,
            patience,
            conn,
            seen,
            shared,
            changed,
        })
    }

    /// Runs until the other end of `stop` is gone.
    pub fn run(mut self, stop: &Receiver<()>) {
        let mut failing = false;
        while stop.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
            match self.look(failing) {
                Ok(version) => {
                    failing = false;
                    if version != self.seen {
                        self.seen = version;
                        self.shared.recent.look();
                        self.changed.send_modify(|count| *count += 1);
                    }
                }
                Err(error) if !failing => {
                    failing = true;
                    tracing::error!(%error, "cannot see what other processes commit; still trying");
                }
                Err(_) => {}
            }
        }
    }

    /// Looks at the database; anew connected where the last look failed.
    fn look(&mut self, failing: bool) -> Result<i64, Error> {
        if failing {
            self.conn = self.address.connect(Role::Keeper, self.patience)?;
        }
        version(&mut self.conn)
    }
}

/// A number that is another one when somebody else has committed: SQLite keeps one for each connection, on PostgreSQL it is the
/// journal's head.
fn version(conn: &mut Conn) -> Result<i64, Error> {
    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = BigInt)]
        data_version: i64,
    }
    match conn {
        Conn::Sqlite(conn) => {
            let version: Version = diesel::sql_query("PRAGMA data_version").get_result(conn)?;
            Ok(version.data_version)
        }
        Conn::Postgres(_) => Ok(journal::head(conn)?),
    }
}
