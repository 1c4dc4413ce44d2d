//! `attache library`: response libraries.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use desk::people::{self, HolderName, ListedHolder, PeopleError};
use desk::response_management::{self, ListedLibrary};
use desk::{Desk, Right, UserId};
use indicatif::BinaryBytes;
use uuid::Uuid;

use super::user::{GroupArguments, done};
use super::{Missing, WrongUsage, explain, open, progress, table};
use crate::import::{self, Kind, LeftOut, Plan};
use crate::settings::Settings;

/// Response libraries
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a library of a folder tree, or puts it in the place of what a library had
    ///
    /// Folders become categories, `.txt` and `.html` files texts (UTF-8), `.url` files links, everything else files. An import replaces
    /// what the library had; what has the same path in the folder keeps its id. What cannot be taken is said line by line on stderr and
    /// left out, and the exit status is 0 all the same, unless --strict is given. Hidden files and symbolic links are left out.
    Import(ImportArguments),
    /// Lists libraries: name, id, items, size, and who may use them
    List,
    /// Lets a user, a workgroup, a role or everyone use a library
    Grant(GrantArguments),
}

/// What to import, and where to.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The folder
    folder: PathBuf,
    /// The library's name; without it, that of the library it replaces, or the folder's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The library to replace, by its name or id; without it, the one called as the new one
    #[arg(long, value_name = "LIBRARY")]
    library: Option<String>,
    /// The user whose own library is replaced
    #[arg(long, value_name = "USER", conflicts_with_all = ["name", "library"])]
    owner: Option<String>,
    /// Says what would be done and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Changes nothing, and fails, if anything cannot be taken
    #[arg(long)]
    strict: bool,
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
        Command::Import(arguments) => import(desk, arguments).await?,
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

/// The library that an import is for.
struct Target {
    id: Uuid,
    name: String,
    owner: Option<UserId>,
    is_new: bool,
}

async fn import(desk: &Desk, arguments: ImportArguments) -> anyhow::Result<()> {
    let folder = arguments.folder.clone();
    anyhow::ensure!(folder.is_dir(), "{} is not a folder", folder.display());
    let ImportArguments {
        name,
        library,
        owner,
        dry_run,
        strict,
        ..
    } = arguments;
    let target = find_target(desk, &folder, name, library, owner).await?;
    let limits = desk.rules().limits.clone();
    let (id, name) = (target.id, target.name.clone());
    let kind = if target.owner.is_some() {
        Kind::Personal
    } else {
        Kind::System
    };
    let planned = tokio::task::spawn_blocking(move || {
        let (entries, left_out) = import::scan(&folder, limits.library_depth)
            .with_context(|| format!("the folder {} cannot be read", folder.display()))?;
        anyhow::Ok(import::plan(id, &name, kind, entries, left_out, &limits))
    });
    let plan = planned.await??;
    plan.left_out.iter().for_each(say);
    let plan = if dry_run {
        plan.check(strict)?;
        plan
    } else {
        take_in(desk, plan, target.owner, strict).await?
    };
    summarise(&plan, &target, dry_run);
    Ok(())
}

fn say(left_out: &LeftOut) {
    eprintln!("left out: {left_out}");
}

async fn take_in(
    desk: &Desk,
    plan: Plan,
    owner: Option<UserId>,
    strict: bool,
) -> anyhow::Result<Plan> {
    let bar = progress::of_bytes(plan.bytes());
    let taken = plan
        .take_in(
            desk,
            owner,
            strict,
            |bytes| bar.inc(bytes),
            |left_out| bar.suspend(|| say(left_out)),
        )
        .await;
    bar.finish_and_clear();
    taken
}

/// The library that an import replaces, or a new one.
async fn find_target(
    desk: &Desk,
    folder: &Path,
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
        return Ok(Target {
            id: found.unwrap_or_else(Uuid::new_v4),
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
        None => folder_name(folder)
            .context("the folder has no name of its own; give the library one by --name")?,
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
            id: Uuid::new_v4(),
            name,
            owner: None,
            is_new: true,
        }),
        Err(error) => Err(explain(error)),
    }
}

fn folder_name(folder: &Path) -> Option<String> {
    let whole = std::path::absolute(folder).ok()?;
    Some(whole.file_name()?.to_str()?.to_owned())
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

fn summarise(plan: &Plan, target: &Target, dry_run: bool) {
    let counts = plan.counts();
    let verb = match (dry_run, target.is_new) {
        (true, true) => "would be made",
        (true, false) => "would be replaced",
        (false, true) => "was made",
        (false, false) => "was replaced",
    };
    println!("{} ({}) {verb}", target.name, target.id);
    println!(
        "{}, {} and {} ({}) in {}; {} left out",
        progress::number(counts.texts, "text", "texts"),
        progress::number(counts.links, "link", "links"),
        progress::number(counts.files, "file", "files"),
        BinaryBytes(plan.bytes()),
        progress::number(counts.categories, "category", "categories"),
        plan.left_out.len(),
    );
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
