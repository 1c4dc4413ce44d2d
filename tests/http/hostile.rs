//! What strangers may send to every operation that is served: each gets a clear refusal, and nothing is changed by it.
//!
//! The operations and what they take are those of the description of the API, which a test of its own holds against the router.

mod bodies;
mod kept;
mod target;

use std::time::Instant;

use icws::client::Method;

use crate::email::{attachments_of, draft};
use crate::raw;
use crate::server::Server;
use bodies::Schemas;
use target::{SOON, Target, Try, is_clear, never, operations};

#[tokio::test]
async fn every_operation_refuses_bodies_that_are_no_object_and_changes_nothing() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let before = kept::everything(&server.folder());
    for operation in operations().iter().filter(|one| one.body.is_some()) {
        for (what, body) in bodies::broken() {
            let sent = operation.with_body(what, body);
            is_clear(&sent, &target.send(&sent).await);
        }
    }
    kept::assert_same(&before, &kept::everything(&server.folder()));
    let lives = target.session.connection().await;
    lives.expect("the session lives");
}

#[tokio::test]
async fn every_operation_refuses_what_is_of_the_wrong_type_or_there_twice() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let schemas = Schemas::of_the_description();
    let before = kept::everything(&server.folder());
    for operation in operations() {
        let Some(schema) = &operation.body else {
            continue;
        };
        for (what, body) in schemas.wrong(schema) {
            let sent = operation.with_body(&what, body);
            is_clear(&sent, &target.send(&sent).await);
        }
    }
    kept::assert_same(&before, &kept::everything(&server.folder()));
}

#[tokio::test]
async fn every_operation_takes_odd_members_with_composure() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let schemas = Schemas::of_the_description();
    let mut all = Vec::new();
    for operation in operations() {
        let schema = operation.body.iter();
        for (what, body) in schema.flat_map(|schema| schemas.odd(schema)) {
            all.push(operation.with_body(&what, body));
        }
    }
    refusals_change_nothing(&target, all).await;
}

/// Every list and every map that a body may have, as long as the limit of its bytes allows. Whoever else is there goes on working.
#[tokio::test]
async fn no_list_is_so_long_that_others_wait() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let ben = server.log_in("ben").await;
    let schemas = Schemas::of_the_description();
    let mut count = 0;
    for operation in operations() {
        let schema = operation.body.iter();
        for (what, body) in schema.flat_map(|schema| schemas.long(schema)) {
            let sent = operation.with_body(&what, body);
            let answer = target.send(&sent).await;
            never(&sent, &answer);
            if answer.status >= 400 {
                is_clear(&sent, &answer);
            }
            let began = Instant::now();
            ben.messages().await.expect("a poll");
            draft(&ben).await;
            let took = began.elapsed();
            assert!(took < SOON, "{sent}: another one waited for {took:?}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

/// Where the description has no body none is read.
#[tokio::test]
async fn what_takes_a_body_is_described_with_one() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    for operation in operations().iter().filter(|one| one.body.is_none()) {
        // The bytes of a file are anything, and who has logged out is not read.
        let takes_bytes = operation.path.contains("/file/") || operation.path.contains("/upload/");
        let logs_out =
            operation.method == Method::DELETE && operation.path.ends_with("}/connection");
        if takes_bytes || logs_out {
            continue;
        }
        let sent = operation.with_body("half an object", b"{\"a\": ".to_vec());
        let answer = target.send(&sent).await;
        let error = answer.text();
        assert!(!error.contains("invalidRepresentation"), "{sent}: {error}");
        assert_ne!(answer.status, 401, "{sent}: {error}");
    }
}

#[tokio::test]
async fn no_name_in_a_path_leads_anywhere_else() {
    const TRICKS: [&str; 16] = [
        "..%2f..%2f..%2fetc%2fpasswd",
        "..%5c..%5cattache.sqlite",
        "%252e%252e",
        "%00",
        "1%00",
        "%ff%fe",
        "%0d%0aX-Evil:%201",
        "-1",
        "0",
        "99999999999999999999999999",
        "1000000001%20OR%201=1",
        "%27%3b%20DROP%20TABLE%20users;--",
        "%F0%9F%93%8E%E2%80%AE",
        "1;jsessionid=1",
        "*",
        "%",
    ];
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let long = "9".repeat(4_000);
    let tricks: Vec<&str> = TRICKS.into_iter().chain([long.as_str()]).collect();
    let mut all = Vec::new();
    for operation in operations() {
        for name in operation.parameters() {
            // Sessions are looked up in one place, for all.
            let every = if name == "sessionId" { 4 } else { 1 };
            for trick in tricks.iter().step_by(every) {
                all.push(operation.with_parameter(name, trick));
            }
        }
    }
    refusals_change_nothing(&target, all).await;
}

/// Sends all of them, and those that are refused to a server that was sent nothing yet, to see that they change nothing. Some are refused only
/// because another one has made something, and are left out then.
async fn refusals_change_nothing(target: &Target, all: Vec<Try>) {
    let (mut refused, mut others) = send_all(target, all).await;
    assert!(
        refused.len() > 500 && others > 50,
        "{} {others}",
        refused.len()
    );
    for _ in 0..3 {
        let fresh = Server::demo().await;
        let target = Target::at(&fresh).await;
        let before = kept::everything(&fresh.folder());
        (refused, others) = send_all(&target, refused).await;
        if others == 0 {
            kept::assert_same(&before, &kept::everything(&fresh.folder()));
            return;
        }
    }
    panic!("{others} of the requests are refused at times");
}

/// Gives those that were refused, and how many were not.
async fn send_all(target: &Target, all: Vec<Try>) -> (Vec<Try>, usize) {
    let mut refused = Vec::new();
    let mut others = 0;
    for sent in all {
        let answer = target.send(&sent).await;
        never(&sent, &answer);
        if answer.status >= 400 {
            is_clear(&sent, &answer);
            refused.push(sent);
        } else {
            let status = answer.status;
            assert!(!sent.is_of_another_session(), "{sent}: {status}");
            others += 1;
        }
    }
    (refused, others)
}

#[tokio::test]
async fn no_operation_waits_for_a_body_that_is_too_large() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    for operation in operations().iter().filter(|one| one.body.is_some()) {
        let sent = operation.with_body("huge", Vec::new());
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: 99999999999\r\n\r\n{{\"a\": \"",
            operation.method,
            target.path(&sent),
            target.head().join("\r\n")
        );
        let mut connection = raw::Connection::open(&server.address()).await;
        connection.write(head).await;
        let answer = connection.read().await.expect("an answer");
        let error = answer.json();
        assert_eq!(
            (answer.status, &error["errorId"]),
            (400, &"error.request.tooLarge".into()),
            "{sent}: {error}"
        );
    }
}

#[tokio::test]
async fn a_query_may_be_anything() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let long = format!("?select={}", "a,".repeat(10_000));
    for operation in operations() {
        if operation.method != Method::GET {
            continue;
        }
        for query in [
            "?",
            "?&&=&=",
            "?select=%ff&where=%00&orderBy=%F0%9F%93%8E",
            "?select=%0d%0aX-Evil:%201&filter=%0d%0a",
            "?where=id%20eq%20'%20OR%201=1--&where=a.b.c.d.e%20ct%20",
            "?orderBy=__proto__&rightsFilter=everything&select=__type.__type",
            "?include=a&include=b&INCLUDE=c&tag=x&tag=y&singleSignOnCapabilities=9",
            long.as_str(),
        ] {
            let sent = operation.with_query(query);
            let answer = target.send(&sent).await;
            never(&sent, &answer);
            if answer.status >= 400 {
                is_clear(&sent, &answer);
            }
        }
    }
}

#[tokio::test]
async fn what_a_client_names_does_not_split_headers() {
    let server = Server::demo().await;
    let target = Target::at(&server).await;
    let session = &target.session;
    for name in [
        "a\r\nX-Evil: 1\r\n\r\nb.txt",
        "\u{2028}\u{85}\n.txt",
        "\"; filename=evil.exe",
        "..\\..\\c:\\x.txt",
        "\u{202e}gpj.exe",
    ] {
        let uploaded = session
            .upload_bytes(&target.interaction, name, false, vec![1, 2, 3])
            .await;
        uploaded.expect("uploaded");
        let files = attachments_of(session, &target.interaction).await;
        let file = files.last().expect("a file");
        assert!(
            !file.name.contains(['/', '\\', '\r', '\n']),
            "{:?}",
            file.name
        );
        let answer = session.fetch(&file.download_uri).await.expect("its bytes");
        assert!(answer.header("x-evil").is_none(), "{answer:?}");
        let disposition = answer.header("content-disposition").expect("a name");
        assert!(disposition.starts_with("attachment"), "{disposition}");
        let quotes = disposition.matches('"').count();
        assert_eq!(quotes, 2, "one quoted name: {disposition}");
    }
}
