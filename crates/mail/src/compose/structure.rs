//! From a message to its layout: headers, the tree of parts, boundaries, encoded texts.

use std::fmt::Write as _;

use encodify::{base64, qp};
use mail_builder::headers::{Header, content_type::ContentType, date::Date, message_id::MessageId};

use super::{Layout, Message, Part, Segment, Unwritable, references::referenced_content_ids};
use crate::{
    addresses::{self, Address},
    disposition::{self, Disposition},
};

/// The most Message-IDs written of a thread: a stranger's mail may name any number, and relays refuse headers without end.
const MAX_REFERENCES: usize = 50;

/// A body as a tree: what is written, one inside another.
enum Node<'a> {
    Text {
        subtype: &'static str,
        content: &'a str,
    },
    Attached {
        place: usize,
        part: &'a Part,
    },
    Inline {
        place: usize,
        part: &'a Part,
        content_id: &'a str,
    },
    Multipart {
        subtype: &'static str,
        children: Vec<Node<'a>>,
    },
}

pub(super) fn layout(message: &Message) -> Result<Layout, Unwritable> {
    let mut writer = Writer {
        boundary: boundary(&message.message_id),
        segments: Vec::new(),
        open: Vec::new(),
    };
    writer.headers(message)?;
    let node = tree(message)?;
    let is_single = matches!(node, Node::Text { .. });
    writer.node(&node, 'a');
    if is_single && !writer.open.ends_with(b"\r\n") {
        writer.open.extend_from_slice(b"\r\n");
    }
    writer.close();
    Ok(Layout::new(writer.segments))
}

/// The tree of a message, without layers that would hold one thing alone.
fn tree(message: &Message) -> Result<Node<'_>, Unwritable> {
    let html = message.html.as_deref().filter(|html| !html.is_empty());
    let text = message
        .text
        .as_deref()
        .filter(|text| !text.is_empty() || html.is_none());
    let referenced = html.map(referenced_content_ids).unwrap_or_default();
    let mut shown = Vec::new();
    let mut attached = Vec::new();
    for (place, part) in message.parts.iter().enumerate() {
        match part.content_id.as_deref() {
            Some(content_id) if !is_identifier(content_id) => {
                return Err(Unwritable::ContentId(content_id.to_owned()));
            }
            Some(content_id) if referenced.contains(content_id) => shown.push(Node::Inline {
                place,
                part,
                content_id,
            }),
            // No Content-ID for what nothing refers to: some readers hide such parts.
            _ => attached.push(Node::Attached { place, part }),
        }
    }
    let html = html.map(|content| {
        enclose(
            "related",
            Node::Text {
                subtype: "html",
                content,
            },
            shown,
        )
    });
    let text = text.map(|content| Node::Text {
        subtype: "plain",
        content,
    });
    let body = match (text, html) {
        (Some(text), Some(html)) => enclose("alternative", text, vec![html]),
        (Some(body), None) | (None, Some(body)) => body,
        (None, None) => Node::Text {
            subtype: "plain",
            content: "",
        },
    };
    Ok(enclose("mixed", body, attached))
}

fn enclose<'a>(subtype: &'static str, first: Node<'a>, others: Vec<Node<'a>>) -> Node<'a> {
    if others.is_empty() {
        return first;
    }
    let mut children = vec![first];
    children.extend(others);
    Node::Multipart { subtype, children }
}

/// What the boundaries of a message have in common. `=_` occurs neither in quoted-printable nor in base64 (RFC 2045, section 6.7), so no body
/// can hold a boundary, whatever the rest of it is; the rest tells nested messages apart.
fn boundary(message_id: &str) -> String {
    let unique = message_id
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(32);
    "=_".chars().chain(unique).chain(['_']).collect()
}

/// Whether this may be written as `<…>` (RFC 5322, section 3.6.4, and what is seen in real mail): printable ASCII, one `@` with something
/// on both sides, no angle brackets, and short enough for a line.
pub fn is_identifier(identifier: &str) -> bool {
    let is_printable = identifier
        .bytes()
        .all(|byte| matches!(byte, b'!'..=b'~') && !matches!(byte, b'<' | b'>'));
    let is_whole = identifier
        .split_once('@')
        .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains('@'));
    is_printable && is_whole && identifier.len() <= 900
}

/// Collects headers and texts into segments; a part's bytes end one.
struct Writer {
    boundary: String,
    segments: Vec<Segment>,
    open: Vec<u8>,
}

impl Writer {
    fn headers(&mut self, message: &Message) -> Result<(), Unwritable> {
        self.header("Date", &Date::new(message.date.div_euclid(1000)));
        self.addresses("From", std::slice::from_ref(&message.from))?;
        if !message.reply_to.is_empty() {
            self.addresses("Reply-To", &message.reply_to)?;
        }
        if message.to.is_empty() {
            self.open
                .extend_from_slice(b"To: undisclosed-recipients:;\r\n");
        } else {
            self.addresses("To", &message.to)?;
        }
        if !message.cc.is_empty() {
            self.addresses("Cc", &message.cc)?;
        }
        let mut subject = String::new();
        addresses::write_text(&mut subject, "Subject", &message.subject);
        self.open.extend_from_slice(subject.as_bytes());
        if !is_identifier(&message.message_id) {
            return Err(Unwritable::MessageId(message.message_id.clone()));
        }
        self.identifiers("Message-ID", std::slice::from_ref(&message.message_id));
        self.identifiers("In-Reply-To", message.in_reply_to.as_slice());
        self.identifiers("References", &message.references);
        self.open.extend_from_slice(b"MIME-Version: 1.0\r\n");
        Ok(())
    }

    fn header(&mut self, name: &str, value: &impl Header) {
        self.open.extend_from_slice(name.as_bytes());
        self.open.extend_from_slice(b": ");
        value.write_header(&mut self.open, name.len() + 2);
    }

    fn addresses(&mut self, name: &'static str, addresses: &[Address]) -> Result<(), Unwritable> {
        let mut header = String::new();
        addresses::write_list(&mut header, name, addresses).map_err(|wrong| {
            Unwritable::Address {
                header: name,
                address: wrong
                    .address
                    .as_ref()
                    .unwrap_or(&wrong.display_name)
                    .clone(),
            }
        })?;
        self.open.extend_from_slice(header.as_bytes());
        Ok(())
    }

    /// Those of them that are identifiers, the middle of a long thread left out; nothing where none is.
    fn identifiers(&mut self, name: &str, identifiers: &[String]) {
        let mut valid: Vec<&str> = identifiers
            .iter()
            .map(String::as_str)
            .filter(|identifier| is_identifier(identifier))
            .collect();
        if valid.len() > MAX_REFERENCES {
            valid.drain(1..=valid.len() - MAX_REFERENCES);
        }
        if !valid.is_empty() {
            self.header(name, &MessageId::new_list(valid.into_iter()));
        }
    }

    /// The headers of a node, the blank line and its body. `level` names its boundary: no node holds another of its own level.
    fn node(&mut self, node: &Node<'_>, level: char) {
        match node {
            Node::Text { subtype, content } => self.text(subtype, content),
            Node::Attached { place, part } => {
                self.part(*place, part, Disposition::Attachment, None);
            }
            Node::Inline {
                place,
                part,
                content_id,
            } => self.part(*place, part, Disposition::Inline, Some(content_id)),
            Node::Multipart { subtype, children } => self.multipart(subtype, children, level),
        }
    }

    fn multipart(&mut self, subtype: &str, children: &[Node<'_>], level: char) {
        let boundary = format!("{}{level}", self.boundary);
        let mut content_type = ContentType::new(format!("multipart/{subtype}"))
            .attribute("boundary", boundary.as_str());
        if subtype == "related" {
            // RFC 2387, section 3.1: the type of the first part must be named.
            content_type = content_type.attribute("type", "text/html");
        }
        self.header("Content-Type", &content_type);
        let below = char::from_u32(u32::from(level) + 1).unwrap_or(level);
        for child in children {
            self.open
                .extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
            self.node(child, below);
        }
        self.open
            .extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    }

    /// A text in UTF-8, line ends as CRLF, in whichever encoding is shorter: all that it holds survives either.
    fn text(&mut self, subtype: &str, content: &str) {
        let content = with_crlf(content);
        self.open.extend_from_slice(
            format!("Content-Type: text/{subtype}; charset=utf-8\r\n").as_bytes(),
        );
        let quoted = qp::BODY.encode(&content);
        if quoted.len() <= base64::MIME.encoded_len(content.len()) {
            self.open
                .extend_from_slice(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n");
            self.open.extend_from_slice(quoted.as_bytes());
        } else {
            self.open
                .extend_from_slice(b"Content-Transfer-Encoding: base64\r\n\r\n");
            base64::MIME.encode_append(&content, &mut self.open);
        }
    }

    fn part(&mut self, place: usize, part: &Part, kind: Disposition, content_id: Option<&str>) {
        let mut content_type = format!("Content-Type: {}", essence(&part.media_type));
        if let Some(charset) = charset(&part.media_type) {
            let _ = write!(content_type, "; charset={charset}");
        }
        self.open.extend_from_slice(content_type.as_bytes());
        self.open
            .extend_from_slice(b"\r\nContent-Transfer-Encoding: base64\r\n");
        disposition::write_mime(&mut self.open, kind, &part.name);
        if let Some(content_id) = content_id {
            self.header("Content-ID", &MessageId::new(content_id));
        }
        self.open.extend_from_slice(b"\r\n");
        self.close();
        self.segments.push(Segment::Base64 {
            part: place,
            size: part.size,
        });
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.segments
                .push(Segment::Bytes(std::mem::take(&mut self.open).into()));
        }
    }
}

/// `type/subtype` of a media type, where it is one that may be written in base64.
fn essence(media_type: &str) -> &str {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_whole = essence
        .split_once('/')
        .is_some_and(|(major, minor)| is_token(major) && is_token(minor));
    let is_composite = ["message/", "multipart/"].iter().any(|major| {
        essence
            .get(..major.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(major))
    });
    if is_whole && !is_composite {
        essence
    } else {
        "application/octet-stream"
    }
}

/// The `charset` of a media type, where it is a plain word: without it, a text with umlauts is a riddle.
fn charset(media_type: &str) -> Option<&str> {
    let parameters = media_type
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='));
    let value = parameters
        .into_iter()
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?
        .1
        .trim();
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value);
    Some(value).filter(|value| is_token(value))
}

/// RFC 2045, section 5.1; longer ones than any that is registered are none.
fn is_token(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte))
}

/// The text with CRLF for each of its line ends, whichever they were.
fn with_crlf(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    while let Some(end) = rest.find(['\r', '\n']) {
        lines.push_str(&rest[..end]);
        lines.push_str("\r\n");
        let length = if rest[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + length..];
    }
    lines.push_str(rest);
    lines
}
