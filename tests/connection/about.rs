//! What can be asked without a session.

use icws::client::{Call, Method, header};
use serde_json::{Value, json};

use super::assert_is_now;
use crate::raw;
use crate::server::Server;

/// The languages that messages are written in, by their names.
fn languages(english: &str, german: &str) -> Value {
    json!([
        {"languageID": "en-US", "languageDisplayName": english},
        {"languageID": "de-DE", "languageDisplayName": german},
    ])
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
        ("configuration", 1),
        ("connection", 10),
        ("interactions", 10),
        ("licenses", 1),
        ("messaging", 2),
        ("queues", 1),
        ("response-management", 4),
        ("session", 1),
        ("status", 1),
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
    for unknown in ["tables", "dialer", "%00", "connection%20", "%FF"] {
        let (status, body) = get(&format!("/icws/connection/features/{unknown}")).await;
        assert_eq!(
            (status, &body["errorId"]),
            (400, &json!("error.request.connection.featureNotFound")),
            "{unknown}"
        );
    }
    for query in ["", "?displayLanguage", "?singleSignOnCapabilities=1,2"] {
        let info = json!({
            "languages": languages("English (United States)", "Deutsch (Deutschland)"),
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
async fn there_is_no_pair_of_servers_of_which_one_waits() {
    let server = Server::with(&["--server-name", "desk.example.com"]).await;
    let anna = server.log_in("anna").await;
    let answer = anna
        .raw(Method::GET, "/connection/switchover-status", None)
        .await
        .expect("an answer");
    let expected = json!({"isSwitchoverActive": false, "primaryHost": "desk.example.com"});
    assert_eq!((answer.status, answer.value()), (200, expected));
}

#[tokio::test]
async fn the_header_chooses_the_language_and_the_display_how_languages_are_called() {
    let server = Server::demo().await;
    let own = languages("English (United States)", "Deutsch (Deutschland)");
    let in_english = languages("English (United States)", "German (Germany)");
    let in_german = languages("Englisch (Vereinigte Staaten)", "Deutsch (Deutschland)");
    for (header, display, chosen, named) in [
        ("en", "?displayLanguage=de", "en-US", &in_german),
        ("de", "?displayLanguage=en-us", "de-DE", &in_english),
        ("de", "?displayLanguage=DE-at", "de-DE", &in_german),
        ("de", "?displayLanguage=tlh", "de-DE", &in_english),
        ("de", "?displayLanguage=", "de-DE", &own),
        ("de", "", "de-DE", &own),
        ("tlh", "", "en-US", &own),
    ] {
        let path = format!("/icws/connection/server-info{display}");
        let ask = Call::new(Method::GET, path).header(header::ACCEPT_LANGUAGE, header);
        let answer = server.client().send(ask).await.expect("an answer").value();
        assert_eq!(answer["acceptLanguage"], chosen, "{header} {display}");
        assert_eq!(answer["languages"], *named, "{header} {display}");
    }
}
