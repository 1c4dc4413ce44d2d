//! Making drafts and saving them.
//!
//! ICWS: `icws/(sessionId)/interactions/index.htm`, `icws/(sessionId)/interactions/(interactionId)/email/save/index.htm`.

use std::collections::BTreeMap;

use icws::email::EmailContent;
use store::rows::email::{self as rows, Content};
use store::rows::interactions::{self as interaction_rows, Interaction};
use store::rows::people::{self, Mailbox};
use store::{Conn, Tx};

use super::Draft;
use super::content::{Body, Person, Recipients};
use crate::caller::Caller;
use crate::desk::At;
use crate::ids::InteractionId;
use crate::interactions::attributes;
use crate::interactions::{CONNECTED, EMAIL, OUTBOUND, queues, record};
use crate::journal::{Change, InteractionChange, Members, Queues};
use crate::people::fold;
use crate::refusal::Refusal;

/// `emailType` New.
const NEW: i16 = 1;

/// Makes a draft: `POST interactions` with `createEmailParameters`. It stands in the caller's queue and goes out by the mailbox of the
/// workgroup that is named, else by the caller's own, else by that of the one workgroup he belongs to that can send.
///
/// # Errors
/// [`Refusal::WorkgroupDenied`] if it is none of the caller's, [`Refusal::NoMailbox`] if there is none to choose or more than one,
/// [`Refusal::SenderDenied`] of another address, [`Refusal::InvalidProperty`], [`Refusal::SubjectTooLong`], [`Refusal::TooManyRecipients`].
pub fn create(
    tx: &mut Tx<'_>,
    caller: &Caller,
    content: &EmailContent,
    workgroup: Option<&str>,
    additional: &BTreeMap<String, String>,
    at: &At,
) -> Result<InteractionId, Refusal> {
    let mailbox = outgoing_mailbox(tx.read(), caller, workgroup)?;
    create_by(tx, caller, mailbox, content, additional, at)
}

/// Makes a draft that goes out by a mailbox, or by the other one that its sender names.
pub(super) fn create_by(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mailbox: Mailbox,
    content: &EmailContent,
    additional: &BTreeMap<String, String>,
    at: &At,
) -> Result<InteractionId, Refusal> {
    let mailbox = choose_mailbox(tx.read(), caller, mailbox, content)?;
    let fields = Fields::read(content, at)?;
    attributes::check_initial(additional)?;
    let beginning = Beginning {
        email_type: NEW,
        parent: None,
        conversation: mail::names::message_id(&at.rules.domain),
    };
    let interaction = begin(tx, caller, &mailbox, &fields, beginning, at)?;
    attributes::set_initial(tx, interaction.id, additional)?;
    record_new(tx, &interaction);
    Ok(InteractionId(interaction.id))
}

/// How a draft begins.
pub(super) struct Beginning {
    /// The contract's `emailType`.
    pub email_type: i16,
    /// The interaction it answers.
    pub parent: Option<i64>,
    /// The thread it belongs to.
    pub conversation: String,
}

/// Adds a draft with its content to the caller's queue.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mailbox: &Mailbox,
    fields: &Fields,
    beginning: Beginning,
    at: &At,
) -> Result<Interaction, Refusal> {
    let new = interaction_rows::NewInteraction {
        kind: EMAIL,
        direction: OUTBOUND,
        state: CONNECTED,
        user_id: Some(caller.user.0),
        workgroup_id: mailbox.workgroup_id,
        mailbox_id: Some(mailbox.id),
        parent_id: beginning.parent,
        email_type: beginning.email_type,
        edited: false,
        created_at: at.now,
        revision: 0,
        next_attachment: 1,
        attachment_count: 0,
        attachment_bytes: 0,
        has_free_names: false,
    };
    let id = interaction_rows::add(tx, &new)?;
    let mut row = Content {
        interaction_id: id,
        conversation_id: beginning.conversation,
        subject: String::new(),
        recipients: to_json(&Recipients::default())?,
        bodies: "[]".to_owned(),
    };
    fields.put(&mut row)?;
    rows::add_content(tx, &row)?;
    interaction_rows::interaction(tx.read(), id)?
        .ok_or_else(|| Refusal::internal("an interaction that was just added is not there"))
}

/// Records that a draft has come into its queues.
pub(super) fn record_new(tx: &mut Tx<'_>, interaction: &Interaction) {
    let change = InteractionChange {
        id: interaction.id,
        members: Members::default(),
        attributes: Vec::new(),
        queues: queues(interaction),
        before: Some(Queues::default()),
    };
    Change::Interaction(change).record(tx);
}

/// Saves a draft: `POST …/email/save`. What is absent stays as it is, an empty list clears; attachments are not touched.
///
/// # Errors
/// Those of [`Draft::obtain`]; [`Refusal::SenderDenied`] of an address that is not the caller's; [`Refusal::InvalidProperty`];
/// [`Refusal::SubjectTooLong`]; [`Refusal::TooManyRecipients`].
pub fn save(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    content: &EmailContent,
    at: &At,
) -> Result<(), Refusal> {
    let Draft(interaction) = Draft::obtain(tx.read(), caller, id)?;
    let mailbox = match interaction.mailbox_id {
        Some(mailbox) => people::mailbox(tx.read(), mailbox)?,
        None => None,
    };
    let mailbox = choose_mailbox(
        tx.read(),
        caller,
        mailbox.ok_or(Refusal::NoMailbox)?,
        content,
    )?;
    let fields = Fields::read(content, at)?;
    let mut row = rows::content(tx.read(), id.0)?
        .ok_or_else(|| Refusal::internal("an email without content"))?;
    let before = row.clone();
    fields.put(&mut row)?;
    check_count(
        Recipients::of_row(&row)?.count() as u64,
        at.rules.limits.recipients,
    )?;
    rows::set_content(tx, &row)?;
    interaction_rows::set_edited(tx, id.0, Some(mailbox.id))?;
    let members = Members::CONTENT
        .and(Members::EDITED)
        .and(Members::MAILBOX)
        .and(Members::UNUSED);
    let changed = attributes::differences_of_content(&before, &row)?;
    record(tx, &interaction, members, &changed);
    Ok(())
}

/// The mailbox that a new email goes out by.
pub(super) fn outgoing_mailbox(
    conn: &mut Conn,
    caller: &Caller,
    workgroup: Option<&str>,
) -> Result<Mailbox, Refusal> {
    let sends = |mailbox: &Mailbox| mailbox.sends;
    if let Some(name) = workgroup {
        let denied = || Refusal::WorkgroupDenied(name.to_owned());
        let group = people::workgroup_by_name(conn, &fold(name))?.ok_or_else(denied)?;
        if !caller.rights.is_member(group.id) {
            return Err(denied());
        }
        return people::mailboxes_of_workgroups(conn, &[group.id])?
            .into_iter()
            .find(sends)
            .ok_or(Refusal::NoMailbox);
    }
    if let Some(own) = people::mailboxes_of_user(conn, caller.user.0)?
        .into_iter()
        .find(sends)
    {
        return Ok(own);
    }
    let of_groups = people::mailboxes_of_workgroups(conn, &caller.rights.workgroups())?;
    let mut sending = of_groups.into_iter().filter(sends);
    let first = sending.next().ok_or(Refusal::NoMailbox)?;
    // A workgroup may have more than one mailbox; another workgroup makes it a choice that is the caller's.
    if sending.any(|other| other.workgroup_id != first.workgroup_id) {
        return Err(Refusal::NoMailbox);
    }
    Ok(first)
}

/// The mailbox that the content's sender names: `mailbox`, or another that the caller may send from.
pub(super) fn choose_mailbox(
    conn: &mut Conn,
    caller: &Caller,
    mailbox: Mailbox,
    content: &EmailContent,
) -> Result<Mailbox, Refusal> {
    let Some(address) = content
        .sender
        .address
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    else {
        return Ok(mailbox);
    };
    if fold(&mailbox.address) == fold(address) {
        return Ok(mailbox);
    }
    let mut permitted = people::mailboxes_of_user(conn, caller.user.0)?;
    permitted.extend(people::mailboxes_of_workgroups(
        conn,
        &caller.rights.workgroups(),
    )?);
    permitted
        .into_iter()
        .find(|other| other.sends && fold(&other.address) == fold(address))
        .ok_or_else(|| Refusal::SenderDenied(address.to_owned()))
}

/// What a client sent of a content, checked.
pub(super) struct Fields {
    pub subject: Option<String>,
    pub to: Option<Vec<Person>>,
    pub cc: Option<Vec<Person>>,
    pub bcc: Option<Vec<Person>>,
    pub reply_to: Option<Vec<Person>>,
    pub bodies: Option<Vec<Body>>,
}

impl Fields {
    pub(super) fn read(content: &EmailContent, at: &At) -> Result<Self, Refusal> {
        let limits = &at.rules.limits;
        if let Some(subject) = &content.subject {
            let length = subject.chars().count() as u64;
            if length > limits.subject {
                return Err(Refusal::SubjectTooLong {
                    limit: limits.subject,
                    length,
                });
            }
            if subject.contains(['\r', '\n', '\0']) {
                return Err(Refusal::invalid(
                    "emailContent.subject",
                    "a subject is one line",
                ));
            }
        }
        let people = |list: &Option<Vec<icws::email::EmailAddress>>| {
            list.as_ref()
                .map(|list| list.iter().map(Person::from).collect::<Vec<_>>())
        };
        let fields = Self {
            subject: content.subject.clone(),
            to: people(&content.to_recipients),
            cc: people(&content.cc_recipients),
            bcc: people(&content.bcc_recipients),
            reply_to: people(&content.reply_to_recipients),
            bodies: content
                .bodies
                .as_ref()
                .map(|bodies| bodies.iter().map(Body::from).collect()),
        };
        fields.check_count(at)?;
        for (property, list) in fields.lists() {
            list.map_or(Ok(()), |list| check_people(property, list))?;
        }
        Ok(fields)
    }

    /// Whether there are no more recipients than there may be.
    pub(super) fn check_count(&self, at: &At) -> Result<(), Refusal> {
        let lists = self.lists();
        let count = lists.iter().map(|(_, list)| list.map_or(0, Vec::len));
        check_count(count.sum::<usize>() as u64, at.rules.limits.recipients)
    }

    /// Those who get it, as far as they were named, as they are compared.
    pub(super) fn named(&self) -> impl Iterator<Item = String> {
        let lists = [&self.to, &self.cc, &self.bcc];
        lists
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|person| person.address.as_deref().map(fold))
    }

    fn lists(&self) -> [(&'static str, Option<&Vec<Person>>); 4] {
        [
            ("toRecipients", self.to.as_ref()),
            ("ccRecipients", self.cc.as_ref()),
            ("bccRecipients", self.bcc.as_ref()),
            ("replyToRecipients", self.reply_to.as_ref()),
        ]
    }

    /// Puts what was sent over what is there.
    fn put(&self, row: &mut Content) -> Result<(), Refusal> {
        if let Some(subject) = &self.subject {
            row.subject.clone_from(subject);
        }
        let mut recipients = Recipients::of_row(row)?;
        let put = |to: &mut Vec<Person>, from: &Option<Vec<Person>>| {
            if let Some(list) = from {
                to.clone_from(list);
            }
        };
        put(&mut recipients.to, &self.to);
        put(&mut recipients.cc, &self.cc);
        put(&mut recipients.bcc, &self.bcc);
        put(&mut recipients.reply_to, &self.reply_to);
        row.recipients = to_json(&recipients)?;
        if let Some(bodies) = &self.bodies {
            row.bodies = to_json(bodies)?;
        }
        Ok(())
    }
}

fn check_count(count: u64, limit: u64) -> Result<(), Refusal> {
    if count > limit {
        Err(Refusal::TooManyRecipients { limit, count })
    } else {
        Ok(())
    }
}

/// Names and addresses are lines of a header one day: no control characters. Whether mail can go to an address is asked on sending.
fn check_people(property: &str, list: &[Person]) -> Result<(), Refusal> {
    const LONGEST: usize = 1_000;
    for (index, person) in list.iter().enumerate() {
        let place = |member: &str| format!("emailContent.{property}[{index}].{member}");
        let bad = |text: &str| text.len() > LONGEST || text.chars().any(char::is_control);
        if bad(&person.display_name) {
            return Err(Refusal::invalid(
                place("displayName"),
                "a name is one line of at most 1,000 bytes",
            ));
        }
        if person.address.as_deref().is_some_and(bad) {
            return Err(Refusal::invalid(
                place("address"),
                "an address is one line of at most 1,000 bytes",
            ));
        }
    }
    Ok(())
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(Refusal::internal)
}
