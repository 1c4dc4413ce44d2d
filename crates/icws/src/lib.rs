//! The contract of ICWS, the web-service API of the Interaction Center and `PureConnect` family.
//!
//! One module per resource family, with every representation the server reads or writes as a Rust type that names its URN;
//! [`wire`] has the encoding rules in one place; [`operations`] is the table of all operations. Behind the feature `contract`
//! the module `contract` holds raw bytes against the whole type table of the API; behind `client` the module `client` is a
//! typed client that applies that check to everything it receives.
//!
//! Source of all types: the public ICWS documentation at
//! <https://help.genesys.com/developer/cic/docs/icws/webhelp/>. Paths in the documentation of an item are relative to it. Members
//! are called on the wire as here, in camel case, where nothing else is said.

#![warn(clippy::missing_errors_doc)]

pub mod activations;
pub mod configuration;
pub mod connection;
pub mod cookies;
pub mod email;
pub mod error;
pub mod interactions;
pub mod licenses;
pub mod messaging;
pub mod operations;
pub mod queues;
pub mod response_management;
pub mod session;
pub mod status;
pub mod system;
pub mod wire;

#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "contract")]
pub mod contract;

pub use error::Error;
pub use wire::{Date, Guid, MEDIA_TYPE, Nullable, ReadError, Representation, Request, read};
