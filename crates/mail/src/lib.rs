//! Messages as mail knows them: file names and identifiers, addresses, MIME written as a stream and read, mailboxes in files, HTML made safe, what an
//! answer quotes, and the conversation with a relay.
//!
//! This crate knows no database and no HTTP. Whatever it is given is taken for hostile: nothing that it writes into a header can end that
//! header, and what cannot be written as it was meant is refused.

pub mod addresses;
pub mod compose;
pub mod disposition;
pub mod html;
pub mod mailbox;
pub mod names;
pub mod parse;
pub mod quote;
pub mod smtp;
