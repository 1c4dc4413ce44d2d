//! Every way to damage a sample that the contract forbids, and every way to change it that the contract allows.

use icws::contract::table::{self, Kind, Property, Type, ValueType};
use icws::contract::{Declared, EXTRAS, MESSAGE_URN};
use icws::wire::TYPE_TAG;
use serde_json::{Map, Value, json};

/// A changed sample.
pub struct Mutation {
    /// Where the change is, as the check names it.
    pub path: String,
    /// The fault that must be found there; `None`: the contract allows the change.
    pub fault: Option<&'static str>,
    pub text: String,
}

/// What is done to the value at one place.
enum Edit {
    Replace(Value),
    Remove(&'static str),
    Insert(String, Value),
    Duplicate(String),
}

#[derive(Clone)]
enum Step {
    Member(String),
    Element(usize),
}

/// All mutations of a value.
pub fn of(declared: Declared, value: &Value) -> Vec<Mutation> {
    let mut mutator = Mutator {
        root: value,
        mutations: Vec::new(),
    };
    let expected = match declared {
        Declared::One(urn) => ValueType::Named(urn),
        Declared::ListOf(urn) => ValueType::List(Box::new(ValueType::Named(urn))),
    };
    mutator.value(value, &expected, &mut Vec::new());
    mutator.mutations
}

struct Mutator<'v> {
    root: &'v Value,
    mutations: Vec<Mutation>,
}

impl Mutator<'_> {
    fn push(&mut self, steps: &[Step], at: Option<&str>, edit: &Edit, fault: Option<&'static str>) {
        let mut path = steps.to_vec();
        path.extend(at.map(|name| Step::Member(name.to_owned())));
        self.mutations.push(Mutation {
            path: text_of(&path),
            fault,
            text: render(self.root, steps, edit),
        });
    }

    fn value(&mut self, value: &Value, expected: &ValueType, steps: &mut Vec<Step>) {
        for wrong in wrong_values(expected) {
            self.push(steps, None, &Edit::Replace(wrong), Some("WrongValue"));
        }
        match (expected, value) {
            (ValueType::List(element_type), Value::Array(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    steps.push(Step::Element(index));
                    self.push(steps, None, &Edit::Replace(Value::Null), Some("WrongValue"));
                    self.value(element, element_type, steps);
                    steps.pop();
                }
                self.push(steps, None, &Edit::Replace(json!([])), None);
            }
            (ValueType::Map(element_type), Value::Object(members)) => {
                for (name, element) in members {
                    self.push(
                        steps,
                        Some(name),
                        &Edit::Duplicate(name.clone()),
                        Some("DuplicateMember"),
                    );
                    self.member(name, element, element_type, steps);
                }
                self.push(
                    steps,
                    Some("n"),
                    &Edit::Insert("n".to_owned(), Value::Null),
                    Some("WrongValue"),
                );
            }
            (ValueType::Named(urn), _) => self.named(value, table::find(urn).unwrap(), steps),
            (ValueType::Guid, Value::String(text)) => {
                self.push(
                    steps,
                    None,
                    &Edit::Replace(json!(text.to_uppercase())),
                    None,
                );
            }
            _ => {}
        }
    }

    fn member(&mut self, name: &str, value: &Value, expected: &ValueType, steps: &mut Vec<Step>) {
        steps.push(Step::Member(name.to_owned()));
        self.value(value, expected, steps);
        steps.pop();
    }

    fn named(&mut self, value: &Value, declared: &'static Type, steps: &mut Vec<Step>) {
        match (&declared.kind, value) {
            (Kind::Enumeration(known), _) => {
                for number in [-1, 999] {
                    self.push(steps, None, &Edit::Replace(json!(number)), Some("NoMember"));
                }
                for number in known {
                    self.push(steps, None, &Edit::Replace(json!(number)), None);
                }
            }
            (Kind::Flags(known), _) => {
                let all: i64 = known.iter().sum();
                let unknown = (0..31)
                    .map(|bit| 1 << bit)
                    .find(|bit| all & bit == 0)
                    .unwrap();
                for number in [unknown, all | unknown, -1] {
                    self.push(steps, None, &Edit::Replace(json!(number)), Some("NoMember"));
                }
                self.push(steps, None, &Edit::Replace(json!(all)), None);
            }
            (Kind::Object { .. }, Value::Object(members)) => self.object(members, declared, steps),
            _ => panic!("the sample is no {}", declared.urn),
        }
    }

    fn object(
        &mut self,
        members: &Map<String, Value>,
        declared: &'static Type,
        steps: &mut Vec<Step>,
    ) {
        let actual = members
            .get(TYPE_TAG)
            .map_or(declared, |tag| table::find(tag.as_str().unwrap()).unwrap());
        self.tag(members, declared, actual, steps);
        let Kind::Object { properties, .. } = &actual.kind else {
            panic!("an object")
        };
        for property in properties {
            self.property(members.get(property.name), property, steps);
        }
        for name in ["unheardOf", "Message", "id ", ""] {
            if properties.iter().all(|property| property.name != name) {
                let insert = Edit::Insert(name.to_owned(), json!("x"));
                self.push(steps, Some(name), &insert, Some("UnknownMember"));
            }
        }
        for extra in EXTRAS.iter().filter(|extra| actual.is(extra.urn)) {
            let insert = |value| Edit::Insert(extra.member.to_owned(), value);
            self.push(
                steps,
                Some(extra.member),
                &insert(json!([])),
                Some("WrongValue"),
            );
            self.push(steps, None, &Edit::Remove(extra.member), None);
        }
    }

    fn property(
        &mut self,
        found: Option<&Value>,
        property: &'static Property,
        steps: &mut Vec<Step>,
    ) {
        let name = property.name;
        let null = Edit::Insert(name.to_owned(), Value::Null);
        self.push(
            steps,
            Some(name),
            &null,
            (!property.nullable).then_some("Null"),
        );
        let Some(value) = found else { return };
        self.push(
            steps,
            Some(name),
            &Edit::Remove(name),
            property.required.then_some("Missing"),
        );
        self.push(
            steps,
            Some(name),
            &Edit::Duplicate(name.to_owned()),
            Some("DuplicateMember"),
        );
        if !value.is_null() {
            self.member(name, value, &property.value, steps);
        }
    }

    fn tag(
        &mut self,
        members: &Map<String, Value>,
        declared: &'static Type,
        actual: &'static Type,
        steps: &[Step],
    ) {
        let set = |tag: Value| Edit::Insert(TYPE_TAG.to_owned(), tag);
        self.push(
            steps,
            Some(TYPE_TAG),
            &set(json!("urn:inin.com:no:such")),
            Some("TagUnknown"),
        );
        self.push(steps, Some(TYPE_TAG), &set(json!("")), Some("TagUnknown"));
        self.push(steps, Some(TYPE_TAG), &set(Value::Null), Some("WrongValue"));
        self.push(steps, Some(TYPE_TAG), &set(json!(1)), Some("WrongValue"));
        self.push(
            steps,
            Some(TYPE_TAG),
            &set(json!("urn:inin.com:connection:versionInfo")),
            foreign(declared),
        );
        self.push(
            steps,
            Some(TYPE_TAG),
            &set(json!(MESSAGE_URN)),
            Some("TagForeign"),
        );
        self.push(steps, None, &set(json!(actual.urn)), None);
        if members.contains_key(TYPE_TAG) {
            self.push(
                steps,
                Some(TYPE_TAG),
                &Edit::Duplicate(TYPE_TAG.to_owned()),
                Some("DuplicateMember"),
            );
            if declared.is_tagged() || declared.urn == MESSAGE_URN {
                self.push(steps, None, &Edit::Remove(TYPE_TAG), Some("TagMissing"));
            }
        }
    }
}

/// The version's own name is no foreign one.
fn foreign(declared: &Type) -> Option<&'static str> {
    (declared.urn != "urn:inin.com:connection:versionInfo").then_some("TagForeign")
}

/// Values that are not what is expected, `null` apart.
fn wrong_values(expected: &ValueType) -> Vec<Value> {
    let mut wrong = match expected {
        ValueType::Boolean => vec![json!(0), json!(1), json!("true"), json!("1"), json!({})],
        ValueType::String => vec![json!(1), json!(true), json!({})],
        ValueType::Integer => vec![
            json!("1"),
            json!(1.5),
            json!(1.0),
            json!(2_147_483_648_i64),
            json!(-2_147_483_649_i64),
        ],
        ValueType::Number | ValueType::Duration => vec![json!("1.5"), json!(true), json!({})],
        ValueType::Guid => [
            "",
            "0f8fad5bd9cb469fa16570867728950e",
            "{0f8fad5b-d9cb-469f-a165-70867728950e}",
            "x",
        ]
        .map(Value::from)
        .to_vec(),
        ValueType::Date => {
            let texts = [
                "",
                "2020-10-29T08:20:18Z",
                "20201029T082018.0Z",
                "20201029T082018",
                "20201329T082018Z",
                "20201029T082018+00",
            ];
            [texts.map(Value::from).to_vec(), vec![json!(1_603_959_618)]].concat()
        }
        ValueType::List(_) => vec![json!({}), json!("x")],
        ValueType::Map(_) => vec![json!("x"), json!(1)],
        ValueType::Named(urn) => match table::find(urn).unwrap().kind {
            Kind::Object { .. } => vec![json!("x"), json!(1), json!(true)],
            Kind::Enumeration(_) | Kind::Flags(_) => vec![
                json!("1"),
                json!("None"),
                json!(1.5),
                json!(true),
                json!(4_294_967_296_i64),
            ],
        },
    };
    if !matches!(expected, ValueType::List(_)) {
        wrong.push(json!([]));
    }
    wrong
}

fn text_of(steps: &[Step]) -> String {
    let mut text = String::new();
    for (position, step) in steps.iter().enumerate() {
        match step {
            Step::Member(name) if position == 0 => text.push_str(name),
            Step::Member(name) => text.extend([".", name]),
            Step::Element(index) => text.extend(["[", &index.to_string(), "]"]),
        }
    }
    text
}

/// Writes the value with the edit made at the place that the steps lead to.
fn render(value: &Value, steps: &[Step], edit: &Edit) -> String {
    let Some((step, rest)) = steps.split_first() else {
        return apply(value, edit);
    };
    let inner = |here: bool, value: &Value| {
        if here {
            render(value, rest, edit)
        } else {
            value.to_string()
        }
    };
    match (step, value) {
        (Step::Element(index), Value::Array(elements)) => {
            let elements = elements
                .iter()
                .enumerate()
                .map(|(position, element)| inner(position == *index, element));
            format!("[{}]", elements.collect::<Vec<_>>().join(","))
        }
        (Step::Member(name), Value::Object(members)) => {
            let members = members
                .iter()
                .map(|(key, member)| format!("{}:{}", json!(key), inner(key == name, member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        _ => panic!("the steps lead nowhere"),
    }
}

fn apply(value: &Value, edit: &Edit) -> String {
    let mut members = value.as_object().cloned().unwrap_or_default();
    match edit {
        Edit::Replace(new) => return new.to_string(),
        Edit::Remove(name) => {
            members.remove(*name);
        }
        Edit::Insert(name, new) => {
            members.insert(name.clone(), new.clone());
        }
        Edit::Duplicate(name) => {
            let rest = value.to_string();
            return format!("{{{}:{},{}", json!(name), members[name], &rest[1..]);
        }
    }
    Value::Object(members).to_string()
}
