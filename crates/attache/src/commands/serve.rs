//! `attache serve`.

use crate::demo;
use crate::installation::Installation;
use crate::server::{self, Listening};
use crate::settings::Settings;

pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let installation = Installation::open_for_server(settings).await?;
    anyhow::ensure!(
        !settings.is_open_to_others()
            || !demo::is_open(&installation.desk, settings.data()).await?,
        "{} holds a demo whose password everybody knows, so it is served to this machine only, and not on {}; give it another by `attache demo --password`",
        settings.data().display(),
        settings.addresses()
    );
    server::run(settings, installation, announce).await
}

/// Says where it listens, at once and last: whoever waits for it may read all that was said.
fn announce(listening: &Listening) {
    listening.log();
    let https = listening
        .https
        .map(|https| format!("\nand on https://{https}/icws"));
    let https = https.unwrap_or_default();
    println!("Attaché listens on http://{}/icws{https}", listening.http);
}
