//! `attache serve`.

use std::net::SocketAddr;

use crate::demo;
use crate::installation::Installation;
use crate::server;
use crate::settings::Settings;

pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let installation = Installation::open_for_server(settings).await?;
    let open_to_others = !settings.listen.ip().is_loopback();
    anyhow::ensure!(
        !open_to_others || !demo::is_open(&installation.desk, settings.data()).await?,
        "{} holds a demo whose password everybody knows, so it is not served on {}; give it another by `attache demo --password`",
        settings.data().display(),
        settings.listen
    );
    server::run(settings, installation, announce).await
}

fn announce(address: SocketAddr) {
    println!("Attaché listens on http://{address}/icws");
    tracing::info!(%address, "listening");
}
