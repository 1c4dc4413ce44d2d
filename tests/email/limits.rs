//! How many attachments an email may have, and how large they may be together.

use icws::client::{IcwsError, RawResponse, Session};

use super::{attachments_of, draft, item, names_of, noise, person, refused};
use crate::server::Server;

const TOO_LARGE: &str = "error.request.email.tooLarge";
const TOO_MANY: &str = "error.request.email.tooManyAttachments";

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
