//! `email/attachments/file/remove`.

use icws::messaging::Message;
use serde_json::json;

use super::{
    WAIT, attachments, attachments_of, draft_with, names_of, noise, post, refused, snapshot,
};
use crate::server::Server;

const REMOVE: &str = "attachments/file/remove";
const NONE: &str = "error.request.email.attachmentNotFound";

#[tokio::test]
async fn what_is_removed_is_gone_and_its_number_is_not_used_again() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft_with(&anna, &["Logo.png", "Catalogue.pdf", "Return form.pdf"]).await;
    let files = attachments_of(&anna, &id).await;
    carl.subscribe_email(&id).await.expect("200");
    let mut stream = carl.stream(None).await.expect("a stream");
    stream.next_within(WAIT).await.expect("a snapshot");

    let last = &files[2].download_uri;
    let answer = post(&anna, &id, REMOVE, &json!({"fileUri": last}))
        .await
        .expect("removed");
    assert_eq!((answer.status, answer.text()), (200, String::new()));
    let event = stream.next_within(WAIT).await.expect("others hear of it");
    let Message::EmailContents(delta) = event.message else {
        panic!("{event:?}")
    };
    let names: Vec<String> = attachments(&delta)
        .into_iter()
        .map(|file| file.name)
        .collect();
    assert_eq!(names, ["Logo.png", "Catalogue.pdf"]);
    refused(anna.remove_attachment(&id, last).await, 400, NONE);
    refused(anna.fetch(last).await, 404, NONE);

    anna.upload_bytes(&id, "new.bin", false, noise(1, 10))
        .await
        .expect("uploaded");
    let new = attachments_of(&anna, &id)
        .await
        .pop()
        .expect("listed")
        .download_uri;
    assert_ne!(new, *last);
    refused(anna.fetch(last).await, 404, NONE);
    // Behind a proxy the address may have something before it.
    anna.remove_attachment(&id, &format!("/app/api/host{new}"))
        .await
        .expect("removed");
    assert_eq!(names_of(&anna, &id).await, ["Logo.png", "Catalogue.pdf"]);
}

#[tokio::test]
async fn what_is_no_attachment_of_the_draft_is_refused() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let id = draft_with(&anna, &["Logo.png"]).await;
    let other = draft_with(&anna, &["Logo.png"]).await;
    let uri = attachments_of(&anna, &id).await.remove(0).download_uri;
    let of_other = attachments_of(&anna, &other).await.remove(0).download_uri;
    let (place, _) = uri.rsplit_once('/').expect("a path");
    snapshot(&anna, &id).await;
    for wrong in [
        "",
        "/",
        "x",
        "1",
        &of_other,
        place,
        &format!("{place}/"),
        &format!("{place}/2"),
        &format!("{place}/-1"),
        &format!("{place}/x"),
        &format!("{uri}/"),
        &format!("{uri}?x"),
        &format!("{uri} "),
    ] {
        refused(anna.remove_attachment(&id, wrong).await, 400, NONE);
    }
    let missing = "error.request.invalidRepresentation.missingProperty";
    for body in [json!({}), json!({"fileUri": null})] {
        let error = refused(post(&anna, &id, REMOVE, &body).await, 400, missing);
        assert_eq!(error.error.property_name(), Some("fileUri"));
    }
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    refused(
        post(&anna, &id, REMOVE, &json!({"fileUri": 1})).await,
        400,
        invalid,
    );
    refused(
        lea.remove_attachment(&id, &uri).await,
        403,
        "error.request.interactions.accessDenied",
    );
    refused(
        anna.remove_attachment("9000000001", &uri).await,
        404,
        "error.request.interactions.notFound",
    );
    assert!(
        anna.messages().await.expect("a poll").is_empty(),
        "a refusal changes nothing"
    );

    anna.send_email(&id).await.expect("sent");
    refused(
        anna.remove_attachment(&id, &uri).await,
        400,
        "error.request.email.notEditable",
    );
    anna.fetch(&uri).await.expect("it is there");
}
