//! `attache demo`.

use desk::Desk;

use super::ask::{PasswordArguments, hash};
use crate::demo::{self, ACCOUNTS, Certificate, PASSWORD};
use crate::installation::Installation;
use crate::server::{self, Listening};
use crate::settings::Settings;

/// Runs the server with people, libraries and mail to try out
///
/// It keeps what happens in a folder of its own (`attache-demo` unless --data names one); started again, it goes on from there. All accounts
/// have the password `demo`, and therefore it listens on this machine only, unless a password is given.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    password: PasswordArguments,
    /// Speaks HTTPS, too, with a certificate that it makes for itself and keeps in its folder
    #[arg(long)]
    tls: bool,
    /// Leaves out the ten messages of customers that wait in Support's queue
    #[arg(long)]
    no_mail: bool,
}

/// Runs the demo.
pub async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    let no_mail = arguments.no_mail;
    let mut settings = settings.clone();
    let certificate = (arguments.tls && settings.tls.certificate.is_none())
        .then(|| Certificate::in_folder(settings.data()));
    if let Some(made) = &certificate {
        settings.tls.certificate = Some(made.certificate.clone());
        settings.tls.key = Some(made.key.clone());
    }
    let password = arguments
        .password
        .given()
        .filter(|password| !password.is_empty());
    anyhow::ensure!(
        password.is_some() || !settings.is_open_to_others(),
        "the password `{PASSWORD}` is known to everybody, so the demo does not listen on {} with it; give another by --password or \
         ATTACHE_PASSWORD",
        settings.addresses()
    );
    let installation = Installation::open_for_server(&settings).await?;
    if let Some(made) = &certificate {
        made.ensure(&settings.server_name())?;
    }
    load(&installation.desk, &settings, password.clone(), !no_mail).await?;
    let password = match password {
        Some(_) => "with the password that was given",
        None if demo::have_password(&installation.desk, PASSWORD).await? => "password: demo",
        None => "with the password that was given before",
    };
    server::run(&settings, installation, |listening| {
        announce(
            &settings,
            listening,
            certificate.as_ref(),
            password,
            !no_mail,
        );
    })
    .await
}

/// Loads the demo where it is not loaded yet. A password that was given holds from now on, whatever was given before.
async fn load(
    desk: &Desk,
    settings: &Settings,
    password: Option<String>,
    mail: bool,
) -> anyhow::Result<()> {
    let is_given = password.is_some();
    let hash = hash(password.unwrap_or_else(|| PASSWORD.to_owned())).await?;
    demo::load(desk, settings.data(), &hash, mail).await?;
    if is_given {
        demo::set_password(desk, &hash).await?;
    }
    Ok(())
}

fn announce(
    settings: &Settings,
    listening: &Listening,
    certificate: Option<&Certificate>,
    password: &str,
    mail: bool,
) {
    let address = listening.http;
    println!(
        "Attaché's demo listens on http://{address}/icws and keeps its data in {}\n",
        settings.data().display()
    );
    if let Some(https) = listening.https {
        println!("It listens on https://{https}/icws, too.");
        if let Some(certificate) = certificate {
            let url = format!("https://localhost:{}/icws/connection/version", https.port());
            println!(
                "Who signed its certificate: curl --cacert {} {url}",
                certificate.authority.display()
            );
        }
        println!();
    }
    println!("Accounts ({password}):");
    for account in &ACCOUNTS {
        println!("  {:6} {}, {}", account.user, account.name, account.role);
    }
    if mail {
        println!("\nTen messages of customers came into Support's queue.");
    }
    match &settings.relay.url {
        Some(relay) => println!("\nSent mail goes to the relay {relay}\n"),
        None => println!(
            "\nSent mail goes to {}\n",
            settings.data().join("sent").display()
        ),
    }
    println!("A walk: paste it into bash.\n\n{}", demo::walk(address));
    listening.log();
}
