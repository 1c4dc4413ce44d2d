//! Mailboxes in one file (`mbox`, RFC 4155): messages one after another, each behind a line that begins with `From `.

use std::io::{self, BufRead};

/// A message out of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// It as it was put in.
    Message(Vec<u8>),
    /// It is longer than was asked for, and was passed over.
    TooLarge,
}

/// Whether a file that begins so is a mailbox: no message begins so. Empty lines may stand before it.
pub fn is_mailbox(beginning: &[u8]) -> bool {
    beginning.trim_ascii_start().starts_with(b"From ")
}

/// The messages of a mailbox in their order, held one at a time.
///
/// A message begins behind a line with `From ` and a time that stands at the beginning or behind an empty line. In it, the `>` is taken away that was put
/// before such lines (`mboxrd`).
#[derive(Debug)]
pub struct Messages<Source> {
    source: Source,
    most: usize,
    is_begun: bool,
}

impl<Source: BufRead> Messages<Source> {
    /// Reads a mailbox; `most` is the size of the largest message that is given, in bytes.
    pub fn new(source: Source, most: usize) -> Self {
        Self {
            source,
            most,
            is_begun: false,
        }
    }

    /// Reads a message to the line that begins the next one.
    fn read(&mut self) -> io::Result<Option<Piece>> {
        let mut message = Vec::new();
        let mut is_too_large = false;
        let mut is_behind_empty = true;
        let mut line = Vec::new();
        loop {
            line.clear();
            // A line may be longer than any memory.
            let room = self.most as u64 + 1;
            if io::Read::take(&mut self.source, room).read_until(b'\n', &mut line)? == 0 {
                let is_over = message.is_empty() && !is_too_large && !self.is_begun;
                self.is_begun = false;
                return Ok((!is_over).then(|| finish(message, is_too_large)));
            }
            if is_behind_empty && is_separator(&line) {
                let is_first = !std::mem::replace(&mut self.is_begun, true);
                if is_first && message.is_empty() {
                    continue;
                }
                return Ok(Some(finish(message, is_too_large)));
            }
            is_behind_empty = line.iter().all(u8::is_ascii_whitespace);
            if is_behind_empty && !self.is_begun && message.is_empty() {
                continue;
            }
            let quoted = line.iter().take_while(|byte| **byte == b'>').count();
            let is_quoted = quoted > 0 && line[quoted..].starts_with(b"From ");
            if message.len() + line.len() > self.most {
                is_too_large = true;
                message = Vec::new();
            }
            if !is_too_large {
                message.extend_from_slice(&line[usize::from(is_quoted)..]);
            }
        }
    }
}

/// The message without the empty line that parts it from the next.
fn finish(mut message: Vec<u8>, is_too_large: bool) -> Piece {
    if is_too_large {
        return Piece::TooLarge;
    }
    for end in [&b"\r\n\r\n"[..], b"\n\n"] {
        if message.ends_with(end) {
            message.truncate(message.len() - end.len() / 2);
            break;
        }
    }
    Piece::Message(message)
}

/// `From `, somebody, and a time.
fn is_separator(line: &[u8]) -> bool {
    let is_time = |window: &[u8]| {
        window[0].is_ascii_digit() && window[1] == b':' && window[2].is_ascii_digit()
    };
    line.starts_with(b"From ") && line.windows(3).any(is_time)
}

impl<Source: BufRead> Iterator for Messages<Source> {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        Messages::new(text.as_bytes(), 60)
            .map(|piece| match piece.expect("is read") {
                Piece::Message(bytes) => String::from_utf8(bytes).expect("UTF-8"),
                Piece::TooLarge => "too large".to_owned(),
            })
            .collect()
    }

    #[test]
    fn messages_are_parted() {
        let mailbox = "From a@b Thu Jan  1 10:00:00 2026\nSubject: 1\n\nFrom here on\n>From me\n>>From you\n\nFrom - Fri Jan  2 11:11:11 2026\r\nSubject: 2\r\n\r\nb\r\n\r\n";
        assert_eq!(
            split(mailbox),
            [
                "Subject: 1\n\nFrom here on\nFrom me\n>From you\n",
                "Subject: 2\r\n\r\nb\r\n"
            ]
        );
        assert!(is_mailbox(mailbox.as_bytes()));
        assert_eq!(split(""), [""; 0]);
    }

    #[test]
    fn what_is_too_large_is_passed_over() {
        let long = "x".repeat(100);
        let mailbox = format!("From a 1:00\n{long}\nb\n\nFrom b 2:00\nSubject: 2\n\nc\n");
        assert_eq!(split(&mailbox), ["too large", "Subject: 2\n\nc\n"]);
    }

    #[test]
    fn empty_lines_before_the_first_are_none() {
        let mailbox = "\n\r\nFrom a 1:00\nA: b\n\nc\n";
        assert!(is_mailbox(mailbox.as_bytes()));
        assert_eq!(split(mailbox), ["A: b\n\nc\n"]);
        assert_eq!(split("\n\n"), [""; 0]);
    }

    #[test]
    fn an_empty_message_is_one() {
        assert_eq!(split("From a 1:00\nFrom b 2:00\nA: b\n"), ["", "A: b\n"]);
    }
}
