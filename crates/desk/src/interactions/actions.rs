//! What agents do with an interaction: take it, put it aside, hand it on.
//!
//! Each looks and writes in one transaction, and transactions do not overlap: of two who take the same one, the second finds it taken.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/pickup/index.htm` and its siblings.

use icws::interactions::{TransferParameters, WrapupAssignment};
use icws::queues::{QueueId, QueueType};
use store::rows::interactions as rows;
use store::rows::interactions::Interaction;
use store::rows::people;
use store::rows::queues::{self as queue_rows, WrapUp};
use store::{Conn, Tx};

use super::attributes::{WRAP_UP_CODE, WRAP_UPS};
use super::places::{moved, put_in_workgroup_queue, record_move};
use super::{ALERTING, CONNECTED, HELD, PARKED, Readable, may_change};
use crate::caller::Caller;
use crate::desk::At;
use crate::ids::InteractionId;
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;
use crate::supervising::supervises;

/// The longest wrap-up code, in characters.
const LONGEST_CODE: usize = 256;

/// The most wrap-ups of one interaction.
const MOST_WRAP_UPS: usize = 1_000;

/// An interaction that the caller may do something with, and that has not ended.
struct Live(Interaction);

impl Live {
    /// Obtains it, or refuses in this order: it does not exist, the caller has no right to it, it has ended. Whoever may change it has
    /// the right, and whoever has one of these rights for a queue that it is in.
    fn obtain(
        conn: &mut Conn,
        caller: &Caller,
        id: InteractionId,
        of_user: Option<Right>,
        of_workgroup: Option<Right>,
    ) -> Result<Self, Refusal> {
        let interaction = rows::interaction(conn, id.0)?.ok_or(Refusal::InteractionNotFound)?;
        if !may_change(caller, &interaction)
            && !has_for_a_queue(conn, caller, &interaction, of_user, of_workgroup)?
        {
            return Err(Refusal::InteractionDenied);
        }
        if interaction.ended_at.is_some() {
            return Err(Refusal::InvalidState);
        }
        Ok(Self(interaction))
    }
}

/// Whether the caller has one of these rights for the user who has the interaction, or for its workgroup.
pub(super) fn has_for_a_queue(
    conn: &mut Conn,
    caller: &Caller,
    interaction: &Interaction,
    of_user: Option<Right>,
    of_workgroup: Option<Right>,
) -> Result<bool, Refusal> {
    if let (Some(right), Some(user)) = (of_user, interaction.user_id)
        && let Some(user) = people::user(conn, user)?
        && caller.rights.has_for(right, &fold(&user.name))
    {
        return Ok(true);
    }
    if let (Some(right), Some(workgroup)) = (of_workgroup, interaction.workgroup_id)
        && let Some(workgroup) = people::workgroup(conn, workgroup)?
        && caller.rights.has_for(right, &fold(&workgroup.name))
    {
        return Ok(true);
    }
    Ok(false)
}

/// Takes an interaction: `POST interactions/{id}/pickup`. The members of its workgroup may, whoever may pick up from one of its queues,
/// and he in whose queue it is. Nothing changes if the caller has it already.
///
/// # Errors
/// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`]; [`Refusal::AlreadyPickedUp`] if somebody else was first;
/// [`Refusal::InvalidState`] if it has ended.
pub fn pick_up(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    at: &At,
) -> Result<(), Refusal> {
    let interaction = rows::interaction(tx.read(), id.0)?.ok_or(Refusal::InteractionNotFound)?;
    let own = interaction.user_id == Some(caller.user.0);
    let member = interaction
        .workgroup_id
        .is_some_and(|workgroup| caller.rights.is_member(workgroup));
    if !own
        && !member
        && !has_for_a_queue(
            tx.read(),
            caller,
            &interaction,
            Some(Right::PickupUserQueue),
            Some(Right::PickupWorkgroupQueue),
        )?
    {
        return Err(Refusal::InteractionDenied);
    }
    if interaction.ended_at.is_some() {
        return Err(Refusal::InvalidState);
    }
    let worked_on = matches!(interaction.state.as_str(), CONNECTED | HELD);
    if worked_on && !own {
        return Err(Refusal::AlreadyPickedUp);
    }
    if interaction.state == CONNECTED {
        return Ok(());
    }
    let mut taken = interaction.clone();
    CONNECTED.clone_into(&mut taken.state);
    taken.user_id = Some(caller.user.0);
    taken.connected_at.get_or_insert(at.now);
    moved(tx, &interaction, &taken)
}

/// Puts an interaction on hold, or takes it back: `POST interactions/{id}/hold`.
///
/// # Errors
/// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`]; [`Refusal::InvalidState`] if it has ended or is not being worked on.
pub fn hold(tx: &mut Tx<'_>, caller: &Caller, id: InteractionId, on: bool) -> Result<(), Refusal> {
    let Live(mut interaction) =
        Live::obtain(tx.read(), caller, id, Some(Right::HoldUserQueue), None)?;
    let before = interaction.clone();
    match (interaction.state.as_str(), on) {
        (CONNECTED, true) => HELD.clone_into(&mut interaction.state),
        (HELD, false) => CONNECTED.clone_into(&mut interaction.state),
        (HELD, true) | (CONNECTED, false) => return Ok(()),
        _ => return Err(Refusal::InvalidState),
    }
    moved(tx, &before, &interaction)
}

/// Where an interaction goes.
#[derive(Debug, Clone, Copy)]
enum Target {
    User(i64),
    Workgroup(i64),
}

/// Hands an interaction on: `POST interactions/{id}/blind-transfer`. A user is alerted, in a workgroup's queue it waits.
///
/// # Errors
/// [`Refusal::MissingProperty`] without a target, [`Refusal::InvalidProperty`] with two; [`Refusal::InteractionNotFound`];
/// [`Refusal::InteractionDenied`];
/// [`Refusal::InvalidState`] if it has ended; [`Refusal::TargetNotFound`].
pub fn transfer(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    to: &TransferParameters,
    at: &At,
) -> Result<(), Refusal> {
    let (mut interaction, target) = to_be_moved(tx.read(), caller, id, to)?;
    match target {
        Target::User(user) => give(tx, &mut interaction, user, ALERTING, at),
        Target::Workgroup(workgroup) => put_in_workgroup_queue(tx, &mut interaction, workgroup, at),
    }
}

/// Puts an interaction aside in a queue, where it waits to be picked up: `POST interactions/{id}/park`.
///
/// # Errors
/// [`Refusal::MissingProperty`] without a target, [`Refusal::InvalidProperty`] with two; [`Refusal::InteractionNotFound`];
/// [`Refusal::InteractionDenied`];
/// [`Refusal::InvalidState`] if it has ended; [`Refusal::TargetNotFound`].
pub fn park(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    to: &TransferParameters,
    at: &At,
) -> Result<(), Refusal> {
    let (mut interaction, target) = to_be_moved(tx.read(), caller, id, to)?;
    match target {
        Target::User(user) => give(tx, &mut interaction, user, PARKED, at),
        Target::Workgroup(workgroup) => {
            let before = interaction.clone();
            PARKED.clone_into(&mut interaction.state);
            interaction.user_id = None;
            interaction.workgroup_id = Some(workgroup);
            interaction.queued_at = Some(at.now);
            moved(tx, &before, &interaction)
        }
    }
}

fn to_be_moved(
    conn: &mut Conn,
    caller: &Caller,
    id: InteractionId,
    to: &TransferParameters,
) -> Result<(Interaction, Target), Refusal> {
    if to.target.is_some() && to.queue_id.is_some() {
        return Err(Refusal::invalid(
            "queueID",
            "give either `target` or `queueID`",
        ));
    }
    let Live(interaction) = Live::obtain(
        conn,
        caller,
        id,
        Some(Right::TransferUserQueue),
        Some(Right::TransferWorkgroupQueue),
    )?;
    let target = match (&to.target, &to.queue_id) {
        (Some(name), _) => match user(conn, name)? {
            Some(user) => Some(user),
            None => workgroup(conn, name)?,
        },
        (None, Some(queue)) => of_queue(conn, queue)?,
        (None, None) => return Err(Refusal::MissingProperty("target".to_owned())),
    };
    let named = || {
        let queue = to.queue_id.as_ref().map(|queue| &queue.queue_name);
        to.target.as_ref().or(queue).cloned().unwrap_or_default()
    };
    target
        .map(|target| (interaction, target))
        .ok_or_else(|| Refusal::TargetNotFound(named().chars().take(64).collect()))
}

fn of_queue(conn: &mut Conn, queue: &QueueId) -> Result<Option<Target>, Refusal> {
    match queue.queue_type {
        QueueType::System | QueueType::User => user(conn, &queue.queue_name),
        QueueType::Workgroup => workgroup(conn, &queue.queue_name),
        QueueType::Station => Ok(None),
    }
}

fn user(conn: &mut Conn, name: &str) -> Result<Option<Target>, Refusal> {
    let Some(folded) = searchable(name) else {
        return Ok(None);
    };
    let user = people::user_by_name(conn, &folded)?;
    Ok(user.map(|user| Target::User(user.id)))
}

fn workgroup(conn: &mut Conn, name: &str) -> Result<Option<Target>, Refusal> {
    let Some(folded) = searchable(name) else {
        return Ok(None);
    };
    let group = people::workgroup_by_name(conn, &folded)?;
    Ok(group.map(|group| Target::Workgroup(group.id)))
}

/// A name as it is compared. No name has a NUL, and not every database can look for one.
fn searchable(name: &str) -> Option<String> {
    Some(fold(name)).filter(|folded| !folded.contains('\0'))
}

/// Puts an interaction into a user's queue. It stays with its workgroup.
fn give(
    tx: &mut Tx<'_>,
    interaction: &mut Interaction,
    user: i64,
    state: &str,
    at: &At,
) -> Result<(), Refusal> {
    let before = interaction.clone();
    state.clone_into(&mut interaction.state);
    interaction.user_id = Some(user);
    interaction.queued_at = Some(at.now);
    moved(tx, &before, interaction)
}

/// Keeps an interaction from those who may only look, or shows it again: `POST interactions/{id}/make-private`.
///
/// # Errors
/// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`]; [`Refusal::InvalidState`] if it has ended.
pub fn make_private(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    on: bool,
) -> Result<(), Refusal> {
    let Live(before) = Live::obtain(tx.read(), caller, id, None, None)?;
    if before.private == on {
        return Ok(());
    }
    let now = Interaction {
        private: on,
        ..before.clone()
    };
    moved(tx, &before, &now)
}

/// Notes what is said of an interaction when the work on it is done: `POST interactions/{id}/wrap-up-assignments`. One that has ended
/// leaves the queue of its user by that.
///
/// # Errors
/// [`Refusal::InvalidProperty`] of a code that cannot be, of a user who is neither the caller nor anybody he supervises, or of an
/// interaction that he may not see;
/// [`Refusal::InteractionNotFound`]; [`Refusal::InteractionDenied`]; [`Refusal::InvalidState`] if it has too many already.
pub fn wrap_up(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    assignment: &WrapupAssignment,
    at: &At,
) -> Result<(), Refusal> {
    let code = assignment.code.trim();
    // What stands between the parts of what was said, and between several.
    let is_odd = |c: char| c.is_control() || matches!(c, ';' | '|');
    if code.is_empty() || code.chars().count() > LONGEST_CODE || code.contains(is_odd) {
        return Err(Refusal::invalid(
            "code",
            "one line of 1 to 256 characters without `;` and `|`",
        ));
    }
    let interaction = rows::interaction(tx.read(), id.0)?.ok_or(Refusal::InteractionNotFound)?;
    if !may_change(caller, &interaction) {
        return Err(Refusal::InteractionDenied);
    }
    let unknown = |property: &str, what: &str| Refusal::invalid(property, what);
    let worker = match searchable(&assignment.user) {
        Some(folded) => people::user_by_name(tx.read(), &folded)?,
        None => None,
    };
    let Some(user) = worker.filter(|user| supervises(caller, user)) else {
        return Err(unknown("user", "neither you nor anybody you supervise"));
    };
    let source = InteractionId::parse(&assignment.source_interaction_id);
    let source = source.unwrap_or(InteractionId::NONE);
    if source != id {
        match Readable::obtain(tx.read(), caller, source) {
            Err(Refusal::InteractionNotFound | Refusal::InteractionDenied) => {
                return Err(unknown(
                    "sourceInteractionId",
                    "there is no such interaction that you may see",
                ));
            }
            other => other.map(drop)?,
        }
    }
    let before = queue_rows::wrap_ups(tx.read(), &[id.0])?.len();
    if before >= MOST_WRAP_UPS {
        return Err(Refusal::InvalidState);
    }
    let row = WrapUp {
        interaction_id: id.0,
        number: i64::try_from(before).map_err(Refusal::internal)? + 1,
        segment: assignment.segment_id,
        code: code.to_owned(),
        user_id: user.id,
        source_interaction_id: source.0,
        assigned_at: assignment.time.unix_millis(),
    };
    queue_rows::add_wrap_up(tx, &row)?;
    let mut changed = vec![WRAP_UPS];
    if rows::attribute(tx.read(), id.0, WRAP_UP_CODE)?.as_deref() != Some(code) {
        rows::set_attribute(tx, id.0, WRAP_UP_CODE, "Eic_WrapUpCode", code)?;
        changed.push(WRAP_UP_CODE);
    }
    let mut now = interaction.clone();
    if interaction.ended_at.is_some() && interaction.left_at.is_none() {
        now.left_at = Some(at.now);
        rows::set_place(tx, &now)?;
    }
    record_move(tx, &interaction, &now, &changed);
    Ok(())
}
