//! `attache workgroup`: workgroups, their members and mailboxes.

use clap::Subcommand;
use desk::people::{self, Listed, MailboxOwner};

use super::user::done;
use super::{Missing, explain, open, table};
use crate::settings::Settings;

/// Workgroups: their members and mailboxes
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Adds a workgroup
    Add {
        /// Its name
        name: String,
    },
    /// Adds a user to a workgroup
    Member {
        /// The workgroup
        workgroup: String,
        /// The user id
        user: String,
        /// Takes him out instead
        #[arg(long)]
        remove: bool,
    },
    /// Gives a workgroup a mailbox, or changes the one of this address; without --in and --out it does both
    Mailbox {
        /// The workgroup
        workgroup: String,
        /// The mailbox's address
        address: String,
        /// The name that goes out beside the address; without it, the workgroup's
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        /// Mail comes in by it
        #[arg(long = "in")]
        receives: bool,
        /// Mail goes out by it
        #[arg(long = "out")]
        sends: bool,
    },
    /// Lists workgroups, their members and mailboxes
    List,
}

pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let missing = if matches!(command, Command::Add { .. }) {
        Missing::Make
    } else {
        Missing::Refuse
    };
    let installation = open(settings, missing).await?;
    let database = installation.desk.database();
    match command {
        Command::Add { name } => {
            let said = name.clone();
            database
                .write(move |tx| people::add_workgroup(tx, &name))
                .await
                .map_err(explain)?;
            println!("{said} was added");
        }
        Command::Member {
            workgroup,
            user,
            remove,
        } => {
            let change = database.write(move |tx| {
                if remove {
                    people::remove_member(tx, &workgroup, &user)
                } else {
                    people::add_member(tx, &workgroup, &user)
                }
            });
            println!("{}", done(change.await.map_err(explain)?));
        }
        Command::Mailbox {
            workgroup,
            address,
            display_name,
            receives,
            sends,
        } => {
            let said = address.clone();
            let (receives, sends) = if receives || sends {
                (receives, sends)
            } else {
                (true, true)
            };
            let put = database.write(move |tx| {
                let name = people::workgroup(tx.read(), &workgroup)?.name;
                let display_name = display_name.as_deref().unwrap_or(&name);
                people::put_mailbox(
                    tx,
                    MailboxOwner::Workgroup(&workgroup),
                    &address,
                    display_name,
                    receives,
                    sends,
                )
            });
            put.await.map_err(explain)?;
            println!("{said} was set up");
        }
        Command::List => print_list(&database.read(people::list).await.map_err(explain)?),
    }
    database.close().await;
    Ok(())
}

fn print_list(listed: &Listed) {
    let rows: Vec<Vec<String>> = listed
        .workgroups
        .iter()
        .map(|group| {
            let mailboxes = listed
                .mailboxes
                .iter()
                .filter(|mailbox| mailbox.workgroup_id == Some(group.id));
            let mailboxes: Vec<String> = mailboxes
                .map(|mailbox| {
                    let ways = match (mailbox.receives, mailbox.sends) {
                        (true, true) => "in, out",
                        (true, false) => "in",
                        _ => "out",
                    };
                    format!("{} ({ways})", mailbox.address)
                })
                .collect();
            vec![
                group.name.clone(),
                group.members.join(", "),
                mailboxes.join(", "),
            ]
        })
        .collect();
    table::print(&["WORKGROUP", "MEMBERS", "MAILBOXES"], &rows);
}
