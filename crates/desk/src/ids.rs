//! The numbers that things are known by, each as its own type.

use std::fmt;

/// A user's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub i64);

/// A session's id: decimal digits on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

/// An interaction's id: ten decimal digits on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InteractionId(pub i64);

/// A server's number: made anew whenever one starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub i64);

impl SessionId {
    /// Reads a session id; an id of any other shape is one that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text).map(Self)
    }
}

impl InteractionId {
    /// An id that no interaction has.
    pub const NONE: InteractionId = InteractionId(0);

    /// Reads an interaction id; an id of any other shape is one that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text).map(Self)
    }
}

impl NodeId {
    /// Reads a node's number.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text).map(Self)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for InteractionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number in the one way it is written: digits only, no leading zero.
pub(crate) fn digits(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_way() {
        assert_eq!(
            InteractionId::parse("1000000001"),
            Some(InteractionId(1_000_000_001))
        );
        for odd in [
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1 ",
            "1.0",
            "１",
            "99999999999999999999",
            "abc",
        ] {
            assert_eq!(InteractionId::parse(odd), None, "{odd:?}");
        }
    }
}
