//! `attache user`: people, and who may do what.

use clap::{Args, Subcommand};
use desk::people::{self, HolderName, Listed, ListedRight};
use store::rows::people::Mailbox;

use super::ask::PasswordArguments;
use super::{Missing, WrongUsage, explain, open, table};
use crate::settings::Settings;

/// People: who they are and what they may do
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Adds a user
    Add {
        /// The user id to log in with
        name: String,
        /// The name shown to others; without it, the user id
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// Sets a user's password
    Password {
        /// The user id
        name: String,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// Gives a user a role, which is made if it is not there
    Role {
        /// The user id
        name: String,
        /// The role
        role: String,
        /// Takes the role from him instead
        #[arg(long)]
        remove: bool,
    },
    /// Gives a user a mailbox of his own, which his mail goes out by, in place of the one he has
    Mailbox {
        /// The user id
        name: String,
        /// The mailbox's address
        #[arg(required_unless_present = "remove")]
        address: Option<String>,
        /// The name that goes out beside the address; without it, the one of now, at first the user's
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        /// Takes his mailbox from him instead
        #[arg(long, conflicts_with_all = ["address", "display_name"])]
        remove: bool,
    },
    /// Gives a right to a user, a workgroup, a role or everyone
    #[command(
        override_usage = "attache user grant <USER | --workgroup NAME | --role NAME | --everyone> RIGHT [OBJECT]",
        after_help = RIGHTS
    )]
    Grant(RightArguments),
    /// Takes a right away
    #[command(
        override_usage = "attache user revoke <USER | --workgroup NAME | --role NAME | --everyone> RIGHT [OBJECT]",
        after_help = RIGHTS
    )]
    Revoke(RightArguments),
    /// Lists users, and the rights that they, workgroups, roles and everyone hold
    List,
}

/// How rights are named.
const RIGHTS: &str = "Rights are named by their ICWS properties. Some are given for everything:
  allowResponseManagement           use response libraries
  modifyInteractions                change the interactions of one's workgroups
  canPickupInteractions             pick up what waits in their queues, or was handed to one
  canPutInteractionsOnHold          put interactions on hold
  canParkInteractions               park them
  canTransferInteractions           hand them on to a user or a workgroup
  canDisconnectInteractions         close them, and others' drafts
Others are given for an object, or for `*`, which stands for all:
  responseManagementDocuments LIBRARY   use a library, by its name or id
  responseManagement LIBRARY            edit it
  viewWorkgroupQueue WORKGROUP          see what is in a workgroup's queue without being a member
  viewUserQueue USER                    see what is in a user's queue
  previewEmailWorkgroupQueue WORKGROUP  read the emails in a workgroup's queue
  previewEmailUserQueue USER            read the emails in a user's queue
  changeUserStatus USER                 set a user's status
A right that does not exist is answered with the names of all that do.";

/// A right and who is to hold it.
#[derive(Debug, Args)]
pub struct RightArguments {
    /// The user, if it is one, the right and what it is given for
    #[arg(num_args = 1..=3, required = true, value_name = "USER RIGHT OBJECT", hide = true)]
    words: Vec<String>,
    #[command(flatten)]
    group: GroupArguments,
}

/// A holder of rights who is not a user.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct GroupArguments {
    /// A workgroup, for all its members
    #[arg(long, value_name = "NAME")]
    pub workgroup: Option<String>,
    /// A role, for all who have it
    #[arg(long, value_name = "NAME")]
    pub role: Option<String>,
    /// Every user
    #[arg(long)]
    pub everyone: bool,
}

impl GroupArguments {
    /// The holder, if one was named.
    pub fn holder(&self) -> Option<HolderName<'_>> {
        let workgroup = self.workgroup.as_deref().map(HolderName::Workgroup);
        let role = self.role.as_deref().map(HolderName::Role);
        workgroup
            .or(role)
            .or(self.everyone.then_some(HolderName::Everyone))
    }
}

impl RightArguments {
    /// The holder, the right's name and its object.
    fn parts(&self) -> Result<(HolderName<'_>, &str, Option<&str>), WrongUsage> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        match (self.group.holder(), words.as_slice()) {
            (Some(holder), [right]) => Ok((holder, right, None)),
            (Some(holder), [right, object]) => Ok((holder, right, Some(object))),
            (None, [user, right]) => Ok((HolderName::User(user), right, None)),
            (None, [user, right, object]) => Ok((HolderName::User(user), right, Some(object))),
            (Some(_), _) => Err(WrongUsage(
                "name a right and at most one object; a user and a group cannot both be given"
                    .into(),
            )),
            (None, _) => Err(WrongUsage(
                "name a user (or --workgroup, --role, --everyone) and a right".into(),
            )),
        }
    }
}

pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let missing = if matches!(command, Command::Add { .. }) {
        Missing::Make
    } else {
        Missing::Refuse
    };
    if let Command::Grant(right) | Command::Revoke(right) = &command {
        right.parts()?;
    }
    let installation = open(settings, missing).await?;
    let database = installation.desk.database();
    match command {
        Command::Add {
            name,
            display_name,
            password,
        } => {
            let hash = password.obtain_hash(&name).await?;
            let (now, said) = (desk::clock::now(), name.clone());
            let add = database.write(move |tx| {
                people::add_user(
                    tx,
                    &name,
                    display_name.as_deref().unwrap_or(&name),
                    Some(&hash),
                    now,
                )
            });
            add.await.map_err(explain)?;
            println!("{said} was added");
        }
        Command::Password { name, password } => {
            let wanted = name.clone();
            database
                .read(move |conn| people::user(conn, &wanted))
                .await
                .map_err(explain)?;
            let hash = password.obtain_hash(&name).await?;
            let said = name.clone();
            database
                .write(move |tx| people::set_password(tx, &name, &hash))
                .await
                .map_err(explain)?;
            println!("the password of {said} was set");
        }
        Command::Role { name, role, remove } => {
            let change = database.write(move |tx| {
                if remove {
                    people::remove_from_role(tx, &role, &name)
                } else {
                    people::add_to_role(tx, &role, &name)
                }
            });
            println!("{}", done(change.await.map_err(explain)?));
        }
        Command::Mailbox {
            name,
            address,
            display_name,
            remove: _,
        } => {
            let change = database.write(move |tx| {
                people::set_own_mailbox(tx, &name, address.as_deref(), display_name.as_deref())
            });
            println!("{}", done(change.await.map_err(explain)?));
        }
        Command::Grant(right) => println!("{}", done(change_right(database, right, true).await?)),
        Command::Revoke(right) => println!("{}", done(change_right(database, right, false).await?)),
        Command::List => print_list(&database.read(people::list).await.map_err(explain)?),
    }
    database.close().await;
    Ok(())
}

/// What is said of a change that may have been made before.
pub fn done(changed: bool) -> &'static str {
    if changed {
        "done"
    } else {
        "nothing to do: it was so already"
    }
}

async fn change_right(
    database: &store::Database,
    arguments: RightArguments,
    grant: bool,
) -> anyhow::Result<bool> {
    let change = database.write(move |tx| {
        let Ok((holder, right, object)) = arguments.parts() else {
            return Ok(false);
        };
        let right = people::right(right)?;
        let object = people::object(tx.read(), right, object)?;
        if grant {
            people::grant(tx, holder, right, &object)
        } else {
            people::revoke(tx, holder, right, &object)
        }
    });
    change.await.map_err(explain)
}

fn print_list(listed: &Listed) {
    let rows: Vec<Vec<String>> = listed
        .users
        .iter()
        .map(|user| {
            let (workgroups, roles) = (user.workgroups.join(", "), user.roles.join(", "));
            let own = |mailbox: &&Mailbox| mailbox.user_id == Some(user.user.id);
            let mailbox = listed.mailboxes.iter().find(own);
            vec![
                user.user.name.clone(),
                user.user.display_name.clone(),
                workgroups,
                roles,
                mailbox.map_or_else(String::new, |mailbox| mailbox.address.clone()),
            ]
        })
        .collect();
    table::print(&["USER", "NAME", "WORKGROUPS", "ROLES", "MAILBOX"], &rows);
    let mut rights: Vec<Vec<String>> = Vec::new();
    let mut add = |holder: String, held: &[ListedRight]| {
        if !held.is_empty() {
            rights.push(vec![holder, describe(held)]);
        }
    };
    add("everyone".into(), &listed.everyone);
    listed
        .workgroups
        .iter()
        .for_each(|group| add(format!("workgroup {}", group.name), &group.rights));
    listed
        .roles
        .iter()
        .for_each(|(name, held)| add(format!("role {name}"), held));
    listed
        .users
        .iter()
        .for_each(|user| add(user.user.name.clone(), &user.rights));
    if !rights.is_empty() {
        println!();
        table::print(&["WHO", "MAY"], &rights);
    }
}

fn describe(rights: &[ListedRight]) -> String {
    let one = |right: &ListedRight| match &right.object {
        Some(object) => format!("{} {object}", right.property),
        None => right.property.clone(),
    };
    rights.iter().map(one).collect::<Vec<_>>().join(", ")
}
