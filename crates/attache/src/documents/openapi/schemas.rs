//! The schemas of representations, from the table of all types.

use std::collections::{BTreeMap, BTreeSet};

use desk::Right;
use icws::contract::table::{self, Kind, Property, Type, ValueType};
use icws::contract::{EXTRAS, MESSAGE_URN};
use icws::messaging::Message;
use icws::operations::Declared;
use serde_json::{Map, Value, json};

/// What the names of all types begin with; the rest is the name of their schema.
const URN: &str = "urn:inin.com:";

/// Of the types that derive from another one, those that are taken in its place; messages have a list of their own.
const SERVED: &[(&str, &[&str])] = &[
    (
        "urn:inin.com:connection:baseAuthConnectionRequestSettings",
        &[
            "urn:inin.com:connection:icAuthConnectionRequestSettings",
            "urn:inin.com:connection:authTokenConnectionRequestSettings",
        ],
    ),
    (
        "urn:inin.com:connection:stationSettings",
        &[
            "urn:inin.com:connection:stationlessSettings",
            "urn:inin.com:connection:workstationSettings",
            "urn:inin.com:connection:remoteWorkstationSettings",
            "urn:inin.com:connection:remoteNumberSettings",
        ],
    ),
    (
        "urn:inin.com:interactions:createInteractionParameters",
        &[
            "urn:inin.com:interactions.email:createEmailParameters",
            "urn:inin.com:interactions.email:createEmailResponseParameters",
        ],
    ),
];

/// Of types that have more members in the contract, those that are kept here: the others are never sent, and setting them is refused.
const KEPT: &[(&str, &[&str])] = &[
    (
        "urn:inin.com:configuration.people:user",
        &[
            "configurationId",
            "createdDate",
            "accessRights",
            "administrativeRights",
            "licenseProperties",
            "mailboxProperties",
            "roles",
            "securityRights",
            "statusText",
            "workgroups",
        ],
    ),
    (
        "urn:inin.com:configuration.people:role",
        &[
            "configurationId",
            "accessRights",
            "administrativeRights",
            "securityRights",
            "users",
        ],
    ),
    (
        "urn:inin.com:configuration.people:workgroup",
        &[
            "configurationId",
            "accessRights",
            "administrativeRights",
            "hasQueue",
            "isAcdEmailRoutingActive",
            "isActive",
            "members",
            "monitoredMailboxes",
            "queueType",
            "securityRights",
        ],
    ),
];

/// The types whose members are rights.
const BUNDLES: [&str; 3] = [
    "urn:inin.com:configuration.people.accessrights:accessRightsProperties",
    "urn:inin.com:configuration.people.accessrights:administrativeRightsProperties",
    "urn:inin.com:configuration.people.accessrights:securityRightsProperties",
];

fn is_kept(urn: &str, member: &str) -> bool {
    if BUNDLES.contains(&urn) {
        return Right::of_property(member).is_some();
    }
    KEPT.iter()
        .find(|(other, _)| *other == urn)
        .is_none_or(|(_, kept)| kept.contains(&member))
}

/// Collects the types that the operations name.
#[derive(Default)]
pub struct Schemas {
    wanted: BTreeSet<&'static str>,
}

impl Schemas {
    /// What a type is in a place that names it: itself, or any of those that are served in its place.
    pub fn reference(&mut self, urn: &'static str) -> Value {
        let served: &[&'static str] = match SERVED.iter().find(|(base, _)| *base == urn) {
            _ if urn == MESSAGE_URN => Message::URNS,
            Some((_, served)) => served,
            None => return self.one(urn),
        };
        let all: Vec<Value> = served.iter().map(|urn| self.one(urn)).collect();
        json!({ "anyOf": all })
    }

    fn one(&mut self, urn: &'static str) -> Value {
        self.wanted.insert(urn);
        json!({ "$ref": format!("#/components/schemas/{}", schema_name(urn)) })
    }

    /// What a body is.
    pub fn declared(&mut self, declared: Declared) -> Value {
        match declared {
            Declared::One(urn) => self.reference(urn),
            Declared::ListOf(urn) => json!({ "type": "array", "items": self.reference(urn) }),
        }
    }

    fn value(&mut self, value: &ValueType) -> Value {
        match value {
            ValueType::Boolean => json!({ "type": "boolean" }),
            ValueType::Date => json!({
                "type": "string",
                "pattern": "^[0-9]{8}T[0-9]{6}([.][0-9]{1,3})?Z$",
                "examples": ["20260102T030405Z"],
                "description": "A moment in UTC, in compact form"
            }),
            ValueType::Duration => {
                json!({ "type": "number", "description": "A number of seconds" })
            }
            ValueType::Guid => json!({ "type": "string", "format": "uuid" }),
            ValueType::Integer => {
                json!({ "type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX })
            }
            ValueType::Number => json!({ "type": "number" }),
            ValueType::String => json!({ "type": "string" }),
            ValueType::Named(urn) => self.reference(urn),
            ValueType::List(element) => json!({ "type": "array", "items": self.value(element) }),
            ValueType::Map(element) => {
                json!({ "type": "object", "additionalProperties": self.value(element) })
            }
        }
    }

    fn property(&mut self, property: &Property) -> Value {
        let value = self.value(&property.value);
        if property.nullable {
            json!({ "anyOf": [value, { "type": "null" }] })
        } else {
            value
        }
    }

    fn schema(&mut self, known: &'static Type) -> Value {
        match &known.kind {
            Kind::Enumeration(numbers) => {
                json!({ "title": known.urn, "type": "integer", "enum": numbers })
            }
            Kind::Flags(numbers) => {
                let all = numbers.iter().fold(0, |all, bit| all | bit);
                json!({
                    "title": known.urn, "type": "integer", "minimum": 0, "maximum": all,
                    "description": format!("A sum of {}", numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", "))
                })
            }
            Kind::Object { properties, .. } => self.object(known, properties),
        }
    }

    fn object(&mut self, known: &'static Type, properties: &[Property]) -> Value {
        let mut members = Map::new();
        let mut required = Vec::new();
        let tagged = known.is_tagged() || known.urn == MESSAGE_URN;
        let derived = derived_from(known);
        if tagged || !derived.is_empty() {
            // What derives from it may stand in its place.
            let tag = if derived.is_empty() {
                json!({ "const": known.urn })
            } else {
                json!({ "type": "string", "examples": [known.urn] })
            };
            members.insert("__type".to_owned(), tag);
        }
        if tagged {
            required.push("__type");
        }
        for property in properties
            .iter()
            .filter(|property| is_kept(known.urn, property.name))
        {
            members.insert(property.name.to_owned(), self.property(property));
            if property.required {
                required.push(property.name);
            }
        }
        for extra in EXTRAS.iter().filter(|extra| known.is(extra.urn)) {
            let mut value = self.value(&extra.value);
            value["description"] = json!(format!("Beside the contract: {}", extra.reason));
            members.insert(extra.member.to_owned(), value);
        }
        let mut schema = json!({ "title": known.urn, "type": "object", "properties": members });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema
    }

    /// All that were named, and all that those name.
    pub fn all(mut self) -> Map<String, Value> {
        let mut done: BTreeMap<&'static str, Value> = BTreeMap::new();
        loop {
            let next = self
                .wanted
                .iter()
                .find(|urn| !done.contains_key(*urn))
                .copied();
            let Some(urn) = next else { break };
            let known = table::find(urn).unwrap_or_else(|| panic!("{urn} is not in the table"));
            let schema = self.schema(known);
            done.insert(urn, schema);
        }
        done.into_iter()
            .map(|(urn, schema)| (schema_name(urn), schema))
            .collect()
    }
}

fn derived_from(known: &'static Type) -> Vec<&'static str> {
    table::types()
        .values()
        .filter(|other| other.parent().is_some_and(|parent| parent.urn == known.urn))
        .map(|other| other.urn)
        .collect()
}

fn schema_name(urn: &str) -> String {
    urn.strip_prefix(URN).unwrap_or(urn).replace(':', ".")
}

#[test]
fn what_is_kept_is_in_the_contract() {
    let members = |urn: &str| match &table::find(urn).expect("a type").kind {
        Kind::Object { properties, .. } => properties.iter().map(|member| member.name).collect(),
        _ => Vec::new(),
    };
    for (urn, kept) in KEPT {
        let members = members(urn);
        assert!(kept.iter().all(|member| members.contains(member)), "{urn}");
    }
    let rights: Vec<&str> = BUNDLES.into_iter().flat_map(members).collect();
    for right in Right::ALL {
        assert!(rights.contains(&right.property()), "{right:?}");
    }
}
