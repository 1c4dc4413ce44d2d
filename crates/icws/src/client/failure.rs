//! What comes back when a request does not succeed.

use std::error::Error as _;

use serde::Deserialize;

use super::{HeaderMap, RawResponse};
use crate::error::Error;

/// A refusal of the server, or, with status 0, that no whole answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {}: {}", .error.error_id, .error.message)]
pub struct IcwsError {
    /// The HTTP status; 0 when the connection failed or was cut.
    pub status: u16,
    /// The error of the body. Where the body is none, the message is its text; where there was no answer, why.
    pub error: Box<Error>,
    /// The headers of the answer.
    pub headers: Box<HeaderMap>,
    /// `alternateHostList` of a 503.
    pub alternate_hosts: Vec<String>,
}

impl IcwsError {
    /// Whether no whole answer came: the request may or may not have been served.
    pub const fn is_transport(&self) -> bool {
        self.status == 0
    }

    /// `errorId`.
    pub fn id(&self) -> &str {
        &self.error.error_id
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: impl super::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl From<reqwest::Error> for IcwsError {
    fn from(error: reqwest::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            message.extend([": ", &inner.to_string()]);
            cause = inner.source();
        }
        Self {
            status: 0,
            error: Box::new(Error::new("", message)),
            headers: Box::default(),
            alternate_hosts: Vec::new(),
        }
    }
}

impl From<RawResponse> for IcwsError {
    fn from(answer: RawResponse) -> Self {
        #[derive(Deserialize)]
        struct Hosts {
            #[serde(rename = "alternateHostList", default)]
            alternate_hosts: Vec<String>,
        }
        let error =
            serde_json::from_slice(&answer.body).unwrap_or_else(|_| Error::new("", answer.text()));
        let hosts = serde_json::from_slice::<Hosts>(&answer.body);
        Self {
            status: answer.status,
            error: Box::new(error),
            headers: Box::new(answer.headers),
            alternate_hosts: hosts.map(|hosts| hosts.alternate_hosts).unwrap_or_default(),
        }
    }
}
