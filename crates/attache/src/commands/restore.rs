//! `attache restore`: what a backup holds, into an installation that holds nothing yet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, bail, ensure};
use indicatif::{BinaryBytes, ProgressBar};
use store::rows::blobs as rows;
use store::transfer::{self, Sum, Table};
use store::{Blobs, Conn, Error};
use tokio::runtime::Handle;

use super::archive::{self, BLOBS, END, End, FORMAT, HEAD, Head, ROWS};
use super::{Missing, check, open, progress};
use crate::settings::Settings;

/// The most that a piece of rows or a description may have, in bytes: a row may hold an email's texts.
const MOST: u64 = 256 << 20;
/// How many bytes of a file are read at once.
const CHUNK: usize = 256 << 10;

pub async fn run(settings: &Settings, file: PathBuf) -> anyhow::Result<()> {
    let archive =
        File::open(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let bar = progress::of_bytes(archive.metadata()?.len());
    let installation = open(settings, Missing::Make).await?;
    let desk = &installation.desk;
    let written = Arc::new(Mutex::new(Vec::new()));
    let mut reading = Reading {
        blobs: desk.blobs().clone(),
        runtime: Handle::current(),
        written: Arc::clone(&written),
        sums: BTreeMap::new(),
        files: 0,
        bytes: 0,
        last: 0,
    };
    let for_work = bar.clone();
    let restored = desk
        .database()
        .write_alone(move |conn| reading.restore(conn, archive, &for_work))
        .await;
    bar.finish_and_clear();
    if restored.is_err() {
        // The rows are rolled back; of the files, those go that were not there before.
        let places = std::mem::take(&mut *written.lock().unwrap_or_else(PoisonError::into_inner));
        for place in places {
            desk.discard(&place).await;
        }
    }
    desk.database().close().await;
    let End {
        tables,
        files,
        bytes,
        ..
    } = restored?;
    println!(
        "Restored {} of {} and {} ({}).",
        progress::number(tables.values().map(|sum| sum.rows).sum(), "row", "rows"),
        progress::number(tables.len() as u64, "table", "tables"),
        progress::number(files, "file", "files"),
        BinaryBytes(bytes),
    );
    Ok(())
}

/// An archive that is being read.
struct Reading {
    blobs: Blobs,
    runtime: Handle,
    /// The places of the files that were written.
    written: Arc<Mutex<Vec<String>>>,
    sums: BTreeMap<String, Sum>,
    files: u64,
    bytes: u64,
    /// The number of the last file.
    last: i64,
}

impl Reading {
    /// Puts everything into the transaction. An error means that it has to be rolled back.
    fn restore(&mut self, conn: &mut Conn, file: File, bar: &ProgressBar) -> anyhow::Result<End> {
        let mut archive = tar::Archive::new(bar.wrap_read(BufReader::with_capacity(CHUNK, file)));
        let mut entries = archive.entries().map_err(damaged)?;
        let first = entries.next().ok_or_else(broken_off)?.map_err(damaged)?;
        ensure!(name_of(&first)? == HEAD, "it is no backup of Attaché");
        let text = text_of(first)?;
        let tables = transfer::tables(conn)?;
        let head = read_head(&text, conn, &tables)?;
        if let Some(table) = transfer::occupied(conn)? {
            bail!(
                "the installation is not empty (it has rows in {table}); a backup is restored into a new one"
            );
        }
        for table in &tables {
            transfer::clear(conn, table)?;
        }
        for entry in entries {
            let entry = entry.map_err(damaged)?;
            let name = name_of(&entry)?;
            if name == END {
                let end: End = serde_json::from_str(&text_of(entry)?).map_err(damaged)?;
                self.agree(conn, &text, &end)?;
                transfer::set_sequences(conn, &tables, &head.sequences)?;
                return Ok(end);
            }
            if let Some(rest) = name.strip_prefix(ROWS) {
                let table = rest.split('/').next().unwrap_or_default();
                let table = tables.iter().find(|known| known.name == table);
                let table = table
                    .with_context(|| format!("the backup is damaged: {name} is of no table"))?;
                self.take_rows(conn, table, &text_of(entry)?)?;
            } else if let Some(hash) = name.strip_prefix(BLOBS) {
                self.take_blob(conn, hash, entry)
                    .with_context(|| format!("the backup's {name}"))?;
            } else {
                bail!("the backup is damaged: it has no place for {name}");
            }
        }
        Err(broken_off())
    }

    fn take_rows(&mut self, conn: &mut Conn, table: &Table, text: &str) -> anyhow::Result<()> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let sum = self.sums.entry(table.name.clone()).or_default();
        for line in &lines {
            sum.add(line);
        }
        let added = transfer::add(conn, table, &lines)
            .with_context(|| format!("the backup is damaged: rows of {}", table.name))?;
        ensure!(
            added == lines.len() as u64,
            "the backup is damaged: {} has a row twice",
            table.name
        );
        Ok(())
    }

    fn take_blob(
        &mut self,
        conn: &mut Conn,
        hash: &str,
        mut entry: impl Read,
    ) -> anyhow::Result<()> {
        let hash = blake3::Hash::from_hex(hash).map_err(damaged)?;
        let blob = rows::of_hash(conn, hash.as_bytes()).map_err(Error::from)?;
        let blob = blob.filter(|blob| blob.id > self.last && !blob.gone);
        let blob = blob.context("is of no row: the backup is damaged")?;
        self.last = blob.id;
        self.files += 1;
        self.bytes += blob.size.cast_unsigned();
        // Files may have outlived their database. What is whole is left as it is, and does not go if this fails.
        let is_there = match self
            .runtime
            .block_on(check::read(&self.blobs, &blob, |_| ()))
        {
            Ok(()) => true,
            Err(error) if error.is_loss() => false,
            Err(error) => return Err(error.into()),
        };
        let mut writer = None;
        if !is_there {
            self.note(&blob.place);
            writer = Some(self.runtime.block_on(self.blobs.begin_at(&blob.place))?);
        }
        let mut hasher = blake3::Hasher::new();
        let mut chunk = vec![0; CHUNK];
        let mut size = 0;
        loop {
            let length = entry.read(&mut chunk).map_err(damaged)?;
            if length == 0 {
                break;
            }
            size += length as u64;
            hasher.update(&chunk[..length]);
            if let Some(writer) = &mut writer {
                self.runtime.block_on(writer.write(&chunk[..length]))?;
            }
        }
        let agrees = hasher.finalize() == hash && size == blob.size.cast_unsigned();
        ensure!(agrees, "is damaged");
        if let Some(writer) = writer {
            self.runtime.block_on(writer.finish())?;
        }
        Ok(())
    }

    fn note(&self, place: &str) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.push(place.to_owned());
    }

    /// Holds what was read against what the archive says that it has.
    fn agree(&mut self, conn: &mut Conn, head: &str, end: &End) -> anyhow::Result<()> {
        let hash = blake3::hash(head.as_bytes()).to_hex();
        ensure!(hash.as_str() == end.head, "the backup's {HEAD} is damaged");
        for (table, sum) in &end.tables {
            let found = self.sums.entry(table.clone()).or_default();
            ensure!(
                found == sum,
                "the backup is damaged: the rows of {table} are not those that were written"
            );
        }
        ensure!(
            self.sums.len() == end.tables.len(),
            "the backup is damaged: it has rows of more tables than it says"
        );
        let whole = rows::whole(conn).map_err(Error::from)?;
        ensure!(
            self.files == end.files && self.bytes == end.bytes && self.files == whole,
            "the backup is damaged: it has {} of {whole} files",
            self.files
        );
        Ok(())
    }
}

fn read_head(text: &str, conn: &mut Conn, tables: &[Table]) -> anyhow::Result<Head> {
    let head: serde_json::Value = serde_json::from_str(text).map_err(damaged)?;
    ensure!(
        head["format"] == FORMAT,
        "the backup was made by another version of Attaché ({}); restore it with that one",
        head["program"]
    );
    let head: Head = serde_json::from_value(head).map_err(damaged)?;
    ensure!(
        head.migrations == transfer::migrations(conn)? && head.tables == archive::columns(tables),
        "the backup was made by another version of Attaché ({}), which keeps other tables; restore it with that one",
        head.program
    );
    Ok(head)
}

fn name_of<R: Read>(entry: &tar::Entry<'_, R>) -> anyhow::Result<String> {
    let path = entry.path().map_err(damaged)?;
    let name = path
        .to_str()
        .context("the backup is damaged: a name that is no text")?;
    Ok(name.to_owned())
}

fn text_of<R: Read>(entry: tar::Entry<'_, R>) -> anyhow::Result<String> {
    let size = entry.size();
    ensure!(
        size <= MOST,
        "the backup is damaged: a piece of {size} bytes"
    );
    let mut text = String::new();
    let length = entry
        .take(MOST)
        .read_to_string(&mut text)
        .map_err(damaged)?;
    if length as u64 == size {
        Ok(text)
    } else {
        Err(broken_off())
    }
}

fn damaged(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("the backup is damaged: {error}")
}

fn broken_off() -> anyhow::Error {
    anyhow::anyhow!("the backup is damaged: it breaks off before its end")
}
