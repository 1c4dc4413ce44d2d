//! `docs/RIGHTS.md`: who may what.

use std::fmt::Write as _;

use desk::Right;
use desk::rights::Scope;

use super::hold;
use crate::rights::{self, On, TABLE, Way};

fn way_text(way: &Way) -> String {
    match way {
        Way::Being(what) => (*what).to_owned(),
        Way::AsMember(right) => format!("`{}` as a member of its workgroup", right.property()),
        Way::OfOneself(right, on) => format!("{}, for oneself only", right_text(*right, *on)),
        Way::Right(right, on) => right_text(*right, *on),
    }
}

fn right_text(right: Right, on: On) -> String {
    let what = match on {
        On::Everything if right.scope() == Scope::Everything => "",
        On::Everything => " for all",
        On::User => " for the user",
        On::Workgroup => " for the workgroup",
        On::Role => " for the role",
        On::Library => " for the library",
    };
    format!("`{}`{what}", right.property())
}

/// What an operation needs beside a session: all of these.
pub fn needs(operation: &str) -> Vec<String> {
    let conditions = rights::entry(operation).map_or(&[][..], |entry| entry.conditions);
    conditions
        .iter()
        .map(|condition| {
            let ways: Vec<String> = condition.ways.iter().map(way_text).collect();
            let ways = ways.join(", or ");
            match condition.when {
                Some(when) => format!("{}: {ways}", when.text()),
                None => ways,
            }
        })
        .collect()
}

fn rights_document() -> String {
    let mut rows = String::new();
    for entry in TABLE {
        let mut refused: Vec<String> = entry
            .conditions
            .iter()
            .map(|condition| match condition.refused {
                Some((status, id)) => format!("{status} `{id}`"),
                None => "is not told of it".to_owned(),
            })
            .collect();
        refused.dedup();
        let _ = writeln!(
            rows,
            "| `{}` | {} | {} |",
            entry.operation,
            needs(entry.operation).join("; **and** "),
            refused.join("; ")
        );
    }
    format!(
        "# Who may what\n\n\
         For each served operation what it needs beside a session. Rights are called by their ICWS properties; each may be held by the user \
         himself, by a role, by a workgroup or by everyone. Where a right is given for objects, `*` stands for all of them. The last column \
         says how somebody is refused who has none of what would do.\n\n\
         Made from the code; a test sends a request with each right and one without it.\n\n\
         | Operation | Needs | Without it |\n| --- | --- | --- |\n{rows}"
    )
}

#[test]
fn the_list_of_rights_is_true() {
    for entry in TABLE {
        for condition in entry.conditions {
            assert!(!condition.ways.is_empty(), "{}", entry.operation);
        }
        let count = TABLE
            .iter()
            .filter(|other| other.operation == entry.operation)
            .count();
        assert_eq!(count, 1, "{} stands twice", entry.operation);
    }
    hold("RIGHTS.md", &rights_document());
}
