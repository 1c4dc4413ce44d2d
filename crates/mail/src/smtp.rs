//! Messages to a relay by SMTP (RFC 5321): STARTTLS (RFC 3207), AUTH (RFC 4954), SIZE (RFC 1870) and PIPELINING (RFC 2920).
//!
//! A message is given as a stream, is never held in memory, and has one outcome for each of its recipients. Nothing that comes from a
//! client reaches a command but a [`Mailbox`], which has no control characters.
//!
//! The conversation is our own: `mail-send` takes a message as one piece of memory, `lettre` ends at the first recipient that is refused.

mod connection;
mod dots;
mod relay;
mod reply;
mod tls;

#[cfg(test)]
mod tests;

pub use connection::{Connection, Failure, Times};
pub use relay::{Relay, Security};
pub use reply::Reply;
pub use tls::{Roots, RootsError};

use crate::addresses;

/// An address that a command may hold: [`addresses::is_valid`], and so without anything that could end the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(String);

impl Mailbox {
    /// The address, if mail can go to it.
    pub fn parse(address: &str) -> Option<Self> {
        addresses::is_valid(address).then(|| Self(address.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who sends a message to whom, and how large it is.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Where bounces go.
    pub from: Mailbox,
    /// Who gets it.
    pub to: Vec<Mailbox>,
    /// The bytes of the message.
    pub size: u64,
}

/// What the relay says to one recipient of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It has taken the message over.
    Taken,
    /// Not now; says why.
    Later(String),
    /// Not ever; says why.
    Never(String),
}

impl Verdict {
    fn of(reply: &Reply) -> Self {
        match reply.code {
            200..=299 => Verdict::Taken,
            500..=599 => Verdict::Never(reply.to_string()),
            _ => Verdict::Later(reply.to_string()),
        }
    }
}

/// Why a message of this size cannot go to a relay that takes no more than its limit.
pub fn too_large(size: u64, limit: u64) -> String {
    format!("the message has {size} bytes and the mail relay takes {limit} at the most")
}
