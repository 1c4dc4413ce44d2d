//! Reading blobs as streams, a chunk at a time on blocking threads: a slow client holds neither a thread nor more than a chunk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::blobs::{BlobError, CHUNK, blocking};

/// A file on its way out.
struct Reading {
    file: File,
    /// How many bytes are still to come.
    left: u64,
    /// Present when the bytes are to be verified.
    check: Option<Check>,
}

struct Check {
    hasher: blake3::Hasher,
    hash: blake3::Hash,
}

/// What has been read and not been handed out, and what comes after it. Boxed, since a hasher is large and the state is moved
/// with every chunk.
type State = (Option<Bytes>, Box<Reading>);

/// See [`crate::Blobs::read`].
pub(super) async fn whole(
    path: PathBuf,
    hash: [u8; 32],
    size: u64,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, BlobError> {
    start(move || {
        let file = open(&path, size)?;
        let check = Check {
            hasher: blake3::Hasher::new(),
            hash: hash.into(),
        };
        Ok(Reading {
            file,
            left: size,
            check: Some(check),
        })
    })
    .await
}

/// See [`crate::Blobs::read_range`], which has checked the range.
pub(super) async fn range(
    path: PathBuf,
    size: u64,
    range: Range<u64>,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, BlobError> {
    start(move || {
        let mut file = open(&path, size)?;
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Reading {
            file,
            left: range.end - range.start,
            check: None,
        })
    })
    .await
}

fn open(path: &PathBuf, size: u64) -> Result<File, BlobError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => BlobError::Gone,
        _ => BlobError::Io(error),
    })?;
    if file.metadata()?.len() == size {
        Ok(file)
    } else {
        Err(BlobError::Damaged)
    }
}

/// Opens the file and reads the first chunk in one go: a small blob takes one trip to a blocking thread, and its damage is known
/// before anything is sent.
async fn start<F>(
    open: F,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<F>, BlobError>
where
    F: FnOnce() -> Result<Reading, BlobError> + Send + 'static,
{
    let first = blocking(move || {
        Ok(open().and_then(|reading| {
            let mut reading = Box::new(reading);
            let chunk = reading.next()?;
            Ok((chunk, reading))
        }))
    });
    let state: State = first.await??;
    Ok(stream::try_unfold(
        state,
        |(ready, mut reading)| async move {
            if let Some(chunk) = ready {
                return Ok(Some((chunk, (None, reading))));
            }
            let (chunk, reading) = blocking(move || {
                let chunk = reading.next()?;
                Ok((chunk, reading))
            })
            .await?;
            Ok(chunk.map(|chunk| (chunk, (None, reading))))
        },
    ))
}

impl Reading {
    /// The next chunk, none at the end. The last one is only given if all of them are what was written.
    fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        let length = usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut chunk = vec![0; length];
        self.file
            .read_exact(&mut chunk)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => BlobError::Damaged,
                _ => BlobError::Io(error),
            })?;
        self.left -= length as u64;
        if let Some(check) = &mut self.check {
            check.hasher.update(&chunk);
            if self.left == 0 {
                check.agree(&mut self.file)?;
                self.check = None;
            }
        }
        Ok((length > 0).then(|| chunk.into()))
    }
}

impl Check {
    /// Nothing follows, and the hash is the one that was written.
    fn agree(&self, file: &mut File) -> Result<(), BlobError> {
        if file.read(&mut [0])? == 0 && self.hasher.finalize() == self.hash {
            Ok(())
        } else {
            Err(BlobError::Damaged)
        }
    }
}
