//! Which library a command is about.

use std::path::Path;

use anyhow::Context;
use desk::people::{self, PeopleError};
use desk::{Desk, UserId, response_management};
use uuid::Uuid;

use crate::commands::explain;
use crate::import::About;

/// The library that a command is about.
#[derive(Debug)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whose own it is.
    pub owner: Option<UserId>,
    /// Whether it is not there yet.
    pub is_new: bool,
}

/// The library that an import replaces, or a new one.
pub async fn find(
    desk: &Desk,
    folder: &Path,
    said: &About,
    name: Option<String>,
    library: Option<String>,
    owner: Option<String>,
) -> anyhow::Result<Target> {
    if let Some(owner) = owner {
        let user = desk
            .database()
            .read(move |conn| people::user(conn, &owner))
            .await
            .map_err(explain)?;
        let owner = UserId(user.id);
        let found = desk
            .database()
            .read(move |conn| response_management::personal_library(conn, owner));
        let found = found.await.map_err(explain)?;
        let id = match found {
            Some(id) => id,
            None => new_id(desk, said).await?,
        };
        return Ok(Target {
            id,
            name: user.name,
            owner: Some(owner),
            is_new: found.is_none(),
        });
    }
    if let Some(library) = library {
        let found = desk.database().read(move |conn| {
            let id = response_management::system_library(conn, &library)?;
            Ok::<_, PeopleError>((id, response_management::name_of(conn, &id.to_string())?))
        });
        let (id, old_name) = found.await.map_err(explain)?;
        return Ok(Target {
            id,
            name: checked_name(&name.unwrap_or(old_name))?,
            owner: None,
            is_new: false,
        });
    }
    let name = match name {
        Some(name) => name,
        None => match said.name.clone() {
            Some(name) => name,
            None => name_of(folder)
                .context("the folder has no name of its own; give the library one by --name")?,
        },
    };
    let name = checked_name(&name)?;
    let wanted = name.clone();
    match desk
        .database()
        .read(move |conn| response_management::system_library(conn, &wanted))
        .await
    {
        Ok(id) => Ok(Target {
            id,
            name,
            owner: None,
            is_new: false,
        }),
        Err(PeopleError::Unknown { .. }) => Ok(Target {
            id: new_id(desk, said).await?,
            name,
            owner: None,
            is_new: true,
        }),
        Err(error) => Err(explain(error)),
    }
}

/// The id of a new library: the one that is said of it, if no other has it.
async fn new_id(desk: &Desk, said: &About) -> anyhow::Result<Uuid> {
    let Some(id) = said.id else {
        return Ok(Uuid::new_v4());
    };
    let is_taken = desk
        .database()
        .read(move |conn| response_management::has_id(conn, id));
    let is_taken = is_taken.await.map_err(explain)?;
    Ok(if is_taken { Uuid::new_v4() } else { id })
}

/// A library that is there: the named one, somebody's own, or the one that is called as the folder.
pub async fn existing(
    desk: &Desk,
    folder: &Path,
    library: Option<String>,
    owner: Option<String>,
) -> anyhow::Result<Target> {
    let library = match (library, &owner) {
        (None, None) => Some(name_of(folder).context("name the library by --library or --owner")?),
        (library, _) => library,
    };
    let target = find(desk, folder, &About::default(), None, library, owner).await?;
    anyhow::ensure!(!target.is_new, "{} has no library yet", target.name);
    Ok(target)
}

/// What a folder is called, or a file without its ending.
fn name_of(path: &Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    let name = if whole.is_file() {
        whole.file_stem()?
    } else {
        whole.file_name()?
    };
    Some(name.to_str()?.to_owned())
}

/// A library's name is shown in one line, and is not taken for an id.
fn checked_name(name: &str) -> anyhow::Result<String> {
    let name = name.trim().to_owned();
    let good = !name.is_empty() && name.chars().count() <= 200 && !name.contains(char::is_control);
    anyhow::ensure!(
        good && Uuid::parse_str(&name).is_err() && name != "*",
        "`{name}` cannot be a library's name"
    );
    Ok(name)
}
