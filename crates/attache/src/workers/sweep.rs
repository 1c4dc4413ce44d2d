//! Ends sessions and uploads whose time is over, empties queues of what has ended, collects bytes that nothing refers to, and cuts the journal.

use std::time::Duration;

use desk::{Language, Refusal};

use crate::answer::for_message;
use crate::app::App;

/// How often queues are looked at.
const SOON: Duration = Duration::from_secs(2);
/// How often sessions and uploads are looked at.
const OFTEN: Duration = Duration::from_secs(5);
/// How often bytes are looked at.
const SELDOM: Duration = Duration::from_hours(1);

/// Ends idle sessions and uploads that never came.
pub async fn sessions(app: App) {
    loop {
        tokio::time::sleep(OFTEN).await;
        if let Err(refusal) = app.desk.end_idle_sessions().await {
            tracing::error!(?refusal, "idle sessions could not be ended");
        }
        let error = for_message(&Refusal::UploadExpired, Language::default());
        if let Err(refusal) = app.desk.expire_uploads(error).await {
            tracing::error!(?refusal, "old uploads could not be ended");
        }
    }
}

/// Takes what has ended out of the queues of its users.
pub async fn queues(app: App) {
    loop {
        tokio::time::sleep(SOON).await;
        if let Err(refusal) = app.desk.leave_queues().await {
            tracing::error!(?refusal, "queues could not be emptied of what has ended");
        }
    }
}

/// Forgets files that nobody named, collects bytes that nothing refers to, and cuts the journal.
pub async fn storage(app: App) {
    if let Err(error) = app.desk.blobs().probe().await {
        tracing::warn!(%error, "the store of files cannot be used now; whatever needs their bytes is refused until it can be");
    }
    loop {
        if let Err(refusal) = app.desk.cut_journal().await {
            tracing::error!(?refusal, "the journal could not be cut");
        }
        if let Err(refusal) = app.desk.forget_own_files().await {
            tracing::error!(?refusal, "files that no item names could not be forgotten");
        }
        match app.desk.collect_blobs().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "collected files that nothing refers to"),
            Err(refusal) => tracing::error!(
                ?refusal,
                "files that nothing refers to could not be collected"
            ),
        }
        tokio::time::sleep(SELDOM).await;
    }
}
