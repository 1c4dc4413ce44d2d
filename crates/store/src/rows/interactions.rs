//! Interactions: the small row that every operation reads, and free attributes.

use diesel::prelude::*;

use crate::prepared::prepared;
use crate::schema::{interaction_attributes, interactions};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// An interaction. It is kept small: what may be large stands in tables of its own.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = interactions)]
pub struct Interaction {
    /// Its id: ten digits, growing, never used again.
    pub id: i64,
    /// 0 email, 1 call, 2 chat, 3 callback, 4 other.
    pub kind: i16,
    /// 0 inbound, 1 outbound.
    pub direction: i16,
    /// The letter of `Eic_State`.
    pub state: String,
    /// In whose queue it is.
    pub user_id: Option<i64>,
    /// On behalf of which workgroup, or in whose queue it waits.
    pub workgroup_id: Option<i64>,
    /// The mailbox it came in or goes out by.
    pub mailbox_id: Option<i64>,
    /// The interaction it answers.
    pub parent_id: Option<i64>,
    /// The contract's `emailType`.
    pub email_type: i16,
    /// Whether it was saved with changes since its creation.
    pub edited: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When it was disconnected.
    pub ended_at: Option<i64>,
    /// When it was sent.
    pub sent_at: Option<i64>,
    /// Grows with each change of the email's content or attachments.
    pub revision: i64,
    /// The number of the next attachment.
    pub next_attachment: i64,
    /// How many attachments it has.
    pub attachment_count: i64,
    /// Their sizes in all, in bytes.
    pub attachment_bytes: i64,
    /// Whether an ordinal below the highest of some name is free.
    pub has_free_names: bool,
    /// When it came into the queue it is in; none: when it was made.
    pub queued_at: Option<i64>,
    /// When somebody first had it.
    pub connected_at: Option<i64>,
    /// When, after its end, it left the queue of its user.
    pub left_at: Option<i64>,
    /// Whether it is kept from those who may only look.
    pub private: bool,
}

/// An interaction to be added. It is in the queues of its user and of its workgroup from then on.
#[derive(Debug, Insertable)]
#[diesel(table_name = interactions)]
#[allow(missing_docs)] // the columns of `Interaction`
pub struct NewInteraction<'a> {
    pub kind: i16,
    pub direction: i16,
    pub state: &'a str,
    pub user_id: Option<i64>,
    pub workgroup_id: Option<i64>,
    pub mailbox_id: Option<i64>,
    pub parent_id: Option<i64>,
    pub email_type: i16,
    pub edited: bool,
    pub created_at: i64,
    pub revision: i64,
    pub next_attachment: i64,
    pub attachment_count: i64,
    pub attachment_bytes: i64,
    pub has_free_names: bool,
}

/// Adds an interaction and returns its id.
pub fn add(tx: &mut Tx<'_>, interaction: &NewInteraction<'_>) -> Result<i64> {
    diesel::insert_into(interactions::table)
        .values(interaction)
        .returning(interactions::id)
        .get_result(tx.write())
}

/// The interaction of this id.
pub fn interaction(conn: &mut Conn, id: i64) -> Result<Option<Interaction>> {
    let row = interactions::table
        .find(id)
        .select(Interaction::as_select());
    prepared!(row).get_result(conn).optional()
}

/// Notes that attachments came or went.
pub fn set_attachments(tx: &mut Tx<'_>, interaction: &Interaction) -> Result<()> {
    let row = diesel::update(interactions::table.find(interaction.id)).set((
        interactions::revision.eq(interactions::revision + 1),
        interactions::next_attachment.eq(interaction.next_attachment),
        interactions::attachment_count.eq(interaction.attachment_count),
        interactions::attachment_bytes.eq(interaction.attachment_bytes),
        interactions::has_free_names.eq(interaction.has_free_names),
    ));
    prepared!(row).execute(tx.write()).map(drop)
}

/// Notes that a draft was changed by a user, and which mailbox it goes out by.
pub fn set_edited(tx: &mut Tx<'_>, id: i64, mailbox: Option<i64>) -> Result<()> {
    diesel::update(interactions::table.find(id))
        .set((
            interactions::revision.eq(interactions::revision + 1),
            interactions::edited.eq(true),
            interactions::mailbox_id.eq(mailbox),
        ))
        .execute(tx.write())
        .map(drop)
}

/// Ends an interaction; `sent_at` where that was by sending it, `left_at` where nobody has it whose queue it would stay in.
pub fn end(
    tx: &mut Tx<'_>,
    id: i64,
    state: &str,
    now: i64,
    sent_at: Option<i64>,
    left_at: Option<i64>,
) -> Result<()> {
    diesel::update(interactions::table.find(id))
        .set((
            interactions::state.eq(state),
            interactions::ended_at.eq(now),
            interactions::sent_at.eq(sent_at),
            interactions::left_at.eq(left_at),
        ))
        .execute(tx.write())
        .map(drop)
}

/// Puts an interaction into the state and the queues that the row given has.
pub fn set_place(tx: &mut Tx<'_>, interaction: &Interaction) -> Result<()> {
    diesel::update(interactions::table.find(interaction.id))
        .set((
            interactions::state.eq(&interaction.state),
            interactions::user_id.eq(interaction.user_id),
            interactions::workgroup_id.eq(interaction.workgroup_id),
            interactions::queued_at.eq(interaction.queued_at),
            interactions::connected_at.eq(interaction.connected_at),
            interactions::left_at.eq(interaction.left_at),
            interactions::private.eq(interaction.private),
        ))
        .execute(tx.write())
        .map(drop)
}

/// Interactions that ended before a time (Unix milliseconds) and are still in the queue of their user, at most `limit` of them.
pub fn to_leave(conn: &mut Conn, before: i64, limit: i64) -> Result<Vec<Interaction>> {
    interactions::table
        .filter(
            interactions::left_at
                .is_null()
                .and(interactions::ended_at.is_not_null())
                .and(interactions::ended_at.lt(before)),
        )
        .order(interactions::ended_at)
        .limit(limit)
        .select(Interaction::as_select())
        .load(conn)
}

/// Whether an interaction answers this one.
pub fn has_children(conn: &mut Conn, id: i64) -> Result<bool> {
    interactions::table
        .filter(interactions::parent_id.eq(id))
        .select(interactions::id)
        .first::<i64>(conn)
        .optional()
        .map(|found| found.is_some())
}

/// The free attributes of an interaction: as compared, as written, value.
pub fn attributes(conn: &mut Conn, interaction: i64) -> Result<Vec<(String, String, String)>> {
    interaction_attributes::table
        .filter(interaction_attributes::interaction_id.eq(interaction))
        .select((
            interaction_attributes::folded,
            interaction_attributes::name,
            interaction_attributes::value,
        ))
        .load(conn)
}

/// The value of one free attribute.
pub fn attribute(conn: &mut Conn, interaction: i64, folded: &str) -> Result<Option<String>> {
    interaction_attributes::table
        .find((interaction, folded))
        .select(interaction_attributes::value)
        .get_result(conn)
        .optional()
}

/// How many free attributes an interaction has.
pub fn count_attributes(conn: &mut Conn, interaction: i64) -> Result<usize> {
    let count: i64 = interaction_attributes::table
        .filter(interaction_attributes::interaction_id.eq(interaction))
        .count()
        .get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Sets a free attribute.
pub fn set_attribute(
    tx: &mut Tx<'_>,
    interaction: i64,
    folded: &str,
    name: &str,
    value: &str,
) -> Result<()> {
    let changed = diesel::update(interaction_attributes::table.find((interaction, folded)))
        .set(interaction_attributes::value.eq(value))
        .execute(tx.write())?;
    if changed == 0 {
        diesel::insert_into(interaction_attributes::table)
            .values((
                interaction_attributes::interaction_id.eq(interaction),
                interaction_attributes::folded.eq(folded),
                interaction_attributes::name.eq(name),
                interaction_attributes::value.eq(value),
            ))
            .execute(tx.write())?;
    }
    Ok(())
}
