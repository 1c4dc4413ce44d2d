//! What an installation keeps, to see whether it was changed.

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
    // In these, times are noted and rows go by themselves.
    tables.filter(|table| !matches!(*table, "sessions" | "nodes" | "auth_tokens"))
}

/// Every row of every table.
pub fn everything(folder: &Path) -> Vec<(&'static str, Vec<String>)> {
    let rows = |table| {
        let rows = sql::run(folder, &format!("SELECT * FROM {table}"));
        let mut rows: Vec<String> = rows
            .into_iter()
            .map(|row| Value::from(row).to_string())
            .collect();
        rows.sort();
        (table, rows)
    };
    tables().map(rows).collect()
}

/// Holds everything to be as it was.
pub fn assert_same(before: &[(&str, Vec<String>)], after: &[(&str, Vec<String>)]) {
    assert!(before.len() > 20);
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before, after);
    }
}
