//! An email's content: as it is kept, and as its readers are told of it.
//!
//! ICWS: `icws/(sessionId)/messaging/subscriptions/interactions/(interactionId)/email/index.htm`.

use icws::email::{
    BodyType, EmailAddress, EmailBody, EmailContentsMessage, EmailContentsResponse,
    EmailFileAttachment, EmailMessageAttachment, EmailResponseType, EmailType,
};
use icws::wire::Date;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::rows::email as rows;
use store::rows::interactions;
use store::rows::people;

use super::held::{Held, Remembered};
use super::messages::message_id;
use super::note::Note;
use super::respond::{has_several_correspondents, own_addresses};
use super::{ReadableEmail, attachments, is_draft};
use crate::caller::Caller;
use crate::ids::InteractionId;
use crate::interactions::{CONNECTED, INBOUND};
use crate::journal::Members;
use crate::language::Language;
use crate::refusal::Refusal;

/// Whom an email goes to, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipients {
    /// Who wrote it, where that was not we.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Person>,
    /// To.
    pub to: Vec<Person>,
    /// Cc.
    pub cc: Vec<Person>,
    /// Bcc: they get it, and nobody sees that.
    pub bcc: Vec<Person>,
    /// Where answers are to go.
    pub reply_to: Vec<Person>,
}

/// A correspondent, as he is kept. One without an address is a name that was not resolved yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name shown.
    #[serde(rename = "name")]
    pub display_name: String,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One form of an email's text, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Whether it is HTML.
    pub html: bool,
    /// The text.
    pub text: String,
    /// What it says in the language of whoever reads it, where it is none of the mail's own; the text is that in English then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl Recipients {
    /// Reads them from a row.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn of_row(content: &rows::Content) -> Result<Self, Refusal> {
        Self::of_json(&content.recipients)
    }

    /// Reads them from the column of a row.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn of_json(recipients: &str) -> Result<Self, Refusal> {
        serde_json::from_str(recipients).map_err(Refusal::internal)
    }

    /// Those who get the email, in order: to, cc, bcc.
    pub fn receivers(&self) -> impl Iterator<Item = &Person> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// How many they are in all, reply-to ones too.
    pub fn count(&self) -> usize {
        self.receivers().count() + self.reply_to.len()
    }
}

/// Reads the bodies from a row, with our own words in this language.
pub(super) fn bodies_of(content: &rows::Content, language: Language) -> Result<Vec<Body>, Refusal> {
    let mut bodies: Vec<Body> = serde_json::from_str(&content.bodies).map_err(Refusal::internal)?;
    for body in &mut bodies {
        if let Some(note) = body.note {
            body.text = note.text(language);
        }
    }
    Ok(bodies)
}

impl From<&EmailAddress> for Person {
    fn from(address: &EmailAddress) -> Self {
        let trimmed = address
            .address
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        Self {
            display_name: address.display_name.clone(),
            address: trimmed.map(str::to_owned),
        }
    }
}

impl From<Person> for EmailAddress {
    fn from(person: Person) -> Self {
        Self {
            display_name: person.display_name,
            address: person.address,
        }
    }
}

impl From<&EmailBody> for Body {
    fn from(body: &EmailBody) -> Self {
        Self {
            html: body.body_type == BodyType::Html,
            text: body.body.clone(),
            note: None,
        }
    }
}

impl From<Body> for EmailBody {
    fn from(body: Body) -> Self {
        Self {
            body: body.text,
            body_type: if body.html {
                BodyType::Html
            } else {
                BodyType::Text
            },
        }
    }
}

/// Which members a message is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// All: the first message, or a snapshot.
    Everything,
    /// Those that changed, beside the ones that every message has.
    Changes(Members),
}

impl Tell {
    fn has(self, member: Members) -> bool {
        match self {
            Tell::Everything => true,
            Tell::Changes(members) => members.has(member),
        }
    }
}

/// The message of an email subscription, from the state of now: `emailContentsMessage`.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn contents_message(
    conn: &mut Conn,
    remembered: &Remembered,
    caller: &Caller,
    email: &ReadableEmail,
    tell: Tell,
) -> Result<EmailContentsMessage, Refusal> {
    let interaction = &email.interaction;
    let whole = tell == Tell::Everything;
    let wanted = whole || tell.has(Members::CONTENT) || tell.has(Members::UNUSED);
    let held = if wanted {
        remembered.held(conn, interaction)?
    } else {
        None
    };
    let mailbox = match interaction.mailbox_id {
        Some(id) => people::mailbox(conn, id)?,
        None => None,
    };
    let sender = EmailAddress {
        display_name: mailbox
            .as_ref()
            .map(|mailbox| mailbox.display_name.clone())
            .unwrap_or_default(),
        address: mailbox.as_ref().map(|mailbox| mailbox.address.clone()),
    };
    let (sender, received_at) = match &held {
        Some(held) => (
            Recipients::of_row(&held.content)?
                .from
                .map_or(sender, EmailAddress::from),
            held.received_at.unwrap_or(interaction.created_at),
        ),
        None => (sender, interaction.created_at),
    };
    let has_response = if whole || tell.has(Members::RESPONSE) {
        Some(interactions::has_children(conn, interaction.id)?)
    } else {
        None
    };
    let responses = supported_responses(conn, caller, email, mailbox.as_ref())?;
    let unused = match &held {
        Some(held) if tell.has(Members::UNUSED) => Some(unused_attachments(held)?),
        _ => None,
    };
    let conversation = held
        .as_ref()
        .filter(|_| whole)
        .map(|held| held.content.conversation_id.clone());
    let email_content = match &held {
        Some(held) if tell.has(Members::CONTENT) => {
            Some(response(caller, received_at, sender, held)?)
        }
        _ => None,
    };
    let show_mailbox = tell.has(Members::MAILBOX);
    Ok(EmailContentsMessage {
        interaction_id: interaction.id.to_string(),
        parent_interaction_id: interaction
            .parent_id
            .filter(|_| whole)
            .map(|id| id.to_string()),
        conversation_id: conversation,
        is_editable: email.changeable && is_draft(interaction),
        email_type: whole.then(|| email_type(interaction.email_type)),
        supported_response_types: responses,
        email_content,
        has_response,
        edited: tell.has(Members::EDITED).then_some(interaction.edited),
        mailbox: mailbox
            .as_ref()
            .filter(|_| show_mailbox)
            .map(|mailbox| mailbox.address.clone()),
        mailbox_display_name: mailbox
            .filter(|_| show_mailbox)
            .map(|mailbox| mailbox.display_name),
        has_loaded_external_content: whole.then_some(false),
        unused_email_attachments: unused,
        is_delta: !whole,
    })
}

/// How the caller may answer an email: one that came in and that he has. Everyone, where there is more than one.
fn supported_responses(
    conn: &mut Conn,
    caller: &Caller,
    email: &ReadableEmail,
    mailbox: Option<&people::Mailbox>,
) -> Result<Vec<EmailResponseType>, Refusal> {
    let interaction = &email.interaction;
    let has_it = interaction.user_id == Some(caller.user.0) && interaction.state == CONNECTED;
    if interaction.direction != INBOUND || !has_it {
        return Ok(Vec::new());
    }
    let Some(content) = rows::content(conn, interaction.id)? else {
        return Ok(Vec::new());
    };
    let own = own_addresses(conn, caller, interaction, mailbox)?;
    let recipients = Recipients::of_row(&content)?;
    let several = has_several_correspondents(&recipients, &own);
    let mut types = vec![EmailResponseType::Reply];
    types.extend(several.then_some(EmailResponseType::ReplyAll));
    types.push(EmailResponseType::Forward);
    Ok(types)
}

fn email_type(number: i16) -> EmailType {
    match number {
        1 => EmailType::New,
        2 => EmailType::Reply,
        3 => EmailType::ReplyAll,
        4 => EmailType::Forward,
        _ => EmailType::None,
    }
}

fn response(
    caller: &Caller,
    received_at: i64,
    sender: EmailAddress,
    Held {
        content,
        files,
        messages,
        ..
    }: &Held,
) -> Result<EmailContentsResponse, Refusal> {
    let recipients = Recipients::of_row(content)?;
    let bodies = bodies_of(content, caller.language)?;
    let people = |list: Vec<Person>| Some(list.into_iter().map(EmailAddress::from).collect());
    let file = |file: &rows::Attachment| EmailFileAttachment {
        name: attachments::name_of(file).to_string(),
        download_uri: attachments::download_uri(
            caller,
            InteractionId(file.interaction_id),
            file.number,
        ),
        content_id: file.content_id.clone().unwrap_or_default(),
    };
    Ok(EmailContentsResponse {
        file_attachments: Some(files.iter().map(file).collect()),
        message_attachments: Some(
            messages
                .iter()
                .filter(|message| message.inside.is_none())
                .map(|message| EmailMessageAttachment {
                    subject: message.subject.clone(),
                    message_id: message_id(message),
                })
                .collect(),
        ),
        subject: Some(content.subject.clone()),
        sender,
        to_recipients: people(recipients.to),
        cc_recipients: people(recipients.cc),
        bcc_recipients: people(recipients.bcc),
        reply_to_recipients: people(recipients.reply_to),
        bodies: bodies.into_iter().map(EmailBody::from).collect(),
        received_timestamp: Date::from_unix_millis(received_at),
        signature: None,
    })
}

/// The Content-IDs of inline attachments that no HTML body refers to.
fn unused_attachments(Held { content, files, .. }: &Held) -> Result<Vec<String>, Refusal> {
    let inline: Vec<&String> = files
        .iter()
        .filter_map(|file| file.content_id.as_ref())
        .collect();
    if inline.is_empty() {
        return Ok(Vec::new());
    }
    let mut used = std::collections::HashSet::new();
    for body in bodies_of(content, Language::English)?
        .iter()
        .filter(|body| body.html)
    {
        used.extend(mail::compose::referenced_content_ids(&body.text));
    }
    Ok(inline
        .into_iter()
        .filter(|id| !used.contains(*id))
        .cloned()
        .collect())
}
