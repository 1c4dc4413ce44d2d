//! What monitoring asks, on an address of its own: whether the process lives, whether it serves, and what it counts.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::app::App;
use crate::metrics::Page;

/// How long the database may take to answer a server that is ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers monitoring until it is dropped.
pub async fn serve(listener: TcpListener, app: App) {
    let router = Router::new()
        .route("/health", get(async || "alive\n"))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "monitoring is not answered any more");
    }
}

/// Whether clients should come: the database answers, and the server is not stopping.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    const NOT: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
    if app.stopping.has_begun() {
        return (NOT, "stopping\n");
    }
    match timeout(PATIENCE, app.desk.waiting_and_failed()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) => (NOT, "the database fails\n"),
        Err(_) => (NOT, "the database does not answer\n"),
    }
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let mut page = Page::default();
    app.metrics.write(&mut page);
    let (sessions, streams) = app.desk.session_counts();
    page.gauge(
        "attache_sessions",
        "Sessions that this server knows of.",
        sessions,
    );
    page.gauge("attache_streams", "Open event streams.", streams);
    let database = app.desk.database();
    let (applied, progress) = (app.desk.journal_position(), database.progress());
    page.gauge(
        "attache_journal_position",
        "The last position of the journal that was read.",
        applied,
    );
    let lag = (database.committed() - applied).max(0);
    page.gauge(
        "attache_journal_lag",
        "Positions that this server committed and has not read yet.",
        lag,
    );
    page.counter(
        "attache_commits_total",
        "Transactions that were committed.",
        progress.commits,
    );
    page.counter(
        "attache_changes_total",
        "Changes that ran in them.",
        progress.functions,
    );
    let seconds = progress.commit_time.as_secs_f64();
    page.counter(
        "attache_commit_seconds_total",
        "Time that commits took.",
        seconds,
    );
    // Without the database the rest is told all the same.
    if let Ok(Ok((waiting, failed))) = timeout(PATIENCE, app.desk.waiting_and_failed()).await {
        let name = "attache_outbox_recipients";
        page.about(name, "gauge", "Recipients of mail that was not delivered.");
        page.value(name, "state=\"waiting\"", waiting);
        page.value(name, "state=\"failed\"", failed);
    }
    write_process(&mut page);
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, page.into_text())
}

/// The process, as Linux sees it.
fn write_process(page: &mut Page) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().trim_end_matches(" kB").parse::<u64>().ok());
    if let Some(kibibytes) = kibibytes {
        page.gauge(
            "process_resident_memory_bytes",
            "Memory in use.",
            kibibytes << 10,
        );
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        page.gauge("process_open_fds", "Open files and sockets.", files.count());
    }
}
