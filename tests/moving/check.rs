//! `attache check` finds what is lost, damaged or refers to nothing, and notes it.

use std::fs;

use crate::bucket::Bucket;
use crate::email::{attachments_of, blob_of, demo_file, draft, draft_with, item, noise, refused};
use crate::postgres::Cluster;
use crate::server::Server;
use crate::sql;

/// What the command said on stdout, and its exit status.
async fn check(server: &Server, more: &[&str]) -> (String, i32) {
    let output = server.command(&[&["check"], more].concat()).await;
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let status = output.status.code().expect("an exit status");
    if status == 1 {
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            error.starts_with("error: ") && error.contains("found"),
            "{error}"
        );
    }
    (text, status)
}

#[tokio::test]
async fn what_is_whole_is_said_to_be() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Logo.png", "Catalogue.pdf"]).await;
    anna.upload_bytes(&id, "noise.bin", false, noise(1, 700_000))
        .await
        .expect("uploaded");
    anna.send_email(&id).await.expect("sent");
    draft_with(&anna, &["Showroom.bmp"]).await;
    anna.upload_bytes(&draft(&anna).await, "empty", false, Vec::new())
        .await
        .expect("uploaded");
    let (said, status) = check(&server, &[]).await;
    assert_eq!(status, 0, "{said}");
    assert!(said.ends_with("Everything is whole.\n"), "{said}");
    // It looked at something.
    let kinds = said
        .strip_prefix("Checked ")
        .and_then(|rest| rest.split_once(' '))
        .and_then(|(number, _)| number.parse::<u32>().ok());
    assert!(kinds.is_some_and(|kinds| kinds > 15), "{said}");
}

#[tokio::test]
async fn what_is_lost_is_named_and_comes_back() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let (lost, cut, changed) = (noise(1, 300_000), noise(2, 40_000), noise(3, 50_000));
    let id = draft(&anna).await;
    for (name, bytes) in [("lost", &lost), ("cut", &cut), ("changed", &changed)] {
        anna.upload_bytes(&id, name, false, bytes.clone())
            .await
            .expect("uploaded");
    }
    let logo = demo_file("libraries/Product Information/Logo.png");
    let files = [&lost, &cut, &changed, &logo].map(|bytes| blob_of(&server.folder(), bytes));
    fs::remove_file(&files[0]).expect("removed");
    fs::write(&files[1], &cut[..39_999]).expect("written");
    let mut other = changed.clone();
    other[25_000] ^= 1;
    fs::write(&files[2], &other).expect("written");
    fs::remove_file(&files[3]).expect("removed");

    let (said, status) = check(&server, &[]).await;
    assert_eq!(status, 1, "{said}");
    assert!(!said.contains("is whole"), "{said}");
    let expected = [
        ("are not there", format!("attachments {id}/1")),
        ("are not those", format!("attachments {id}/2")),
        ("are not those", format!("attachments {id}/3")),
        ("are not there", "library_files ".to_owned()),
    ];
    for (file, (problem, user)) in files.iter().zip(expected) {
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.expect("a name");
        let line = said.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("{name} is not named: {said}"));
        assert!(line.contains(problem) && line.contains(&user), "{line}");
    }
    assert_eq!(
        said.lines()
            .filter(|line| line.starts_with("file "))
            .count(),
        files.len(),
        "and no other: {said}"
    );

    // It is noted: nobody attaches what is lost.
    let logo_item = item(&anna, "Logo.png").await.id;
    let insert = anna.insert(&id, logo_item, None).await;
    refused(insert, 400, "error.request.responseManagement.fileGone");

    // The bytes come back, and the next check finds them.
    for (file, bytes) in files.iter().zip([&lost, &cut, &changed, &logo]) {
        fs::write(file, bytes).expect("written");
    }
    let (said, status) = check(&server, &[]).await;
    assert_eq!(status, 0, "{said}");
    assert_eq!(said.matches("and is whole").count(), files.len(), "{said}");
    anna.insert(&id, logo_item, None).await.expect("inserted");
    for (file, bytes) in attachments_of(&anna, &id)
        .await
        .iter()
        .zip([&lost, &cut, &changed, &logo])
    {
        let fetched = anna.fetch(&file.download_uri).await.expect("its bytes");
        assert!(fetched.body == *bytes, "{}", file.name);
    }
}

#[tokio::test]
async fn what_refers_to_nothing_is_named() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Logo.png"]).await;
    server.stop().await;
    sql::run(
        &server.folder(),
        &format!("UPDATE attachments SET blob_id = 4711 WHERE interaction_id = {id}"),
    );
    sql::run(
        &server.folder(),
        "INSERT INTO role_members (user_id, role_id) VALUES (815, 816)",
    );
    let (said, status) = check(&server, &[]).await;
    assert_eq!(status, 1, "{said}");
    for line in [
        format!("attachments {id}/1: its blob_id is 4711, and blobs has no such row"),
        "role_members 815/816: its user_id is 815, and users has no such row".to_owned(),
        "role_members 815/816: its role_id is 816, and roles has no such row".to_owned(),
    ] {
        assert!(said.lines().any(|found| found == line), "{line}: {said}");
    }
}

#[tokio::test]
async fn a_bucket_and_a_database_of_its_own_are_checked_too() {
    let mut server = Server::stopped_in(&Cluster::shared(), &[]);
    let bucket = Bucket::of(&server.folder()).await;
    let url = bucket.url();
    server.give(&["--blobs", &url]);
    server.start().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let bytes = noise(4, 6 << 20);
    anna.upload_bytes(&id, "large", false, bytes.clone())
        .await
        .expect("uploaded");
    let (said, status) = check(&server, &["--blobs", &url]).await;
    assert_eq!(status, 0, "{said}");
    let object = bucket.object_of(&bytes).await;
    bucket.remove(&object).await;
    let (said, status) = check(&server, &["--blobs", &url]).await;
    assert_eq!(status, 1, "{said}");
    let lost = format!("its bytes are not there; used by attachments {id}/1");
    assert!(said.lines().any(|line| line.ends_with(&lost)), "{said}");
}
