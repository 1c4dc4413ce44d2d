//! Properties that cannot be set. Clients write back what they read, so one is taken that says what is so anyway.

use icws::configuration::people::Update;
use icws::configuration::{ValidationError, ValidationErrorType};
use serde_json::Value;
use store::Conn;

use super::fault;
use crate::caller::Caller;
use crate::configuration::{Descriptions, Detail, Kind, Selection, Telling};
use crate::refusal::Refusal;

/// Those that are not looked at: nobody means to set them, and they may have changed since they were read.
const ONLY_TOLD: [&str; 3] = ["createdDate", "lastModifiedDate", "statusText"];

/// Refuses properties that would have to be set and cannot be: they are not kept, or always have another value. What the contract does not
/// have either is ignored.
pub(super) fn check_others<K: Kind>(
    conn: &mut Conn,
    caller: &Caller,
    entry: &K::Entry,
    update: &Update,
) -> Result<(), Refusal> {
    let is_set = |name: &str| K::PROPERTIES.contains(&name) && !ONLY_TOLD.contains(&name);
    let given: Vec<(&String, &Value)> = update
        .others
        .iter()
        .filter(|(name, _)| is_set(name))
        .collect();
    if given.is_empty() {
        return Ok(());
    }
    let names = given.iter().map(|(name, _)| name.as_str());
    let select = Selection::parse(names, K::PROPERTIES).map_err(Refusal::internal)?;
    let telling = Telling {
        select: &select,
        language: caller.language,
        detail: Detail::ALL,
        whole: true,
        descriptions: &Descriptions::default(),
    };
    let told = serde_json::to_value(K::object(conn, entry, telling)?).map_err(Refusal::internal)?;
    let faults: Vec<ValidationError> = given
        .into_iter()
        .filter_map(|(name, value)| match told.get(name) {
            None => Some(fault(ValidationErrorType::PropertyNotApplicable, name, "")),
            Some(told) if says(value, told) => None,
            Some(_) => {
                let value = value.to_string();
                Some(fault(ValidationErrorType::ValidValues, name, &value))
            }
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ConfigurationInvalid(faults))
    }
}

/// Whether what was given says nothing but what is told, read as leniently as requests are.
fn says(given: &Value, told: &Value) -> bool {
    match (given, told) {
        (Value::Object(given), Value::Object(told)) => given
            .iter()
            .filter(|(_, value)| !value.is_null())
            .all(|(name, value)| told.get(name).is_some_and(|told| says(value, told))),
        (Value::Array(given), Value::Array(told)) => {
            given.len() == told.len() && given.iter().zip(told).all(|(one, other)| says(one, other))
        }
        (Value::String(text), Value::Bool(told)) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => *told,
            "false" | "0" => !told,
            _ => false,
        },
        (Value::String(text), Value::Number(told)) => *text == told.to_string(),
        (given, told) => given == told,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_the_same_is_told_from_what_does_not() {
        let told =
            json!({"active": true, "level": 3, "names": [{"id": "a", "uri": "/a"}], "none": []});
        for (given, same) in [
            (told.clone(), true),
            (json!({}), true),
            (json!({"active": "TRUE", "level": "3"}), true),
            (
                json!({"active": "1", "level": null, "names": [{"id": "a"}]}),
                true,
            ),
            (json!({"active": 1}), false),
            (json!({"active": "0"}), false),
            (json!({"level": 2}), false),
            (json!({"level": "03"}), false),
            (json!({"names": []}), false),
            (json!({"names": [{"id": "b"}]}), false),
            (json!({"none": {}}), false),
            (json!({"other": false}), false),
            (json!("active"), false),
        ] {
            assert_eq!(says(&given, &told), same, "{given}");
        }
    }
}
