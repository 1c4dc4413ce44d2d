//! What is to be kept of a message, worked out before anything is written.

use std::collections::{HashMap, HashSet};

use mail::compose::{is_identifier, referenced_content_ids};
use mail::html;
use mail::names::{self, clean_file_name};
use mail::parse::{File, Importance, Incoming};

use super::recipients;
use crate::email::content::{Body, Recipients};
use crate::email::note::Note;
use crate::language::Language;
use crate::rules::Rules;

/// The longest plain text that is kept as a text; a longer one is a file, and begins the text.
const LONGEST_TEXT: usize = html::MAX_HTML;
/// How much of a longer one is shown.
const SHOWN_TEXT: usize = 64 << 10;

/// A message as it will be kept. Bytes are named by their place among the pieces.
pub(super) struct Plan {
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub thread: Vec<String>,
    pub date: Option<i64>,
    pub received: Option<i64>,
    pub delivered_to: Vec<String>,
    pub importance: i16,
    pub subject: String,
    pub recipients: Recipients,
    pub bodies: Vec<Body>,
    pub files: Vec<PlannedFile>,
    /// Each before those in it.
    pub messages: Vec<PlannedMessage>,
    /// Its source.
    pub source: usize,
}

/// A file.
pub(super) struct PlannedFile {
    pub name: String,
    pub media_type: String,
    pub content_id: Option<String>,
    pub piece: usize,
}

/// An attached message.
pub(super) struct PlannedMessage {
    /// The place of the message that it is in.
    pub inside: Option<usize>,
    pub subject: String,
    pub recipients: Recipients,
    pub bodies: Vec<Body>,
    /// When it was sent; else when that was which it is attached to, as far as they say so.
    pub dated_at: Option<i64>,
    /// Its source, if it is attached to the email itself.
    pub piece: Option<usize>,
    pub files: Vec<PlannedFile>,
}

/// Bytes that are to be written, the same ones once.
#[derive(Default)]
struct Pieces {
    all: Vec<Vec<u8>>,
    known: HashMap<blake3::Hash, usize>,
}

impl Pieces {
    fn add(&mut self, bytes: Vec<u8>) -> usize {
        let next = self.all.len();
        let place = *self.known.entry(blake3::hash(&bytes)).or_insert(next);
        if place == next {
            self.all.push(bytes);
        }
        place
    }
}

/// Works out what is kept of a message, and which bytes are to be written for it. One with a `problem` was not taken apart: its source is attached.
pub(super) fn make(
    mut incoming: Incoming,
    problem: Option<Note>,
    raw: &[u8],
    rules: &Rules,
) -> (Plan, Vec<Vec<u8>>) {
    let mut pieces = Pieces::default();
    let source = pieces.add(raw.to_vec());
    let mut maker = Maker {
        rules,
        pieces: &mut pieces,
        messages: Vec::new(),
    };
    if problem.is_some() {
        incoming.text = None;
        incoming.html = None;
        incoming.files = vec![File {
            name: "message.eml".to_owned(),
            media_type: "message/rfc822".to_owned(),
            bytes: raw.to_vec(),
            ..File::default()
        }];
    }
    let (mut bodies, files) = maker.content(&mut incoming);
    bodies.extend(problem.map(|note| Body {
        html: false,
        text: note.text(Language::English),
        note: Some(note),
    }));
    maker.nested(&mut incoming, None, None);
    let messages = maker.messages;
    let plan = Plan {
        message_id: incoming.message_id.take(),
        in_reply_to: std::mem::take(&mut incoming.in_reply_to),
        thread: std::mem::take(&mut incoming.references),
        date: incoming.date,
        received: incoming.received,
        delivered_to: std::mem::take(&mut incoming.delivered_to),
        importance: match incoming.importance {
            Importance::Low => 0,
            Importance::Normal => 1,
            Importance::High => 2,
        },
        subject: std::mem::take(&mut incoming.subject),
        recipients: recipients(&mut incoming),
        bodies,
        files,
        messages,
        source,
    };
    (plan, pieces.all)
}

struct Maker<'a> {
    rules: &'a Rules,
    pieces: &'a mut Pieces,
    messages: Vec<PlannedMessage>,
}

impl Maker<'_> {
    /// The texts and the files of a message.
    fn content(&mut self, incoming: &mut Incoming) -> (Vec<Body>, Vec<PlannedFile>) {
        let renamed = self.name_inline_files(&mut incoming.files);
        let mut bodies = Vec::new();
        let mut referenced = HashSet::new();
        let as_it_came = incoming.html.take();
        let cleaned = as_it_came
            .as_deref()
            .map(|html_text| html::clean(html_text, renamed));
        match (cleaned, as_it_came) {
            (Some(Some(safe)), _) => {
                referenced = referenced_content_ids(&safe);
                bodies.push(Body {
                    html: true,
                    text: safe,
                    note: None,
                });
            }
            // Too much to be shown: it is a file, and what it says the text.
            (_, Some(too_long)) => {
                if incoming.text.is_none() {
                    incoming.text = Some(html::to_text(&too_long));
                }
                incoming
                    .files
                    .push(text_file("message.html", "text/html", too_long));
            }
            (_, None) => {}
        }
        if let Some(mut text) = incoming.text.take() {
            if text.len() > LONGEST_TEXT {
                let shown = text[..text.floor_char_boundary(SHOWN_TEXT)].to_owned();
                let whole = std::mem::replace(&mut text, shown);
                incoming
                    .files
                    .push(text_file("message.txt", "text/plain", whole));
            }
            let note = None;
            bodies.insert(
                0,
                Body {
                    html: false,
                    text,
                    note,
                },
            );
        }
        let limit = self.rules.limits.file_name_bytes();
        let files = std::mem::take(&mut incoming.files);
        let planned = files.into_iter().map(|file| PlannedFile {
            name: clean_file_name(&file.name, limit),
            media_type: file.media_type,
            content_id: file
                .content_id
                .filter(|id| file.is_inline || referenced.contains(id)),
            piece: self.pieces.add(file.bytes),
        });
        let planned = planned.collect();
        (bodies, planned)
    }

    /// Gives a new Content-ID to each file whose own could not be written again, or is that of another. Gives the new names of the old ones.
    fn name_inline_files(&self, files: &mut [File]) -> html::Renamed {
        let mut renamed = html::Renamed::new();
        let mut seen = HashSet::new();
        for file in files {
            let Some(old) = &file.content_id else {
                continue;
            };
            if is_identifier(old) && seen.insert(old.clone()) {
                continue;
            }
            let new = names::content_id(&self.rules.domain);
            if !seen.contains(old) {
                renamed.entry(old.clone()).or_insert_with(|| new.clone());
            }
            file.content_id = Some(new);
        }
        renamed
    }

    /// The messages attached to a message, each before those in it.
    fn nested(&mut self, incoming: &mut Incoming, inside: Option<usize>, outer: Option<i64>) {
        for mut message in std::mem::take(&mut incoming.messages) {
            let content = &mut message.content;
            let (bodies, files) = self.content(content);
            let piece = inside
                .is_none()
                .then(|| self.pieces.add(std::mem::take(&mut message.raw)));
            let place = self.messages.len();
            let dated_at = content.received.or(content.date).or(outer);
            self.messages.push(PlannedMessage {
                inside,
                subject: std::mem::take(&mut content.subject),
                recipients: recipients(content),
                bodies,
                dated_at,
                piece,
                files,
            });
            self.nested(content, Some(place), dated_at);
        }
    }
}

fn text_file(name: &str, media_type: &str, text: String) -> File {
    File {
        name: name.to_owned(),
        media_type: format!("{media_type}; charset=utf-8"),
        bytes: text.into_bytes(),
        ..File::default()
    }
}
