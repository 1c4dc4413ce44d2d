//! The error representation that every refusal carries.
//!
//! ICWS: `urn:inin.com:common:error` and what derives from it; every page names those it answers.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::configuration::{ExplicitReference, ValidationError};
use crate::wire::{TYPE_TAG, urns};

/// `urn:inin.com:common:error` and the errors that derive from it. On every ICWS page.
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
    /// Which of them it is.
    pub kind: ErrorKind,
}

/// The plain error, or one of those that derive from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ErrorKind {
    /// `urn:inin.com:common:error`, which carries no `__type`.
    #[default]
    Plain,
    /// `urn:inin.com:common:missingPropertyError`: a required property is not there.
    MissingProperty {
        /// `propertyName`: the path of the property.
        property_name: String,
    },
    /// `urn:inin.com:common:invalidPropertyError`: a property has a value that it cannot have.
    InvalidProperty {
        /// `propertyName`: the path of the property.
        property_name: String,
    },
    /// `urn:inin.com:configuration:configurationError`: what is wrong with an object that a client wants to make or change.
    Configuration {
        /// `validationErrors`: what is wrong, of each property.
        validation_errors: Vec<ValidationError>,
    },
    /// `urn:inin.com:configuration:getObjectError`: a query of an object that cannot be understood.
    GetObject {
        /// `select`, as it came.
        select: Vec<String>,
        /// `rightsFilter`, as it came.
        rights_filter: Option<String>,
    },
    /// `urn:inin.com:configuration:getObjectListError`: a query of objects that cannot be understood.
    GetObjectList {
        /// `select`, as it came.
        select: Vec<String>,
        /// `rightsFilter`, as it came.
        rights_filter: Option<String>,
        /// `where`, as it came.
        conditions: Vec<String>,
        /// `orderBy`, as it came.
        order_by: Option<String>,
    },
    /// `urn:inin.com:configuration:explicitReferencesError`: an object cannot go, since others refer to it.
    ExplicitReferences {
        /// `explicitReferences`: what refers to it.
        explicit_references: Vec<ExplicitReference>,
    },
}

/// `urn:inin.com:common:missingPropertyError`: a required property is not there.
pub const MISSING_PROPERTY_URN: &str = "urn:inin.com:common:missingPropertyError";
/// `urn:inin.com:common:invalidPropertyError`: a property has a value that it cannot have.
pub const INVALID_PROPERTY_URN: &str = "urn:inin.com:common:invalidPropertyError";
/// `urn:inin.com:configuration:configurationError`: an object cannot be so.
pub const CONFIGURATION_URN: &str = "urn:inin.com:configuration:configurationError";
/// `urn:inin.com:configuration:getObjectError`: what was asked of an object cannot be understood.
pub const GET_OBJECT_URN: &str = "urn:inin.com:configuration:getObjectError";
/// `urn:inin.com:configuration:getObjectListError`: what was asked of a list cannot be understood.
pub const GET_OBJECT_LIST_URN: &str = "urn:inin.com:configuration:getObjectListError";
/// `urn:inin.com:configuration:explicitReferencesError`: something refers to an object that is to go.
pub const EXPLICIT_REFERENCES_URN: &str = "urn:inin.com:configuration:explicitReferencesError";

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
            ErrorKind::MissingProperty { property_name }
            | ErrorKind::InvalidProperty { property_name } => Some(property_name),
            _ => None,
        }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tag = match self.kind {
            ErrorKind::Plain => None,
            ErrorKind::MissingProperty { .. } => Some(MISSING_PROPERTY_URN),
            ErrorKind::InvalidProperty { .. } => Some(INVALID_PROPERTY_URN),
            ErrorKind::Configuration { .. } => Some(CONFIGURATION_URN),
            ErrorKind::GetObject { .. } => Some(GET_OBJECT_URN),
            ErrorKind::GetObjectList { .. } => Some(GET_OBJECT_LIST_URN),
            ErrorKind::ExplicitReferences { .. } => Some(EXPLICIT_REFERENCES_URN),
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
        match &self.kind {
            ErrorKind::Configuration { validation_errors } => {
                map.serialize_entry("validationErrors", validation_errors)?;
            }
            ErrorKind::GetObject {
                select,
                rights_filter,
            } => query(&mut map, select, rights_filter.as_ref())?,
            ErrorKind::GetObjectList {
                select,
                rights_filter,
                conditions,
                order_by,
            } => {
                query(&mut map, select, rights_filter.as_ref())?;
                map.serialize_entry("where", conditions)?;
                if let Some(order_by) = order_by {
                    map.serialize_entry("orderBy", order_by)?;
                }
            }
            ErrorKind::ExplicitReferences {
                explicit_references,
            } => map.serialize_entry("explicitReferences", explicit_references)?,
            _ => {}
        }
        map.end()
    }
}

fn query<M: SerializeMap>(
    map: &mut M,
    select: &[String],
    rights_filter: Option<&String>,
) -> Result<(), M::Error> {
    map.serialize_entry("select", select)?;
    match rights_filter {
        Some(filter) => map.serialize_entry("rightsFilter", filter),
        None => Ok(()),
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
    #[serde(default)]
    validation_errors: Vec<ValidationError>,
    #[serde(default)]
    explicit_references: Vec<ExplicitReference>,
    #[serde(default)]
    select: Vec<String>,
    rights_filter: Option<String>,
    #[serde(default, rename = "where")]
    conditions: Vec<String>,
    order_by: Option<String>,
}

impl From<Received> for Error {
    fn from(received: Received) -> Self {
        let property_name = received.property_name;
        let kind = match received.tag.as_deref() {
            Some(MISSING_PROPERTY_URN) => ErrorKind::MissingProperty { property_name },
            Some(INVALID_PROPERTY_URN) => ErrorKind::InvalidProperty { property_name },
            Some(CONFIGURATION_URN) => ErrorKind::Configuration {
                validation_errors: received.validation_errors,
            },
            Some(GET_OBJECT_URN) => ErrorKind::GetObject {
                select: received.select,
                rights_filter: received.rights_filter,
            },
            Some(GET_OBJECT_LIST_URN) => ErrorKind::GetObjectList {
                select: received.select,
                rights_filter: received.rights_filter,
                conditions: received.conditions,
                order_by: received.order_by,
            },
            Some(EXPLICIT_REFERENCES_URN) => ErrorKind::ExplicitReferences {
                explicit_references: received.explicit_references,
            },
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
