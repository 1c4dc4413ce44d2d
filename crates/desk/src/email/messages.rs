//! Messages attached to mail that came in: they are opened by `POST …/email/attachments/message/download`, with all that is in them.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/email/attachments/message/download/index.htm`.

use icws::email::{
    EmailAddress, EmailBody, EmailFileAttachment, EmailMessageAttachmentMessage,
    EmailMessageContentsResponse,
};
use icws::messaging::Message;
use icws::wire::Date;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::rows::incoming::{self as rows, AttachedFile, AttachedMessage};

use super::content::{Body, Person, Recipients};
use super::{ReadableEmail, attachments};
use crate::caller::Caller;
use crate::desk::At;
use crate::ids::{InteractionId, digits};
use crate::messaging::leave;
use crate::refusal::Refusal;
use crate::tokens;

/// What is kept of an attached message beside its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Who it is from, and for.
    #[serde(flatten)]
    pub recipients: Recipients,
    /// Its texts.
    pub bodies: Vec<Body>,
    /// When it was sent, in Unix milliseconds.
    pub dated_at: i64,
}

/// What a message attached to the email itself is called by `messageAttachments`.
pub(super) fn message_id(message: &AttachedMessage) -> String {
    message.number.to_string()
}

/// Opens an attached message: it comes to the caller's session as a message of its own, whose `requestId` is returned.
///
/// # Errors
/// Those of [`ReadableEmail::obtain`]; [`Refusal::MessageNotFound`].
pub fn open(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    message_id: &str,
    at: &At,
) -> Result<String, Refusal> {
    ReadableEmail::obtain(tx.read(), caller, id)?;
    let messages = rows::messages(tx.read(), id.0)?;
    let found = digits(message_id)
        .and_then(|number| messages.iter().find(|message| message.number == number))
        .ok_or(Refusal::MessageNotFound)?;
    let files = rows::files(tx.read(), id.0)?;
    let request_id = tokens::guid().to_string();
    let opened = EmailMessageAttachmentMessage {
        request_id: request_id.clone(),
        error: None,
        interaction_id: id.to_string(),
        email_content: contents(caller, found, &messages, &files)?,
        is_delta: false,
    };
    let message = Message::EmailMessageAttachment(opened);
    leave(tx, caller.session, &message, at.now)?;
    Ok(request_id)
}

/// A message and those in it; the depth of those is bounded when they come in.
fn contents(
    caller: &Caller,
    message: &AttachedMessage,
    messages: &[AttachedMessage],
    files: &[AttachedFile],
) -> Result<EmailMessageContentsResponse, Refusal> {
    let kept: Kept = serde_json::from_str(&message.content).map_err(Refusal::internal)?;
    let people = |list: Vec<Person>| Some(list.into_iter().map(EmailAddress::from).collect());
    let own_files = files.iter().filter(|file| file.message == message.number);
    let inside = messages
        .iter()
        .filter(|other| other.inside == Some(message.number));
    Ok(EmailMessageContentsResponse {
        subject: message.subject.clone(),
        sender: kept
            .recipients
            .from
            .map(EmailAddress::from)
            .unwrap_or_default(),
        to_recipients: people(kept.recipients.to),
        cc_recipients: people(kept.recipients.cc),
        bcc_recipients: people(kept.recipients.bcc),
        reply_to_recipients: people(kept.recipients.reply_to),
        bodies: kept.bodies.into_iter().map(EmailBody::from).collect(),
        received_timestamp: Date::from_unix_millis(kept.dated_at),
        signature: None,
        file_attachments: Some(
            own_files
                .map(|file| EmailFileAttachment {
                    name: file.name.clone(),
                    content_id: file.content_id.clone().unwrap_or_default(),
                    download_uri: attachments::download_uri(
                        caller,
                        InteractionId(file.interaction_id),
                        file.number,
                    ),
                })
                .collect(),
        ),
        message_attachments: Some(
            inside
                .map(|other| contents(caller, other, messages, files))
                .collect::<Result<_, _>>()?,
        ),
    })
}
