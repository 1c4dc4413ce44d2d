//! A database into which another one is carried: whether it is empty before, and how far that has come.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Table, clear, count, sum, tables};
use crate::connect::in_memory;
use crate::schema::arrivals;
use crate::{Conn, Error};

/// The row that stands for the whole move.
const ALL: &str = "";

/// A move into this database that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Where it comes from, as [`begin`] was told.
    pub source: String,
    /// The tables whose rows are all there.
    pub tables: BTreeSet<String>,
}

/// Names a table that has something else than a new database has; none if there is no such table.
///
/// # Errors
/// If the database fails.
pub fn occupied(conn: &mut Conn) -> Result<Option<String>, Error> {
    let mut fresh = in_memory()?;
    for table in tables(&mut fresh)? {
        let is_same = count(conn, &table)? == count(&mut fresh, &table)?
            && sum(conn, &table)? == sum(&mut fresh, &table)?;
        if !is_same {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// What a database is called in [`begin`], by its address: without user, password and parameters.
pub fn name_of(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(url) if url.has_host() => {
            let host = url.host_str().unwrap_or_default();
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            format!("{}://{host}{port}{}", url.scheme(), url.path())
        }
        _ => address.split('?').next().unwrap_or_default().to_owned(),
    }
}

/// The move into this database that has not ended.
///
/// # Errors
/// If the database fails.
pub fn arrival(conn: &mut Conn) -> Result<Option<Arrival>, Error> {
    let rows: Vec<(String, String)> = arrivals::table
        .select((arrivals::table_name, arrivals::source))
        .load(conn)?;
    let Some((_, source)) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Arrival {
        source: source.clone(),
        tables: rows.iter().map(|(name, _)| name.clone()).collect(),
    }))
}

/// Begins a move into an empty database: what a new database has of its own goes, and no server starts on it until [`end`].
///
/// # Errors
/// If the database fails.
pub fn begin(conn: &mut Conn, tables: &[Table], source: &str) -> Result<(), Error> {
    for table in tables {
        clear(conn, table)?;
    }
    arrived(conn, ALL, source)
}

/// Notes that all rows of a table are there.
///
/// # Errors
/// If the database fails.
pub fn arrived(conn: &mut Conn, table: &str, source: &str) -> Result<(), Error> {
    let row = (arrivals::table_name.eq(table), arrivals::source.eq(source));
    diesel::insert_into(arrivals::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Ends a move.
///
/// # Errors
/// If the database fails.
pub fn end(conn: &mut Conn) -> Result<(), Error> {
    diesel::delete(arrivals::table).execute(conn)?;
    Ok(())
}
