//! An installation: the folder in which everything is kept, opened.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use desk::{Desk, NodeId};
use store::{Blobs, Database, FolderLock, Options, lock_folder};

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
        let path = folder.join("attache.sqlite");
        let (url, shown) = match &settings.database {
            // Its address may hold a password, and is not shown.
            Some(url) => (url.clone(), "PostgreSQL (setting `database`)".to_owned()),
            None => (
                format!("sqlite:{}", path.display()),
                path.display().to_string(),
            ),
        };
        let options = Options {
            patience: settings.database_wait,
            ..Options::default()
        };
        let database = tokio::task::spawn_blocking(move || Database::open(&url, options))
            .await?
            .with_context(|| format!("the database {shown} cannot be opened"))?;
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
    let folder = match &settings.blobs {
        Some(address) if is_bucket(address) => {
            // The address may hold a secret, and is not shown.
            return Blobs::open_bucket(address, settings.blobs_wait)
                .context("the setting `blobs` is wrong");
        }
        Some(folder) => PathBuf::from(folder),
        None => settings.data().join("blobs"),
    };
    Blobs::open_folder(&folder)
        .with_context(|| format!("the folder {} cannot be used for files", folder.display()))
}

/// Makes a folder that nobody else on the machine looks into.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}
