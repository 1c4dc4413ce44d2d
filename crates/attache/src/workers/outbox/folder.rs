//! Mail without a relay: each message becomes an `.eml` file in a folder.
//!
//! The file is named by its Message-ID, written beside its place, synced and renamed: a crash between that and the note of it makes
//! the worker write the same file again, and never a second one.

use std::io;
use std::path::Path;
use std::pin::pin;

use desk::email::send::Outgoing;
use desk::outbox::Attempt;
use futures_util::StreamExt;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::parts::{self, after_reading};
use crate::app::App;

/// Why a file could not be written.
enum Failure {
    Message(io::Error),
    Folder(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Folder(error)
    }
}

/// Writes a message's file.
pub async fn write(app: &App, folder: &Path, outgoing: &Outgoing) -> Attempt {
    match write_file(app, folder, outgoing).await {
        Ok(()) => Attempt::Delivered,
        Err(Failure::Message(error)) => after_reading(&error),
        Err(Failure::Folder(error)) => Attempt::Later(error.to_string()),
    }
}

async fn write_file(app: &App, folder: &Path, outgoing: &Outgoing) -> Result<(), Failure> {
    let name = mail::names::clean_file_name(
        &format!("{}.eml", outgoing.message.message_id),
        mail::names::MAX_FILE_NAME,
    );
    let (place, beside) = (folder.join(&name), folder.join(format!(".{name}.part")));
    let layout = outgoing.message.layout();
    let layout = layout.map_err(|error| Failure::Message(parts::unwritable(error)))?;
    let mut file = fs::File::create(&beside).await?;
    let mut pieces = pin!(layout.stream(|part| parts::open(app, outgoing, part)));
    while let Some(piece) = pieces.next().await {
        file.write_all(&piece.map_err(Failure::Message)?).await?;
    }
    file.flush().await?;
    file.sync_all().await?;
    fs::rename(&beside, &place).await?;
    fs::File::open(folder).await?.sync_all().await?;
    Ok(())
}
