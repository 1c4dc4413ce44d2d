//! The whole of a database: which tables there are, and what refers to what.

use std::collections::BTreeSet;

use super::Bench;
use crate::Error;
use crate::transfer::{self, Kind, Table};

async fn tables() -> (Bench, Vec<Table>) {
    let bench = Bench::new().await;
    let tables = bench.database.read(transfer::tables).await.unwrap();
    (bench, tables)
}

/// The names of the tables that diesel knows.
fn known_to_diesel() -> BTreeSet<String> {
    let schema = include_str!("../schema.rs");
    let heads = schema.split("diesel::table! {").skip(1);
    heads
        .map(|text| text.trim_start().split(' ').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn all_tables_are_carried_but_those_that_stay() {
    let (_bench, tables) = tables().await;
    let mut carried: BTreeSet<String> = tables.iter().map(|table| table.name.clone()).collect();
    assert!(carried.remove("notes"), "the bench's own");
    let mut known = known_to_diesel();
    assert!(known.len() > 20, "{known:?}");
    for stays in ["nodes", "holds", "arrivals"] {
        assert!(known.remove(stays), "{stays}");
    }
    assert_eq!(carried, known);
    for table in &tables {
        assert!(!table.key.is_empty(), "{} has no primary key", table.name);
    }
}

#[tokio::test]
async fn a_table_that_comes_is_carried_and_its_references_are_known() {
    let (bench, _) = tables().await;
    super::execute(
        &bench.database,
        "CREATE TABLE later (name TEXT NOT NULL, at BIGINT NOT NULL, raw_blob_id BIGINT, workgroup_id BIGINT,
            message_id TEXT, sum BLOB, good BOOLEAN, PRIMARY KEY (name, at))",
    )
    .await
    .unwrap();
    let tables = bench.database.read(transfer::tables).await.unwrap();
    let later = tables.iter().find(|table| table.name == "later").unwrap();
    let kinds: Vec<(&str, Kind)> = later
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.kind))
        .collect();
    let expected = [
        ("at", Kind::Integer),
        ("good", Kind::Boolean),
        ("message_id", Kind::Text),
        ("name", Kind::Text),
        ("raw_blob_id", Kind::Integer),
        ("sum", Kind::Bytes),
        ("workgroup_id", Kind::Integer),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(later.key, ["name", "at"]);
    let references = transfer::references(&tables);
    let of_later: Vec<(&str, &str)> = references
        .iter()
        .filter(|reference| reference.table == "later")
        .map(|reference| (reference.column.as_str(), reference.target.as_str()))
        .collect();
    assert_eq!(
        of_later,
        [("raw_blob_id", "blobs"), ("workgroup_id", "workgroups")]
    );
}

#[tokio::test]
async fn a_column_that_cannot_be_carried_is_said() {
    let (bench, _) = tables().await;
    super::execute(
        &bench.database,
        "CREATE TABLE later (id INTEGER PRIMARY KEY, weight REAL)",
    )
    .await
    .unwrap();
    let error = bench.database.read(transfer::tables).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transfer(why) if why.contains("later.weight") && why.contains("real")),
        "{error}"
    );
}

/// The collector would remove what it does not know to be referred to.
#[tokio::test]
async fn the_collector_knows_every_reference_to_blobs() {
    let (_bench, tables) = tables().await;
    let all = transfer::references(&tables);
    let to_blobs: Vec<_> = all
        .iter()
        .filter(|reference| reference.target == "blobs")
        .collect();
    assert!(to_blobs.len() >= 4, "{to_blobs:?}");
    let text = include_str!("../rows/blobs.rs");
    let (_, text) = text.split_once("pub fn collectable(").unwrap();
    let (text, _) = text.split_once("\n}\n").unwrap();
    for reference in to_blobs {
        let column = format!("{}::{}", reference.table, reference.column);
        assert!(
            text.contains(&column),
            "blobs that only {column} refers to would be collected: add it to `rows::blobs::collectable`"
        );
    }
}
