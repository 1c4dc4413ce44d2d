//! The XML in which the original product exports a library: a document with nodes, each with items. A node becomes a category; the answer of
//! an item is its text, its address, or the name of a file, which is looked for beside the XML.
//!
//! A document is taken whole or not at all: one that has not ended, or has something behind its end, is refused. What is in it and has no
//! place in a library is left out, and said.

mod names;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use self::names::{Names, base_name, default_title};
use super::about::{About, AboutType};
use super::{Content, Entry, LeftOut, Scanned};

/// The largest of these documents, in bytes.
const MOST: u64 = 64 << 20;

const DOCUMENT: &str = "I3_Response_Management_Document";
const NODE: &str = "ResMgt_Node";
const ITEM: &str = "ResMgt_Item";

const NO_EXPORT: &str = "it is no export of a response management library";

/// Reads such a document.
///
/// # Errors
/// If it cannot be read, is too large, is none, or is not one whole document.
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

/// Where in a document something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    Node,
    Item,
    /// In something that is left out.
    LeftOut,
}

/// The document or a node that is being read.
#[derive(Default)]
struct Folder {
    title: String,
    entries: Vec<Entry>,
    names: Names,
}

/// An item that is being read.
struct Open {
    title: Option<String>,
    kind: String,
    answer: String,
    /// Why it is left out.
    problem: Option<String>,
}

struct Parser<'a> {
    /// Where files are looked for.
    beside: &'a Path,
    /// What is being read, from the document on.
    places: Vec<Place>,
    has_ended: bool,
    about: About,
    top: Folder,
    node: Option<Folder>,
    item: Option<Open>,
    /// Whether it was said already that text stands here outside of items.
    has_said_text: bool,
    /// Attributes that are not known, each with its element.
    attributes: BTreeSet<(&'static str, String)>,
    left_out: Vec<LeftOut>,
}

impl<'a> Parser<'a> {
    fn new(beside: &'a Path) -> Self {
        Self {
            beside,
            places: Vec::new(),
            has_ended: false,
            about: About::default(),
            top: Folder::default(),
            node: None,
            item: None,
            has_said_text: false,
            attributes: BTreeSet::new(),
            left_out: Vec::new(),
        }
    }

    fn run(mut self, text: &str) -> Result<Scanned, String> {
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().map_err(malformed)? {
                Event::Start(element) => self.begin(&element)?,
                Event::Empty(element) => {
                    self.begin(&element)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::CData(data) => self.text(&String::from_utf8_lossy(&data.into_inner()))?,
                Event::Text(text) => self.text(&text.decode().map_err(malformed)?)?,
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(malformed)?;
                    let text = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character.to_string(),
                        _ => quick_xml::escape::resolve_predefined_entity(&name)
                            .ok_or("it refers to something that it does not have")?
                            .to_owned(),
                    };
                    self.text(&text)?;
                }
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
            }
        }
        match (self.has_ended, self.places.is_empty()) {
            (true, _) => Ok(self.scanned()),
            (false, true) => Err(NO_EXPORT.into()),
            (false, false) => Err("it is cut off: its document does not end".into()),
        }
    }

    fn scanned(self) -> Scanned {
        let mut left_out = self.left_out;
        let unknown = self.attributes.into_iter().map(|(element, attribute)| {
            let reason = format!("its attribute `{attribute}` is not known");
            LeftOut::new(element, reason)
        });
        left_out.extend(unknown);
        let order = order(&self.top.entries);
        Scanned {
            entries: self.top.entries,
            about: About {
                order,
                ..self.about
            },
            left_out,
        }
    }

    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        self.has_said_text = false;
        let name = element.local_name();
        let name = String::from_utf8_lossy(name.as_ref());
        let place = match (self.places.last(), &*name) {
            (None, _) if self.has_ended => return Err(behind_its_end()),
            (None, DOCUMENT) => {
                let [title, description] =
                    self.attributes(element, DOCUMENT, ["title", "description"])?;
                self.about = About {
                    name: title.filter(|title| !title.trim().is_empty()),
                    description: description.filter(|text| !text.is_empty()),
                    ..About::default()
                };
                Place::Document
            }
            (None, _) => return Err(NO_EXPORT.into()),
            (Some(Place::Document), NODE) => {
                let [title] = self.attributes(element, NODE, ["title"])?;
                let title = title.filter(|title| !title.trim().is_empty());
                self.node = Some(Folder {
                    title: title.unwrap_or_else(|| names::UNTITLED.to_owned()),
                    ..Folder::default()
                });
                Place::Node
            }
            (Some(Place::Node), NODE) => return Err("a node stands in another one".into()),
            (Some(Place::Document | Place::Node), ITEM) => {
                let [title, kind] = self.attributes(element, ITEM, ["title", "type"])?;
                self.item = Some(Open {
                    title: title.filter(|title| !title.trim().is_empty()),
                    kind: kind.unwrap_or_default().trim().to_lowercase(),
                    answer: String::new(),
                    problem: None,
                });
                Place::Item
            }
            (Some(Place::Document | Place::Node), _) => {
                self.leave_out(&name, "this element is not known");
                Place::LeftOut
            }
            (Some(Place::Item | Place::LeftOut), _) => {
                if let Some(item) = &mut self.item {
                    let problem = || format!("there is an element in it: {name}");
                    item.problem.get_or_insert_with(problem);
                }
                if [NODE, ITEM].contains(&&*name) {
                    let title = element.try_get_attribute("title").map_err(malformed)?;
                    let title = title.map(|title| title.normalized_value(XmlVersion::Implicit1_0));
                    let title = title.transpose().map_err(malformed)?;
                    let title = title.as_deref().unwrap_or(&name);
                    self.leave_out(title, "it stands in what is left out");
                }
                Place::LeftOut
            }
        };
        self.places.push(place);
        Ok(())
    }

    /// The attributes of these names; others are noted, unless they are those of XML itself.
    fn attributes<const COUNT: usize>(
        &mut self,
        element: &BytesStart<'_>,
        of: &'static str,
        names: [&str; COUNT],
    ) -> Result<[Option<String>; COUNT], String> {
        let mut found = [const { None }; COUNT];
        for attribute in element.attributes() {
            let attribute = attribute.map_err(malformed)?;
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(malformed)?;
            match names.iter().position(|known| *known == name) {
                Some(place) => found[place] = Some(value.into_owned()),
                None if name == "xmlns" || name.contains(':') => {}
                None => drop(self.attributes.insert((of, name))),
            }
        }
        Ok(found)
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        let says_nothing = text.trim().is_empty();
        match self.places.last() {
            Some(Place::Item) => {
                if let Some(item) = &mut self.item {
                    item.answer.push_str(text);
                }
            }
            Some(Place::LeftOut) => {}
            None if says_nothing => {}
            None if self.has_ended => return Err(behind_its_end()),
            None => return Err(NO_EXPORT.into()),
            Some(Place::Document | Place::Node) => {
                if !says_nothing && !self.has_said_text {
                    self.has_said_text = true;
                    self.leave_out("text", "it stands outside of every item");
                }
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        self.has_said_text = false;
        match self.places.pop() {
            Some(Place::Document) => self.has_ended = true,
            Some(Place::Node) => {
                if let Some(node) = self.node.take() {
                    let name = self.top.names.free(&node.title, "");
                    let order = order(&node.entries);
                    let mut entry = Entry::new(name, Content::Folder(node.entries));
                    entry.about.name = Some(node.title);
                    entry.about.order = order;
                    self.top.entries.push(entry);
                }
            }
            Some(Place::Item) => {
                if let Some(item) = self.item.take() {
                    self.take(item);
                }
            }
            Some(Place::LeftOut) | None => {}
        }
    }

    /// Takes an item, or says why not.
    fn take(&mut self, item: Open) {
        let answer = item.answer.trim();
        let content = || Content::Bytes(Cow::Owned(answer.as_bytes().to_vec()));
        let taken = match (item.problem, item.kind.as_str()) {
            (Some(problem), _) => Err(problem),
            (None, "text" | "") => Ok((AboutType::Text, content())),
            (None, "url") => Ok((AboutType::Link, content())),
            (None, "file") => self
                .beside(answer)
                .map(|content| (AboutType::File, content)),
            (None, other) => Err(format!("it is of a type that is not known: {other}")),
        };
        let kind = taken.as_ref().map_or(AboutType::File, |(kind, _)| *kind);
        let title = item.title.unwrap_or_else(|| default_title(kind, answer));
        let (kind, content) = match taken {
            Ok(taken) => taken,
            Err(reason) => return self.leave_out(&title, reason),
        };
        let (name, end) = match kind {
            AboutType::Text => (title.as_str(), ".html"),
            AboutType::Link => (title.as_str(), ".url"),
            AboutType::File => (base_name(answer), ""),
        };
        let into = self.node.as_mut().unwrap_or(&mut self.top);
        let mut entry = Entry::new(into.names.free(name, end), content);
        entry.about.name = Some(title);
        entry.about.kind = Some(kind);
        into.entries.push(entry);
    }

    /// The file of an item: the original's answer is where it lay on its own server; here it lies beside the XML.
    fn beside(&self, answer: &str) -> Result<Content, String> {
        let name = base_name(answer);
        let path = self.beside.join(name);
        let found = fs::symlink_metadata(&path).ok();
        match found.filter(|found| found.is_file() && !name.is_empty()) {
            Some(found) => Ok(Content::File(path, found.len())),
            None => Err(format!("its file `{name}` does not lie beside the XML")),
        }
    }

    /// Says that something is left out of what is being read.
    fn leave_out(&mut self, what: &str, reason: impl Into<String>) {
        let path = match &self.node {
            Some(node) => format!("{}/{what}", node.title),
            None => what.to_owned(),
        };
        self.left_out.push(LeftOut::new(path, reason));
    }
}

/// The order in which things stand.
fn order(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.name.clone()).collect()
}

fn malformed(error: impl std::fmt::Display) -> String {
    format!("it is not well-formed XML: {error}")
}

fn behind_its_end() -> String {
    "something stands behind the end of its document".into()
}
