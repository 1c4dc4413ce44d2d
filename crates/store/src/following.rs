//! Following the journal: what this process's writer has committed need not be read back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::rows::journal;
use crate::{Database, Error};

/// How many rows are kept for a follower; one that is further behind reads them from the database.
const KEPT: usize = 256;
/// How many rows are read at once.
const ROWS: i64 = 500;

/// The last rows of the journal that this process's writer has committed, in their order, and whether somebody else may have
/// committed some.
pub(crate) struct Recent {
    rows: Mutex<VecDeque<(i64, String)>>,
    look: AtomicBool,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            rows: Mutex::default(),
            look: AtomicBool::new(true),
        }
    }
}

impl Recent {
    /// Keeps a row that was committed: its position and its changes.
    pub fn keep(&self, position: i64, changes: String) {
        let mut rows = self.rows();
        if rows.len() == KEPT {
            rows.pop_front();
        }
        rows.push_back((position, changes));
    }

    /// Notes that somebody may have committed.
    pub fn look(&self) {
        self.look.store(true, Ordering::Release);
    }

    /// Takes the rows that follow right after a position, and forgets those before. There are none if the next one is not known.
    fn take_after(&self, position: i64) -> Vec<(i64, String)> {
        let mut rows = self.rows();
        let mut next = position + 1;
        let mut taken = Vec::new();
        while let Some((at, _)) = rows.front()
            && *at <= next
        {
            if let Some(row) = rows.pop_front()
                && row.0 == next
            {
                taken.push(row);
                next += 1;
            }
        }
        taken
    }

    fn rows(&self) -> MutexGuard<'_, VecDeque<(i64, String)>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database {
    /// Some of the journal's rows after a position, in their order: position and JSON array. Empty if there are none: then
    /// [`Database::changes`] tells when to ask again. There may be one follower of a database.
    pub async fn follow(&self, after: i64) -> Result<Vec<(i64, String)>, Error> {
        let recent = &self.shared().recent;
        let own = recent.take_after(after);
        if !own.is_empty() {
            return Ok(own);
        }
        // What somebody else commits from here on is noted anew.
        if !recent.look.swap(false, Ordering::AcqRel) && self.committed() <= after {
            return Ok(Vec::new());
        }
        let read = self
            .read(move |conn| Ok::<_, Error>(journal::tail(conn, after, ROWS)?))
            .await;
        // There may be more, or it has to be tried again.
        if read.as_ref().map_or(true, |rows| !rows.is_empty()) {
            recent.look();
        }
        read
    }
}
