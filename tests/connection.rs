//! Logging in and out, and what can be asked without a session.

mod about;
mod failures;
mod languages;
mod login;
mod sessions;
mod stations;
mod tokens;

use icws::Date;
use icws::client::{Call, Client, Method, RawResponse, header};
use serde_json::{Value, json};

fn credentials(user: &str, password: &str) -> Value {
    json!({
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "test",
        "userID": user,
        "password": password,
    })
}

async fn post(client: &Client, query: &str, body: &Value) -> RawResponse {
    let call = Call::new(Method::POST, format!("/icws/connection{query}"));
    client
        .send(call.header(header::ACCEPT_LANGUAGE, "en-us").json(body))
        .await
        .expect("an answer")
}

fn error(answer: &RawResponse) -> (u16, String) {
    (
        answer.status,
        answer.value()["errorId"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    )
}

/// A date in the compact form, of about now.
fn assert_is_now(text: &str) {
    assert_eq!(text.len(), "20201029T082018Z".len(), "{text}");
    let then = Date::from_compact(text)
        .expect("a compact date")
        .unix_millis();
    assert!((desk::clock::now() - then).abs() < 60_000, "{text}");
}
