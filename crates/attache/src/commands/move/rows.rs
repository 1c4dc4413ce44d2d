//! The rows of a move.

use std::sync::Arc;

use anyhow::ensure;
use indicatif::ProgressBar;
use store::transfer::{self, Table};
use store::{Database, Error};
use tokio::sync::mpsc;

use super::sum;
use crate::commands::progress;

/// A batch has no more rows than that,
const ROWS: usize = 1000;
/// and no more bytes than that and one row.
const BYTES: usize = 1 << 20;
/// So many batches are held while one is written.
const AHEAD: usize = 2;

/// Copies all rows that are not there yet, and holds both sides against each other. Gives how many there are.
pub async fn copy(
    source: &Database,
    target: &Database,
    tables: &[Table],
    name: &str,
) -> anyhow::Result<u64> {
    let mut total = 0;
    for table in tables {
        total += count(source, table).await?;
    }
    let bar = progress::of_rows(total);
    let arrival = target.read(transfer::arrival).await?;
    let arrived = arrival.map(|arrival| arrival.tables).unwrap_or_default();
    for table in tables {
        if arrived.contains(&table.name) {
            bar.inc(count(source, table).await?);
            continue;
        }
        copy_table(source, target, table, &bar).await?;
        let (table, name) = (table.name.clone(), name.to_owned());
        let noted = target.write(move |tx| transfer::arrived(tx.write(), &table, &name));
        noted.await?;
    }
    bar.set_position(0);
    for table in tables {
        let mut are_same = sum(source, table).await? == sum(target, table).await?;
        if !are_same {
            // The source was used between two parts of the move.
            let all = table.clone();
            let cleared = target.write(move |tx| transfer::clear(tx.write(), &all));
            cleared.await?;
            copy_table(source, target, table, &bar).await?;
            are_same = sum(source, table).await? == sum(target, table).await?;
        }
        ensure!(
            are_same,
            "the rows of {} did not arrive as they are; something still writes to one of the databases",
            table.name
        );
        bar.inc(count(source, table).await?);
    }
    let all = tables.to_vec();
    let last = source
        .read(move |conn| transfer::sequences(conn, &all))
        .await?;
    let all = tables.to_vec();
    let set = target.write(move |tx| transfer::set_sequences(tx.write(), &all, &last));
    set.await?;
    bar.finish_and_clear();
    Ok(total)
}

async fn count(database: &Database, table: &Table) -> Result<u64, Error> {
    let table = table.clone();
    database
        .read(move |conn| transfer::count(conn, &table))
        .await
}

async fn copy_table(
    source: &Database,
    target: &Database,
    table: &Table,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let (sender, mut batches) = mpsc::channel::<Vec<String>>(AHEAD);
    let (database, of) = (source.clone(), table.clone());
    let reading = tokio::spawn(async move {
        let read = database.read(move |conn| {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            let ended = || Error::Transfer("the other database takes no more".to_owned());
            transfer::read(conn, &of, |line| {
                bytes += line.len();
                batch.push(line);
                if batch.len() >= ROWS || bytes >= BYTES {
                    bytes = 0;
                    let full = std::mem::take(&mut batch);
                    sender.blocking_send(full).map_err(|_| ended())?;
                }
                Ok::<_, Error>(())
            })?;
            sender.blocking_send(batch).map_err(|_| ended())
        });
        read.await
    });
    let table = Arc::new(table.clone());
    while let Some(batch) = batches.recv().await {
        bar.inc(batch.len() as u64);
        let table = Arc::clone(&table);
        target
            .write(move |tx| transfer::add(tx.write(), &table, &batch))
            .await?;
    }
    Ok(reading.await??)
}
