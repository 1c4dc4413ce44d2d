//! Mail that comes in: it is read, its source and its parts are kept, and it waits in its workgroup's queue.
//!
//! The bytes come first: when the transaction that makes the interaction begins, they are all on disk. Mail that was taken in before is
//! found by what all its copies have in common (its Message-ID, author, date, subject and body; by its source, where it has no Message-ID) and
//! changes nothing. What cannot be taken apart is an interaction all the same, with its source attached.

mod files;
mod identity;
mod plan;

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use mail::addresses::Address;
use mail::parse::{Incoming, parse, parse_headers};
use store::rows::blobs;
use store::rows::email::{self as rows, Content};
use store::rows::incoming::{self, Thread};
use store::rows::interactions::{self as interaction_rows, Interaction, NewInteraction};
use store::rows::people;
use store::{Conn, Tx, Written};

use self::files::add_files;
use self::identity::Identity;
use self::plan::Plan;
use super::content::{Person, Recipients};
use super::note::Note;
use super::{addresses, draft};
use crate::bytes::may_be_referred_to;
use crate::desk::{At, Desk};
use crate::ids::InteractionId;
use crate::interactions::{EMAIL, INBOUND, OFFERING, put_in_workgroup_queue};
use crate::language::Language;
use crate::people::fold;
use crate::refusal::Refusal;

/// How many parts are written at once: a disk syncs several in the time of one.
const AT_ONCE: usize = 32;

/// What became of mail that was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// The interaction that it is; none where it was only looked at and is not there yet.
    pub interaction: Option<InteractionId>,
    /// Whether it was there before.
    pub was_there: bool,
    /// Its subject.
    pub subject: String,
    /// How many files and messages are attached to it.
    pub parts: usize,
    /// Why it could not be taken apart, if that is so.
    pub problem: Option<String>,
}

/// Mail that was read.
struct Read {
    incoming: Incoming,
    problem: Option<Note>,
    identity: Identity,
}

/// By what a Message-ID is found.
pub(super) fn hash_of(message_id: &str) -> [u8; 32] {
    *blake3::hash(message_id.as_bytes()).as_bytes()
}

fn read(raw: &[u8], most_parts: usize) -> (Incoming, Option<Note>, Identity) {
    let (incoming, problem) = match parse(raw, most_parts) {
        Ok(incoming) => (incoming, None),
        Err(problem) => (parse_headers(raw), Some(problem.into())),
    };
    let identity = Identity::of(raw, incoming.message_id.as_deref());
    (incoming, problem, identity)
}

impl Desk {
    /// Takes a message in, for the workgroup of this number.
    ///
    /// # Errors
    /// [`Refusal::Internal`], and [`Refusal::BytesUnavailable`] where the store of bytes fails; then nothing was taken in.
    pub async fn take_in_mail(&self, workgroup: i64, raw: Vec<u8>) -> Result<TakenIn, Refusal> {
        let raw = Arc::new(raw);
        let read = self.read_mail(Arc::clone(&raw)).await?;
        let mut taken = self.look_up(workgroup, &read).await?;
        if taken.was_there {
            return Ok(taken);
        }
        let (plan, pieces) = plan::make(read.incoming, read.problem, &raw, self.rules());
        drop(raw);
        let written = self.write_pieces(pieces).await?;
        let places: Vec<String> = written.iter().map(|piece| piece.place.clone()).collect();
        let identity = read.identity.own;
        let done = self
            .write(move |tx, at| take_in(tx, workgroup, &identity, &plan, &written, at))
            .await;
        let unneeded = match &done {
            Ok((_, unneeded)) => unneeded.clone(),
            Err(refusal) if may_be_referred_to(refusal) => Vec::new(),
            Err(_) => (0..places.len()).collect(),
        };
        for piece in unneeded {
            self.discard(&places[piece]).await;
        }
        let (outcome, _) = done?;
        taken.was_there = outcome.was_there;
        taken.interaction = Some(outcome.interaction);
        Ok(taken)
    }

    /// Says what would become of a message, and changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Internal`], and [`Refusal::BytesUnavailable`] where the store of bytes fails.
    pub async fn look_at_mail(&self, workgroup: i64, raw: Vec<u8>) -> Result<TakenIn, Refusal> {
        let read = self.read_mail(Arc::new(raw)).await?;
        self.look_up(workgroup, &read).await
    }

    /// Reads a message on a thread where it holds up nobody. A failure of the reader is a message that cannot be taken apart.
    async fn read_mail(&self, raw: Arc<Vec<u8>>) -> Result<Read, Refusal> {
        let most = usize::try_from(self.rules().limits.attachments).unwrap_or(usize::MAX);
        let source = Arc::clone(&raw);
        let reading = tokio::task::spawn_blocking(move || read(&source, most));
        let (incoming, problem, identity) = match reading.await {
            Ok(read) => read,
            Err(error) if error.is_panic() => {
                let identity = Identity::of(&raw, None);
                let problem = Some(Note::Failed);
                (Incoming::default(), problem, identity)
            }
            Err(error) => return Err(Refusal::internal(error)),
        };
        Ok(Read {
            incoming,
            problem,
            identity,
        })
    }

    async fn look_up(&self, workgroup: i64, read: &Read) -> Result<TakenIn, Refusal> {
        let id = read.incoming.message_id.as_deref();
        let same = self.same_mail(workgroup, &read.identity, id).await?;
        Ok(TakenIn {
            interaction: same.map(InteractionId),
            was_there: same.is_some(),
            subject: read.incoming.subject.clone(),
            parts: read.incoming.files.len() + read.incoming.messages.len(),
            problem: read.problem.map(|note| note.reason(Language::English)),
        })
    }

    async fn write_pieces(&self, pieces: Vec<Vec<u8>>) -> Result<Vec<Written>, Refusal> {
        let write = async |piece: Vec<u8>| {
            let mut blob = self.blobs().begin().await?;
            blob.write(&piece).await?;
            Ok::<_, Refusal>(blob.finish().await?)
        };
        // What was written before a failure is swept up.
        stream::iter(pieces)
            .map(write)
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }
}

/// What became of mail in the transaction that was to take it in.
struct Outcome {
    interaction: InteractionId,
    was_there: bool,
}

/// Makes the interaction; gives the pieces whose bytes were there before, too.
fn take_in(
    tx: &mut Tx<'_>,
    workgroup: i64,
    identity: &[u8],
    plan: &Plan,
    written: &[Written],
    at: &At,
) -> Result<(Outcome, Vec<usize>), Refusal> {
    if let Some(same) = incoming::same(tx.read(), workgroup, identity)? {
        let outcome = Outcome {
            interaction: InteractionId(same),
            was_there: true,
        };
        return Ok((outcome, (0..written.len()).collect()));
    }
    let mut unneeded = Vec::new();
    let mut kept = Vec::with_capacity(written.len());
    for (number, piece) in written.iter().enumerate() {
        let blob = blobs::keep(tx, piece, at.now)?;
        if blob.duplicate {
            unneeded.push(number);
        }
        kept.push(Blob {
            id: blob.id,
            size: i64::try_from(piece.size).map_err(Refusal::internal)?,
        });
    }
    let interaction = add(tx, workgroup, plan, &kept, at)?;
    let mail = incoming::Incoming {
        interaction_id: interaction.id,
        workgroup_id: workgroup,
        identity: identity.to_vec(),
        blob_id: kept[plan.source].id,
        received_at: received_at(plan, at),
        importance: plan.importance,
    };
    incoming::add(tx, &mail)?;
    let outcome = Outcome {
        interaction: InteractionId(interaction.id),
        was_there: false,
    };
    Ok((outcome, unneeded))
}

/// A blob that a piece is kept as.
struct Blob {
    id: i64,
    size: i64,
}

/// When it came, as the last server on its way or else its author says, if that was not in the future.
fn received_at(plan: &Plan, at: &At) -> i64 {
    let said = plan.received.or(plan.date);
    said.filter(|time| *time <= at.now).unwrap_or(at.now)
}

fn add(
    tx: &mut Tx<'_>,
    workgroup: i64,
    plan: &Plan,
    kept: &[Blob],
    at: &At,
) -> Result<Interaction, Refusal> {
    let new = NewInteraction {
        kind: EMAIL,
        direction: INBOUND,
        state: OFFERING,
        user_id: None,
        workgroup_id: None,
        mailbox_id: mailbox(tx.read(), workgroup, plan)?,
        parent_id: None,
        email_type: 0,
        edited: false,
        created_at: at.now,
        revision: 0,
        next_attachment: 1,
        attachment_count: 0,
        attachment_bytes: 0,
        has_free_names: false,
    };
    let id = interaction_rows::add(tx, &new)?;
    let mut interaction = interaction_rows::interaction(tx.read(), id)?
        .ok_or_else(|| Refusal::internal("an interaction that was just added is not there"))?;
    let content = Content {
        interaction_id: id,
        conversation_id: conversation(tx.read(), plan, at)?,
        subject: plan.subject.clone(),
        recipients: draft::to_json(&plan.recipients)?,
        bodies: draft::to_json(&plan.bodies)?,
    };
    rows::add_content(tx, &content)?;
    add_thread(tx, id, plan)?;
    add_files(tx, &mut interaction, plan, kept, at)?;
    if let Some(from) = &plan.recipients.from {
        addresses::remember(tx, from)?;
    }
    put_in_workgroup_queue(tx, &mut interaction, workgroup, at)?;
    Ok(interaction)
}

/// The workgroup's mailbox that it was written to, else the first by which mail comes in to it.
fn mailbox(conn: &mut Conn, workgroup: i64, plan: &Plan) -> Result<Option<i64>, Refusal> {
    let mailboxes: Vec<_> = people::mailboxes_of_workgroups(conn, &[workgroup])?
        .into_iter()
        .filter(|mailbox| mailbox.receives)
        .collect();
    let addressed: Vec<String> = plan
        .delivered_to
        .iter()
        .cloned()
        .chain(
            plan.recipients
                .receivers()
                .filter_map(|person| person.address.clone()),
        )
        .map(|address| fold(&address))
        .collect();
    let meant = mailboxes
        .iter()
        .find(|mailbox| addressed.contains(&fold(&mailbox.address)));
    Ok(meant.or(mailboxes.first()).map(|mailbox| mailbox.id))
}

/// The conversation it belongs to: that of the latest mail of its thread that is known here, else one of its own by the first of its thread.
fn conversation(conn: &mut Conn, plan: &Plan, at: &At) -> Result<String, Refusal> {
    let before = plan.in_reply_to.iter().chain(plan.thread.iter().rev());
    for id in before {
        if let Some(known) = incoming::conversation_of(conn, &hash_of(id))? {
            return Ok(known);
        }
    }
    let first = plan.thread.first().or(plan.in_reply_to.first());
    Ok(match first.or(plan.message_id.as_ref()) {
        Some(id) => id.clone(),
        None => mail::names::message_id(&at.rules.domain),
    })
}

fn add_thread(tx: &mut Tx<'_>, id: i64, plan: &Plan) -> Result<(), Refusal> {
    if let Some(own) = &plan.message_id {
        incoming::add_message_id(tx, &hash_of(own), id)?;
    }
    let thread = if plan.thread.is_empty() {
        &plan.in_reply_to
    } else {
        &plan.thread
    };
    let row = Thread {
        interaction_id: id,
        message_id: plan.message_id.clone(),
        in_reply_to: plan.in_reply_to.first().cloned(),
        thread: draft::to_json(thread)?,
    };
    Ok(incoming::add_thread(tx, &row)?)
}

impl From<Address> for Person {
    fn from(address: Address) -> Self {
        Self {
            display_name: address.display_name,
            address: address.address,
        }
    }
}

/// The people that a message names.
fn recipients(incoming: &mut Incoming) -> Recipients {
    let people =
        |list: &mut Vec<Address>| std::mem::take(list).into_iter().map(Person::from).collect();
    Recipients {
        from: Some(std::mem::take(&mut incoming.from).into()),
        to: people(&mut incoming.to),
        cc: people(&mut incoming.cc),
        bcc: people(&mut incoming.bcc),
        reply_to: people(&mut incoming.reply_to),
    }
}
