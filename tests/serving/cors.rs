//! Pages of other origins.

use super::{LOGIN, VERSION};
use crate::raw::{self, Answer};
use crate::server::Server;

const PAGE: &str = "Origin: https://desk.example.com";
const ALLOWED: [(&str, &str); 2] = [
    ("access-control-allow-origin", "https://desk.example.com"),
    ("access-control-allow-credentials", "true"),
];

async fn server() -> Server {
    let one = ["--cors-origin", "https://desk.example.com"];
    let other = ["--cors-origin", "http://localhost:3000"];
    Server::with(&[one, other].concat()).await
}

fn assert_allowed(answer: &Answer) {
    for (name, value) in ALLOWED {
        assert_eq!(answer.all(name), [value]);
    }
    assert_eq!(answer.header("vary"), Some("origin"));
}

fn assert_not_allowed(answer: &Answer) {
    let cors = answer
        .headers
        .iter()
        .find(|(name, _)| name.starts_with("access-control-"));
    assert_eq!(cors, None);
}

/// The names in a list, in lower case.
fn names(answer: &Answer, header: &str) -> Vec<String> {
    let list = answer
        .header(header)
        .unwrap_or_default()
        .to_ascii_lowercase();
    list.split(',').map(|name| name.trim().to_owned()).collect()
}

#[tokio::test]
async fn a_browser_may_ask_before_it_sends() {
    let server = server().await;
    let asks = [
        "Access-Control-Request-Method: PUT",
        "Access-Control-Request-Headers: content-type,inin-icws-csrf-token,x-icws-devtools-correlationid",
    ];
    for path in [
        "/icws/connection",
        "/icws/1/interactions/2/email/save",
        "/icws/nothing",
    ] {
        let line = format!("OPTIONS {path}");
        let head = [&line, PAGE, asks[0], asks[1]];
        let answer = raw::ask(&server.address(), &head, "").await;
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{path}");
        assert_allowed(&answer);
        let allowed = names(&answer, "access-control-allow-headers");
        for name in [
            "content-type",
            "accept",
            "accept-language",
            "inin-icws-csrf-token",
            "inin-icws-session-id",
            "x-icws-devtools-correlationid",
            "range",
        ] {
            assert!(allowed.contains(&name.to_owned()), "{name}");
        }
        let methods = names(&answer, "access-control-allow-methods");
        assert_eq!(methods, ["get", "post", "put", "delete"]);
        assert_eq!(answer.header("access-control-max-age"), Some("3600"));
        // Another page, and one that does not ask as browsers do, get what everybody gets.
        let head = [&line, "Origin: https://elsewhere.example.com", asks[0]];
        let other = raw::ask(&server.address(), &head, "").await;
        assert!([404, 405].contains(&other.status), "{}", other.status);
        assert_not_allowed(&other);
        let plain = raw::ask(&server.address(), &[&line, PAGE], "").await;
        assert!([404, 405].contains(&plain.status), "{}", plain.status);
    }
}

#[tokio::test]
async fn every_answer_says_which_page_may_read_it() {
    let server = server().await;
    let address = server.address();
    let version = format!("GET {VERSION}");
    let head = ["POST /icws/connection", "Accept-Language: en", PAGE];
    let logged_in = raw::ask(&address, &head, LOGIN).await;
    assert_eq!(logged_in.status, 201);
    assert_allowed(&logged_in);
    let read = names(&logged_in, "access-control-expose-headers");
    for name in [
        "inin-icws-session-id",
        "inin-icws-csrf-token",
        "location",
        "content-range",
        "www-authenticate",
    ] {
        assert!(read.contains(&name.to_owned()), "{name}");
    }
    // Refusals, too: a page has to see why.
    for (line, status) in [
        (version.as_str(), 200),
        ("GET /icws/1/connection", 401),
        ("GET /icws/nothing", 404),
        ("PUT /icws/connection", 405),
    ] {
        let answer = raw::ask(&address, &[line, PAGE], "").await;
        assert_eq!(answer.status, status);
        assert_allowed(&answer);
        let stranger = raw::ask(
            &address,
            &[line, "Origin: https://desk.example.com.evil"],
            "",
        )
        .await;
        assert_eq!(stranger.status, status);
        assert_not_allowed(&stranger);
        assert_eq!(
            stranger.header("vary"),
            Some("origin"),
            "caches are to know"
        );
        assert_not_allowed(&raw::ask(&address, &[line], "").await);
    }
    let local = raw::ask(&address, &[&version, "Origin: http://localhost:3000"], "").await;
    assert_eq!(local.header(ALLOWED[0].0), Some("http://localhost:3000"));
}

#[tokio::test]
async fn without_origins_there_is_nothing_of_it() {
    let server = Server::demo().await;
    let asks = "Access-Control-Request-Method: GET";
    let line = format!("OPTIONS {VERSION}");
    let answer = raw::ask(&server.address(), &[&line, PAGE, asks], "").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
    assert_not_allowed(&answer);
    assert_eq!(answer.header("vary"), None);
}
