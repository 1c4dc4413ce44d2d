//! The texts of the statuses that are built in, in the languages other than that of their rows.

use store::rows::status::StatusMessage;

use crate::language::Language;

/// The German texts, by the ids.
const GERMAN: &[(&str, &str)] = &[
    ("Available", "Verfügbar"),
    ("Available, No ACD", "Verfügbar, ohne ACD"),
    ("Available, Forward", "Verfügbar, mit Weiterleitung"),
    ("At Lunch", "In der Mittagspause"),
    ("Away from desk", "Nicht am Platz"),
    ("In a meeting", "In einer Besprechung"),
    ("At a training session", "In einer Schulung"),
    ("Do Not disturb", "Bitte nicht stören"),
    ("Follow Up", "Nachbearbeitung"),
    ("Working at home", "Arbeitet zu Hause"),
    ("Out of the office", "Außer Haus"),
    ("On vacation", "Im Urlaub"),
    ("Gone Home", "Nach Hause gegangen"),
    ("ACD - Agent Not Answering", "ACD - Agent meldet sich nicht"),
];

/// A status's text in a language. The text of one that is built in is its id, in English; one whose text is another keeps it.
pub(super) fn in_language(status: &StatusMessage, language: Language) -> String {
    let texts = match language {
        Language::English => &[][..],
        Language::German => GERMAN,
    };
    let built_in = texts
        .iter()
        .find(|(id, _)| *id == status.id && *id == status.text);
    built_in.map_or_else(|| status.text.clone(), |(_, text)| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(id: &str, text: &str) -> StatusMessage {
        StatusMessage {
            id: id.to_owned(),
            text: text.to_owned(),
            group_tag: String::new(),
            can_have_date: false,
            can_have_time: false,
            do_not_disturb: false,
            selectable: true,
            persistent: false,
            forward: false,
            after_call_work: false,
            acd: false,
            follow_up: false,
        }
    }

    #[test]
    fn what_is_built_in_is_translated_and_what_somebody_wrote_is_not() {
        for (id, german) in GERMAN {
            assert_eq!(in_language(&status(id, id), Language::German), *german);
        }
        for (id, text) in [("Siesta", "Siesta"), ("At Lunch", "Siesta")] {
            for language in Language::ALL {
                assert_eq!(in_language(&status(id, text), *language), "Siesta");
            }
        }
        let lunch = status("At Lunch", "At Lunch");
        assert_eq!(in_language(&lunch, Language::English), "At Lunch");
    }
}
