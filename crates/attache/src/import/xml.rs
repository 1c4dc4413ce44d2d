//! The XML in which the original product exports a library: a document with nodes, each with items. A node becomes a category; the answer of
//! an item is its text, its address, or the name of a file, which is looked for beside the XML.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::about::{About, AboutType};
use super::{Content, Entry, LeftOut, Scanned};

/// The largest of these documents, in bytes.
const MOST: u64 = 64 << 20;

const DOCUMENT: &[u8] = b"I3_Response_Management_Document";
const NODE: &[u8] = b"ResMgt_Node";
const ITEM: &[u8] = b"ResMgt_Item";

/// Reads such a document.
///
/// # Errors
/// If it cannot be read, is too large, or is none.
pub fn read(path: &Path) -> Result<Scanned, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MOST {
        return Err(super::too_large("document", MOST));
    }
    let text = fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(text).map_err(|_| "it is not UTF-8; save it as UTF-8")?;
    let folder = path.parent().unwrap_or(Path::new("."));
    Parser::new(folder).run(text.strip_prefix('\u{FEFF}').unwrap_or(&text))
}

/// An item that is being read.
struct Open {
    title: String,
    kind: String,
    answer: String,
}

struct Parser<'a> {
    /// Where files are looked for.
    folder: &'a Path,
    scanned: Scanned,
    /// The title of the node that is being read, and what is in it.
    node: Option<(String, Vec<Entry>)>,
    item: Option<Open>,
    is_document: bool,
}

impl<'a> Parser<'a> {
    fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            scanned: Scanned::default(),
            node: None,
            item: None,
            is_document: false,
        }
    }

    fn run(mut self, text: &str) -> Result<Scanned, String> {
        let mut reader = Reader::from_str(text);
        loop {
            let event = reader
                .read_event()
                .map_err(|error| format!("it is not well-formed XML: {error}"))?;
            match event {
                Event::Start(element) => self.begin(&element)?,
                Event::Empty(element) => {
                    self.begin(&element)?;
                    self.end(element.local_name().as_ref());
                }
                Event::End(element) => self.end(element.local_name().as_ref()),
                Event::CData(data) => {
                    let data = data.into_inner();
                    self.answer(&String::from_utf8_lossy(&data));
                }
                Event::Text(text) => {
                    let text = text.decode().map_err(|error| error.to_string())?;
                    self.answer(&text);
                }
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|error| error.to_string())?;
                    let text = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character.to_string(),
                        _ => quick_xml::escape::resolve_predefined_entity(&name)
                            .ok_or("it refers to something that it does not have")?
                            .to_owned(),
                    };
                    self.answer(&text);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if !self.is_document || self.item.is_some() || self.node.is_some() {
            return Err("it is no export of a response management library".into());
        }
        Ok(self.scanned)
    }

    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let attribute = |name: &str| -> Result<Option<String>, String> {
            let found = element
                .try_get_attribute(name)
                .map_err(|error| format!("it is not well-formed XML: {error}"))?;
            let value = found.map(|found| {
                found
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map(Cow::into_owned)
            });
            value
                .transpose()
                .map_err(|error| format!("it is not well-formed XML: {error}"))
        };
        match element.local_name().as_ref() {
            DOCUMENT => {
                self.is_document = true;
                self.scanned.about = About {
                    name: attribute("title")?,
                    description: attribute("description")?.filter(|text| !text.is_empty()),
                    ..About::default()
                };
            }
            _ if !self.is_document => {
                return Err("it is no export of a response management library".into());
            }
            NODE => {
                if self.node.is_some() {
                    return Err("a node stands in another one".into());
                }
                self.node = Some((attribute("title")?.unwrap_or_default(), Vec::new()));
            }
            ITEM => {
                self.item = Some(Open {
                    title: attribute("title")?.unwrap_or_default(),
                    kind: attribute("type")?.unwrap_or_default().to_lowercase(),
                    answer: String::new(),
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, text: &str) {
        if let Some(item) = &mut self.item {
            item.answer.push_str(text);
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            ITEM => {
                if let Some(item) = self.item.take() {
                    self.take(item);
                }
            }
            NODE => {
                if let Some((title, entries)) = self.node.take() {
                    let mut entry = Entry::new(title.clone(), Content::Folder(entries));
                    entry.about.name = Some(title);
                    entry.name = free_name(&entry.name, "", &self.scanned.entries);
                    self.scanned.entries.push(entry);
                }
            }
            _ => {}
        }
    }

    /// Takes an item, or says why not.
    fn take(&mut self, item: Open) {
        let above = self.node.as_ref().map_or("", |(title, _)| title.as_str());
        let shown = if above.is_empty() {
            item.title.clone()
        } else {
            format!("{above}/{}", item.title)
        };
        let answer = item.answer.trim().to_owned();
        let (end, kind, content) = match item.kind.as_str() {
            "text" | "" => (".html", AboutType::Text, bytes(item.answer.trim())),
            "url" => (".url", AboutType::Link, bytes(&answer)),
            "file" => match self.beside(&answer) {
                Ok(content) => ("", AboutType::File, content),
                Err(reason) => {
                    self.scanned.left_out.push(LeftOut::new(shown, reason));
                    return;
                }
            },
            other => {
                let reason = format!("it is of a type that is not known: {other}");
                self.scanned.left_out.push(LeftOut::new(shown, reason));
                return;
            }
        };
        let name = match kind {
            AboutType::File => base_name(&answer).to_owned(),
            _ => item.title.clone(),
        };
        let into = match &mut self.node {
            Some((_, entries)) => entries,
            None => &mut self.scanned.entries,
        };
        let mut entry = Entry::new(free_name(&name, end, into), content);
        entry.about.name = Some(item.title);
        entry.about.kind = Some(kind);
        into.push(entry);
    }

    /// The file of an item: the original's answer is where it lay on its own server; here it lies beside the XML.
    fn beside(&self, answer: &str) -> Result<Content, String> {
        let name = base_name(answer);
        let path = self.folder.join(name);
        let found = fs::symlink_metadata(&path).ok();
        match found.filter(|found| found.is_file() && !name.is_empty()) {
            Some(found) => Ok(Content::File(path, found.len())),
            None => Err(format!("its file `{name}` does not lie beside the XML")),
        }
    }
}

fn bytes(text: &str) -> Content {
    Content::Bytes(Cow::Owned(text.as_bytes().to_vec()))
}

/// What a file is called, of a path as Windows or an address has it.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path).trim()
}

/// A name that no entry has: the titles of the original need not differ, and ids follow from names.
fn free_name(name: &str, end: &str, entries: &[Entry]) -> String {
    let taken: HashSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let first = format!("{name}{end}");
    if !taken.contains(first.as_str()) {
        return first;
    }
    let numbered = (2..).map(|number| format!("{name} ({number}){end}"));
    let mut free = numbered.filter(|name| !taken.contains(name.as_str()));
    free.next().unwrap_or(first)
}
