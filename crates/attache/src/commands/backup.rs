//! `attache backup`: everything that is kept, of one moment, in one file.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use desk::Desk;
use icws::wire::Date;
use indicatif::{BinaryBytes, ProgressBar};
use store::rows::blobs::{self as rows, Blob};
use store::transfer::{self, Sum};
use store::{BlobError, Conn, Error};
use tokio::runtime::Handle;

use super::archive::{self, BLOBS, END, End, FORMAT, HEAD, Head, Pulled, ROWS};
use super::{Missing, open, progress};
use crate::settings::Settings;

/// How many blobs are asked for at once.
const PAGE: i64 = 200;
/// Rows are put into the archive in pieces of about so many bytes.
const PIECE: usize = 1 << 20;
/// How long files are held for a backup that does not say that it still runs, in milliseconds.
const HOLD: i64 = 60 * 60 * 1000;
/// How often it says so.
const AGAIN: Duration = Duration::from_mins(10);

type Archive = tar::Builder<BufWriter<File>>;

pub async fn run(settings: &Settings, file: PathBuf) -> anyhow::Result<()> {
    let installation = open(settings, Missing::Refuse).await?;
    let desk = installation.desk.clone();
    let partial = Partial::create(&file)?;
    // From here on no bytes go that a row of the snapshot refers to.
    let hold = desk
        .hold_blobs(HOLD)
        .await
        .map_err(|refusal| failure(&refusal))?;
    let renewing = tokio::spawn(renew(desk.clone(), hold));
    let written = write(&desk, partial).await;
    renewing.abort();
    let released = desk.release_blobs(hold).await;
    let End {
        tables,
        files,
        bytes,
        ..
    } = written?;
    if let Err(refusal) = released {
        tracing::warn!(?refusal, "files are held for an hour more");
    }
    desk.database().close().await;
    println!(
        "{}: {} of {} and {} ({})",
        file.display(),
        progress::number(tables.values().map(|sum| sum.rows).sum(), "row", "rows"),
        progress::number(tables.len() as u64, "table", "tables"),
        progress::number(files, "file", "files"),
        BinaryBytes(bytes),
    );
    Ok(())
}

fn failure(refusal: &desk::Refusal) -> anyhow::Error {
    anyhow::anyhow!("the database cannot be written to: {refusal:?}")
}

async fn renew(desk: Desk, hold: i64) {
    loop {
        tokio::time::sleep(AGAIN).await;
        if let Err(refusal) = desk.renew_hold(hold, HOLD).await {
            tracing::warn!(?refusal, "files cannot be held");
        }
    }
}

/// A file that gets its name when it is whole, and else goes.
struct Partial {
    path: PathBuf,
    name: PathBuf,
    file: Option<File>,
}

impl Partial {
    fn create(name: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(!name.exists(), "{} is there already", name.display());
        let mut path = name.as_os_str().to_owned();
        path.push(".partial");
        let path = PathBuf::from(path);
        // It holds mail.
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self {
            path,
            name: name.to_owned(),
            file: Some(file),
        })
    }

    fn settle(self, file: &File) -> io::Result<()> {
        file.sync_all()?;
        fs::rename(&self.path, &self.name)?;
        let folder = std::path::absolute(&self.name)?;
        folder
            .parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the rename there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// What the snapshot says of the files: those with a number up to the last one, but for those that are lost.
struct Listed {
    last: i64,
    lost: HashSet<i64>,
}

async fn write(desk: &Desk, mut partial: Partial) -> anyhow::Result<End> {
    let file = partial.file.take().context("a new file")?;
    let mut archive = tar::Builder::new(BufWriter::with_capacity(PIECE, file));
    let made_at = Date::from_unix_millis(desk::clock::now()).to_string();
    // The rows first: their snapshot keeps the database from tidying up, and files take longer.
    let (mut archive, mut end, listed) = desk
        .database()
        .read(move |conn| {
            let head = head(conn, made_at)?;
            let text = serde_json::to_vec_pretty(&head)?;
            append(&mut archive, HEAD, &text)?;
            let mut end = End {
                head: blake3::hash(&text).to_hex().to_string(),
                tables: BTreeMap::new(),
                files: 0,
                bytes: 0,
            };
            for table in transfer::tables(conn)? {
                let sum = write_rows(conn, &table, &mut archive)?;
                end.tables.insert(table.name, sum);
            }
            let listed = Listed {
                last: rows::last(conn).map_err(Error::from)?,
                lost: rows::lost(conn).map_err(Error::from)?.into_iter().collect(),
            };
            anyhow::Ok((archive, end, listed))
        })
        .await?;
    let (count, bytes) = desk.database().read(total).await?;
    tracing::debug!(count, bytes, "files are written");
    let bar = progress::of_bytes(bytes);
    let desk = desk.clone();
    let runtime = Handle::current();
    let work = move || {
        write_blobs(&desk, &listed, &mut archive, &mut end, &bar, &runtime)?;
        append(&mut archive, END, &serde_json::to_vec_pretty(&end)?)?;
        let mut buffer = archive.into_inner()?;
        buffer.flush()?;
        partial.settle(buffer.get_ref())?;
        bar.finish_and_clear();
        anyhow::Ok(end)
    };
    tokio::task::spawn_blocking(work).await?
}

fn total(conn: &mut Conn) -> Result<(u64, u64), Error> {
    Ok(rows::total(conn)?)
}

fn head(conn: &mut Conn, made_at: String) -> Result<Head, Error> {
    let tables = transfer::tables(conn)?;
    Ok(Head {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        migrations: transfer::migrations(conn)?,
        tables: archive::columns(&tables),
        sequences: transfer::sequences(conn, &tables)?,
    })
}

fn append(archive: &mut Archive, name: &str, bytes: &[u8]) -> io::Result<()> {
    archive.append_data(&mut header(bytes.len() as u64), name, bytes)
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header
}

fn write_rows(
    conn: &mut Conn,
    table: &transfer::Table,
    archive: &mut Archive,
) -> anyhow::Result<Sum> {
    let mut sum = Sum::default();
    let mut piece = String::new();
    let mut number = 0_u64;
    let mut put = |piece: &mut String| -> anyhow::Result<()> {
        number += 1;
        append(
            archive,
            &format!("{ROWS}{}/{number:09}", table.name),
            piece.as_bytes(),
        )?;
        piece.clear();
        Ok(())
    };
    transfer::read(conn, table, |line| {
        sum.add(&line);
        piece += &line;
        piece.push('\n');
        if piece.len() >= PIECE {
            put(&mut piece)?;
        }
        anyhow::Ok(())
    })?;
    if !piece.is_empty() {
        put(&mut piece)?;
    }
    Ok(sum)
}

fn write_blobs(
    desk: &Desk,
    listed: &Listed,
    archive: &mut Archive,
    end: &mut End,
    bar: &ProgressBar,
    runtime: &Handle,
) -> anyhow::Result<()> {
    let mut last = 0;
    while last < listed.last {
        let page = desk
            .database()
            .read(move |conn| Ok::<_, Error>(rows::after(conn, last, PAGE)?));
        let page = runtime.block_on(page)?;
        let Some(newest) = page.last() else { break };
        last = newest.id;
        for blob in page {
            if blob.id > listed.last || listed.lost.contains(&blob.id) {
                continue;
            }
            write_blob(desk, &blob, archive, bar, runtime)
                .with_context(|| format!("the bytes of file {} cannot be read; `attache check` notes what is lost, and a backup leaves that out", blob.id))?;
            end.files += 1;
            end.bytes += blob.size.cast_unsigned();
        }
    }
    Ok(())
}

fn write_blob(
    desk: &Desk,
    blob: &Blob,
    archive: &mut Archive,
    bar: &ProgressBar,
    runtime: &Handle,
) -> anyhow::Result<()> {
    let hash: [u8; 32] = blob
        .hash
        .as_slice()
        .try_into()
        .map_err(|_| BlobError::Damaged)?;
    let size = u64::try_from(blob.size)?;
    let stream = runtime.block_on(desk.blobs().read(&blob.place, hash, size))?;
    let name = format!("{BLOBS}{}", blake3::Hash::from_bytes(hash).to_hex());
    let bytes = bar.wrap_read(Pulled::new(stream, runtime.clone()));
    archive.append_data(&mut header(size), name, bytes)?;
    Ok(())
}
