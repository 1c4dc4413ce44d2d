//! What refers to what. No table declares its references to the database, which would look each of them up on every insert; that they hold
//! is the rules' affair, and checked here.
//!
//! A column is known by its name: `workgroup_id` refers to `workgroups`, `raw_blob_id` to `blobs`. The few that are called otherwise
//! are listed; one whose name tells of no table (`message_id`) refers to none.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Table;
use super::catalogue::values;
use crate::{Conn, Error};

/// Columns that are called after the part that the row plays.
const IRREGULAR: [(&str, &str); 4] = [
    ("document_id", "blobs"),
    ("owner_id", "users"),
    ("parent_id", "interactions"),
    ("status_id", "status_messages"),
];

/// At most so many rows of one column are told.
const MOST: u32 = 1000;

/// A column whose values are the `id` of a row of another table, or absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The table that refers.
    pub table: String,
    /// Its column.
    pub column: String,
    /// The table that is referred to.
    pub target: String,
}

/// A row that refers to one that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// By which column.
    pub reference: Reference,
    /// The row's key, as it is shown.
    pub row: String,
    /// What is not there, as it is shown.
    pub missing: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// All references of these tables.
pub fn references(tables: &[Table]) -> Vec<Reference> {
    let mut found = Vec::new();
    for table in tables {
        for column in &table.columns {
            if let Some(target) = target_of(&column.name, tables) {
                found.push(Reference {
                    table: table.name.clone(),
                    column: column.name.clone(),
                    target: target.name.clone(),
                });
            }
        }
    }
    found
}

/// The table that a column refers to.
fn target_of<'a>(column: &str, tables: &'a [Table]) -> Option<&'a Table> {
    let find = |name: &str| {
        tables
            .iter()
            .find(|table| table.name == name && table.key == ["id"])
    };
    if let Some((_, target)) = IRREGULAR.iter().find(|(name, _)| *name == column) {
        return find(target);
    }
    let mut words = column.strip_suffix("_id")?;
    loop {
        let plurals = [format!("{words}s"), format!("{words}es")];
        if let Some(table) = plurals.iter().find_map(|name| find(name)) {
            return Some(table);
        }
        words = words.split_once('_')?.1;
    }
}

/// The rows that refer by this reference to one that is not there, at most a thousand of them.
///
/// # Errors
/// If the database fails.
pub fn dangling(
    conn: &mut Conn,
    tables: &[Table],
    reference: &Reference,
) -> Result<Vec<Dangling>, Error> {
    let Some((table, value)) = pick(conn, tables, reference) else {
        return Ok(Vec::new());
    };
    let key = values(conn, "c.", &table.key_columns());
    let Reference {
        table: name,
        column,
        target,
    } = reference;
    let of_key = |value: &str| {
        format!(
            "SELECT {value} AS line FROM \"{name}\" c LEFT JOIN \"{target}\" t ON t.\"id\" = c.\"{column}\" \
         WHERE c.\"{column}\" IS NOT NULL AND t.\"id\" IS NULL ORDER BY {key} LIMIT {MOST}"
        )
    };
    let rows: Vec<Line> = diesel::sql_query(of_key(&key)).load(conn)?;
    let missing: Vec<Line> = diesel::sql_query(of_key(&value)).load(conn)?;
    let both = rows.into_iter().zip(missing);
    Ok(both
        .map(|(row, missing)| Dangling {
            reference: reference.clone(),
            row: shown(&row.line),
            missing: shown(&missing.line),
        })
        .collect())
}

/// Who refers to a blob, as it is shown: a table and a row's key, at most three of each column. Looks through whole tables.
///
/// # Errors
/// If the database fails.
pub fn users_of_blob(conn: &mut Conn, tables: &[Table], id: i64) -> Result<Vec<String>, Error> {
    let mut users = Vec::new();
    for reference in references(tables) {
        if reference.target != "blobs" {
            continue;
        }
        let Some((found, _)) = pick(conn, tables, &reference) else {
            continue;
        };
        let key = values(conn, "c.", &found.key_columns());
        let Reference { table, column, .. } = &reference;
        let statement = format!(
            "SELECT {key} AS line FROM \"{table}\" c WHERE c.\"{column}\" = {id} ORDER BY {key} LIMIT 3"
        );
        let rows: Vec<Line> = diesel::sql_query(statement).load(conn)?;
        users.extend(
            rows.iter()
                .map(|row| format!("{table} {}", shown(&row.line))),
        );
    }
    Ok(users)
}

/// The table of a reference, and its value as JSON.
fn pick<'a>(
    conn: &Conn,
    tables: &'a [Table],
    reference: &Reference,
) -> Option<(&'a Table, String)> {
    let table = tables.iter().find(|table| table.name == reference.table)?;
    let column = table
        .columns
        .iter()
        .find(|column| column.name == reference.column)?;
    Some((table, values(conn, "c.", &[column])))
}

/// A key as it is shown: its values with slashes between them.
fn shown(line: &str) -> String {
    let values: Vec<serde_json::Value> = serde_json::from_str(line).unwrap_or_default();
    let texts: Vec<String> = values
        .iter()
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect();
    // What a stranger named must not write on a terminal.
    let text = texts.join("/");
    text.chars()
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}
