//! Asking for passwords.

use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use console::Term;

/// How a password can be given. What is on a command line can be seen by other users of the machine; the environment and the question cannot.
#[derive(Debug, clap::Args)]
pub struct PasswordArguments {
    /// The password; without it, it is asked for, or read as one line from stdin
    #[arg(
        long,
        env = "ATTACHE_PASSWORD",
        hide_env_values = true,
        value_name = "PASSWORD"
    )]
    password: Option<String>,
}

impl PasswordArguments {
    /// The password that was given.
    pub fn given(self) -> Option<String> {
        self.password
    }

    /// The hash of the password that was given, or that is asked for now.
    pub async fn obtain_hash(self, user: &str) -> anyhow::Result<String> {
        let password = match self.password {
            Some(password) => password,
            None => ask(user)?,
        };
        anyhow::ensure!(!password.is_empty(), "a password must not be empty");
        hash(password).await
    }
}

/// Hashes a password, away from the threads that serve others.
pub async fn hash(password: String) -> anyhow::Result<String> {
    Ok(tokio::task::spawn_blocking(move || desk::passwords::hash(&password)).await??)
}

fn ask(user: &str) -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .context("no password could be read from stdin")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let terminal = Term::stderr();
    terminal.write_str(&format!("Password for {user}: "))?;
    let password = terminal.read_secure_line()?;
    terminal.write_str("The same again: ")?;
    let again = terminal.read_secure_line()?;
    anyhow::ensure!(password == again, "the two passwords differ");
    Ok(password)
}
