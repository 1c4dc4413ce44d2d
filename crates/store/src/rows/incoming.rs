//! Mail that came in: its source, its place in a thread, the messages attached to it.

use diesel::prelude::*;

use super::blobs::Blob;
use crate::schema::{
    attached_files, attached_messages, blobs, email_contents, email_threads, incoming_mail,
    message_ids,
};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// What is known of mail that came in, beside its content.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = incoming_mail)]
pub struct Incoming {
    /// The interaction.
    pub interaction_id: i64,
    /// The workgroup that it came to.
    pub workgroup_id: i64,
    /// By what the same mail is known.
    pub identity: Vec<u8>,
    /// Its source.
    pub blob_id: i64,
    /// Unix milliseconds.
    pub received_at: i64,
    /// 0 low, 1 normal, 2 high.
    pub importance: i16,
}

/// Adds mail that came in.
pub fn add(tx: &mut Tx<'_>, incoming: &Incoming) -> Result<()> {
    diesel::insert_into(incoming_mail::table)
        .values(incoming)
        .execute(tx.write())
        .map(drop)
}

/// What is known of an interaction as mail that came in.
pub fn find(conn: &mut Conn, interaction: i64) -> Result<Option<Incoming>> {
    incoming_mail::table
        .find(interaction)
        .select(Incoming::as_select())
        .get_result(conn)
        .optional()
}

/// The importance of those of these interactions that came in as mail.
pub fn importances(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, i16)>> {
    incoming_mail::table
        .filter(incoming_mail::interaction_id.eq_any(ids))
        .select((incoming_mail::interaction_id, incoming_mail::importance))
        .load(conn)
}

/// The interaction that the same mail became in this workgroup.
pub fn same(conn: &mut Conn, workgroup: i64, identity: &[u8]) -> Result<Option<i64>> {
    incoming_mail::table
        .filter(
            incoming_mail::workgroup_id
                .eq(workgroup)
                .and(incoming_mail::identity.eq(identity)),
        )
        .select(incoming_mail::interaction_id)
        .get_result(conn)
        .optional()
}

/// Where an email stands in its thread.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = email_threads)]
pub struct Thread {
    /// The interaction.
    pub interaction_id: i64,
    /// Its own Message-ID, if it came in with one.
    pub message_id: Option<String>,
    /// The Message-ID of what it answers.
    pub in_reply_to: Option<String>,
    /// The Message-IDs of what was before it, as JSON, oldest first.
    pub thread: String,
}

/// Notes where an email stands in its thread.
pub fn add_thread(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    diesel::insert_into(email_threads::table)
        .values(thread)
        .execute(tx.write())
        .map(drop)
}

/// Where an email stands in its thread; nothing for one that begins it.
pub fn thread(conn: &mut Conn, interaction: i64) -> Result<Option<Thread>> {
    email_threads::table
        .find(interaction)
        .select(Thread::as_select())
        .get_result(conn)
        .optional()
}

/// Notes the Message-ID of an email, by its hash.
pub fn add_message_id(tx: &mut Tx<'_>, hash: &[u8], interaction: i64) -> Result<()> {
    diesel::insert_into(message_ids::table)
        .values((
            message_ids::hash.eq(hash),
            message_ids::interaction_id.eq(interaction),
        ))
        .execute(tx.write())
        .map(drop)
}

/// The conversation of the email with this Message-ID, if there is one.
pub fn conversation_of(conn: &mut Conn, hash: &[u8]) -> Result<Option<String>> {
    message_ids::table
        .inner_join(
            email_contents::table
                .on(email_contents::interaction_id.eq(message_ids::interaction_id)),
        )
        .filter(message_ids::hash.eq(hash))
        .order(message_ids::interaction_id)
        .select(email_contents::conversation_id)
        .first(conn)
        .optional()
}

/// A message attached to mail that came in, or to another one in it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attached_messages)]
pub struct AttachedMessage {
    /// The interaction.
    pub interaction_id: i64,
    /// Its number among all that is attached.
    pub number: i64,
    /// The number of the message that it is attached to; none: to the email itself.
    pub inside: Option<i64>,
    /// Its subject.
    pub subject: String,
    /// People, bodies and date as JSON.
    pub content: String,
    /// Its source, if it is attached to the email itself.
    pub blob_id: Option<i64>,
    /// The size of that in bytes.
    pub size: i64,
}

/// Adds an attached message.
pub fn add_message(tx: &mut Tx<'_>, message: &AttachedMessage) -> Result<()> {
    diesel::insert_into(attached_messages::table)
        .values(message)
        .execute(tx.write())
        .map(drop)
}

/// The messages in an email, each before those in it.
pub fn messages(conn: &mut Conn, interaction: i64) -> Result<Vec<AttachedMessage>> {
    attached_messages::table
        .filter(attached_messages::interaction_id.eq(interaction))
        .order(attached_messages::number)
        .select(AttachedMessage::as_select())
        .load(conn)
}

/// A file in a message attached to mail that came in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attached_files)]
pub struct AttachedFile {
    /// The interaction.
    pub interaction_id: i64,
    /// Its number among all that is attached.
    pub number: i64,
    /// The number of the message that it is in.
    pub message: i64,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub blob_id: i64,
    /// How many they are.
    pub size: i64,
    /// What it is.
    pub media_type: String,
    /// Its Content-ID, if it is an inline one.
    pub content_id: Option<String>,
}

/// Adds a file in an attached message.
pub fn add_file(tx: &mut Tx<'_>, file: &AttachedFile) -> Result<()> {
    diesel::insert_into(attached_files::table)
        .values(file)
        .execute(tx.write())
        .map(drop)
}

/// The files in the messages attached to an email, in their order.
pub fn files(conn: &mut Conn, interaction: i64) -> Result<Vec<AttachedFile>> {
    attached_files::table
        .filter(attached_files::interaction_id.eq(interaction))
        .order(attached_files::number)
        .select(AttachedFile::as_select())
        .load(conn)
}

/// A file in an attached message, with the place of its bytes.
pub fn file(
    conn: &mut Conn,
    interaction: i64,
    number: i64,
) -> Result<Option<(AttachedFile, Blob)>> {
    attached_files::table
        .inner_join(blobs::table.on(blobs::id.eq(attached_files::blob_id)))
        .filter(
            attached_files::interaction_id
                .eq(interaction)
                .and(attached_files::number.eq(number)),
        )
        .select((AttachedFile::as_select(), Blob::as_select()))
        .get_result(conn)
        .optional()
}
