//! Sessions: by what they are known, and how they end. That idle ones end by themselves is in `slow.rs`.

use icws::client::{Method, Session};
use icws::connection::{ConnectionSettings, ConnectionState};
use serde_json::json;

use crate::raw;
use crate::server::Server;

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
