//! `attache mail`: mail that came in.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use desk::email::TakenIn;
use desk::{Desk, Refusal, people};
use indicatif::ProgressBar;

use super::{Missing, explain, open, progress};
use crate::incoming::{self, Found};
use crate::settings::Settings;

/// Mail that came in
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Takes messages from files into a workgroup's queue
    ///
    /// PATH is a message (`.eml`), a mailbox with many (`mbox`), or a folder that is searched for both and for Maildirs. The same message (of the same
    /// Message-ID, author, date, subject and body) is taken in once. One that cannot be taken apart waits in the queue, too, with its source attached. What happens with each is said line by
    /// line; what is no mail is said on stderr and left out, and the exit status is 0 all the same.
    Import(ImportArguments),
}

/// What to take in, and for whom.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The message, mailbox or folder
    path: PathBuf,
    /// The workgroup in whose queue the mail is to wait
    #[arg(long, value_name = "NAME")]
    workgroup: String,
    /// Says what would be done and changes nothing
    #[arg(long)]
    dry_run: bool,
}

/// How many messages came to what.
#[derive(Debug, Default)]
struct Counts {
    taken: usize,
    as_they_came: usize,
    were_there: usize,
    left_out: usize,
}

/// Runs a command on mail that came in.
pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let Command::Import(arguments) = command;
    let installation = open(settings, Missing::Refuse).await?;
    import(&installation.desk, arguments).await?;
    installation.desk.database().close().await;
    Ok(())
}

async fn import(desk: &Desk, arguments: ImportArguments) -> anyhow::Result<()> {
    let ImportArguments {
        path,
        workgroup,
        dry_run,
    } = arguments;
    let group = desk
        .database()
        .read(move |conn| people::workgroup(conn, &workgroup))
        .await
        .map_err(explain)?;
    let searched = path.clone();
    let (sources, left_out) = tokio::task::spawn_blocking(move || incoming::sources(&searched))
        .await?
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let bar = progress::of_bytes(sources.iter().map(|source| source.size).sum());
    let mut counts = Counts::default();
    for found in &left_out {
        report(&bar, found, None, &mut counts, dry_run);
    }
    let mut messages = incoming::read(sources);
    while let Some((mut found, size)) = messages.recv().await {
        let taken = match std::mem::replace(&mut found.message, Ok(Vec::new())) {
            Ok(raw) if dry_run => Some(desk.look_at_mail(group.id, raw).await),
            Ok(raw) => Some(desk.take_in_mail(group.id, raw).await),
            Err(reason) => {
                found.message = Err(reason);
                None
            }
        };
        let taken = taken
            .transpose()
            .map_err(|refusal| anyhow::anyhow!("{}", describe(&refusal)))
            .with_context(|| format!("{} was not taken in", found.place))?;
        report(&bar, &found, taken.as_ref(), &mut counts, dry_run);
        bar.inc(size);
    }
    bar.finish_and_clear();
    summarise(&counts, &group.name, dry_run);
    Ok(())
}

/// Says what became of a message, and counts it.
fn report(
    bar: &ProgressBar,
    found: &Found,
    taken: Option<&TakenIn>,
    counts: &mut Counts,
    dry_run: bool,
) {
    let place = &found.place;
    let Some(taken) = taken else {
        counts.left_out += 1;
        if let Err(reason) = &found.message {
            bar.suspend(|| eprintln!("left out: {place}: {reason}"));
        }
        return;
    };
    let id = taken
        .interaction
        .map_or_else(String::new, |id| format!("{id} "));
    let subject = if taken.subject.is_empty() {
        "(no subject)"
    } else {
        &taken.subject
    };
    let would = if dry_run { "would be " } else { "" };
    let line = match &taken.problem {
        _ if taken.was_there => {
            counts.were_there += 1;
            format!("there already: {place}: {id}{subject}")
        }
        Some(problem) => {
            counts.as_they_came += 1;
            format!("{would}taken in as it came: {place}: {id}{subject}; {problem}")
        }
        None => {
            counts.taken += 1;
            let attached = match taken.parts {
                0 => String::new(),
                1 => " (1 attachment)".to_owned(),
                many => format!(" ({many} attachments)"),
            };
            format!("{would}taken in: {place}: {id}{subject}{attached}")
        }
    };
    bar.suspend(|| println!("{line}"));
}

fn summarise(counts: &Counts, workgroup: &str, dry_run: bool) {
    let verb = if dry_run { "would be taken" } else { "taken" };
    println!(
        "{} {verb} into the queue of {workgroup}, {} of them as they came; {} there already; {} left out",
        counts.taken + counts.as_they_came,
        counts.as_they_came,
        counts.were_there,
        counts.left_out,
    );
}

fn describe(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Internal(failure) | Refusal::BytesUnavailable(failure) => failure.to_string(),
        other => format!("{other:?}"),
    }
}
