//! What PostgreSQL itself reaches with the statements of an insert: `pgbench`, beside our inserts on the same cluster. Both commit to disk.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::figures::{Aim, Figure, Table, Value, head, line};
use crate::filling::Rows;
use crate::postgres::Cluster;
use crate::rounds::{self, MOST};
use crate::setup::Bench;

/// What the table calls both.
const OURS: &str = "insert, on PostgreSQL";
const THEIRS: &str = "pgbench, the same statements";

/// How many emails there are.
const EMAILS: usize = 100_000;

/// An insert, statement by statement, each client in a draft of its own.
const SCRIPT: &str = r#"
\set draft 3000000001 + :client_id
BEGIN;
SELECT id, kind, direction, state, user_id, workgroup_id, mailbox_id, next_attachment AS number, attachment_count, attachment_bytes, has_free_names FROM interactions WHERE id = :draft \gset
SELECT i.library_id, l.owner_id, i.kind, i.file_name, i.media_type, b.id AS blob, b.size AS size, b.gone FROM library_items i JOIN libraries l ON l.id = i.library_id LEFT JOIN blobs b ON b.id = i.blob_id WHERE i.id = decode('ITEM', 'hex') \gset item_
SELECT ordinal FROM attachments WHERE interaction_id = :draft AND wanted = 'small-0.bin' ORDER BY ordinal DESC LIMIT 1;
INSERT INTO attachments (interaction_id, number, wanted, ordinal, blob_id, size, media_type, content_id) VALUES (:draft, :number, 'small-0.bin', :number, :item_blob, :item_size, 'application/octet-stream', NULL);
UPDATE interactions SET revision = revision + 1, next_attachment = :number + 1, attachment_count = attachment_count + 1, attachment_bytes = attachment_bytes + :item_size, has_free_names = false WHERE id = :draft;
UPDATE journal_head SET position = position + 1 RETURNING position \gset
INSERT INTO journal (position, changes, written_at) VALUES (:position, '[{"interaction":{"id":3000000001,"members":1,"queues":[1,1]}}]', 0);
COMMIT;
"#;

/// Measures and prints.
pub async fn run(
    bench: &mut Bench,
    cluster: &Cluster,
    rounds: usize,
    time: Duration,
) -> anyhow::Result<()> {
    let draft = bench.drafts(1).await?.remove(0);
    bench.insert_once(&draft, bench.sizes[0].items[0]).await?;
    bench.server.stop()?;
    let mut rows = Rows::open(&bench.database)?;
    // PostgreSQL plans by what it last counted, and would read a whole table that was small then. A desk at work has many emails.
    rows.multiply_interaction(&draft, EMAILS)?;
    let item = rows.sample_of_items("small-0.bin", 1)?;
    let item = item
        .first()
        .context("no item")?
        .to_string()
        .replace('-', "");
    rows.execute("VACUUM ANALYZE")?;
    rows.execute("CHECKPOINT")?;
    drop(rows);
    bench.start_again()?;
    let script = bench.folder.join("insert.pgbench");
    std::fs::write(&script, SCRIPT.replace("ITEM", &item))?;

    rounds::only_inserts(bench, MOST, Duration::from_millis(500)).await?;
    let mut table = Table::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        let figure = rounds::only_inserts(bench, MOST, time).await?;
        table.add(OURS, MOST, figure);
        let figure = pgbench(&cluster.tool("pgbench"), &bench.database, &script, time)?;
        table.add(THEIRS, MOST, figure);
    }
    table.print(rounds);
    head();
    let ratio = table.rate(OURS, MOST) / table.rate(THEIRS, MOST);
    line(
        "PostgreSQL: inserts a second to pgbench with the same statements, 64 connections",
        Value::Part(ratio),
        Some(Aim::AtLeast(0.5)),
    );
    Ok(())
}

fn pgbench(
    program: &Path,
    database: &str,
    script: &Path,
    time: Duration,
) -> anyhow::Result<Figure> {
    let output = Command::new(program)
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={MOST}"))
        .arg(format!("--time={}", time.as_secs().max(1)))
        .arg("--file")
        .arg(script)
        .arg(database)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "pgbench failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let number = |before: &str, after: &str| {
        let (_, rest) = said.split_once(before)?;
        rest.split_once(after)?.0.trim().parse::<f64>().ok()
    };
    let rate = number("tps = ", " ").context("pgbench gave no rate")?;
    let latency = number("latency average = ", " ms").context("pgbench gave no latency")?;
    Ok(Figure::of_rate(rate, latency))
}
