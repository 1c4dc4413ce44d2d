//! `attache library`: response libraries.

mod import;
mod target;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use desk::people::{self, HolderName, ListedHolder};
use desk::response_management::{self, ListedLibrary};
use desk::{Desk, Right};
use indicatif::BinaryBytes;

use super::user::{GroupArguments, done};
use super::{Missing, WrongUsage, explain, open, table};
use crate::export;
use crate::import::Kind;
use crate::settings::Settings;

/// Response libraries
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a library of a folder tree or of an XML export, or puts it in the place of what a library had
    ///
    /// Folders become categories, `.txt` and `.html` files texts (UTF-8), `.url` files links, everything else files. `NAME.toml` beside a
    /// file says its `name`, `shortcut` and `keywords`. An import replaces what the library had; what has the same path in the folder keeps
    /// its id, and nobody hears of a change if there is none. What cannot be taken is said line by line on stderr and left out, and the exit
    /// status is 0 all the same, unless --strict is given. Hidden files, symbolic links and empty folders of which nothing is said are left
    /// out. The XML is the export of the original product, which has to be whole; files that its items name are looked for beside it.
    Import(ImportArguments),
    /// Writes a library to a folder, which an import reads back to the same
    ///
    /// What names and places of files do not say (shortcuts, keywords, other names, ids) stands in TOML files beside them. Ids are read
    /// back into the library that they come from, and into a new one where no other has its id; everywhere else, things get ids of their own.
    Export(ExportArguments),
    /// Lists libraries: name, id, items, size, and who may use them
    List,
    /// Lets a user, a workgroup, a role or everyone use a library
    Grant(GrantArguments),
}

/// What to import, and where to.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The folder, or the XML file
    #[arg(value_name = "FOLDER|FILE.xml")]
    pub from: PathBuf,
    /// The library's name; without it, that of the library it replaces, the one that the folder or the XML says, or the folder's
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The library to replace, by its name or id; without it, the one called as the new one
    #[arg(long, value_name = "LIBRARY")]
    pub library: Option<String>,
    /// The user whose own library is replaced
    #[arg(long, value_name = "USER", conflicts_with_all = ["name", "library"])]
    pub owner: Option<String>,
    /// Says what would be done and changes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Changes nothing, and fails, if anything cannot be taken
    #[arg(long)]
    pub strict: bool,
}

/// What to export, and where to.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The folder, which must be new or empty
    folder: PathBuf,
    /// The library, by its name or id; without it, the one called as the folder
    #[arg(long, value_name = "LIBRARY")]
    library: Option<String>,
    /// The user whose own library is exported
    #[arg(long, value_name = "USER", conflicts_with = "library")]
    owner: Option<String>,
}

/// Which library, and who.
#[derive(Debug, Args)]
pub struct GrantArguments {
    /// The library, by its name or id, or `*` for all
    library: String,
    /// A user
    #[arg(long, value_name = "NAME", conflicts_with_all = ["workgroup", "role", "everyone"])]
    user: Option<String>,
    #[command(flatten)]
    group: GroupArguments,
    /// May also edit it
    #[arg(long)]
    edit: bool,
}

pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let missing = match &command {
        Command::Import(arguments) if !arguments.dry_run => Missing::Make,
        _ => Missing::Refuse,
    };
    if let Command::Grant(grant) = &command
        && grant.user.is_none()
        && grant.group.holder().is_none()
    {
        return Err(WrongUsage(
            "name who may use it: --user, --workgroup, --role or --everyone".into(),
        )
        .into());
    }
    let installation = open(settings, missing).await?;
    let desk = &installation.desk;
    match command {
        Command::Import(arguments) => import::run(desk, arguments).await?,
        Command::Export(arguments) => export_to(desk, arguments).await?,
        Command::List => print_list(
            &desk
                .database()
                .read(response_management::list)
                .await
                .map_err(explain)?,
        ),
        Command::Grant(arguments) => println!("{}", done(grant(desk, arguments).await?)),
    }
    desk.database().close().await;
    Ok(())
}

async fn grant(desk: &Desk, arguments: GrantArguments) -> anyhow::Result<bool> {
    let change = desk.database().write(move |tx| {
        let user = arguments.user.as_deref().map(HolderName::User);
        let Some(holder) = user.or(arguments.group.holder()) else {
            return Ok(false);
        };
        let object = people::object(
            tx.read(),
            Right::ResponseManagementDocuments,
            Some(&arguments.library),
        )?;
        let mut changed = people::grant(tx, holder, Right::ResponseManagementDocuments, &object)?;
        if arguments.edit {
            changed |= people::grant(tx, holder, Right::ResponseManagement, &object)?;
        }
        Ok(changed)
    });
    change.await.map_err(explain)
}

async fn export_to(desk: &Desk, arguments: ExportArguments) -> anyhow::Result<()> {
    let ExportArguments {
        folder,
        library,
        owner,
    } = arguments;
    let target = target::existing(desk, &folder, library, owner).await?;
    let kept = desk
        .kept_library(target.id)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))
        .context("the library cannot be read")?;
    let kind = if target.owner.is_some() {
        Kind::Personal
    } else {
        Kind::System
    };
    let left_out = export::export(desk, &kept, kind, &folder).await?;
    for missing in &left_out {
        eprintln!("left out: {missing}");
    }
    println!(
        "{} ({}) was written to {}",
        target.name,
        target.id,
        folder.display()
    );
    anyhow::ensure!(
        left_out.is_empty(),
        "{} files could not be written",
        left_out.len()
    );
    Ok(())
}

fn print_list(libraries: &[ListedLibrary]) {
    let rows: Vec<Vec<String>> = libraries
        .iter()
        .map(|library| {
            let viewers = match &library.owner {
                Some(owner) => format!("{owner} alone"),
                None => library
                    .viewers
                    .iter()
                    .map(describe)
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let (items, size) = (
                library.items.to_string(),
                BinaryBytes(library.bytes).to_string(),
            );
            vec![
                library.name.clone(),
                library.id.to_string(),
                items,
                size,
                viewers,
            ]
        })
        .collect();
    table::print(
        &["LIBRARY", "ID", "ITEMS", "FILES", "WHO MAY USE IT"],
        &rows,
    );
}

fn describe(holder: &ListedHolder) -> String {
    match holder {
        ListedHolder::User(name) => name.clone(),
        ListedHolder::Role(name) => format!("role {name}"),
        ListedHolder::Workgroup(name) => format!("workgroup {name}"),
        ListedHolder::Everyone => "everyone".into(),
    }
}
