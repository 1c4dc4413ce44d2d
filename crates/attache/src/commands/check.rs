//! `attache check`: whether everything that is kept is whole.

use desk::{Desk, Refusal};
use futures_util::{StreamExt, TryStreamExt};
use indicatif::{BinaryBytes, ProgressBar};
use store::rows::blobs::{self as rows, Blob};
use store::transfer::{self, Dangling, Table};
use store::{BlobError, Blobs, Error};

use super::{Missing, open, progress};
use crate::settings::Settings;

/// How many blobs are asked for at once.
const PAGE: i64 = 200;
/// How many of them are read at the same time.
const AT_ONCE: usize = 4;
/// For so many lost blobs it is said who uses them, which takes a look through whole tables each.
const TOLD: u64 = 100;

pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let installation = open(settings, Missing::Refuse).await?;
    let desk = &installation.desk;
    let tables = desk.database().read(transfer::tables).await?;
    let references = check_references(desk, &tables).await?;
    let blobs = check_blobs(desk, &tables).await?;
    desk.database().close().await;
    println!(
        "Checked {} in {} and {} ({}).",
        progress::number(
            references.checked,
            "kind of reference",
            "kinds of references"
        ),
        progress::number(tables.len() as u64, "table", "tables"),
        progress::number(blobs.checked, "file", "files"),
        BinaryBytes(blobs.bytes),
    );
    let problems = references.problems + blobs.problems;
    anyhow::ensure!(
        problems == 0,
        "{} found",
        progress::number(problems, "problem was", "problems were")
    );
    println!("Everything is whole.");
    Ok(())
}

/// What was looked at, and how much of it is wrong.
#[derive(Debug, Default)]
pub struct Found {
    /// How many.
    pub checked: u64,
    /// How many bytes.
    pub bytes: u64,
    /// How many are wrong.
    pub problems: u64,
}

async fn check_references(desk: &Desk, tables: &[Table]) -> anyhow::Result<Found> {
    let all = tables.to_vec();
    let dangling = desk.database().read(move |conn| {
        let mut found: Vec<Dangling> = Vec::new();
        for reference in transfer::references(&all) {
            found.extend(transfer::dangling(conn, &all, &reference)?);
        }
        Ok::<_, Error>(found)
    });
    let dangling = dangling.await?;
    for Dangling {
        reference,
        row,
        missing,
    } in &dangling
    {
        println!(
            "{} {row}: its {} is {missing}, and {} has no such row",
            reference.table, reference.column, reference.target
        );
    }
    Ok(Found {
        checked: transfer::references(tables).len() as u64,
        bytes: 0,
        problems: dangling.len() as u64,
    })
}

async fn check_blobs(desk: &Desk, tables: &[Table]) -> anyhow::Result<Found> {
    let (count, bytes) = desk.database().read(total).await?;
    tracing::debug!(count, bytes, "files are checked");
    let bar = progress::of_bytes(bytes);
    let mut found = Found::default();
    let mut last = 0;
    loop {
        let page = desk
            .database()
            .read(move |conn| Ok::<_, Error>(rows::after(conn, last, PAGE)?))
            .await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        let mut looked = futures_util::stream::iter(page)
            .map(|blob| async {
                let state = look(desk.blobs(), &blob, &bar).await;
                (blob, state)
            })
            .buffered(AT_ONCE);
        while let Some((blob, state)) = looked.next().await {
            found.checked += 1;
            found.bytes += blob.size.cast_unsigned();
            if let Some(problem) = judge(desk, &blob, state?).await? {
                found.problems += 1;
                let users = if found.problems <= TOLD {
                    users(desk, tables, blob.id).await?
                } else {
                    String::new()
                };
                bar.suspend(|| println!("file {} ({}): {problem}{users}", blob.id, blob.place));
            }
        }
    }
    bar.finish_and_clear();
    Ok(found)
}

fn total(conn: &mut store::Conn) -> Result<(u64, u64), Error> {
    Ok(rows::total(conn)?)
}

/// Reads a blob; gives what is wrong with it.
async fn look(
    blobs: &Blobs,
    blob: &Blob,
    bar: &ProgressBar,
) -> anyhow::Result<Option<&'static str>> {
    match read(blobs, blob, |chunk| bar.inc(chunk as u64)).await {
        Ok(()) => Ok(None),
        Err(BlobError::Gone) => Ok(Some("its bytes are not there")),
        Err(BlobError::Damaged) => Ok(Some("its bytes are not those that were written")),
        Err(error) => Err(error.into()),
    }
}

/// Reads a blob to its end, which holds it against its size and hash.
pub async fn read(
    blobs: &Blobs,
    blob: &Blob,
    mut told: impl FnMut(usize),
) -> Result<(), BlobError> {
    let hash = blob.hash.as_slice().try_into();
    let hash = hash.map_err(|_| BlobError::Damaged)?;
    let size = u64::try_from(blob.size).map_err(|_| BlobError::Damaged)?;
    let mut chunks = blobs.read(&blob.place, hash, size).await?;
    loop {
        match chunks.try_next().await {
            Ok(Some(chunk)) => told(chunk.len()),
            Ok(None) => return Ok(()),
            Err(error) if BlobError::ended_by_loss(&error) => return Err(BlobError::Damaged),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Notes in the row what was found. One that was collected meanwhile, or has got new bytes, is no problem.
async fn judge(
    desk: &Desk,
    blob: &Blob,
    wrong: Option<&'static str>,
) -> anyhow::Result<Option<&'static str>> {
    let (id, place, was_gone) = (blob.id, blob.place.clone(), blob.gone);
    let Some(problem) = wrong else {
        if was_gone {
            let noted = desk.write(move |tx, _| Ok(rows::set_found(tx, id, &place)?));
            if noted.await.map_err(|refusal| failure(&refusal))? {
                println!(
                    "file {id} ({}): was noted as lost, and is whole",
                    blob.place
                );
            }
        }
        return Ok(None);
    };
    let noted = desk.write(move |tx, _| Ok(rows::set_gone(tx, id, &place)?));
    let is_there = noted.await.map_err(|refusal| failure(&refusal))?;
    Ok(is_there.then_some(problem))
}

async fn users(desk: &Desk, tables: &[Table], id: i64) -> anyhow::Result<String> {
    let tables = tables.to_vec();
    let users = desk
        .database()
        .read(move |conn| transfer::users_of_blob(conn, &tables, id))
        .await?;
    Ok(if users.is_empty() {
        "; nothing refers to it".to_owned()
    } else {
        format!("; used by {}", users.join(", "))
    })
}

fn failure(refusal: &Refusal) -> anyhow::Error {
    anyhow::anyhow!("what was found cannot be noted: {refusal:?}")
}
