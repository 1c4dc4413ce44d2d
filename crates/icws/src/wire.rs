//! The encoding rules of ICWS (`ConceptualContent/Concepts_RepresentationFormat.htm`), in one place.
//!
//! *Out*: dates compact in UTC, enumerations as numbers, a property that may not be null is left out instead, `__type` where a
//! representation derives from another. *In*: the same, leniently: see [`fields`].

mod enumeration;
pub mod fields;
mod nullable;
mod once;
mod scalars;

pub use enumeration::Enumeration;
pub(crate) use enumeration::enumeration;
pub use fields::{Fields, FromWire, Path, ReadError, Request, read};
pub use nullable::Nullable;
pub use scalars::{Date, Guid, ScalarError};

/// The media type of every answer that has a representation. The official client reads a body of no other type.
pub const MEDIA_TYPE: &str = "application/vnd.inin.icws+json";

/// The member that names the type of a representation.
pub const TYPE_TAG: &str = "__type";

/// A type of the contract.
pub trait Representation {
    /// Its name in the contract, such as `urn:inin.com:connection:versionInfo`. For a representation that derives from
    /// another one this is also the value of its `__type`.
    const URN: &'static str;
}

/// Gives types their URNs.
macro_rules! urns {
    ($($type:ty = $urn:literal;)+) => {
        $(impl $crate::wire::Representation for $type {
            const URN: &'static str = $urn;
        })+
    };
}
pub(crate) use urns;
