//! What is attached to mail that came in.

use store::Tx;
use store::rows::incoming::{self, AttachedFile, AttachedMessage};
use store::rows::interactions::{self as interaction_rows, Interaction};

use super::plan::{Plan, PlannedFile};
use super::{Blob, received_at};
use crate::desk::At;
use crate::email::attachments::{self, NewAttachment};
use crate::email::draft;
use crate::email::messages::Kept;
use crate::refusal::Refusal;

/// Attaches the files of mail to its interaction, and the messages attached to it with theirs.
pub(super) fn add_files(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    plan: &Plan,
    kept: &[Blob],
    at: &At,
) -> Result<(), Refusal> {
    let new = |file: &'_ PlannedFile| (kept[file.piece].id, kept[file.piece].size);
    let attached: Vec<NewAttachment<'_>> = plan
        .files
        .iter()
        .map(|file| {
            let (blob_id, size) = new(file);
            NewAttachment {
                name: &file.name,
                media_type: &file.media_type,
                blob_id,
                size,
                content_id: file.content_id.as_deref(),
            }
        })
        .collect();
    attachments::add_all(tx, interaction, &attached, at)?;
    let mut numbers = Vec::with_capacity(plan.messages.len());
    for message in &plan.messages {
        let number = interaction.next_attachment;
        interaction.next_attachment += 1;
        numbers.push(number);
        if message.inside.is_none() {
            interaction.attachment_count += 1;
        }
        let row = AttachedMessage {
            interaction_id: interaction.id,
            number,
            inside: message.inside.map(|inside| numbers[inside]),
            subject: message.subject.clone(),
            content: draft::to_json(&Kept {
                recipients: message.recipients.clone(),
                bodies: message.bodies.clone(),
                dated_at: message.dated_at.unwrap_or_else(|| received_at(plan, at)),
            })?,
            blob_id: message.piece.map(|piece| kept[piece].id),
            size: message.piece.map_or(0, |piece| kept[piece].size),
        };
        incoming::add_message(tx, &row)?;
        for file in &message.files {
            let (blob_id, size) = new(file);
            let row = AttachedFile {
                interaction_id: interaction.id,
                number: interaction.next_attachment,
                message: number,
                name: file.name.clone(),
                blob_id,
                size,
                media_type: file.media_type.clone(),
                content_id: file.content_id.clone(),
            };
            incoming::add_file(tx, &row)?;
            interaction.next_attachment += 1;
        }
    }
    interaction_rows::set_attachments(tx, interaction)?;
    Ok(())
}
