//! A user's own mailbox: mail that he writes on behalf of no workgroup goes out by it, and he is found by his names.

use icws::client::{Method, Session};
use icws::email::{CreateEmailParameters, EmailAddress};
use serde_json::{Value, json};

use super::send::the_message;
use super::{content, refused};
use crate::configuration::{IN_USE, ask, get, refusal, wrong};
use crate::eml::Eml;
use crate::server::Server;

/// An email on behalf of nobody else.
fn of_ones_own(address: Option<&str>) -> CreateEmailParameters {
    let mut content = content("Your lamp");
    content.sender = EmailAddress {
        display_name: "whatever".to_owned(),
        address: address.map(str::to_owned),
    };
    CreateEmailParameters {
        email_content: content,
        workgroup: None,
        additional_attributes: None,
    }
}

async fn found(session: &Session, name: &str) -> Vec<(String, String)> {
    let found = session.resolve_address(name, None).await;
    let found = found.expect("is looked for").matched_addresses.into_iter();
    found
        .map(|contact| (contact.name.unwrap_or_default(), contact.address))
        .collect()
}

fn pair(name: &str, address: &str) -> (String, String) {
    (name.to_owned(), address.to_owned())
}

/// The mailbox of a user as it is told.
async fn own(admin: &Session, user: &str) -> Value {
    let told = get(admin, &format!("users/{user}?select=mailboxProperties")).await;
    told["mailboxProperties"].clone()
}

#[tokio::test]
async fn what_is_written_on_behalf_of_nobody_else_goes_out_by_ones_own_mailbox() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    for words in [
        &["user", "mailbox", "anna", "Anna.L@example.com"][..],
        &[
            "user",
            "mailbox",
            "lea",
            "lea@example.com",
            "--display-name",
            "Léa at work",
        ],
    ] {
        server.done(words).await;
    }
    // Lea belongs to no workgroup, and Anna to one that has a mailbox, too.
    let draft = anna
        .create_email(&of_ones_own(None))
        .await
        .expect("a draft");
    anna.send_email(&draft.interaction_id).await.expect("sent");
    let eml = Eml::read(&the_message(&server).await);
    let from = eml.addresses("From").expect("a sender");
    assert_eq!(from, ["Anna Lindqvist <Anna.L@example.com>"]);
    let draft = lea
        .create_email(&of_ones_own(Some("LEA@example.com")))
        .await;
    let draft = draft.expect("a draft").interaction_id;
    refused(
        lea.create_email(&of_ones_own(Some("anna.l@example.com")))
            .await,
        400,
        "error.request.email.senderAccessDenied",
    );
    // She is found by her user id, her name, the name beside the address, and the address.
    for name in ["lea@", "TANAKA", "lea tan", "LEÁ WORK", "example lea"] {
        let expected = [pair("Léa at work", "lea@example.com")];
        assert_eq!(found(&anna, name).await, expected, "{name}");
    }

    // What is on its way out keeps its mailbox.
    let admin = server.log_in("admin").await;
    let other = json!({"mailboxProperties": {"emailAddress": "tanaka@example.com"}});
    let answer = ask(&admin, Method::PUT, "users/lea", Some(&other)).await;
    assert_eq!(refusal(&answer), (400, IN_USE.to_owned()));
    assert_eq!(
        answer.value()["explicitReferences"][0]["references"][0]["id"],
        draft
    );
    lea.disconnect(&draft).await.expect("is given up");
    let answer = ask(&admin, Method::PUT, "users/lea", Some(&other)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(found(&anna, "work").await, []);
    assert_eq!(
        found(&anna, "lea").await,
        [pair("Lea Tanaka", "tanaka@example.com")]
    );
    let answer = ask(&admin, Method::DELETE, "users/lea", None).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(found(&anna, "tanaka").await, []);
}

#[tokio::test]
async fn a_mailbox_of_ones_own_is_set_changed_and_taken() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let none = json!({"displayName": null, "emailAddress": null});
    let new = json!({
        "configurationId": {"id": "dora", "displayName": "Dora Weiß"},
        "mailboxProperties": {"emailAddress": " dora@example.com ", "displayName": null},
    });
    let made = ask(&admin, Method::POST, "users", Some(&new)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for (given, told) in [
        (
            json!({}),
            json!({"displayName": "Dora Weiß", "emailAddress": "dora@example.com"}),
        ),
        (
            json!({"displayName": "Dora"}),
            json!({"displayName": "Dora", "emailAddress": "dora@example.com"}),
        ),
        (
            none.clone(),
            json!({"displayName": "Dora", "emailAddress": "dora@example.com"}),
        ),
        (
            json!({"emailAddress": "DORA@example.com"}),
            json!({"displayName": "Dora", "emailAddress": "DORA@example.com"}),
        ),
        (
            json!({"emailAddress": "dw@example.com"}),
            json!({"displayName": "Dora Weiß", "emailAddress": "dw@example.com"}),
        ),
        (json!({"emailAddress": ""}), none.clone()),
        (json!({"emailAddress": ""}), none.clone()),
        (none.clone(), none.clone()),
    ] {
        let body = json!({"mailboxProperties": given});
        let answer = ask(&admin, Method::PUT, "users/dora", Some(&body)).await;
        assert_eq!(answer.status, 200, "{given}: {}", answer.text());
        assert_eq!(own(&admin, "dora").await, told, "{given}");
    }
    server
        .done(&["user", "mailbox", "anna", "anna@example.com"])
        .await;
    for (given, property, kind) in [
        (
            json!({"emailAddress": "ANNA@example.com"}),
            "emailAddress",
            1,
        ),
        (
            json!({"emailAddress": "support@example.com"}),
            "emailAddress",
            1,
        ),
        (json!({"emailAddress": "nonsense"}), "emailAddress", 13),
        (
            json!({"emailAddress": "a@example.com\r\nBcc: b@example.com"}),
            "emailAddress",
            13,
        ),
        (
            json!({"emailAddress": "a@example.com", "displayName": "a\r\nb"}),
            "displayName",
            13,
        ),
    ] {
        let body = json!({"mailboxProperties": given});
        let found = wrong(&admin, Method::PUT, "users/dora", &body).await;
        assert_eq!(
            found,
            (format!("mailboxProperties.{property}"), kind),
            "{given}"
        );
    }
    let body = json!({"mailboxProperties": {"displayName": "x"}});
    let answer = ask(&admin, Method::PUT, "users/dora", Some(&body)).await;
    assert_eq!(
        answer.value()["propertyName"],
        "mailboxProperties.emailAddress"
    );
    assert_eq!(own(&admin, "dora").await, none, "nothing was changed");
    let taken = json!({"add": [{"emailAddress": "anna@example.com"}]});
    let path = "workgroups/Support/monitored-mailboxes";
    assert_eq!(
        wrong(&admin, Method::POST, path, &taken).await,
        ("add".to_owned(), 1)
    );
}
