//! A typed client of ICWS that knows only the contract, and holds everything it receives against it.
//!
//! Every answer of an operation and every event of a stream goes through the check of [`crate::contract`], as raw bytes; a
//! breach is a panic with a report, since it is a fault of the server and not something that a caller could handle. What was
//! seen can be recorded: see [`seen`].
//!
//! Every operation fails with an [`IcwsError`]: the refusal that the server answered, or that no whole answer came.
//!
//! ```no_run
//! # async fn walk() -> Result<(), icws::client::IcwsError> {
//! let client = icws::client::Client::new("http://127.0.0.1:8018");
//! let anna = client.log_in("anna", "demo").await?;
//! anna.subscribe_response_management().await?;
//! let mut stream = anna.stream(None).await?;
//! while let Some(event) = stream.next().await {
//!     println!("{:?}", event.message);
//! }
//! # Ok(())
//! # }
//! ```

#![allow(
    clippy::missing_errors_doc,
    reason = "it is the same for all of them, and said above"
)]

mod failure;
mod inspect;
pub mod seen;
mod session;
mod stream;

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
pub use reqwest::Method;
pub use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::connection::{
    AuthRequest, ConnectionResponse, FeatureInfo, FeatureInfos, ServerInfo, ServerTimeInfo,
    VersionInfo,
};
pub use failure::IcwsError;
pub use session::Session;
pub use stream::{Event, EventStream};

/// The header with the CSRF token.
pub const CSRF_TOKEN: HeaderName = HeaderName::from_static("inin-icws-csrf-token");
/// The header with the session's id, in the answer to a login.
pub const SESSION_ID: HeaderName = HeaderName::from_static("inin-icws-session-id");

/// What the official library sends with every request.
const ACCEPT: &str = "application/vnd.inin.icws+JSON";
const CONTENT_TYPE: &str = "application/vnd.inin.icws+JSON;charset=utf-8";

/// How long the server may be silent in the middle of an answer. An event stream says something every 15 s.
const SILENCE: Duration = Duration::from_mins(1);

/// A server, seen from outside.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    recorder: Arc<seen::Recorder>,
}

/// One request, of which nothing is added to or left out.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path from the root of the server, with the query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Call {
    /// A call without headers and body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// Sets a header.
    ///
    /// # Panics
    /// If the name or the value is none that a header can have.
    #[must_use]
    pub fn header(mut self, name: impl TryInto<HeaderName, Error: Debug>, value: &str) -> Self {
        let name = name.try_into().expect("a header name");
        self.headers
            .insert(name, value.parse().expect("a header value"));
        self
    }

    /// Sets the body and leaves its type unsaid.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to a representation.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a representation can be written");
        self.header(header::CONTENT_TYPE, CONTENT_TYPE).body(body)
    }
}

/// An answer, as it came.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl RawResponse {
    /// A header, if it is there and is text.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the status is a success.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as a value of JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    /// The answer itself, if it is a success, or the refusal that it carries.
    pub fn success(self) -> Result<Self, IcwsError> {
        if self.is_success() {
            Ok(self)
        } else {
            Err(IcwsError::from(self))
        }
    }

    /// The representation of a success, or the refusal.
    ///
    /// # Panics
    /// If the body of a success is another representation.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, IcwsError> {
        let answer = self.success()?;
        Ok(serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("another representation ({error}): {}", answer.text())))
    }
}

/// How to log in.
#[derive(Clone)]
pub struct LogIn<'a> {
    /// The user's name, in any case.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
    /// What the application calls itself.
    pub application: &'a str,
    /// `Accept-Language`; `None` leaves the header out, which is a 400.
    pub language: Option<&'a str>,
    /// The values of `include`, such as `features`.
    pub include: &'a [&'a str],
}

impl<'a> LogIn<'a> {
    /// With a user and a password, in English, without extras.
    pub const fn new(user: &'a str, password: &'a str) -> Self {
        Self {
            user,
            password,
            application: "icws client",
            language: Some("en-us"),
            include: &[],
        }
    }

    fn call(&self) -> Call {
        let mut path = "/icws/connection".to_owned();
        if !self.include.is_empty() {
            path = format!("{path}?include={}", encode(&self.include.join(",")));
        }
        let body = AuthRequest::IcAuth {
            application_name: self.application.to_owned(),
            user_id: self.user.to_owned(),
            password: self.password.to_owned(),
        };
        let call = Call::new(Method::POST, path)
            .header(header::ACCEPT, ACCEPT)
            .json(&body);
        match self.language {
            Some(language) => call.header(header::ACCEPT_LANGUAGE, language),
            None => call,
        }
    }
}

impl Client {
    /// A client of the server at a URL such as `http://127.0.0.1:8018`. It keeps connections alive, speaks HTTP/1.1, follows
    /// no redirect, keeps no cookie by itself and asks no proxy. Where `ATTACHE_SEEN` names a folder, it records there.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self::with_recorder(&base_url.into(), seen::Recorder::of_process())
    }

    /// The same, recording in a folder that the caller names.
    pub fn recording_to(base_url: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self::with_recorder(
            &base_url.into(),
            Arc::new(seen::Recorder::new(Some(folder.into()))),
        )
    }

    fn with_recorder(base_url: &str, recorder: Arc<seen::Recorder>) -> Self {
        // Where another crate switches TLS on, a client wants a provider of it even if it never speaks it. An error says that there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let http = builder
            .read_timeout(SILENCE)
            .build()
            .expect("a client without TLS needs nothing from the system");
        Self {
            http,
            base_url: base_url.trim_end_matches('/').to_owned(),
            recorder,
        }
    }

    /// The URL that the client was made with.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The path in that URL: where the server stands behind a proxy, such as `/desk`; else nothing.
    fn base_path(&self) -> &str {
        let behind_scheme = self.base_url.find("://").map_or(0, |at| at + 3);
        let authority = &self.base_url[behind_scheme..];
        authority.find('/').map_or("", |at| &authority[at..])
    }

    /// Sends one request and checks its answer, if it is that of an operation. Any status is an `Ok`; an error is that no
    /// whole answer came.
    ///
    /// # Panics
    /// If the answer breaks the contract.
    pub async fn send(&self, call: Call) -> Result<RawResponse, IcwsError> {
        let (method, path) = (call.method.clone(), call.path.clone());
        let response = self.start(call).await?;
        let answer = whole(response).await?;
        inspect::answer(&self.recorder, method.as_str(), &path, &answer);
        Ok(answer)
    }

    /// Sends one request and waits for the head of its answer.
    async fn start(&self, call: Call) -> Result<reqwest::Response, IcwsError> {
        let url = if call.path.starts_with('/') {
            format!("{}{}", self.base_url, call.path)
        } else {
            call.path
        };
        let request = self
            .http
            .request(call.method, url)
            .headers(call.headers)
            .body(call.body);
        Ok(request.send().await?)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, IcwsError> {
        let call = Call::new(Method::GET, path)
            .header(header::ACCEPT, ACCEPT)
            .header(header::ACCEPT_LANGUAGE, "en-us");
        self.send(call).await?.read()
    }

    /// `GET /icws/connection/version`.
    pub async fn version(&self) -> Result<VersionInfo, IcwsError> {
        self.get("/icws/connection/version").await
    }

    /// `GET /icws/connection/features`.
    pub async fn features(&self) -> Result<FeatureInfos, IcwsError> {
        self.get("/icws/connection/features").await
    }

    /// `GET /icws/connection/features/{featureId}`.
    pub async fn feature(&self, id: &str) -> Result<FeatureInfo, IcwsError> {
        self.get(&format!("/icws/connection/features/{}", encode(id)))
            .await
    }

    /// `GET /icws/connection/server-info`.
    pub async fn server_info(&self) -> Result<ServerInfo, IcwsError> {
        self.get("/icws/connection/server-info").await
    }

    /// `GET /icws/connection/server-time`.
    pub async fn server_time(&self) -> Result<ServerTimeInfo, IcwsError> {
        self.get("/icws/connection/server-time").await
    }

    /// `POST /icws/connection` with a user and a password.
    pub async fn log_in(&self, user: &str, password: &str) -> Result<Session, IcwsError> {
        self.log_in_with(&LogIn::new(user, password)).await
    }

    /// `POST /icws/connection` with all that can be said there.
    pub async fn log_in_with(&self, log_in: &LogIn<'_>) -> Result<Session, IcwsError> {
        let answer = self.send(log_in.call()).await?.success()?;
        // As the official library does, which looks at nothing else.
        let token = answer.header(CSRF_TOKEN).map(str::to_owned);
        let cookie = answer
            .header(header::SET_COOKIE)
            .and_then(|line| line.split(';').next())
            .map(str::to_owned);
        let id = answer.header(SESSION_ID).unwrap_or_default().to_owned();
        let response: ConnectionResponse = answer.read()?;
        Ok(Session::new(self.clone(), id, token, cookie, response))
    }
}

/// Holds an answer that came by another way than this client against the contract, and records it as this client does.
///
/// # Panics
/// If the answer breaks the contract.
pub fn check_answer(method: &str, path: &str, answer: &RawResponse) {
    inspect::answer(&seen::Recorder::of_process(), method, path, answer);
}

async fn whole(response: reqwest::Response) -> Result<RawResponse, IcwsError> {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.bytes().await?;
    Ok(RawResponse {
        status,
        headers,
        body,
    })
}

/// Encodes one segment of a path or one value of a query (RFC 3986: all but unreserved characters).
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(["%", &format!("{byte:02X}")]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
