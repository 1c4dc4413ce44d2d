//! `attache library import`.

use std::path::Path;

use desk::{Desk, UserId};
use indicatif::BinaryBytes;

use super::ImportArguments;
use super::target::{self, Target};
use crate::commands::progress;
use crate::import::{self, Kind, LeftOut, Plan, Scanned};

/// Imports a folder or an XML export.
pub async fn run(desk: &Desk, arguments: ImportArguments) -> anyhow::Result<()> {
    let ImportArguments {
        from,
        name,
        library,
        owner,
        dry_run,
        strict,
    } = arguments;
    let limits = desk.rules().limits.clone();
    let (path, depth) = (from.clone(), limits.library_depth);
    let scanned = tokio::task::spawn_blocking(move || scan(&path, depth)).await??;
    let target = target::find(desk, &from, &scanned.about, name, library, owner).await?;
    let (id, name) = (target.id, target.name.clone());
    let kind = if target.owner.is_some() {
        Kind::Personal
    } else {
        Kind::System
    };
    let planned =
        tokio::task::spawn_blocking(move || import::plan(id, &name, kind, scanned, &limits));
    let plan = planned.await?;
    plan.left_out.iter().for_each(say);
    let plan = if dry_run {
        plan.try_out(desk, target.owner, strict, say).await?
    } else {
        take_in(desk, plan, target.owner, strict).await?
    };
    summarise(&plan, &target, dry_run);
    Ok(())
}

fn scan(path: &Path, depth: u64) -> anyhow::Result<Scanned> {
    let refused =
        |reason: String| anyhow::anyhow!("{} cannot be imported: {reason}", path.display());
    let is_xml = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("xml"));
    if is_xml && path.is_file() {
        return import::xml::read(path).map_err(refused);
    }
    anyhow::ensure!(path.is_dir(), "{} is not a folder", path.display());
    import::scan(path, depth).map_err(refused)
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

fn summarise(plan: &Plan, target: &Target, dry_run: bool) {
    let counts = plan.counts();
    let verb = match (dry_run, target.is_new) {
        (true, true) => "would be made",
        (false, true) => "was made",
        (true, false) if plan.changed => "would be replaced",
        (false, false) if plan.changed => "was replaced",
        (true, false) => "would stay as it is: nothing would change",
        (false, false) => "is as it was: nothing has changed",
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
