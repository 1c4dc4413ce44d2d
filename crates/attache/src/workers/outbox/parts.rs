//! The bytes of a message's parts, and what it means if they cannot be read.

use std::io;

use desk::email::send::Outgoing;
use desk::outbox::Attempt;
use mail::compose::Unwritable;
use store::BlobStream;

use crate::app::App;

/// Opens a part. Bytes that turn out to be lost or damaged are noted as gone.
pub async fn open(app: &App, outgoing: &Outgoing, part: usize) -> io::Result<BlobStream> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "a part without bytes");
    let blob = outgoing.bytes.get(part).ok_or_else(missing)?;
    Ok(app.desk.read_bytes(blob, None).await?)
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
