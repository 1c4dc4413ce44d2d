//! What can be asked without a session.

use serde_json::{Value, json};

use super::assert_is_now;
use crate::raw;
use crate::server::Server;

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
