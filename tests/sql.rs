//! The server's database from outside, through Python's `sqlite3`: for what clients cannot see yet, and for breaking it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const SCRIPT: &str = "
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=10)
rows = connection.execute(sys.argv[2]).fetchall()
connection.commit()
json.dump(rows, sys.stdout)
";

/// Runs one statement on the database of a data folder, and gives the rows that it brings.
pub fn run(folder: &Path, statement: &str) -> Vec<Vec<Value>> {
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
