//! Addresses by the words that they are found by.

use diesel::prelude::*;

use crate::schema::{address_words, correspondents, mailboxes};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// `address_words.kind` of somebody mail came from or went to.
pub const CORRESPONDENT: i16 = 0;
/// `address_words.kind` of a mailbox.
pub const MAILBOX: i16 = 1;

/// The correspondent of this address: number and display name.
pub fn correspondent(conn: &mut Conn, folded: &str) -> Result<Option<(i64, String)>> {
    correspondents::table
        .filter(correspondents::folded.eq(folded))
        .select((correspondents::id, correspondents::display_name))
        .get_result(conn)
        .optional()
}

/// Adds a correspondent and returns its number.
pub fn add_correspondent(
    tx: &mut Tx<'_>,
    address: &str,
    folded: &str,
    display_name: &str,
) -> Result<i64> {
    diesel::insert_into(correspondents::table)
        .values((
            correspondents::address.eq(address),
            correspondents::folded.eq(folded),
            correspondents::display_name.eq(display_name),
        ))
        .returning(correspondents::id)
        .get_result(tx.write())
}

/// Gives a correspondent another name.
pub fn rename_correspondent(tx: &mut Tx<'_>, id: i64, display_name: &str) -> Result<()> {
    diesel::update(correspondents::table.find(id))
        .set(correspondents::display_name.eq(display_name))
        .execute(tx.write())
        .map(drop)
}

/// Replaces the words by which something is found. They are different ones.
pub fn set_words(tx: &mut Tx<'_>, kind: i16, object: i64, words: &[String]) -> Result<()> {
    let old = address_words::table.filter(
        address_words::kind
            .eq(kind)
            .and(address_words::object.eq(object)),
    );
    diesel::delete(old).execute(tx.write())?;
    for word in words {
        diesel::insert_into(address_words::table)
            .values((
                address_words::word.eq(word),
                address_words::kind.eq(kind),
                address_words::object.eq(object),
            ))
            .execute(tx.write())?;
    }
    Ok(())
}

/// What is found by a word that begins so: `from` is the beginning and `to` what comes right behind all that begin with it.
pub fn found(conn: &mut Conn, from: &str, to: &str, limit: i64) -> Result<Vec<(i16, i64)>> {
    address_words::table
        .filter(address_words::word.ge(from).and(address_words::word.lt(to)))
        .order(address_words::word)
        .select((address_words::kind, address_words::object))
        .limit(limit)
        .load(conn)
}

/// The words by which something is found.
pub fn words_of(conn: &mut Conn, kind: i16, object: i64) -> Result<Vec<String>> {
    address_words::table
        .filter(
            address_words::kind
                .eq(kind)
                .and(address_words::object.eq(object)),
        )
        .select(address_words::word)
        .load(conn)
}

/// The display name and the address of something that was found.
pub fn shown(conn: &mut Conn, kind: i16, object: i64) -> Result<Option<(String, String)>> {
    if kind == MAILBOX {
        return mailboxes::table
            .find(object)
            .select((mailboxes::display_name, mailboxes::address))
            .get_result(conn)
            .optional();
    }
    correspondents::table
        .find(object)
        .select((correspondents::display_name, correspondents::address))
        .get_result(conn)
        .optional()
}
