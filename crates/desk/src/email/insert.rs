//! The key operation: insert a file from a response library into the attachments of a draft.
//! `POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert`

use mail::names;
use store::Tx;
use store::rows::{blobs, libraries};
use uuid::Uuid;

use super::Draft;
use super::attachments::{NewAttachment, attach};
use crate::caller::Caller;
use crate::desk::At;
use crate::ids::InteractionId;
use crate::refusal::Refusal;
use crate::response_management::may_use;

/// `library_items.kind` of a file.
const FILE: i16 = 2;

/// Inserts a library file into a draft and returns its Content-ID: empty unless it is inline.
///
/// The attachment refers to the file's blob: no bytes are read or copied, and it keeps name, type and bytes of this moment whatever
/// later happens to the library. That the caller has the right Response Management is for his extractor to see; the refusals here come
/// in the order: interaction, right to it, email, editable; item, right to its library, file, bytes; limits.
///
/// # Errors
/// In this order: those of [`Draft::obtain`]; [`Refusal::ItemNotFound`]; [`Refusal::ItemDenied`]; [`Refusal::NotAFile`];
/// [`Refusal::FileGone`]; [`Refusal::EmailTooLarge`] or [`Refusal::TooManyAttachments`].
pub fn insert_response_file(
    tx: &mut Tx<'_>,
    caller: &Caller,
    interaction: InteractionId,
    item: Uuid,
    inline: bool,
    at: &At,
) -> Result<String, Refusal> {
    let mut draft = Draft::obtain(tx.read(), caller, interaction)?;
    let found = libraries::item(tx.read(), item.as_bytes())?.ok_or(Refusal::ItemNotFound)?;
    let (item, blob) = (found.item, found.blob);
    if !may_use(caller, &item.library_id, found.owner_id) {
        return Err(Refusal::ItemDenied);
    }
    if item.kind != FILE {
        return Err(Refusal::NotAFile);
    }
    let blob = blob.filter(|blob| !blob.gone).ok_or(Refusal::FileGone)?;
    let content_id = inline.then(|| names::content_id(&at.rules.domain));
    let name = item.file_name.as_deref().unwrap_or_default();
    let media_type = item.media_type.as_deref().unwrap_or_default();
    let new = NewAttachment {
        name,
        media_type,
        blob_id: blob.id,
        size: blob.size,
        content_id: content_id.as_deref(),
    };
    attach(tx, &mut draft, new, at)?;
    blobs::refer(tx, blob.id, blob.referenced_at, at.now)?;
    Ok(content_id.unwrap_or_default())
}
