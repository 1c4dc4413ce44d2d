//! Messages out: a [`Message`] becomes a [`Layout`], which knows its exact size and is then written as a stream, so that no part is ever
//! held in memory.
//!
//! The shape, from the inside out; a layer that would hold one thing alone is left out:
//!
//! ```text
//! multipart/mixed
//! ├─ multipart/alternative
//! │  ├─ text/plain
//! │  └─ multipart/related
//! │     ├─ text/html
//! │     └─ parts that the HTML refers to by `cid:`
//! └─ all other parts
//! ```

mod base64;
mod layout;
mod references;
mod structure;

pub use layout::{Layout, Segment};
pub use references::referenced_content_ids;
pub use structure::is_identifier;

use crate::addresses::Address;

/// A message to be written (RFC 5322, RFC 2045 to 2047, RFC 2183, RFC 2231, RFC 2387, RFC 2392).
///
/// Recipients in blind copy are no part of it: they belong to the envelope alone. Identifiers have no angle brackets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// `unique@domain`, as [`message_id`](crate::names::message_id) gives it.
    pub message_id: String,
    /// When it was sent, in Unix milliseconds; written in UTC.
    pub date: i64,
    /// Its author; must have an address.
    pub from: Address,
    /// Where answers go; empty: to `from`.
    pub reply_to: Vec<Address>,
    /// Its recipients; none is written as `undisclosed-recipients:;`.
    pub to: Vec<Address>,
    /// Recipients in copy.
    pub cc: Vec<Address>,
    /// Control characters in it are written as spaces.
    pub subject: String,
    /// The Message-ID of what it answers. One that is no Message-ID is left out: it came from a stranger.
    pub in_reply_to: Option<String>,
    /// The Message-IDs of its thread, oldest first. Those that are none are left out, and of a
    /// thread over 50 messages all but the first and the latest 49.
    pub references: Vec<String>,
    /// The plain text. An empty one counts as none where there is HTML.
    pub text: Option<String>,
    /// The HTML, as it is to be read. An empty one counts as none.
    pub html: Option<String>,
    /// What is attached or shown in the HTML, in this order.
    pub parts: Vec<Part>,
}

/// A file in a message; its bytes come when the message is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Its file name.
    pub name: String,
    /// `type/subtype`, of whose parameters `charset` is kept. What is no media type, and `message/…` and `multipart/…`, which may not be
    /// written in base64 (RFC 2045, section 6.4), is written as `application/octet-stream`.
    pub media_type: String,
    /// Its Content-ID, if the HTML may refer to it. A part with one that the HTML does not refer to is an attachment like any other.
    pub content_id: Option<String>,
    /// How many bytes it has.
    pub size: u64,
}

/// Why a message cannot be written as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// One that mail cannot be sent to ([`is_valid`](crate::addresses::is_valid)).
    #[error("{address:?} in {header} is not an email address")]
    Address {
        /// The header it was for, such as `To`.
        header: &'static str,
        /// What was there instead: the address or, without any, the display name.
        address: String,
    },
    /// Not of the form `left@right` in printable ASCII.
    #[error("{0:?} is not a Message-ID")]
    MessageId(String),
    /// Not of the form `left@right` in printable ASCII.
    #[error("{0:?} is not a Content-ID")]
    ContentId(String),
}

impl Message {
    /// What is to be written, in order. The same message always gives the same layout, and so the same bytes and size.
    pub fn layout(&self) -> Result<Layout, Unwritable> {
        structure::layout(self)
    }
}

#[cfg(test)]
mod tests;
