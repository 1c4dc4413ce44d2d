//! The server: it listens, serves connections within their limits, and stops in good order.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use desk::Refusal;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use icws::operations;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::answer::refuse;
use crate::app::{App, BodyLimits, Stopping};
use crate::extract::Peer;
use crate::installation::Installation;
use crate::route;
use crate::router::routes;
use crate::settings::Settings;
use crate::workers;

/// How long a client may take to send the header of a request.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// How long a connection that has not asked for anything yet may take to do so when the server stops.
const SILENCE: Duration = Duration::from_secs(1);
/// How long requests in flight may take to end when the server stops.
const STOP_TIME: Duration = Duration::from_secs(10);

/// Serves an installation until it is told to stop. `ready` is called with the address once it listens.
pub async fn run(
    settings: &Settings,
    mut installation: Installation,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let retired = retired(settings)?;
    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!(
            "the server cannot listen on {} (setting `listen`)",
            settings.listen
        )
    })?;
    let app = App {
        desk: installation.desk.clone(),
        body_limits: BodyLimits {
            json: settings.limits.json_body,
            email: settings.limits.email_body,
            library: settings.limits.library_body,
        },
        server_name: settings.server_name().into(),
        stopping: Stopping::default(),
    };
    installation.join().await?;
    let workers = workers::start(&app, installation.sent()?);
    let router = route::build(app.clone(), routes(), &retired);
    ready(listener.local_addr()?);

    let door = Door::new(settings);
    let mut connections = JoinSet::new();
    let take = |(stream, peer): (TcpStream, SocketAddr), connections: &mut JoinSet<()>| {
        connections.spawn(door.clone().serve(
            stream,
            peer.ip(),
            router.clone(),
            app.stopping.clone(),
        ));
    };
    let mut told = std::pin::pin!(told_to_stop());
    loop {
        tokio::select! {
            accepted = accept(&listener) => take(accepted, &mut connections),
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = told.as_mut() => break,
        }
    }
    tracing::info!("stopping");
    app.stopping.begin();
    // Whoever comes now is told where to turn to; requests in flight end first.
    let late = async {
        let mut late = JoinSet::new();
        loop {
            take(accept(&listener).await, &mut late);
        }
    };
    let ended = async { while connections.join_next().await.is_some() {} };
    tokio::select! {
        () = ended => {}
        () = late => {}
        () = tokio::time::sleep(STOP_TIME) => tracing::warn!("requests were still in flight"),
    }
    drop(listener);
    drop(workers);
    if let Err(refusal) = app.desk.leave().await {
        tracing::warn!(
            ?refusal,
            "the other servers have to find out that this one is gone"
        );
    }
    app.desk.database().close().await;
    Ok(())
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

/// The next connection.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The process is out of files, most likely; others will be closed.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be waited for");
                let _ = interrupt.await;
                return;
            }
        };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

/// Where connections come in: so many from one address, the rest wait.
#[derive(Clone)]
struct Door {
    addresses: Arc<Mutex<HashMap<IpAddr, Arc<Semaphore>>>>,
    per_address: usize,
    header_bytes: usize,
}

impl Door {
    fn new(settings: &Settings) -> Self {
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        Self {
            addresses: Arc::default(),
            per_address: number(settings.limits.connections_per_address)
                .min(Semaphore::MAX_PERMITS),
            // Hyper asks for 8 KiB at the least.
            header_bytes: number(settings.limits.headers).max(8 << 10),
        }
    }

    async fn enter(&self, address: IpAddr) -> Option<OwnedSemaphorePermit> {
        let gate = {
            let mut addresses = self
                .addresses
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if addresses.len() > 10_000 {
                addresses.retain(|_, gate| {
                    Arc::strong_count(gate) > 1 || gate.available_permits() < self.per_address
                });
            }
            Arc::clone(
                addresses
                    .entry(address)
                    .or_insert_with(|| Arc::new(Semaphore::new(self.per_address))),
            )
        };
        gate.acquire_owned().await.ok()
    }

    async fn serve(self, stream: TcpStream, address: IpAddr, router: Router, stopping: Stopping) {
        let Some(_permit) = self.enter(address).await else {
            return;
        };
        // Answers are small and whole: waiting to fill a segment only delays them.
        let _ = stream.set_nodelay(true);
        let limit = self.header_bytes as u64;
        let asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&asked);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = route::fold_root(request.map(Body::new));
            request.extensions_mut().insert(Peer(address));
            asks.store(true, Ordering::Relaxed);
            let router = router.clone();
            async move {
                // Hyper takes what it has read at once, which may be somewhat more than it is told to.
                if head_size(&request) > limit {
                    let language = route::wished_language(request.headers());
                    return Ok(refuse(&Refusal::HeadTooLarge { limit }, language));
                }
                router
                    .oneshot(request)
                    .await
                    .map_err(|never: Infallible| never)
            }
        });
        // A connection that is new while the server stops gets one answer.
        let is_late = stopping.has_begun();
        let mut connection = std::pin::pin!(
            http1::Builder::new()
                .keep_alive(!is_late)
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIME)
                .max_buf_size(self.header_bytes)
                .serve_connection(TokioIo::new(stream), service)
        );
        let silence = async {
            stopping.begun().await;
            tokio::time::sleep(SILENCE).await;
            if asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        let mut silence = std::pin::pin!(silence);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopping.begun(), if !is_late => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection => ended,
                    () = silence => return,
                }
            }
            () = silence.as_mut(), if is_late => return,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, %address, "a connection ended badly");
        }
    }
}

/// The bytes of a request line and its headers.
fn head_size(request: &axum::http::Request<Body>) -> u64 {
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    let headers = request.headers().iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    (target + headers) as u64
}
