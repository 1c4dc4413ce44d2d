//! `attache demo`.

use std::net::SocketAddr;

use desk::Desk;

use super::ask::{PasswordArguments, hash};
use crate::demo::{self, ACCOUNTS, PASSWORD};
use crate::installation::Installation;
use crate::server;
use crate::settings::Settings;

/// Runs the server with people, libraries and mail to try out
///
/// It keeps what happens in a folder of its own (`attache-demo` unless --data names one); started again, it goes on from there. All accounts
/// have the password `demo`, and therefore it listens on this machine only, unless a password is given.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    password: PasswordArguments,
}

/// Runs the demo.
pub async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    let password = arguments
        .password
        .given()
        .filter(|password| !password.is_empty());
    let open_to_others = !settings.listen.ip().is_loopback();
    anyhow::ensure!(
        password.is_some() || !open_to_others,
        "the password `{PASSWORD}` is known to everybody, so the demo does not listen on {} with it; give another by --password or \
         ATTACHE_PASSWORD",
        settings.listen
    );
    let installation = Installation::open_for_server(settings).await?;
    load(&installation.desk, settings, password.clone()).await?;
    let password = match password {
        Some(_) => "with the password that was given",
        None if demo::have_password(&installation.desk, PASSWORD).await? => "password: demo",
        None => "with the password that was given before",
    };
    server::run(settings, installation, move |address| {
        announce(settings, address, password);
    })
    .await
}

/// Loads the demo where it is not loaded yet. A password that was given holds from now on, whatever was given before.
async fn load(desk: &Desk, settings: &Settings, password: Option<String>) -> anyhow::Result<()> {
    let is_given = password.is_some();
    let hash = hash(password.unwrap_or_else(|| PASSWORD.to_owned())).await?;
    demo::load(desk, settings.data(), &hash).await?;
    if is_given {
        demo::set_password(desk, &hash).await?;
    }
    Ok(())
}

fn announce(settings: &Settings, address: SocketAddr, password: &str) {
    println!(
        "Attaché's demo listens on http://{address}/icws and keeps its data in {}\n",
        settings.data().display()
    );
    println!("Accounts ({password}):");
    for account in &ACCOUNTS {
        println!("  {:6} {}, {}", account.user, account.name, account.role);
    }
    println!(
        "\nSent mail goes to {}\n",
        settings.data().join("sent").display()
    );
    println!("A walk: paste it into bash.\n\n{}", demo::walk(address));
    tracing::info!(%address, "listening");
}
