//! What interactions were when watchers were told of them last, for the others who are about to be told the same.
//!
//! A thousand who watch one queue are told of each change of it at once, and would all read the same rows. What was read as of a row of
//! the journal holds for everyone who knows of no change of the interaction after it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::rows::interactions::Interaction;

use super::Names;
use crate::language::Language;

/// How many are kept.
const KEPT: usize = 64;

/// The most bytes that the values of one that is kept may have.
const LARGEST: usize = 64 * 1024;

/// An interaction, and what its attributes were.
#[derive(Debug)]
pub struct Seen {
    /// The interaction.
    pub interaction: Interaction,
    /// The attributes, in the order in which they were asked for.
    pub values: Vec<String>,
}

/// What is asked for, and in which language it is told.
pub type Asked<'a> = (&'a Names, Language);

struct Kept {
    names: Names,
    language: Language,
    /// The position of the journal as of which it was read.
    as_of: i64,
    seen: Arc<Seen>,
}

impl Kept {
    fn is(&self, id: i64, asked: Asked<'_>) -> bool {
        self.seen.interaction.id == id
            && self.language == asked.1
            && (Arc::ptr_eq(&self.names, asked.0) || self.names == *asked.0)
    }
}

/// What was told last.
#[derive(Default)]
pub struct Told(Mutex<VecDeque<Kept>>);

impl Told {
    fn all(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an interaction is as of a position of the journal, if it was read before that and not before its last change.
    pub fn find(&self, id: i64, asked: Asked<'_>, changed: i64, as_of: i64) -> Option<Arc<Seen>> {
        let all = self.all();
        let found = all.iter().rev().find(|kept| kept.is(id, asked))?;
        (changed..=as_of)
            .contains(&found.as_of)
            .then(|| Arc::clone(&found.seen))
    }

    /// Keeps what was read as of a position, unless something later is kept.
    pub fn keep(&self, asked: Asked<'_>, as_of: i64, seen: &Arc<Seen>) {
        if seen.values.iter().map(String::len).sum::<usize>() > LARGEST {
            return;
        }
        let mut all = self.all();
        let id = seen.interaction.id;
        if let Some(place) = all.iter().position(|kept| kept.is(id, asked)) {
            if all[place].as_of > as_of {
                return;
            }
            all.remove(place);
        }
        if all.len() == KEPT {
            all.pop_front();
        }
        all.push_back(Kept {
            names: Arc::clone(asked.0),
            language: asked.1,
            as_of,
            seen: Arc::clone(seen),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(id: i64, value: &str) -> Arc<Seen> {
        Arc::new(Seen {
            interaction: Interaction {
                id,
                kind: 0,
                direction: 0,
                state: "O".to_owned(),
                user_id: None,
                workgroup_id: Some(1),
                mailbox_id: None,
                parent_id: None,
                email_type: 0,
                edited: false,
                created_at: 0,
                ended_at: None,
                sent_at: None,
                revision: 0,
                next_attachment: 1,
                attachment_count: 0,
                attachment_bytes: 0,
                has_free_names: false,
                queued_at: None,
                connected_at: None,
                left_at: None,
                private: false,
            },
            values: vec![value.to_owned()],
        })
    }

    fn names(name: &str) -> Names {
        vec![(name.to_owned(), name.to_lowercase())].into()
    }

    #[test]
    fn what_was_read_is_told_until_it_changes() {
        let told = Told::default();
        let (order, other) = (names("Order"), names("Other"));
        told.keep((&order, Language::English), 10, &seen(1, "a"));
        let find = |id, names: &Names, language, changed, as_of| {
            told.find(id, (names, language), changed, as_of)
                .map(|seen| seen.values[0].clone())
        };
        let found = Some("a".to_owned());
        for (changed, as_of, expected) in [
            (10, 10, &found),
            (3, 10, &found),
            (9, 20, &found),
            (11, 20, &None),
            // It was read later than the one who asks.
            (3, 9, &None),
        ] {
            let same = names("Order");
            assert_eq!(find(1, &same, Language::English, changed, as_of), *expected);
        }
        assert_eq!(find(2, &order, Language::English, 1, 20), None);
        assert_eq!(find(1, &other, Language::English, 1, 20), None);
        assert_eq!(find(1, &order, Language::German, 1, 20), None);
        // A later reading takes the place of an earlier one, and not the other way about.
        told.keep((&order, Language::English), 12, &seen(1, "b"));
        told.keep((&order, Language::English), 11, &seen(1, "c"));
        let large = "x".repeat(LARGEST + 1);
        told.keep((&order, Language::English), 13, &seen(1, &large));
        assert_eq!(
            find(1, &order, Language::English, 11, 20),
            Some("b".to_owned())
        );
        assert_eq!(told.all().len(), 1);
        for id in 2..1_000 {
            told.keep((&order, Language::English), 12, &seen(id, "d"));
        }
        assert_eq!(told.all().len(), KEPT);
    }
}
