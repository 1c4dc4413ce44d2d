//! Uploading a file of one's own into a draft: announced by a POST, brought by a PUT, told of by a message.
//!
//! The address of the PUT holds an unguessable token that is good once and for a while. However an upload ends, the session that
//! announced it gets exactly one `emailUploadFileStatusMessage`.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/email/attachments/file/upload/index.htm`.

use icws::email::EmailUploadFileStatusMessage;
use icws::messaging::Message;
use mail::names;
use store::rows::blobs;
use store::rows::email::{self as rows, Upload};
use store::{Conn, Tx, Written};

use super::Draft;
use super::attachments::{NewAttachment, attach};
use crate::caller::Caller;
use crate::clock;
use crate::desk::{At, Desk};
use crate::ids::{InteractionId, SessionId};
use crate::messaging::leave;
use crate::refusal::Refusal;
use crate::rules::millis;
use crate::tokens;

/// An upload that was announced.
#[derive(Debug)]
pub struct Announced {
    /// What its status message will name.
    pub request_id: String,
    /// What the file will be called, unless the draft has that name.
    pub file_name: String,
    /// Its Content-ID, if it is an inline one.
    pub content_id: Option<String>,
    /// Where its bytes are to be put.
    pub uri: String,
}

/// Announces an upload: `POST …/email/attachments/file/upload`.
///
/// # Errors
/// Those of [`Draft::obtain`].
pub fn announce(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    file_name: &str,
    inline: bool,
    at: &At,
) -> Result<Announced, Refusal> {
    Draft::obtain(tx.read(), caller, id)?;
    let token = tokens::word();
    let upload = Upload {
        token_hash: tokens::hash(&token).to_vec(),
        session_id: caller.session.0,
        interaction_id: id.0,
        request_id: tokens::guid().to_string(),
        file_name: names::clean_file_name(file_name, at.rules.limits.file_name_bytes()),
        content_id: inline.then(|| names::content_id(&at.rules.domain)),
        expires_at: at.now.saturating_add(millis(at.rules.upload_life)),
        number: None,
    };
    rows::add_upload(tx, &upload)?;
    Ok(Announced {
        uri: caller.url(format_args!(
            "/interactions/{id}/email/attachments/file/upload/{token}"
        )),
        request_id: upload.request_id,
        file_name: upload.file_name,
        content_id: upload.content_id,
    })
}

/// The upload that a session announced for an interaction with this token.
///
/// # Errors
/// [`Refusal::UploadNotFound`] if there is none or it is over, [`Refusal::UploadExpired`].
pub fn find(
    conn: &mut Conn,
    caller: &Caller,
    id: InteractionId,
    token: &str,
    now: i64,
) -> Result<Upload, Refusal> {
    let upload = rows::upload(conn, &tokens::hash(token))?
        .filter(|upload| upload.session_id == caller.session.0 && upload.interaction_id == id.0)
        .filter(|upload| upload.number.is_none())
        .ok_or(Refusal::UploadNotFound)?;
    if upload.expires_at <= now {
        return Err(Refusal::UploadExpired);
    }
    Ok(upload)
}

/// The number of the attachment that was uploaded to this address.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn number_at(
    conn: &mut Conn,
    id: InteractionId,
    upload_uri: &str,
) -> Result<Option<i64>, Refusal> {
    let Some((_, token)) = upload_uri.rsplit_once("/file/upload/") else {
        return Ok(None);
    };
    let upload = rows::upload(conn, &tokens::hash(token))?;
    Ok(upload
        .filter(|upload| upload.interaction_id == id.0)
        .and_then(|upload| upload.number))
}

/// Attaches what was uploaded; true if the same bytes were there before, so that the new copy of them is not needed.
fn complete(
    tx: &mut Tx<'_>,
    caller: &Caller,
    upload: &Upload,
    written: &Written,
    at: &At,
) -> Result<bool, Refusal> {
    let mut draft = Draft::obtain(tx.read(), caller, InteractionId(upload.interaction_id))?;
    if !rows::complete_upload(tx, &upload.token_hash, draft.next_number())? {
        return Err(Refusal::UploadNotFound);
    }
    let kept = blobs::keep(tx, written, at.now)?;
    let new = NewAttachment {
        name: &upload.file_name,
        media_type: &names::media_type(&upload.file_name),
        blob_id: kept.id,
        size: i64::try_from(written.size).map_err(Refusal::internal)?,
        content_id: upload.content_id.as_deref(),
    };
    attach(tx, &mut draft, new, at)?;
    leave(
        tx,
        SessionId(upload.session_id),
        &status(upload, None),
        at.now,
    )?;
    Ok(kept.duplicate)
}

/// Ends an upload that failed; nothing if it has ended already.
fn fail(tx: &mut Tx<'_>, upload: &Upload, error: &icws::Error, now: i64) -> Result<(), Refusal> {
    if rows::give_up_upload(tx, &upload.token_hash)? {
        leave(
            tx,
            SessionId(upload.session_id),
            &status(upload, Some(error.clone())),
            now,
        )?;
    }
    Ok(())
}

fn status(upload: &Upload, error: Option<icws::Error>) -> Message {
    Message::EmailUploadFileStatus(EmailUploadFileStatusMessage {
        request_id: upload.request_id.clone(),
        interaction_id: upload.interaction_id.to_string(),
        file_name: upload.file_name.clone(),
        upload_success: error.is_none(),
        error,
        is_delta: false,
    })
}

impl Desk {
    /// Attaches what was uploaded.
    ///
    /// # Errors
    /// [`Refusal::UploadNotFound`]; those of [`attach`](super::attachments::attach).
    pub async fn complete_upload(
        &self,
        caller: &Caller,
        upload: Upload,
        written: Written,
    ) -> Result<(), Refusal> {
        let (caller, place) = (caller.clone(), written.place.clone());
        self.take_over(place, move |tx, at| {
            complete(tx, &caller, &upload, &written, at)
        })
        .await
    }

    /// Ends an upload that failed, and tells its session why.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn fail_upload(&self, upload: Upload, error: icws::Error) -> Result<(), Refusal> {
        self.write(move |tx, at| fail(tx, &upload, &error, at.now))
            .await
    }

    /// Ends the uploads whose time is over. `error` is what their sessions are told.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn expire_uploads(&self, error: icws::Error) -> Result<(), Refusal> {
        let now = clock::now();
        for upload in self
            .read(move |conn, _| Ok(rows::expired_uploads(conn, now)?))
            .await?
        {
            self.fail_upload(upload, error.clone()).await?;
        }
        Ok(())
    }
}
