//! The demo: people, rights, libraries and mail of an invented maker of lamps, loaded by the same functions as an administrator's.
//!
//! A file in the data folder tells how far it got, so that starting again goes on with what is there and never puts back what somebody
//! has changed since; and so that the demo's people are never added to an installation that is no demo.

mod certificate;
mod files;
mod people;
mod picture;
mod walk;

use std::fs;
use std::path::Path;

use anyhow::Context;
use desk::people::PeopleError;
use desk::response_management::{personal_library, system_library};
use desk::{Desk, UserId};
use uuid::Uuid;

use crate::import::{Entry, Kind, Scanned, plan};

pub use certificate::Certificate;
pub use people::{ACCOUNTS, Account, have_password};
pub use walk::walk;

/// The password of all accounts unless another is given. It opens the demo to this machine only.
pub const PASSWORD: &str = "demo";

/// The file that tells how far the demo was loaded.
const MARK: &str = "demo";
const LOADING: &str = "The demo is being loaded into this folder.\n";
const LOADED: &str =
    "This folder holds a demo. Without this file `attache demo` does not use it.\n";

/// Loads the demo into a data folder, once. `password` is what the accounts get, the hash of it. With `mail`, ten messages of customers wait in Support's
/// queue.
pub async fn load(desk: &Desk, data: &Path, password: &str, mail: bool) -> anyhow::Result<()> {
    let mark = data.join(MARK);
    let said = fs::read_to_string(&mark).ok();
    let people = desk.database().read(desk::people::list).await?;
    match said.as_deref() {
        // A database that was taken away is made anew.
        Some(LOADED) if !people.users.is_empty() => return Ok(()),
        Some(_) => {}
        None => anyhow::ensure!(
            people.users.is_empty(),
            "{} holds an installation that is no demo; name another folder by --data",
            data.display()
        ),
    }
    fs::write(&mark, LOADING).with_context(|| format!("{} cannot be written", mark.display()))?;
    for (name, entries) in files::libraries() {
        load_system(desk, name, entries).await?;
    }
    people::add(desk, password).await?;
    for (owner, entries) in files::personal() {
        load_personal(desk, owner, entries).await?;
    }
    if mail {
        load_mail(desk).await?;
    }
    fs::write(&mark, LOADED).with_context(|| format!("{} cannot be written", mark.display()))
}

/// Takes in what customers have written. What is there already stays as it is.
async fn load_mail(desk: &Desk) -> anyhow::Result<()> {
    let find = |conn: &mut store::Conn| desk::people::workgroup(conn, people::WORKGROUP);
    let group = match desk.database().read(find).await {
        Ok(group) => group,
        // Somebody has removed it since.
        Err(PeopleError::Unknown { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for raw in files::mail() {
        desk.take_in_mail(group.id, raw.to_vec())
            .await
            .map_err(|refusal| anyhow::anyhow!("the demo's mail was not taken in: {refusal:?}"))?;
    }
    Ok(())
}

/// Whether a data folder holds a demo whose accounts have the password that everybody knows.
pub async fn is_open(desk: &Desk, data: &Path) -> anyhow::Result<bool> {
    Ok(data.join(MARK).exists() && have_password(desk, PASSWORD).await?)
}

/// Makes sure that the accounts have this password (the hash of it).
pub async fn set_password(desk: &Desk, password: &str) -> anyhow::Result<()> {
    people::set_password(desk, password).await
}

async fn load_system(desk: &Desk, name: &'static str, entries: Vec<Entry>) -> anyhow::Result<()> {
    let found = desk
        .database()
        .read(move |conn| system_library(conn, name))
        .await;
    let id = match found {
        Ok(id) => id,
        Err(PeopleError::Unknown { .. }) => Uuid::new_v4(),
        Err(error) => return Err(error.into()),
    };
    take_in(desk, id, name, None, entries).await
}

async fn load_personal(
    desk: &Desk,
    owner: &'static str,
    entries: Vec<Entry>,
) -> anyhow::Result<()> {
    let (user, found) = desk
        .database()
        .read(move |conn| {
            let user = UserId(desk::people::user(conn, owner)?.id);
            Ok::<_, PeopleError>((user, personal_library(conn, user)?))
        })
        .await?;
    take_in(
        desk,
        found.unwrap_or_else(Uuid::new_v4),
        owner,
        Some(user),
        entries,
    )
    .await
}

async fn take_in(
    desk: &Desk,
    id: Uuid,
    name: &str,
    owner: Option<UserId>,
    entries: Vec<Entry>,
) -> anyhow::Result<()> {
    let kind = if owner.is_some() {
        Kind::Personal
    } else {
        Kind::System
    };
    let scanned = Scanned {
        entries,
        ..Scanned::default()
    };
    let plan = plan(id, name, kind, scanned, &desk.rules().limits);
    // A smaller limit than the demo needs leaves something out; the rest is there.
    let say =
        |left_out: &crate::import::LeftOut| tracing::warn!(library = name, "left out: {left_out}");
    plan.left_out.iter().for_each(say);
    plan.take_in(desk, owner, false, |_| {}, say)
        .await
        .with_context(|| format!("the library {name} was not loaded"))?;
    Ok(())
}
