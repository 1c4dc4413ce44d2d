//! What goes on beside requests: reading the journal, sending mail, ending what is over, collecting what nothing refers to.

mod outbox;
mod sweep;

use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use crate::app::App;

pub use outbox::Carrier;

/// What goes on; all of it ends when this is dropped.
pub struct Workers {
    /// Those that may end at any time.
    pub others: JoinSet<()>,
    outbox: JoinHandle<()>,
}

/// Starts all workers.
pub fn start(app: &App, carrier: Carrier) -> Workers {
    let mut others = JoinSet::new();
    others.spawn(app.desk.clone().follow_journal());
    others.spawn(app.desk.clone().keep_beating());
    others.spawn(sweep::sessions(app.clone()));
    others.spawn(sweep::queues(app.clone()));
    others.spawn(sweep::storage(app.clone()));
    Workers {
        others,
        outbox: tokio::spawn(outbox::run(app.clone(), carrier)),
    }
}

impl Workers {
    /// Ends all, when the server has been told to stop. Mail that is on its way arrives first, if it does so by the deadline.
    pub async fn end(mut self, deadline: Instant) {
        if timeout_at(deadline, &mut self.outbox).await.is_err() {
            tracing::warn!("mail was still on its way; it will be sent again");
        }
        self.others.shutdown().await;
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.outbox.abort();
    }
}
