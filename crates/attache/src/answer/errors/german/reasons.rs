//! Why a request or one of its properties is refused, in German. Rules say their reasons in English; each is translated here, and a test finds
//! those that are not.

/// English and German. What stands in parentheses at the end of a reason, such as a place in the body, is kept as it is.
const REASONS: &[(&str, &str)] = &[
    // Of reading a body.
    (
        "it has not the type that the property asks for",
        "sie hat nicht den Typ, den die Eigenschaft verlangt",
    ),
    (
        "it is of another JSON type",
        "sie hat einen anderen JSON-Typ",
    ),
    ("it ends too early", "sie endet zu früh"),
    (
        "an object has a member twice",
        "ein Objekt hat eine Eigenschaft zweimal",
    ),
    (
        "it is not well-formed, or nested too deeply",
        "sie ist nicht wohlgeformt oder zu tief verschachtelt",
    ),
    ("its body broke off", "ihr Inhalt brach ab"),
    // Of numbers and lengths.
    ("at least one attribute", "mindestens ein Attribut"),
    ("at most 20", "höchstens 20"),
    ("at most 16 KiB in all", "insgesamt höchstens 16 KiB"),
    ("at most 32 KiB", "höchstens 32 KiB"),
    ("at most 1,000 characters", "höchstens 1.000 Zeichen"),
    ("at most 1,000 elements", "höchstens 1.000 Elemente"),
    ("at most 10,000 elements", "höchstens 10.000 Elemente"),
    ("at most 10,000 users", "höchstens 10.000 Benutzer"),
    (
        "at most 500 names, and 32 KiB together",
        "höchstens 500 Namen, und zusammen 32 KiB",
    ),
    (
        "at most 256 bytes, and no NUL",
        "höchstens 256 Bytes und kein NUL",
    ),
    (
        "at most 1,000 attribute names, each of at most 256 bytes",
        "höchstens 1.000 Attributnamen mit je höchstens 256 Bytes",
    ),
    ("1 to 1,000 queues", "1 bis 1.000 Warteschlangen"),
    (
        "a number of results is not negative",
        "eine Anzahl von Ergebnissen ist nicht negativ",
    ),
    // Of texts.
    ("a subject is one line", "ein Betreff ist eine Zeile"),
    (
        "a name is one line of at most 1,000 bytes",
        "ein Name ist eine Zeile mit höchstens 1.000 Bytes",
    ),
    (
        "an address is one line of at most 1,000 bytes",
        "eine Adresse ist eine Zeile mit höchstens 1.000 Bytes",
    ),
    (
        "one line of 1 to 256 characters without `;` and `|`",
        "eine Zeile mit 1 bis 256 Zeichen ohne `;` und `|`",
    ),
    (
        "use 1 to 100 characters, none of them a control character",
        "1 bis 100 Zeichen, darunter kein Steuerzeichen",
    ),
    (
        "an attribute's name has 1 to 256 bytes and no control characters",
        "der Name eines Attributs hat 1 bis 256 Bytes und keine Steuerzeichen",
    ),
    (
        "an attribute's value has no NUL",
        "der Wert eines Attributs hat kein NUL",
    ),
    (
        "an attribute's value has at most 65,536 bytes",
        "der Wert eines Attributs hat höchstens 65.536 Bytes",
    ),
    // Of things that are not there.
    (
        "neither you nor anybody you supervise",
        "weder Sie noch jemand, den Sie beaufsichtigen",
    ),
    ("there is no such user", "diesen Benutzer gibt es nicht"),
    (
        "there is no such workgroup",
        "diese Arbeitsgruppe gibt es nicht",
    ),
    (
        "there is no such interaction that you may see",
        "diese Interaktion gibt es nicht, oder Sie dürfen sie nicht sehen",
    ),
    (
        "nobody and nothing of this name belongs to it",
        "niemand und nichts dieses Namens gehört dazu",
    ),
    (
        "there is no library of this id; your own is told by the subscription",
        "eine Bibliothek mit dieser Kennung gibt es nicht; welche Ihre eigene ist, sagt das Abonnement",
    ),
    (
        "give either `target` or `queueID`",
        "bitte entweder `target` oder `queueID` angeben",
    ),
    (
        "`*` in one of the two lists, not in both",
        "`*` in einer der beiden Listen, nicht in beiden",
    ),
];

/// A reason in German; as it is where it is not known.
pub fn reason(english: &str) -> String {
    if let Some(german) = known(english) {
        return german.to_owned();
    }
    let Some((base, rest)) = english.split_once(" (") else {
        return english.to_owned();
    };
    known(base).map_or_else(|| english.to_owned(), |german| format!("{german} ({rest}"))
}

fn known(english: &str) -> Option<&'static str> {
    let found = REASONS.iter().find(|(known, _)| *known == english);
    found.map(|(_, german)| *german)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// What a rule calls to refuse something with a reason.
    const CALLS: [&str; 4] = [
        "Refusal::invalid(",
        "Refusal::Malformed(",
        " property(",
        " unknown(",
    ];

    /// The last text of a call's arguments that reads like a sentence.
    fn reason_in(arguments: &str) -> Option<String> {
        let mut depth = 1;
        let (mut text, mut found, mut within) = (String::new(), None, false);
        let mut characters = arguments.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' if within => text.extend(characters.next()),
                '"' if within => {
                    within = false;
                    if text.contains(' ') {
                        found = Some(text.clone());
                    }
                }
                '"' => {
                    text.clear();
                    within = true;
                }
                _ if within => text.push(character),
                '(' => depth += 1,
                ')' if depth == 1 => break,
                ')' => depth -= 1,
                _ => {}
            }
        }
        found
    }

    fn collect(folder: &Path, reasons: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, reasons);
                continue;
            }
            // This file itself has the names of the calls only.
            if path.ends_with("german/reasons.rs") || path.extension().is_none_or(|end| end != "rs")
            {
                continue;
            }
            let source = fs::read_to_string(&path).expect("a source");
            for call in CALLS {
                let arguments = source.split(call).skip(1);
                reasons.extend(arguments.filter_map(reason_in));
            }
        }
    }

    #[test]
    fn every_reason_is_in_german() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut reasons = Vec::new();
        for sources in ["desk/src", "attache/src"] {
            collect(&crates.join(sources), &mut reasons);
        }
        assert!(reasons.len() > 30, "the calls are found: {reasons:?}");
        for english in &reasons {
            // A reason with something put in is known by what stands before that.
            let english = english.split(" ({").next().unwrap_or_default();
            assert_ne!(reason(english), english, "this reason is not in German");
        }
        for (english, german) in REASONS {
            assert_ne!(english, german);
        }
    }

    #[test]
    fn what_stands_in_parentheses_is_kept() {
        let german = reason("it ends too early (line 1, column 2)");
        assert_eq!(german, "sie endet zu früh (line 1, column 2)");
        assert_eq!(reason("it is new (and odd)"), "it is new (and odd)");
    }
}
