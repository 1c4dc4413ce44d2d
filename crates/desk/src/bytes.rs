//! Bytes: reading them, those that are lost, and those that nothing refers to any more.

use std::ops::Range;

use futures_util::StreamExt;
use store::rows::{blobs as rows, holds};
use store::{BlobError, BlobStream, Tx};

use crate::clock;
use crate::desk::{At, Desk};
use crate::refusal::Refusal;
use crate::rules::millis;
use crate::tokens;

/// How many files are held against the rows at once.
const AT_ONCE: usize = 200;

/// Whether a row may refer to bytes although the rule that was to make it did not succeed: where the store failed, a commit may have
/// arrived whose answer was lost. The sweep removes them if none does.
pub(crate) fn may_be_referred_to(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Internal(_))
}

impl Desk {
    /// Runs a rule that makes a row refer to bytes that were written; it answers whether the same bytes were there before. A second
    /// copy, and the bytes of what was refused, are removed.
    pub(crate) async fn take_over(
        &self,
        place: String,
        rule: impl FnMut(&mut Tx<'_>, &At) -> Result<bool, Refusal> + Send + 'static,
    ) -> Result<(), Refusal> {
        let done = self.write(rule).await;
        let is_needed = match &done {
            Ok(duplicate) => !duplicate,
            Err(refusal) => may_be_referred_to(refusal),
        };
        if !is_needed {
            self.discard(&place).await;
        }
        done.map(drop)
    }

    /// Removes bytes that no row refers to. If that fails the sweep will do it.
    pub async fn discard(&self, place: &str) {
        if let Err(error) = self.blobs().remove(place).await {
            tracing::warn!(%error, place, "bytes that are not needed could not be removed");
        }
    }

    /// Reads the bytes of a blob, or a part of them. Those that turn out to be lost or damaged are noted as gone.
    ///
    /// # Errors
    /// As of [`store::Blobs`]: they are gone, damaged, or not to be had just now.
    pub async fn read_bytes(
        &self,
        blob: &rows::Blob,
        range: Option<Range<u64>>,
    ) -> Result<BlobStream, BlobError> {
        let wrong = |_| BlobError::Damaged;
        let hash = blob.hash.as_slice().try_into().map_err(wrong)?;
        let size = u64::try_from(blob.size).map_err(|_| BlobError::Damaged)?;
        let (id, place) = (blob.id, blob.place.clone());
        let opened = match range {
            Some(range) => self.blobs().read_range(&place, size, range).await,
            None => self.blobs().read(&place, hash, size).await,
        };
        match opened {
            Ok(chunks) => {
                let desk = self.clone();
                Ok(chunks
                    .inspect(move |chunk| {
                        if chunk.as_ref().is_err_and(BlobError::ended_by_loss) {
                            let (desk, place) = (desk.clone(), place.clone());
                            tokio::spawn(async move { desk.note_gone(id, place).await });
                        }
                    })
                    .boxed())
            }
            Err(error) => {
                if error.is_loss() {
                    self.note_gone(id, place).await;
                }
                Err(error)
            }
        }
    }

    /// Notes that the bytes of a blob are lost or damaged at a place: nobody can attach them until somebody uploads them again.
    pub async fn note_gone(&self, blob: i64, place: String) {
        tracing::error!(blob, place, "the bytes of a file are lost or damaged");
        let noted = self.write(move |tx, _| Ok(rows::set_gone(tx, blob, &place)?));
        if let Err(error) = noted.await {
            tracing::error!(?error, blob, "that could not be noted");
        }
    }

    /// Lets no bytes be collected for so many milliseconds: a backup needs them. Gives the number of the hold.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn hold_blobs(&self, length: i64) -> Result<i64, Refusal> {
        let id = tokens::node_id();
        self.renew_hold(id, length).await?;
        Ok(id)
    }

    /// Lets a hold last so many milliseconds from now on.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn renew_hold(&self, id: i64, length: i64) -> Result<(), Refusal> {
        self.write(move |tx, at| Ok(holds::hold(tx, id, at.now + length, at.now)?))
            .await
    }

    /// Ends a hold.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn release_blobs(&self, id: i64) -> Result<(), Refusal> {
        self.write(move |tx, _| Ok(holds::release(tx, id)?)).await
    }

    /// Removes bytes that nothing has referred to for as long as the grace lasts, and files that no row knows of. Returns how many.
    ///
    /// # Errors
    /// [`Refusal::Internal`], and [`Refusal::BytesUnavailable`] if the store of bytes cannot be reached.
    pub async fn collect_blobs(&self) -> Result<usize, Refusal> {
        let grace = millis(self.rules().blob_grace).max(rows::GRACE);
        let cutoff = clock::now() - grace;
        let mut count = 0;
        for id in self
            .read(move |conn, _| Ok(rows::collectable(conn, cutoff)?))
            .await?
        {
            // A hold that comes after this transaction is one of a backup that does not see the row any more.
            let collected = self.write(move |tx, at| {
                if holds::any(tx.read(), at.now)? {
                    return Ok(None);
                }
                Ok(rows::collect(tx, id, cutoff)?)
            });
            if let Some(place) = collected.await? {
                self.discard(&place).await;
                count += 1;
            }
        }
        Ok(count + self.sweep_strays(grace).await?)
    }

    async fn sweep_strays(&self, grace: i64) -> Result<usize, Refusal> {
        let mut count = 0;
        let mut listed = std::pin::pin!(self.blobs().list().chunks(AT_ONCE));
        while let Some(chunk) = listed.next().await {
            let mut old = Vec::new();
            for file in chunk {
                let file = file?;
                if millis(file.age) > grace {
                    old.push(file.place);
                }
            }
            let strays = self
                .read(move |conn, _| Ok(rows::strays(conn, &old)?))
                .await?;
            count += strays.len();
            for place in strays {
                self.discard(&place).await;
            }
        }
        Ok(count)
    }
}
