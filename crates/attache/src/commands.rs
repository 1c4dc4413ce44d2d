//! The command line. Every command but `serve` and `demo` works on an installation's folder, beside a running server or without one.
//!
//! The exit status is 0 when it was done, 1 when it failed (the reason is on stderr), 2 when it was asked for in a wrong way or a setting is
//! wrong.

mod archive;
mod ask;
mod backup;
mod check;
mod demo;
mod library;
mod mail;
mod r#move;
mod outbox;
mod progress;
mod restore;
mod serve;
mod table;
mod user;
mod workgroup;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use desk::people::PeopleError;
use desk::{Right, rights};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::installation::Installation;
use crate::settings::{self, LogFormat, Settings};

/// An email desk for customer-service teams that speaks ICWS.
///
/// Try it with `attache demo`. All commands work beside a running server, which notices within 200 ms what they changed. They find the
/// installation by the setting `data`, given by `--data`, by `ATTACHE_DATA` or in the settings file.
#[derive(Debug, Parser)]
#[command(name = "attache", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server
    Serve,
    /// Runs the server with people, libraries and mail to try out
    Demo(demo::Arguments),
    /// People: who they are and what they may do
    #[command(subcommand)]
    User(user::Command),
    /// Workgroups: their members and mailboxes
    #[command(subcommand)]
    Workgroup(workgroup::Command),
    /// Response libraries
    #[command(subcommand)]
    Library(library::Command),
    /// Mail that came in
    #[command(subcommand)]
    Mail(mail::Command),
    /// Mail that is on its way, or will not arrive
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// Looks whether everything that is kept is whole: all references between rows, and the bytes of all files
    ///
    /// Says each thing that is wrong in a line of its own, and fails if there is one. Files whose bytes are lost are noted as such: nobody can
    /// attach them until somebody uploads the same bytes again, or a later check finds them whole.
    Check,
    /// Writes everything that is kept into one file, beside a running server or without one
    ///
    /// It is of one moment. Mail in the folder `sent` and the settings are not in it.
    Backup {
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Puts what a backup holds into an installation that holds nothing yet
    ///
    /// The backup may be of another database and another store of files. One that is damaged changes nothing.
    Restore {
        /// The file that `attache backup` wrote
        file: PathBuf,
    },
    /// Carries everything to another database, another store of files, or both
    ///
    /// No server may run meanwhile. Broken off, it goes on when it is begun again in the same words. Nothing is removed where it comes from.
    Move(r#move::Arguments),
    /// Settings
    #[command(subcommand)]
    Settings(SettingsCommand),
}

#[derive(Debug, Subcommand)]
enum SettingsCommand {
    /// Prints a settings file with every setting, its meaning and its default
    Sample,
}

/// The whole command line: the commands, and a flag for each setting.
fn command() -> clap::Command {
    settings::arguments(Cli::command())
}

/// Runs what the command line asks for.
pub fn main() -> ExitCode {
    let matches = command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Command::Settings(SettingsCommand::Sample) = cli.command {
        print!("{}", Settings::sample());
        return ExitCode::SUCCESS;
    }
    let default_data = if matches!(cli.command, Command::Demo(_)) {
        "attache-demo"
    } else {
        "attache-data"
    };
    // A global flag behind a subcommand is found there.
    let innermost = std::iter::successors(Some(&matches), |matches| {
        matches.subcommand().map(|(_, inner)| inner)
    })
    .last();
    let innermost = innermost.unwrap_or(&matches);
    let file = innermost.get_one::<PathBuf>(settings::CONFIG);
    let environment = |name: &str| std::env::var_os(name);
    let settings = match Settings::load(
        &settings::given(innermost),
        &environment,
        file.map(PathBuf::as_path),
        default_data,
    ) {
        Ok(settings) => settings,
        Err(error) => return failed(&error.into(), 2),
    };
    match run(cli.command, &settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let status = if error.is::<WrongUsage>() { 2 } else { 1 };
            failed(&error, status)
        }
    }
}

fn failed(error: &anyhow::Error, status: u8) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(status)
}

/// What was asked for makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUsage(String);

fn run(command: Command, settings: &Settings) -> anyhow::Result<()> {
    start_log(&command, settings);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::run(settings).await,
            Command::Demo(arguments) => demo::run(settings, arguments).await,
            Command::User(command) => user::run(settings, command).await,
            Command::Workgroup(command) => workgroup::run(settings, command).await,
            Command::Library(command) => library::run(settings, command).await,
            Command::Mail(command) => mail::run(settings, command).await,
            Command::Outbox(command) => outbox::run(settings, command).await,
            Command::Check => check::run(settings).await,
            Command::Backup { file } => backup::run(settings, file).await,
            Command::Restore { file } => restore::run(settings, file).await,
            Command::Move(arguments) => r#move::run(settings, arguments).await,
            Command::Settings(SettingsCommand::Sample) => Ok(()),
        }
    })
}

/// A server logs what the settings say; other commands speak for themselves and log only what they did not expect.
fn start_log(command: &Command, settings: &Settings) {
    let is_server = matches!(command, Command::Serve | Command::Demo(_));
    let filter = EnvFilter::new(if is_server {
        settings.log.as_str()
    } else {
        "warn"
    });
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE);
    match settings.log_format {
        LogFormat::Json if is_server => log.json().init(),
        _ => log.with_ansi(console::colors_enabled_stderr()).init(),
    }
}

/// Whether a command makes an installation that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Make,
    Refuse,
}

/// Opens the installation for a command.
async fn open(settings: &Settings, missing: Missing) -> anyhow::Result<Installation> {
    let folder = settings.data();
    if !folder.exists() {
        let shown = folder.display();
        anyhow::ensure!(
            missing == Missing::Make,
            "there is no installation in {shown}; name its folder by --data or ATTACHE_DATA"
        );
        eprintln!("note: a new installation is made in {shown}");
    }
    Installation::open(settings).await
}

/// An error about people as a person at the command line can use it.
fn explain(error: PeopleError) -> anyhow::Error {
    let hint = match &error {
        PeopleError::Unknown { what: "user", .. } => "`attache user list` shows them".to_owned(),
        PeopleError::Unknown { what: "role", .. } => {
            "`attache user role` gives a user a role".to_owned()
        }
        PeopleError::Unknown {
            what: "workgroup", ..
        } => "`attache workgroup list` shows them".to_owned(),
        PeopleError::Unknown {
            what: "library", ..
        }
        | PeopleError::Ambiguous(_) => "`attache library list` shows them".to_owned(),
        PeopleError::UnknownRight(_) => {
            let all: Vec<&str> = rights::Right::ALL
                .iter()
                .copied()
                .map(Right::property)
                .collect();
            format!("there are {}", all.join(", "))
        }
        _ => return error.into(),
    };
    anyhow::anyhow!("{error}; {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_setting_may_stand_before_or_behind_a_command() {
        for line in [
            ["attache", "--data", "x", "user", "list"],
            ["attache", "user", "list", "--data", "x"],
        ] {
            let matches = command().try_get_matches_from(line).expect("is understood");
            let innermost = matches
                .subcommand()
                .and_then(|(_, user)| user.subcommand())
                .expect("user list")
                .1;
            assert_eq!(
                settings::given(innermost),
                [("data".to_owned(), vec!["x".to_owned()])]
            );
        }
    }
}
