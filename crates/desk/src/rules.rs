//! The numbers that rules go by: limits, times and names that the administrator may set.

use std::sync::Arc;
use std::time::Duration;

/// What the administrator may set and rules go by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The domain of generated Content-IDs and Message-IDs.
    pub domain: String,
    /// What the paths of handed-out URLs begin with: empty, or such as `/desk` behind a proxy.
    pub prefix: Arc<str>,
    /// The most that there may be of things.
    pub limits: Limits,
    /// A session ends when nothing was heard of it for this long.
    pub session_idle: Duration,
    /// An ended session can be looked at for this long.
    pub session_kept: Duration,
    /// An announced upload waits for its bytes for this long.
    pub upload_life: Duration,
    /// A one-shot message that was read is kept for this long.
    pub one_shot_kept: Duration,
    /// An interaction that has ended stays in its user's queue for this long.
    pub queue_kept: Duration,
    /// A blob that nothing refers to is kept for this long.
    pub blob_grace: Duration,
}

/// The most that there may be of things. Sizes are in bytes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// One file.
    pub file: u64,
    /// All attachments of an email together.
    pub attachments_size: u64,
    /// The attachments of an email.
    pub attachments: u64,
    /// The recipients of an email.
    pub recipients: u64,
    /// A subject, in characters.
    pub subject: u64,
    /// A file's name, in bytes of UTF-8; a longer one is shortened.
    pub file_name: u64,
    /// The items of a personal library.
    pub library_items: u64,
    /// The value of one of its items.
    pub library_value: u64,
    /// How deep its categories may be nested.
    pub library_depth: u64,
}

impl Limits {
    /// The longest file name, as a length.
    pub fn file_name_bytes(&self) -> usize {
        usize::try_from(self.file_name).unwrap_or(usize::MAX)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: 25 << 20,
            attachments_size: 35 << 20,
            attachments: 10_000,
            recipients: 1_000,
            subject: 1_024,
            file_name: 255,
            library_items: 1_000,
            library_value: 64 << 10,
            library_depth: 10,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            domain: "localhost".into(),
            prefix: "".into(),
            limits: Limits::default(),
            session_idle: Duration::from_mins(5),
            session_kept: Duration::from_mins(10),
            upload_life: Duration::from_mins(10),
            one_shot_kept: Duration::from_mins(5),
            queue_kept: Duration::from_mins(1),
            blob_grace: Duration::from_hours(24),
        }
    }
}

/// A duration in the milliseconds that times are kept in.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
