//! Bytes in an object store: what works on a folder works there, and what the store does wrong is told, passes, and holds up nothing
//! that does not need it.

use std::time::{Duration, Instant};

use icws::client::Session;
use object_store::path::Path as Name;

use crate::bucket::{Bucket, Door};
use crate::email::upload::outcome;
use crate::email::{attachments_of, draft, item, names_of, noise, refused};
use crate::server::{Server, eventually};
use crate::sql;

const UNAVAILABLE: &str = "error.server.bytesUnavailable";
const GONE: &str = "error.request.responseManagement.fileGone";

/// A server whose bytes are in an object store.
async fn with_bucket(arguments: &[&str]) -> (Server, Bucket) {
    let mut server = Server::stopped(&[]);
    let bucket = Bucket::of(&server.folder()).await;
    let url = bucket.url();
    server.give(&[&["--blobs", &url], arguments].concat());
    server.start().await;
    (server, bucket)
}

/// Uploads a file into a new draft; gives the draft and where to download it.
async fn uploaded(session: &Session, bytes: &[u8]) -> (String, String) {
    let id = draft(session).await;
    let done = session.upload_bytes(&id, "file.bin", false, bytes.to_vec());
    done.await.expect("uploaded");
    let file = attachments_of(session, &id).await.remove(0);
    (id, file.download_uri)
}

#[tokio::test]
async fn what_works_on_a_folder_works_there() {
    let (server, bucket) = with_bucket(&[]).await;
    let anna = server.log_in("anna").await;
    // One part, one part to the byte, more than one.
    for (seed, size) in [
        (1, 0),
        (2, 1000),
        (3, 5 << 20),
        (4, (5 << 20) + 1),
        (5, 12 << 20),
    ] {
        let bytes = noise(seed, size);
        let (_, uri) = uploaded(&anna, &bytes).await;
        let got = anna.fetch(&uri).await.expect("its bytes");
        assert!(got.body == bytes, "{size} bytes");
        bucket.object_of(&bytes).await;
        if size == 0 {
            continue;
        }
        for (range, expected) in [
            ("bytes=0-9", &bytes[..10]),
            ("bytes=-7", &bytes[size - 7..]),
            ("bytes=500-", &bytes[500..]),
        ] {
            let part = anna.fetch_range(&uri, range).await.expect("a part");
            assert_eq!(part.status, 206);
            assert!(part.body == expected, "{range} of {size}");
        }
    }
    let before = bucket.objects().await.len();
    uploaded(&anna, &noise(5, 12 << 20)).await;
    assert_eq!(
        bucket.objects().await.len(),
        before,
        "the same bytes are kept once"
    );
    // From the library, and sent.
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await;
    anna.insert(&id, logo.id, None).await.expect("inserted");
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let bytes = anna.fetch(&url).await.expect("its bytes").body;
    bucket.object_of(&bytes).await;
    anna.send_email(&id).await.expect("sent");
    eventually("it is delivered", async || server.sent().len() == 1).await;
    assert!(
        !server.folder().join("blobs").exists(),
        "nothing is in a folder"
    );
    Bucket::is_no_secret_in(&server.log());
}

#[tokio::test]
async fn a_store_that_refuses_or_keeps_silent_passes_and_an_insert_does_not_wait() {
    let (server, bucket) = with_bucket(&["--blobs-wait", "1 s"]).await;
    let anna = server.log_in("anna").await;
    let bytes = noise(1, 300_000);
    let (id, uri) = uploaded(&anna, &bytes).await;
    let logo = item(&anna, "Logo.png").await.id;
    let mut names = vec!["file.bin".to_owned()];
    for door in [
        Door::Refusing(503),
        Door::Refusing(403),
        Door::Refusing(404),
        Door::Silent,
    ] {
        bucket.set(door);
        let began = Instant::now();
        let refusal = refused(anna.fetch(&uri).await, 500, UNAVAILABLE);
        assert!(
            began.elapsed() < Duration::from_secs(6),
            "{door:?}: {:?}",
            began.elapsed()
        );
        let request = refusal
            .header("x-request-id")
            .expect("it can be found")
            .to_owned();
        let log = server.log();
        let cause = log.lines().find(|line| line.contains(&request));
        let cause = cause.expect("in the log");
        assert!(cause.contains("the blob store cannot be used"), "{cause}");
        let announced = anna.upload(&id, "no.bin", false).await.expect("announced");
        refused(
            anna.put(&announced.upload_uri, noise(2, 100)).await,
            500,
            UNAVAILABLE,
        );
        let status = outcome(&anna).await;
        assert!(!status.upload_success);
        assert_eq!(status.error.expect("says why").error_id, UNAVAILABLE);
        let began = Instant::now();
        anna.insert(&id, logo, None).await.expect("inserted");
        assert!(
            began.elapsed() < Duration::from_millis(900),
            "{door:?}: {:?}",
            began.elapsed()
        );
        names.push(if names.len() == 1 {
            "Logo.png".to_owned()
        } else {
            format!("Logo ({}).png", names.len())
        });
    }
    assert_eq!(names_of(&anna, &id).await, names);
    bucket.set(Door::Open);
    let got = anna.fetch(&uri).await.expect("it has passed");
    assert!(got.body == bytes, "and nothing was taken for lost");
    Bucket::is_no_secret_in(&server.log());
}

#[tokio::test]
async fn what_the_store_has_lost_or_damaged_is_gone_until_it_comes_again() {
    let (server, bucket) = with_bucket(&[]).await;
    let anna = server.log_in("anna").await;
    let logo = demo_file_of(&anna, &bucket).await;
    bucket.remove(&logo.0).await;
    refused(anna.fetch(&logo.1).await, 404, GONE);
    let id = draft(&anna).await;
    let item = item(&anna, "Logo.png").await.id;
    refused(anna.insert(&id, item, None).await, 400, GONE);
    anna.upload_bytes(&id, "again.png", false, logo.2.clone())
        .await
        .expect("uploaded");
    anna.insert(&id, item, None).await.expect("it is back");

    let bytes = noise(1, 700_000);
    let (_, uri) = uploaded(&anna, &bytes).await;
    let mut damaged = bytes.clone();
    damaged[699_999] ^= 1;
    let object = bucket.object_of(&bytes).await;
    bucket.put(&object, damaged).await;
    let cut = anna.fetch(&uri).await.expect_err("cut off");
    assert!(cut.is_transport(), "{cut}");
    eventually("it is noted", async || {
        let again = anna.fetch(&uri).await;
        again.is_err_and(|error| (error.status, error.id()) == (404, GONE))
    })
    .await;
}

/// The object of the demo's logo, its address and its bytes.
async fn demo_file_of(anna: &Session, bucket: &Bucket) -> (Name, String, Vec<u8>) {
    let logo = item(anna, "Logo.png").await;
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let bytes = anna.fetch(&url).await.expect("its bytes").body.to_vec();
    (bucket.object_of(&bytes).await, url, bytes)
}

#[tokio::test]
async fn a_server_starts_without_its_store() {
    let mut server = Server::stopped(&[]);
    let bucket = Bucket::of(&server.folder()).await;
    bucket.set(Door::Refusing(503));
    server.give(&["--blobs", &bucket.url()]);
    server.start().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    bucket.set(Door::Open);
    let logo = item(&anna, "Logo.png").await.id;
    anna.insert(&id, logo, None).await.expect("inserted");
}

#[tokio::test]
async fn what_nobody_needs_is_collected_there_too() {
    let (mut server, bucket) = with_bucket(&[]).await;
    let anna = server.log_in("anna").await;
    let (kept, freed) = (noise(1, 6 << 20), noise(2, 6 << 20));
    let (_, uri) = uploaded(&anna, &kept).await;
    let (id, freed_uri) = uploaded(&anna, &freed).await;
    anna.remove_attachment(&id, &freed_uri)
        .await
        .expect("removed");
    let lost = bucket.object_of(&freed).await;
    // What a crash leaves behind, and what is somebody else's.
    let folder = lost.parts().nth_back(1).expect("a folder");
    let folder = folder.as_ref();
    let stray = bucket.name(&format!("{folder}/{}.01234567", folder.repeat(32)));
    let foreign = bucket.name("readme.txt");
    for object in [&stray, &foreign] {
        bucket.put(object, "left").await;
    }
    server.stop().await;
    let two_days = Duration::from_hours(48);
    sql::run(
        &server.folder(),
        &format!(
            "UPDATE blobs SET referenced_at = referenced_at - {}",
            two_days.as_millis()
        ),
    );
    let strays_are_old = bucket.make_older(two_days);
    let there = bucket.objects().await.len();
    server.start().await;
    eventually("they are collected", async || {
        !bucket.has(&lost).await && (!strays_are_old || !bucket.has(&stray).await)
    })
    .await;
    let gone = if strays_are_old { 2 } else { 1 };
    assert_eq!(bucket.objects().await.len(), there - gone, "and no other");
    assert!(bucket.has(&foreign).await);
    assert!(anna.fetch(&uri).await.expect("its bytes").body == kept);
}
