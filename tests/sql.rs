//! The server's database from outside, through Python's `sqlite3` or through `psql`: for what clients cannot see yet, and for breaking it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::postgres;

const SCRIPT: &str = "
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=10)
rows = connection.execute(sys.argv[2]).fetchall()
connection.commit()
json.dump(rows, sys.stdout, default=bytes.hex)
";

/// Runs one statement on the database of a data folder, and gives the rows that it brings.
pub fn run(folder: &Path, statement: &str) -> Vec<Vec<Value>> {
    if let Some(url) = postgres::of_folder(folder) {
        return on_postgres(&url, statement);
    }
    let database = folder.join("attache.sqlite");
    assert!(database.exists(), "there is no {}", database.display());
    let output = Command::new("python3")
        .args(["-c", SCRIPT])
        .arg(database)
        .arg(statement)
        .output();
    let output = output.expect("python3 can be run");
    assert!(
        output.status.success(),
        "{statement}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Makes the embedded database of a data folder from its text.
pub fn load(folder: &Path, text: &Path) {
    let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2], encoding='utf-8').read())";
    let made = Command::new("python3")
        .args(["-c", script])
        .args([&folder.join("attache.sqlite"), text])
        .status();
    assert!(made.expect("python3 can be run").success());
}

/// Whether a statement can be run on the PostgreSQL database of a data folder.
pub fn succeeds(folder: &Path, statement: &str) -> bool {
    let url = postgres::of_folder(folder).expect("a database on PostgreSQL");
    postgres::succeeds(&url, statement)
}

/// The same on PostgreSQL, which makes JSON of rows itself.
fn on_postgres(url: &str, statement: &str) -> Vec<Vec<Value>> {
    if !statement.trim_start().to_uppercase().starts_with("SELECT") {
        postgres::rows(url, statement);
        return Vec::new();
    }
    let as_json = format!(
        "SELECT coalesce(json_agg((SELECT json_agg(value ORDER BY place) FROM \
         json_each(row_to_json(found)) WITH ORDINALITY AS member(key, value, place))), '[]') FROM ({statement}) AS found"
    );
    serde_json::from_str(&postgres::rows(url, &as_json)).expect("JSON")
}
