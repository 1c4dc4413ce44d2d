//! The Ruby gem.

use serde_json::{Value, json};

use super::{Habit, credentials, minimal_email, run, text};
use crate::raw;
use crate::server::Server;

/// The Ruby gem: a property of its own, the whole `Set-Cookie` line for a cookie, JSON labelled as a form.
#[tokio::test]
async fn the_ruby_gem() {
    let server = Server::demo().await;
    let mut body = credentials("anna");
    body["x-icws"] = Value::Null;
    let headers = [
        "Accept: application/json",
        "Content-Type: application/json",
        "Accept-Language: en-us",
    ];
    let (mut ruby, answer) = Habit::log_in(&server, "", &headers, &body.to_string()).await;
    ruby.session = text(&answer.json(), "sessionId");
    ruby.headers = vec![
        format!("Cookie: {}", answer.all("set-cookie")[0]),
        format!(
            "Inin-Icws-Csrf-Token: {}",
            text(&answer.json(), "csrfToken")
        ),
        "Accept: */*; q=0.5, application/xml".into(),
        "Content-Type: application/x-www-form-urlencoded".into(),
    ];
    assert!(ruby.headers[0].ends_with("; HttpOnly"));
    let created = ruby.ask("POST", "/interactions", &minimal_email()).await;
    assert_eq!(created.status, 201);
    let id = text(&created.json(), "interactionId");
    assert!(created.json().get("attributes").is_none());
    let got = ruby
        .ask(
            "GET",
            &format!("/interactions/{id}?select=Eic_CallId,eic_objecttype"),
            "",
        )
        .await;
    assert_eq!(
        got.json()["attributes"],
        json!({"Eic_CallId": id, "eic_objecttype": "Email"})
    );
    let names = json!({"attributeNames": ["Eic_State"]}).to_string();
    assert_eq!(
        ruby.ask(
            "PUT",
            &format!("/messaging/subscriptions/interactions/{id}"),
            &names
        )
        .await
        .status,
        204
    );
    let messages = ruby.ask("GET", "/messaging/messages", "").await;
    assert_eq!(
        messages.json()[0]["__type"],
        "urn:inin.com:interactions:interactionChangedMessage"
    );
    assert_eq!(
        ruby.ask("GET", "/messaging/messages", "").await.json(),
        json!([]),
        "nil would end its thread"
    );
    assert_eq!(
        ruby.ask("POST", "/messaging/heartbeat", "").await.status,
        204
    );
    // The location of its session is what it appends to.
    let location = answer.header("location").expect("a location");
    assert_eq!(location, format!("/icws/{}/connection", ruby.session));
    assert_eq!(ruby.ask("DELETE", "/connection", "").await.status, 204);
    assert_eq!(
        ruby.ask("GET", "/connection", "").await.json()["connectionState"],
        2
    );
    // What it asks for without a session.
    let version = raw::ask(
        &server.address(),
        &["GET /icws/connection/version", "Accept: */*"],
        "",
    )
    .await
    .json();
    assert!(
        version
            .as_object()
            .expect("an object")
            .values()
            .all(Value::is_string)
    );
    let unknown = raw::ask(
        &server.address(),
        &["GET /icws/connection/features/nonsense"],
        "",
    )
    .await;
    assert_eq!(
        unknown.status, 400,
        "that is how it finds a feature to be missing"
    );
}

/// With the library that it is built on, Debian's.
#[tokio::test]
async fn programs_with_rest_client() {
    let server = Server::demo().await;
    run("/usr/bin/ruby", "first_minute.rb", &server.url()).await;
}
