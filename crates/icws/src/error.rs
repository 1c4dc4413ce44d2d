//! The error representation that every refusal carries.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::wire::{TYPE_TAG, urns};

/// `urn:inin.com:common:error` and the two errors that derive from it and name a property. On every ICWS page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Received")]
pub struct Error {
    /// `errorId`: the stable identifier, such as `error.request.email.notEditable`. Ours is never empty; empty in what a
    /// client received means that there was none.
    pub error_id: String,
    /// `errorCode`: a number that real servers add and that the contract does not have. Clients branch on some of them.
    pub error_code: Option<i64>,
    /// `message`: for a person, in the language of the session.
    pub message: String,
    /// Which of the three it is.
    pub kind: ErrorKind,
}

/// The plain error, or one of those that derive from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ErrorKind {
    /// `urn:inin.com:common:error`, which carries no `__type`.
    #[default]
    Plain,
    /// `urn:inin.com:common:missingPropertyError`.
    MissingProperty {
        /// `propertyName`: the path of the property.
        property_name: String,
    },
    /// `urn:inin.com:common:invalidPropertyError`.
    InvalidProperty {
        /// `propertyName`: the path of the property.
        property_name: String,
    },
}

/// `urn:inin.com:common:missingPropertyError`.
pub const MISSING_PROPERTY_URN: &str = "urn:inin.com:common:missingPropertyError";
/// `urn:inin.com:common:invalidPropertyError`.
pub const INVALID_PROPERTY_URN: &str = "urn:inin.com:common:invalidPropertyError";

urns! { Error = "urn:inin.com:common:error"; }

impl Error {
    /// A plain error.
    pub fn new(error_id: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            error_id: error_id.into(),
            error_code: None,
            message: message.into(),
            kind: ErrorKind::Plain,
        }
    }

    /// The property that a derived error names.
    pub fn property_name(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Plain => None,
            ErrorKind::MissingProperty { property_name }
            | ErrorKind::InvalidProperty { property_name } => Some(property_name),
        }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tag = match self.kind {
            ErrorKind::Plain => None,
            ErrorKind::MissingProperty { .. } => Some(MISSING_PROPERTY_URN),
            ErrorKind::InvalidProperty { .. } => Some(INVALID_PROPERTY_URN),
        };
        let mut map = serializer.serialize_map(None)?;
        if let Some(tag) = tag {
            map.serialize_entry(TYPE_TAG, tag)?;
        }
        if !self.error_id.is_empty() {
            map.serialize_entry("errorId", &self.error_id)?;
        }
        if let Some(code) = self.error_code {
            map.serialize_entry("errorCode", &code)?;
        }
        map.serialize_entry("message", &self.message)?;
        if let Some(name) = self.property_name() {
            map.serialize_entry("propertyName", name)?;
        }
        map.end()
    }
}

/// An error as a client meets it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    #[serde(rename = "__type")]
    tag: Option<String>,
    #[serde(default)]
    error_id: String,
    error_code: Option<i64>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    property_name: String,
}

impl From<Received> for Error {
    fn from(received: Received) -> Self {
        let property_name = received.property_name;
        let kind = match received.tag.as_deref() {
            Some(MISSING_PROPERTY_URN) => ErrorKind::MissingProperty { property_name },
            Some(INVALID_PROPERTY_URN) => ErrorKind::InvalidProperty { property_name },
            _ => ErrorKind::Plain,
        };
        Self {
            error_id: received.error_id,
            error_code: received.error_code,
            message: received.message,
            kind,
        }
    }
}
