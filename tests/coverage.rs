//! Whether the whole suite together has seen all that the contract has for the operations that are served: every status, and every
//! representation. `./test` runs this after all other tests, which leave what they saw in the folder that `ATTACHE_SEEN` names.
//!
//! What cannot be seen stands in `unseen.txt` with its reason. A line there that is not needed, or not any more, is a failure as well.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use attache::router::routes;
use icws::Representation;
use icws::client::seen::{self, FOLDER_VARIABLE};
use icws::contract::MESSAGE_URN;
use icws::contract::table::{self, Kind, Property, ValueType};
use icws::messaging::Message;
use icws::operations::{self, Declared, Operation};
use icws::response_management::Library;

const UNSEEN: &str = include_str!("unseen.txt");

/// A line of `unseen.txt`.
struct Exception {
    /// A status of an operation, or a representation; with `*` at its end all that begin so.
    what: &'static str,
    reason: &'static str,
}

impl Exception {
    fn all() -> Vec<Self> {
        let lines = UNSEEN
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let exceptions = lines.map(|line| {
            let (what, reason) = line
                .split_once(" # ")
                .unwrap_or_else(|| panic!("a line without a reason: {line}"));
            Self {
                what: what.trim(),
                reason: reason.trim(),
            }
        });
        exceptions.collect()
    }

    fn means(&self, what: &str) -> bool {
        match self.what.strip_suffix('*') {
            Some(start) => what.starts_with(start),
            None => what == self.what,
        }
    }
}

/// The operations that are served.
fn served() -> Vec<&'static Operation> {
    routes()
        .iter()
        .filter_map(|route| operations::find(route.method.as_str(), route.path))
        .collect()
}

/// The statuses that the contract has for them.
fn statuses() -> BTreeSet<String> {
    let of = |operation: &'static Operation| {
        let line = move |status: u16| format!("{} {} {status}", operation.method, operation.path);
        operation
            .responses
            .iter()
            .map(move |response| line(response.status))
    };
    served().into_iter().flat_map(of).collect()
}

/// The representations that their answers may hold, at whatever depth, and those of a library's document.
fn representations() -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    add(Library::URN, &mut found);
    for response in served()
        .into_iter()
        .flat_map(|operation| &operation.responses)
    {
        if let Some(Declared::One(urn) | Declared::ListOf(urn)) = response.body {
            add(urn, &mut found);
        }
    }
    found
}

/// Adds a type, those that derive from it, and those of its members. Of messages, of which most belong to subscriptions that are not
/// served, those that the server knows.
fn add(urn: &'static str, found: &mut BTreeSet<&'static str>) {
    if urn == MESSAGE_URN {
        for message in Message::URNS {
            add(message, found);
        }
        return;
    }
    let others =
        |known: &&table::Type| known.is(MESSAGE_URN) && !Message::URNS.contains(&known.urn);
    let kinds = table::types().values().filter(|known| known.is(urn));
    for kind in kinds.filter(|known| !others(known)) {
        let Kind::Object { properties, .. } = &kind.kind else {
            continue;
        };
        if found.insert(kind.urn) {
            properties
                .iter()
                .filter_map(named)
                .for_each(|urn| add(urn, found));
        }
    }
}

/// The type that a member holds, alone or in a list or a dictionary.
fn named(property: &Property) -> Option<&'static str> {
    let mut value = &property.value;
    loop {
        match value {
            ValueType::Named(urn) => return Some(urn),
            ValueType::List(inner) | ValueType::Map(inner) => value = inner,
            _ => return None,
        }
    }
}

#[test]
fn the_suite_has_seen_the_whole_contract() {
    let folder = std::env::var_os(FOLDER_VARIABLE)
        .unwrap_or_else(|| panic!("{FOLDER_VARIABLE} names no folder; `./test` runs this"));
    let records = seen::read(Path::new(&folder)).expect("what the suite saw");
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for record in records {
        seen.insert(format!(
            "{} {} {}",
            record.method, record.template, record.status
        ));
        seen.extend(record.urns);
    }
    let mut expected = statuses();
    expected.extend(representations().into_iter().map(str::to_owned));

    let exceptions = Exception::all();
    let mut complaints = String::new();
    for what in expected.difference(&seen) {
        if !exceptions.iter().any(|exception| exception.means(what)) {
            let _ = writeln!(complaints, "never seen: {what}");
        }
    }
    for exception in &exceptions {
        let (what, mut meant) = (
            exception.what,
            expected
                .iter()
                .filter(|what| exception.means(what))
                .peekable(),
        );
        if meant.peek().is_none() {
            let _ = writeln!(
                complaints,
                "unseen.txt has what the contract does not: {what}"
            );
        }
        for what in meant.filter(|what| seen.contains(*what)) {
            let _ = writeln!(
                complaints,
                "unseen.txt has what was seen: {what} ({})",
                exception.reason
            );
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}
