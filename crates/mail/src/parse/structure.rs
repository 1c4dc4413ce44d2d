//! From the parser's parts to bodies, files and attached messages.

use std::borrow::Cow;
use std::collections::HashSet;

use encodify::{base64, qp};
use mail_parser::decoders::html::{html_to_text, text_to_html};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{
    Attached, File, Incoming, MAX_DEPTH, Unreadable, charsets, flowed, headers, mask, mend, tnef,
};
use crate::names::{MAX_FILE_NAME, clean_file_name, extension_of};

/// The parser may look through the rest of a message once for each multipart in it. This is how many bytes it may look at in all.
const MOST_LOOKED_AT: usize = 20 << 30;

/// Reads a message; `left` is how many files and messages may still be kept.
pub(super) fn read(raw: &[u8], depth: usize, left: &mut usize) -> Result<Incoming, Unreadable> {
    if multiparts(raw).saturating_mul(raw.len()) > MOST_LOOKED_AT {
        return Err(Unreadable::TooIntricate);
    }
    let mended = mend::mended(raw);
    let raw = mended.as_ref();
    let masked = mask::masked(raw);
    let parser = MessageParser::default();
    let message = parser
        .parse(masked.as_ref())
        .filter(headers::is_mail)
        .ok_or(Unreadable::NoMail)?;
    let mut incoming = Incoming::default();
    headers::read(&message, raw, &mut incoming);
    let reader = Reader {
        charset: headers::declared_charset(&message),
        digested: digested(&message),
        message: &message,
        raw,
        depth,
    };
    reader.bodies(&mut incoming);
    reader.attachments(&mut incoming, left)?;
    Ok(incoming)
}

/// How many multiparts it may have at the most.
fn multiparts(raw: &[u8]) -> usize {
    let word = b"multipart";
    raw.windows(word.len())
        .filter(|window| window.eq_ignore_ascii_case(word))
        .count()
}

/// The parts of digests that have no type of their own: messages.
fn digested(message: &Message<'_>) -> HashSet<u32> {
    let mut found = HashSet::new();
    for part in &message.parts {
        if let PartType::Multipart(children) = &part.body
            && let Some(kind) = part.content_type()
            && mask::is_digest(kind.ctype(), kind.subtype())
        {
            let untyped = |id: &&u32| {
                let child = message.parts.get(**id as usize);
                child.is_some_and(|child| child.content_type().is_none())
            };
            found.extend(children.iter().filter(untyped));
        }
    }
    found
}

struct Reader<'m, 'x> {
    message: &'m Message<'x>,
    raw: &'m [u8],
    /// The first charset that the message declares.
    charset: Option<String>,
    digested: HashSet<u32>,
    depth: usize,
}

impl<'x> Reader<'_, 'x> {
    fn part(&self, id: u32) -> Option<&MessagePart<'x>> {
        self.message.parts.get(id as usize)
    }

    /// What is to be read: the text where there is any, the HTML where there is any. A message that says one half in this and the other in
    /// that has both whole.
    fn bodies(&self, incoming: &mut Incoming) {
        let parts = |ids: &[u32]| -> Vec<&MessagePart<'x>> {
            let own = ids.iter().filter(|id| !self.digested.contains(id));
            own.filter_map(|id| self.part(*id)).collect()
        };
        let (texts, htmls) = (
            parts(&self.message.text_body),
            parts(&self.message.html_body),
        );
        if texts
            .iter()
            .any(|part| matches!(part.body, PartType::Text(_)))
        {
            let shown = texts.iter().filter_map(|part| match part.body {
                PartType::Text(_) => Some(self.plain(part)),
                PartType::Html(_) => Some(html_to_text(&self.decoded_text(part))),
                _ => None,
            });
            incoming.text = Some(joined(shown, "\n"));
        }
        if htmls
            .iter()
            .any(|part| matches!(part.body, PartType::Html(_)))
        {
            let shown = htmls.iter().filter_map(|part| match part.body {
                PartType::Text(_) => Some(text_to_html(&self.plain(part))),
                PartType::Html(_) => Some(self.decoded_text(part).into_owned()),
                _ => None,
            });
            incoming.html = Some(joined(shown, "\n"));
        }
        // It promises parts and has none: then it is a text.
        if let [only] = &self.message.parts[..]
            && is_multipart(only)
        {
            incoming.text = Some(self.plain(only));
        }
    }

    /// A plain text as its reader is to see it.
    fn plain(&self, part: &MessagePart<'_>) -> String {
        let text = self.decoded_text(part).replace("\r\n", "\n");
        let is = |name: &str, value: &str| {
            let kind = part.content_type();
            kind.and_then(|kind| kind.attribute(name))
                .is_some_and(|said| said.eq_ignore_ascii_case(value))
        };
        if is("format", "flowed") {
            flowed::unflow(&text, is("delsp", "yes"))
        } else {
            text
        }
    }

    fn decoded_text(&self, part: &MessagePart<'_>) -> Cow<'_, str> {
        let bytes = self.bytes(part);
        let charset = part
            .content_type()
            .and_then(|kind| kind.attribute("charset"));
        let text = match part.body {
            PartType::Html(_) => charsets::decode_html(&bytes, charset),
            _ => charsets::decode(&bytes, charset),
        };
        // No database takes a NUL in a text, and no reader shows one.
        Cow::Owned(text.replace('\0', ""))
    }

    /// The bytes of a part, taken from the original and decoded.
    fn bytes(&self, part: &MessagePart<'_>) -> Vec<u8> {
        let (start, end) = (part.offset_body as usize, part.offset_end as usize);
        let encoded = self.raw.get(start..end).unwrap_or_default();
        match headers::encoding(&part.headers, self.raw).as_str() {
            "base64" => base64::MIME
                .decode(encoded)
                .unwrap_or_else(|_| rescued(encoded)),
            "quoted-printable" => qp::BODY
                .decode(encoded)
                .map_or_else(|_| encoded.to_vec(), Cow::into_owned),
            _ => encoded.to_vec(),
        }
    }

    fn attachments(&self, incoming: &mut Incoming, left: &mut usize) -> Result<(), Unreadable> {
        let mut ids: Vec<u32> = self.message.attachments.clone();
        ids.extend(&self.digested);
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let Some(part) = self.part(id) else {
                continue;
            };
            let kind = part.content_type();
            let is_message = self.digested.contains(&id)
                || kind.is_some_and(|kind| mask::is_message(kind.ctype(), kind.subtype()));
            if is_message {
                self.attached(part, incoming, left)?;
            } else if self.message.parts.len() == 1 && is_multipart(part) {
                // Its text, which was read before.
            } else if !self.winmail(part, incoming, left)? {
                take(left, 1)?;
                incoming.files.push(self.file(part));
            }
        }
        Ok(())
    }

    fn attached(
        &self,
        part: &MessagePart<'_>,
        incoming: &mut Incoming,
        left: &mut usize,
    ) -> Result<(), Unreadable> {
        take(left, 1)?;
        let raw = self.bytes(part);
        let content = if self.depth < MAX_DEPTH {
            read(&raw, self.depth + 1, left)
        } else {
            Err(Unreadable::TooIntricate)
        };
        match content {
            Ok(content) => incoming.messages.push(Attached {
                raw: if self.depth == 0 { raw } else { Vec::new() },
                content,
            }),
            Err(error @ Unreadable::TooManyParts(_)) => return Err(error),
            Err(_) => incoming.files.push(self.named(part, raw, "message.eml")),
        }
        Ok(())
    }

    /// Takes what is in a `winmail.dat` in the place of it; false if that is not what it is, or it cannot be read to its end.
    fn winmail(
        &self,
        part: &MessagePart<'_>,
        incoming: &mut Incoming,
        left: &mut usize,
    ) -> Result<bool, Unreadable> {
        let is_typed = part.content_type().is_some_and(|kind| {
            kind.subtype().is_some_and(|subtype| {
                subtype.eq_ignore_ascii_case("ms-tnef")
                    || subtype.eq_ignore_ascii_case("vnd.ms-tnef")
            })
        });
        let is_named = part
            .attachment_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"));
        if !is_typed && !is_named {
            return Ok(false);
        }
        let Some(found) = tnef::read(&self.bytes(part)) else {
            return Ok(false);
        };
        take(left, found.files.len())?;
        if incoming.html.is_none() {
            incoming.html = found.html;
        }
        if incoming.text.as_deref().is_none_or(str::is_empty) && found.text.is_some() {
            incoming.text = found.text;
        }
        incoming.files.extend(found.files);
        // What it has that is not read here is lost to nobody: then the file stays, too.
        let is_silent = incoming.text.is_none() && incoming.html.is_none();
        Ok(found.is_whole && !(found.has_rich_text && is_silent))
    }

    fn file(&self, part: &MessagePart<'_>) -> File {
        let kind = media_type(part);
        let unnamed = match extension_of(&kind) {
            Some(extension) => format!("attachment.{extension}"),
            None => "attachment".to_owned(),
        };
        self.named(part, self.bytes(part), &unnamed)
    }

    fn named(&self, part: &MessagePart<'_>, bytes: Vec<u8>, unnamed: &str) -> File {
        let name = headers::file_name(&part.headers, self.raw, self.charset.as_deref());
        let content_id = part
            .content_id()
            .map(|id| headers::one_line(id.trim_matches(['<', '>', ' '])))
            .filter(|id| !id.is_empty() && id.len() <= super::MAX_MESSAGE_ID);
        File {
            name: clean_file_name(name.as_deref().unwrap_or(unnamed), MAX_FILE_NAME),
            media_type: media_type(part),
            content_id,
            is_inline: part
                .content_disposition()
                .is_some_and(mail_parser::ContentType::is_inline),
            bytes,
        }
    }
}

fn is_multipart(part: &MessagePart<'_>) -> bool {
    let kind = part.content_type();
    kind.is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("multipart"))
}

/// What can be had of a part in base64 that is not in order. Behind its padding stands what others wrote, such as the footers of lists.
fn rescued(encoded: &[u8]) -> Vec<u8> {
    let is_of_it = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let own = encoded.iter().copied().take_while(|byte| *byte != b'=');
    let letters: Vec<u8> = own.filter(is_of_it).collect();
    base64::MIME.decode(letters).unwrap_or_default()
}

fn take(left: &mut usize, count: usize) -> Result<(), Unreadable> {
    *left = left
        .checked_sub(count)
        .ok_or(Unreadable::TooManyParts(count))?;
    Ok(())
}

fn joined(texts: impl Iterator<Item = String>, between: &str) -> String {
    let mut out = String::new();
    for text in texts {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(between);
        }
        out.push_str(&text);
    }
    out
}

/// What a part says it is, with its charset: `type/subtype` of token characters (RFC 2045), else bytes of any kind.
fn media_type(part: &MessagePart<'_>) -> String {
    const ANY: &str = "application/octet-stream";
    let Some(kind) = part.content_type() else {
        let is_text = matches!(part.body, PartType::Text(_));
        return if is_text { "text/plain" } else { ANY }.to_owned();
    };
    let is_token = |text: &str| {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !text.is_empty() && text.len() <= 127 && text.bytes().all(good)
    };
    let (main, sub) = (
        kind.ctype().to_ascii_lowercase(),
        mask::unmasked(kind.subtype().unwrap_or_default()),
    );
    if !is_token(&main) || !is_token(&sub) {
        return ANY.to_owned();
    }
    match kind.attribute("charset") {
        Some(charset) if main == "text" && is_token(charset) => {
            format!("{main}/{sub}; charset={}", charset.to_ascii_lowercase())
        }
        _ => format!("{main}/{sub}"),
    }
}
