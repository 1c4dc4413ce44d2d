//! Walking a value beside its declaration.

use std::collections::BTreeSet;

use serde_json::Number;

use super::node::Node;
use super::table::{self, Kind, Property, Type, ValueType};
use super::{Declared, EXTRAS, Fault, MESSAGE_URN, Report, Violation};
use crate::wire::{Date, Guid, Path, TYPE_TAG};

/// Collects what a walk finds.
pub struct Checker {
    report: Report,
}

impl Checker {
    /// Walks a whole value.
    pub fn run(declared: &Declared, node: &Node) -> Report {
        let mut checker = Self {
            report: Report::default(),
        };
        match *declared {
            Declared::One(urn) => checker.named(node, urn, &Path::ROOT),
            Declared::ListOf(urn) => checker.list(node, &ValueType::Named(urn), &Path::ROOT),
        }
        checker.report
    }

    fn complain(&mut self, path: &Path<'_>, fault: Fault) {
        self.report.violations.push(Violation {
            path: path.to_string(),
            fault,
        });
    }

    fn wrong(&mut self, path: &Path<'_>, expected: &ValueType, node: &Node) {
        let found = format!("{node:?}").chars().take(80).collect();
        self.complain(
            path,
            Fault::WrongValue {
                expected: expected.to_string(),
                found,
            },
        );
    }

    fn value(&mut self, node: &Node, expected: &ValueType, path: &Path<'_>) {
        let good = match (expected, node) {
            (ValueType::Named(urn), _) => return self.named(node, urn, path),
            (ValueType::List(element), _) => return self.list(node, element, path),
            (ValueType::Map(element), _) => return self.map(node, element, path),
            (ValueType::Boolean, Node::Boolean(_))
            | (ValueType::String, Node::Text(_))
            | (ValueType::Number | ValueType::Duration, Node::Number(_)) => true,
            (ValueType::Integer, Node::Number(number)) => integer(number).is_some(),
            (ValueType::Guid, Node::Text(text)) => text.parse::<Guid>().is_ok(),
            (ValueType::Date, Node::Text(text)) => Date::from_compact(text).is_ok(),
            _ => false,
        };
        if !good {
            self.wrong(path, expected, node);
        }
    }

    fn list(&mut self, node: &Node, element_type: &ValueType, path: &Path<'_>) {
        let Node::List(elements) = node else {
            return self.wrong(path, &ValueType::List(Box::new(element_type.clone())), node);
        };
        for (index, element) in elements.iter().enumerate() {
            self.value(element, element_type, &path.element(index));
        }
    }

    fn map(&mut self, node: &Node, element_type: &ValueType, path: &Path<'_>) {
        let Node::Object(members) = node else {
            return self.wrong(path, &ValueType::Map(Box::new(element_type.clone())), node);
        };
        self.duplicates(members, path);
        for (name, element) in members {
            self.value(element, element_type, &path.member(name));
        }
    }

    fn named(&mut self, node: &Node, urn: &'static str, path: &Path<'_>) {
        let Some(declared) = table::find(urn) else {
            return self.complain(path, Fault::DeclaredUnknown(urn));
        };
        match (&declared.kind, node) {
            (Kind::Object { .. }, Node::Object(members)) => self.object(members, declared, path),
            (Kind::Enumeration(known), Node::Number(number)) => {
                self.member_of(number, declared.urn, node, path, |number| {
                    known.contains(&number)
                });
            }
            (Kind::Flags(known), Node::Number(number)) => {
                let all = known.iter().fold(0, |all, bit| all | bit);
                self.member_of(number, declared.urn, node, path, |number| {
                    number >= 0 && number & !all == 0
                });
            }
            _ => self.wrong(path, &ValueType::Named(declared.urn), node),
        }
    }

    fn member_of(
        &mut self,
        number: &Number,
        urn: &'static str,
        node: &Node,
        path: &Path<'_>,
        is_known: impl Fn(i64) -> bool,
    ) {
        match integer(number) {
            None => self.wrong(path, &ValueType::Named(urn), node),
            Some(number) if is_known(number) => {}
            Some(number) => self.complain(path, Fault::NoMember { urn, number }),
        }
    }

    fn object(&mut self, members: &[(String, Node)], declared: &'static Type, path: &Path<'_>) {
        self.duplicates(members, path);
        let Some(actual) = self.actual_type(members, declared, path) else {
            return;
        };
        self.report.urns.insert(actual.urn);
        let Kind::Object { properties, .. } = &actual.kind else {
            return;
        };
        for property in properties {
            let found = members
                .iter()
                .filter(|(name, _)| name == property.name)
                .map(|(_, node)| node);
            self.property(found, property, actual, path);
        }
        for (name, node) in members.iter().filter(|(name, _)| name != TYPE_TAG) {
            if properties.iter().all(|property| property.name != name) {
                self.extra(name, node, actual, path);
            }
        }
    }

    fn property<'n>(
        &mut self,
        found: impl Iterator<Item = &'n Node>,
        property: &Property,
        owner: &'static Type,
        path: &Path<'_>,
    ) {
        let path = path.member(property.name);
        let mut absent = true;
        for node in found {
            absent = false;
            match node {
                Node::Null if property.nullable => {}
                Node::Null => self.complain(&path, Fault::Null(owner.urn)),
                node => self.value(node, &property.value, &path),
            }
        }
        if absent && property.required {
            self.complain(&path, Fault::Missing(owner.urn));
        }
    }

    fn extra(&mut self, name: &str, node: &Node, owner: &'static Type, path: &Path<'_>) {
        let path = path.member(name);
        match EXTRAS
            .iter()
            .find(|extra| extra.member == name && owner.is(extra.urn))
        {
            Some(extra) => self.value(node, &extra.value, &path),
            None => self.complain(&path, Fault::UnknownMember(owner.urn)),
        }
    }

    /// The type that the object says it is. Messages are always tagged, whatever they are declared as.
    fn actual_type(
        &mut self,
        members: &[(String, Node)],
        declared: &'static Type,
        path: &Path<'_>,
    ) -> Option<&'static Type> {
        let Some((_, tag)) = members.iter().find(|(name, _)| name == TYPE_TAG) else {
            if declared.is_tagged() || declared.urn == MESSAGE_URN {
                self.complain(path, Fault::TagMissing(declared.urn));
            }
            return Some(declared);
        };
        let path = path.member(TYPE_TAG);
        let Node::Text(tag) = tag else {
            self.wrong(&path, &ValueType::String, tag);
            return Some(declared);
        };
        let Some(actual) = table::find(tag) else {
            self.complain(&path, Fault::TagUnknown(tag.clone()));
            return None;
        };
        // The bare message says nothing; only what derives from it may be sent.
        if !actual.is(declared.urn) || actual.urn == MESSAGE_URN {
            self.complain(
                &path,
                Fault::TagForeign {
                    tag: actual.urn,
                    declared: declared.urn,
                },
            );
            return None;
        }
        Some(actual)
    }

    fn duplicates(&mut self, members: &[(String, Node)], path: &Path<'_>) {
        let mut seen = BTreeSet::new();
        for (name, _) in members {
            if !seen.insert(name) {
                self.complain(&path.member(name), Fault::DuplicateMember);
            }
        }
    }
}

/// The contract's integers have 32 bits, and `1.0` is none.
fn integer(number: &Number) -> Option<i64> {
    number
        .as_i64()
        .filter(|number| i32::try_from(*number).is_ok())
}
