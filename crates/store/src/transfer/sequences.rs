//! The numbers that were handed out last: an id is never used again, also where its row is gone.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::Table;
use crate::{Conn, Error};

/// PostgreSQL hands the journal's positions out by this table.
const JOURNAL: &str = "journal";

#[derive(QueryableByName)]
struct Last {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    last: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

/// The number that each table handed out last, for those that hand some out.
///
/// # Errors
/// If the database fails.
pub fn sequences(conn: &mut Conn, tables: &[Table]) -> Result<BTreeMap<String, i64>, Error> {
    let mut found = BTreeMap::new();
    if matches!(conn, Conn::Sqlite(_)) {
        let rows: Vec<Last> =
            diesel::sql_query("SELECT name, seq AS last FROM sqlite_sequence").load(conn)?;
        let known = |row: &Last| tables.iter().any(|table| table.name == row.name);
        found.extend(
            rows.into_iter()
                .filter(known)
                .map(|row| (row.name, row.last)),
        );
        return Ok(found);
    }
    for table in tables {
        let source = if table.name == JOURNAL {
            "SELECT 'journal' AS name, position AS last FROM journal_head".to_owned()
        } else if let Some(sequence) = sequence_of(conn, table)? {
            format!(
                "SELECT '{}' AS name, CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM {sequence}",
                table.name
            )
        } else {
            continue;
        };
        let row: Last = diesel::sql_query(source).get_result(conn)?;
        found.insert(row.name, row.last);
    }
    Ok(found)
}

/// Lets each table go on behind the number that it is said to have handed out last.
///
/// # Errors
/// If the database fails.
pub fn set_sequences(
    conn: &mut Conn,
    tables: &[Table],
    last: &BTreeMap<String, i64>,
) -> Result<(), Error> {
    for table in tables {
        let Some(last) = last.get(&table.name).copied() else {
            continue;
        };
        if matches!(conn, Conn::Sqlite(_)) {
            diesel::sql_query("DELETE FROM sqlite_sequence WHERE name = ?")
                .bind::<Text, _>(&table.name)
                .execute(conn)?;
            if last > 0 {
                diesel::sql_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")
                    .bind::<Text, _>(&table.name)
                    .bind::<BigInt, _>(last)
                    .execute(conn)?;
            }
        } else if table.name == JOURNAL {
            diesel::sql_query("UPDATE journal_head SET position = $1")
                .bind::<BigInt, _>(last)
                .execute(conn)?;
        } else if let Some(sequence) = sequence_of(conn, table)? {
            diesel::sql_query(format!("SELECT setval('{sequence}', $1, false)"))
                .bind::<BigInt, _>(last.saturating_add(1).max(1))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// PostgreSQL's sequence of a table, as SQL writes it.
fn sequence_of(conn: &mut Conn, table: &Table) -> Result<Option<String>, Error> {
    let [key] = table.key.as_slice() else {
        return Ok(None);
    };
    let found: Name =
        diesel::sql_query("SELECT pg_get_serial_sequence(quote_ident($1), $2) AS name")
            .bind::<Text, _>(&table.name)
            .bind::<Text, _>(key)
            .get_result(conn)?;
    Ok(found.name)
}
