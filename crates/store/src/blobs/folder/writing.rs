//! Writing a blob: beside, hashed on the way, synced, then renamed to its place.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use super::Folder;
use crate::Error;
use crate::blobs::{CHUNK, Written, blocking, broken_off};

/// A blob that is being written. Dropped before [`Writer::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Writer {
    folder: Folder,
    /// What has not been handed to the file yet; never larger than a chunk.
    buffer: Vec<u8>,
    /// Absent while a chunk is being written, and for good if that broke off. Boxed, since a hasher is large.
    open: Option<Box<Open>>,
    /// The place that it is to get.
    place: Option<String>,
}

#[derive(Debug)]
struct Open {
    file: File,
    hasher: blake3::Hasher,
    size: u64,
    path: Incoming,
}

/// A file in `incoming/`, removed when this is dropped.
#[derive(Debug)]
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        // After the rename there is nothing to remove; what could not be removed is swept up later.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Open {
    fn create(folder: &Folder) -> io::Result<Self> {
        let path = folder.new_incoming()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Self {
            file,
            hasher: blake3::Hasher::new(),
            size: 0,
            path: Incoming(path),
        })
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    fn settle(self, folder: &Folder, place: Option<String>) -> io::Result<Written> {
        self.file.sync_data()?;
        folder.settle(&self.path.0, self.hasher.finalize(), self.size, place)
    }
}

impl Writer {
    pub async fn begin(folder: &Folder, place: Option<String>) -> Result<Self, Error> {
        let for_file = folder.clone();
        let open = blocking(move || Open::create(&for_file).map(Box::new)).await?;
        Ok(Self {
            folder: folder.clone(),
            buffer: Vec::new(),
            open: Some(open),
            place,
        })
    }

    /// How many bytes were written so far.
    pub fn size(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.size) + self.buffer.len() as u64
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If the file system fails; the blob cannot be finished then.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == CHUNK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Makes the bytes durable and gives them their place.
    pub async fn finish(mut self) -> Result<Written, Error> {
        let mut open = self.open.take().ok_or_else(broken_off)?;
        let (folder, rest) = (self.folder.clone(), std::mem::take(&mut self.buffer));
        let place = self.place.take();
        let settled = blocking(move || {
            open.append(&rest)?;
            open.settle(&folder, place)
        });
        Ok(settled.await?)
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let mut open = self.open.take().ok_or_else(broken_off)?;
        let mut chunk = std::mem::take(&mut self.buffer);
        let (open, chunk) = blocking(move || {
            open.append(&chunk)?;
            chunk.clear();
            Ok((open, chunk))
        })
        .await?;
        self.open = Some(open);
        self.buffer = chunk;
        Ok(())
    }
}
