//! What an email holds: its content, its attachments, announced uploads.

use diesel::prelude::*;

use super::blobs::Blob;
use crate::prepared::prepared;
use crate::schema::{attachments, blobs, email_contents, free_names, uploads};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// What may be large in an email.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = email_contents, primary_key(interaction_id))]
pub struct Content {
    /// The interaction.
    pub interaction_id: i64,
    /// The thread it belongs to.
    pub conversation_id: String,
    /// The subject, decoded.
    pub subject: String,
    /// To, cc, bcc and reply-to as JSON.
    pub recipients: String,
    /// The bodies as JSON.
    pub bodies: String,
}

/// An attachment of an email.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = attachments)]
pub struct Attachment {
    /// The interaction.
    pub interaction_id: i64,
    /// Its number in it: in the order of commit, never used again.
    pub number: i64,
    /// Its name without the ordinal.
    pub wanted: String,
    /// The ordinal in its name; 1 shows none.
    pub ordinal: i32,
    /// Its bytes.
    pub blob_id: i64,
    /// Its size in bytes.
    pub size: i64,
    /// What it is.
    pub media_type: String,
    /// The Content-ID, if it is an inline one.
    pub content_id: Option<String>,
}

/// Adds an email's content.
pub fn add_content(tx: &mut Tx<'_>, content: &Content) -> Result<()> {
    diesel::insert_into(email_contents::table)
        .values(content)
        .execute(tx.write())
        .map(drop)
}

/// An email's content.
pub fn content(conn: &mut Conn, interaction: i64) -> Result<Option<Content>> {
    let row = email_contents::table
        .find(interaction)
        .select(Content::as_select());
    prepared!(row).get_result(conn).optional()
}

/// An email's subject alone.
pub fn subject(conn: &mut Conn, interaction: i64) -> Result<Option<String>> {
    email_contents::table
        .find(interaction)
        .select(email_contents::subject)
        .get_result(conn)
        .optional()
}

/// Replaces an email's content.
pub fn set_content(tx: &mut Tx<'_>, content: &Content) -> Result<()> {
    diesel::update(email_contents::table.find(content.interaction_id))
        .set(content)
        .execute(tx.write())
        .map(drop)
}

/// Adds an attachment.
pub fn add_attachment(tx: &mut Tx<'_>, attachment: &Attachment) -> Result<()> {
    // Column by column: a derived insert leaves an absent Content-ID out of its text.
    let row = diesel::insert_into(attachments::table).values((
        attachments::interaction_id.eq(attachment.interaction_id),
        attachments::number.eq(attachment.number),
        attachments::wanted.eq(&attachment.wanted),
        attachments::ordinal.eq(attachment.ordinal),
        attachments::blob_id.eq(attachment.blob_id),
        attachments::size.eq(attachment.size),
        attachments::media_type.eq(&attachment.media_type),
        attachments::content_id.eq(&attachment.content_id),
    ));
    prepared!(row).execute(tx.write()).map(drop)
}

/// Takes an attachment away.
pub fn remove_attachment(tx: &mut Tx<'_>, interaction: i64, number: i64) -> Result<()> {
    diesel::delete(attachments::table.find((interaction, number)))
        .execute(tx.write())
        .map(drop)
}

/// The attachments of an email in their order.
pub fn attachments(conn: &mut Conn, interaction: i64) -> Result<Vec<Attachment>> {
    let rows = attachments::table
        .filter(attachments::interaction_id.eq(interaction))
        .order(attachments::number)
        .select(Attachment::as_select());
    prepared!(rows).load(conn)
}

/// One attachment with the place of its bytes.
pub fn attachment(
    conn: &mut Conn,
    interaction: i64,
    number: i64,
) -> Result<Option<(Attachment, Blob)>> {
    attachments::table
        .inner_join(blobs::table.on(blobs::id.eq(attachments::blob_id)))
        .filter(
            attachments::interaction_id
                .eq(interaction)
                .and(attachments::number.eq(number)),
        )
        .select((Attachment::as_select(), Blob::as_select()))
        .get_result(conn)
        .optional()
}

/// The attachments of an email in their order, each with the place of its bytes.
pub fn attachments_with_bytes(
    conn: &mut Conn,
    interaction: i64,
) -> Result<Vec<(Attachment, Blob)>> {
    attachments::table
        .inner_join(blobs::table.on(blobs::id.eq(attachments::blob_id)))
        .filter(attachments::interaction_id.eq(interaction))
        .order(attachments::number)
        .select((Attachment::as_select(), Blob::as_select()))
        .load(conn)
}

/// The highest ordinal of a name in an email.
pub fn highest_ordinal(conn: &mut Conn, interaction: i64, wanted: &str) -> Result<Option<i32>> {
    let row = attachments::table
        .filter(
            attachments::interaction_id
                .eq(interaction)
                .and(attachments::wanted.eq(wanted)),
        )
        .order(attachments::ordinal.desc())
        .limit(1)
        .select(attachments::ordinal);
    prepared!(row).get_result(conn).optional()
}

/// Whether an ordinal of a name is taken in an email.
pub fn is_ordinal_taken(
    conn: &mut Conn,
    interaction: i64,
    wanted: &str,
    ordinal: i32,
) -> Result<bool> {
    attachments::table
        .filter(
            attachments::interaction_id
                .eq(interaction)
                .and(attachments::wanted.eq(wanted))
                .and(attachments::ordinal.eq(ordinal)),
        )
        .select(attachments::ordinal)
        .get_result::<i32>(conn)
        .optional()
        .map(|found| found.is_some())
}

/// The first range of free ordinals of a name that ends at or after `ordinal`.
pub fn free_range(
    conn: &mut Conn,
    interaction: i64,
    wanted: &str,
    ordinal: i32,
) -> Result<Option<(i32, i32)>> {
    free_names::table
        .filter(
            free_names::interaction_id
                .eq(interaction)
                .and(free_names::wanted.eq(wanted))
                .and(free_names::last.ge(ordinal)),
        )
        .order(free_names::first)
        .select((free_names::first, free_names::last))
        .first(conn)
        .optional()
}

/// The highest free ordinal of a name that is noted.
pub fn highest_free(conn: &mut Conn, interaction: i64, wanted: &str) -> Result<Option<i32>> {
    free_names::table
        .filter(
            free_names::interaction_id
                .eq(interaction)
                .and(free_names::wanted.eq(wanted)),
        )
        .order(free_names::first.desc())
        .select(free_names::last)
        .first(conn)
        .optional()
}

/// Notes a range of free ordinals.
pub fn add_free_range(
    tx: &mut Tx<'_>,
    interaction: i64,
    wanted: &str,
    first: i32,
    last: i32,
) -> Result<()> {
    diesel::insert_into(free_names::table)
        .values((
            free_names::interaction_id.eq(interaction),
            free_names::wanted.eq(wanted),
            free_names::first.eq(first),
            free_names::last.eq(last),
        ))
        .execute(tx.write())
        .map(drop)
}

/// Forgets a range of free ordinals.
pub fn remove_free_range(
    tx: &mut Tx<'_>,
    interaction: i64,
    wanted: &str,
    first: i32,
) -> Result<()> {
    diesel::delete(free_names::table.find((interaction, wanted, first)))
        .execute(tx.write())
        .map(drop)
}

/// An upload that was announced.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads)]
pub struct Upload {
    /// BLAKE3 of the token in its address.
    pub token_hash: Vec<u8>,
    /// The session that announced it.
    pub session_id: i64,
    /// The email it is for.
    pub interaction_id: i64,
    /// What its status message will name.
    pub request_id: String,
    /// What the file is to be called.
    pub file_name: String,
    /// The Content-ID, if it is to be an inline one.
    pub content_id: Option<String>,
    /// Unix milliseconds; never, once its bytes have come.
    pub expires_at: i64,
    /// The number of its attachment, once its bytes have come.
    pub number: Option<i64>,
}

/// Adds an announced upload.
pub fn add_upload(tx: &mut Tx<'_>, upload: &Upload) -> Result<()> {
    diesel::insert_into(uploads::table)
        .values(upload)
        .execute(tx.write())
        .map(drop)
}

/// The upload with this token, its bytes come or not.
pub fn upload(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<Upload>> {
    uploads::table
        .find(token_hash)
        .select(Upload::as_select())
        .get_result(conn)
        .optional()
}

/// Notes that the bytes of an upload have come, and become the attachment of this number; false if it has ended already.
pub fn complete_upload(tx: &mut Tx<'_>, token_hash: &[u8], number: i64) -> Result<bool> {
    let waiting = uploads::table
        .find(token_hash)
        .filter(uploads::number.is_null());
    let changed = diesel::update(waiting)
        .set((uploads::number.eq(number), uploads::expires_at.eq(i64::MAX)))
        .execute(tx.write())?;
    Ok(changed > 0)
}

/// Forgets an upload whose bytes did not come; false if it has ended already.
pub fn give_up_upload(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<bool> {
    let waiting = uploads::table
        .find(token_hash)
        .filter(uploads::number.is_null());
    Ok(diesel::delete(waiting).execute(tx.write())? > 0)
}

/// Uploads whose time is over.
pub fn expired_uploads(conn: &mut Conn, now: i64) -> Result<Vec<Upload>> {
    uploads::table
        .filter(uploads::expires_at.le(now))
        .select(Upload::as_select())
        .load(conn)
}
