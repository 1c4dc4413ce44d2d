//! The attachments of an email: their numbers, names and addresses.
//!
//! An attachment is known by its interaction and its number in it; numbers grow in the order of commit and are never used again.
//! Its name is unique in the draft: what is called like another one gets ` (2)`, ` (3)` … (the smallest that is free). To find that
//! in the same time however many there are, a name is kept as its family and an ordinal ([`AttachmentName`]), and below the
//! highest ordinal of a family the free ones are kept as ranges.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/email/attachments/`.

use mail::names::AttachmentName;
use store::rows::blobs::Blob;
use store::rows::email::{self as rows, Attachment};
use store::rows::incoming;
use store::rows::interactions::{self, Interaction};
use store::{Conn, Tx};

use super::{Draft, upload};
use crate::caller::Caller;
use crate::desk::At;
use crate::ids::{InteractionId, digits};
use crate::interactions::attributes::OF_ATTACHMENTS;
use crate::interactions::{Readable, record};
use crate::journal::Members;
use crate::refusal::Refusal;

/// What is to be attached.
#[derive(Debug, Clone, Copy)]
pub struct NewAttachment<'a> {
    /// What it would be called if nothing else were.
    pub name: &'a str,
    /// What it is.
    pub media_type: &'a str,
    /// Its bytes.
    pub blob_id: i64,
    /// How many they are.
    pub size: i64,
    /// Its Content-ID, if it is an inline one.
    pub content_id: Option<&'a str>,
}

/// What an attachment is called.
pub fn name_of(attachment: &Attachment) -> AttachmentName {
    AttachmentName {
        wanted: attachment.wanted.clone(),
        ordinal: u32::try_from(attachment.ordinal).unwrap_or(1),
    }
}

/// Where the bytes of an attachment are read: the same for as long as it lives.
pub fn download_uri(caller: &Caller, interaction: InteractionId, number: i64) -> String {
    caller.url(format_args!(
        "/interactions/{interaction}/email/attachments/file/{number}"
    ))
}

/// The number in a `downloadUri` of this interaction, whatever the server's path is prefixed with.
pub fn number_in_uri(uri: &str, interaction: InteractionId) -> Option<i64> {
    let (head, number) = uri.rsplit_once('/')?;
    let place = format!("/interactions/{interaction}/email/attachments/file");
    head.ends_with(&place).then(|| number_of(number)).flatten()
}

/// Reads the number of an attachment; one of any other shape is that of no attachment.
pub fn number_of(text: &str) -> Option<i64> {
    digits(text)
}

/// Attaches something to a draft, within its limits. Costs the same however much the draft holds.
///
/// # Errors
/// [`Refusal::EmailTooLarge`]; [`Refusal::TooManyAttachments`].
pub fn attach(
    tx: &mut Tx<'_>,
    Draft(interaction): &mut Draft,
    new: NewAttachment<'_>,
    at: &At,
) -> Result<(), Refusal> {
    check_limits(interaction, 1, new.size, at)?;
    add(tx, interaction, new, at)?;
    interactions::set_attachments(tx, interaction)?;
    record(
        tx,
        interaction,
        changed_members(new.content_id.is_some()),
        OF_ATTACHMENTS,
    );
    Ok(())
}

/// Attaches several things to an interaction that was just made, whatever they come to.
pub(super) fn add_all(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    all: &[NewAttachment<'_>],
    at: &At,
) -> Result<(), Refusal> {
    for new in all {
        add(tx, interaction, *new, at)?;
    }
    if !all.is_empty() {
        interactions::set_attachments(tx, interaction)?;
    }
    Ok(())
}

/// Whether a draft may have these, too.
pub(super) fn check_all(
    interaction: &Interaction,
    all: &[NewAttachment<'_>],
    at: &At,
) -> Result<(), Refusal> {
    let size = all.iter().map(|new| new.size).sum();
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    check_limits(interaction, count, size, at)
}

/// Adds the row of an attachment, and counts it.
fn add(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    new: NewAttachment<'_>,
    at: &At,
) -> Result<(), Refusal> {
    let FreeName { name, is_next } = free_name(
        tx.read(),
        interaction,
        new.name,
        at.rules.limits.file_name_bytes(),
    )?;
    if !is_next {
        take_name(tx, interaction, &name)?;
    }
    let attachment = Attachment {
        interaction_id: interaction.id,
        number: interaction.next_attachment,
        ordinal: to_row(name.ordinal),
        wanted: name.wanted,
        blob_id: new.blob_id,
        size: new.size,
        media_type: new.media_type.to_owned(),
        content_id: new.content_id.map(str::to_owned),
    };
    rows::add_attachment(tx, &attachment)?;
    interaction.next_attachment += 1;
    interaction.attachment_count += 1;
    interaction.attachment_bytes += new.size;
    Ok(())
}

fn changed_members(inline: bool) -> Members {
    if inline {
        Members::CONTENT.and(Members::UNUSED)
    } else {
        Members::CONTENT
    }
}

fn check_limits(interaction: &Interaction, count: i64, size: i64, at: &At) -> Result<(), Refusal> {
    let limits = &at.rules.limits;
    let count = u64::try_from(interaction.attachment_count + count).unwrap_or(u64::MAX);
    if count > limits.attachments {
        return Err(Refusal::TooManyAttachments {
            limit: limits.attachments,
            count,
        });
    }
    let total = u64::try_from(interaction.attachment_bytes + size).unwrap_or(u64::MAX);
    if total > limits.attachments_size {
        return Err(Refusal::EmailTooLarge {
            limit: limits.attachments_size,
            size: total,
        });
    }
    Ok(())
}

/// A name that is free in a draft.
struct FreeName {
    name: AttachmentName,
    /// It comes right after the highest ordinal of its family, and nothing below that is free: nothing has to be noted.
    is_next: bool,
}

/// The name that something is to have in this draft: its own, or that with the smallest ordinal that is free.
fn free_name(
    conn: &mut Conn,
    interaction: &Interaction,
    wanted: &str,
    limit: usize,
) -> Result<FreeName, Refusal> {
    let gaps = interaction.has_free_names;
    let own = AttachmentName::parse(wanted);
    let ordinal = to_row(own.ordinal);
    let highest = rows::highest_ordinal(conn, interaction.id, &own.wanted)?.unwrap_or(0);
    if ordinal > highest
        || (gaps && !rows::is_ordinal_taken(conn, interaction.id, &own.wanted, ordinal)?)
    {
        return Ok(FreeName {
            name: own,
            is_next: !gaps && ordinal == highest + 1,
        });
    }
    let family = AttachmentName::next_family(wanted, limit);
    let highest = if family == own.wanted {
        highest
    } else {
        rows::highest_ordinal(conn, interaction.id, &family)?.unwrap_or(0)
    };
    // A range may begin with the ordinal 1, which is the plain name; what is looked for begins with 2.
    let free = if gaps {
        rows::free_range(conn, interaction.id, &family, 2)?
    } else {
        None
    };
    let ordinal = free.map_or(highest.max(1) + 1, |(first, _)| first.max(2));
    let name = AttachmentName {
        wanted: family,
        ordinal: u32::try_from(ordinal).map_err(Refusal::internal)?,
    };
    Ok(FreeName {
        name,
        is_next: !gaps && ordinal == highest + 1,
    })
}

fn to_row(ordinal: u32) -> i32 {
    i32::try_from(ordinal).unwrap_or(i32::MAX)
}

/// Notes that a name is taken, so that the free ones below it are known.
fn take_name(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    name: &AttachmentName,
) -> Result<(), Refusal> {
    let (id, wanted, ordinal) = (interaction.id, &name.wanted, to_row(name.ordinal));
    let taken = rows::highest_ordinal(tx.read(), id, wanted)?.unwrap_or(0);
    let free = rows::highest_free(tx.read(), id, wanted)?.unwrap_or(0);
    let highest = taken.max(free);
    if ordinal > highest + 1 {
        rows::add_free_range(tx, id, wanted, highest + 1, ordinal - 1)?;
        interaction.has_free_names = true;
    } else if ordinal <= highest
        && let Some((first, last)) = rows::free_range(tx.read(), id, wanted, ordinal)?
        && first <= ordinal
    {
        rows::remove_free_range(tx, id, wanted, first)?;
        if first < ordinal {
            rows::add_free_range(tx, id, wanted, first, ordinal - 1)?;
        }
        if ordinal < last {
            rows::add_free_range(tx, id, wanted, ordinal + 1, last)?;
        }
    }
    Ok(())
}

/// Takes an attachment out of a draft: `POST …/email/attachments/file/remove`. Its name is free again, its number is not. It may be named by
/// the address it is read from or by the one it was uploaded to.
///
/// # Errors
/// Those of [`Draft::obtain`]; [`Refusal::AttachmentNotFound`].
pub fn remove(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    file_uri: &str,
) -> Result<(), Refusal> {
    let Draft(mut interaction) = Draft::obtain(tx.read(), caller, id)?;
    let number = match number_in_uri(file_uri, id) {
        Some(number) => Some(number),
        None => upload::number_at(tx.read(), id, file_uri)?,
    };
    let number = number.ok_or(Refusal::AttachmentNotFound)?;
    let Some((attachment, _)) = rows::attachment(tx.read(), id.0, number)? else {
        return Err(Refusal::AttachmentNotFound);
    };
    rows::remove_attachment(tx, id.0, number)?;
    rows::add_free_range(
        tx,
        id.0,
        &attachment.wanted,
        attachment.ordinal,
        attachment.ordinal,
    )?;
    interaction.has_free_names = true;
    interaction.attachment_count -= 1;
    interaction.attachment_bytes -= attachment.size;
    interactions::set_attachments(tx, &interaction)?;
    record(
        tx,
        &interaction,
        changed_members(attachment.content_id.is_some()),
        OF_ATTACHMENTS,
    );
    Ok(())
}

/// A file that can be read.
#[derive(Debug)]
pub struct Stored {
    /// What it is called.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
    /// The place of its bytes.
    pub bytes: Blob,
}

/// A file of an email whose bytes the caller may read: an attachment, or one in a message attached to it; gone where it was removed.
///
/// # Errors
/// Those of [`Readable::obtain`]; [`Refusal::DownloadNotFound`].
pub fn readable(
    conn: &mut Conn,
    caller: &Caller,
    id: InteractionId,
    number: i64,
) -> Result<Stored, Refusal> {
    Readable::obtain(conn, caller, id)?;
    if let Some((attachment, bytes)) = rows::attachment(conn, id.0, number)? {
        return Ok(Stored {
            file_name: name_of(&attachment).to_string(),
            media_type: attachment.media_type,
            bytes,
        });
    }
    let (file, bytes) = incoming::file(conn, id.0, number)?.ok_or(Refusal::DownloadNotFound)?;
    Ok(Stored {
        file_name: file.name,
        media_type: file.media_type,
        bytes,
    })
}
