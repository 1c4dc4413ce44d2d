//! The whole type table of the API: 1116 types, read from `contract/types.txt`, which explains its own form.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

/// A type of the contract.
#[derive(Debug, PartialEq, Eq)]
pub struct Type {
    /// Its name.
    pub urn: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What a type is.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// An object with these members, those of its ancestors first.
    Object {
        /// What it derives from. One that derives carries its name in `__type`.
        parent: Option<&'static str>,
        /// Its members.
        properties: Vec<Property>,
    },
    /// One of these numbers.
    Enumeration(Vec<i64>),
    /// These numbers, OR-ed.
    Flags(Vec<i64>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be `null`.
    pub nullable: bool,
    /// What it holds.
    pub value: ValueType,
}

/// What a member holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`.
    Boolean,
    /// A moment, in compact form.
    Date,
    /// A number of seconds.
    Duration,
    /// A Guid.
    Guid,
    /// An integer of 32 bits.
    Integer,
    /// A number.
    Number,
    /// A string.
    String,
    /// The type with this URN, or one that derives from it.
    Named(&'static str),
    /// A list.
    List(Box<ValueType>),
    /// A dictionary.
    Map(Box<ValueType>),
}

impl fmt::Display for ValueType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(urn) => formatter.write_str(urn),
            Self::List(element) => write!(formatter, "list of {element}"),
            Self::Map(element) => write!(formatter, "dictionary of {element}"),
            scalar => write!(formatter, "{scalar:?}"),
        }
    }
}

impl Type {
    /// Whether `__type` is required.
    pub const fn is_tagged(&self) -> bool {
        matches!(
            self.kind,
            Kind::Object {
                parent: Some(_),
                ..
            }
        )
    }

    /// Whether this is the type with that URN or derives from it, at whatever distance.
    pub fn is(&self, urn: &str) -> bool {
        self.urn == urn || self.parent().is_some_and(|parent| parent.is(urn))
    }

    /// What it derives from.
    pub fn parent(&self) -> Option<&'static Self> {
        match self.kind {
            Kind::Object {
                parent: Some(parent),
                ..
            } => find(parent),
            _ => None,
        }
    }
}

/// The type with this URN.
pub fn find(urn: &str) -> Option<&'static Type> {
    types().get(urn)
}

/// All types by their URN.
pub fn types() -> &'static HashMap<&'static str, Type> {
    static TYPES: OnceLock<HashMap<&'static str, Type>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let declared = read(include_str!("../../contract/types.txt"));
        let whole = |(urn, kind): (&&'static str, &Kind)| {
            (
                *urn,
                Type {
                    urn,
                    kind: with_inherited(kind, &declared),
                },
            )
        };
        declared.iter().map(whole).collect()
    })
}

/// The file is part of the program and a test holds its form, so a fault in it is a fault in the program.
fn read(text: &'static str) -> HashMap<&'static str, Kind> {
    let mut namespace = "";
    let mut declared = HashMap::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let mut words = line.split(' ');
        let (keyword, name) = words
            .next()
            .zip(words.next())
            .expect("a line has two words");
        let kind = match keyword {
            "namespace" => {
                namespace = name;
                continue;
            }
            "object" => read_object(words),
            "enum" => Kind::Enumeration(read_numbers(words)),
            "flags" => Kind::Flags(read_numbers(words)),
            other => unreachable!("no keyword of the table: {other}"),
        };
        declared.insert(urn(&format!("{namespace}:{name}")), kind);
    }
    declared
}

/// The table lives as long as the program, and so do its names.
fn urn(name: &str) -> &'static str {
    format!("urn:inin.com:{name}").leak()
}

fn read_object(words: std::str::Split<'static, char>) -> Kind {
    let mut words = words.peekable();
    let parent = words
        .next_if(|word| word.starts_with('<'))
        .map(|word| urn(&word[1..]));
    Kind::Object {
        parent,
        properties: words.map(read_property).collect(),
    }
}

fn read_property(word: &'static str) -> Property {
    let (name, value) = word.split_once(':').expect("a property has a type");
    let (name, nullable) = name
        .strip_suffix('?')
        .map_or((name, false), |name| (name, true));
    let (name, required) = name
        .strip_suffix('!')
        .map_or((name, false), |name| (name, true));
    Property {
        name,
        required,
        nullable,
        value: read_value_type(value),
    }
}

fn read_value_type(text: &str) -> ValueType {
    let inside = |open, close| {
        text.strip_prefix(open)
            .and_then(|text: &str| text.strip_suffix(close))
    };
    if let Some(element) = inside('[', ']') {
        return ValueType::List(Box::new(read_value_type(element)));
    }
    if let Some(element) = inside('{', '}') {
        return ValueType::Map(Box::new(read_value_type(element)));
    }
    match text {
        "Boolean" => ValueType::Boolean,
        "Date" => ValueType::Date,
        "Duration" => ValueType::Duration,
        "Guid" => ValueType::Guid,
        "Integer" => ValueType::Integer,
        "Number" => ValueType::Number,
        "String" => ValueType::String,
        name => ValueType::Named(urn(name)),
    }
}

fn read_numbers(words: std::str::Split<'static, char>) -> Vec<i64> {
    words
        .map(|word| {
            word.rsplit_once('=')
                .and_then(|(_, number)| number.parse().ok())
                .expect("a member has a number")
        })
        .collect()
}

/// A child may declare a member of its parent anew; its own declaration holds.
fn with_inherited(kind: &Kind, declared: &HashMap<&'static str, Kind>) -> Kind {
    let Kind::Object {
        parent,
        properties: own,
    } = kind
    else {
        return match kind {
            Kind::Enumeration(numbers) => Kind::Enumeration(numbers.clone()),
            Kind::Flags(numbers) => Kind::Flags(numbers.clone()),
            Kind::Object { .. } => unreachable!("just excluded"),
        };
    };
    let inherited = parent.map(|parent| with_inherited(&declared[parent], declared));
    let mut properties = match inherited {
        Some(Kind::Object { properties, .. }) => properties,
        _ => Vec::new(),
    };
    properties.retain(|property| own.iter().all(|own| own.name != property.name));
    properties.extend_from_slice(own);
    Kind::Object {
        parent: *parent,
        properties,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{self, Declared};

    fn names(value: &ValueType) -> Option<&'static str> {
        match value {
            ValueType::Named(urn) => Some(urn),
            ValueType::List(element) | ValueType::Map(element) => names(element),
            _ => None,
        }
    }

    #[test]
    fn the_table_is_whole_and_closed() {
        assert_eq!(types().len(), 1116);
        let mut properties_seen = 0;
        for known in types().values() {
            match &known.kind {
                Kind::Object { parent, properties } => {
                    assert_eq!(parent.is_some(), known.parent().is_some(), "{}", known.urn);
                    properties_seen += properties.len();
                    for property in properties {
                        assert!(
                            names(&property.value).is_none_or(|urn| find(urn).is_some()),
                            "{} of {}",
                            property.name,
                            known.urn
                        );
                    }
                }
                Kind::Enumeration(numbers) | Kind::Flags(numbers) => {
                    assert!(!numbers.is_empty(), "{}", known.urn);
                }
            }
        }
        assert_eq!(properties_seen, 4298);
        assert_eq!(
            types().values().filter(|known| known.is_tagged()).count(),
            358
        );
    }

    #[test]
    fn the_operations_name_types_of_the_table() {
        for operation in operations::all() {
            let bodies = operation
                .responses
                .iter()
                .filter_map(|response| response.body);
            let urns = bodies.map(|body| match body {
                Declared::One(urn) | Declared::ListOf(urn) => urn,
            });
            let urns = urns.chain(operation.request);
            for urn in urns {
                assert!(find(urn).is_some(), "{urn} of {operation:?}");
            }
        }
    }

    #[test]
    fn members_are_inherited() {
        let message = find("urn:inin.com:interactions.email:emailUploadFileStatusMessage").unwrap();
        assert!(message.is("urn:inin.com:messaging:message"));
        assert!(!message.is("urn:inin.com:common:error"));
        let Kind::Object { properties, .. } = &message.kind else {
            panic!("an object")
        };
        let error = properties
            .iter()
            .find(|property| property.name == "error")
            .unwrap();
        assert!(error.required && error.nullable);
        assert_eq!(error.value, ValueType::Named("urn:inin.com:common:error"));
    }
}
