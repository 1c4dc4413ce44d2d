//! Carries sent mail out. Until there is a relay, a message becomes an `.eml` file in a folder.
//!
//! The file is named by its Message-ID, written beside its place, synced and renamed: a crash between that and the note of it makes
//! the worker write the same file again, and never a second one.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::time::Duration;

use axum::body::Bytes;
use desk::email::send::Outgoing;
use desk::outbox::Attempt;
use desk::{Refusal, clock};
use futures_util::{Stream, StreamExt};
use store::BlobError;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::app::App;

/// The longest that the worker sleeps.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// Delivers what is due, and waits for what will be.
pub async fn run(app: App, folder: PathBuf) {
    loop {
        let wait = match deliver_next(&app, &folder).await {
            Ok(true) => continue,
            Ok(false) => until_next(&app).await,
            Err(refusal) => {
                tracing::error!(?refusal, "the outbox could not be worked on");
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            () = app.desk.outbox_wake().notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn until_next(app: &App) -> Duration {
    let due = app.desk.next_due().await.ok().flatten();
    let wait = due.map(|at| Duration::from_millis(u64::try_from(at - clock::now()).unwrap_or(0)));
    wait.unwrap_or(LONGEST_SLEEP)
        .clamp(Duration::from_millis(50), LONGEST_SLEEP)
}

/// Delivers one message that is due; false if there is none.
async fn deliver_next(app: &App, folder: &Path) -> Result<bool, Refusal> {
    let Some(due) = app.desk.take_due().await? else {
        return Ok(false);
    };
    let attempt = match app.desk.sent_message(due.interaction).await {
        Ok(outgoing) => match write_file(app, folder, outgoing).await {
            Ok(()) => Attempt::Delivered,
            Err(error) => Attempt::Later(error.to_string()),
        },
        Err(refusal) => Attempt::Later(format!("the message could not be read: {refusal:?}")),
    };
    if let Attempt::Later(error) | Attempt::Never(error) = &attempt {
        tracing::warn!(
            interaction = due.interaction.0,
            error,
            "a message could not be delivered"
        );
    }
    let attempts = vec![attempt; due.recipients.len()];
    app.desk.settle(due, attempts).await?;
    Ok(true)
}

async fn write_file(app: &App, folder: &Path, outgoing: Outgoing) -> io::Result<()> {
    let name = mail::names::clean_file_name(
        &format!("{}.eml", outgoing.message.message_id),
        mail::names::MAX_FILE_NAME,
    );
    let (place, beside) = (folder.join(&name), folder.join(format!(".{name}.part")));
    let layout = outgoing.message.layout().map_err(io::Error::other)?;
    let mut file = fs::File::create(&beside).await?;
    let mut pieces = pin!(layout.stream(|part| open(app, &outgoing, part)));
    while let Some(piece) = pieces.next().await {
        file.write_all(&piece?).await?;
    }
    file.flush().await?;
    file.sync_all().await?;
    fs::rename(&beside, &place).await?;
    fs::File::open(folder).await?.sync_all().await
}

type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

async fn open(app: &App, outgoing: &Outgoing, part: usize) -> io::Result<Chunks> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "a part without bytes");
    let blob = outgoing.bytes.get(part).ok_or_else(missing)?;
    let hash = blob.hash.as_slice().try_into().map_err(io::Error::other)?;
    let size = u64::try_from(blob.size).map_err(io::Error::other)?;
    let opened = app.desk.blobs().read(&blob.place, hash, size).await;
    if matches!(opened, Err(BlobError::Gone | BlobError::Damaged)) {
        app.desk.note_gone(blob.id).await;
    }
    Ok(Box::pin(opened?))
}
