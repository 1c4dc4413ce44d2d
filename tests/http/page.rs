//! The page that tells of the API. What a browser makes of it is tried by `tests/description`.

use icws::client::{Call, Method, RawResponse};
use serde_json::Value;

use crate::server::Server;

const FILES: [(&str, &str); 4] = [
    ("/docs", "text/html; charset=utf-8"),
    ("/docs/page.css", "text/css; charset=utf-8"),
    ("/docs/page.js", "text/javascript; charset=utf-8"),
    (
        "/docs/openapi.json",
        "application/vnd.oai.openapi+json;version=3.1",
    ),
];

async fn get(server: &Server, path: &str) -> RawResponse {
    let call = Call::new(Method::GET, path);
    server.client().send(call).await.expect("an answer")
}

#[tokio::test]
async fn the_page_is_served_with_nothing_from_elsewhere() {
    let server = Server::demo().await;
    for (path, kind) in FILES {
        let answer = get(&server, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        for word in ["unsafe", "http", "*"] {
            assert!(!policy.contains(word), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        if !path.ends_with("json") {
            let text = answer.text();
            assert!(!text.contains("://"), "{path} names another place");
            for inline in ["<style", " style=", " onclick=", "innerHTML", "eval("] {
                assert!(!text.contains(inline), "{path} has {inline}");
            }
        }
    }
    let description: Value = get(&server, "/docs/openapi.json").await.value();
    assert_eq!(description["openapi"], "3.1.0");
    let slash = get(&server, "/docs/").await;
    assert_eq!(slash.header("location"), Some("../docs"));
    assert_eq!(get(&server, "/docs/page.rs").await.status, 404);
    let wrong = Call::new(Method::POST, "/docs").body(b"{}".to_vec());
    let answer = server.client().send(wrong).await.expect("an answer");
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn behind_a_prefix_the_page_is_below_it() {
    let server = Server::with(&["--proxy-prefix", "/desk"]).await;
    for (path, kind) in FILES {
        for path in [path.to_owned(), format!("/desk{path}")] {
            let answer = get(&server, &path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        }
    }
}
