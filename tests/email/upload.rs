//! Uploading a file of one's own: announced, put, told of by one message.

use icws::client::{Method, Session};
use icws::email::EmailUploadFileStatusMessage;
use icws::messaging::Message;
use serde_json::json;

use super::{
    attachments, attachments_of, blob_files, draft, names_of, noise, person, post, refused,
    snapshot,
};
use crate::server::Server;

const UPLOAD: &str = "attachments/file/upload";
pub const NO_UPLOAD: &str = "error.request.email.uploadNotFound";

/// The status messages that a poll brings; others are dropped.
async fn outcomes(session: &Session) -> Vec<EmailUploadFileStatusMessage> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let status = |message| match message {
        Message::EmailUploadFileStatus(status) => Some(status),
        _ => None,
    };
    messages.filter_map(status).collect()
}

/// The one status message that there is.
pub async fn outcome(session: &Session) -> EmailUploadFileStatusMessage {
    let mut all = outcomes(session).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[tokio::test]
async fn what_was_uploaded_is_removed_by_the_address_it_was_put_to() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let (id, other) = (draft(&anna).await, draft(&anna).await);
    let announce = async |name: &str| {
        let body = json!({"uploadFileName": name, "isInlineAttachment": false});
        let announced = post(&anna, &id, UPLOAD, &body).await.expect("announced");
        let uri = announced.value()["uploadUri"].clone();
        uri.as_str().expect("an address").to_owned()
    };
    let (first, second, waiting) = (
        announce("a.csv").await,
        announce("a.csv").await,
        announce("b.csv").await,
    );
    anna.put(&first, b"one".to_vec()).await.expect("put");
    anna.put(&second, b"two".to_vec()).await.expect("put");
    anna.remove_attachment(&id, &first).await.expect("removed");
    assert_eq!(names_of(&anna, &id).await, ["a (2).csv"]);

    let unknown = async |id: &str, uri: &str| {
        let refusal = anna.remove_attachment(id, uri).await;
        refused(refusal, 400, "error.request.email.attachmentNotFound");
    };
    unknown(&id, &first).await;
    unknown(&id, &waiting).await;
    unknown(&other, &second).await;
    assert_eq!(names_of(&anna, &id).await, ["a (2).csv"]);
    // An address is good for one upload, also when what came by it is gone again.
    refused(anna.put(&first, b"again".to_vec()).await, 404, NO_UPLOAD);
}

#[tokio::test]
async fn a_file_is_announced_put_told_of_and_listed() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    snapshot(&anna, &id).await;
    snapshot(&carl, &id).await;
    let body = json!({"uploadFileName": "Grüße.csv", "isInlineAttachment": false});
    let announced = post(&anna, &id, UPLOAD, &body).await.expect("announced");
    assert_eq!(announced.status, 202);
    let announced = announced.value();
    assert_eq!(
        announced["__type"],
        "urn:inin.com:interactions.email:emailUploadFileAttachmentResponse"
    );
    assert_eq!(announced["interactionId"], id.as_str());
    assert_eq!(announced["fileName"], "Grüße.csv");
    assert_eq!(announced["contentId"], "");
    let uri = announced["uploadUri"].as_str().expect("an address");
    let place = format!("/icws/{}/interactions/{id}/email/{UPLOAD}/", anna.id);
    let token = uri.strip_prefix(&place).expect("below the interaction");
    assert!(token.len() >= 22, "unguessable: {token}");
    assert!(
        anna.messages().await.expect("a poll").is_empty(),
        "nothing has come yet"
    );

    // A browser's form of it: no token in a header, any Content-Type.
    let bytes = noise(1, 100_000);
    let request = anna
        .without_token()
        .call(Method::PUT, uri)
        .header("content-type", "text/plain")
        .body(bytes.clone());
    let answer = anna.client.send(request).await.expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("content-type"), Some("text/csv"));

    let mut told = anna.messages().await.expect("a poll");
    let Message::EmailUploadFileStatus(status) = told.remove(0) else {
        panic!("the outcome first: {told:?}")
    };
    assert_eq!(
        Some(status.request_id.as_str()),
        announced["requestId"].as_str()
    );
    assert_eq!(
        (status.interaction_id.as_str(), status.file_name.as_str()),
        (id.as_str(), "Grüße.csv")
    );
    assert!(status.upload_success && status.error.is_none() && !status.is_delta);
    let [Message::EmailContents(delta)] = told.as_slice() else {
        panic!("then the email: {told:?}")
    };
    assert!(delta.is_delta);
    let files = attachments(delta);
    assert_eq!(
        (
            files.len(),
            files[0].name.as_str(),
            files[0].content_id.as_str()
        ),
        (1, "Grüße.csv", "")
    );
    let fetched = anna.fetch(&files[0].download_uri).await.expect("its bytes");
    assert_eq!(fetched.body, bytes);
    assert_eq!(fetched.header("content-type"), Some("text/csv"));

    // Once, and only to the session that announced it; the email's other readers hear of the attachment.
    assert!(anna.messages().await.expect("a poll").is_empty());
    let of_carl = carl.messages().await.expect("a poll");
    let [Message::EmailContents(delta)] = of_carl.as_slice() else {
        panic!("{of_carl:?}")
    };
    assert_eq!(attachments(delta)[0].name, "Grüße.csv");

    refused(anna.put(uri, bytes).await, 404, NO_UPLOAD);
    assert!(
        anna.messages().await.expect("a poll").is_empty(),
        "a used address brings no second outcome"
    );
}

#[tokio::test]
async fn an_inline_file_has_a_content_id_from_the_announcement_on() {
    let server = Server::with(&["--domain", "desk.example.com"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let begun = anna
        .upload_bytes(&id, "lamp.png", true, noise(1, 10))
        .await
        .expect("uploaded");
    let content_id = begun.content_id.expect("a Content-ID");
    assert!(
        content_id.len() > 26 && content_id.ends_with("@desk.example.com"),
        "{content_id}"
    );
    let message = snapshot(&anna, &id).await;
    assert_eq!(attachments(&message)[0].content_id, content_id);
    assert_eq!(message.unused_email_attachments, Some(vec![content_id]));
}

#[tokio::test]
async fn the_address_is_good_for_its_session_alone() {
    let server = Server::demo().await;
    let (anna, carl, lea) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("lea").await,
    );
    let (id, other) = (draft(&anna).await, draft(&anna).await);
    let uri = anna
        .upload(&id, "a.bin", false)
        .await
        .expect("announced")
        .upload_uri;
    for thief in [anna.without_cookie(), carl.clone()] {
        let error = thief.put(&uri, noise(1, 10)).await.expect_err("refused");
        assert_eq!(error.status, 401, "{error}");
    }
    for own in [&carl, &lea] {
        let moved = uri.replace(
            &format!("/icws/{}/", anna.id),
            &format!("/icws/{}/", own.id),
        );
        refused(own.put(&moved, noise(1, 10)).await, 404, NO_UPLOAD);
    }
    refused(
        anna.put(&uri.replace(&id, &other), noise(1, 10)).await,
        404,
        NO_UPLOAD,
    );
    refused(
        anna.put(&format!("{uri}x"), noise(1, 10)).await,
        404,
        NO_UPLOAD,
    );
    assert!(outcomes(&anna).await.is_empty());
    anna.put(&uri, noise(1, 10)).await.expect("still good");
    assert!(outcome(&anna).await.upload_success);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    anna.upload_bytes(&id, "empty.txt", false, Vec::new())
        .await
        .expect("uploaded");
    assert!(outcome(&anna).await.upload_success);
    let file = attachments_of(&anna, &id).await.remove(0);
    assert!(
        anna.fetch(&file.download_uri)
            .await
            .expect("its bytes")
            .body
            .is_empty()
    );
}

#[tokio::test]
async fn the_announcement_has_both_members_and_the_right_to_the_draft() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let id = draft(&anna).await;
    let missing = "error.request.invalidRepresentation.missingProperty";
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    for (body, error_id, property) in [
        (json!({}), missing, "uploadFileName"),
        (
            json!({"uploadFileName": "a"}),
            missing,
            "isInlineAttachment",
        ),
        (
            json!({"uploadFileName": null, "isInlineAttachment": true}),
            missing,
            "uploadFileName",
        ),
        (
            json!({"uploadFileName": 1, "isInlineAttachment": true}),
            invalid,
            "uploadFileName",
        ),
        (
            json!({"uploadFileName": "a", "isInlineAttachment": 1}),
            invalid,
            "isInlineAttachment",
        ),
    ] {
        let error = refused(post(&anna, &id, UPLOAD, &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
    let lenient = json!({"uploadFileName": "a", "isInlineAttachment": "1"});
    let announced = post(&anna, &id, UPLOAD, &lenient)
        .await
        .expect("announced")
        .value();
    assert_ne!(announced["contentId"], "");
    refused(
        lea.upload(&id, "a", false).await,
        403,
        "error.request.interactions.accessDenied",
    );
    refused(
        anna.upload("9000000001", "a", false).await,
        404,
        "error.request.interactions.notFound",
    );
}

#[tokio::test]
async fn the_same_bytes_are_kept_once() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let before = blob_files(&server.folder()).len();
    let bytes = noise(3, 300_000);
    for session in [&anna, &carl] {
        let id = draft(session).await;
        session
            .upload_bytes(&id, "a.bin", false, bytes.clone())
            .await
            .expect("uploaded");
        session
            .upload_bytes(&id, "b.bin", false, bytes.clone())
            .await
            .expect("uploaded");
        for file in attachments_of(session, &id).await {
            assert!(
                session
                    .fetch(&file.download_uri)
                    .await
                    .expect("its bytes")
                    .body
                    == bytes
            );
        }
    }
    assert_eq!(blob_files(&server.folder()).len(), before + 1);
}

#[tokio::test]
async fn one_address_takes_one_of_two_that_come_at_once() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    for round in 0..5 {
        let begun = anna
            .upload(&id, "race.bin", false)
            .await
            .expect("announced");
        let (one, other) = tokio::join!(
            anna.put(&begun.upload_uri, noise(10 + round, 200_000)),
            anna.put(&begun.upload_uri, noise(20 + round, 200_000)),
        );
        assert_eq!(
            [&one, &other]
                .iter()
                .filter(|result| result.is_ok())
                .count(),
            1,
            "{one:?} {other:?}"
        );
        refused(if one.is_ok() { other } else { one }, 404, NO_UPLOAD);
        assert!(outcome(&anna).await.upload_success);
    }
    assert_eq!(names_of(&anna, &id).await.len(), 5);
    let sendable = icws::email::EmailContent {
        to_recipients: Some(vec![person("", "a@example.org")]),
        ..super::nothing()
    };
    anna.save_email(&id, &sendable).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
}
