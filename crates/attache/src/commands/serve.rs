//! `attache serve`.

use std::net::SocketAddr;

use crate::installation::Installation;
use crate::server;
use crate::settings::Settings;

pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let _lock = Installation::lock(settings)?;
    let installation = Installation::open(settings).await?;
    server::run(settings, installation, announce).await
}

fn announce(address: SocketAddr) {
    println!("Attaché listens on http://{address}/icws");
    tracing::info!(%address, "listening");
}
