//! The rows behind it agree, by plain SQL: counts, sums and numbers; what is attached has its bytes, what was sent its message; and there is
//! no email that nobody made.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::content::{RECIPIENTS, subject};
use super::super::history::History;
use super::super::installation::Installation;
use super::State;

/// What is wrong in the whole database, if anything: in words, and of which interaction.
const WRONG: &str = "
    SELECT 'an attachment without bytes' AS what, a.interaction_id AS interaction
      FROM attachments a LEFT JOIN blobs b ON b.id = a.blob_id WHERE b.id IS NULL OR b.gone OR b.size <> a.size
    UNION ALL SELECT 'other sums', i.id FROM interactions i
      LEFT JOIN (SELECT interaction_id, count(*) AS number, sum(size) AS bytes, max(number) AS highest FROM attachments GROUP BY interaction_id) a
      ON a.interaction_id = i.id
      WHERE i.attachment_count <> coalesce(a.number, 0) OR i.attachment_bytes <> coalesce(a.bytes, 0)
         OR i.next_attachment <= coalesce(a.highest, 0)
    UNION ALL SELECT 'a message of nothing that was sent, or none of what was', i.id FROM interactions i
      LEFT JOIN outbox o ON o.interaction_id = i.id WHERE (i.sent_at IS NULL) <> (o.interaction_id IS NULL)
    UNION ALL SELECT 'a recipient too many or too few', o.interaction_id FROM outbox o
      LEFT JOIN outbox_recipients r ON r.interaction_id = o.interaction_id GROUP BY o.interaction_id HAVING count(r.number) <> {recipients}
    UNION ALL SELECT 'a Message-ID twice', max(interaction_id) FROM outbox GROUP BY message_id HAVING count(*) > 1";

pub fn check(at: &Installation, history: &History, states: &BTreeMap<String, State>) {
    let statement = WRONG.replace("{recipients}", &RECIPIENTS.len().to_string());
    let wrong = at.sql(&statement);
    assert!(wrong.is_empty(), "{wrong:?}");

    // The demo has no emails.
    let mut unknown: BTreeMap<String, String> = BTreeMap::new();
    for row in at.sql("SELECT interaction_id, subject FROM email_contents") {
        unknown.insert(number(&row[0]).to_string(), text(&row[1]));
    }
    for (id, draft) in &*history.drafts() {
        let found = unknown.remove(id);
        assert!(found.is_some(), "draft {id} ({}) is lost", draft.name);
    }
    let mut perhaps: BTreeSet<String> = BTreeSet::new();
    let loose = history.loose();
    perhaps.extend(loose.creations.iter().map(|name| subject(name, 0)));
    for (id, subject) in unknown {
        assert!(
            perhaps.remove(&subject),
            "nobody made {id} ({subject}), or twice"
        );
    }

    let ids: Vec<&str> = states.keys().map(String::as_str).collect();
    let mut rows: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for row in at.sql(&format!(
        "SELECT interaction_id, number FROM attachments WHERE interaction_id IN ({}) ORDER BY interaction_id, number",
        ids.join(", ")
    )) {
        let of_draft = rows.entry(number(&row[0]).to_string()).or_default();
        of_draft.push(number(&row[1]));
    }
    for (id, state) in states {
        let listed: Vec<u64> = state.attachments.iter().map(|file| file.number).collect();
        assert_eq!(
            rows.remove(id).unwrap_or_default(),
            listed,
            "the rows of draft {id}"
        );
    }
}

pub fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("no number: {value}"))
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
