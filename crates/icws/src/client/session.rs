//! A session: all operations that need one; those of interactions and emails are in a module of their own.

mod interactions;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::seen::{LIBRARY_DOCUMENT, Seen};
use super::{
    ACCEPT, CSRF_TOKEN, Call, Client, EventStream, IcwsError, Method, RawResponse, header, inspect,
    whole,
};
use crate::connection::{ConnectionResponse, ConnectionSettings};
use crate::contract::{self, Declared};
use crate::messaging::Message;
use crate::operations;
use crate::response_management::{GenerateFileUrlRequest, GenerateFileUrlResponse, Library};
use crate::wire::Representation;

/// A session of a user. A clone is the same session; the fields may be changed to act like another or a damaged one.
#[derive(Debug, Clone)]
pub struct Session {
    /// The server.
    pub client: Client,
    /// The session's id, which is in every path.
    pub id: String,
    /// What is sent in `ININ-ICWS-CSRF-Token`, with operations that ask for it.
    pub token: Option<String>,
    /// What is sent as `Cookie`.
    pub cookie: Option<String>,
    /// The answer to the login.
    pub login: ConnectionResponse,
}

impl Session {
    pub(super) fn new(
        client: Client,
        id: String,
        token: Option<String>,
        cookie: Option<String>,
        login: ConnectionResponse,
    ) -> Self {
        Self {
            client,
            id,
            token,
            cookie,
            login,
        }
    }

    /// The user's id, as the server spells it.
    pub fn user_id(&self) -> &str {
        self.login.user_id.as_deref().unwrap_or_default()
    }

    /// The same session without its cookie.
    #[must_use]
    pub fn without_cookie(&self) -> Self {
        Self {
            cookie: None,
            ..self.clone()
        }
    }

    /// The same session without its token.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// A path of this session: `/interactions` becomes `/icws/{sessionId}/interactions`. A URL that the server gave is left, or seen from
    /// the URL that the client was made with.
    pub fn path(&self, path: &str) -> String {
        let below = path.strip_prefix(self.client.base_path());
        let path = below.filter(|below| below.starts_with('/')).unwrap_or(path);
        let is_whole = path.starts_with("http")
            || path
                .get(..6)
                .is_some_and(|start| start.eq_ignore_ascii_case("/icws/"));
        if is_whole {
            path.to_owned()
        } else {
            format!("/icws/{}{path}", self.id)
        }
    }

    /// A call of this session without a body. The token goes with those operations that ask for it and with no others, so that
    /// it shows where the server wants more than the contract.
    ///
    /// # Panics
    /// If token or cookie cannot be header values.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let path = self.path(path);
        let needs_token = operations::matching(method.as_str(), &path)
            .is_some_and(|operation| operation.needs_token);
        let mut call = Call::new(method, path).header(header::ACCEPT, ACCEPT);
        if let Some(cookie) = &self.cookie {
            call = call.header(header::COOKIE, cookie);
        }
        if let Some(token) = self.token.as_ref().filter(|_| needs_token) {
            call = call.header(CSRF_TOKEN, token);
        }
        call
    }

    /// Sends anything: `session.raw(Method::POST, "/interactions", Some(&json!({…})))`. Any status is an `Ok`.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<RawResponse, IcwsError> {
        let call = self.call(method, path);
        self.client
            .send(if let Some(body) = body {
                call.json(body)
            } else {
                call
            })
            .await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, IcwsError> {
        self.client.send(self.call(Method::GET, path)).await?.read()
    }

    async fn act(&self, method: Method, path: &str) -> Result<(), IcwsError> {
        self.client
            .send(self.call(method, path))
            .await?
            .success()
            .map(drop)
    }

    async fn tell(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<RawResponse, IcwsError> {
        self.client
            .send(self.call(method, path).json(body))
            .await?
            .success()
    }

    /// `GET connection`.
    pub async fn connection(&self) -> Result<ConnectionSettings, IcwsError> {
        self.get("/connection").await
    }

    /// `DELETE connection`.
    pub async fn log_out(&self) -> Result<(), IcwsError> {
        self.act(Method::DELETE, "/connection").await
    }

    /// `POST messaging/heartbeat`.
    pub async fn heartbeat(&self) -> Result<(), IcwsError> {
        self.act(Method::POST, "/messaging/heartbeat").await
    }

    /// `GET messaging/messages`: polls.
    pub async fn messages(&self) -> Result<Vec<Message>, IcwsError> {
        self.get("/messaging/messages").await
    }

    /// `GET messaging/messages` as a stream, which begins after the event with that id.
    ///
    /// # Panics
    /// If the answer breaks the contract.
    pub async fn stream(&self, last_event_id: Option<&str>) -> Result<EventStream, IcwsError> {
        let mut call = self
            .call(Method::GET, "/messaging/messages")
            .header(header::ACCEPT, "text/event-stream");
        if let Some(id) = last_event_id {
            call = call.header("Last-Event-ID", id);
        }
        let path = call.path.clone();
        let operation = operations::matching("GET", &path).expect("the path is an operation's");
        let response = self.client.start(call).await?;
        let content_type = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if response.status().as_u16() == 200
            && content_type.is_some_and(|value| value.starts_with("text/event-stream"))
        {
            return Ok(EventStream::new(
                response,
                self.client.recorder.clone(),
                operation,
            ));
        }
        let answer = whole(response).await?;
        inspect::answer(&self.client.recorder, "GET", &path, &answer);
        assert!(
            !answer.is_success(),
            "a stream was asked for and a poll answered"
        );
        Err(IcwsError::from(answer))
    }

    /// `PUT messaging/subscriptions/response-management`.
    pub async fn subscribe_response_management(&self) -> Result<(), IcwsError> {
        self.act(Method::PUT, "/messaging/subscriptions/response-management")
            .await
    }

    /// `DELETE messaging/subscriptions/response-management`.
    pub async fn unsubscribe_response_management(&self) -> Result<(), IcwsError> {
        self.act(
            Method::DELETE,
            "/messaging/subscriptions/response-management",
        )
        .await
    }

    /// Fetches a library from the URL of its [`LibraryFile`](crate::response_management::LibraryFile).
    ///
    /// # Panics
    /// If the document breaks the contract.
    pub async fn library(&self, url: &str) -> Result<Library, IcwsError> {
        let answer = self
            .client
            .send(self.call(Method::GET, url))
            .await?
            .success()?;
        let report = contract::report(&Declared::One(Library::URN), &answer.body);
        inspect::accept(&format!("GET {url}"), &answer, &report);
        assert!(
            inspect::is_ours(&answer),
            "GET {url} answered as {:?}",
            answer.header(header::CONTENT_TYPE)
        );
        let urns = report.urns.into_iter().map(str::to_owned).collect();
        let seen = Seen {
            method: "GET".to_owned(),
            template: LIBRARY_DOCUMENT.to_owned(),
            status: answer.status,
            urns,
        };
        self.client.recorder.record(&seen);
        answer.read()
    }

    /// `PUT response-management`: saves the user's own library.
    pub async fn save_library(&self, library: &Library) -> Result<(), IcwsError> {
        self.tell(Method::PUT, "/response-management", library)
            .await
            .map(drop)
    }

    /// `POST response-management/file`: where the file with this key is.
    pub async fn file_url(&self, name: &str) -> Result<GenerateFileUrlResponse, IcwsError> {
        let body = GenerateFileUrlRequest {
            name: name.to_owned(),
        };
        self.tell(Method::POST, "/response-management/file", &body)
            .await?
            .read()
    }

    /// Fetches what a URL of the server names: an attachment or a library's file.
    pub async fn fetch(&self, url: &str) -> Result<RawResponse, IcwsError> {
        self.client
            .send(self.call(Method::GET, url))
            .await?
            .success()
    }

    /// Fetches a range of it, such as `bytes=0-9`. Any status is an `Ok`.
    pub async fn fetch_range(&self, url: &str, range: &str) -> Result<RawResponse, IcwsError> {
        self.client
            .send(self.call(Method::GET, url).header(header::RANGE, range))
            .await
    }

    /// Puts bytes to a URL of the server.
    pub async fn put(&self, url: &str, bytes: impl Into<Bytes>) -> Result<RawResponse, IcwsError> {
        self.client
            .send(self.call(Method::PUT, url).body(bytes))
            .await?
            .success()
    }
}
