//! Carries sent mail out: several messages at a time, each to all of its recipients that are due.

mod carrier;
mod folder;
mod parts;
mod relay;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use desk::outbox::{Attempt, Due};
use desk::{InteractionId, Refusal, clock};
use futures_util::FutureExt;
use tokio::task::{self, JoinSet};

use crate::app::App;

pub use carrier::Carrier;

/// The longest that the worker sleeps.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// How long it waits when the database cannot be asked.
const TROUBLE: Duration = Duration::from_secs(5);

/// The messages that are on their way, each with its task.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    messages: HashMap<task::Id, InteractionId>,
    /// This server may hold messages that are not among them: it was not told that it took one, or a task ended badly.
    holds_more: bool,
}

impl UnderWay {
    fn begin(&mut self, app: &App, carrier: &Arc<Carrier>, due: Due) {
        let interaction = due.interaction;
        let task = self
            .tasks
            .spawn(deliver(app.clone(), Arc::clone(carrier), due));
        self.messages.insert(task.id(), interaction);
    }

    /// Waits for the next one to end.
    async fn end_of_one(&mut self) {
        let id = match self.tasks.join_next_with_id().await {
            None => return,
            Some(Ok((id, ()))) => id,
            Some(Err(error)) => {
                self.holds_more = true;
                error.id()
            }
        };
        self.messages.remove(&id);
    }

    /// Takes a message that is due, if there is one. First gives back what is held and not on its way.
    async fn take_due(&mut self, app: &App) -> Result<Option<Due>, Refusal> {
        if self.holds_more {
            let messages = self.messages.values().map(|interaction| interaction.0);
            app.desk.give_back_but(messages.collect()).await?;
            self.holds_more = false;
        }
        let taken = app.desk.take_due().await;
        self.holds_more = taken.is_err();
        taken
    }
}

/// Delivers what is due, and waits for what will be. When the server stops, it ends once what is on its way has arrived.
pub async fn run(app: App, carrier: Carrier) {
    let carrier = Arc::new(carrier);
    let mut under_way = UnderWay::default();
    let asking = ask_limit(app.clone(), Arc::clone(&carrier));
    under_way.tasks.spawn(asking);
    while !app.stopping.has_begun() {
        let mut wait = LONGEST_SLEEP;
        // One more task may be there at the start, which asks the relay for its limit.
        if under_way.tasks.len() < carrier.at_once() {
            match under_way.take_due(&app).await {
                Ok(Some(due)) => {
                    under_way.begin(&app, &carrier, due);
                    continue;
                }
                Ok(None) => wait = until_next(&app).await,
                Err(refusal) => {
                    tracing::error!(?refusal, "the outbox could not be worked on");
                    wait = TROUBLE;
                }
            }
        }
        if under_way.tasks.is_empty() {
            carrier.rest().await;
        }
        let is_idle = under_way.tasks.is_empty();
        tokio::select! {
            () = app.desk.outbox_wake().notified() => {}
            () = under_way.end_of_one(), if !is_idle => {}
            () = app.stopping.begun() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    while !under_way.tasks.is_empty() {
        under_way.end_of_one().await;
    }
    carrier.rest().await;
}

async fn ask_limit(app: App, carrier: Arc<Carrier>) {
    tokio::select! {
        () = carrier.ask_limit(&app) => {}
        () = app.stopping.begun() => {}
    }
}

async fn until_next(app: &App) -> Duration {
    let due = app.desk.next_due().await.ok().flatten();
    let wait = due.map(|at| Duration::from_millis(u64::try_from(at - clock::now()).unwrap_or(0)));
    wait.unwrap_or(LONGEST_SLEEP)
        .clamp(Duration::from_millis(50), LONGEST_SLEEP)
}

/// Delivers one message, and notes what came of it.
async fn deliver(app: App, carrier: Arc<Carrier>, due: Due) {
    let interaction = due.interaction.0;
    // A fault in here must not keep the message from being tried again.
    let attempts = AssertUnwindSafe(attempt(&app, &carrier, &due)).catch_unwind();
    let attempts = attempts.await.unwrap_or_else(|_| {
        tracing::error!(interaction, "delivering a message panicked");
        vec![Attempt::Later("a fault of the server".into()); due.recipients.len()]
    });
    for (recipient, attempt) in due.recipients.iter().zip(&attempts) {
        if let Attempt::Later(error) = attempt {
            let (to, tried) = (recipient.address.as_str(), recipient.attempts + 1);
            tracing::warn!(
                interaction,
                to,
                tried,
                error,
                "a message could not be delivered yet"
            );
        }
    }
    note(&app, due, attempts).await;
}

/// Tries to deliver a message.
async fn attempt(app: &App, carrier: &Carrier, due: &Due) -> Vec<Attempt> {
    let for_all = |attempt: Attempt| vec![attempt; due.recipients.len()];
    match app.desk.sent_message(due.interaction).await {
        Ok(outgoing) => carrier.carry(app, &outgoing, &due.recipients).await,
        Err(Refusal::NoMailbox) => for_all(Attempt::Never(
            "the mailbox that it was sent from is not there any more".into(),
        )),
        Err(refusal) => for_all(Attempt::Later(format!(
            "the message could not be read: {refusal:?}"
        ))),
    }
}

/// Notes what came of an attempt, however long that takes: what is not noted would be delivered again.
async fn note(app: &App, due: Due, attempts: Vec<Attempt>) {
    let interaction = due.interaction.0;
    let mut trouble = Duration::from_millis(100);
    loop {
        match app.desk.settle(&due, &attempts).await {
            Ok(failures) => {
                for failure in failures {
                    let (to, error) = (failure.address.as_str(), failure.error.as_str());
                    tracing::error!(interaction, to, error, "a message will not be delivered");
                }
                return;
            }
            Err(refusal) => {
                tracing::error!(
                    interaction,
                    ?refusal,
                    "what came of a message could not be noted"
                );
                tokio::time::sleep(trouble).await;
                trouble = (2 * trouble).min(TROUBLE);
            }
        }
    }
}
