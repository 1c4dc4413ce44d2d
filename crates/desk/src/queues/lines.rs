//! What is told of queues, in messages that clients can read: each below 64 KiB.

use std::collections::BTreeMap;

use icws::queues::{ChangedInteraction, QueueContentsMessage, QueueInteraction};

use crate::messaging::split::{shortened, size_of};

/// How many bytes what stands in one message may have.
const MESSAGE_SIZE: usize = 48 * 1024;
/// How many bytes a value may have as JSON; the rest of a longer one is left out.
const VALUE_SIZE: usize = 32 * 1024;
/// What an interaction takes beside its attributes, in bytes.
const FRAME: usize = 64;

/// Messages that are being filled.
pub struct Lines {
    subscription: String,
    snapshot: bool,
    done: Vec<QueueContentsMessage>,
    open: QueueContentsMessage,
    size: usize,
    closed: usize,
}

impl Lines {
    /// Begins. Of a snapshot the first message replaces what the client knew.
    pub fn new(subscription: &str, snapshot: bool) -> Self {
        Self {
            subscription: subscription.to_owned(),
            snapshot,
            done: Vec::new(),
            open: QueueContentsMessage::default(),
            size: 0,
            closed: 0,
        }
    }

    /// How many bytes are in it so far, about.
    pub fn size(&self) -> usize {
        self.closed + self.size
    }

    /// An interaction that is new to the client, with all its attributes.
    pub fn add(&mut self, id: i64, attributes: BTreeMap<String, String>) {
        self.put(id, attributes, true);
    }

    /// An interaction of which something changed.
    pub fn change(&mut self, id: i64, attributes: BTreeMap<String, String>) {
        self.put(id, attributes, false);
    }

    /// An interaction that is in the list no more.
    pub fn remove(&mut self, id: i64) {
        self.make_room(FRAME);
        let removed = self.open.interactions_removed.get_or_insert_default();
        removed.push(id.to_string());
    }

    /// What does not fit into one message is told in several: the interaction first, the rest of its attributes as changes of it.
    fn put(&mut self, id: i64, attributes: BTreeMap<String, String>, mut added: bool) {
        let (mut part, mut size) = (BTreeMap::new(), FRAME);
        for (name, value) in attributes {
            let value = shortened(value, VALUE_SIZE);
            let more = size_of(&name) + size_of(&value) + 2;
            if size + more > MESSAGE_SIZE && !part.is_empty() {
                self.push(id, std::mem::take(&mut part), size, added);
                (size, added) = (FRAME, false);
            }
            size += more;
            part.insert(name, value);
        }
        self.push(id, part, size, added);
    }

    fn push(&mut self, id: i64, attributes: BTreeMap<String, String>, size: usize, added: bool) {
        self.make_room(size);
        let interaction_id = id.to_string();
        if added {
            let list = self.open.interactions_added.get_or_insert_default();
            list.push(QueueInteraction {
                interaction_id,
                attributes,
            });
        } else {
            let list = self.open.interactions_changed.get_or_insert_default();
            list.push(ChangedInteraction {
                interaction_id,
                attributes,
            });
        }
    }

    fn make_room(&mut self, size: usize) {
        if self.size > 0 && self.size + size > MESSAGE_SIZE {
            self.close();
        }
        self.size += size;
    }

    fn close(&mut self) {
        let mut message = std::mem::take(&mut self.open);
        let first = self.snapshot && self.done.is_empty();
        message.subscription_id.clone_from(&self.subscription);
        message.is_delta = !first;
        if first {
            message.interactions_added.get_or_insert_default();
        }
        self.done.push(message);
        self.closed += self.size;
        self.size = 0;
    }

    /// The messages. None if there is nothing to tell, but a snapshot is told always.
    pub fn finish(mut self) -> Vec<QueueContentsMessage> {
        if self.size > 0 || (self.snapshot && self.done.is_empty()) {
            self.close();
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(count: usize, value: &str) -> BTreeMap<String, String> {
        (0..count)
            .map(|number| (format!("attribute {number}"), value.to_owned()))
            .collect()
    }

    /// What a client knows that reads the messages in their order.
    fn read(messages: &[QueueContentsMessage]) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut known: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (number, message) in messages.iter().enumerate() {
            assert!(serde_json::to_string(message).expect("JSON").len() < 64 * 1024);
            assert_eq!(message.is_delta, number > 0, "the first one replaces");
            for added in message.interactions_added.iter().flatten() {
                let new = known.insert(added.interaction_id.clone(), added.attributes.clone());
                assert_eq!(new, None, "added once");
            }
            for changed in message.interactions_changed.iter().flatten() {
                let known = known.get_mut(&changed.interaction_id).expect("was added");
                known.extend(changed.attributes.clone());
            }
        }
        known
    }

    #[test]
    fn much_is_told_in_lines_that_clients_can_read() {
        let mut lines = Lines::new(&"\u{1}".repeat(256), true);
        let mut expected = BTreeMap::new();
        for (id, told) in [
            (
                1,
                attributes(
                    1_000,
                    "\"quoted\" and long enough to pass what one may have",
                ),
            ),
            (2, attributes(3, &"\u{1}".repeat(5_000))),
            (3, attributes(0, "")),
        ]
        .into_iter()
        .chain((4..2_000).map(|id| (id, attributes(3, "x"))))
        {
            expected.insert(id.to_string(), told.clone());
            lines.add(id, told);
        }
        let messages = lines.finish();
        assert!(messages.len() > 3);
        assert_eq!(read(&messages), expected);
    }

    #[test]
    fn a_value_that_is_too_long_is_cut_between_characters() {
        for value in [
            "é".repeat(40_000),
            "\u{1}".repeat(60_000),
            "\\".repeat(60_000),
        ] {
            let mut lines = Lines::new("a", false);
            lines.change(1, BTreeMap::from([("long".to_owned(), value.clone())]));
            let message = lines.finish().pop().expect("a message");
            assert!(message.is_delta);
            let told = &message.interactions_changed.expect("changed")[0].attributes["long"];
            assert!(value.starts_with(told) && told.len() < value.len());
            let size = serde_json::to_string(told).expect("JSON").len();
            assert!((VALUE_SIZE - 8..=VALUE_SIZE).contains(&size), "{size}");
        }
        assert_eq!(
            shortened("é".repeat(10_000), VALUE_SIZE),
            "é".repeat(10_000)
        );
    }

    #[test]
    fn an_empty_snapshot_is_told_and_an_empty_delta_is_not() {
        let snapshot = Lines::new("a", true).finish();
        assert_eq!(snapshot.len(), 1);
        assert_eq!(snapshot[0].interactions_added, Some(Vec::new()));
        assert!(!snapshot[0].is_delta);
        assert!(Lines::new("a", false).finish().is_empty());
        let mut lines = Lines::new("a", false);
        (0..10_000).for_each(|id| lines.remove(id));
        let messages = lines.finish();
        assert!(messages.len() > 1 && messages.iter().all(|message| message.is_delta));
        let removed = messages
            .iter()
            .filter_map(|message| message.interactions_removed.as_ref());
        assert_eq!(removed.map(Vec::len).sum::<usize>(), 10_000);
    }
}
