//! By what a message is known that was taken in before.

use futures_util::TryStreamExt;
use mail::parse::essence;
use store::BlobError;
use store::rows::{blobs, incoming};

use crate::desk::Desk;
use crate::refusal::Refusal;

/// The identities that a message may be known by in a workgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// A hash of what all copies of it have in common ([`essence`]); of its whole source, where it has no Message-ID: then nothing tells a copy
    /// from the same thing said twice.
    pub own: [u8; 32],
    /// A hash of its whole source, by which it was known if its Message-ID could not be read then.
    pub whole: [u8; 32],
    /// What mail with this Message-ID was known by before: a hash of that alone. Programs give one Message-ID to all they send, so it is the same
    /// only if its source says so.
    pub by_id: Option<[u8; 32]>,
}

impl Identity {
    pub(super) fn of(raw: &[u8], message_id: Option<&str>) -> Self {
        let whole = *blake3::hash(raw).as_bytes();
        let Some(id) = message_id else {
            return Self {
                own: whole,
                whole,
                by_id: None,
            };
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"mail:");
        essence(raw, |piece| {
            hasher.update(piece);
        });
        Self {
            own: *hasher.finalize().as_bytes(),
            whole,
            by_id: Some(*blake3::hash(format!("id:{id}").as_bytes()).as_bytes()),
        }
    }
}

impl Desk {
    /// The interaction that the same message became in this workgroup.
    pub(super) async fn same_mail(
        &self,
        workgroup: i64,
        identity: &Identity,
        message_id: Option<&str>,
    ) -> Result<Option<i64>, Refusal> {
        let Identity { own, whole, by_id } = identity.clone();
        let found = self
            .read(move |conn, _| {
                for known in [own, whole] {
                    if let Some(same) = incoming::same(conn, workgroup, &known)? {
                        return Ok(Some((same, None)));
                    }
                }
                let Some(id) = by_id else {
                    return Ok(None);
                };
                let Some(older) = incoming::same(conn, workgroup, &id)? else {
                    return Ok(None);
                };
                let mail = incoming::find(conn, older)?;
                let source = mail.map(|mail| blobs::find(conn, mail.blob_id));
                Ok(Some((older, source.transpose()?.flatten())))
            })
            .await?;
        let Some((older, Some(source))) = found else {
            return Ok(found.map(|(same, _)| same));
        };
        let bytes = match self.read_bytes(&source, None).await {
            Ok(chunks) => chunks.try_collect::<Vec<_>>().await,
            Err(error) => Err(error.into()),
        };
        match bytes {
            Ok(chunks) => {
                let id = message_id.map(str::to_owned);
                let hashing = move || Identity::of(&chunks.concat(), id.as_deref());
                let known = tokio::task::spawn_blocking(hashing).await;
                let is_same = known.map_err(Refusal::internal)?.own == identity.own;
                Ok(is_same.then_some(older))
            }
            // Nothing says that it is another.
            Err(error) if BlobError::ended_by_loss(&error) => Ok(Some(older)),
            Err(error) => Err(BlobError::Io(error).into()),
        }
    }
}
