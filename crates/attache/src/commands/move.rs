//! `attache move`: everything that is kept, into another database, another store of files, or both.
//!
//! The files go first, each to the place that it had; then the rows, a table at a time. A move that was broken off is begun again in the same
//! words and goes on: files that are there are left, and so are tables that are, and rows that are. In the end all rows of both databases
//! and all bytes are held against each other. Nothing at the source is changed.

mod files;
mod rows;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use desk::nodes;
use indicatif::BinaryBytes;
use store::transfer::{self, Table};
use store::{Blobs, Database, Error, FolderLock, Options, lock_folder};

use super::{Missing, WrongUsage, open, progress};
use crate::installation::{make_folder, open_blobs_at};
use crate::settings::Settings;

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The database: `postgres://…`, or `sqlite:FOLDER/attache.sqlite` for the embedded one of the data folder FOLDER; without it, the database
    /// stays where it is
    #[arg(long, value_name = "URL")]
    to_database: Option<String>,
    /// The files: `s3://…`, or a folder (`FOLDER/blobs` of the data folder FOLDER); without it, they stay where they are
    #[arg(long, value_name = "URL")]
    to_blobs: Option<String>,
}

pub async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    let Arguments {
        to_database,
        to_blobs,
    } = arguments;
    if to_database.is_none() && to_blobs.is_none() {
        return Err(WrongUsage("say where to: --to-database, --to-blobs or both".into()).into());
    }
    let installation = open(settings, Missing::Refuse).await?;
    let (source, blobs) = (
        installation.desk.database().clone(),
        installation.desk.blobs().clone(),
    );
    let _alone = alone(settings.data())?;
    ensure_no_server(&source, "this installation").await?;
    let name = transfer::name_of(&settings.database_url());
    let target = match &to_database {
        Some(url) => Some(Target::open(url, settings, &source, &name).await?),
        None => None,
    };
    let to_blobs = match &to_blobs {
        Some(address) => Some(open_store(address, settings, &source, &blobs).await?),
        None => None,
    };

    let mut moved = Vec::new();
    if let Some(to) = &to_blobs {
        files::copy(&source, &blobs, to).await?;
    }
    if let Some(target) = &target {
        let count = rows::copy(&source, &target.database, &target.tables, &name).await?;
        let count = progress::number(count, "row", "rows");
        let tables = progress::number(target.tables.len() as u64, "table", "tables");
        moved.push(format!("{count} of {tables}"));
    }
    if let Some(to) = &to_blobs {
        let (count, bytes) = files::verify(&source, to).await?;
        let files = progress::number(count, "file", "files");
        moved.push(format!("{files} ({})", BinaryBytes(bytes)));
    }
    ensure_no_server(&source, "this installation").await?;
    if let Some(target) = target {
        let ended = target.database.write(|tx| transfer::end(tx.write()));
        ended.await?;
        target.database.close().await;
    }
    source.close().await;
    println!("Moved {}; all of it is there.", moved.join(" and "));
    println!(
        "The server has to be told where: see the settings `database` and `blobs`. Nothing was removed here."
    );
    Ok(())
}

/// Keeps servers away from a data folder.
fn alone(folder: &Path) -> anyhow::Result<FolderLock> {
    lock_folder(folder).with_context(|| {
        format!(
            "a server is running on {}; stop it, so that nothing changes while it is moved",
            folder.display()
        )
    })
}

/// The servers of a database of its own say that they are there.
async fn ensure_no_server(database: &Database, what: &str) -> anyhow::Result<()> {
    let running = database.read(nodes::running).await?;
    ensure!(
        running == 0,
        "{} of {what}; stop them, so that nothing changes while it is moved",
        if running == 1 {
            "a server is running on the database".to_owned()
        } else {
            format!("{running} servers are running on the database")
        }
    );
    Ok(())
}

/// A database that is being filled.
struct Target {
    database: Database,
    tables: Vec<Table>,
    _alone: Option<FolderLock>,
}

impl Target {
    /// Opens one, which has to be empty, or half filled by the same move.
    async fn open(
        url: &str,
        settings: &Settings,
        source: &Database,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut alone_there = None;
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = std::path::absolute(path)?;
            let folder = path.parent().context("--to-database names no file")?;
            make_folder(folder)?;
            ensure!(
                folder != std::path::absolute(settings.data())?,
                "--to-database is in the folder that is moved"
            );
            alone_there = Some(alone(folder)?);
        }
        let options = Options {
            patience: settings.database_wait,
            ..Options::default()
        };
        let address = url.to_owned();
        let database = tokio::task::spawn_blocking(move || Database::open(&address, options))
            .await?
            // The address may hold a password, and is not shown.
            .context("the database of --to-database cannot be opened")?;
        ensure_no_server(&database, "--to-database").await?;
        let tables = source.read(transfer::tables).await?;
        ensure!(
            tables == database.read(transfer::tables).await?,
            "the two databases do not have the same tables"
        );
        match database.read(transfer::arrival).await? {
            Some(arrival) if arrival.source == name => {
                eprintln!("note: going on with a move that was broken off");
            }
            Some(arrival) => bail!(
                "a move from {} into the database of --to-database was broken off; this is another one",
                arrival.source
            ),
            None => {
                if let Some(table) = database.read(transfer::occupied).await? {
                    bail!("the database of --to-database is not empty: it has rows in {table}");
                }
                let (all, name) = (tables.clone(), name.to_owned());
                let begun = database.write(move |tx| transfer::begin(tx.write(), &all, &name));
                begun.await?;
            }
        }
        Ok(Self {
            database,
            tables,
            _alone: alone_there,
        })
    }
}

/// Opens a store of files, in which nothing may be that this installation does not know.
async fn open_store(
    address: &str,
    settings: &Settings,
    source: &Database,
    blobs: &Blobs,
) -> anyhow::Result<Blobs> {
    if let Some(parent) = PathBuf::from(address).parent()
        && !crate::settings::is_bucket(address)
    {
        make_folder(parent)?;
    }
    let to = open_blobs_at(address, settings).context("--to-blobs")?;
    to.probe().await.context("--to-blobs")?;
    ensure!(!to.is_same(blobs), "--to-blobs is where the files are");
    if let Some(place) = files::foreign(source, &to).await? {
        bail!("--to-blobs has files of something else: {place}");
    }
    Ok(to)
}

/// What a table's rows are.
async fn sum(database: &Database, table: &Table) -> Result<transfer::Sum, Error> {
    let table = table.clone();
    database.read(move |conn| transfer::sum(conn, &table)).await
}
