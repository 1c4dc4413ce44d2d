//! Reading an object as a stream, in the same pieces as a file's.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use super::judge;
use crate::blobs::{BlobError, BlobStream, CHUNK};

type Source = BoxStream<'static, object_store::Result<Bytes>>;

/// An object on its way out.
struct Reading {
    source: Source,
    /// What came with the last piece and belongs to the next.
    over: Bytes,
    /// How many bytes are still to come.
    left: u64,
    /// Present when the bytes are to be verified. Boxed, since a hasher is large and the state is moved with every piece.
    check: Option<Box<Check>>,
}

struct Check {
    hasher: blake3::Hasher,
    hash: blake3::Hash,
}

/// All of an object, verified; see [`crate::Blobs::read`].
pub async fn whole(source: Source, hash: [u8; 32], size: u64) -> Result<BlobStream, BlobError> {
    let check = Check {
        hasher: blake3::Hasher::new(),
        hash: hash.into(),
    };
    start(source, size, Some(Box::new(check))).await
}

/// So many bytes of an object as they come.
pub async fn part(source: Source, length: u64) -> Result<BlobStream, BlobError> {
    start(source, length, None).await
}

/// Reads the first piece at once: of a small blob it is known before anything is sent whether it is damaged.
async fn start(
    source: Source,
    left: u64,
    check: Option<Box<Check>>,
) -> Result<BlobStream, BlobError> {
    let mut reading = Reading {
        source,
        over: Bytes::new(),
        left,
        check,
    };
    let Some(first) = reading.next().await? else {
        return Ok(stream::empty().boxed());
    };
    let rest = stream::try_unfold(reading, |mut reading| async move {
        let piece = reading.next().await?;
        Ok::<_, io::Error>(piece.map(|piece| (piece, reading)))
    });
    Ok(stream::once(std::future::ready(Ok(first)))
        .chain(rest)
        .boxed())
}

impl Reading {
    /// The next piece, none at the end. The last one is only given if all of them are what was written.
    async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        let length = usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK));
        let piece = self.gather(length).await?;
        self.left -= length as u64;
        if let Some(check) = &mut self.check {
            check.hasher.update(&piece);
            if self.left == 0 {
                let agrees = check.hasher.finalize() == check.hash;
                self.check = None;
                if !agrees || !self.over.is_empty() {
                    return Err(BlobError::Damaged);
                }
            }
        }
        Ok((length > 0).then_some(piece))
    }

    /// So many bytes. The store's own pieces are as large as its packets happen to be.
    async fn gather(&mut self, length: usize) -> Result<Bytes, BlobError> {
        let mut piece = BytesMut::with_capacity(length);
        loop {
            let taken = self
                .over
                .split_to(self.over.len().min(length - piece.len()));
            piece.extend_from_slice(&taken);
            if piece.len() == length {
                return Ok(piece.freeze());
            }
            self.over = self
                .source
                .try_next()
                .await
                .map_err(|error| judge(&error))?
                .ok_or_else(|| {
                    BlobError::Unavailable("its answer ended before the end of the blob".to_owned())
                })?;
        }
    }
}
