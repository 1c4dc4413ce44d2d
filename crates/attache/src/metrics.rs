//! What the server counts, and the page that Prometheus reads (text format 0.0.4). Counting takes no lock and no memory.

use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;

/// The statuses that are counted each for itself; any other is the last, 0.
const STATUSES: [u16; 16] = [
    200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 410, 416, 500, 503, 0,
];

/// The classes of durations by their upper bounds, in microseconds.
const BOUNDS: [u64; 10] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000,
];

/// What the server counts; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    routes: Mutex<Vec<Arc<Requests>>>,
    connections: AtomicU64,
}

/// The requests of one route.
#[derive(Debug)]
pub struct Requests {
    method: &'static str,
    path: &'static str,
    statuses: [AtomicU64; STATUSES.len()],
    durations: [AtomicU64; BOUNDS.len()],
    micros: AtomicU64,
}

impl Requests {
    /// Counts a request that was answered after some time.
    pub fn count(&self, status: StatusCode, took: Duration) {
        let known = STATUSES.iter().position(|known| *known == status.as_u16());
        self.statuses[known.unwrap_or(STATUSES.len() - 1)].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        if let Some(class) = BOUNDS.iter().position(|bound| micros <= *bound) {
            self.durations[class].fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// An open connection, counted for as long as this is kept.
#[derive(Debug)]
pub struct Connected(Arc<Inner>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Where the requests of a route are counted. A route is known by the path that was declared, never by the one that was asked for.
    pub fn route(&self, method: &'static str, path: &'static str) -> Arc<Requests> {
        let requests = Arc::new(Requests {
            method,
            path,
            statuses: Default::default(),
            durations: Default::default(),
            micros: AtomicU64::default(),
        });
        let mut routes = self.0.routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.push(Arc::clone(&requests));
        requests
    }

    /// Counts a connection.
    pub fn connected(&self) -> Connected {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        Connected(Arc::clone(&self.0))
    }

    /// Writes what was counted.
    pub fn write(&self, page: &mut Page) {
        let routes = self.0.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let name = "attache_requests_total";
        page.about(name, "counter", "Requests by route and status.");
        for route in routes.iter() {
            for (status, count) in STATUSES.iter().zip(&route.statuses) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let labels = format!("{},status=\"{status}\"", route.labels());
                    page.value(name, &labels, count);
                }
            }
        }
        let name = "attache_request_duration_seconds";
        page.about(
            name,
            "histogram",
            "Time from a request's head to the head of its answer.",
        );
        for route in routes.iter() {
            route.write_durations(page, name);
        }
        let connections = self.0.connections.load(Ordering::Relaxed);
        page.gauge("attache_connections", "Open connections.", connections);
    }
}

impl Requests {
    fn labels(&self) -> String {
        format!("method=\"{}\",route=\"{}\"", self.method, self.path)
    }

    fn write_durations(&self, page: &mut Page, name: &str) {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let all: u64 = self.statuses.iter().map(load).sum();
        if all == 0 {
            return;
        }
        let (labels, bucket) = (self.labels(), format!("{name}_bucket"));
        let mut so_far = 0;
        for (bound, count) in BOUNDS.iter().zip(&self.durations) {
            so_far += load(count);
            let bound = Duration::from_micros(*bound).as_secs_f64();
            page.value(
                &bucket,
                &format!("{labels},le=\"{bound}\""),
                so_far.min(all),
            );
        }
        page.value(&bucket, &format!("{labels},le=\"+Inf\""), all);
        let seconds = Duration::from_micros(load(&self.micros)).as_secs_f64();
        page.value(&format!("{name}_sum"), &labels, seconds);
        page.value(&format!("{name}_count"), &labels, all);
    }
}

/// A page in the format that Prometheus reads.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// Says what the values of a name mean.
    pub fn about(&mut self, name: &str, kind: &str, help: &str) {
        // A string takes whatever is written to it.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A value; labels may be none.
    pub fn value(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = if labels.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{labels}}} {value}")
        };
    }

    /// One value that goes up and down.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.about(name, "gauge", help);
        self.value(name, "", value);
    }

    /// One value that only grows.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.about(name, "counter", help);
        self.value(name, "", value);
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}
