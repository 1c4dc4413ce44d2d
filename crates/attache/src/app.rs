//! What every handler can reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use desk::Desk;
use tokio::sync::watch;

use crate::metrics::Metrics;

/// The most that a request's body may have, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// Most representations.
    pub json: u64,
    /// Those that carry an email.
    pub email: u64,
    /// A personal library.
    pub library: u64,
}

/// What every handler can reach; clones are the same.
#[derive(Clone)]
pub struct App {
    /// The rules.
    pub desk: Desk,
    /// The most that bodies may have.
    pub body_limits: BodyLimits,
    /// What the server calls itself.
    pub server_name: Arc<str>,
    /// Whether the server is stopping.
    pub stopping: Stopping,
    /// What it counts.
    pub metrics: Metrics,
}

/// Tells everybody that the server is stopping.
#[derive(Clone)]
pub struct Stopping {
    flag: Arc<AtomicBool>,
    told: watch::Sender<bool>,
}

impl Default for Stopping {
    /// It is not stopping yet.
    fn default() -> Self {
        Self {
            flag: Arc::default(),
            told: watch::Sender::new(false),
        }
    }
}

impl Stopping {
    /// Begins to stop.
    pub fn begin(&self) {
        self.flag.store(true, Ordering::SeqCst);
        self.told.send_replace(true);
    }

    /// Whether it is stopping.
    pub fn has_begun(&self) -> bool {
        self.flag.load(Ordering::SeqCst)
    }

    /// Resolves when it begins to stop.
    pub async fn begun(&self) {
        // The sender lives as long as `self`.
        let _ = self.told.subscribe().wait_for(|begun| *begun).await;
    }
}
