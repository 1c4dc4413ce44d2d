//! `resolve-address`.

use icws::email::EmailContact;

use super::{mail, take_in};
use crate::email::{draft, refused};
use crate::server::Server;

#[tokio::test]
async fn addresses_are_found_by_the_beginnings_of_words() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let from = |name: &str| {
        mail(name, "Subject: x", "")
            .replace("Kim Berg <kim@", &format!("\"{name} Ångström\" <{name}@"))
    };
    for name in ["Jörg", "Åke"] {
        let ascii = if name == "Jörg" { "joerg" } else { "ake" };
        take_in(
            &server,
            from(name).replace(&format!("<{name}@"), &format!("<{ascii}@")),
        )
        .await;
    }
    // Whom mail went to.
    let sent = draft(&anna).await;
    anna.send_email(&sent).await.expect("is sent");
    server
        .done(&[
            "workgroup",
            "mailbox",
            "Support",
            "kimono@example.com",
            "--display-name",
            "Kimono sales",
        ])
        .await;
    let found = async |name: &str, most: Option<i32>| -> Vec<String> {
        let found = anna
            .resolve_address(name, most)
            .await
            .expect("is looked for");
        found
            .matched_addresses
            .into_iter()
            .map(|contact| contact.address)
            .collect()
    };
    assert_eq!(
        found("ANGSTROM", None).await,
        ["ake@example.org", "joerg@example.org"]
    );
    assert_eq!(found("jor ang", None).await, ["joerg@example.org"]);
    assert_eq!(found("Jörg Å", None).await, ["joerg@example.org"]);
    assert_eq!(found("ake@ex", None).await, ["ake@example.org"]);
    assert_eq!(
        found("kim", None).await,
        ["kim@example.org", "kimono@example.com"],
        "what is called exactly so is first"
    );
    assert_eq!(found("kimo", None).await, ["kimono@example.com"]);
    assert_eq!(
        found("supp", None).await,
        ["kimono@example.com", "support@example.com"],
        "mailboxes are found by whose they are"
    );
    assert_eq!(found("example", Some(1)).await.len(), 1);
    assert_eq!(found("example", Some(0)).await, [""; 0]);
    assert_eq!(found("", None).await, [""; 0]);
    assert_eq!(
        found("ngstr", None).await,
        [""; 0],
        "not in the middle of a word"
    );
    let all = anna
        .resolve_address("joerg", None)
        .await
        .expect("is looked for");
    assert_eq!(
        all.matched_addresses,
        [EmailContact {
            name: Some("Jörg Ångström".to_owned()),
            address: "joerg@example.org".to_owned()
        }]
    );
    refused(
        anna.resolve_address("kim", Some(-1)).await,
        400,
        "error.request.invalidRepresentation.invalidProperty",
    );
}
