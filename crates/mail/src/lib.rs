//! Messages as mail knows them: file names and identifiers, addresses, MIME written as a stream, and the conversation with a relay.
//!
//! This crate knows no database and no HTTP. Whatever it is given is taken for hostile: nothing that it writes into a header can end that
//! header, and what cannot be written as it was meant is refused.

pub mod addresses;
pub mod compose;
pub mod disposition;
pub mod names;
pub mod smtp;
