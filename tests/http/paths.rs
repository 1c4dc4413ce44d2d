//! Paths that are none, operations that are not served, and methods that a path does not take.

use std::collections::BTreeSet;

use attache::router::routes;
use icws::operations;

use super::{LOGIN, assert_error, session_headers};
use crate::email::{draft, refused};
use crate::raw;
use crate::server::Server;

const NOT_FOUND: &str = "error.request.notFound";
const NOT_ALLOWED: &str = "error.request.accessDenied.httpMethodNotAllowed";
const GONE: &str = "error.request.gone";

#[tokio::test]
async fn what_is_no_path_of_the_api_is_not_found() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let [cookie, token] = session_headers(&anna);
    let mut connection = raw::Connection::open(&server.address()).await;
    for path in [
        "/",
        "/icws",
        "/icws/",
        "/icws/connection/",
        "//icws/connection",
        "/icws/connection/version/",
        "/icws/../icws/connection",
        "/icws/connection/nonsense",
        "/icwsx/connection",
        "/api/icws/connection",
        "/index.html",
        "/icws/connection%2Fversion",
        "/%69cws/connection",
        "/icws/%FF/%00/nonsense",
        &format!("/icws/{}/", anna.id),
        &format!("/icws/{}/nonsense", anna.id),
        &format!("/icws/{}/connection/", anna.id),
        &format!("/icws/{}/interactions/1/email/send/now", anna.id),
        &format!("/icws/{}", "x/".repeat(5_000)),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = connection
                .ask(&[&format!("{method} {path}"), &cookie, &token], "")
                .await
                .expect("an answer");
            assert_error(path, &answer, 404, NOT_FOUND);
            assert_eq!(answer.header("www-authenticate"), None, "{path}");
        }
    }
}

#[tokio::test]
async fn every_operation_that_is_not_served_is_gone() {
    let server = Server::demo().await;
    let declared: BTreeSet<String> = routes().iter().map(attache::route::Route::key).collect();
    let mut connection = raw::Connection::open(&server.address()).await;
    let (mut gone, mut redirects) = (0, Vec::new());
    for operation in operations::all() {
        if declared.contains(&format!("{} {}", operation.method, operation.path)) {
            continue;
        }
        // Whatever the parameters are, and without a session: nothing is looked at.
        let segments = operation
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part });
        let line = format!(
            "{} {}",
            operation.method,
            segments.collect::<Vec<_>>().join("/")
        );
        let answer = connection.ask(&[&line], "{").await.expect("an answer");
        if operation.response(410).is_some() {
            assert_error(&line, &answer, 410, GONE);
            gone += 1;
        } else {
            assert_error(&line, &answer, 404, NOT_FOUND);
            redirects.push(operation.id);
        }
    }
    assert_eq!(redirects.len(), 2, "{redirects:?}");
    let of_the_api = declared.iter().filter(|key| {
        let (method, path) = key.split_once(' ').expect("a method and a path");
        operations::find(method, path).is_some()
    });
    assert_eq!(gone + 2 + of_the_api.count(), operations::all().len());
}

#[tokio::test]
async fn a_path_that_is_not_served_tells_its_methods() {
    let server = Server::demo().await;
    for (path, allowed) in [
        ("/icws/1/interactions/1/mute", "POST"),
        ("/icws/1/voice-prompts/greeting/activation", "GET, PUT"),
        (
            "/icws/1/messaging/subscriptions/alerts/alert-catalog",
            "DELETE, PUT",
        ),
    ] {
        for method in ["PATCH", "OPTIONS", "TRACE", "NONSENSE"] {
            let answer = raw::ask(&server.address(), &[&format!("{method} {path}")], "").await;
            assert_error(path, &answer, 405, NOT_ALLOWED);
            assert_eq!(answer.header("allow"), Some(allowed));
        }
    }
}

#[tokio::test]
async fn a_look_at_the_head_of_messages_takes_none_away() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.upload_bytes(&id, "a.txt", false, "a")
        .await
        .expect("is uploaded");
    let [cookie, token] = session_headers(&anna);
    for accept in ["*/*", "text/event-stream"] {
        let line = format!("HEAD /icws/{}/messaging/messages", anna.id);
        let answer = raw::ask(
            &server.address(),
            &[&line, &cookie, &token, &format!("Accept: {accept}")],
            "",
        )
        .await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
    }
    assert_eq!(anna.messages().await.expect("a poll").len(), 1);
}

#[tokio::test]
async fn the_root_of_the_api_may_be_written_in_any_case() {
    let server = Server::demo().await;
    let address = server.address();
    let answer = raw::ask(
        &address,
        &[
            "POST /ICWS/connection?include=features",
            "Accept-Language: en",
        ],
        LOGIN,
    )
    .await;
    assert_eq!(answer.status, 201);
    assert!(answer.json()["features"].is_array(), "the query is there");
    let id = answer
        .header("inin-icws-session-id")
        .expect("an id")
        .to_owned();
    let cookie = format!("Cookie: {}", answer.header("set-cookie").expect("a cookie"));
    let token = format!(
        "inin-icws-csrf-token: {}",
        answer.header("inin-icws-csrf-token").expect("a token")
    );
    for root in ["ICWS", "Icws", "iCwS", "icws"] {
        let up = raw::ask(
            &address,
            &[&format!("GET /{root}/{id}/connection"), &cookie, &token],
            "",
        )
        .await;
        assert_eq!(
            (up.status, up.json()),
            (200, serde_json::json!({"connectionState": 1}))
        );
        let missing = raw::ask(&address, &[&format!("GET /{root}/{id}/nonsense")], "").await;
        assert_error(root, &missing, 404, NOT_FOUND);
        let gone = raw::ask(
            &address,
            &[&format!("POST /{root}/{id}/interactions/1/mute")],
            "",
        )
        .await;
        assert_error(root, &gone, 410, GONE);
    }
    // The rest of a path is compared as it is.
    for path in [
        "/icws/Connection/version",
        "/icws/connection/VERSION",
        &format!("/icws/{id}/Connection"),
    ] {
        assert_eq!(
            raw::ask(&address, &[&format!("GET {path}")], "")
                .await
                .status,
            404,
            "{path}"
        );
    }
    // A proxy may send the whole address (RFC 9112, section 3.2.2).
    for root in ["icws", "ICWS"] {
        let line = format!("GET http://{address}/{root}/connection/server-time");
        assert_eq!(raw::ask(&address, &[&line], "").await.status, 200);
    }
}

#[tokio::test]
async fn ids_of_any_shape_are_ids_that_are_not_there() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for id in [
        "x",
        "0",
        "-1",
        "1.5",
        "01000000000",
        "99999999999999999999",
        "%20",
        "%FF",
        "a%2Fb",
        "%C3%BC",
        "1000000000'--",
    ] {
        // As it stands: the typed client would encode it.
        refused(
            anna.fetch(&format!("/interactions/{id}")).await,
            404,
            "error.request.interactions.notFound",
        );
    }
}

#[tokio::test]
async fn no_session_id_is_one_that_is_not_there() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let [cookie, token] = session_headers(&anna);
    for path in [
        "/icws//connection",
        "/icws//messaging/messages",
        "/icws/null/connection",
        "/icws/undefined/connection",
    ] {
        let answer = raw::ask(
            &server.address(),
            &[&format!("GET {path}"), &cookie, &token],
            "",
        )
        .await;
        assert_error(
            path,
            &answer,
            401,
            "error.request.connection.authenticationFailure",
        );
    }
}

#[tokio::test]
async fn a_query_is_read_leniently_up_to_a_limit() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let get = async |query: &str| {
        let path = format!("/interactions/{id}?{query}");
        let answer = anna
            .raw(icws::client::Method::GET, &path, None)
            .await
            .expect("an answer");
        (answer.status, answer.value())
    };
    let both = serde_json::json!({"attributes": {"Eic_State": "C", "Eic_ObjectType": "Email"}});
    for query in [
        "select=Eic_State,Eic_ObjectType",
        "select=Eic_State%2CEic_ObjectType",
        "select=Eic_State&select=Eic_ObjectType",
        "SELECT=Eic_State,%20Eic_ObjectType,,",
        "nonsense&=&&select=Eic_State,Eic_ObjectType&%FF=%00",
    ] {
        assert_eq!(get(query).await, (200, both.clone()), "{query}");
    }
    let only_id = serde_json::json!({"attributes": {"Eic_CallId": id}});
    for query in ["", "select", "select=", "select=,,", "selects=Eic_State"] {
        assert_eq!(get(query).await, (200, only_id.clone()), "{query}");
    }
    let most: Vec<String> = (0..1_000).map(|number| format!("a{number}")).collect();
    assert_eq!(get(&format!("select={}", most.join(","))).await.0, 200);
    for query in [
        format!("select={},a", most.join(",")),
        format!("select={}", "x".repeat(257)),
    ] {
        let (status, error) = get(&query).await;
        assert_eq!(
            (status, error["propertyName"].as_str()),
            (400, Some("select"))
        );
    }
}
