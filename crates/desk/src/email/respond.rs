//! Replies and forwards: `POST interactions` with `createEmailResponseParameters`.
//!
//! The client says what it wants; what it leaves out is made of the email that is answered (its *parent*).
//!
//! ICWS: `icws/(sessionId)/interactions/index.htm`; the recipient rule is that of the product's email editor.

mod quoted;
mod recipients;

use std::collections::{BTreeMap, HashSet};

use icws::email::{
    CreateEmailResponseParameters, EmailContent, EmailResponseAttachments, EmailResponseType,
};
use mail::names::clean_file_name;
use mail::quote::{self, Answer};
use store::rows::blobs::{self, Blob};
use store::rows::email as rows;
use store::rows::incoming::{self, Thread};
use store::rows::interactions::{self as interaction_rows, Interaction};
use store::rows::outbox;
use store::rows::people::{self, Mailbox};
use store::{Conn, Tx};

use self::quoted::quoted;
use self::recipients::{answered, key};
pub(super) use self::recipients::{has_several_correspondents, own_addresses};
use super::attachments::{self, NewAttachment};
use super::content::{Body, Person, Recipients, bodies_of};
use super::draft::{self, Beginning, Fields};
use crate::caller::Caller;
use crate::desk::At;
use crate::ids::InteractionId;
use crate::interactions::attributes::{self, OF_CHILDREN};
use crate::interactions::{EMAIL, OUTBOUND, may_change, record};
use crate::journal::Members;
use crate::refusal::Refusal;

/// The most Message-IDs of a thread that are written down.
const MOST_OF_THREAD: usize = 100;

/// Makes a reply or a forward of an email that the caller may change. It stands in his queue.
///
/// # Errors
/// [`Refusal::ParentNotFound`], [`Refusal::ParentDenied`] or [`Refusal::NotAnEmail`] of what is answered; those of
/// [`create`](super::draft::create); [`Refusal::FileGone`], [`Refusal::EmailTooLarge`] or [`Refusal::TooManyAttachments`] of what is taken
/// over.
pub fn respond(
    tx: &mut Tx<'_>,
    caller: &Caller,
    asked: &CreateEmailResponseParameters,
    at: &At,
) -> Result<InteractionId, Refusal> {
    let parent = Parent::obtain(tx.read(), caller, &asked.parent_interaction_id)?;
    let (content, taken_over) = asked.email_content.clone().into_parts();
    let workgroup = asked.workgroup.as_deref();
    let mailbox = mailbox(tx.read(), caller, &parent.interaction, workgroup, &content)?;
    let mut fields = Fields::read(&content, at)?;
    let own = own_addresses(tx.read(), caller, &parent.interaction, Some(&mailbox))?;
    let wanted = Wanted {
        kind: asked.response_type,
        has_pictures: taken_over != EmailResponseAttachments::None,
        own,
    };
    complete(&mut fields, &parent, &wanted, caller, at)?;
    fields.check_count(at)?;
    let additional = asked.additional_attributes.clone().unwrap_or_default();
    attributes::check_initial(&additional)?;
    let files = files(tx.read(), &parent, taken_over, at)?;

    let beginning = Beginning {
        email_type: match asked.response_type {
            EmailResponseType::Reply => 2,
            EmailResponseType::ReplyAll => 3,
            EmailResponseType::Forward => 4,
        },
        parent: Some(parent.interaction.id),
        conversation: parent.content.conversation_id.clone(),
    };
    let mut interaction = draft::begin(tx, caller, &mailbox, &fields, beginning, at)?;
    add_thread(tx, &interaction, &parent.interaction)?;
    attach(tx, &mut interaction, &files, at)?;
    finish(tx, &interaction, &additional)?;
    record(tx, &parent.interaction, Members::RESPONSE, OF_CHILDREN);
    Ok(InteractionId(interaction.id))
}

fn finish(
    tx: &mut Tx<'_>,
    interaction: &Interaction,
    additional: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    attributes::set_initial(tx, interaction.id, additional)?;
    draft::record_new(tx, interaction);
    Ok(())
}

/// The email that is answered.
struct Parent {
    interaction: Interaction,
    content: rows::Content,
    recipients: Recipients,
    bodies: Vec<Body>,
    /// When it came in or was sent, else begun, in Unix milliseconds.
    dated_at: i64,
    /// Who wrote it; nobody, if it does not say so.
    author: Person,
}

impl Parent {
    /// Obtains it, or refuses: it does not exist, the caller may not change it, it is no email.
    fn obtain(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Self, Refusal> {
        let missing = || Refusal::ParentNotFound(id.chars().take(32).collect());
        let id = InteractionId::parse(id).ok_or_else(missing)?;
        let interaction = interaction_rows::interaction(conn, id.0)?.ok_or_else(missing)?;
        if !may_change(caller, &interaction) {
            return Err(Refusal::ParentDenied);
        }
        if interaction.kind != EMAIL {
            return Err(Refusal::NotAnEmail);
        }
        let content = rows::content(conn, id.0)?
            .ok_or_else(|| Refusal::internal("an email without content"))?;
        let recipients = Recipients::of_row(&content)?;
        let bodies = bodies_of(&content, caller.language)?;
        let came = incoming::find(conn, id.0)?.map(|mail| mail.received_at);
        let author = match (&recipients.from, interaction.mailbox_id) {
            (Some(from), _) => Some(from.clone()),
            (None, Some(mailbox)) => people::mailbox(conn, mailbox)?.map(|mailbox| Person {
                display_name: mailbox.display_name,
                address: Some(mailbox.address),
            }),
            (None, None) => None,
        };
        Ok(Self {
            dated_at: came
                .or(interaction.sent_at)
                .unwrap_or(interaction.created_at),
            author: author.unwrap_or_default(),
            interaction,
            content,
            recipients,
            bodies,
        })
    }

    fn is_outbound(&self) -> bool {
        self.interaction.direction == OUTBOUND
    }

    fn body(&self, html: bool) -> Option<String> {
        let texts: Vec<&str> = self
            .bodies
            .iter()
            .filter(|body| body.html == html)
            .map(|body| body.text.as_str())
            .collect();
        (!texts.is_empty()).then(|| texts.join("\n"))
    }
}

/// The mailbox that it goes out by: that of the workgroup that is named, else that which its parent came in by or went out from, else that of its
/// parent's workgroup, else as for a new email. The sender may name another that the caller may send from.
fn mailbox(
    conn: &mut Conn,
    caller: &Caller,
    parent: &Interaction,
    workgroup: Option<&str>,
    content: &EmailContent,
) -> Result<Mailbox, Refusal> {
    let chosen = match workgroup {
        Some(_) => None,
        None => of_parent(conn, caller, parent)?,
    };
    let chosen = match chosen {
        Some(mailbox) => mailbox,
        None => draft::outgoing_mailbox(conn, caller, workgroup)?,
    };
    draft::choose_mailbox(conn, caller, chosen, content)
}

fn of_parent(
    conn: &mut Conn,
    caller: &Caller,
    parent: &Interaction,
) -> Result<Option<Mailbox>, Refusal> {
    let mut candidates = Vec::new();
    if let Some(id) = parent.mailbox_id {
        candidates.extend(people::mailbox(conn, id)?);
    }
    if let Some(workgroup) = parent.workgroup_id {
        candidates.extend(people::mailboxes_of_workgroups(conn, &[workgroup])?);
    }
    let may_send = |mailbox: &Mailbox| {
        let is_his = mailbox.user_id == Some(caller.user.0)
            || mailbox
                .workgroup_id
                .is_some_and(|group| caller.rights.is_member(group));
        mailbox.sends && is_his
    };
    Ok(candidates.into_iter().find(may_send))
}

/// What is made of the parent.
struct Wanted {
    kind: EmailResponseType,
    /// Whether the pictures in its text come with it.
    has_pictures: bool,
    /// Our own addresses.
    own: HashSet<String>,
}

/// Fills in what the client left out.
fn complete(
    fields: &mut Fields,
    parent: &Parent,
    wanted: &Wanted,
    caller: &Caller,
    at: &At,
) -> Result<(), Refusal> {
    let is_forward = wanted.kind == EmailResponseType::Forward;
    if fields.subject.is_none() {
        let answer = if is_forward {
            Answer::Forward
        } else {
            Answer::Reply
        };
        let longest = usize::try_from(at.rules.limits.subject).unwrap_or(usize::MAX);
        fields.subject = Some(quote::subject(answer, &parent.content.subject, longest));
    }
    if !is_forward {
        let (to, cc) = answered(
            &parent.recipients,
            &parent.author,
            parent.is_outbound(),
            wanted.kind == EmailResponseType::ReplyAll,
            &wanted.own,
        );
        // Nobody is written to twice because the client moved him.
        let mut named: HashSet<String> = fields.named().collect();
        let mut left = |list: Vec<Person>| -> Vec<Person> {
            list.into_iter()
                .filter(|person| named.insert(key(person)))
                .collect()
        };
        if fields.to.is_none() {
            fields.to = Some(left(to));
        }
        if fields.cc.is_none() {
            fields.cc = Some(left(cc));
        }
    }
    if fields.bodies.is_none() {
        let said = quoted(parent, wanted.kind, wanted.has_pictures, caller.language)?;
        fields.bodies = Some(said);
    }
    Ok(())
}

/// A file that is taken over from the parent.
struct TakenOver {
    name: String,
    media_type: String,
    content_id: Option<String>,
    blob: Blob,
}

/// The files that are taken over: they refer to the same bytes. A message attached to the parent becomes a file.
fn files(
    conn: &mut Conn,
    parent: &Parent,
    wanted: EmailResponseAttachments,
    at: &At,
) -> Result<Vec<TakenOver>, Refusal> {
    let id = parent.interaction.id;
    if wanted == EmailResponseAttachments::None {
        return Ok(Vec::new());
    }
    let all = wanted == EmailResponseAttachments::All;
    let mut files: Vec<TakenOver> = rows::attachments_with_bytes(conn, id)?
        .into_iter()
        .filter(|(file, _)| all || file.content_id.is_some())
        .map(|(file, blob)| TakenOver {
            name: attachments::name_of(&file).to_string(),
            media_type: file.media_type,
            content_id: file.content_id,
            blob,
        })
        .collect();
    if all {
        let limit = at.rules.limits.file_name_bytes();
        for message in incoming::messages(conn, id)? {
            let Some(blob) = message.blob_id else {
                continue;
            };
            files.push(TakenOver {
                name: name_of_message(&message.subject, limit),
                media_type: "message/rfc822".to_owned(),
                content_id: None,
                blob: blobs::find(conn, blob)?.ok_or(Refusal::FileGone)?,
            });
        }
    }
    if files.iter().any(|file| file.blob.gone) {
        return Err(Refusal::FileGone);
    }
    Ok(files)
}

/// What a message is called as a file: by its subject, in which no path stands.
fn name_of_message(subject: &str, limit: usize) -> String {
    let name = if subject.contains(char::is_alphanumeric) {
        subject.replace(['/', '\\'], "-")
    } else {
        "message".to_owned()
    };
    clean_file_name(&format!("{name}.eml"), limit)
}

fn attach(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    files: &[TakenOver],
    at: &At,
) -> Result<(), Refusal> {
    let new: Vec<NewAttachment<'_>> = files
        .iter()
        .map(|file| NewAttachment {
            name: &file.name,
            media_type: &file.media_type,
            blob_id: file.blob.id,
            size: file.blob.size,
            content_id: file.content_id.as_deref(),
        })
        .collect();
    attachments::check_all(interaction, &new, at)?;
    attachments::add_all(tx, interaction, &new, at)?;
    for file in files {
        blobs::refer(tx, file.blob.id, file.blob.referenced_at, at.now)?;
    }
    Ok(())
}

/// Notes what the headers of the answer will say of its thread.
fn add_thread(
    tx: &mut Tx<'_>,
    interaction: &Interaction,
    parent: &Interaction,
) -> Result<(), Refusal> {
    let known = incoming::thread(tx.read(), parent.id)?;
    let mut thread: Vec<String> = match &known {
        Some(known) => serde_json::from_str(&known.thread).map_err(Refusal::internal)?,
        None => Vec::new(),
    };
    let own = match known.and_then(|known| known.message_id) {
        Some(id) => Some(id),
        None => outbox::message(tx.read(), parent.id)?.map(|sent| sent.message_id),
    };
    thread.extend(own.clone());
    if thread.len() > MOST_OF_THREAD {
        thread.drain(1..=thread.len() - MOST_OF_THREAD);
    }
    let row = Thread {
        interaction_id: interaction.id,
        message_id: None,
        in_reply_to: own,
        thread: serde_json::to_string(&thread).map_err(Refusal::internal)?,
    };
    Ok(incoming::add_thread(tx, &row)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_called_by_its_subject() {
        for (subject, expected) in [
            ("A lamp", "A lamp.eml"),
            ("inner: x/y", "inner x-y.eml"),
            ("C:\\a", "C-a.eml"),
            ("", "message.eml"),
            ("  ", "message.eml"),
            ("?", "message.eml"),
        ] {
            assert_eq!(name_of_message(subject, 255), expected);
        }
    }
}
