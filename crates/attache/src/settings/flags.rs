//! The settings as flags of the command line, made from their declaration.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use confique::Config;
use confique::meta::Expr;

use super::tree::Leaf;
use super::{GivenFlags, Settings};

/// The flag that names the settings file.
pub const CONFIG: &str = "config";

/// A command with a flag for each setting, and one for the settings file. They may stand before or behind a subcommand.
pub fn arguments(command: Command) -> Command {
    let config = Arg::new(CONFIG)
        .long(CONFIG)
        .value_name("FILE")
        .env("ATTACHE_CONFIG")
        .hide_env_values(true)
        .value_parser(value_parser!(PathBuf))
        .global(true)
        .help_heading("Settings")
        .help(
            "The settings file; `attache settings sample` prints one, `--help` shows all settings",
        );
    Leaf::all(&Settings::META)
        .iter()
        .fold(command.arg(config), |command, leaf| {
            command.arg(argument(leaf))
        })
}

/// The settings that `-h` shows; `--help` shows all.
const SHOWN: [&str; 2] = ["data", "listen"];

fn argument(leaf: &Leaf) -> Arg {
    let full = leaf.help();
    let origins = match (leaf.default, leaf.env) {
        (Some(default), Some(env)) if !leaf.is_list() => {
            format!("[default: {}] [env: {env}]", text(default))
        }
        (_, Some(env)) => format!("[env: {env}]"),
        (_, None) => String::new(),
    };
    let first = full
        .split_inclusive(". ")
        .next()
        .unwrap_or_default()
        .trim_end()
        .trim_end_matches('.')
        .to_owned();
    Arg::new(id(leaf))
        .long(leaf.flag())
        .value_name("VALUE")
        .action(ArgAction::Append)
        .global(true)
        .help_heading("Settings")
        .help(format!("{first} {origins}"))
        .long_help(format!("{full}\n{origins}"))
        .hide_short_help(!SHOWN.contains(&leaf.path().as_str()))
}

fn id(leaf: &Leaf) -> String {
    format!("setting:{}", leaf.path())
}

fn text(default: Expr) -> String {
    match default {
        Expr::Str(text) => text.to_owned(),
        other => serde_json::to_string(&other).unwrap_or_default(),
    }
}

/// The flags that were given.
pub fn given(matches: &ArgMatches) -> GivenFlags {
    Leaf::all(&Settings::META)
        .iter()
        .filter_map(|leaf| {
            let texts = matches.get_many::<String>(&id(leaf))?.cloned().collect();
            Some((leaf.path(), texts))
        })
        .collect()
}
