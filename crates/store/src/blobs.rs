//! Bytes, by the hash of their content. One interface, and two ways behind it: a folder, or a bucket of an object store that speaks
//! S3.
//!
//! Where the bytes of one upload are is a *place*, a string that the row remembers. A place is never used again and never
//! overwritten: a second upload of the same bytes gets a place of its own, and the row decides which of them is kept.

mod bucket;
mod folder;
mod place;

use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::Error;
use bucket::Bucket;
use folder::Folder;

/// How many bytes are read or written at once.
const CHUNK: usize = 256 << 10;

/// A blob's bytes on their way out, in pieces of at most 256 KiB.
pub type BlobStream = BoxStream<'static, io::Result<Bytes>>;

/// A blob store; clones are the same one.
#[derive(Debug, Clone)]
pub enum Blobs {
    /// A folder of the local file system.
    Folder(Folder),
    /// A bucket of an object store.
    Bucket(Bucket),
}

/// A blob that is being written. Dropped before [`BlobWriter::finish`], it leaves nothing behind, or what the sweep removes.
#[derive(Debug)]
pub struct BlobWriter(Writer);

#[derive(Debug)]
enum Writer {
    Folder(folder::Writer),
    Bucket(bucket::Writer),
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

/// What the store has at a place, whether or not a row knows of it.
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
    /// The object store refuses, is too slow or cannot be reached; says which. That passes.
    #[error("the blob store cannot be used: {0}")]
    Unavailable(String),
}

impl BlobError {
    /// Whether the bytes are certainly lost. What passes is no loss.
    pub fn is_loss(&self) -> bool {
        matches!(self, BlobError::Gone | BlobError::Damaged)
    }

    /// Whether a stream that has begun ended because its bytes are certainly lost.
    pub fn ended_by_loss(error: &io::Error) -> bool {
        error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<BlobError>())
            .is_some_and(BlobError::is_loss)
    }
}

/// What a stream that has begun ends with: an error of the file system as it is, damage as [`io::ErrorKind::InvalidData`] around
/// a [`BlobError`].
impl From<BlobError> for io::Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Io(error) => error,
            BlobError::Gone => io::Error::new(io::ErrorKind::NotFound, error),
            BlobError::Damaged => io::Error::new(io::ErrorKind::InvalidData, error),
            BlobError::Unavailable(_) => io::Error::other(error),
        }
    }
}

impl Blobs {
    /// Opens the store in a folder, which is made if it is not there (its parent has to be).
    pub fn open_folder(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Blobs::Folder(Folder::open(path.as_ref())?))
    }

    /// Opens the store in a bucket, `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&access_key_id=…&secret_access_key=…`. What the address
    /// does not say is taken from the usual environment variables (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, …). Nothing is asked of the object
    /// store yet. `patience` is how long it may take to answer.
    pub fn open_bucket(address: &str, patience: Duration) -> Result<Self, Error> {
        Ok(Blobs::Bucket(Bucket::open(address, patience)?))
    }

    /// Asks the store for a sign of life.
    pub async fn probe(&self) -> Result<(), BlobError> {
        match self {
            Blobs::Folder(folder) => folder.probe().await,
            Blobs::Bucket(bucket) => bucket.probe().await,
        }
    }

    /// Begins a new blob.
    pub async fn begin(&self) -> Result<BlobWriter, Error> {
        Ok(BlobWriter(match self {
            Blobs::Folder(folder) => Writer::Folder(folder::Writer::begin(folder, None).await?),
            Blobs::Bucket(bucket) => Writer::Bucket(bucket::Writer::begin(bucket, None)),
        }))
    }

    /// Begins a blob that gets the place that it has in another store, whatever is there.
    ///
    /// # Errors
    /// If it is the name of no place.
    pub async fn begin_at(&self, place: &str) -> Result<BlobWriter, Error> {
        if !place::is_ours(place) {
            return Err(place::none(place).into());
        }
        let place = Some(place.to_owned());
        Ok(BlobWriter(match self {
            Blobs::Folder(folder) => Writer::Folder(folder::Writer::begin(folder, place).await?),
            Blobs::Bucket(bucket) => Writer::Bucket(bucket::Writer::begin(bucket, place)),
        }))
    }

    /// Whether there is something of this size at a place. Its bytes are not looked at.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn has(&self, place: &str, size: u64) -> Result<bool, BlobError> {
        match self {
            Blobs::Folder(folder) => match folder.read_range(place, size, 0..0).await {
                Ok(_) => Ok(true),
                Err(error) if error.is_loss() => Ok(false),
                Err(error) => Err(error),
            },
            Blobs::Bucket(bucket) => bucket.has(place, size).await,
        }
    }

    /// Whether it is the same folder or bucket, as far as their names tell.
    pub fn is_same(&self, other: &Blobs) -> bool {
        match (self, other) {
            (Blobs::Folder(one), Blobs::Folder(other)) => one.is_same(other),
            (Blobs::Bucket(one), Blobs::Bucket(other)) => one.is_same(other),
            _ => false,
        }
    }

    /// Reads all of a blob. The hash is worked out while it streams, and the last chunk is held back until it agrees: whoever gets
    /// the stream's regular end has got the very bytes that were written.
    ///
    /// # Errors
    /// At once if there is nothing, or something of another size; later as in `From<BlobError> for io::Error`.
    pub async fn read(
        &self,
        place: &str,
        hash: [u8; 32],
        size: u64,
    ) -> Result<BlobStream, BlobError> {
        match self {
            Blobs::Folder(folder) => Ok(folder.read(place, hash, size).await?.boxed()),
            Blobs::Bucket(bucket) => bucket.read(place, hash, size).await,
        }
    }

    /// Reads the bytes of a range, which is checked against the size that the row says and the store has. Their content is not
    /// verified.
    ///
    /// # Errors
    /// As [`Blobs::read`]; [`io::ErrorKind::InvalidInput`] for a range that goes beyond the size.
    pub async fn read_range(
        &self,
        place: &str,
        size: u64,
        range: Range<u64>,
    ) -> Result<BlobStream, BlobError> {
        if range.start > range.end || range.end > size {
            let beyond = "a range beyond the end of the blob";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, beyond).into());
        }
        match self {
            Blobs::Folder(folder) => Ok(folder.read_range(place, size, range).await?.boxed()),
            Blobs::Bucket(bucket) => bucket.read_range(place, size, range).await,
        }
    }

    /// Removes what is at a place. It is no error if there is nothing.
    pub async fn remove(&self, place: &str) -> Result<(), Error> {
        match self {
            Blobs::Folder(folder) => folder.remove(place).await,
            Blobs::Bucket(bucket) => bucket.remove(place).await,
        }
    }

    /// Everything that is there, unfinished uploads to a folder too, in no particular order.
    pub fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        match self {
            Blobs::Folder(folder) => folder.list().map(|listed| Ok(listed?)).boxed(),
            Blobs::Bucket(bucket) => bucket.list(),
        }
    }
}

impl BlobWriter {
    /// How many bytes were written so far.
    pub fn size(&self) -> u64 {
        match &self.0 {
            Writer::Folder(writer) => writer.size(),
            Writer::Bucket(writer) => writer.size(),
        }
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If the store fails; the blob cannot be finished then.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.0 {
            Writer::Folder(writer) => writer.write(bytes).await,
            Writer::Bucket(writer) => writer.write(bytes).await,
        }
    }

    /// Makes the bytes durable and gives them their place.
    pub async fn finish(self) -> Result<Written, Error> {
        match self.0 {
            Writer::Folder(writer) => writer.finish().await,
            Writer::Bucket(writer) => writer.finish().await,
        }
    }
}

/// The answer to whoever goes on with a blob of which a piece could not be written.
fn broken_off() -> Error {
    Error::Io(io::Error::other("an earlier write of this blob broke off"))
}

/// Runs file work on a blocking thread. An error means that the runtime is shutting down or that the work panicked.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
