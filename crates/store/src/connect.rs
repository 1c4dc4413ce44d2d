//! Where the database is, how a connection to it is set up, and its migrations: what differs between the two engines.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Error, OpenError};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// Held while PostgreSQL is migrated, so that two nodes that start together do not both do it. Any fixed number will do.
const MIGRATION_LOCK: i64 = 0x0061_7474_6163_6865;

/// How long to wait before a connection is tried again.
pub(crate) const RECONNECT: Duration = Duration::from_millis(100);

/// How long to wait before the write-ahead log is turned on again, after another connection stood in the way.
const LOG_IN_USE: Duration = Duration::from_millis(5);

/// What PostgreSQL's client is told where the address does not: not to wait for a server that does not answer, nor for ever on a
/// connection that is dead (seconds, but for `tcp_user_timeout`).
const TIME_OUTS: [(&str, &str); 4] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "15000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
];

/// Where the database is.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that changes rows.
    Writer,
    /// One of those that only read.
    Reader,
    /// One that looks after the database: notices commits, copies the log back.
    Keeper,
}

impl Address {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Address::Postgres(with_time_outs(url)));
        }
        match url.strip_prefix("sqlite:") {
            // Every connection to `:memory:` would be a database of its own.
            Some(path) if !path.is_empty() && path != ":memory:" => {
                Ok(Address::Sqlite(std::path::absolute(path)?))
            }
            _ => Err(OpenError::Address(url.to_owned())),
        }
    }

    /// Opens a connection and sets it up.
    pub fn connect(&self, role: Role, patience: Duration) -> Result<Conn, Error> {
        let unavailable = |error: diesel::ConnectionError| Error::Unavailable(error.to_string());
        match self {
            Address::Sqlite(path) => {
                let path = path
                    .to_str()
                    .ok_or_else(|| Error::Unavailable("the path is not UTF-8".to_owned()))?;
                let mut conn = SqliteConnection::establish(path).map_err(unavailable)?;
                conn.batch_execute(&pragmas(role, patience))?;
                Ok(Conn::Sqlite(conn))
            }
            Address::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(unavailable)?;
                if role == Role::Reader {
                    conn.batch_execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")?;
                }
                Ok(Conn::Postgres(conn))
            }
        }
    }

    /// Whether a connection that cannot be made now may be made in a moment: it is that of a server.
    pub fn may_come_back(&self) -> bool {
        matches!(self, Address::Postgres(_))
    }

    /// The write-ahead log's file.
    pub fn log_file(&self) -> Option<PathBuf> {
        let Address::Sqlite(path) = self else {
            return None;
        };
        let mut name = path.clone().into_os_string();
        name.push("-wal");
        Some(name.into())
    }

    /// Makes the database if it is not there and brings it up to this version.
    pub fn prepare(&self, patience: Duration) -> Result<(), OpenError> {
        if let Address::Sqlite(path) = self {
            make_private(path)?;
        }
        let conn = self.connect(Role::Writer, patience);
        match conn.map_err(|error| OpenError::Connect(error.to_string()))? {
            Conn::Sqlite(mut conn) => {
                use_log(&mut conn, patience)?;
                // Immediate: of two processes that open a new database at once, one migrates and the other then finds it done.
                conn.immediate_transaction(|conn| migrate(conn, SQLITE_MIGRATIONS))
            }
            Conn::Postgres(mut conn) => conn.transaction(|conn| {
                diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                    .bind::<BigInt, _>(MIGRATION_LOCK)
                    .execute(conn)?;
                migrate(conn, POSTGRES_MIGRATIONS)
            }),
        }
    }
}

/// A new database in memory, as this version makes it.
pub(crate) fn in_memory() -> Result<Conn, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Transfer(error.to_string());
    let mut conn = SqliteConnection::establish(":memory:").map_err(|error| failed(&error))?;
    migrate(&mut conn, SQLITE_MIGRATIONS).map_err(|error| failed(&error))?;
    Ok(Conn::Sqlite(conn))
}

/// Adds the time-outs that an address does not give.
fn with_time_outs(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in TIME_OUTS {
        if !url.contains(&format!("{name}=")) {
            let joint = if url.contains('?') { "&" } else { "?" };
            url.extend([joint, name, "=", value]);
        }
    }
    url
}

/// How an SQLite connection is set up. The database has a write-ahead log, so readers and the writer do not wait for each other;
/// `FULL` syncs the log at each commit. The log is copied back by a thread of its own ([`crate::checkpoint`]), never by a commit.
///
/// A larger cache makes the writer slower: whenever pages of a tree were put in order, SQLite walks its whole cache at the end of the
/// transaction (`pcache1TruncateUnsafe`). With 64 MiB that was a tenth of the server's time under a load of inserts. What the cache does
/// not hold, the kernel's does.
fn pragmas(role: Role, patience: Duration) -> String {
    let cache_kib = match role {
        Role::Writer | Role::Reader => 8_192,
        Role::Keeper => 256,
    };
    format!(
        "PRAGMA busy_timeout = {};
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -{cache_kib};
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA query_only = {};",
        patience.as_millis(),
        if role == Role::Reader { "ON" } else { "OFF" },
    )
}

/// Turns the write-ahead log on. The database remembers it. SQLite does not wait here for another connection that does the same, as it
/// waits elsewhere (`busy_timeout`): of two that both hold the lock to read none could ever have the one to write.
fn use_log(conn: &mut SqliteConnection, patience: Duration) -> Result<(), OpenError> {
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    let mut tries = patience.as_millis() / LOG_IN_USE.as_millis();
    let mode: Mode = loop {
        match diesel::sql_query("PRAGMA journal_mode = WAL").get_result(conn) {
            Err(error) if tries > 0 && is_locked(&error) => {
                tries -= 1;
                std::thread::sleep(LOG_IN_USE);
            }
            answer => break answer?,
        }
    };
    if mode.journal_mode == "wal" {
        Ok(())
    } else {
        Err(OpenError::Connect(
            "its file system does not allow a write-ahead log".to_owned(),
        ))
    }
}

fn is_locked(error: &diesel::result::Error) -> bool {
    matches!(error, diesel::result::Error::DatabaseError(_, about) if about.message() == "database is locked")
}

/// Runs the migrations that the database does not have, and refuses one that has a migration this version does not know.
fn migrate<C, DB>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<(), OpenError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
    let known: Vec<_> = MigrationSource::<DB>::migrations(&migrations)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().as_owned())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(unknown) = applied.iter().find(|version| !known.contains(version)) {
        return Err(OpenError::Newer {
            migration: unknown.to_string(),
        });
    }
    conn.run_pending_migrations(migrations)
        .map(drop)
        .map_err(failed)
}

/// Makes the file for nobody but its owner, since it holds mail. What SQLite puts beside it gets the same rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
