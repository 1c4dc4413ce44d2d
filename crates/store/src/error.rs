//! What can go wrong in the store itself.

use std::io;
use std::path::PathBuf;

use crate::QueryError;

/// A failure of the store. No rule causes one: it is the database's, the disk's or a defect.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A statement failed, or the commit did.
    #[error("the database failed: {0}")]
    Database(#[from] QueryError),
    /// There is nobody to ask: no connection could be made, or the store is closed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The function that was to run in the transaction panicked; says with what.
    #[error("a panic while using the database: {0}")]
    Panicked(String),
    /// The file system failed.
    #[error("the file system failed: {0}")]
    Io(#[from] io::Error),
    /// The object store refuses, is too slow or cannot be reached; says which. That passes.
    #[error("the blob store cannot be used: {0}")]
    Blobs(String),
    /// The address of the blob store is none that is understood; says what is wrong with it, but not the address, which may hold a secret.
    #[error("not the address of a blob store: {0}")]
    BlobAddress(String),
    /// Another server uses the folder.
    #[error("another server is running on {}", .0.display())]
    Locked(PathBuf),
    /// The database cannot be carried elsewhere; says why.
    #[error("the database cannot be carried: {0}")]
    Transfer(String),
}

impl Error {
    /// The error for a panic that was caught, from its payload.
    pub(crate) fn panicked(payload: &(dyn std::any::Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Error::Panicked(text)
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none that is understood.
    #[error("not a database address: {0} (it is \"sqlite:PATH\" or \"postgres://…\")")]
    Address(String),
    /// The database cannot be reached or is none.
    #[error("the database cannot be opened: {0}")]
    Connect(String),
    /// It was written by a newer version.
    #[error(
        "the database was written by a newer version of this program (it has the migration {migration}, which this version does \
         not know); use that version"
    )]
    Newer {
        /// The newest migration that is not known here.
        migration: String,
    },
    /// It could not be brought up to this version.
    #[error("the database could not be brought up to this version: {0}")]
    Migration(String),
    /// The file system failed.
    #[error("the database cannot be opened: {0}")]
    Io(#[from] io::Error),
}

impl From<QueryError> for OpenError {
    fn from(error: QueryError) -> Self {
        OpenError::Connect(error.to_string())
    }
}
