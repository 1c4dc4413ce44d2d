//! The server: it listens, serves connections within their limits, and stops in good order.

mod cors;
mod door;
mod gates;
mod leftover;
mod patient;
mod slow;
mod tls;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context;
use icws::operations;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::app::{App, BodyLimits, Stopping};
use crate::installation::Installation;
use crate::metrics::Metrics;
use crate::observe;
use crate::page;
use crate::route;
use crate::router::routes;
use crate::settings::Settings;
use crate::workers::{self, Carrier};

use door::{Door, SILENCE};
use gates::Gates;

pub use gates::Listening;

/// How long requests in flight may take to end when the server stops. A second is left for the rest.
const STOP_TIME: Duration = Duration::from_secs(9);

/// Serves an installation until it is told to stop. `ready` is called once it listens.
pub async fn run(
    settings: &Settings,
    mut installation: Installation,
    ready: impl FnOnce(&Listening),
) -> anyhow::Result<()> {
    let retired = retired(settings)?;
    allow_files(settings.limits.connections);
    let mut gates = Gates::open(settings).await?;
    let app = App {
        desk: installation.desk.clone(),
        body_limits: BodyLimits {
            json: settings.limits.json_body,
            email: settings.limits.email_body,
            library: settings.limits.library_body,
        },
        server_name: settings.server_name().into(),
        stopping: Stopping::default(),
        metrics: Metrics::default(),
    };
    installation.join().await?;
    let carrier = Carrier::of(settings, installation.sent()?)?;
    let mut workers = workers::start(&app, carrier);
    gates.follow_certificate(&mut workers.others);
    if let Some(listener) = gates.take_observer() {
        workers.others.spawn(observe::serve(listener, app.clone()));
    }
    let router = route::build(app.clone(), routes(), &retired).merge(page::router());
    let door = Door::new(settings, router, &app);
    let mut told = std::pin::pin!(told_to_stop()?);
    ready(gates.listening());

    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = gates.next(&door) => {
                connections.spawn(door.clone().serve(accepted));
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = told.as_mut() => break,
        }
    }
    tracing::info!("stopping");
    app.stopping.begin();
    let deadline = Instant::now() + STOP_TIME;
    finish(gates, &door, connections).await;
    workers.end(deadline).await;
    if let Err(refusal) = app.desk.leave().await {
        tracing::warn!(
            ?refusal,
            "the other servers have to find out that this one is gone"
        );
    }
    app.desk.database().close().await;
    Ok(())
}

/// Lets requests in flight end. Whoever comes meanwhile is told where to turn to.
async fn finish(gates: Gates, door: &Door, mut connections: JoinSet<()>) {
    let mut late = JoinSet::new();
    let mut over = std::pin::pin!(sleep(STOP_TIME));
    while !connections.is_empty() {
        tokio::select! {
            _ = connections.join_next() => {}
            accepted = gates.next(door) => {
                late.spawn(door.clone().serve(accepted));
            }
            Some(_) = late.join_next(), if !late.is_empty() => {}
            () = over.as_mut() => {
                tracing::warn!(connections = connections.len(), "requests were still in flight");
                break;
            }
        }
    }
    drop(gates);
    let _ = timeout(SILENCE, late.join_all()).await;
}

/// Lets the process have as many open files as the system allows: each connection is one.
fn allow_files(connections: u64) {
    /// What the database and blobs have open, generously.
    const OTHERS: u64 = 1_000;
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(allowed) if allowed < connections.saturating_add(OTHERS) => tracing::warn!(
            allowed,
            connections,
            "the system allows fewer open files than the connections that the setting `limits.connections` allows"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the number of open files cannot be raised"),
    }
}

/// The operations that the administrator retired, each of which has to be one that is there.
fn retired(settings: &Settings) -> anyhow::Result<BTreeSet<String>> {
    let declared: BTreeSet<String> = routes().iter().map(crate::route::Route::key).collect();
    for key in &settings.retired {
        let (method, path) = key.split_once(' ').unwrap_or_default();
        let known = declared.contains(key) || operations::find(method, path).is_some();
        anyhow::ensure!(
            known,
            "the setting `retired` names `{key}`, which is no operation; docs/ICWS.md lists them"
        );
    }
    Ok(settings.retired.iter().cloned().collect())
}

/// Resolves when the server is told to stop. Signals count from the call on, not only from when it is waited for.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be waited for")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be waited for")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
