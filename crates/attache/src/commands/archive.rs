//! What an archive of an installation is: a tar file of
//!
//! 1. `attache-backup.json`, the [`Head`]: what made it, and which tables with which columns it has;
//! 2. `rows/<table>/<number>`, the rows of one moment, a line each (see [`store::transfer`]);
//! 3. `blobs/<BLAKE3>`, the bytes of each file, in the order of their numbers;
//! 4. `end.json`, the [`End`]: how many rows and files there are, and hashes of the rows and of the head.
//!
//! An archive without its end is none. Whoever reads it holds each piece against these numbers and hashes before anything counts.

use std::collections::BTreeMap;
use std::io::{self, Read};

use bytes::{Buf, Bytes};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use store::BlobStream;
use store::transfer::{Sum, Table};
use tokio::runtime::Handle;

/// The name of the first entry.
pub const HEAD: &str = "attache-backup.json";
/// The name of the last entry.
pub const END: &str = "end.json";
/// What the names of rows begin with.
pub const ROWS: &str = "rows/";
/// What the names of files begin with.
pub const BLOBS: &str = "blobs/";
/// The version of all this.
pub const FORMAT: u32 = 1;

/// What an archive begins with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When it was made.
    pub made_at: String,
    /// The migrations that its database had.
    pub migrations: Vec<String>,
    /// The columns of each table.
    pub tables: BTreeMap<String, Vec<String>>,
    /// The number that each table handed out last.
    pub sequences: BTreeMap<String, i64>,
}

/// What an archive ends with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// BLAKE3 of the head.
    pub head: String,
    /// What the rows of each table are.
    pub tables: BTreeMap<String, Sum>,
    /// How many files there are.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
}

/// The columns of tables, as a head tells them.
pub fn columns(tables: &[Table]) -> BTreeMap<String, Vec<String>> {
    let columns = |table: &Table| {
        let names = table.columns.iter().map(|column| column.name.clone());
        (table.name.clone(), names.collect())
    };
    tables.iter().map(columns).collect()
}

/// A stream of bytes, to be read on a thread that may block.
pub struct Pulled {
    stream: BlobStream,
    piece: Bytes,
    runtime: Handle,
}

impl Pulled {
    /// Reads from a stream.
    pub fn new(stream: BlobStream, runtime: Handle) -> Self {
        Self {
            stream,
            piece: Bytes::new(),
            runtime,
        }
    }
}

impl Read for Pulled {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.stream.try_next())? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
