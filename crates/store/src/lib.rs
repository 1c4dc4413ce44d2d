//! What is kept: rows in a database (SQLite or PostgreSQL, one set of queries) and bytes in a blob store.
//!
//! A rule of the floor above is a plain function over an open transaction. Functions of [`rows`] that only read take a [`Conn`];
//! those that change something take a [`Tx`] and say so by [`Tx::write`]. [`Database::write`] runs such functions in batches and
//! resolves when what they did is on disk; [`Database::read`] runs them on a snapshot and never waits for the writer.

#![allow(clippy::doc_markdown)] // SQLite, PostgreSQL and BLAKE3 are names, not code

mod blobs;
mod checkpoint;
mod clock;
mod connect;
mod database;
mod error;
mod following;
mod gate;
mod lock;
mod prepared;
mod readers;
pub mod rows;
mod schema;
pub mod transfer;
mod watcher;
mod writer;

#[cfg(test)]
mod tests;

pub use blobs::{BlobError, BlobStream, BlobWriter, Blobs, Listed, Written};
pub use database::{Conn, Database, Options, Progress};
/// What a query can fail with.
pub use diesel::result::Error as QueryError;
pub use error::{Error, OpenError};
pub use lock::{FolderLock, lock_folder};
pub use writer::Tx;
