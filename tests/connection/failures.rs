//! Logins that fail, and how they are slowed.

use std::time::{Duration, Instant};

use icws::client::{SESSION_ID, header};
use serde_json::{Value, json};

use super::{credentials, error, post};
use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn a_failed_login_is_400_and_tells_nothing() {
    let server = Server::demo().await;
    let client = server.client();
    let attempts = [
        ("anna", "wrong"),
        ("anna", ""),
        ("anna", "Demo"),
        ("nobody", PASSWORD),
        ("", ""),
        ("anna' OR '1'='1", PASSWORD),
        ("anna\0", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (user, password) in attempts {
        let answer = post(&client, "", &credentials(user, password)).await;
        assert_eq!(answer.status, 400, "{user} {password}");
        assert!(
            answer.header(SESSION_ID).is_none()
                && answer.header(header::WWW_AUTHENTICATE).is_none()
        );
        answers.push(answer.value());
    }
    answers.dedup();
    assert_eq!(
        answers,
        [json!({
            "errorId": "error.request.connection.authenticationFailure",
            "errorCode": -2_147_221_503,
            "message": "The authentication process failed.",
        })],
        "all the same"
    );
}

#[tokio::test]
async fn a_login_has_to_be_whole() {
    let server = Server::demo().await;
    let client = server.client();
    for property in ["applicationName", "userID", "password"] {
        for absent in [true, false] {
            let mut body = credentials("anna", PASSWORD);
            let members = body.as_object_mut().expect("an object");
            if absent {
                members.remove(property)
            } else {
                members.insert(property.into(), Value::Null)
            };
            let answer = post(&client, "", &body).await;
            assert_eq!(
                error(&answer),
                (
                    400,
                    "error.request.invalidRepresentation.missingProperty".into()
                )
            );
            let body = answer.value();
            assert_eq!(body["propertyName"], property);
            assert_eq!(body["__type"], "urn:inin.com:common:missingPropertyError");
        }
        let mut body = credentials("anna", PASSWORD);
        body[property] = json!(7);
        let answer = post(&client, "", &body).await;
        assert_eq!(
            error(&answer),
            (
                400,
                "error.request.invalidRepresentation.invalidProperty".into()
            )
        );
        let body = answer.value();
        assert_eq!(body["propertyName"], property);
        assert_eq!(body["__type"], "urn:inin.com:common:invalidPropertyError");
    }
    let urn = "urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings";
    let single_sign_on = json!({"__type": urn, "applicationName": "x", "singleSignOnToken": "y"});
    let answer = post(&client, "", &single_sign_on).await;
    assert_eq!(
        error(&answer),
        (
            400,
            "error.request.connection.authenticationNotServed".into()
        )
    );
    assert!(answer.text().contains(urn));
    for (body, id, property) in [
        (
            json!({"__type": "urn:nonsense"}),
            "error.request.invalidRepresentation.invalidProperty",
            "__type",
        ),
        (
            json!({}),
            "error.request.invalidRepresentation.missingProperty",
            "__type",
        ),
        (
            Value::Null,
            "error.request.invalidRepresentation.missingProperty",
            "__type",
        ),
    ] {
        let answer = post(&client, "", &body).await;
        assert_eq!(error(&answer), (400, id.into()), "{body}");
        assert_eq!(answer.value()["propertyName"], property);
    }
    let answer = post(&client, "", &json!([credentials("anna", PASSWORD)])).await;
    assert_eq!(error(&answer), (400, "error.request.malformed".into()));
}

#[tokio::test]
async fn failures_are_slowed_and_a_right_password_is_not() {
    let server = Server::demo().await;
    let client = server.client();
    let timed = async |user: &str| {
        let began = Instant::now();
        let refused = client
            .log_in(user, "wrong")
            .await
            .expect_err("the password is wrong");
        assert_eq!(
            (refused.status, refused.id()),
            (400, "error.request.connection.authenticationFailure")
        );
        began.elapsed()
    };
    for user in ["anna", "ANNA"].iter().cycle().take(10) {
        timed(user).await;
    }
    let (one, two, three) = tokio::join!(timed("Anna"), timed("anna"), timed("ANNA"));
    let mut waits = [one, two, three];
    waits.sort();
    for (wait, least) in waits.iter().zip([250, 500, 1_000]) {
        assert!(*wait >= Duration::from_millis(least), "{waits:?}");
    }
    // The next failure would wait for two seconds.
    let began = Instant::now();
    client
        .log_in("anna", PASSWORD)
        .await
        .expect("the right password is not refused because others failed");
    assert!(began.elapsed() < Duration::from_secs(2), "nor slowed");
    assert!(
        timed("anna").await < Duration::from_secs(2),
        "and it sets the count back"
    );
}

#[tokio::test]
async fn failures_from_one_address_are_slowed_whoever_they_are_for() {
    let server = Server::demo().await;
    let client = server.client();
    let fail = async |user: usize| {
        let began = Instant::now();
        let refused = client.log_in(&format!("user{user}"), "wrong").await;
        assert_eq!(refused.expect_err("there is no such user").status, 400);
        began.elapsed()
    };
    for user in 0..50 {
        fail(user).await;
    }
    assert!(fail(50).await >= Duration::from_millis(250));
    assert!(fail(51).await >= Duration::from_millis(500));
    client
        .log_in("anna", PASSWORD)
        .await
        .expect("the right password goes through");
}
