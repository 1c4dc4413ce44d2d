//! What is in a queue, and what the attributes of its interactions are worked out from, read for many at once.

use diesel::prelude::*;

use super::interactions::Interaction;
use crate::schema::{email_contents, interaction_attributes, interactions, wrap_ups};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// The interactions in a user's queue with an id above `after`, at most `limit` of them, by id.
pub fn of_user(conn: &mut Conn, user: i64, after: i64, limit: i64) -> Result<Vec<Interaction>> {
    interactions::table
        .filter(
            interactions::user_id
                .eq(user)
                .and(interactions::left_at.is_null())
                .and(interactions::id.gt(after)),
        )
        .order(interactions::id)
        .limit(limit)
        .select(Interaction::as_select())
        .load(conn)
}

/// The ids of the interactions in a user's queue that are in a state.
pub fn ids_of_user(conn: &mut Conn, user: i64, state: &str) -> Result<Vec<i64>> {
    interactions::table
        .filter(
            interactions::user_id
                .eq(user)
                .and(interactions::left_at.is_null())
                .and(interactions::state.eq(state)),
        )
        .select(interactions::id)
        .load(conn)
}

/// The interactions in a workgroup's queue with an id above `after`, at most `limit` of them, by id.
pub fn of_workgroup(
    conn: &mut Conn,
    workgroup: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Interaction>> {
    interactions::table
        .filter(
            interactions::workgroup_id
                .eq(workgroup)
                .and(interactions::ended_at.is_null())
                .and(interactions::id.gt(after)),
        )
        .order(interactions::id)
        .limit(limit)
        .select(Interaction::as_select())
        .load(conn)
}

/// The interactions of these ids, by id.
pub fn of_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Interaction>> {
    interactions::table
        .filter(interactions::id.eq_any(ids))
        .order(interactions::id)
        .select(Interaction::as_select())
        .load(conn)
}

/// The subjects and the recipients (JSON) of emails, with their interactions.
pub fn heads(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, String, String)>> {
    email_contents::table
        .filter(email_contents::interaction_id.eq_any(ids))
        .select((
            email_contents::interaction_id,
            email_contents::subject,
            email_contents::recipients,
        ))
        .load(conn)
}

/// The free attributes of these names, as compared, that interactions have: interaction, name, value.
pub fn free_attributes(
    conn: &mut Conn,
    ids: &[i64],
    folded: &[&str],
) -> Result<Vec<(i64, String, String)>> {
    interaction_attributes::table
        .filter(
            interaction_attributes::interaction_id
                .eq_any(ids)
                .and(interaction_attributes::folded.eq_any(folded)),
        )
        .select((
            interaction_attributes::interaction_id,
            interaction_attributes::folded,
            interaction_attributes::value,
        ))
        .load(conn)
}

/// The answers to interactions, with what they answer, by id.
pub fn children(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let rows: Vec<(Option<i64>, i64)> = interactions::table
        .filter(interactions::parent_id.eq_any(ids))
        .order(interactions::id)
        .select((interactions::parent_id, interactions::id))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(parent, id)| Some((parent?, id)))
        .collect())
}

/// What was said about an interaction when the work on it was done.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = wrap_ups)]
pub struct WrapUp {
    /// The interaction.
    pub interaction_id: i64,
    /// Its number among those of the interaction, from 1.
    pub number: i64,
    /// The part of the interaction that it is about.
    pub segment: i32,
    /// The wrap-up code.
    pub code: String,
    /// Who did the work.
    pub user_id: i64,
    /// On which interaction.
    pub source_interaction_id: i64,
    /// Unix milliseconds.
    pub assigned_at: i64,
}

/// The wrap-ups of interactions, in their order.
pub fn wrap_ups(conn: &mut Conn, ids: &[i64]) -> Result<Vec<WrapUp>> {
    wrap_ups::table
        .filter(wrap_ups::interaction_id.eq_any(ids))
        .order((wrap_ups::interaction_id, wrap_ups::number))
        .select(WrapUp::as_select())
        .load(conn)
}

/// Adds a wrap-up.
pub fn add_wrap_up(tx: &mut Tx<'_>, wrap_up: &WrapUp) -> Result<()> {
    diesel::insert_into(wrap_ups::table)
        .values(wrap_up)
        .execute(tx.write())
        .map(drop)
}
