//! The people of the demo and what they may do.

use desk::Desk;
use desk::Right;
use desk::people::{self, HolderName, MailboxOwner, PeopleError};
use desk::rights::ANY;
use store::Tx;

/// Somebody who can log in.
#[derive(Debug)]
pub struct Account {
    /// The user id.
    pub user: &'static str,
    /// The name shown to others.
    pub name: &'static str,
    /// Who it is, for the list that is printed.
    pub role: &'static str,
    agent: bool,
    rights: &'static [(Right, &'static str)],
}

/// Everybody who can log in.
pub const ACCOUNTS: [Account; 5] = [
    Account {
        user: "anna",
        name: "Anna Lindqvist",
        role: "agent of Support",
        agent: true,
        rights: &[(Right::AllowResponseManagement, ANY)],
    },
    Account {
        user: "carl",
        name: "Carl Moreau",
        role: "agent of Support",
        agent: true,
        rights: &[(Right::AllowResponseManagement, ANY)],
    },
    Account {
        user: "ben",
        name: "Ben Okafor",
        role: "agent of Support, without the right Response Management",
        agent: true,
        rights: &[],
    },
    Account {
        user: "lea",
        name: "Lea Tanaka",
        role: "librarian: sees and edits every library, is no agent",
        agent: false,
        rights: &[
            (Right::AllowResponseManagement, ANY),
            (Right::ResponseManagementDocuments, ANY),
            (Right::ResponseManagement, ANY),
        ],
    },
    Account {
        user: "admin",
        name: "Administrator",
        role: "has every right",
        agent: false,
        rights: &[],
    },
];

/// The workgroup that the agents are in.
pub const WORKGROUP: &str = "Support";
const MAILBOX: &str = "support@example.com";

/// What the workgroup's agents may do.
const OF_AGENTS: [Right; 6] = [
    Right::ModifyInteractions,
    Right::CanPickupInteractions,
    Right::CanDisconnectInteractions,
    Right::CanTransferInteractions,
    Right::CanPutInteractionsOnHold,
    Right::CanParkInteractions,
];

/// The libraries that the workgroup may use.
const OF_SUPPORT: [&str; 2] = ["Product Information", "Letters"];

/// Adds what is missing of people, workgroup, mailbox and rights, in one transaction. Needs the system libraries.
pub async fn add(desk: &Desk, password: &str) -> anyhow::Result<()> {
    let (now, password) = (desk::clock::now(), password.to_owned());
    Ok(desk
        .database()
        .write(move |tx| add_all(tx, &password, now))
        .await?)
}

fn add_all(tx: &mut Tx<'_>, password: &str, now: i64) -> Result<(), PeopleError> {
    if people::list(tx.read())?.users.is_empty() {
        people::add_workgroup(tx, WORKGROUP)?;
        people::put_mailbox(
            tx,
            MailboxOwner::Workgroup(WORKGROUP),
            MAILBOX,
            WORKGROUP,
            true,
            true,
        )?;
        for account in &ACCOUNTS {
            people::add_user(tx, account.user, account.name, Some(password), now)?;
            add_rights(tx, account)?;
        }
        let support = HolderName::Workgroup(WORKGROUP);
        for right in OF_AGENTS {
            people::grant(tx, support, right, ANY)?;
        }
        for library in OF_SUPPORT {
            let object =
                people::object(tx.read(), Right::ResponseManagementDocuments, Some(library))?;
            people::grant(tx, support, Right::ResponseManagementDocuments, &object)?;
        }
    }
    Ok(())
}

fn add_rights(tx: &mut Tx<'_>, account: &Account) -> Result<(), PeopleError> {
    if account.agent {
        people::add_member(tx, WORKGROUP, account.user)?;
    }
    for (right, object) in account.rights {
        people::grant(tx, HolderName::User(account.user), *right, object)?;
    }
    if account.user == "admin" {
        for right in Right::ALL {
            people::grant(tx, HolderName::User(account.user), *right, ANY)?;
        }
    }
    Ok(())
}

/// Sets the password of all accounts that are still there.
pub async fn set_password(desk: &Desk, password: &str) -> anyhow::Result<()> {
    let password = password.to_owned();
    let set = desk.database().write(move |tx| {
        for account in &ACCOUNTS {
            match people::set_password(tx, account.user, &password) {
                Ok(()) | Err(PeopleError::Unknown { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    });
    Ok(set.await?)
}

/// Whether the accounts have this password, going by the first of them that is still there.
pub async fn have_password(desk: &Desk, password: &'static str) -> anyhow::Result<bool> {
    let kept = desk.database().read(|conn| {
        for account in &ACCOUNTS {
            match people::user(conn, account.user) {
                Ok(user) => return Ok(user.password),
                Err(PeopleError::Unknown { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    });
    let kept = kept.await?;
    let verify = move || kept.is_some_and(|phc| desk::passwords::verify(password, &phc));
    Ok(tokio::task::spawn_blocking(verify).await?)
}
