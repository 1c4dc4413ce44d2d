//! Messages in: bytes that came from a stranger become an [`Incoming`].
//!
//! Nothing in a message is trusted, and little of it has to be right: what one part lacks is made up for, and what cannot be understood is kept
//! as a file. Only what has no header that mail has, or is built to wear its reader out, is [`Unreadable`]; whoever takes it in keeps it as it
//! came. The time it takes grows with the length of a message and not faster, and what is kept of it is not much longer than it.

mod charsets;
mod essence;
mod flowed;
mod headers;
mod mask;
mod mend;
mod parameters;
mod shifted;
mod structure;
mod tnef;
mod words;

pub use self::essence::essence;
use crate::addresses::Address;

/// How deep messages may stand in messages; a deeper one is kept as a file.
const MAX_DEPTH: usize = 10;

/// The longest Message-ID; RFC 5322 has no longer lines.
pub const MAX_MESSAGE_ID: usize = 998;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Incoming {
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// The Message-IDs of what it answers.
    pub in_reply_to: Vec<String>,
    /// The Message-IDs of its thread, oldest first.
    pub references: Vec<String>,
    /// When its author says it was sent, in Unix milliseconds.
    pub date: Option<i64>,
    /// When the last server on its way took it, in Unix milliseconds.
    pub received: Option<i64>,
    /// Its author; without an address if it names none.
    pub from: Address,
    /// Where its author wants answers.
    pub reply_to: Vec<Address>,
    /// Its recipients.
    pub to: Vec<Address>,
    /// Recipients in copy.
    pub cc: Vec<Address>,
    /// Recipients in blind copy, as far as it names them.
    pub bcc: Vec<Address>,
    /// The addresses that it was really brought to (`Delivered-To`, `X-Original-To`), as the last servers noted them.
    pub delivered_to: Vec<String>,
    /// Its subject in one line; empty if it has none.
    pub subject: String,
    /// How urgent its author holds it to be.
    pub importance: Importance,
    /// Its plain text: of several parts, one after another.
    pub text: Option<String>,
    /// Its HTML as it came, which is not safe to be shown ([`crate::html::clean`]).
    pub html: Option<String>,
    /// Its files, in their order.
    pub files: Vec<File>,
    /// The messages attached to it, in their order.
    pub messages: Vec<Attached>,
}

/// How urgent a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Importance {
    /// Less than others.
    Low,
    /// As others.
    #[default]
    Normal,
    /// More than others.
    High,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    /// Its name, clean ([`crate::names::clean_file_name`]).
    pub name: String,
    /// `type/subtype`, with the `charset` of a text.
    pub media_type: String,
    /// Its Content-ID, without angle brackets. Any text that a header may hold: strangers write what they like.
    pub content_id: Option<String>,
    /// Whether its author wants it to be shown in the text (`Content-Disposition: inline`).
    pub is_inline: bool,
    /// Its bytes, decoded.
    pub bytes: Vec<u8>,
}

/// A message in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// It as it came. Empty for one inside another attached one, whose bytes it is part of.
    pub raw: Vec<u8>,
    /// What is in it.
    pub content: Incoming,
}

/// Why a message is not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing that mail begins with.
    #[error("it has none of the headers that mail has")]
    NoMail,
    /// More files and messages than are kept of one.
    #[error("it has more than {0} parts")]
    TooManyParts(usize),
    /// Built so that reading it would take hours.
    #[error("it is put together in too intricate a way")]
    TooIntricate,
}

impl Incoming {
    /// How many files and messages it has, with those in the messages attached to it.
    pub fn count(&self) -> usize {
        let inside = self
            .messages
            .iter()
            .map(|message| 1 + message.content.count());
        self.files.len() + inside.sum::<usize>()
    }
}

/// Takes a message apart (RFC 5322, RFC 2045 to 2047, RFC 2183, RFC 2231, RFC 3676, and `winmail.dat`). `most_parts` is how many files and
/// messages it may have in all.
pub fn parse(raw: &[u8], most_parts: usize) -> Result<Incoming, Unreadable> {
    let mut left = most_parts;
    structure::read(raw, 0, &mut left).map_err(|error| match error {
        Unreadable::TooManyParts(_) => Unreadable::TooManyParts(most_parts),
        other => other,
    })
}

/// What the headers alone say of a message, as far as they can be read.
pub fn parse_headers(raw: &[u8]) -> Incoming {
    let raw = mend::mended(raw);
    let Some(message) = mail_parser::MessageParser::default().parse_headers(&raw) else {
        return Incoming::default();
    };
    let mut incoming = Incoming::default();
    headers::read(&message, &raw, &mut incoming);
    incoming
}

#[cfg(test)]
mod tests;
