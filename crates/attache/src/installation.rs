//! An installation: the folder in which everything is kept, opened.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use desk::{Desk, NodeId};
use store::{Blobs, Database, FolderLock, Options, lock_folder, transfer};

use crate::settings::{Settings, is_bucket};

/// An installation that was opened. Commands open one beside a running server.
pub struct Installation {
    /// The rules on its store.
    pub desk: Desk,
    folder: PathBuf,
    lock: Option<FolderLock>,
}

impl Installation {
    /// Opens the folder that the settings name; makes what is missing.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let folder = settings.data().to_owned();
        make_folder(&folder)?;
        let (url, shown) = (settings.database_url(), settings.database_name());
        let options = Options {
            patience: settings.database_wait,
            ..Options::default()
        };
        let database = tokio::task::spawn_blocking(move || Database::open(&url, options))
            .await?
            .with_context(|| format!("the database {shown} cannot be opened"))?;
        if let Some(arrival) = database.read(transfer::arrival).await? {
            anyhow::bail!(
                "a move from {} into the database {} has not ended; `attache move` there goes on with it",
                arrival.source,
                settings.database_name()
            );
        }
        let blobs = open_blobs(settings)?;
        let desk = Desk::open(database, blobs, settings.rules())
            .await
            .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        Ok(Self {
            desk,
            folder,
            lock: None,
        })
    }

    /// Opens it for a server, of which a folder has one at a time.
    pub async fn open_for_server(settings: &Settings) -> anyhow::Result<Self> {
        make_folder(settings.data())?;
        let lock = lock_folder(settings.data()).with_context(|| {
            format!(
                "the folder {} is in use by another server",
                settings.data().display()
            )
        })?;
        let mut installation = Self::open(settings).await?;
        installation.lock = Some(lock);
        Ok(installation)
    }

    /// Makes this server known to the others on the same database. The one that had the folder before is gone, and what it held is free.
    pub async fn join(&mut self) -> anyhow::Result<()> {
        let lock = self.lock.as_mut();
        let before = match lock {
            Some(lock) => NodeId::parse(lock.noted()?.trim()),
            None => None,
        };
        let joined = self.desk.join(before).await;
        joined
            .map_err(|refusal| anyhow::anyhow!("this server cannot be made known: {refusal:?}"))?;
        if let Some(lock) = &mut self.lock {
            lock.note(&self.desk.node().to_string())?;
        }
        Ok(())
    }

    /// Where sent mail goes without a relay.
    pub fn sent(&self) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join("sent");
        make_folder(&folder)?;
        Ok(folder)
    }
}

/// Opens the blob store that the settings name. An object store is not asked for anything yet.
fn open_blobs(settings: &Settings) -> anyhow::Result<Blobs> {
    match &settings.blobs {
        Some(address) => open_blobs_at(address, settings).context("the setting `blobs` is wrong"),
        None => open_blobs_in(&settings.data().join("blobs")),
    }
}

/// Opens the blob store at an address: a bucket's, or a folder.
pub fn open_blobs_at(address: &str, settings: &Settings) -> anyhow::Result<Blobs> {
    if is_bucket(address) {
        // The address may hold a secret, and is not shown.
        return Ok(Blobs::open_bucket(address, settings.blobs_wait)?);
    }
    open_blobs_in(Path::new(address))
}

fn open_blobs_in(folder: &Path) -> anyhow::Result<Blobs> {
    Blobs::open_folder(folder)
        .with_context(|| format!("the folder {} cannot be used for files", folder.display()))
}

/// Makes a folder that nobody else on the machine looks into.
pub fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}
