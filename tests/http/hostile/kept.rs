//! What an installation keeps, to see whether it was changed.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::sql;

/// The tables, of which the schema is made.
fn tables() -> impl Iterator<Item = &'static str> {
    const SCHEMA: &str =
        include_str!("../../../crates/store/migrations/sqlite/00000000000001_first/up.sql");
    let tables = SCHEMA.lines().filter_map(|line| {
        let name = line.strip_prefix("CREATE TABLE ")?;
        name.split([' ', '(']).next()
    });
    tables.filter(|table| *table != "nodes")
}

/// What of a table is kept: of a session not when it was heard of last, nor where it reads.
fn columns(table: &str) -> &'static str {
    match table {
        "sessions" => "id, user_id, language, application, ended_at, end_reason, station",
        _ => "*",
    }
}

/// The names of the files of bytes, where they are in a folder.
fn blobs(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.join("blobs")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// Every row of every table but those that note times, and every file.
pub fn everything(folder: &Path) -> Vec<(&'static str, Vec<String>)> {
    let rows = |table| {
        let columns = columns(table);
        let rows = sql::run(folder, &format!("SELECT {columns} FROM {table}"));
        let mut rows: Vec<String> = rows
            .into_iter()
            .map(|row| Value::from(row).to_string())
            .collect();
        rows.sort();
        (table, rows)
    };
    let mut all: Vec<_> = tables().map(rows).collect();
    all.push(("blobs", blobs(folder)));
    all
}

/// Holds everything to be as it was.
pub fn assert_same(before: &[(&str, Vec<String>)], after: &[(&str, Vec<String>)]) {
    assert!(before.len() > 20);
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before, after);
    }
}
