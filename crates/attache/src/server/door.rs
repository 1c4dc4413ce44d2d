//! Where connections come in: so many in all and from one address, the rest wait; each is served within its limits.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use desk::Refusal;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::cors::{self, Origins};
use super::leftover::Leftover;
use super::patient::Patient;
use super::slow::{Timed, holding};
use super::tls::HTTP2;
use crate::answer::refuse;
use crate::app::{App, Stopping};
use crate::arrival::{Arrival, Proxies, RequestIds};
use crate::metrics::Metrics;
use crate::route;
use crate::settings::Settings;

/// How long a connection that has not asked for anything yet may take to do so when the server stops.
pub const SILENCE: Duration = Duration::from_secs(1);
/// How often a client that speaks HTTP/2 and says nothing is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);
/// How much larger a head may be than its limit for the server to say so itself; beyond that HTTP answers.
const SLACK: usize = 16 << 10;
/// How many requests a client may send at the same time over one connection of HTTP/2.
const AT_ONCE: u32 = 128;

/// A connection that was taken, with its place among all of them.
pub struct Accepted {
    /// The connection.
    pub stream: TcpStream,
    /// Who is at its other end.
    pub peer: SocketAddr,
    /// What speaks TLS, on the port for HTTPS.
    pub tls: Option<TlsAcceptor>,
    /// Its place.
    pub place: OwnedSemaphorePermit,
}

/// Where connections come in; clones are the same.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    router: Router,
    stopping: Stopping,
    metrics: Metrics,
    places: Arc<Semaphore>,
    /// Places of requests that are worked on.
    working: Semaphore,
    addresses: Mutex<HashMap<IpAddr, Address>>,
    per_address: usize,
    waiting_per_address: usize,
    header_bytes: usize,
    head_time: Duration,
    body_time: Duration,
    write_time: Duration,
    proxies: Proxies,
    prefix: Option<String>,
    origins: Origins,
    ids: RequestIds,
}

/// The places of one address, and those where one waits for them.
#[derive(Clone)]
struct Address {
    places: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// The two languages that a client may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Http1,
    Http2,
}

impl Door {
    /// The door before a router.
    pub fn new(settings: &Settings, router: Router, app: &App) -> Self {
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let places = |value: u64| number(value).min(Semaphore::MAX_PERMITS);
        let limits = &settings.limits;
        Self(Arc::new(Inner {
            router,
            stopping: app.stopping.clone(),
            metrics: app.metrics.clone(),
            places: Arc::new(Semaphore::new(places(limits.connections))),
            working: Semaphore::new(places(limits.requests)),
            addresses: Mutex::default(),
            per_address: places(limits.connections_per_address),
            // Whoever waits has a place among all; no address is to have all of them.
            waiting_per_address: places(limits.connections.div_ceil(4)),
            // Hyper asks for 8 KiB at the least.
            header_bytes: number(limits.headers).max(8 << 10),
            head_time: limits.head_time,
            body_time: limits.body_time,
            write_time: limits.write_time,
            proxies: Proxies::new(&settings.proxy.trusted),
            prefix: settings.proxy.prefix.clone(),
            origins: Origins::new(&settings.cors_origin),
            ids: RequestIds::new(),
        }))
    }

    /// A place for one more connection; waits while there is none.
    pub async fn place(&self) -> OwnedSemaphorePermit {
        let places = Arc::clone(&self.0.places);
        // Nobody closes it.
        places.acquire_owned().await.expect("there are places")
    }

    /// Serves a connection to its end.
    pub async fn serve(self, accepted: Accepted) {
        let _counted = self.0.metrics.connected();
        // A connection that is new while the server stops gets one answer.
        let is_late = self.0.stopping.has_begun();
        let address = accepted.peer.ip().to_canonical();
        let asked = Arc::new(AtomicBool::new(false));
        let silence = async {
            self.0.stopping.begun().await;
            sleep(SILENCE).await;
            if asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        let visit = Visit {
            door: self.clone(),
            address,
            secure: accepted.tls.is_some(),
            asked: Arc::clone(&asked),
            unread: Arc::default(),
            is_late,
        };
        tokio::select! {
            ended = visit.receive(accepted) => {
                if let Err(error) = ended {
                    tracing::debug!(error = &*error, %address, "a connection ended badly");
                }
            }
            () = silence => {}
        }
    }
}

impl Inner {
    /// A place for something that comes from an address; waits while there is none. None if too many wait already.
    async fn enter(&self, address: IpAddr) -> Option<OwnedSemaphorePermit> {
        let Address { places, waiting } = self.address(address);
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            return Some(place);
        }
        let _waiting = waiting.try_acquire().ok()?;
        places.acquire_owned().await.ok()
    }

    fn address(&self, address: IpAddr) -> Address {
        let mut addresses = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if addresses.len() > 10_000 {
            addresses.retain(|_, address| {
                Arc::strong_count(&address.places) > 1
                    || address.places.available_permits() < self.per_address
            });
        }
        let entry = addresses.entry(address).or_insert_with(|| Address {
            places: Arc::new(Semaphore::new(self.per_address)),
            waiting: Arc::new(Semaphore::new(self.waiting_per_address)),
        });
        entry.clone()
    }
}

/// One connection.
struct Visit {
    door: Door,
    /// Who is at the other end: a client or a proxy.
    address: IpAddr,
    /// Whether it is one of HTTPS.
    secure: bool,
    /// Whether it has asked for something.
    asked: Arc<AtomicBool>,
    /// Whether it was refused something that it may still be sending.
    unread: Arc<AtomicBool>,
    /// Whether it came while the server was stopping.
    is_late: bool,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Visit {
    async fn receive(self, accepted: Accepted) -> Result<(), Failure> {
        let Accepted {
            stream, tls, place, ..
        } = accepted;
        let _place = place;
        let door = Arc::clone(&self.door.0);
        // A proxy's connections stand for many clients.
        let _own = if door.proxies.trust(self.address) {
            None
        } else {
            match door.enter(self.address).await {
                None => return Err("too many connections wait for a place".into()),
                place => place,
            }
        };
        // Answers are small and whole: waiting to fill a segment only delays them.
        let _ = stream.set_nodelay(true);
        let mut stream = Patient::new(stream, door.write_time, Arc::clone(&self.unread));
        if let Some(tls) = tls {
            let stream = timeout(door.head_time, tls.accept(stream)).await??;
            let agreed = stream.get_ref().1.alpn_protocol();
            let version = if agreed == Some(HTTP2) {
                Version::Http2
            } else {
                Version::Http1
            };
            return self.speak(stream, version).await;
        }
        let version = if timeout(door.head_time, stream.begins_http2()).await?? {
            Version::Http2
        } else {
            Version::Http1
        };
        self.speak(stream, version).await
    }

    /// Serves requests until the client goes or the server stops.
    async fn speak<S>(self, stream: S, version: Version) -> Result<(), Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let visit = Arc::new(self);
        let door = &visit.door.0;
        let service = {
            let visit = Arc::clone(&visit);
            service_fn(move |request| {
                let visit = Arc::clone(&visit);
                async move { visit.answer(request).await }
            })
        };
        let stream = TokioIo::new(stream);
        match version {
            Version::Http1 => {
                let connection = http1::Builder::new()
                    .keep_alive(!visit.is_late)
                    .timer(TokioTimer::new())
                    .header_read_timeout(door.head_time)
                    .max_buf_size(door.header_bytes + SLACK)
                    .serve_connection(stream, service);
                visit.until_the_end(connection).await?;
            }
            Version::Http2 => {
                let connection = http2::Builder::new(TokioExecutor::new())
                    .timer(TokioTimer::new())
                    .keep_alive_interval(PING)
                    .keep_alive_timeout(door.write_time)
                    .max_concurrent_streams(AT_ONCE)
                    .max_header_list_size(
                        u32::try_from(door.header_bytes + SLACK).unwrap_or(u32::MAX),
                    )
                    .serve_connection(stream, service);
                visit.until_the_end(connection).await?;
            }
        }
        Ok(())
    }

    /// Drives a connection. When the server stops, what was asked is answered, and nothing more is taken.
    async fn until_the_end<C: GracefulConnection>(&self, connection: C) -> Result<(), C::Error> {
        let mut connection = pin!(connection);
        let stop = async {
            if self.is_late {
                sleep(SILENCE).await;
            } else {
                self.door.0.stopping.begun().await;
            }
        };
        tokio::select! {
            ended = connection.as_mut() => return ended,
            () = stop => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    }

    /// Answers a request; an error closes the connection.
    async fn answer(&self, request: hyper::Request<Incoming>) -> io::Result<Response> {
        let door = &self.door.0;
        self.asked.store(true, Ordering::Relaxed);
        let body_time = door.body_time;
        // What is left of a body stands before the next request; streams of HTTP/2 do not.
        let may_be_left =
            request.version() < hyper::Version::HTTP_2 && !request.body().is_end_stream();
        let leftover = may_be_left.then(Leftover::default);
        let request = request.map(|body| Body::new(Timed::new(body, body_time, leftover.clone())));
        let mut request = route::fold(request, door.prefix.as_deref());
        let origin = door.origins.of(request.headers());
        let mut arrival = Arrival {
            address: self.address,
            secure: self.secure,
            from_page: origin.is_some(),
            id: door.ids.next(),
        };
        let mut own = None;
        if door.proxies.trust(self.address) {
            arrival.address = door.proxies.client(self.address, request.headers());
            arrival.secure = Proxies::says_secure(request.headers()).unwrap_or(self.secure);
            own = door.enter(arrival.address).await;
            if own.is_none() {
                return Err(io::Error::other("too many requests wait for a place"));
            }
        }
        request.extensions_mut().insert(arrival);
        let mut response = match cors::preflight(&request).filter(|_| arrival.from_page) {
            Some(response) => response,
            None => door.work(request, arrival).await,
        };
        if let Some(leftover) = leftover
            && !leftover.clear().await
        {
            self.unread.store(true, Ordering::Relaxed);
            let closes = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, closes);
        }
        door.origins.allow(origin, &mut response);
        if own.is_some() {
            response = response.map(|body| holding(body, own));
        }
        Ok(response)
    }
}

impl Inner {
    async fn work(&self, request: axum::http::Request<Body>, arrival: Arrival) -> Response {
        let limit = self.header_bytes as u64;
        // Hyper takes what it has read at once, which may be somewhat more than it is told to.
        if head_size(&request) > limit {
            let language = route::wished_language(request.headers());
            return refuse(&Refusal::HeadTooLarge { limit }, language, arrival.id);
        }
        // Nobody closes it.
        let _place = self.working.acquire().await;
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
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
