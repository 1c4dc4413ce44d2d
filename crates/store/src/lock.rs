//! One server on a data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::Error;

/// Holds a data folder for one server until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
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
        .write(true)
        .open(path.join("server.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(path.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
