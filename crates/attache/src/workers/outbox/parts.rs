//! The bytes of a message's parts, and what it means if they cannot be read.

use std::io;
use std::pin::Pin;

use axum::body::Bytes;
use desk::email::send::Outgoing;
use desk::outbox::Attempt;
use futures_util::Stream;
use mail::compose::Unwritable;
use store::BlobError;

use crate::app::App;

type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Opens a part.
pub async fn open(app: &App, outgoing: &Outgoing, part: usize) -> io::Result<Chunks> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "a part without bytes");
    let blob = outgoing.bytes.get(part).ok_or_else(missing)?;
    let hash = blob.hash.as_slice().try_into().map_err(io::Error::other)?;
    let size = u64::try_from(blob.size).map_err(io::Error::other)?;
    let opened = app.desk.blobs().read(&blob.place, hash, size).await;
    if matches!(opened, Err(BlobError::Gone | BlobError::Damaged)) {
        app.desk.note_gone(blob.id).await;
    }
    Ok(Box::pin(opened?))
}

/// A message that cannot be written as it is.
pub fn unwritable(error: Unwritable) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

/// What comes of an attempt in which the message could not be read: bytes that are lost or damaged do not come back, and a message that cannot
/// be written never can; all else may be better another time.
pub fn after_reading(error: &io::Error) -> Attempt {
    use io::ErrorKind::{InvalidData, InvalidInput, NotFound, UnexpectedEof};
    match error.kind() {
        NotFound | InvalidData | UnexpectedEof => {
            Attempt::Never(format!("the bytes of an attachment are gone: {error}"))
        }
        InvalidInput => Attempt::Never(format!("the message cannot be written: {error}")),
        _ => Attempt::Later(format!("the message cannot be read: {error}")),
    }
}
