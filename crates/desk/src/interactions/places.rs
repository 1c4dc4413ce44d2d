//! The queues that an interaction is in: that of the user who has it, and that of the workgroup it belongs to.
//!
//! A workgroup's queue shows what waits in it and what its agents work on. What has ended leaves it at once, and the queue of its
//! user a while later or when it is wrapped up.

use store::Tx;
use store::rows::interactions as rows;
use store::rows::interactions::Interaction;

use super::OFFERING;
use super::attributes::differences;
use crate::desk::{At, Desk};
use crate::journal::{Change, InteractionChange, Members, Queues};
use crate::refusal::Refusal;
use crate::rules::millis;

/// How many interactions leave their queues in one transaction.
const AT_ONCE: i64 = 500;

/// The queues that an interaction is in.
pub fn queues(interaction: &Interaction) -> Queues {
    let user = interaction
        .user_id
        .filter(|_| interaction.left_at.is_none());
    let workgroup = interaction
        .workgroup_id
        .filter(|_| interaction.ended_at.is_none());
    Queues(user, workgroup)
}

/// Puts an interaction into a workgroup's queue, where it waits until somebody picks it up: one that was just added, or one that
/// somebody had. The row given is brought up to date.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn put_in_workgroup_queue(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    workgroup: i64,
    at: &At,
) -> Result<(), Refusal> {
    let before = interaction.clone();
    OFFERING.clone_into(&mut interaction.state);
    interaction.user_id = None;
    interaction.workgroup_id = Some(workgroup);
    interaction.queued_at = Some(at.now);
    moved(tx, &before, interaction)
}

/// Writes down that an interaction has come into the state and the queues that the second row has, and records that.
pub(super) fn moved(
    tx: &mut Tx<'_>,
    before: &Interaction,
    now: &Interaction,
) -> Result<(), Refusal> {
    rows::set_place(tx, now)?;
    record_move(tx, before, now, &[]);
    Ok(())
}

/// Records that an interaction has come from one state into another, and other attributes that changed with that.
pub(super) fn record_move(
    tx: &mut Tx<'_>,
    before: &Interaction,
    now: &Interaction,
    others: &[&'static str],
) {
    let (queues_before, queues) = (queues(before), queues(now));
    let changed = differences(before, now).into_iter();
    let change = InteractionChange {
        id: now.id,
        members: Members::STATE,
        attributes: changed
            .chain(others.iter().copied())
            .map(Into::into)
            .collect(),
        queues,
        before: (queues_before != queues).then_some(queues_before),
    };
    Change::Interaction(change).record(tx);
}

impl Desk {
    /// Takes what ended a while ago out of the queues of its users.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn leave_queues(&self) -> Result<(), Refusal> {
        let kept = millis(self.rules().queue_kept);
        let due = move |conn: &mut store::Conn, now: i64| rows::to_leave(conn, now - kept, AT_ONCE);
        loop {
            // Looked at without holding up the writer, as there is seldom anything.
            let none = self
                .read(move |conn, at| Ok(due(conn, at.now)?.is_empty()))
                .await?;
            if none {
                return Ok(());
            }
            self.write(move |tx, at| {
                for mut interaction in due(tx.read(), at.now)? {
                    let before = interaction.clone();
                    interaction.left_at = Some(at.now);
                    moved(tx, &before, &interaction)?;
                }
                Ok(())
            })
            .await?;
        }
    }
}
