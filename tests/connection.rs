//! Logging in and out, and what can be asked without a session.

use std::time::{Duration, Instant, SystemTime};

use icws::Date;
use icws::client::{
    CSRF_TOKEN, Call, Client, LogIn, Method, RawResponse, SESSION_ID, Session, header,
};
use icws::connection::{ConnectionSettings, ConnectionState};
use serde_json::{Value, json};

use crate::raw;
use crate::server::{PASSWORD, Server};

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

#[tokio::test]
async fn a_login_is_answered_to_the_letter() {
    let server = Server::demo().await;
    let answer = post(&server.client(), "", &credentials("anna", PASSWORD)).await;
    assert_eq!(answer.status, 201);
    let one = |name: &str| {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values.len(), 1, "{name}");
        values[0].to_str().expect("text").to_owned()
    };
    let (id, token) = (one("inin-icws-session-id"), one("inin-icws-csrf-token"));
    assert!(
        id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_digit()),
        "{id}"
    );
    assert!(
        token.len() >= 40
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_+/=".contains(&byte))
    );
    assert_eq!(one("location"), format!("/icws/{id}/connection"));
    assert_eq!(one("content-type"), "application/vnd.inin.icws+json");
    let cookie = one("set-cookie");
    let word = cookie
        .strip_prefix(&format!("icws_{id}="))
        .expect("the cookie's name");
    let word = word
        .strip_suffix(&format!("; Path=/icws/{id}; HttpOnly"))
        .expect("the cookie's attributes");
    assert!(
        word.parse::<uuid::Uuid>().is_ok() && word.len() == 36,
        "{word}"
    );
    let mut body = answer.value();
    let name = body["icServer"].take();
    assert!(name.as_str().is_some_and(|name| !name.is_empty()));
    assert_eq!(
        body,
        json!({
            "csrfToken": token,
            "sessionId": id,
            "alternateHostList": [],
            "userID": "anna",
            "userDisplayName": "Anna Lindqvist",
            "icServer": null,
        })
    );
}

#[tokio::test]
async fn a_login_tells_what_is_asked_for() {
    let server = Server::with(&["--server-name", "desk.example.com"]).await;
    let client = server.client();
    let plain = post(&client, "", &credentials("anna", PASSWORD))
        .await
        .value();
    assert_eq!(plain["icServer"], "desk.example.com");
    let features = json!([
        {"featureId": "connection", "version": 10},
        {"featureId": "interactions", "version": 10},
        {"featureId": "messaging", "version": 2},
        {"featureId": "response-management", "version": 4},
    ]);
    let version = client
        .send(Call::new(Method::GET, "/icws/connection/version"))
        .await
        .expect("an answer")
        .value();
    let expected = [
        ("version", "version", version),
        ("features", "features", features),
        ("default-workstation", "defaultWorkstationId", Value::Null),
        ("effective-station", "effectiveStation", Value::Null),
        (
            "purecloud-integration",
            "purecloudIntegration",
            json!({"integrationEnabled": false}),
        ),
    ];
    let count = plain.as_object().expect("an object").len();
    for (include, member, value) in &expected {
        let body = post(
            &client,
            &format!("?include={include}"),
            &credentials("anna", PASSWORD),
        )
        .await
        .value();
        assert_eq!(body.get(member), Some(value), "{include}");
        assert_eq!(
            body.as_object().expect("an object").len(),
            count + 1,
            "{include} and nothing else"
        );
    }
    let all = "?include=features,version%2Cserver-time,%20default-workstation,effective-station,nonsense,purecloud-integration,,";
    let body = post(&client, all, &credentials("anna", PASSWORD))
        .await
        .value();
    for (_, member, value) in &expected {
        assert_eq!(body.get(member), Some(value));
    }
    assert_is_now(
        body["serverTimeInfo"]["serverUtcTime"]
            .as_str()
            .expect("a date"),
    );
    assert_eq!(body.as_object().expect("an object").len(), count + 6);
}

/// A date in the compact form, of about now.
fn assert_is_now(text: &str) {
    assert_eq!(text.len(), "20201029T082018Z".len(), "{text}");
    let then = Date::from_compact(text)
        .expect("a compact date")
        .unix_millis();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970")
        .as_millis();
    assert!(
        (i128::try_from(now).expect("a time") - i128::from(then)).abs() < 60_000,
        "{text}"
    );
}

#[tokio::test]
async fn a_login_asks_for_a_language() {
    let server = Server::demo().await;
    let client = server.client();
    let call = Call::new(Method::POST, "/icws/connection").json(&credentials("anna", PASSWORD));
    let answer = client.send(call.clone()).await.expect("an answer");
    assert_eq!(error(&answer), (400, "error.request.missingHeader".into()));
    assert!(
        answer.value()["message"]
            .as_str()
            .expect("a message")
            .contains("Accept-Language")
    );
    for language in ["en-us", "EN", "tlh", "de-DE,de;q=0.9", "*", "", ";;q=x,"] {
        let answer = client
            .send(call.clone().header(header::ACCEPT_LANGUAGE, language))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 201, "{language:?}");
    }
}

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
    let other_ways = [
        json!({"__type": "urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings", "applicationName": "x", "singleSignOnToken": "y"}),
        json!({"__type": "urn:inin.com:connection:authTokenConnectionRequestSettings", "applicationName": "x",
            "authTokenSeed": "0f8fad5b-d9cb-469f-a165-70867728950e", "authToken": "y", "authTokenSourceSession": "1"}),
    ];
    for body in other_ways {
        let answer = post(&client, "", &body).await;
        assert_eq!(
            error(&answer),
            (
                400,
                "error.request.connection.authenticationNotServed".into()
            )
        );
        let urn = body["__type"].as_str().expect("a tag");
        assert!(
            answer.value()["message"]
                .as_str()
                .expect("a message")
                .contains(urn)
        );
    }
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
async fn a_login_takes_the_user_in_any_case_and_ignores_the_rest() {
    let server = Server::demo().await;
    let client = server.client();
    for user in ["anna", "ANNA", "aNNa"] {
        let mut body = credentials(user, PASSWORD);
        body["x-icws"] = Value::Null;
        body["marketPlaceApplicationCode"] = json!("code");
        body["marketPlaceApplicationLicenseName"] = json!("licence");
        let answer = post(&client, "?include=nonsense&other=1", &body).await;
        assert_eq!(
            (answer.status, &answer.value()["userID"]),
            (201, &json!("anna"))
        );
    }
    let mut untagged = credentials("anna", PASSWORD);
    untagged
        .as_object_mut()
        .expect("an object")
        .remove("__type");
    assert_eq!(
        post(&client, "", &untagged).await.status,
        201,
        "what it is can be seen"
    );
}

#[tokio::test]
async fn a_login_does_not_look_at_older_sessions() {
    let server = Server::demo().await;
    let client = server.client();
    let old = server.log_in("carl").await;
    let call = Call::new(Method::POST, "/icws/connection")
        .header(header::ACCEPT_LANGUAGE, "en-us")
        .header(header::COOKIE, old.cookie.as_deref().expect("a cookie"))
        .header(CSRF_TOKEN, old.token.as_deref().expect("a token"))
        .header(SESSION_ID, &old.id)
        .json(&credentials("anna", PASSWORD));
    let answer = client.send(call).await.expect("an answer");
    assert_eq!(
        (answer.status, &answer.value()["userID"]),
        (201, &json!("anna"))
    );
    assert_ne!(answer.header(SESSION_ID), Some(old.id.as_str()));
    assert_eq!(
        old.connection().await.expect("it goes on").connection_state,
        ConnectionState::Up
    );
    for _ in 0..3 {
        let more = client
            .log_in("anna", PASSWORD)
            .await
            .expect("there may be many sessions of a user");
        assert_eq!(
            more.connection().await.expect("it is up").connection_state,
            ConnectionState::Up
        );
    }
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

/// The state of a session, and nothing that is not a session's.
async fn state(session: &Session) -> ConnectionSettings {
    session.connection().await.expect("it can be asked for")
}

/// A session that sends other cookies.
fn with_cookie(session: &Session, cookie: impl Into<String>) -> Session {
    Session {
        cookie: Some(cookie.into()),
        ..session.clone()
    }
}

#[tokio::test]
async fn cookies_may_come_in_any_company() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let (own, other) = (
        anna.cookie.clone().expect("a cookie"),
        carl.cookie.clone().expect("a cookie"),
    );
    let id = &anna.id;
    for cookie in [
        own.clone(),
        format!("{own}; Path=/icws/{id}; HttpOnly"),
        format!("{own};Path=/icws/{id};HttpOnly;Secure;SameSite=None"),
        format!("theme=dark; {own}; Version"),
        format!("; ;=;x;=y; {own}; ; \"quoted=1\"; a=b=c"),
        format!("icws_=1; icws_x=2; icws_0=3; {own}"),
        format!("{other}; {own}"),
        format!("{own}; {other}"),
        format!("  {own}  "),
    ] {
        assert_eq!(
            state(&with_cookie(&anna, &cookie)).await.connection_state,
            ConnectionState::Up,
            "{cookie}"
        );
    }
    // Several header lines are one list (RFC 9113, section 8.2.3, allows it; browsers behind a proxy do it).
    let head = [
        &format!("GET /icws/{id}/connection"),
        &format!(
            "ININ-ICWS-CSRF-Token: {}",
            anna.token.as_deref().expect("a token")
        ),
        "Cookie: theme=dark",
        &format!("Cookie: {own}"),
    ];
    assert_eq!(
        raw::ask(&server.address(), &head, "").await.json(),
        json!({"connectionState": 1})
    );
    for (cookie, id) in [
        (
            "theme=dark".to_owned(),
            "error.request.connection.cookieMissing",
        ),
        (String::new(), "error.request.connection.cookieMissing"),
        (
            own.replace('=', ""),
            "error.request.connection.cookieMissing",
        ),
        (
            own.to_ascii_uppercase(),
            "error.request.connection.cookieMissing",
        ),
        (format!("{own}x"), "error.request.connection.cookieMismatch"),
        (other, "error.request.connection.cookieMismatch"),
    ] {
        let refused = with_cookie(&anna, &cookie)
            .connection()
            .await
            .expect_err("it is not this session's");
        assert_eq!((refused.status, refused.id()), (401, id), "{cookie}");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_client_says_so() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    assert_eq!(
        anna.raw(Method::GET, "/connection", None)
            .await
            .expect("an answer")
            .value(),
        json!({"connectionState": 1})
    );
    let answer = anna
        .raw(Method::DELETE, "/connection", None)
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    for _ in 0..2 {
        assert_eq!(
            anna.raw(Method::GET, "/connection", None)
                .await
                .expect("an answer")
                .value(),
            json!({"connectionState": 2, "reason": "The user logged out.", "shouldReconnect": false})
        );
    }
    for refused in [
        anna.log_out().await,
        anna.heartbeat().await,
        anna.messages().await.map(drop),
    ] {
        assert_eq!(refused.expect_err("it has ended").status, 401);
    }
}

#[tokio::test]
async fn what_the_server_is_can_be_asked_without_a_session() {
    let server = Server::demo().await;
    let address = server.address();
    let get = async |path: &str| {
        // Neither headers nor cookies.
        let answer = raw::ask(&address, &[&format!("GET {path}")], "").await;
        assert_eq!(
            answer.header("content-type"),
            Some("application/vnd.inin.icws+json")
        );
        assert!(answer.all("set-cookie").is_empty());
        (answer.status, answer.json())
    };
    let (status, version) = get("/icws/connection/version").await;
    assert_eq!(status, 200);
    for part in ["majorVersion", "minorVersion", "su", "build", "codebaseId"] {
        let text = version[part].as_str().expect("a string");
        assert!(
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
            "{part}: {text}"
        );
    }
    let features = [
        ("connection", 10),
        ("interactions", 10),
        ("messaging", 2),
        ("response-management", 4),
    ];
    let list: Vec<Value> = features
        .iter()
        .map(|(id, version)| json!({"featureId": id, "version": version}))
        .collect();
    assert_eq!(
        get("/icws/connection/features").await,
        (200, json!({"featureInfoList": list}))
    );
    for (id, version) in features {
        for spelt in [id.to_owned(), id.to_ascii_uppercase()] {
            let found = get(&format!("/icws/connection/features/{spelt}")).await;
            assert_eq!(found, (200, json!({"featureId": id, "version": version})));
        }
    }
    for unknown in ["queues", "configuration", "%00", "connection%20", "%FF"] {
        let (status, body) = get(&format!("/icws/connection/features/{unknown}")).await;
        assert_eq!(
            (status, &body["errorId"]),
            (400, &json!("error.request.connection.featureNotFound")),
            "{unknown}"
        );
    }
    let english = json!({"languageID": "en-US", "languageDisplayName": "English (United States)"});
    for query in [
        "",
        "?displayLanguage=de",
        "?singleSignOnCapabilities=1,2&displayLanguage=en-us",
        "?displayLanguage",
    ] {
        let info = json!({
            "languages": [english],
            "acceptLanguage": "en-US",
            "authentication": {"allowIcAuth": true, "identityProviders": []},
        });
        assert_eq!(
            get(&format!("/icws/connection/server-info{query}")).await,
            (200, info),
            "{query}"
        );
    }
    // The same through the typed client, which holds it against the contract.
    let client = server.client();
    let feature = client.feature("Messaging").await.expect("a feature");
    assert_eq!(
        (feature.feature_id.as_str(), feature.version),
        ("messaging", 2)
    );
    assert_eq!(
        client
            .features()
            .await
            .expect("a list")
            .feature_info_list
            .len(),
        features.len()
    );
    assert_eq!(
        client.version().await.expect("a version").product_id,
        "attache"
    );
    assert_eq!(
        client
            .server_info()
            .await
            .expect("an answer")
            .accept_language,
        "en-US"
    );
    client.server_time().await.expect("a time");
    let (status, time) = get("/icws/connection/server-time").await;
    assert_eq!(status, 200);
    assert_is_now(time["serverUtcTime"].as_str().expect("a date"));
}

#[tokio::test]
async fn a_password_can_be_changed_and_sessions_go_on() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let file = server.folder().join("password");
    std::fs::write(&file, "new\n").expect("a file");
    let set = crate::server::command()
        .args(["user", "password", "anna", "--data"])
        .arg(server.folder())
        .stdin(std::fs::File::open(&file).expect("the file"))
        .output()
        .expect("the binary");
    assert!(
        set.status.success(),
        "{}",
        String::from_utf8_lossy(&set.stderr)
    );
    let refused = server
        .client()
        .log_in("anna", PASSWORD)
        .await
        .expect_err("it was changed");
    assert_eq!(
        refused.id(),
        "error.request.connection.authenticationFailure"
    );
    server
        .client()
        .log_in("anna", "new")
        .await
        .expect("the new one");
    assert_eq!(state(&anna).await.connection_state, ConnectionState::Up);
    let french = LogIn {
        language: Some("fr"),
        ..LogIn::new("anna", "new")
    };
    assert_eq!(
        server
            .client()
            .log_in_with(&french)
            .await
            .expect("a session")
            .user_id(),
        "anna"
    );
}

/// While the server stops, whoever still reaches it is sent to another host, which is this one by its name.
#[tokio::test]
async fn nobody_logs_in_while_the_server_stops() {
    let mut server = Server::with(&["--server-name", "desk.example.com"]).await;
    let body = credentials("anna", PASSWORD).to_string();
    let mut late = raw::Connection::open(&server.address()).await;
    let head = format!(
        "POST /icws/connection HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    late.write(head + &body[..10]).await;
    let mut idle = raw::Connection::open(&server.address()).await;
    let early = idle.ask(&["GET /icws/connection/version"], "").await;
    assert_eq!(early.expect("an answer").status, 200);
    let finish = async {
        // An idle connection is closed when the server begins to stop.
        assert!(idle.is_closed_within(Duration::from_secs(5)).await);
        late.write(&body[10..]).await;
        late.read().await.expect("an answer")
    };
    let (status, answer) = tokio::join!(server.stop(), finish);
    assert!(status.success(), "{status}");
    assert_eq!(answer.status, 503);
    answer.check("POST /icws/connection");
    assert_eq!(answer.json()["errorId"], "error.server.unavailable");
    assert_eq!(
        answer.json()["alternateHostList"],
        json!(["desk.example.com"])
    );
    assert!(answer.all("set-cookie").is_empty());
}
