//! The rows of a table as lines: each a JSON array of the values in the order of the columns' names, bytes in hexadecimal digits, yes and
//! no as 1 and 0. A line is the same on both engines.

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::catalogue::{Kind, Table, values};
use crate::{Conn, Error};

/// What the rows of a table are, whatever order they come in. Two tables with the same sum have the same rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    /// The BLAKE3 hashes of all lines, added up as four numbers each.
    pub hash: [u64; 4],
}

impl Sum {
    /// Adds a line.
    pub fn add(&mut self, line: &str) {
        self.rows += 1;
        let hash = blake3::hash(line.as_bytes());
        let parts = hash.as_bytes().chunks_exact(8);
        for (sum, part) in self.hash.iter_mut().zip(parts) {
            let part = part.try_into().map_or(0, u64::from_le_bytes);
            *sum = sum.wrapping_add(part);
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Hands out each row of a table, in no particular order. They are not held in memory.
///
/// # Errors
/// What `each` fails with, or the database.
pub fn read<E: From<Error>>(
    conn: &mut Conn,
    table: &Table,
    mut each: impl FnMut(String) -> Result<(), E>,
) -> Result<(), E> {
    let columns: Vec<_> = table.columns.iter().collect();
    let statement = format!(
        "SELECT {} AS line FROM \"{}\"",
        values(conn, "", &columns),
        table.name
    );
    let query = diesel::sql_query(statement);
    macro_rules! stream {
        ($conn:expr, $mode:ty) => {{
            let rows = query.load_iter::<Line, $mode>($conn).map_err(Error::from)?;
            for row in rows {
                each(canonical(&row.map_err(Error::from)?.line)?)?;
            }
        }};
    }
    match conn {
        Conn::Sqlite(conn) => stream!(conn, DefaultLoadingMode),
        Conn::Postgres(conn) => stream!(conn, PgRowByRowLoadingMode),
    }
    Ok(())
}

/// The engines write JSON in slightly different ways.
fn canonical(line: &str) -> Result<String, Error> {
    let values: Vec<Value> = serde_json::from_str(line).map_err(|error| no_row(&error))?;
    serde_json::to_string(&values).map_err(|error| no_row(&error))
}

fn no_row(error: &serde_json::Error) -> Error {
    Error::Transfer(format!("a row is no JSON: {error}"))
}

/// What the rows of a table are.
///
/// # Errors
/// If the database fails.
pub fn sum(conn: &mut Conn, table: &Table) -> Result<Sum, Error> {
    let mut sum = Sum::default();
    read(conn, table, |line| {
        sum.add(&line);
        Ok::<_, Error>(())
    })?;
    Ok(sum)
}

/// How many rows a table has.
///
/// # Errors
/// If the database fails.
pub fn count(conn: &mut Conn, table: &Table) -> Result<u64, Error> {
    let statement = format!("SELECT count(*) AS count FROM \"{}\"", table.name);
    let found: Count = diesel::sql_query(statement).get_result(conn)?;
    Ok(found.count.cast_unsigned())
}

/// Adds rows, but none of which there is one with the same key. Gives how many were added.
///
/// # Errors
/// If a line is none of this table, or the database fails.
pub fn add(conn: &mut Conn, table: &Table, lines: &[String]) -> Result<u64, Error> {
    let all = format!("[{}]", lines.join(","));
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect();
    let sqlite = matches!(conn, Conn::Sqlite(_));
    let places: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| value_at(sqlite, place, column.kind))
        .collect();
    let source = if sqlite {
        // A conflict clause behind a SELECT needs a WHERE before it.
        "json_each(?) WHERE true"
    } else {
        "json_array_elements($1::json) AS given(value)"
    };
    let statement = format!(
        "INSERT INTO \"{}\" ({}) SELECT {} FROM {source} ON CONFLICT DO NOTHING",
        table.name,
        names.join(", "),
        places.join(", ")
    );
    let added = diesel::sql_query(statement)
        .bind::<Text, _>(all)
        .execute(conn)?;
    Ok(added as u64)
}

/// The value at a place of a line.
fn value_at(sqlite: bool, place: usize, kind: Kind) -> String {
    if sqlite {
        let value = format!("json_extract(value, '$[{place}]')");
        return match kind {
            Kind::Bytes => format!("unhex({value})"),
            _ => value,
        };
    }
    let value = format!("(value ->> {place})");
    match kind {
        Kind::Integer => format!("{value}::bigint"),
        Kind::Boolean => format!("{value}::int::boolean"),
        Kind::Bytes => format!("decode({value}, 'hex')"),
        Kind::Text => value,
    }
}

/// Removes all rows of a table.
///
/// # Errors
/// If the database fails.
pub fn clear(conn: &mut Conn, table: &Table) -> Result<(), Error> {
    diesel::sql_query(format!("DELETE FROM \"{}\"", table.name)).execute(conn)?;
    Ok(())
}
