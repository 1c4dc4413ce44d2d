//! What a relay answers (RFC 5321, section 4.2).

use std::{fmt, io};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest line that is read. RFC 5321 allows 512 bytes; some say more.
const MAX_LINE: u64 = 4096;
/// The most lines of one reply.
const MAX_LINES: usize = 128;
/// The most that is kept of what a reply says, in characters.
const MAX_TEXT: usize = 500;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its code: 200 to 599.
    pub code: u16,
    /// Its lines without the code.
    pub lines: Vec<String>,
}

impl Reply {
    /// Whether it says yes, or to go on.
    pub fn is_good(&self) -> bool {
        self.code < 400
    }

    /// Reads one. Whatever is no reply is an error of the kind `InvalidData`.
    pub(super) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut *from).take(MAX_LINE);
            limited.read_until(b'\n', &mut line).await?;
            if line.last() != Some(&b'\n') {
                let kind = if line.len() as u64 == MAX_LINE {
                    io::ErrorKind::InvalidData
                } else {
                    io::ErrorKind::UnexpectedEof
                };
                return Err(io::Error::new(kind, "the relay ended the connection"));
            }
            let (code, goes_on, text) = parse(&line).ok_or_else(|| strange("no SMTP reply"))?;
            lines.push(text);
            if !goes_on {
                return Ok(Self { code, lines });
            }
            if lines.len() > MAX_LINES {
                return Err(strange("a reply without end"));
            }
        }
    }
}

fn strange(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Code, whether more lines follow, and text of one line.
fn parse(line: &[u8]) -> Option<(u16, bool, String)> {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end_matches(['\r', '\n']);
    let code: u16 = line
        .get(..3)
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()?;
    let goes_on = match line.as_bytes().get(3) {
        None | Some(b' ') => false,
        Some(b'-') => true,
        Some(_) => return None,
    };
    let text = line.get(4..).unwrap_or_default().trim().to_owned();
    (200..600).contains(&code).then_some((code, goes_on, text))
}

/// For people: one line, without control characters, not too long.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.lines.join(" ");
        let text: String = text
            .chars()
            .map(|character| {
                if character.is_control() {
                    ' '
                } else {
                    character
                }
            })
            .take(MAX_TEXT)
            .collect();
        write!(f, "{} {}", self.code, text.trim())
    }
}
