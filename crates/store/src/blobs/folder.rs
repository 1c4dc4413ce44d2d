//! Blobs in a folder: `ab/<hash>.<random>` with the hash's first two digits as the subfolder, and `incoming/` for what is
//! being written.

mod reading;
mod writing;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use super::{BlobError, Listed, Written, blocking, place};
use crate::Error;

pub(super) use writing::Writer;

/// Where unfinished files are.
const INCOMING: &str = "incoming";

/// The folder; clones are the same one.
#[derive(Debug, Clone)]
pub struct Folder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    /// Which subfolders this process knows to be on disk.
    made: [AtomicBool; 256],
}

impl Folder {
    pub(super) fn open(root: &Path) -> Result<Self, Error> {
        let root = std::path::absolute(root)?;
        make_folder(&root)?;
        if let Some(parent) = root.parent() {
            sync_folder(parent)?;
        }
        make_folder(&root.join(INCOMING))?;
        sync_folder(&root)?;
        Ok(Self(Arc::new(Inner {
            root,
            made: std::array::from_fn(|_| AtomicBool::new(false)),
        })))
    }

    /// Whether the folder is there.
    pub(super) async fn probe(&self) -> Result<(), BlobError> {
        let root = self.0.root.clone();
        Ok(blocking(move || fs::read_dir(root).map(drop)).await?)
    }

    pub(super) async fn read(
        &self,
        place: &str,
        hash: [u8; 32],
        size: u64,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, BlobError> {
        reading::whole(self.path_of(place)?, hash, size).await
    }

    pub(super) async fn read_range(
        &self,
        place: &str,
        size: u64,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, BlobError> {
        reading::range(self.path_of(place)?, size, range).await
    }

    /// A new name in `incoming/`.
    fn new_incoming(&self) -> io::Result<PathBuf> {
        let name = place::random_hex::<16>()?;
        Ok(self.0.root.join(INCOMING).join(name))
    }

    /// Gives a finished and synced file its place: the wanted one, whatever is there, or a new one. When this returns, the place is on disk.
    fn settle(
        &self,
        incoming: &Path,
        hash: blake3::Hash,
        size: u64,
        wanted: Option<String>,
    ) -> io::Result<Written> {
        let place = match wanted {
            Some(place) => place,
            None => self.new_place(&hash)?,
        };
        let (front, _) = place.split_once('/').ok_or_else(|| place::none(&place))?;
        let number = u8::from_str_radix(front, 16).map_err(|_| place::none(&place))?;
        let subfolder = self.0.root.join(front);
        let made = &self.0.made[usize::from(number)];
        if !made.load(Ordering::Acquire) {
            make_folder(&subfolder)?;
            sync_folder(&self.0.root)?;
            made.store(true, Ordering::Release);
        }
        fs::rename(incoming, self.0.root.join(&place))?;
        sync_folder(&subfolder)?;
        Ok(Written {
            hash: hash.into(),
            size,
            place,
        })
    }

    /// A place at which nothing is.
    fn new_place(&self, hash: &blake3::Hash) -> io::Result<String> {
        loop {
            let place = place::of_hash(hash)?;
            if !self.0.root.join(&place).try_exists()? {
                return Ok(place);
            }
        }
    }

    /// Whether it is the same folder, by its name.
    pub(super) fn is_same(&self, other: &Folder) -> bool {
        self.0.root == other.0.root
    }

    /// The file of a place.
    fn path_of(&self, place: &str) -> io::Result<PathBuf> {
        place::check(place)?;
        Ok(self.0.root.join(place))
    }

    pub(super) async fn remove(&self, place: &str) -> Result<(), Error> {
        let path = self.path_of(place)?;
        let removed = blocking(move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        });
        Ok(removed.await?)
    }

    /// One subfolder's files are held in memory at a time.
    pub(super) fn list(&self) -> impl Stream<Item = io::Result<Listed>> + Send + use<> {
        let root = self.0.root.clone();
        let subfolders = (0..=255_u8)
            .map(|first| format!("{first:02x}"))
            .chain([INCOMING.to_owned()]);
        stream::iter(subfolders)
            .then(move |subfolder| {
                let root = root.clone();
                blocking(move || list_subfolder(&root, &subfolder))
            })
            .map_ok(|files| stream::iter(files.into_iter().map(Ok)))
            .try_flatten()
    }
}

#[allow(clippy::disallowed_methods)] // the age of a file is by the system's clock, as its time is
fn list_subfolder(root: &Path, subfolder: &str) -> io::Result<Vec<Listed>> {
    let entries = match fs::read_dir(root.join(subfolder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let now = SystemTime::now();
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let modified = match entry.metadata() {
            Ok(metadata) if metadata.is_file() => metadata.modified()?,
            Ok(_) => continue,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        // A name that is not UTF-8 is none of ours.
        if let Ok(name) = entry.file_name().into_string() {
            let age = now.duration_since(modified).unwrap_or_default();
            files.push(Listed {
                place: format!("{subfolder}/{name}"),
                age,
            });
        }
    }
    Ok(files)
}

/// Makes a folder for nobody but its owner, if it is not there.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Makes the names in a folder durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
