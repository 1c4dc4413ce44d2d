//! One server on a data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use crate::Error;

/// Holds a data folder for one server until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

impl FolderLock {
    /// What the server before noted.
    pub fn noted(&mut self) -> io::Result<String> {
        let mut text = String::new();
        self.file.rewind()?;
        self.file.read_to_string(&mut text)?;
        Ok(text)
    }

    /// Leaves a note for the next server.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(text.as_bytes())
    }
}

/// Takes the folder for this server: locks `server.lock` in it. Commands do not ask for it and may run beside a server.
///
/// # Errors
/// [`Error::Locked`] if another server has it.
pub fn lock_folder(path: impl AsRef<Path>) -> Result<FolderLock, Error> {
    let path = path.as_ref();
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path.join("server.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock { file }),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(path.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
