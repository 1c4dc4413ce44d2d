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

fn announce(listening: &Listening) {
    println!("Attaché listens on http://{}/icws", listening.http);
    if let Some(https) = listening.https {
        println!("and on https://{https}/icws");
    }
    listening.log();
}
