//! `winmail.dat`: what Outlook puts around files that it sends as "rich text" (Transport Neutral Encapsulation Format, MS-OXTNEF).
//!
//! Files are taken out, with their names, types and Content-IDs, and the text where it is plain or HTML. There is no crate for it; this reads
//! within the bounds of what it was given, and whatever does not add up ends it.

use super::charsets::{self, Charset};
use super::{File, headers};
use crate::names::{MAX_FILE_NAME, clean_file_name, media_type};

const SIGNATURE: u32 = 0x223E_9F78;

// Attributes of a message.
const BODY: u32 = 0x0002_800C;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const CODE_PAGE: u32 = 0x0006_9007;
// Attributes of a file: the first begins another.
const FILE_BEGINS: u32 = 0x0006_9002;
const FILE_TITLE: u32 = 0x0001_8010;
const FILE_DATA: u32 = 0x0006_800F;
const FILE_PROPERTIES: u32 = 0x0006_9005;

// Properties (MS-OXPROPS).
const PLAIN_BODY: u16 = 0x1000;
const RTF_BODY: u16 = 0x1009;
const HTML_BODY: u16 = 0x1013;
const DATA: u16 = 0x3701;
const SHORT_NAME: u16 = 0x3704;
const LONG_NAME: u16 = 0x3707;
const MEDIA_TYPE: u16 = 0x370E;
const CONTENT_ID: u16 = 0x3712;
const INTERNET_CODE_PAGE: u16 = 0x3FDE;

// Types of properties (MS-OXCDATA).
const OBJECT: u16 = 0x000D;
const STRING_8: u16 = 0x001E;
const UNICODE: u16 = 0x001F;
const BINARY: u16 = 0x0102;
const MANY: u16 = 0x1000;
const NUMBER: u16 = 0x0003;

/// What was in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub files: Vec<File>,
    pub text: Option<String>,
    pub html: Option<String>,
    /// Whether all of it was taken: nothing was cut off, and no message or object stands in it.
    pub is_whole: bool,
    /// Whether there is rich text, which is not read.
    pub has_rich_text: bool,
}

/// A file that is being put together.
#[derive(Default)]
struct Draft {
    title: Option<String>,
    long_name: Option<String>,
    media_type: Option<String>,
    content_id: Option<String>,
    bytes: Option<Vec<u8>>,
    is_object: bool,
}

/// Reads it; nothing if it is something else.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let mut input = Input(bytes);
    if input.number32()? != SIGNATURE {
        return None;
    }
    input.take(2)?;
    let mut reader = Reader {
        found: Found {
            is_whole: true,
            ..Found::default()
        },
        charset: None,
        html_charset: None,
        file: None,
    };
    while !input.0.is_empty() {
        if reader.attribute(&mut input).is_none() {
            reader.found.is_whole = false;
            break;
        }
    }
    reader.end_file();
    Some(reader.found)
}

struct Reader {
    found: Found,
    /// That of texts and names.
    charset: Option<Charset>,
    /// That of the HTML, if it is another.
    html_charset: Option<Charset>,
    file: Option<Draft>,
}

impl Reader {
    fn attribute(&mut self, input: &mut Input<'_>) -> Option<()> {
        let _level = input.take(1)?;
        let id = input.number32()?;
        let length = input.number32()? as usize;
        let data = input.take(length)?;
        let _checksum = input.take(2)?;
        match id {
            CODE_PAGE => self.charset = charsets::of_code_page(Input(data).number32()?),
            BODY => self.found.text = Some(self.text(data)),
            MESSAGE_PROPERTIES => {
                let properties = properties(data, &mut self.found.is_whole);
                let code_page = properties
                    .iter()
                    .find(|property| property.id == INTERNET_CODE_PAGE);
                self.html_charset = code_page
                    .and_then(|property| Input(property.value).number32())
                    .and_then(charsets::of_code_page);
                for property in properties {
                    self.of_message(&property);
                }
            }
            FILE_BEGINS => {
                self.end_file();
                self.file = Some(Draft::default());
            }
            FILE_TITLE => self.file().title = Some(self.text(data)),
            FILE_DATA => self.file().bytes = Some(data.to_vec()),
            FILE_PROPERTIES => {
                for property in properties(data, &mut self.found.is_whole) {
                    self.of_file(&property);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn file(&mut self) -> &mut Draft {
        self.file.get_or_insert_default()
    }

    fn text(&self, data: &[u8]) -> String {
        plain(&match self.charset {
            Some(charset) => charset.decode(data),
            None => charsets::decode(data, None),
        })
    }

    fn page(&self, data: &[u8]) -> String {
        plain(&match self.html_charset.or(self.charset) {
            Some(charset) => charset.decode(data),
            None => charsets::decode_html(data, None),
        })
    }

    fn string(&self, property: &Property<'_>) -> Option<String> {
        match property.kind {
            UNICODE => {
                let units: Vec<u16> = property
                    .value
                    .chunks_exact(2)
                    .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                    .collect();
                Some(plain(&String::from_utf16_lossy(&units)))
            }
            STRING_8 => Some(self.text(property.value)),
            _ => None,
        }
    }

    fn of_message(&mut self, property: &Property<'_>) {
        match (property.id, property.kind) {
            (PLAIN_BODY, _) => {
                if let Some(text) = self.string(property) {
                    self.found.text = Some(text);
                }
            }
            (HTML_BODY, BINARY) => self.found.html = Some(self.page(property.value)),
            (HTML_BODY, _) => self.found.html = self.string(property).or(self.found.html.take()),
            (RTF_BODY, _) => self.found.has_rich_text = true,
            _ => {}
        }
    }

    fn of_file(&mut self, property: &Property<'_>) {
        let string = self.string(property).filter(|text| !text.is_empty());
        let file = self.file();
        match (property.id, property.kind) {
            (DATA, BINARY) => file.bytes = Some(property.value.to_vec()),
            (DATA, OBJECT) => file.is_object = true,
            (LONG_NAME, _) => file.long_name = string.or(file.long_name.take()),
            (SHORT_NAME, _) if file.title.is_none() => file.title = string,
            (MEDIA_TYPE, _) => file.media_type = string,
            (CONTENT_ID, _) => file.content_id = string,
            _ => {}
        }
    }

    fn end_file(&mut self) {
        let Some(file) = self.file.take() else {
            return;
        };
        let Some(bytes) = file.bytes.filter(|_| !file.is_object) else {
            self.found.is_whole = false;
            return;
        };
        let name = file.long_name.or(file.title).unwrap_or_default();
        let name = match name.as_str() {
            "" => "attachment",
            name => name,
        };
        let name = clean_file_name(name, MAX_FILE_NAME);
        let declared = file.media_type.filter(|kind| is_media_type(kind));
        self.found.files.push(File {
            media_type: declared.unwrap_or_else(|| media_type(&name)),
            content_id: file
                .content_id
                .map(|id| headers::one_line(id.trim_matches(['<', '>', ' '])))
                .filter(|id| !id.is_empty()),
            is_inline: false,
            name,
            bytes,
        });
    }
}

fn is_media_type(kind: &str) -> bool {
    let is_token = |text: &str| {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !text.is_empty() && text.len() <= 127 && text.bytes().all(good)
    };
    kind.split_once('/')
        .is_some_and(|(main, sub)| is_token(main) && is_token(sub))
}

/// Text without the NULs that end it.
fn plain(text: &str) -> String {
    text.replace('\0', "")
}

struct Property<'a> {
    kind: u16,
    id: u16,
    value: &'a [u8],
}

/// The properties; `is_whole` is cleared where they end too early.
fn properties<'a>(data: &'a [u8], is_whole: &mut bool) -> Vec<Property<'a>> {
    let mut input = Input(data);
    let count = input.number32().unwrap_or(0);
    let mut found = Vec::new();
    for _ in 0..count {
        let Some(property) = property(&mut input) else {
            *is_whole = false;
            break;
        };
        found.push(property);
    }
    found
}

/// The next property, with an empty value where it is one of a fixed length that is no number, or of many.
fn property<'a>(input: &mut Input<'a>) -> Option<Property<'a>> {
    let (kind, id) = (input.number16()?, input.number16()?);
    if id >= 0x8000 {
        // A named one has its name here: a set and a number or a text.
        input.take(16)?;
        if input.number32()? == 0 {
            input.take(4)?;
        } else {
            let length = input.number32()? as usize;
            input.take_padded(length)?;
        }
    }
    let single = kind & !MANY;
    let many = kind & MANY != 0;
    if let STRING_8 | UNICODE | BINARY | OBJECT = single {
        let mut first = None;
        for _ in 0..input.number32()? {
            let length = input.number32()? as usize;
            let value = input.take_padded(length)?;
            first = first.or(Some(value));
        }
        let value = first.filter(|_| !many).unwrap_or_default();
        return Some(Property { kind, id, value });
    }
    let size: usize = match single {
        0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => 4,
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
        0x0048 => 16,
        _ => return None,
    };
    let count = if many { input.number32()? as usize } else { 1 };
    let value = input.take(size.checked_mul(count)?)?;
    let value = if kind == NUMBER { value } else { &[] };
    Some(Property { kind, id, value })
}

/// Bytes that are yet to be read; numbers are little-endian.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// As many bytes, and those up to the next multiple of four, of which the last may be missing.
    fn take_padded(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.take(count)?;
        let padding = (4 - count % 4) % 4;
        self.take(padding.min(self.0.len()))?;
        Some(taken)
    }

    fn number16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn number32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}
