//! Operations that the administrator has retired.

use attache::route::Route;
use attache::router::routes;

use super::assert_error;
use crate::email::draft;
use crate::raw;
use crate::server::Server;

const INSERT: &str = "POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert";

/// A route's request line, whose ids nobody has.
fn line(key: &str) -> String {
    let segments = key
        .split('/')
        .map(|part| if part.starts_with('{') { "1" } else { part });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_insert_can_be_retired() {
    let server = Server::with(&["--retired", INSERT]).await;
    // Before the session is looked at.
    let answer = raw::ask(&server.address(), &[&line(INSERT)], "{").await;
    assert_error(INSERT, &answer, 410, "error.request.gone");
    let other = raw::ask(
        &server.address(),
        &[&line(INSERT).replace("POST", "PUT")],
        "",
    )
    .await;
    assert_error(
        "another method",
        &other,
        405,
        "error.request.accessDenied.httpMethodNotAllowed",
    );
    assert_eq!(other.header("allow"), Some("POST"));
    // What is beside it is served.
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.upload_bytes(&id, "a.txt", false, "a")
        .await
        .expect("is uploaded");
}

#[tokio::test]
async fn every_operation_can_be_retired() {
    let keys: Vec<String> = routes().iter().map(Route::key).collect();
    let file = tempfile::NamedTempFile::new().expect("a file");
    let list: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
    std::fs::write(file.path(), format!("retired = [{}]\n", list.join(", "))).expect("a file");
    let server = Server::with(&["--config", file.path().to_str().expect("UTF-8")]).await;
    let client = server.client();
    for key in &keys {
        // Through the client, which holds it against the contract.
        let line = line(key);
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let method = method.parse().expect("a method");
        let answer = client
            .send(icws::client::Call::new(method, path))
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.value()["errorId"].as_str()),
            (410, Some("error.request.gone")),
            "{key}"
        );
    }
}

#[tokio::test]
async fn operations_that_are_not_served_may_be_retired_too() {
    let both = format!("{INSERT},post /icws/{{sessionId}}/interactions/{{interactionId}}/mute");
    let server = Server::with(&["--retired", &both]).await;
    for line in [line(INSERT), "POST /icws/1/interactions/1/mute".to_owned()] {
        assert_error(
            &line,
            &raw::ask(&server.address(), &[&line], "").await,
            410,
            "error.request.gone",
        );
    }
}
