//! Uploading a file of one's own: announced, put, told of by one message.

use std::time::Duration;

use icws::client::{Method, Session};
use icws::email::EmailUploadFileStatusMessage;
use icws::messaging::Message;
use serde_json::json;

use super::{
    WAIT, attachments, attachments_of, blob_files, draft, names_of, noise, person, post, refused,
    snapshot,
};
use crate::raw::Connection;
use crate::server::{Server, eventually};

const UPLOAD: &str = "attachments/file/upload";
const NO_UPLOAD: &str = "error.request.email.uploadNotFound";

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
async fn outcome(session: &Session) -> EmailUploadFileStatusMessage {
    let mut all = outcomes(session).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
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
    let call = anna
        .without_token()
        .call(Method::PUT, uri)
        .header("content-type", "text/plain")
        .body(bytes.clone());
    let answer = anna.client.send(call).await.expect("an answer");
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
async fn a_file_of_25_mebibytes_is_taken_and_one_byte_more_is_not() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let before = blob_files(&server.folder()).len();
    let largest = noise(1, 25 << 20);
    let mut larger = largest.clone();
    larger.push(0);
    let begun = anna
        .upload(&id, "larger.bin", false)
        .await
        .expect("announced");
    let error = refused(
        anna.put(&begun.upload_uri, larger).await,
        400,
        "error.request.email.fileTooLarge",
    );
    assert!(
        error.error.message.contains(&(25 << 20).to_string()),
        "{error}"
    );
    let status = outcome(&anna).await;
    assert_eq!(
        (status.request_id, status.upload_success),
        (begun.request_id, false)
    );
    assert_eq!(
        status.error.expect("says why").error_id,
        "error.request.email.fileTooLarge"
    );
    assert_eq!(names_of(&anna, &id).await, [""; 0]);
    assert_eq!(
        blob_files(&server.folder()).len(),
        before,
        "nothing is left of it"
    );

    anna.upload_bytes(&id, "largest.bin", false, largest.clone())
        .await
        .expect("uploaded");
    assert!(outcome(&anna).await.upload_success);
    let file = attachments_of(&anna, &id).await.remove(0);
    assert!(
        anna.fetch(&file.download_uri)
            .await
            .expect("its bytes")
            .body
            == largest
    );
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
async fn an_upload_that_breaks_off_fails_and_leaves_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let before = blob_files(&server.folder()).len();
    let begun = anna
        .upload(&id, "half.bin", false)
        .await
        .expect("announced");
    let mut stream = anna.stream(None).await.expect("a stream");
    let cookie = anna.cookie.clone().expect("a cookie");
    let mut connection = Connection::open(&server.address()).await;
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Length: 100000\r\n\r\n",
        begun.upload_uri,
        server.address(),
    );
    connection.write(head).await;
    connection.write(noise(1, 50_000)).await;
    drop(connection);
    let event = stream.next_within(WAIT).await.expect("it is told");
    let Message::EmailUploadFileStatus(status) = event.message else {
        panic!("{event:?}")
    };
    assert_eq!(
        (status.request_id.as_str(), status.upload_success),
        (begun.request_id.as_str(), false)
    );
    assert_eq!(
        status.error.expect("says why").error_id,
        "error.request.email.uploadIncomplete"
    );
    refused(
        anna.put(&begun.upload_uri, noise(1, 10)).await,
        404,
        NO_UPLOAD,
    );
    drop(stream);
    assert_eq!(names_of(&anna, &id).await, [""; 0]);
    eventually("nothing is left of it", async || {
        blob_files(&server.folder()).len() == before
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_never_comes_fails_in_the_end() {
    let server = Server::with(&["--upload-life", "1 s"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let begun = anna
        .upload(&id, "never.bin", false)
        .await
        .expect("announced");
    let mut stream = anna.stream(None).await.expect("a stream");
    let event = stream
        .next_within(Duration::from_secs(10))
        .await
        .expect("it is told");
    let Message::EmailUploadFileStatus(status) = event.message else {
        panic!("{event:?}")
    };
    assert_eq!(
        (status.request_id.as_str(), status.upload_success),
        (begun.request_id.as_str(), false)
    );
    assert_eq!(
        status.error.expect("says why").error_id,
        "error.request.email.uploadExpired"
    );
    refused(
        anna.put(&begun.upload_uri, noise(1, 10)).await,
        404,
        NO_UPLOAD,
    );
}

#[tokio::test]
async fn what_became_no_draft_meanwhile_takes_no_file() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let before = blob_files(&server.folder()).len();
    let begun = anna
        .upload(&id, "late.bin", false)
        .await
        .expect("announced");
    anna.send_email(&id).await.expect("sent");
    refused(
        anna.put(&begun.upload_uri, noise(1, 10)).await,
        400,
        "error.request.email.notEditable",
    );
    let status = outcome(&anna).await;
    assert_eq!(
        status.error.expect("says why").error_id,
        "error.request.email.notEditable"
    );
    assert!(!status.upload_success);
    refused(
        anna.upload(&id, "later.bin", false).await,
        400,
        "error.request.email.notEditable",
    );
    assert_eq!(blob_files(&server.folder()).len(), before);
    assert_eq!(names_of(&anna, &id).await, [""; 0]);
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
async fn hostile_names_are_made_harmless() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let long = format!("{}.pdf", "ü".repeat(200));
    let shortened = format!("{}.pdf", "ü".repeat(125));
    for (wanted, name) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\offer.doc", "offer.doc"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        (
            "a\r\nContent-Type: text/html.txt",
            "aContent-Type texthtml.txt",
        ),
        ("a\0b\u{7f}.txt", "ab.txt"),
        ("a\u{202e}fdp.exe", "afdp.exe"),
        ("x<y>:\"|?*.txt", "xy.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        (&long, &shortened),
        ("價目表 (最終).pdf", "價目表 (最終).pdf"),
    ] {
        let begun = anna.upload(&id, wanted, false).await.expect("announced");
        let expected = if wanted.contains("Content-Type") {
            "html.txt"
        } else {
            name
        };
        assert_eq!(begun.file_name, expected, "{wanted:?}");
        anna.put(&begun.upload_uri, noise(1, 10))
            .await
            .expect("uploaded");
        let file = attachments_of(&anna, &id).await.pop().expect("listed");
        // Those that end up with the same name get a number.
        assert!(
            file.name == expected || expected == "file" && file.name.starts_with("file ("),
            "{}",
            file.name
        );
        let answer = anna.fetch(&file.download_uri).await.expect("its bytes");
        let disposition = answer.header("content-disposition").expect("there");
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
    }
    let names = names_of(&anna, &id).await;
    assert_eq!(
        names.iter().filter(|name| name.starts_with("file")).count(),
        4
    );
    assert!(names.iter().all(|name| name.len() <= 255));
}

#[tokio::test]
async fn names_get_a_number_before_their_last_extension_and_stay_within_the_limit() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let longest = format!("{}.pdf", "x".repeat(251));
    let cut = format!("{}", "x".repeat(243));
    for (name, expected) in [
        ("a.tar.gz", "a.tar.gz"),
        ("a.tar.gz", "a.tar (2).gz"),
        ("a.tar.gz", "a.tar (3).gz"),
        ("a.tar (2).gz", "a.tar (2) (2).gz"),
        ("a.tar (7).gz", "a.tar (7).gz"),
        ("README", "README"),
        ("README", "README (2)"),
        (".profile", "profile"),
        ("A.TAR.GZ", "A.TAR.GZ"),
        (&longest, &longest),
        (&longest, &format!("{cut} (2).pdf")),
        (&longest, &format!("{cut} (3).pdf")),
    ] {
        anna.upload_bytes(&id, name, false, noise(1, 10))
            .await
            .expect("uploaded");
        let file = attachments_of(&anna, &id).await.pop().expect("listed");
        assert_eq!(file.name, expected);
    }
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
