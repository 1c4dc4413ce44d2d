//! How many attachments an email may have, and how large they may be together.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use icws::client::{IcwsError, Method, RawResponse, Session};
use serde_json::{Value, json};

use super::{attachments_of, draft, item, names_of, noise, person, post, refused, snapshot};
use crate::server::Server;
use crate::sql;

const TOO_LARGE: &str = "error.request.email.tooLarge";
const TOO_MANY: &str = "error.request.email.tooManyAttachments";
const TOO_MANY_RECIPIENTS: &str = "error.request.email.tooManyRecipients";

#[tokio::test]
async fn thirty_five_mebibytes_are_the_limit_of_all_attachments() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let showroom = item(&anna, "Showroom.bmp").await.id;
    for _ in 0..4 {
        anna.insert(&id, showroom, None).await.expect("8 MiB each");
    }
    let error = refused(anna.insert(&id, showroom, Some(true)).await, 400, TOO_LARGE);
    let message = &error.error.message;
    assert!(
        message.contains(&(40 << 20).to_string()) && message.contains(&(35 << 20).to_string()),
        "{message}"
    );
    // To the byte: what is left can be filled, and not passed.
    let rest = (35 << 20) - (32 << 20);
    refused(upload(&anna, &id, rest + 1).await, 400, TOO_LARGE);
    upload(&anna, &id, rest).await.expect("it fits");
    let logo = item(&anna, "Logo.png").await.id;
    refused(anna.insert(&id, logo, None).await, 400, TOO_LARGE);
    let files = attachments_of(&anna, &id).await;
    assert_eq!(files.len(), 5);
    anna.remove_attachment(&id, &files[0].download_uri)
        .await
        .expect("removed");
    anna.insert(&id, logo, None)
        .await
        .expect("there is room again");
}

async fn upload(session: &Session, id: &str, size: usize) -> Result<RawResponse, IcwsError> {
    let begun = session
        .upload(id, "rest.bin", false)
        .await
        .expect("announced");
    session.put(&begun.upload_uri, noise(5, size)).await
}

#[tokio::test]
async fn the_number_of_attachments_is_limited() {
    let server = Server::with(&["--limits-attachments", "3"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    for _ in 0..3 {
        anna.insert(&id, logo, None).await.expect("inserted");
    }
    let error = refused(anna.insert(&id, logo, None).await, 400, TOO_MANY);
    assert!(
        error.error.message.contains('4') && error.error.message.contains('3'),
        "{error}"
    );
    let files = attachments_of(&anna, &id).await;
    anna.remove_attachment(&id, &files[1].download_uri)
        .await
        .expect("removed");
    anna.insert(&id, logo, None)
        .await
        .expect("there is room again");
    assert_eq!(
        names_of(&anna, &id).await,
        ["Logo.png", "Logo (3).png", "Logo (2).png"]
    );
    // What was sent to nobody is still a draft, and a refused insert did not harm it.
    let mut to = super::nothing();
    to.to_recipients = Some(vec![person("", "kim@example.org")]);
    anna.save_email(&id, &to).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
}

#[tokio::test]
async fn ten_thousand_attachments_are_held_and_one_more_is_refused() {
    let server = Server::with(&["--limits-attachments-size", "10 GiB"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    for _ in 0..100 {
        for inserted in join_all((0..100).map(|_| anna.insert(&id, logo, None))).await {
            inserted.expect("inserted");
        }
    }
    let began = Instant::now();
    let error = refused(anna.insert(&id, logo, None).await, 400, TOO_MANY);
    assert!(error.error.message.contains("10000"), "{error}");
    let files = attachments_of(&anna, &id).await;
    assert_eq!(files.len(), 10_000);
    assert_eq!(files[9_999].name, "Logo (10000).png");
    anna.remove_attachment(&id, &files[5_000].download_uri)
        .await
        .expect("removed");
    anna.insert(&id, logo, None).await.expect("there is room");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn a_million_recipients_are_refused_at_once_and_change_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let before = snapshot(&anna, &id).await.email_content;
    let people = vec![json!({ "address": "k@e.org", "displayName": "" }); 180_000];
    // As many as the largest body holds, and a million in the shortest spelling there is, which is no address, but has to be read first.
    for (recipients, error_id) in [
        (people.clone(), TOO_MANY_RECIPIENTS),
        (
            vec![json!({}); 1_000_000],
            "error.request.invalidRepresentation.missingProperty",
        ),
        (
            vec![Value::Null; 1_000_000],
            "error.request.invalidRepresentation.invalidProperty",
        ),
    ] {
        for member in ["toRecipients", "bccRecipients"] {
            let body =
                json!({ "emailContent": { "sender": { "displayName": "" }, member: recipients } });
            let began = Instant::now();
            refused(post(&anna, &id, "save", &body).await, 400, error_id);
            let took = began.elapsed();
            assert!(took < Duration::from_secs(10), "{member}: {took:?}");
        }
    }
    assert_eq!(snapshot(&anna, &id).await.email_content, before);

    // The same for an email that is only to be made, and for one that is sent at once.
    let whole = |recipients: &Vec<Value>| {
        json!({
            "__type": "urn:inin.com:interactions.email:createEmailParameters",
            "emailContent": { "sender": { "displayName": "" }, "ccRecipients": recipients },
        })
    };
    let plain = |recipients: &Vec<Value>| json!({ "recipients": recipients });
    let addresses = vec![json!("k@e.org"); 90_000];
    for (path, body) in [
        ("/interactions", whole(&people)),
        ("/configuration/mail/send-email", plain(&addresses)),
    ] {
        let began = Instant::now();
        let answer = anna.raw(Method::POST, path, Some(&body)).await;
        let answer = answer.expect("an answer").success();
        refused(answer, 400, TOO_MANY_RECIPIENTS);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(10), "{path}: {took:?}");
    }
    assert_eq!(
        sql::run(&server.folder(), "SELECT count(*) FROM interactions"),
        [[json!(1)]],
        "none was made"
    );
    anna.heartbeat().await.expect("all goes on");
}
