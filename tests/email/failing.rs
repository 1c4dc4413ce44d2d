//! Uploads that fail: too large, broken off, never brought, too late.

use std::time::Duration;

use icws::messaging::Message;

use super::upload::{NO_UPLOAD, outcome};
use super::{WAIT, attachments_of, blob_files, draft, names_of, noise, refused};
use crate::raw::Connection;
use crate::server::{Server, eventually};
use crate::sql;

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
async fn an_upload_that_comes_too_late_is_told_so() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let begun = anna
        .upload(&id, "late.bin", false)
        .await
        .expect("announced");
    // While the server is down its time runs out; nobody has looked at it when the bytes come.
    server.stop().await;
    sql::run(&server.folder(), "UPDATE uploads SET expires_at = 1");
    server.start().await;
    let late = anna.put(&begun.upload_uri, noise(1, 10)).await;
    refused(late, 404, "error.request.email.uploadExpired");
    assert_eq!(names_of(&anna, &id).await, [""; 0]);
}
