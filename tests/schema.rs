//! The two trees of migrations give the same schema.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::postgres::Cluster;
use crate::server::command;
use crate::sql;

/// What only one of the engines has: the table of migrations, which is diesel's, and the head of the journal, which stands for a lock that the
/// embedded one has anyway.
const OWN: [&str; 2] = ["__diesel_schema_migrations", "journal_head"];

/// A schema, told in words of both engines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// `table.column`: its kind of value and whether it may be absent.
    columns: BTreeMap<String, (String, bool)>,
    /// Each index and primary key: table, columns in their order, whether it is unique.
    indexes: BTreeSet<(String, String, bool)>,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_i64() == Some(1))
}

/// The same words for the types of both.
fn kind(declared: &str) -> String {
    let same = match declared.to_lowercase().as_str() {
        "bigint" | "integer primary key" => "bigint",
        "integer" => "integer",
        "smallint" => "smallint",
        "blob" | "bytea" => "bytes",
        "boolean" => "boolean",
        "text" => "text",
        other => panic!("a type that was not thought of: {other}"),
    };
    same.to_owned()
}

/// The schema of the embedded database of a data folder.
pub fn of_sqlite(folder: &Path) -> Schema {
    let mut schema = Schema::default();
    let columns = "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master t, pragma_table_info(t.name) c
                   WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.pk";
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sql::run(folder, columns) {
        let (table, column) = (text(&row[0]), text(&row[1]));
        if OWN.contains(&table.as_str()) {
            continue;
        }
        let place = row[4].as_i64().expect("a number");
        let declared = text(&row[2]);
        // A rowid is a BIGINT whatever it is declared as.
        let declared = if place == 1 && declared == "INTEGER" {
            "bigint".to_owned()
        } else {
            declared
        };
        let name = format!("{table}.{column}");
        schema
            .columns
            .insert(name, (kind(&declared), !is_true(&row[3]) && place == 0));
        if place > 0 {
            keys.entry(table).or_default().push(column);
        }
    }
    for (table, columns) in keys {
        schema.indexes.insert((table, columns.join(","), true));
    }
    let indexes = "SELECT t.name, i.name, i.\"unique\", c.name FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
                   WHERE t.type = 'table' ORDER BY i.name, c.seqno";
    let mut members: BTreeMap<String, (String, Vec<String>, bool)> = BTreeMap::new();
    for row in sql::run(folder, indexes) {
        let entry = members.entry(text(&row[1]));
        let entry = entry.or_insert_with(|| (text(&row[0]), Vec::new(), is_true(&row[2])));
        entry.1.push(text(&row[3]));
    }
    for (table, columns, unique) in members.into_values() {
        if !OWN.contains(&table.as_str()) {
            schema.indexes.insert((table, columns.join(","), unique));
        }
    }
    schema
}

fn of_postgres(folder: &Path) -> Schema {
    let mut schema = Schema::default();
    let columns = "SELECT table_name, column_name, data_type, is_nullable = 'YES' AS absent FROM information_schema.columns
                   WHERE table_schema = 'public'";
    for row in sql::run(folder, columns) {
        let table = text(&row[0]);
        if !OWN.contains(&table.as_str()) {
            let name = format!("{table}.{}", text(&row[1]));
            let told = (kind(&text(&row[2])), is_true(&row[3]));
            schema.columns.insert(name, told);
        }
    }
    let indexes = "SELECT t.relname, string_agg(a.attname, ',' ORDER BY array_position(i.indkey::int2[], a.attnum)) AS columns, i.indisunique
                   FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
                   JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey::int2[])
                   WHERE n.nspname = 'public' GROUP BY t.relname, i.indexrelid, i.indisunique";
    for row in sql::run(folder, indexes) {
        let table = text(&row[0]);
        if !OWN.contains(&table.as_str()) {
            schema
                .indexes
                .insert((table, text(&row[1]), is_true(&row[2])));
        }
    }
    schema
}

#[test]
fn both_trees_of_migrations_give_the_same_schema() {
    let cluster = Cluster::shared();
    let database = cluster.database(None);
    let home = tempfile::tempdir().expect("a folder");
    let (embedded, beside) = (
        home.path().join("embedded/data"),
        home.path().join("beside/data"),
    );
    let make = |data: &Path, more: &[&str]| {
        fs::create_dir_all(data).expect("a folder");
        let made = command()
            .args(["user", "list", "--data"])
            .arg(data)
            .args(more)
            .output();
        let made = made.expect("the binary can be started");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
    };
    make(&embedded, &[]);
    make(&beside, &["--database", database.url()]);
    database.note_in(beside.parent().expect("a folder"));
    let (one, other) = (of_sqlite(&embedded), of_postgres(&beside));
    assert!(
        one.columns.len() > 100 && one.indexes.len() > 20,
        "{one:#?}"
    );
    assert_eq!(one.columns, other.columns);
    assert_eq!(one.indexes, other.indexes);
}
