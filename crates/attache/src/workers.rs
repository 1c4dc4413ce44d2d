//! What goes on beside requests: reading the journal, sending mail, ending what is over, collecting what nothing refers to.

mod outbox;
mod sweep;

use std::path::PathBuf;

use tokio::task::JoinSet;

use crate::app::App;

/// Starts all workers; they end when the set is dropped.
pub fn start(app: &App, sent: PathBuf) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(app.desk.clone().follow_journal());
    workers.spawn(app.desk.clone().keep_beating());
    workers.spawn(outbox::run(app.clone(), sent));
    workers.spawn(sweep::sessions(app.clone()));
    workers.spawn(sweep::storage(app.clone()));
    workers
}
