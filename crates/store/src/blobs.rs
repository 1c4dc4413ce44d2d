//! Bytes, by the hash of their content. One interface; today they are kept in a folder.
//!
//! Where the bytes of one upload are is a *place*, a string that the row remembers. A place is never used again and never
//! overwritten: a second upload of the same bytes gets a place of its own, and the row decides which of them is kept.

mod folder;
mod reading;
mod writing;

use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;

use crate::Error;
use folder::Folder;

pub use writing::BlobWriter;

/// How many bytes are read or written at once.
const CHUNK: usize = 256 << 10;

/// A blob store; clones are the same one.
#[derive(Debug, Clone)]
pub enum Blobs {
    /// A folder of the local file system.
    Folder(Folder),
}

/// Bytes that were written and are on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// BLAKE3 of the bytes.
    pub hash: [u8; 32],
    /// How many they are.
    pub size: u64,
    /// Where they are.
    pub place: String,
}

/// A file of the store, whether or not a row knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it is, as [`Blobs::remove`] takes it.
    pub place: String,
    /// How long ago it was written; zero if the clock has been set back.
    pub age: Duration,
}

/// Why bytes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is nothing at that place.
    #[error("there is no such blob")]
    Gone,
    /// They are not the bytes that were written.
    #[error("the blob is damaged")]
    Damaged,
    /// The file system failed.
    #[error("the blob cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// What a stream that has begun ends with: an error of the file system as it is, damage as [`io::ErrorKind::InvalidData`] around
/// a [`BlobError`].
impl From<BlobError> for io::Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Io(error) => error,
            BlobError::Gone => io::Error::new(io::ErrorKind::NotFound, error),
            BlobError::Damaged => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

impl Blobs {
    /// Opens the store in a folder, which is made if it is not there (its parent has to be).
    pub fn open_folder(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Blobs::Folder(Folder::open(path.as_ref())?))
    }

    /// Begins a new blob.
    pub async fn begin(&self) -> Result<BlobWriter, Error> {
        match self {
            Blobs::Folder(folder) => BlobWriter::begin(folder).await,
        }
    }

    /// Reads all of a blob. The hash is worked out while it streams, and the last chunk is held back until it agrees: whoever gets
    /// the stream's regular end has got the very bytes that were written.
    ///
    /// # Errors
    /// At once if there is no file, or one of another size; later as in `From<BlobError> for io::Error`.
    pub async fn read(
        &self,
        place: &str,
        hash: [u8; 32],
        size: u64,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, BlobError> {
        match self {
            Blobs::Folder(folder) => reading::whole(folder.path_of(place)?, hash, size).await,
        }
    }

    /// Reads the bytes of a range, which is checked against the size that the row says and the file has. Their content is not
    /// verified.
    ///
    /// # Errors
    /// As [`Blobs::read`]; [`io::ErrorKind::InvalidInput`] for a range that goes beyond the size.
    pub async fn read_range(
        &self,
        place: &str,
        size: u64,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, BlobError> {
        match self {
            Blobs::Folder(folder) => reading::range(folder.path_of(place)?, size, range).await,
        }
    }

    /// Removes what is at a place. It is no error if there is nothing.
    pub async fn remove(&self, place: &str) -> Result<(), Error> {
        match self {
            Blobs::Folder(folder) => folder.remove(place).await,
        }
    }

    /// Everything that is there, unfinished uploads too, in no particular order.
    pub fn list(&self) -> impl Stream<Item = io::Result<Listed>> + Send + use<> {
        match self {
            Blobs::Folder(folder) => folder.list(),
        }
    }
}

/// The hash that stands in a place's name, if there is one.
pub(crate) fn hash_in(place: &str) -> Option<[u8; 32]> {
    let (_, name) = place.split_once('/')?;
    let (hex, _) = name.split_once('.')?;
    blake3::Hash::from_hex(hex).ok().map(Into::into)
}

/// Runs file work on a blocking thread. An error means that the runtime is shutting down or that the work panicked.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
