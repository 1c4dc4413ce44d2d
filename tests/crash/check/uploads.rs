//! What the uploader was told of his uploads: of each that is there once that it succeeded, of any other at most once that it did not.

use std::collections::{BTreeMap, BTreeSet};

use icws::messaging::Message;

use super::super::history::{Change, OfDraft};
use super::super::load::Crew;
use super::State;
use crate::server::eventually;

/// What was told so far, by file name.
#[derive(Default)]
pub struct Uploads {
    told: BTreeMap<String, Vec<bool>>,
    /// Those that are there, of drafts that are finished, too.
    there: BTreeSet<String>,
}

impl Uploads {
    pub async fn check(&mut self, crew: &Crew, states: &BTreeMap<String, State>) {
        for (id, state) in states {
            let drafts = crew.history().drafts();
            self.there.extend(attached(&drafts[id], state));
        }
        eventually("all uploads that succeeded are told of", async || {
            self.take_in(crew).await;
            self.there.iter().all(|name| self.told.contains_key(name))
        })
        .await;
        for (name, outcomes) in &self.told {
            let is_there = self.there.contains(name);
            assert_eq!(outcomes, &[is_there], "what was told of {name}");
        }
    }

    async fn take_in(&mut self, crew: &Crew) {
        for message in crew.uploader.messages().await.expect("messages") {
            let Message::EmailUploadFileStatus(outcome) = message else {
                panic!("{message:?}")
            };
            let name = outcome.file_name;
            let announced = crew.history().loose().announcements.get(&name).cloned();
            let request_id = announced.unwrap_or_else(|| panic!("nobody uploaded {name}"));
            // Unknown where the announcement has no answer.
            assert!(
                request_id.is_none_or(|known| known == outcome.request_id),
                "{name}"
            );
            self.told
                .entry(name)
                .or_default()
                .push(outcome.upload_success);
        }
    }
}

/// The uploads that are in a draft, or were before somebody removed them.
fn attached(draft: &OfDraft, state: &State) -> Vec<String> {
    let removed = draft.changes.iter().filter_map(|(_, change)| match change {
        Change::Remove(file) => Some(&file.name),
        _ => None,
    });
    let names = removed.chain(state.attachments.iter().map(|file| &file.name));
    names
        .filter(|name| name.starts_with("upload-"))
        .cloned()
        .collect()
}
