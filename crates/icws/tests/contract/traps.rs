//! The traps of the format, each of which has cost authors of clients or servers a day.

use icws::connection::{ConnectionResponse, ServerTimeInfo};
use icws::contract::{self, Declared};
use icws::email::{EmailInsertResponseManagementResponse, EmailUploadFileStatusMessage};
use icws::interactions::{AppendMode, InteractionChangedMessage};
use icws::messaging::Message;
use icws::wire::Enumeration;
use icws::{Date, MEDIA_TYPE, Representation};
use serde_json::json;

use crate::samples;

#[test]
fn the_media_type_is_the_one_that_the_official_client_compares_with() {
    assert_eq!(MEDIA_TYPE, "application/vnd.inin.icws+json");
    assert_eq!(MEDIA_TYPE, MEDIA_TYPE.to_lowercase());
}

#[test]
fn absent_is_absent_and_never_null() {
    let bare = serde_json::to_value(ConnectionResponse::default()).unwrap();
    assert_eq!(bare, json!({"csrfToken": "", "sessionId": ""}));
    let null = json!({"csrfToken": "t", "sessionId": "1", "userID": null}).to_string();
    assert!(!contract::check(&Declared::One(ConnectionResponse::URN), null.as_bytes()).is_empty());
}

#[test]
fn enumerations_are_numbers() {
    assert_eq!(
        serde_json::to_value(AppendMode::AppendWithSeparator).unwrap(),
        json!(2)
    );
    assert!(serde_json::from_value::<AppendMode>(json!("Append")).is_err());
    assert!(serde_json::from_value::<AppendMode>(json!("1")).is_err());
    assert_eq!(AppendMode::from_number(0), None);
}

#[test]
fn dates_go_out_compact() {
    let time = ServerTimeInfo {
        server_utc_time: Date::from_unix_millis(1_603_959_618_987),
    };
    assert_eq!(
        serde_json::to_string(&time).unwrap(),
        r#"{"serverUtcTime":"20201029T082018Z"}"#
    );
    assert!(
        serde_json::from_str::<ServerTimeInfo>(r#"{"serverUtcTime":"2020-10-29T08:20:18Z"}"#)
            .is_err()
    );
}

#[test]
fn the_odd_spellings_are_kept() {
    let changed = InteractionChangedMessage {
        interaction_id: "1".to_owned(),
        attributes: [].into(),
        is_delta: true,
    };
    let changed = serde_json::to_value(Message::from(changed)).unwrap();
    assert_eq!(
        changed,
        json!({"__type": InteractionChangedMessage::URN, "interactionID": "1", "attributes": {}, "isDelta": true})
    );
    let wrong = changed
        .to_string()
        .replace("interactionID", "interactionId");
    assert_eq!(
        contract::check_event(wrong.as_bytes()).violations.len(),
        2,
        "one is missing and one unknown"
    );
    let response = ConnectionResponse {
        user_id: Some("anna".to_owned()),
        ..ConnectionResponse::default()
    };
    assert_eq!(serde_json::to_value(response).unwrap()["userID"], "anna");
}

#[test]
fn the_error_of_a_finished_operation_is_there_and_null() {
    let uploaded = samples::all()
        .into_iter()
        .find(|sample| sample.value["uploadSuccess"] == true)
        .unwrap()
        .value;
    assert_eq!(uploaded["__type"], EmailUploadFileStatusMessage::URN);
    assert!(uploaded.as_object().unwrap()["error"].is_null());
    let mut without = uploaded.clone();
    without.as_object_mut().unwrap().remove("error");
    assert!(contract::check_event(uploaded.to_string().as_bytes()).is_clean());
    assert!(!contract::check_event(without.to_string().as_bytes()).is_clean());
}

#[test]
fn a_content_id_is_empty_and_not_absent() {
    let response = EmailInsertResponseManagementResponse {
        content_id: String::new(),
    };
    assert_eq!(
        serde_json::to_string(&response).unwrap(),
        r#"{"contentId":""}"#
    );
}

#[test]
fn only_derived_errors_say_what_they_are() {
    let [plain, missing, invalid] =
        samples::errors().map(|error| serde_json::to_value(error).unwrap());
    assert_eq!(plain.get("__type"), None);
    assert_eq!(
        missing["__type"],
        "urn:inin.com:common:missingPropertyError"
    );
    assert_eq!(
        invalid["__type"],
        "urn:inin.com:common:invalidPropertyError"
    );
    assert_eq!(invalid["propertyName"], "emailContent.bodies[0].bodyType");
}

#[test]
fn signature_flags_are_known_bits() {
    let mut email = serde_json::to_value(samples::email_contents_response()).unwrap();
    assert_eq!(email["signature"]["status"], 129);
    email["signature"]["status"] = json!(8);
    assert!(serde_json::from_value::<icws::email::EmailContentsResponse>(email).is_err());
}
