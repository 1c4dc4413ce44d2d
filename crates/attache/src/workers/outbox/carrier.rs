//! Who carries a message: the site's relay or, without one, a folder.

use std::path::{Path, PathBuf};

use anyhow::Context;
use desk::email::send::Outgoing;
use desk::outbox::{Attempt, Recipient};
use mail::smtp::{Roots, Times};

use super::folder;
use super::relay::Sender;
use crate::app::App;
use crate::settings::Settings;

/// Who carries mail.
pub enum Carrier {
    /// Each message becomes a file in this folder.
    Folder(PathBuf),
    /// A relay takes it.
    Relay(Sender),
}

impl Carrier {
    /// The one that the settings name; `folder` is where mail goes without a relay.
    pub fn of(settings: &Settings, folder: PathBuf) -> anyhow::Result<Self> {
        let set = &settings.relay;
        let Some(mut relay) = set.url.clone() else {
            return Ok(Carrier::Folder(folder));
        };
        if let Some(path) = &set.password_file {
            let password = read_password(path).with_context(|| {
                format!("the setting `relay.password_file`: {}", path.display())
            })?;
            relay.password = Some(password);
        } else if let Some(password) = &set.password {
            relay.password = Some(password.clone());
        }
        anyhow::ensure!(
            relay.user.is_some() == relay.password.is_some(),
            "the relay's user (in the setting `relay.url`) and his password (there, in `relay.password` or in `relay.password_file`) go \
             together; one of them is not set"
        );
        let roots = Roots::load(set.ca_file.as_deref()).context("the setting `relay.ca_file`")?;
        let times = Times {
            connect: set.timeout.min(std::time::Duration::from_secs(30)),
            answer: set.timeout,
        };
        let at_once = usize::try_from(set.connections).unwrap_or(usize::MAX);
        Ok(Carrier::Relay(Sender::new(
            relay,
            roots,
            settings.domain(),
            times,
            at_once,
        )))
    }

    /// How many messages are carried at the same time.
    pub fn at_once(&self) -> usize {
        match self {
            Carrier::Folder(_) => 1,
            Carrier::Relay(sender) => sender.at_once(),
        }
    }

    /// Tries to deliver a message to these recipients.
    pub async fn carry(
        &self,
        app: &App,
        outgoing: &Outgoing,
        recipients: &[Recipient],
    ) -> Vec<Attempt> {
        match self {
            Carrier::Folder(folder) => {
                vec![folder::write(app, folder, outgoing).await; recipients.len()]
            }
            Carrier::Relay(sender) => sender.send(app, outgoing, recipients).await,
        }
    }

    /// Finds out how large a message may be.
    pub async fn ask_limit(&self, app: &App) {
        if let Carrier::Relay(sender) = self {
            sender.ask_limit(app).await;
        }
    }

    /// There is nothing to do for now.
    pub async fn rest(&self) {
        if let Carrier::Relay(sender) = self {
            sender.rest().await;
        }
    }
}

/// The first line of a file.
fn read_password(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)?;
    let line = text.lines().next().unwrap_or_default();
    anyhow::ensure!(!line.is_empty(), "its first line is empty");
    Ok(line.to_owned())
}
