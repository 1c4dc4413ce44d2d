//! Mail by the site's relay. Connections are kept for as long as there is something to send.

use std::sync::{Mutex, PoisonError};

use desk::email::send::Outgoing;
use desk::outbox::{Attempt, Recipient};
use mail::smtp::{Connection, Envelope, Failure, Mailbox, Relay, Roots, Times, Verdict, too_large};

use super::parts::{self, after_reading};
use crate::app::App;

/// Sends messages to a relay.
pub struct Sender {
    relay: Relay,
    roots: Roots,
    name: String,
    times: Times,
    at_once: usize,
    idle: Mutex<Vec<Connection>>,
}

impl Sender {
    /// One for this relay. `name` is what this host calls itself, `at_once` how many connections there may be.
    pub fn new(relay: Relay, roots: Roots, name: String, times: Times, at_once: usize) -> Self {
        Self {
            relay,
            roots,
            name,
            times,
            at_once,
            idle: Mutex::default(),
        }
    }

    /// How many connections there may be.
    pub fn at_once(&self) -> usize {
        self.at_once
    }

    /// Sends a message to these recipients: what came of it for each.
    pub async fn send(
        &self,
        app: &App,
        outgoing: &Outgoing,
        recipients: &[Recipient],
    ) -> Vec<Attempt> {
        let addresses: Vec<Option<Mailbox>> = recipients
            .iter()
            .map(|recipient| Mailbox::parse(&recipient.address))
            .collect();
        let good: Vec<Mailbox> = addresses.iter().flatten().cloned().collect();
        let mut verdicts = if good.is_empty() {
            Vec::new()
        } else {
            self.send_to(app, outgoing, good).await
        }
        .into_iter();
        addresses
            .iter()
            .map(|address| match address {
                Some(_) => verdicts
                    .next()
                    .unwrap_or_else(|| Attempt::Later("the relay said nothing about it".into())),
                None => Attempt::Never("that is no address that mail can go to".into()),
            })
            .collect()
    }

    async fn send_to(&self, app: &App, outgoing: &Outgoing, to: Vec<Mailbox>) -> Vec<Attempt> {
        let count = to.len();
        let for_all = |attempt: Attempt| vec![attempt; count];
        let layout = match outgoing.message.layout() {
            Ok(layout) => layout,
            Err(error) => return for_all(after_reading(&parts::unwritable(error))),
        };
        let from = outgoing.message.from.address.as_deref();
        let Some(from) = from.and_then(Mailbox::parse) else {
            return for_all(Attempt::Never("the mailbox has no good address".into()));
        };
        let envelope = Envelope {
            from,
            to,
            size: layout.size(),
        };
        let mut connection = match self.connect(app).await {
            Ok(connection) => connection,
            Err(failure) => return for_all(Attempt::Later(failure.to_string())),
        };
        if let Some(limit) = connection
            .size_limit()
            .filter(|limit| envelope.size > *limit)
        {
            self.keep(connection);
            return for_all(Attempt::Never(too_large(envelope.size, limit)));
        }
        let message = layout.stream(|part| parts::open(app, outgoing, part));
        match connection.send(&envelope, message).await {
            Ok(verdicts) => {
                self.keep(connection);
                verdicts.into_iter().map(attempt).collect()
            }
            Err(Failure::Message(error)) => for_all(after_reading(&error)),
            Err(failure) => for_all(Attempt::Later(failure.to_string())),
        }
    }

    /// A connection that is kept and still good, or a new one.
    async fn connect(&self, app: &App) -> Result<Connection, Failure> {
        loop {
            let kept = self.idle().pop();
            match kept {
                None => break,
                Some(mut connection) => {
                    if connection.is_alive().await {
                        return Ok(connection);
                    }
                }
            }
        }
        let connection = Connection::open(&self.relay, &self.roots, &self.name, self.times).await?;
        app.desk.set_message_limit(connection.size_limit());
        Ok(connection)
    }

    fn keep(&self, connection: Connection) {
        self.idle().push(connection);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds out how large a message may be; and whether the relay can be reached at all, which an administrator wants to know at once.
    pub async fn ask_limit(&self, app: &App) {
        match self.connect(app).await {
            Ok(connection) => {
                let limit = connection.size_limit();
                tracing::info!(relay = %self.relay, ?limit, "the mail relay is there");
                self.keep(connection);
            }
            Err(failure) => tracing::warn!(%failure, "mail has to wait"),
        }
    }

    /// Ends the connections that are kept.
    pub async fn rest(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            connection.close().await;
        }
    }
}

fn attempt(verdict: Verdict) -> Attempt {
    match verdict {
        Verdict::Taken => Attempt::Delivered,
        Verdict::Later(error) => Attempt::Later(error),
        Verdict::Never(error) => Attempt::Never(error),
    }
}
