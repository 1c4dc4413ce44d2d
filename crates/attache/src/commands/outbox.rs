//! `attache outbox`: mail that is on its way, or will not arrive.

use clap::Subcommand;
use desk::outbox::{self, Message, Recipient};
use desk::{InteractionId, Refusal};
use icws::wire::Date;

use super::{Missing, open, table};
use crate::settings::Settings;

/// Mail that is on its way, or will not arrive
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists messages that are not delivered yet or will not be, with each recipient who has not got his
    List {
        /// Only those that will not be
        #[arg(long)]
        failed: bool,
    },
    /// Tries messages again now, and for as long as if they were just sent
    Retry(Which),
    /// Gives messages up that are not delivered yet; one that is on its way just now may still arrive
    Cancel(Which),
}

/// Which messages
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The interactions that they were sent from; `attache outbox list` shows them
    #[arg(value_name = "INTERACTION")]
    interactions: Vec<String>,
    /// All that are not delivered yet or will not be
    #[arg(long)]
    all: bool,
    /// All that will not be
    #[arg(long)]
    failed: bool,
}

pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let installation = open(settings, Missing::Refuse).await?;
    let desk = &installation.desk;
    match command {
        Command::List { failed } => {
            list(
                &desk
                    .undelivered(failed)
                    .await
                    .map_err(|refusal| failure(&refusal))?,
            );
            Ok(())
        }
        Command::Retry(which) => {
            for id in which.ids(desk).await? {
                let count = desk.write(move |tx, at| outbox::retry(tx, id, at)).await;
                say(
                    id,
                    count.map_err(|refusal| failure(&refusal))?,
                    "will be tried again now",
                )?;
            }
            Ok(())
        }
        Command::Cancel(which) => {
            for id in which.ids(desk).await? {
                let count = desk.write(move |tx, _| outbox::cancel(tx, id)).await;
                say(id, count.map_err(|refusal| failure(&refusal))?, "given up")?;
            }
            Ok(())
        }
    }
}

impl Which {
    async fn ids(&self, desk: &desk::Desk) -> anyhow::Result<Vec<InteractionId>> {
        if !self.interactions.is_empty() {
            let ids = self.interactions.iter().map(|text| {
                InteractionId::parse(text)
                    .ok_or_else(|| anyhow::anyhow!("`{text}` is not the id of an interaction"))
            });
            return ids.collect();
        }
        let rows = desk
            .undelivered(self.failed)
            .await
            .map_err(|refusal| failure(&refusal))?;
        let mut ids: Vec<InteractionId> = rows
            .iter()
            .map(|(message, _)| InteractionId(message.interaction_id))
            .collect();
        ids.dedup();
        Ok(ids)
    }
}

fn failure(refusal: &Refusal) -> anyhow::Error {
    anyhow::anyhow!("the outbox could not be worked on: {refusal:?}")
}

/// Says what was done; nothing to do for a message is an error, since it was named.
fn say(id: InteractionId, count: usize, what: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        count > 0,
        "{id}: nobody waits for a message of this interaction; `attache outbox list` shows who does"
    );
    let noun = if count == 1 {
        "recipient"
    } else {
        "recipients"
    };
    println!("{id}: {what} for {count} {noun}");
    Ok(())
}

fn list(rows: &[(Message, Recipient)]) {
    if rows.is_empty() {
        println!("All mail is delivered.");
        return;
    }
    let date = |millis: i64| Date::from_unix_millis(millis).to_string();
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|(message, recipient)| {
            let is_waiting = recipient.is_waiting();
            vec![
                message.interaction_id.to_string(),
                date(message.dated_at),
                recipient.address.clone(),
                if is_waiting { "waiting" } else { "failed" }.to_owned(),
                recipient.attempts.to_string(),
                if is_waiting {
                    date(recipient.next_at)
                } else {
                    "-".to_owned()
                },
                recipient.last_error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let head = [
        "INTERACTION",
        "SENT",
        "RECIPIENT",
        "STATE",
        "TRIED",
        "NEXT",
        "REASON",
    ];
    table::print(&head, &rows);
}
