//! What the insert refuses, each in its turn: of several faults the first in the order of the rule is told, and nothing is changed.

use std::fs;

use icws::client::{Method, Session};
use icws::response_management::{Item, ItemType};
use serde_json::{Value, json};

use super::{INSERT, blob_of, draft, item, items, names_of, post, refused, snapshot, unknown_item};
use crate::server::{Server, eventually};
use crate::sql;

const MALFORMED: &str = "error.request.malformed";
const MISSING: &str = "error.request.invalidRepresentation.missingProperty";
const INVALID: &str = "error.request.invalidRepresentation.invalidProperty";
const NO_RIGHT: &str = "error.request.responseManagement.accessDenied";
const NO_INTERACTION: &str = "error.request.interactions.notFound";
const NOT_YOURS: &str = "error.request.interactions.accessDenied";
const NOT_AN_EMAIL: &str = "error.request.email.notAnEmail";
const NOT_EDITABLE: &str = "error.request.email.notEditable";
const NO_ITEM: &str = "error.request.responseManagement.itemNotFound";
const ITEM_DENIED: &str = "error.request.responseManagement.itemAccessDenied";
const NOT_A_FILE: &str = "error.request.responseManagement.notAFile";
const FILE_GONE: &str = "error.request.responseManagement.fileGone";
const TOO_MANY: &str = "error.request.email.tooManyAttachments";

/// An interaction that nobody has made.
const UNKNOWN: &str = "9000000001";

/// An item of that kind that the user can find and the other cannot.
async fn item_of_others(others: &Session, kind: ItemType, not_for: &Session) -> Item {
    let known = items(not_for).await;
    let mut foreign = items(others)
        .await
        .into_iter()
        .filter(|item| item.kind == kind && !known.contains(item));
    foreign.next().expect("there is one")
}

/// Sends the insert with a body of any form.
async fn raw(session: &Session, id: &str, body: &str) -> (u16, String, Option<String>) {
    let call = session.call(Method::POST, &format!("/interactions/{id}/email/{INSERT}"));
    let answer = session
        .client
        .send(call.body(body.to_owned()))
        .await
        .expect("an answer");
    let error = answer.success().expect_err("it is refused");
    (
        error.status,
        error.id().to_owned(),
        error.error.property_name().map(str::to_owned),
    )
}

/// Only emails can be made, so what is none is made by hand.
#[tokio::test]
async fn an_interaction_that_is_no_email_takes_nothing_of_one() {
    let mut server = Server::demo().await;
    let id = draft(&server.log_in("anna").await).await;
    server.stop().await;
    let call = format!("UPDATE interactions SET kind = 1 WHERE id = {id}");
    sql::run(&server.folder(), &call);
    server.start().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let file = item(&anna, "Logo.png").await.id;
    refused(lea.insert(&id, file, None).await, 403, NOT_YOURS);
    refused(anna.insert(&id, file, None).await, 400, NOT_AN_EMAIL);
    refused(
        anna.insert(&id, unknown_item(), None).await,
        400,
        NOT_AN_EMAIL,
    );
    let saved = anna.save_email(&id, &super::content("changed")).await;
    refused(saved, 400, NOT_AN_EMAIL);
    refused(anna.send_email(&id).await, 400, NOT_AN_EMAIL);
    refused(anna.upload(&id, "a.txt", false).await, 400, NOT_AN_EMAIL);
    refused(anna.subscribe_email(&id).await, 400, NOT_AN_EMAIL);
    anna.disconnect(&id).await.expect("it is an interaction");
}

#[tokio::test]
async fn of_several_faults_the_first_in_the_order_is_told() {
    let server = Server::with(&["--limits-attachments", "1"]).await;
    let (anna, ben, lea) = (
        server.log_in("anna").await,
        server.log_in("ben").await,
        server.log_in("lea").await,
    );
    let full = super::draft_with(&anna, &["Logo.png"]).await;
    let (sent, closed) = (draft(&anna).await, draft(&anna).await);
    anna.send_email(&sent).await.expect("sent");
    anna.disconnect(&closed).await.expect("disconnected");
    let text = item(&anna, "Opening hours").await.id;
    let link = item(&anna, "Web shop").await.id;
    let file = item(&anna, "Catalogue.pdf").await.id;
    let foreign_file = item_of_others(&lea, ItemType::File, &anna).await.id;
    let foreign_text = item_of_others(&lea, ItemType::Text, &anna).await.id;
    let gone = item(&anna, "Return form.pdf").await.id;
    lose(
        &server,
        &anna,
        "libraries/Letters/Returns/Return form.pdf",
        "Return form.pdf",
    )
    .await;
    snapshot(&anna, &full).await;

    // Step 2: the session, before the right, the body, and the interaction.
    for session in [ben.without_cookie(), ben.without_token()] {
        assert_eq!(raw(&session, UNKNOWN, "{").await.0, 401);
    }
    let body = |id: Value| json!({"id": id, "isInlineAttachment": true}).to_string();
    let unknown = body(json!(unknown_item()));
    let cases: Vec<(&Session, &str, String, u16, &str)> = vec![
        // Step 3: the right that belongs to the caller alone.
        (&ben, UNKNOWN, "{".into(), 403, NO_RIGHT),
        (&ben, &full, unknown.clone(), 403, NO_RIGHT),
        // Step 4: the body.
        (&lea, UNKNOWN, "{".into(), 400, MALFORMED),
        (&lea, UNKNOWN, String::new(), 400, MISSING),
        (&lea, UNKNOWN, "{}".into(), 400, MISSING),
        (&lea, UNKNOWN, body(Value::Null), 400, MISSING),
        (
            &lea,
            &sent,
            body(json!("{00000000-0000-4000-8000-000000000000}")),
            400,
            INVALID,
        ),
        (
            &lea,
            &sent,
            json!({"id": unknown_item(), "isInlineAttachment": 1}).to_string(),
            400,
            INVALID,
        ),
        // Step 5: the interaction.
        (&lea, UNKNOWN, unknown.clone(), 404, NO_INTERACTION),
        (&anna, UNKNOWN, body(json!(text)), 404, NO_INTERACTION),
        // Step 6: the right to it.
        (&lea, &sent, unknown.clone(), 403, NOT_YOURS),
        (&lea, &full, body(json!(text)), 403, NOT_YOURS),
        // Step 8: editable. That it is an email (step 7) cannot be otherwise over the wire yet.
        (&anna, &sent, unknown.clone(), 400, NOT_EDITABLE),
        (&anna, &closed, body(json!(foreign_file)), 400, NOT_EDITABLE),
        // Step 9: the item.
        (&anna, &full, unknown.clone(), 400, NO_ITEM),
        // Step 10: the right to its library.
        (&anna, &full, body(json!(foreign_file)), 400, ITEM_DENIED),
        (&anna, &full, body(json!(foreign_text)), 400, ITEM_DENIED),
        // Step 11: a file.
        (&anna, &full, body(json!(text)), 400, NOT_A_FILE),
        (&anna, &full, body(json!(link)), 400, NOT_A_FILE),
        // Step 12: its bytes.
        (&anna, &full, body(json!(gone)), 400, FILE_GONE),
        // Step 13: the limits.
        (&anna, &full, body(json!(file)), 400, TOO_MANY),
    ];
    for (session, id, body, status, error_id) in cases {
        let (found, found_id, _) = raw(session, id, &body).await;
        assert_eq!(
            (found, found_id.as_str()),
            (status, error_id),
            "{} {id} {body}",
            session.user_id()
        );
    }
    // Nothing has changed: nobody is told anything, and the list is what it was.
    assert!(anna.messages().await.expect("a poll").is_empty());
    assert_eq!(names_of(&anna, &full).await, ["Logo.png"]);
    assert_eq!(names_of(&anna, &sent).await, [""; 0]);
}

/// Takes away the bytes of a file of the demo, and lets the server find out by reading them.
async fn lose(server: &Server, session: &Session, path: &str, name: &str) {
    let blob = blob_of(&server.folder(), &super::demo_file(path));
    fs::remove_file(blob).expect("removed");
    let key = item(session, name).await.value;
    let url = session.file_url(&key).await.expect("an address").url;
    refused(session.fetch(&url).await, 404, FILE_GONE);
}

#[tokio::test]
async fn a_body_that_is_wrong_names_the_property() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let missing = |name: &str| (400, MISSING.to_owned(), Some(name.to_owned()));
    let invalid = |name: &str| (400, INVALID.to_owned(), Some(name.to_owned()));
    for body in [
        "{}",
        "null",
        "",
        "  ",
        r#"{"isInlineAttachment":true}"#,
        r#"{"id":null,"isInlineAttachment":1}"#,
        r#"{"ID":"x"}"#,
    ] {
        assert_eq!(raw(&anna, &id, body).await, missing("id"), "{body}");
    }
    let plain = logo.to_string();
    for wrong in [
        json!(""),
        json!("x"),
        json!(7),
        json!(true),
        json!([logo]),
        json!({}),
        json!(format!("{{{plain}}}")),
        json!(plain.replace('-', "")),
        json!(format!(" {plain}")),
        json!(format!("{plain}\n")),
        json!(format!("urn:uuid:{plain}")),
        json!(&plain[..35]),
        json!(plain.replacen(|digit: char| digit.is_ascii_hexdigit(), "g", 1)),
    ] {
        assert_eq!(
            raw(&anna, &id, &json!({"id": wrong}).to_string()).await,
            invalid("id"),
            "{wrong}"
        );
    }
    for wrong in [
        json!(1),
        json!(0),
        json!("yes"),
        json!(""),
        json!("2"),
        json!([true]),
        json!({}),
        json!(1.0),
    ] {
        let body = json!({"id": logo, "isInlineAttachment": wrong}).to_string();
        assert_eq!(
            raw(&anna, &id, &body).await,
            invalid("isInlineAttachment"),
            "{wrong}"
        );
    }
    for malformed in [
        "{",
        "[",
        "x",
        "\"a",
        "{\"id\":}",
        "{}{}",
        "\u{feff}{",
        "{'id':1}",
    ] {
        assert_eq!(
            raw(&anna, &id, malformed).await,
            (400, MALFORMED.to_owned(), None),
            "{malformed}"
        );
    }
    for no_object in ["[]", "7", "\"text\"", "true"] {
        let (status, error_id, _) = raw(&anna, &id, no_object).await;
        assert_eq!((status, error_id.as_str()), (400, MALFORMED), "{no_object}");
    }
    assert_eq!(names_of(&anna, &id).await, [""; 0]);
}

#[tokio::test]
async fn an_id_of_any_other_shape_is_an_interaction_that_does_not_exist() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let padded = format!("0{id}");
    for odd in [
        "0",
        "1",
        "x",
        "-1",
        "%20",
        "%00",
        "+1000000001",
        "1e9",
        "18446744073709551616",
        "..%2F..",
        "%C3%A4",
        &padded,
    ] {
        let body = json!({"id": logo}).to_string();
        let (status, error_id, _) = raw(&anna, odd, &body).await;
        assert_eq!((status, error_id.as_str()), (404, NO_INTERACTION), "{odd}");
    }
}

#[tokio::test]
async fn items_of_other_peoples_libraries_are_denied() {
    let server = Server::demo().await;
    let (anna, carl, admin) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("admin").await,
    );
    let id = draft(&anna).await;
    let of_carl = item(&carl, "Assembly Lumi with my notes.pdf").await.id;
    refused(anna.insert(&id, of_carl, None).await, 400, ITEM_DENIED);
    // Who sees every system library sees nobody's own; and the right to the interaction comes first.
    refused(admin.insert(&id, of_carl, None).await, 403, NOT_YOURS);
    server
        .done(&["workgroup", "member", "Support", "admin"])
        .await;
    let is_member = async || {
        admin
            .insert(&id, of_carl, None)
            .await
            .expect_err("refused")
            .status
            == 400
    };
    eventually("admin is a member", is_member).await;
    refused(admin.insert(&id, of_carl, None).await, 400, ITEM_DENIED);
    let confidential = item(&admin, "Frame contract.pdf").await.id;
    admin
        .insert(&id, confidential, None)
        .await
        .expect("he may view it");
    refused(anna.insert(&id, confidential, None).await, 400, ITEM_DENIED);
    carl.insert(&id, of_carl, None).await.expect("his own");
    assert_eq!(
        names_of(&anna, &id).await,
        ["Frame contract.pdf", "Assembly Lumi with my notes.pdf"]
    );

    // Granted, it works at once in the session that there is; withdrawn, no more.
    server
        .done(&["library", "grant", "Contracts", "--user", "anna"])
        .await;
    eventually("anna may view it", async || {
        anna.insert(&id, confidential, None).await.is_ok()
    })
    .await;
    server
        .done(&[
            "user",
            "revoke",
            "anna",
            "responseManagementDocuments",
            "Contracts",
        ])
        .await;
    eventually("anna may not view it", async || {
        anna.insert(&id, confidential, None).await.is_err()
    })
    .await;
    refused(anna.insert(&id, confidential, None).await, 400, ITEM_DENIED);
}

#[tokio::test]
async fn the_right_response_management_is_asked_for_each_time() {
    let server = Server::demo().await;
    let (anna, ben) = (server.log_in("anna").await, server.log_in("ben").await);
    let id = draft(&ben).await;
    let logo = item(&anna, "Logo.png").await.id;
    refused(ben.insert(&id, logo, None).await, 403, NO_RIGHT);
    server
        .done(&["user", "grant", "ben", "allowResponseManagement"])
        .await;
    eventually("ben has the right", async || {
        ben.insert(&id, logo, None).await.is_ok()
    })
    .await;
    server
        .done(&["user", "revoke", "ben", "allowResponseManagement"])
        .await;
    eventually("ben has it no more", async || {
        ben.insert(&id, logo, None).await.is_err()
    })
    .await;
    refused(ben.insert(&id, logo, None).await, 403, NO_RIGHT);
}

#[tokio::test]
async fn an_insert_of_another_type_is_not_taken_for_one() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let text = item(&anna, "Opening hours").await;
    // The id of a library, of a category, and of a file's key are none of an item.
    let library = super::libraries(&anna).await.remove(0);
    let categories: Vec<_> = super::libraries(&anna)
        .await
        .into_iter()
        .filter_map(|library| library.categories)
        .flatten()
        .collect();
    let category = categories.first().expect("a category").id;
    for id_of_other in [library.id, category] {
        let error = post(&anna, &id, INSERT, &json!({"id": id_of_other})).await;
        refused(error, 400, NO_ITEM);
    }
    refused(anna.insert(&id, text.id, Some(true)).await, 400, NOT_A_FILE);
}
