//! Sending a draft: `POST …/email/send`. It is frozen and queued in one transaction.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/email/send/index.htm`.

use mail::addresses::{self, Address};
use mail::compose::{self, Part};
use store::rows::blobs::Blob;
use store::rows::email::{self as rows, Attachment};
use store::rows::incoming;
use store::rows::interactions::{self, Interaction};
use store::rows::outbox::{self, Recipient};
use store::rows::people;
use store::{Conn, Tx};

use super::content::{Body, Person, Recipients, bodies_of};
use super::intake::hash_of;
use super::{Draft, addresses as addresses_of, attachments};
use crate::caller::Caller;
use crate::desk::{At, Desk};
use crate::ids::InteractionId;
use crate::interactions::end;
use crate::journal::Change;
use crate::language::Language;
use crate::refusal::Refusal;

/// A message as it goes out: fixed when it is sent, and built from the same rows whenever it is delivered.
#[derive(Debug)]
pub struct Outgoing {
    /// The message without its parts' bytes.
    pub message: compose::Message,
    /// Where the bytes of its parts are, in the same order.
    pub bytes: Vec<Blob>,
}

/// Reads the message that an email is, or becomes.
///
/// # Errors
/// [`Refusal::NoMailbox`] if it is gone.
pub fn outgoing(
    conn: &mut Conn,
    interaction: &Interaction,
    message_id: String,
    dated_at: i64,
) -> Result<Outgoing, Refusal> {
    let content = rows::content(conn, interaction.id)?
        .ok_or_else(|| Refusal::internal("an email without content"))?;
    let mailbox = match interaction.mailbox_id {
        Some(id) => people::mailbox(conn, id)?,
        None => None,
    };
    let mailbox = mailbox.ok_or(Refusal::NoMailbox)?;
    let recipients = Recipients::of_row(&content)?;
    let bodies = bodies_of(&content, Language::English)?;
    let (files, bytes): (Vec<Attachment>, Vec<Blob>) =
        rows::attachments_with_bytes(conn, interaction.id)?
            .into_iter()
            .unzip();
    let (in_reply_to, references) = match incoming::thread(conn, interaction.id)? {
        Some(thread) => (
            thread.in_reply_to,
            serde_json::from_str(&thread.thread).map_err(Refusal::internal)?,
        ),
        None => (None, Vec::new()),
    };
    let message = compose::Message {
        message_id,
        date: dated_at,
        from: Address::new(mailbox.display_name, mailbox.address),
        reply_to: to_addresses(recipients.reply_to),
        to: to_addresses(recipients.to),
        cc: to_addresses(recipients.cc),
        subject: content.subject,
        in_reply_to,
        references,
        text: joined(&bodies, false),
        html: joined(&bodies, true),
        parts: files.iter().map(part).collect(),
    };
    Ok(Outgoing { message, bytes })
}

fn part(file: &Attachment) -> Part {
    Part {
        name: attachments::name_of(file).to_string(),
        media_type: file.media_type.clone(),
        content_id: file.content_id.clone(),
        size: u64::try_from(file.size).unwrap_or_default(),
    }
}

fn to_addresses(people: Vec<Person>) -> Vec<Address> {
    people
        .into_iter()
        .map(|person| Address {
            display_name: person.display_name,
            address: person.address,
        })
        .collect()
}

/// The bodies of one form; none if there is none.
fn joined(bodies: &[Body], html: bool) -> Option<String> {
    let texts: Vec<&str> = bodies
        .iter()
        .filter(|body| body.html == html)
        .map(|body| body.text.as_str())
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// Everybody who gets the message has an address that mail can go to.
pub(super) fn check_recipients(recipients: &Recipients) -> Result<(), Refusal> {
    if recipients.receivers().next().is_none() {
        return Err(Refusal::NoRecipients);
    }
    for person in recipients.receivers().chain(&recipients.reply_to) {
        let good = person.address.as_deref().is_some_and(addresses::is_valid);
        if !good {
            let name = person.address.as_ref().unwrap_or(&person.display_name);
            return Err(Refusal::InvalidRecipient(name.clone()));
        }
    }
    Ok(())
}

/// What was worked out of a draft before it is frozen.
pub(super) struct Prepared {
    revision: i64,
    size: u64,
}

/// Works out how large the message will be, without holding up the writer.
pub(super) fn prepare(
    conn: &mut Conn,
    caller: &Caller,
    id: InteractionId,
    message_id: &str,
    limit: Option<u64>,
    at: &At,
) -> Result<Prepared, Refusal> {
    let Draft(interaction) = Draft::obtain(conn, caller, id)?;
    let content =
        rows::content(conn, id.0)?.ok_or_else(|| Refusal::internal("an email without content"))?;
    check_recipients(&Recipients::of_row(&content)?)?;
    let outgoing = outgoing(conn, &interaction, message_id.to_owned(), at.now)?;
    if outgoing.bytes.iter().any(|bytes| bytes.gone) {
        return Err(Refusal::FileGone);
    }
    let size = outgoing.message.layout().map_err(Refusal::internal)?.size();
    if let Some(limit) = limit.filter(|limit| size > *limit) {
        return Err(Refusal::MessageTooLarge { limit, size });
    }
    Ok(Prepared {
        revision: interaction.revision,
        size,
    })
}

/// Freezes the draft and queues it; false if it changed since it was looked at.
pub(super) fn freeze(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    prepared: &Prepared,
    message_id: &str,
    dated_at: i64,
    at: &At,
) -> Result<bool, Refusal> {
    let Draft(mut interaction) = Draft::obtain(tx.read(), caller, id)?;
    if interaction.revision != prepared.revision {
        return Ok(false);
    }
    let content = rows::content(tx.read(), id.0)?
        .ok_or_else(|| Refusal::internal("an email without content"))?;
    let recipients = Recipients::of_row(&content)?;
    let message = outbox::Message {
        interaction_id: id.0,
        message_id: message_id.to_owned(),
        dated_at,
        size: i64::try_from(prepared.size).map_err(Refusal::internal)?,
    };
    outbox::add(tx, &message, &envelope(id, &recipients, at.now))?;
    incoming::add_message_id(tx, &hash_of(message_id), id.0)?;
    for person in recipients.receivers() {
        addresses_of::remember(tx, person)?;
    }
    end(tx, &mut interaction, at, Some(at.now))?;
    Change::Outbox.record(tx);
    Ok(true)
}

/// One row for each recipient; one who stands in the lists twice gets the message once.
fn envelope(id: InteractionId, recipients: &Recipients, now: i64) -> Vec<Recipient> {
    let kinds = [
        (0, &recipients.to),
        (1, &recipients.cc),
        (2, &recipients.bcc),
    ];
    let mut seen = std::collections::HashSet::new();
    let mut rows = Vec::new();
    for (kind, person) in kinds
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |person| (kind, person)))
    {
        let Some(address) = person.address.clone() else {
            continue;
        };
        if !seen.insert(crate::people::fold(&address)) {
            continue;
        }
        rows.push(Recipient {
            interaction_id: id.0,
            number: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            kind,
            display_name: person.display_name.clone(),
            address,
            state: 0,
            attempts: 0,
            next_at: now,
            leased_by: None,
            last_error: None,
        });
    }
    rows
}

impl Desk {
    /// Sends a draft as it was last saved. What it resolves to `Ok` for will be delivered, or its failure shown.
    ///
    /// # Errors
    /// Those of [`Draft::obtain`](super::Draft::obtain); [`Refusal::NoRecipients`]; [`Refusal::InvalidRecipient`]; [`Refusal::NoMailbox`];
    /// [`Refusal::FileGone`]; [`Refusal::MessageTooLarge`] for the relay.
    pub async fn send_email(&self, caller: &Caller, id: InteractionId) -> Result<(), Refusal> {
        let message_id = mail::names::message_id(&self.rules().domain);
        loop {
            let (reader, name) = (caller.clone(), message_id.clone());
            let limit = self.message_limit();
            let (prepared, dated_at) = self
                .read(move |conn, at| {
                    let prepared = prepare(conn, &reader, id, &name, limit, at)?;
                    Ok((prepared, at.now))
                })
                .await?;
            let (caller, name) = (caller.clone(), message_id.clone());
            if self
                .write(move |tx, at| freeze(tx, &caller, id, &prepared, &name, dated_at, at))
                .await?
            {
                return Ok(());
            }
        }
    }

    /// The message that was sent from an interaction, to be delivered.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn sent_message(&self, id: InteractionId) -> Result<Outgoing, Refusal> {
        self.read(move |conn, _| {
            let missing = || Refusal::internal("a queued message without its interaction");
            let interaction = interactions::interaction(conn, id.0)?.ok_or_else(missing)?;
            let queued = outbox::message(conn, id.0)?.ok_or_else(missing)?;
            outgoing(conn, &interaction, queued.message_id, queued.dated_at)
        })
        .await
    }
}
