//! Logging in by a token that another session asked for.

use std::time::Duration;

use icws::client::{Client, Method, Session};
use serde_json::{Value, json};

use super::{error, post};
use crate::email::refused;
use crate::server::Server;

const PATH: &str = "/connection/unique-auth-token";
const SEED: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const FAILURE: &str = "error.request.connection.authenticationFailure";

async fn token(session: &Session) -> String {
    let body = json!({"authTokenSeed": SEED.to_uppercase()});
    let answer = session.raw(Method::POST, PATH, Some(&body)).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200);
    let token = answer.value()["authToken"].clone();
    token.as_str().expect("a token").to_owned()
}

fn login(session: &Session, token: &str) -> Value {
    json!({
        "__type": "urn:inin.com:connection:authTokenConnectionRequestSettings",
        "applicationName": "another", "authTokenSeed": SEED, "authToken": token, "authTokenSourceSession": session.id,
    })
}

async fn fails(client: &Client, body: &Value) {
    assert_eq!(
        error(&post(client, "", body).await),
        (400, FAILURE.into()),
        "{body}"
    );
}

#[tokio::test]
async fn a_token_logs_its_user_in_once() {
    let server = Server::demo().await;
    let client = server.client();
    let anna = server.log_in("anna").await;
    let body = login(&anna, &token(&anna).await);
    let answer = post(&client, "?include=features", &body).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.value()["userID"], "anna");
    assert!(answer.value()["features"].is_array());
    fails(&client, &body).await;
    anna.heartbeat().await.expect("the first session goes on");

    // Whoever wishes so leaves the first session by that.
    let mut body = login(&anna, &token(&anna).await);
    body["disconnectSourceSession"] = json!("true");
    assert_eq!(post(&client, "", &body).await.status, 201);
    refused(anna.heartbeat().await, 401, FAILURE);
}

#[tokio::test]
async fn a_token_is_good_only_with_all_that_belongs_to_it() {
    let server = Server::demo().await;
    let client = server.client();
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    for (property, wrong) in [
        ("authTokenSeed", "0f8fad5b-d9cb-469f-a165-70867728950f"),
        ("authTokenSourceSession", carl.id.as_str()),
        ("authTokenSourceSession", "nonsense"),
    ] {
        let good = login(&anna, &token(&anna).await);
        let mut bad = good.clone();
        bad[property] = json!(wrong);
        fails(&client, &bad).await;
        // One guess is all there is.
        fails(&client, &good).await;
    }
    fails(&client, &login(&anna, "nonsense")).await;
    let late = login(&anna, &token(&anna).await);
    let ended = login(&carl, &token(&carl).await);
    carl.log_out().await.expect("logs out");
    fails(&client, &ended).await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    fails(&client, &late).await;

    let missing = "error.request.invalidRepresentation.missingProperty";
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    for (body, id) in [
        (json!({}), missing),
        (json!({"authTokenSeed": "x"}), invalid),
    ] {
        let answer = anna.raw(Method::POST, PATH, Some(&body)).await;
        assert_eq!(error(&answer.expect("an answer")), (400, id.into()));
    }
    let mut partly = late;
    partly
        .as_object_mut()
        .expect("an object")
        .remove("authToken");
    assert_eq!(
        error(&post(&client, "", &partly).await),
        (400, missing.into())
    );
}
