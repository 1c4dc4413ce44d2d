//! The files of a move.

use std::pin::pin;

use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use store::rows::blobs::{self as rows, Blob};
use store::{BlobError, Blobs, Database, Error};

use crate::commands::{check, progress};

/// How many are asked for at once.
const PAGE: i64 = 200;
/// How many are on their way at the same time.
const AT_ONCE: usize = 4;
/// How many places are held against the rows at once.
const PLACES: usize = 200;
/// What a folder has of files that are being written.
const UNFINISHED: &str = "incoming/";

/// A file at the target that no row of the source knows.
pub async fn foreign(source: &Database, target: &Blobs) -> anyhow::Result<Option<String>> {
    let mut listed = pin!(target.list().try_chunks(PLACES));
    while let Some(files) = listed.next().await {
        let files = files.map_err(|error| error.1)?;
        let places: Vec<String> = files
            .into_iter()
            .map(|file| file.place)
            .filter(|place| !place.starts_with(UNFINISHED))
            .collect();
        let unknown = source
            .read(move |conn| Ok::<_, Error>(rows::strays(conn, &places)?))
            .await?;
        if let Some(place) = unknown.into_iter().next() {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Copies all files that are not there yet.
pub async fn copy(source: &Database, from: &Blobs, to: &Blobs) -> anyhow::Result<()> {
    let bar = progress::of_bytes(total(source).await?);
    let mut lost = 0_u64;
    let each = async |blob: &Blob| match copy_one(blob, from, to, &bar).await {
        Ok(()) => Ok(None),
        Err(error) => match error.downcast_ref::<BlobError>() {
            Some(error) if error.is_loss() => Ok(Some(error.to_string())),
            _ => Err(error),
        },
    };
    for_all(source, each, |blob, problem| {
        lost += 1;
        bar.suspend(|| eprintln!("file {} ({}): {problem}", blob.id, blob.place));
    })
    .await?;
    bar.finish_and_clear();
    ensure!(
        lost == 0,
        "{} lost; `attache check` notes that, and a move leaves out what is noted",
        progress::number(lost, "file is", "files are")
    );
    Ok(())
}

/// Reads all files where they are now, and gives how many there are and how many bytes they have.
pub async fn verify(source: &Database, to: &Blobs) -> anyhow::Result<(u64, u64)> {
    let bar = progress::of_bytes(total(source).await?);
    let (mut count, mut bytes) = (0, 0);
    let each = async |blob: &Blob| {
        check::read(to, blob, |chunk| bar.inc(chunk as u64))
            .await
            .with_context(|| format!("file {} has not arrived whole; move again", blob.id))?;
        Ok(Some(String::new()))
    };
    for_all(source, each, |blob, _| {
        count += 1;
        bytes += blob.size.cast_unsigned();
    })
    .await?;
    bar.finish_and_clear();
    Ok((count, bytes))
}

async fn total(source: &Database) -> Result<u64, Error> {
    let total = source
        .read(|conn| Ok::<_, Error>(rows::total(conn)?))
        .await?;
    Ok(total.1)
}

/// Does something with each file that is not noted as lost, several at a time, and tells what came of it.
async fn for_all(
    source: &Database,
    each: impl AsyncFn(&Blob) -> anyhow::Result<Option<String>>,
    mut told: impl FnMut(&Blob, String),
) -> anyhow::Result<()> {
    let (each, mut last) = (&each, 0);
    loop {
        let page = source
            .read(move |conn| Ok::<_, Error>(rows::after(conn, last, PAGE)?))
            .await?;
        let Some(newest) = page.last() else {
            return Ok(());
        };
        last = newest.id;
        let whole = page.iter().filter(|blob| !blob.gone);
        let mut done = stream::iter(whole)
            .map(|blob| async move { (blob, each(blob).await) })
            .buffer_unordered(AT_ONCE);
        while let Some((blob, outcome)) = done.next().await {
            if let Some(text) = outcome? {
                told(blob, text);
            }
        }
    }
}

async fn copy_one(blob: &Blob, from: &Blobs, to: &Blobs, bar: &ProgressBar) -> anyhow::Result<()> {
    let size = u64::try_from(blob.size)?;
    // A file gets its place when it is whole. Its bytes are looked at in the end.
    if to.has(&blob.place, size).await? {
        bar.inc(size);
        return Ok(());
    }
    let hash = blob.hash.as_slice().try_into();
    let hash = hash.map_err(|_| BlobError::Damaged)?;
    let mut bytes = from.read(&blob.place, hash, size).await?;
    let mut writer = to.begin_at(&blob.place).await?;
    loop {
        match bytes.try_next().await {
            Ok(Some(piece)) => {
                writer.write(&piece).await?;
                bar.inc(piece.len() as u64);
            }
            Ok(None) => break,
            Err(error) if BlobError::ended_by_loss(&error) => return Err(BlobError::Damaged.into()),
            Err(error) => return Err(error.into()),
        }
    }
    writer.finish().await?;
    Ok(())
}
