//! The check that holds raw bytes against the contract: whatever a server sends must be exactly what the type table says.
//!
//! It works on the bytes, not on our own types, so that a fault in how those are written cannot hide: duplicate members,
//! `null` where the contract has none, a date in another form, an unknown number in an enumeration, a missing `__type`.

mod check;
mod extras;
mod node;
pub mod table;
mod violation;

use std::collections::BTreeSet;
use std::fmt;

pub use crate::operations::Declared;
use crate::operations::find;
use crate::wire::MEDIA_TYPE;
use check::Checker;
pub use extras::{EXTRAS, Extra};
pub use violation::{Fault, Violation};

/// The URN that all messages derive from.
pub const MESSAGE_URN: &str = "urn:inin.com:messaging:message";

/// What was found in some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What breaks the contract; empty when all is well.
    pub violations: Vec<Violation>,
    /// The representations that were met, at every depth.
    pub urns: BTreeSet<&'static str>,
}

impl Report {
    /// Whether nothing breaks the contract.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    fn of(fault: Fault) -> Self {
        Self {
            violations: vec![Violation {
                path: String::new(),
                fault,
            }],
            urns: BTreeSet::new(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.violations
            .iter()
            .try_for_each(|violation| writeln!(formatter, "  {violation}"))
    }
}

/// Holds bytes against what they are declared to be.
pub fn check(declared: &Declared, bytes: &[u8]) -> Vec<Violation> {
    report(declared, bytes).violations
}

/// The same as [`check`], with the representations that were met.
pub fn report(declared: &Declared, bytes: &[u8]) -> Report {
    match node::parse(bytes) {
        Ok(node) => Checker::run(declared, &node),
        Err(reason) => Report::of(Fault::NotJson(reason)),
    }
}

/// Holds a whole answer of an operation, named by its method and path template, against the contract: its status, its content
/// type and its body. The events of a stream are left to [`check_event`].
pub fn check_response(
    method: &str,
    path_template: &str,
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
) -> Report {
    let Some(operation) = find(method, path_template) else {
        return Report::of(Fault::UnknownOperation(format!("{method} {path_template}")));
    };
    let Some(response) = operation.response(status) else {
        return Report::of(Fault::UnexpectedStatus(status));
    };
    let essence = content_type.map(|value| {
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    });
    match response.body {
        None if body.is_empty() => Report::default(),
        None => Report::of(Fault::UnexpectedBody(body.len())),
        Some(Declared::ListOf(MESSAGE_URN)) if essence.as_deref() == Some("text/event-stream") => {
            Report::default()
        }
        Some(declared) => {
            let mut report = report(&declared, body);
            if essence.as_deref() != Some(MEDIA_TYPE) {
                let fault = Fault::ContentType(content_type.map(str::to_owned));
                report.violations.push(Violation {
                    path: String::new(),
                    fault,
                });
            }
            report
        }
    }
}

/// Holds the data of one event of a stream against the contract: one message.
pub fn check_event(data: &[u8]) -> Report {
    report(&Declared::One(MESSAGE_URN), data)
}
