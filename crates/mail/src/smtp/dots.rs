//! The dots of a message on its way (RFC 5321, section 4.5.2): a line that begins with one gets another before it.

use bytes::{BufMut, Bytes, BytesMut};

/// Where in a message its next byte stands.
#[derive(Debug)]
pub(super) struct Dots {
    /// The last two bytes; a message begins as a line does.
    last: [u8; 2],
}

impl Dots {
    pub(super) fn new() -> Self {
        Self { last: *b"\r\n" }
    }

    /// The next piece as it is sent.
    pub(super) fn stuff(&mut self, piece: Bytes) -> Bytes {
        let is_first = |place: usize| match place {
            0 => self.last[1] == b'\n',
            _ => piece[place - 1] == b'\n',
        };
        let places: Vec<usize> = (0..piece.len())
            .filter(|&place| piece[place] == b'.' && is_first(place))
            .collect();
        match piece.len() {
            0 => return piece,
            1 => self.last = [self.last[1], piece[0]],
            length => self.last = [piece[length - 2], piece[length - 1]],
        }
        if places.is_empty() {
            return piece;
        }
        let mut stuffed = BytesMut::with_capacity(piece.len() + places.len());
        let mut begin = 0;
        for place in places {
            stuffed.put_slice(&piece[begin..place]);
            stuffed.put_u8(b'.');
            begin = place;
        }
        stuffed.put_slice(&piece[begin..]);
        stuffed.freeze()
    }

    /// What ends the message.
    pub(super) fn end(&self) -> &'static [u8] {
        if self.last == *b"\r\n" {
            b".\r\n"
        } else {
            b"\r\n.\r\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message in these pieces, as it is sent.
    fn sent(pieces: &[&str]) -> String {
        let mut dots = Dots::new();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend_from_slice(&dots.stuff(Bytes::copy_from_slice(piece.as_bytes())));
        }
        out.extend_from_slice(dots.end());
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_line_that_begins_with_a_dot_gets_another_wherever_it_is_cut() {
        let whole = ".a\r\n..b\r\nc.\r\n.\r\n";
        let expected = "..a\r\n...b\r\nc.\r\n..\r\n.\r\n";
        assert_eq!(sent(&[whole]), expected);
        for cut in 0..=whole.len() {
            let (left, right) = whole.split_at(cut);
            assert_eq!(sent(&[left, right]), expected, "cut at {cut}");
            assert_eq!(sent(&[left, "", right]), expected, "cut at {cut}");
        }
        let single: Vec<&str> = whole.split_inclusive(|_| true).collect();
        assert_eq!(sent(&single), expected);
    }

    #[test]
    fn a_message_without_a_line_end_gets_one() {
        assert_eq!(sent(&["a"]), "a\r\n.\r\n");
        assert_eq!(sent(&["a\r\n"]), "a\r\n.\r\n");
        assert_eq!(sent(&["a\r", "\n"]), "a\r\n.\r\n");
        assert_eq!(sent(&[]), ".\r\n");
    }
}
