//! What is broken in the frame of a message, mended before the parser reads it.
//!
//! Only insertions are made, and whatever stands before the first header is passed over: the empty line behind headers that have none, the ends of
//! multiparts that are not closed (where the boundary of an outer one ends them, RFC 2046, section 5.1.2), and what a Content-Type lacks to be read.

use std::borrow::Cow;
use std::collections::HashMap;

use mail_parser::parsers::MessageStream;
use mail_parser::{HeaderName, HeaderValue};

/// The longest name of a header.
const MAX_NAME: usize = 80;

/// The message as it should have been written.
pub(super) fn mended(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = from_first_header(raw);
    let mut mender = Mender {
        raw,
        at: 0,
        insertions: Vec::new(),
        open: Vec::new(),
        places: HashMap::new(),
    };
    mender.headers(true);
    mender.parts();
    if mender.insertions.is_empty() {
        return raw.into();
    }
    let mut whole = Vec::with_capacity(raw.len() + 1_024);
    let mut done = 0;
    for (at, text) in mender.insertions {
        whole.extend_from_slice(&raw[done..at]);
        whole.extend_from_slice(&text);
        done = at;
    }
    whole.extend_from_slice(&raw[done..]);
    whole.into()
}

/// Without the mark that says that a file is in UTF-8, and without empty lines before the headers.
fn from_first_header(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    let blank = raw.iter().take_while(|byte| byte.is_ascii_whitespace());
    // Spaces at the beginning of a line are the parser's.
    let lines = &raw[..blank.count()];
    let end = lines.iter().rposition(|byte| *byte == b'\n');
    &raw[end.map_or(0, |end| end + 1)..]
}

/// A multipart whose end has not come.
struct Open {
    boundary: Vec<u8>,
    /// Whether any part of it has begun.
    is_begun: bool,
}

struct Mender<'a> {
    raw: &'a [u8],
    at: usize,
    /// What is to be put in where, in order.
    insertions: Vec<(usize, Cow<'static, [u8]>)>,
    open: Vec<Open>,
    /// The places of boundaries among those that are open.
    places: HashMap<Vec<u8>, usize>,
}

impl<'a> Mender<'a> {
    fn insert(&mut self, at: usize, text: impl Into<Cow<'static, [u8]>>) {
        self.insertions.push((at, text.into()));
    }

    fn line(&self, at: usize) -> &'a [u8] {
        let rest = self.raw.get(at..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n');
        &rest[..end.map_or(rest.len(), |end| end + 1)]
    }

    /// Goes through the parts of all multiparts to the end of the message.
    fn parts(&mut self) {
        while !self.open.is_empty() && self.at < self.raw.len() {
            let line = self.line(self.at);
            let Some((place, is_end)) = self.boundary(line) else {
                self.at += line.len();
                continue;
            };
            self.close(place + 1, self.at);
            self.at += line.len();
            if is_end {
                self.forget(place);
            } else {
                self.open[place].is_begun = true;
                self.headers(false);
            }
        }
        self.close(0, self.raw.len());
    }

    /// Which of the open multiparts a line belongs to, and whether it ends it.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let name = line.strip_prefix(b"--")?.trim_ascii_end();
        let known = |name: &[u8]| self.places.get(name).copied();
        known(name)
            .map(|place| (place, false))
            .or_else(|| Some((known(name.strip_suffix(b"--")?)?, true)))
    }

    /// Ends the multiparts from this place on, the innermost first.
    fn close(&mut self, from: usize, at: usize) {
        let is_line = at == 0 || self.raw[at - 1] == b'\n';
        for place in (from..self.open.len()).rev() {
            let open = &self.open[place];
            if open.is_begun {
                let before = if is_line { "" } else { "\r\n" };
                let end = [before.as_bytes(), b"--", &open.boundary, b"--\r\n"].concat();
                self.insert(at, end);
            }
            self.forget(place);
        }
    }

    fn forget(&mut self, place: usize) {
        for open in self.open.drain(place..) {
            self.places.remove(&open.boundary);
        }
    }

    /// Goes through the headers of a message or of a part, and stands behind the empty line at their end.
    fn headers(&mut self, is_message: bool) {
        // Where the last Content-Type stands, and whether its lines go on.
        let mut content_type: Option<(usize, usize)> = None;
        let (mut has_any, mut is_cut, mut is_type) = (false, false, false);
        while self.at < self.raw.len() {
            let line = self.line(self.at);
            let next = self.line(self.at + line.len());
            if is_empty(line) {
                self.at += line.len();
                break;
            }
            if line[0] == b' ' || line[0] == b'\t' {
                let is_blank = line.trim_ascii().is_empty();
                let goes_on = next.first().is_some_and(u8::is_ascii_whitespace);
                if is_blank && !goes_on && name_of(next).is_none() {
                    self.at += line.len();
                    self.insert(self.at, b"\r\n".as_slice());
                    break;
                }
            } else if let Some(name) = name_of(line) {
                has_any = true;
                is_type = name.eq_ignore_ascii_case("content-type");
                if is_type {
                    content_type = Some((self.at, self.at));
                }
            } else if is_cut && is_parameter(line) {
                // The rest of the header before, without the space that says so.
                self.insert(self.at, b" ".as_slice());
            } else {
                let is_body = line.starts_with(b"--") || !is_known(next);
                // What is no message at all has no body either.
                if is_body && (has_any || !is_message) {
                    self.insert(self.at, b"\r\n".as_slice());
                    break;
                }
                is_type = false;
            }
            is_cut = line.trim_ascii_end().ends_with(b";");
            self.at += line.len();
            if let Some((_, end)) = &mut content_type
                && is_type
            {
                *end = self.at;
            }
        }
        if let Some((start, end)) = content_type {
            self.content_type(start, end);
        }
    }

    /// Reads what kind of content follows, and adds what is missing to its header.
    fn content_type(&mut self, at: usize, end: usize) {
        let header = &self.raw[at..end];
        let colon = header.iter().position(|byte| *byte == b':').unwrap_or(0);
        let value = &header[colon + 1..];
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let mut text: Vec<u8> = value.to_vec();
        // In one line, also where the spaces are missing that go on with it.
        for byte in text.iter_mut().filter(|byte| is_end(byte)) {
            *byte = b' ';
        }
        if let Some((place, missing)) = missing(value) {
            text.splice(place..place, missing.bytes());
            let place = at + colon + 1 + place;
            let before = self
                .insertions
                .partition_point(|(other, _)| *other <= place);
            self.insertions
                .insert(before, (place, missing.as_bytes().into()));
        }
        text.push(b'\n');
        let parsed = MessageStream::new(&text).parse_content_type();
        let HeaderValue::ContentType(kind) = parsed else {
            return;
        };
        if let Some(boundary) = kind.attribute("boundary")
            && kind.ctype().eq_ignore_ascii_case("multipart")
            && !boundary.is_empty()
            && !self.places.contains_key(boundary.as_bytes())
        {
            let boundary = boundary.as_bytes().to_vec();
            self.places.insert(boundary.clone(), self.open.len());
            self.open.push(Open {
                boundary,
                is_begun: false,
            });
        }
    }
}

fn is_empty(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n" | b"\r\r\n")
}

/// The name of the header that a line begins, if it begins one.
fn name_of(line: &[u8]) -> Option<&str> {
    let colon = line.iter().take(MAX_NAME).position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let is_url = line[colon + 1..].starts_with(b"//");
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    str::from_utf8(name).ok().filter(|_| is_name && !is_url)
}

/// Whether a line begins a header that messages are known to have.
fn is_known(line: &[u8]) -> bool {
    name_of(line).is_some_and(|name| {
        let is_other = matches!(HeaderName::parse(name), None | Some(HeaderName::Other(_)));
        !is_other
            || name
                .get(..2)
                .is_some_and(|start| start.eq_ignore_ascii_case("x-"))
    })
}

/// What the value of a Content-Type lacks, and where: the subtype of a text, or the semicolon before its parameters (RFC 2045, section 5.2).
fn missing(value: &[u8]) -> Option<(usize, &'static str)> {
    let start = value.len() - value.trim_ascii_start().len();
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b'(');
    let length = value[start..].iter().position(is_end);
    let end = length.map_or(value.len(), |length| start + length);
    let rest = value[end..].trim_ascii_start();
    let is_text = value[start..end].eq_ignore_ascii_case(b"text");
    match (is_text, is_parameter(rest)) {
        (true, true) => Some((end, "/plain;")),
        (true, false) => Some((end, "/plain")),
        (false, true) => Some((end, ";")),
        (false, false) => None,
    }
}

/// Whether a parameter begins here: a word and what it is.
fn is_parameter(text: &[u8]) -> bool {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'*');
    let word = text.iter().take_while(|byte| is_of_word(byte)).count();
    word > 0 && text[word..].trim_ascii_start().starts_with(b"=")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message mended, with LF for CRLF.
    fn mend(raw: &str) -> String {
        let mended = mended(raw.as_bytes()).into_owned();
        String::from_utf8(mended)
            .expect("UTF-8")
            .replace("\r\n", "\n")
    }

    #[test]
    fn what_is_in_order_stays() {
        for raw in [
            "Subject: a\n\nb\n",
            "From x 10:00\nSubject: a\nX-A:\n \n b\n\nhttp://b\n",
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nA: b\n\nb\n--a--\n",
            "Content-Type: multipart/mixed; boundary=a\n\n--b\n\nb\n--b--\n",
            "Content-Type: text/plain; charset=a (b=c)\n\nb\n",
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b--\n--a--\n--b\n",
            "A: b\nnone\nSubject: a\n\nb",
            "hello world",
            "",
        ] {
            assert_eq!(mend(raw), raw);
        }
    }

    #[test]
    fn headers_end() {
        assert_eq!(mend("\u{feff}\n\nA: b\n\nc"), "A: b\n\nc");
        assert_eq!(mend("A: b\nhello you\n\nc"), "A: b\n\nhello you\n\nc");
        assert_eq!(mend("A: b\nhttp://c\n"), "A: b\n\nhttp://c\n");
        assert_eq!(mend("A: b\n \nbody\n"), "A: b\n \n\nbody\n");
        assert_eq!(
            mend("A: b;\nc=\"d\"\n\ne\n"),
            "A: b;\n c=\"d\"\n\ne\n",
            "the rest of a header"
        );
        assert_eq!(mend("A: b;\nHello\n\ne\n"), "A: b;\n\nHello\n\ne\n");
        let raw = "Content-Type: multipart/mixed;\nboundary=a\nA: b\n\n--a\n\nb\n";
        let expected = raw.replace("boundary", " boundary");
        assert_eq!(mend(raw), format!("{expected}--a--\n"));
        assert_eq!(
            mend("Content-Type: multipart/mixed; boundary=a\n--a\nA: b\n--a\nc\n--a--\n"),
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nA: b\n\n--a\n\nc\n--a--\n"
        );
    }

    #[test]
    fn multiparts_end() {
        let inner = "--a\nContent-Type: multipart/alternative; boundary=\"b c\"\n\n--b c\n\n1\n";
        let raw = format!("Content-Type: multipart/mixed; boundary=a\n\n{inner}--a \n\n2\n--a--\n");
        let expected = raw.replace("--a \n", "--b c--\n--a \n");
        assert_eq!(mend(&raw), expected);
        let raw = format!("Content-Type: multipart/mixed; boundary=a\n\n{inner}2");
        assert_eq!(mend(&raw), format!("{raw}\n--b c--\n\n--a--\n"));
        // One of which no part came is none.
        let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--c\n--a--\n";
        assert_eq!(mend(raw), raw);
    }

    #[test]
    fn types_are_completed() {
        for (value, expected) in [
            ("text", "text/plain"),
            ("TEXT; charset=a", "TEXT/plain; charset=a"),
            ("text charset=a", "text/plain; charset=a"),
            ("text/html\n charset = a", "text/html;\n charset = a"),
            ("multipart/mixed boundary=a", "multipart/mixed; boundary=a"),
            ("text/plain a b", "text/plain a b"),
        ] {
            let raw = format!("A: b\nContent-type: {value}\nC: d\n\ntext\n");
            assert_eq!(mend(&raw), raw.replacen(value, expected, 1));
        }
    }
}
