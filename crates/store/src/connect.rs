//! Where the database is, how a connection to it is set up, and its migrations: what differs between the two engines.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Error, OpenError, QueryError};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// Held while PostgreSQL is migrated, so that two nodes that start together do not both do it. Any fixed number will do.
const MIGRATION_LOCK: i64 = 0x0061_7474_6163_6865;

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
            return Ok(Address::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            // Every connection to `:memory:` would be a database of its own.
            Some(path) if !path.is_empty() && path != ":memory:" => Ok(Address::Sqlite(std::path::absolute(path)?)),
            _ => Err(OpenError::Address(url.to_owned())),
        }
    }

    /// Opens a connection and sets it up.
    pub fn connect(&self, role: Role, busy: Duration) -> Result<Conn, Error> {
        let unavailable = |error: diesel::ConnectionError| Error::Unavailable(error.to_string());
        match self {
            Address::Sqlite(path) => {
                let path = path.to_str().ok_or_else(|| Error::Unavailable("the path is not UTF-8".to_owned()))?;
                let mut conn = SqliteConnection::establish(path).map_err(unavailable)?;
                conn.batch_execute(&pragmas(role, busy))?;
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

    /// The write-ahead log's file.
    pub fn log_file(&self) -> Option<PathBuf> {
        let Address::Sqlite(path) = self else { return None };
        let mut name = path.clone().into_os_string();
        name.push("-wal");
        Some(name.into())
    }

    /// Makes the database if it is not there and brings it up to this version.
    pub fn prepare(&self, busy: Duration) -> Result<(), OpenError> {
        if let Address::Sqlite(path) = self {
            make_private(path)?;
        }
        match self.connect(Role::Writer, busy).map_err(|error| OpenError::Connect(error.to_string()))? {
            Conn::Sqlite(mut conn) => {
                let mode: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("")).get_result(&mut conn).unwrap_or_default();
                let _ = mode;
                conn.immediate_transaction(|conn| migrate(conn, SQLITE_MIGRATIONS)).map_err(Into::into)
            }
            Conn::Postgres(mut conn) => conn
                .transaction(|conn| {
                    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                        .bind::<diesel::sql_types::BigInt, _>(MIGRATION_LOCK)
                        .execute(conn)?;
                    migrate(conn, POSTGRES_MIGRATIONS)
                })
                .map_err(Into::into),
        }
    }
}
