//! One draft: what is there is what was acknowledged, and of what was in flight the whole or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::super::content::{bodies, subject};
use super::super::history::{Change, Listed, OfDraft, Span};
use super::super::load::LibraryFile;
use super::State;

/// A draft to check.
pub struct Check<'a> {
    pub id: &'a str,
    pub draft: &'a OfDraft,
    pub state: &'a State,
    pub files: &'a [LibraryFile],
}

impl Check<'_> {
    pub fn run(&self) {
        self.check_sending();
        self.check_saves();
        self.check_names_and_numbers();
        self.check_seen();
        self.check_inserts();
        self.check_uploads();
        self.check_order();
    }

    fn listed(&self) -> &[Listed] {
        &self.state.attachments
    }

    /// What was removed, by number: by a removal that was acknowledged, or by one without an answer that was done. (One that was
    /// not done may have been asked for again.)
    fn removed(&self) -> BTreeMap<u64, &Listed> {
        let removed = self
            .draft
            .changes
            .iter()
            .filter_map(|(span, change)| match change {
                Change::Remove(file) if span.is_acknowledged() || !self.is_listed(file.number) => {
                    Some((file.number, file))
                }
                _ => None,
            });
        removed.collect()
    }

    fn is_listed(&self, number: u64) -> bool {
        self.listed().iter().any(|file| file.number == number)
    }

    /// A draft is frozen if it was sent, and only then.
    fn check_sending(&self) {
        let sends = self
            .draft
            .changes
            .iter()
            .filter(|(_, change)| matches!(change, Change::Send));
        for (span, _) in sends {
            assert!(
                !span.is_acknowledged() || !self.state.is_editable,
                "draft {} was sent and can be edited",
                self.id
            );
        }
        assert!(
            self.draft.is_sending || self.state.is_editable,
            "draft {} was never sent",
            self.id
        );
    }

    /// Subject and bodies are those of one save: of any that no acknowledged one came after.
    fn check_saves(&self) {
        let saves: Vec<(Span, u64)> = self
            .draft
            .changes
            .iter()
            .filter_map(|(span, change)| match change {
                Change::Save(number) => Some((*span, *number)),
                _ => None,
            })
            .collect();
        let is_last = |span: Span| {
            !saves
                .iter()
                .any(|(later, _)| later.is_acknowledged() && span.is_before(*later))
        };
        let name = &self.draft.name;
        let found = saves
            .iter()
            .find(|(_, number)| subject(name, *number) == self.state.subject);
        let (span, number) = found.unwrap_or_else(|| panic!("nobody saved this: {:?}", self.state));
        assert!(
            is_last(*span),
            "draft {}: save {number} was saved over: {saves:?}",
            self.id
        );
        assert_eq!(
            self.state.bodies,
            bodies(name, *number),
            "draft {}: a save is half done",
            self.id
        );
    }

    /// Names are there once, numbers grow in the order of the list.
    fn check_names_and_numbers(&self) {
        let names: BTreeSet<&str> = self
            .listed()
            .iter()
            .map(|file| file.name.as_str())
            .collect();
        assert_eq!(
            names.len(),
            self.listed().len(),
            "draft {}: a name twice: {:?}",
            self.id,
            self.listed()
        );
        let grows = self
            .listed()
            .is_sorted_by(|one, next| one.number < next.number);
        assert!(grows, "draft {}: {:?}", self.id, self.listed());
    }

    /// What somebody saw is there as it was seen, unless it was removed; a number is never used again.
    fn check_seen(&self) {
        let removed = self.removed();
        for (number, seen) in &self.draft.seen {
            let now = self.listed().iter().find(|file| file.number == *number);
            if removed.contains_key(number) {
                assert_eq!(now, None, "draft {}: it was removed", self.id);
            } else {
                assert_eq!(now, Some(seen), "draft {}: it was seen", self.id);
            }
        }
    }

    /// Of each library file there are as many as inserts were acknowledged, and at most those without an answer more; with the
    /// Content-IDs that were told.
    fn check_inserts(&self) {
        let removed = self.removed();
        for (index, file) in self.files.iter().enumerate() {
            for inline in [false, true] {
                let is_it = |other: &&Listed| {
                    file.is_named(&other.name) && other.content_id.is_empty() != inline
                };
                let there: Vec<&Listed> = self
                    .listed()
                    .iter()
                    .chain(removed.values().copied())
                    .filter(is_it)
                    .collect();
                let (mut acknowledged, mut lost) = (Vec::new(), 0);
                for (_, change) in &self.draft.changes {
                    match change {
                        Change::Insert {
                            file,
                            inline: of_it,
                            content_id,
                        } if (*file, *of_it) == (index, inline) => match content_id {
                            Some(content_id) => acknowledged.push(content_id),
                            None => lost += 1,
                        },
                        _ => {}
                    }
                }
                let (id, name) = (self.id, &file.name);
                let least = acknowledged.len();
                assert!(
                    (least..=least + lost).contains(&there.len()),
                    "draft {id}: {name}: {least} were acknowledged, {lost} have no answer, {there:?}"
                );
                if inline {
                    let known: BTreeSet<&String> =
                        there.iter().map(|file| &file.content_id).collect();
                    assert_eq!(
                        known.len(),
                        there.len(),
                        "draft {id}: {name}: a Content-ID twice"
                    );
                    let missing = acknowledged
                        .into_iter()
                        .find(|content_id| !known.contains(content_id));
                    assert_eq!(missing, None, "draft {id}: {name}");
                }
            }
        }
    }

    /// An upload that was acknowledged is there by its name and with its Content-ID, one without an answer may be; nothing else is.
    fn check_uploads(&self) {
        let removed = self.removed();
        let mut known = BTreeSet::new();
        for (span, change) in &self.draft.changes {
            let Change::Upload {
                name, content_id, ..
            } = change
            else {
                continue;
            };
            known.insert(name.as_str());
            let found = self
                .listed()
                .iter()
                .chain(removed.values().copied())
                .find(|file| file.name == *name);
            match found {
                Some(file) => assert_eq!(file.content_id, *content_id, "draft {}: {name}", self.id),
                None => assert!(!span.is_acknowledged(), "draft {}: {name} is lost", self.id),
            }
        }
        for file in self.listed() {
            let is_known = known.contains(file.name.as_str())
                || self.files.iter().any(|of| of.is_named(&file.name));
            assert!(is_known, "draft {}: nobody attached {file:?}", self.id);
        }
    }

    /// What was acknowledged before another was asked for stands before it.
    fn check_order(&self) {
        let position = |is_it: &dyn Fn(&Listed) -> bool| self.listed().iter().position(is_it);
        let mut placed: Vec<(usize, Span)> = self
            .draft
            .changes
            .iter()
            .filter_map(|(span, change)| {
                let place = match change {
                    Change::Insert {
                        inline: true,
                        content_id: Some(id),
                        ..
                    } => position(&|file| file.content_id == *id),
                    Change::Upload { name, .. } => position(&|file| file.name == *name),
                    _ => None,
                };
                Some((place?, *span))
            })
            .collect();
        placed.sort_unstable_by_key(|(place, _)| *place);
        // The latest beginning so far: nothing that comes after it in the list may have ended before it.
        let mut latest: Option<Span> = None;
        for (place, span) in placed {
            if let Some(latest) = latest {
                assert!(
                    !span.is_before(latest),
                    "draft {}: number {place} of the list stands too late",
                    self.id
                );
            }
            latest = latest
                .filter(|known| known.begun > span.begun)
                .or(Some(span));
        }
    }
}
