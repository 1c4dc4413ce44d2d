//! What the headers of a message say.

use mail_parser::parsers::MessageStream;
use mail_parser::{DateTime, Header, HeaderName, HeaderValue, Message, MimeHeaders};

use super::{Importance, Incoming, MAX_MESSAGE_ID, charsets, mask, parameters, words};
use crate::addresses::Address;

/// The longest name or address that is kept, in bytes; a longer one is cut.
const MAX_LINE: usize = 1_000;
/// The longest subject that is kept, in characters.
const MAX_SUBJECT: usize = 1_024;
/// The most Message-IDs of a thread that are kept: the first and the latest.
const MAX_REFERENCES: usize = 100;

/// Reads the headers of a whole message, of which `raw` is the source.
pub(super) fn read(message: &Message<'_>, raw: &[u8], incoming: &mut Incoming) {
    let headers = Headers::new(message, raw);
    let addresses = |name: HeaderName<'static>| headers.addresses(&name);
    incoming.from = author(addresses(HeaderName::From), addresses(HeaderName::Sender));
    incoming.reply_to = addresses(HeaderName::ReplyTo);
    incoming.to = addresses(HeaderName::To);
    incoming.cc = addresses(HeaderName::Cc);
    incoming.bcc = addresses(HeaderName::Bcc);
    incoming.delivered_to = ["Delivered-To", "X-Original-To", "Envelope-To"]
        .iter()
        .filter_map(|name| HeaderName::parse(*name))
        .flat_map(addresses)
        .filter_map(|address| address.address)
        .collect();
    incoming.subject = headers.text(&HeaderName::Subject);
    incoming.message_id = headers.ids(&HeaderName::MessageId).into_iter().next();
    incoming.in_reply_to = headers.ids(&HeaderName::InReplyTo);
    incoming.references = headers.ids(&HeaderName::References);
    let count = incoming.references.len();
    if count > MAX_REFERENCES {
        incoming.references.drain(1..=count - MAX_REFERENCES);
    }
    incoming.date = headers.first(&HeaderName::Date).and_then(|header| {
        let HeaderValue::DateTime(date) = &header.value else {
            return None;
        };
        millis(date)
    });
    // Each server on the way puts its own above those of the others.
    incoming.received = headers
        .first(&HeaderName::Received)
        .and_then(|header| header.value.as_received()?.date())
        .and_then(|date| millis(&date));
    incoming.importance = headers.importance();
}

/// Whether a message has any of the headers that mail has: a text may begin with a word and a colon, too.
pub(super) fn is_mail(message: &Message<'_>) -> bool {
    let known = |header: &Header<'_>| !matches!(header.name, HeaderName::Other(_));
    message
        .parts
        .first()
        .is_some_and(|part| part.headers.iter().any(known))
}

/// The file name that a part has, decoded.
pub(super) fn file_name(
    headers: &[Header<'_>],
    raw: &[u8],
    charset: Option<&str>,
) -> Option<String> {
    let named = |name: &HeaderName<'_>, attribute: &str| {
        let header = headers.iter().rev().find(|header| header.name == *name)?;
        let whole = || parameters::extended(&source(header, raw), attribute);
        let value = match (whole(), repaired(header, raw, charset)) {
            (Some(value), _) => value,
            (None, Some(text)) => {
                let parsed = MessageStream::new(text.as_bytes()).parse_content_type();
                parsed.as_content_type()?.attribute(attribute)?.to_owned()
            }
            (None, None) => header
                .value
                .as_content_type()?
                .attribute(attribute)?
                .to_owned(),
        };
        Some(value).filter(|name| !name.trim().is_empty())
    };
    named(&HeaderName::ContentDisposition, "filename")
        .or_else(|| named(&HeaderName::ContentType, "name"))
}

/// How a part is encoded, in lower case: the word alone, without the quotes and comments that some put around it.
pub(super) fn encoding(headers: &[Header<'_>], raw: &[u8]) -> String {
    let is_it = |header: &&Header<'_>| header.name.as_str().eq_ignore_ascii_case(mask::ENCODING);
    let Some(header) = headers.iter().rev().find(is_it) else {
        return String::new();
    };
    let value = source(header, raw).to_ascii_lowercase();
    let is_of_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let word = value.trim_start_matches(|character| !is_of_word(character));
    let end = word.find(|character| !is_of_word(character));
    word[..end.unwrap_or(word.len())].to_owned()
}

/// Who wrote a message: the first who has an address, with the words before him, since a name with a comma in it looks like two people.
fn author(from: Vec<Address>, sender: Vec<Address>) -> Address {
    let has_address = |list: &[Address]| list.iter().any(|one| one.address.is_some());
    let list = if has_address(&from) || !has_address(&sender) {
        from
    } else {
        sender
    };
    let Some(place) = list.iter().position(|one| one.address.is_some()) else {
        return list.into_iter().next().unwrap_or_default();
    };
    let names: Vec<&str> = list[..=place]
        .iter()
        .map(|one| one.display_name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let name = names.join(", ");
    Address {
        display_name: name[..name.floor_char_boundary(MAX_LINE)].to_owned(),
        address: list[place].address.clone(),
    }
}

fn millis(date: &DateTime) -> Option<i64> {
    date.is_valid()
        .then(|| date.to_timestamp().saturating_mul(1_000))
        .filter(|time| *time > 0)
}

struct Headers<'m, 'x> {
    all: &'m [Header<'x>],
    raw: &'m [u8],
    charset: Option<String>,
}

impl<'m, 'x> Headers<'m, 'x> {
    fn new(message: &'m Message<'x>, raw: &'m [u8]) -> Self {
        Self {
            all: message.headers(),
            raw,
            charset: declared_charset(message),
        }
    }

    fn first(&self, name: &HeaderName<'_>) -> Option<&Header<'x>> {
        self.all.iter().find(|header| header.name == *name)
    }

    /// An unstructured header as one line.
    fn text(&self, name: &HeaderName<'_>) -> String {
        let Some(header) = self.first(name) else {
            return String::new();
        };
        let repaired = repaired(header, self.raw, self.charset.as_deref());
        let text = match &repaired {
            Some(text) => match MessageStream::new(text.as_bytes()).parse_unstructured() {
                HeaderValue::Text(text) => text.into_owned(),
                _ => String::new(),
            },
            None => header.value.as_text().unwrap_or_default().to_owned(),
        };
        one_line(&text).chars().take(MAX_SUBJECT).collect()
    }

    /// The addresses of all headers of this name.
    fn addresses(&self, name: &HeaderName<'_>) -> Vec<Address> {
        let mut addresses = Vec::new();
        for header in self.all.iter().filter(|header| header.name == *name) {
            let text = repaired(header, self.raw, self.charset.as_deref());
            if text.is_none()
                && let HeaderValue::Address(list) = &header.value
            {
                addresses.extend(list.iter().filter_map(address));
                continue;
            }
            let text = text.unwrap_or_else(|| source(header, self.raw));
            if let HeaderValue::Address(list) = MessageStream::new(text.as_bytes()).parse_address()
            {
                addresses.extend(list.iter().filter_map(address));
            }
        }
        addresses
    }

    /// The Message-IDs of a header.
    fn ids(&self, name: &HeaderName<'_>) -> Vec<String> {
        let good = |id: &str| {
            let id = id.trim();
            let is_id = !id.is_empty()
                && id.len() <= MAX_MESSAGE_ID
                && !id.contains(|character: char| {
                    character.is_control() || character.is_whitespace()
                });
            is_id.then(|| id.to_owned())
        };
        match self.first(name).map(|header| &header.value) {
            Some(HeaderValue::Text(id)) => good(id).into_iter().collect(),
            Some(HeaderValue::TextList(ids)) => ids.iter().filter_map(|id| good(id)).collect(),
            _ => Vec::new(),
        }
    }

    fn importance(&self) -> Importance {
        let value = |name: HeaderName<'static>| {
            let header = self.first(&name)?;
            Some(source(header, self.raw).trim().to_ascii_lowercase())
        };
        let names = [
            HeaderName::Importance,
            HeaderName::Other("X-Priority".into()),
            HeaderName::Other("X-MSMail-Priority".into()),
            HeaderName::Priority,
        ];
        for said in names.into_iter().filter_map(value) {
            match said.as_bytes() {
                [b'h' | b'u' | b'1' | b'2', ..] => return Importance::High,
                [b'l' | b'4' | b'5', ..] => return Importance::Low,
                _ if said.starts_with("non-urgent") => return Importance::Low,
                _ => {}
            }
        }
        Importance::Normal
    }
}

/// The first charset that any part declares: programs that put bytes into headers as they are use that of the text.
pub(super) fn declared_charset(message: &Message<'_>) -> Option<String> {
    let declared = |part: &mail_parser::MessagePart<'_>| {
        part.content_type()?.attribute("charset").map(str::to_owned)
    };
    message.parts.iter().find_map(declared)
}

/// A header's value again, where the parser does not read it right: it has encoded words, or bytes that stand there against the rules, neither
/// ASCII nor UTF-8, or the shifts of ISO-2022-JP.
fn repaired(header: &Header<'_>, raw: &[u8], charset: Option<&str>) -> Option<String> {
    let bytes = bytes_of(header, raw);
    let is_shifted = bytes.windows(2).any(|pair| pair == b"\x1b$");
    let text = match str::from_utf8(bytes) {
        _ if is_shifted => charsets::decode(bytes, Some("iso-2022-jp")),
        Ok(text) if !text.contains("=?") => return None,
        Ok(text) => text.into(),
        // The text may be UTF-8; this is not.
        Err(_) if charset.is_some_and(charsets::is_utf8) => charsets::decode(bytes, None),
        Err(_) => charsets::decode(bytes, charset),
    };
    let mut text = words::rewritten(&text).into_owned();
    text.push('\n');
    Some(text)
}

/// A header's value as it stands in the message.
pub(super) fn bytes_of<'a>(header: &Header<'_>, raw: &'a [u8]) -> &'a [u8] {
    let (start, end) = (header.offset_start as usize, header.offset_end as usize);
    raw.get(start..end).unwrap_or_default()
}

/// The same as text with a line's end, which the parser waits for.
fn source(header: &Header<'_>, raw: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes_of(header, raw)).into_owned();
    text.push('\n');
    text
}

fn address(found: &mail_parser::Addr<'_>) -> Option<Address> {
    let line = |text: &str| {
        let line = one_line(text);
        line[..line.floor_char_boundary(MAX_LINE)].to_owned()
    };
    let address = Address {
        display_name: found.name().map(line).unwrap_or_default(),
        address: found.address().map(line).filter(|text| !text.is_empty()),
    };
    (address != Address::default()).then_some(address)
}

/// The text with a space for each control character, and without spaces at its ends.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    plain.trim().to_owned()
}
