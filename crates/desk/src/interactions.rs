//! Interactions: who may touch one, its attributes, its end.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/`.

pub mod actions;
pub mod alerting;
pub mod attributes;
mod places;

use store::rows::interactions as rows;
use store::rows::interactions::Interaction;
use store::{Conn, Tx};

use crate::caller::Caller;
use crate::desk::At;
use crate::ids::InteractionId;
use crate::journal::{Change, InteractionChange, Members};
use crate::refusal::Refusal;
use crate::rights::Right;

use places::record_move;
pub use places::{put_in_workgroup_queue, queues};

/// `interactions.kind` of an email.
pub const EMAIL: i16 = 0;
/// `interactions.direction` of what came in.
pub const INBOUND: i16 = 0;
/// `interactions.direction` of what goes out.
pub const OUTBOUND: i16 = 1;

/// `Eic_State` of an interaction that waits in a workgroup's queue.
pub const OFFERING: &str = "O";
/// `Eic_State` of an interaction that was handed to a user, who has not taken it yet.
pub const ALERTING: &str = "A";
/// `Eic_State` of an interaction that somebody works on.
pub const CONNECTED: &str = "C";
/// `Eic_State` of an interaction that somebody works on and has put on hold.
pub const HELD: &str = "H";
/// `Eic_State` of an interaction that was put aside.
pub const PARKED: &str = "P";
/// `Eic_State` of an interaction that was ended on this side: sent, or closed by an agent.
pub const DISCONNECTED: &str = "I";

/// Whether the caller may change an interaction: he in whose queue it is, and the members of its workgroup who may modify interactions.
pub(crate) fn may_change(caller: &Caller, interaction: &Interaction) -> bool {
    interaction.user_id == Some(caller.user.0)
        || interaction.workgroup_id.is_some_and(|workgroup| {
            caller.rights.is_member(workgroup) && caller.has(Right::ModifyInteractions)
        })
}

/// Whether the caller may look at the emails of one of the queues that the interaction is in. Nobody may look at a private one.
fn may_preview(
    conn: &mut Conn,
    caller: &Caller,
    interaction: &Interaction,
) -> Result<bool, Refusal> {
    if interaction.private {
        return Ok(false);
    }
    actions::has_for_a_queue(
        conn,
        caller,
        interaction,
        Some(Right::PreviewEmailUserQueue),
        Some(Right::PreviewEmailWorkgroupQueue),
    )
}

/// An interaction that the caller may change.
#[derive(Debug)]
pub struct Changeable(pub Interaction);

/// An interaction that the caller may read.
#[derive(Debug)]
pub struct Readable {
    /// The interaction.
    pub interaction: Interaction,
    /// Whether he may change it, too.
    pub changeable: bool,
}

impl Changeable {
    /// Obtains it, if the caller may change it.
    ///
    /// # Errors
    /// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`].
    pub fn obtain(conn: &mut Conn, caller: &Caller, id: InteractionId) -> Result<Self, Refusal> {
        let interaction = rows::interaction(conn, id.0)?.ok_or(Refusal::InteractionNotFound)?;
        if !may_change(caller, &interaction) {
            return Err(Refusal::InteractionDenied);
        }
        Ok(Self(interaction))
    }
}

impl Readable {
    /// Obtains it, if the caller may change it or read it.
    ///
    /// # Errors
    /// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`].
    pub fn obtain(conn: &mut Conn, caller: &Caller, id: InteractionId) -> Result<Self, Refusal> {
        let interaction = rows::interaction(conn, id.0)?.ok_or(Refusal::InteractionNotFound)?;
        let changeable = may_change(caller, &interaction);
        if !changeable && !may_preview(conn, caller, &interaction)? {
            return Err(Refusal::InteractionDenied);
        }
        Ok(Self {
            interaction,
            changeable,
        })
    }
}

/// Records what changed of an interaction that stays in its queues.
pub fn record(
    tx: &mut Tx<'_>,
    interaction: &Interaction,
    members: Members,
    attributes: &[&'static str],
) {
    let change = InteractionChange {
        id: interaction.id,
        members,
        attributes: attributes.iter().map(|name| (*name).into()).collect(),
        queues: queues(interaction),
        before: None,
    };
    Change::Interaction(change).record(tx);
}

/// Ends an interaction: `POST interactions/{id}/disconnect`. A draft is discarded, though its row stays; whoever writes it needs no right
/// for that.
///
/// # Errors
/// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`] and [`Refusal::RightMissing`], as the caller has a part in it or not;
/// [`Refusal::InvalidState`] if it has ended.
pub fn disconnect(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    at: &At,
) -> Result<(), Refusal> {
    let mut interaction =
        rows::interaction(tx.read(), id.0)?.ok_or(Refusal::InteractionNotFound)?;
    let (of_user, of_workgroup) = (Right::DisconnectUserQueue, Right::DisconnectWorkgroupQueue);
    if !may_change(caller, &interaction)
        && !actions::has_for_a_queue(
            tx.read(),
            caller,
            &interaction,
            Some(of_user),
            Some(of_workgroup),
        )?
    {
        return Err(Refusal::InteractionDenied);
    }
    let own_draft = interaction.direction == OUTBOUND && interaction.user_id == Some(caller.user.0);
    if !own_draft && !caller.has(Right::CanDisconnectInteractions) {
        return Err(Refusal::RightMissing(Right::CanDisconnectInteractions));
    }
    if interaction.ended_at.is_some() {
        return Err(Refusal::InvalidState);
    }
    end(tx, &mut interaction, at, None)
}

/// Ends an interaction in whatever way, and records that.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn end(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    at: &At,
    sent_at: Option<i64>,
) -> Result<(), Refusal> {
    let before = interaction.clone();
    // It stays in its user's queue for a while.
    let left_at = interaction.user_id.is_none().then_some(at.now);
    rows::end(tx, interaction.id, DISCONNECTED, at.now, sent_at, left_at)?;
    DISCONNECTED.clone_into(&mut interaction.state);
    interaction.ended_at = Some(at.now);
    interaction.sent_at = sent_at;
    interaction.left_at = left_at;
    let delivery = sent_at.map_or(&[][..], |_| attributes::OF_DELIVERY);
    record_move(tx, &before, interaction, delivery);
    Ok(())
}
