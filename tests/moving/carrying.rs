//! `attache move`: to PostgreSQL and an object store and back, what it refuses, and that ids are not used again.

use std::fs;

use crate::bucket::Bucket;
use crate::email::{draft, noise};
use crate::moving::{Work, failed, is_whole, same};
use crate::postgres::Cluster;
use crate::server::Server;

#[tokio::test]
async fn an_installation_goes_to_postgres_and_a_bucket_and_back() {
    let mut here = Server::stopped_embedded(&[]);
    here.start().await;
    let work = Work::at(&here).await;
    // The highest id goes, and is not handed out again.
    let before = work.read(&here).await;
    here.stop().await;

    let bucket = Bucket::start().await;
    let mut there = Server::empty(Some(&Cluster::shared()), &["--blobs", &bucket.url()]);
    let (database, blobs) = (there.database_url(), bucket.url());
    let to = ["--to-database", &database, "--to-blobs", &blobs];
    let said = here.done(&[&["move"][..], &to].concat()).await;
    assert!(said.contains("all of it is there"), "{said}");
    Bucket::is_no_secret_in(&said);
    there.start().await;
    same(&before, &work.read(&there).await);
    is_whole(&there, &["--blobs", &blobs]).await;
    let next = draft(&work.session_at(&there)).await;
    let last = work.emails.last().expect("an email");
    assert!(
        next.parse::<u64>().expect("a number") > last.parse().expect("a number"),
        "{next} after {last}"
    );
    let uploaded = work.session_at(&there);
    let uploaded = uploaded.upload_bytes(&next, "new", false, noise(9, 1000));
    uploaded.await.expect("uploaded");
    let work = Work {
        emails: [work.emails, vec![next]].concat(),
        ..work
    };
    let before = work.read(&there).await;
    there.stop().await;

    let mut back = Server::empty(None, &[]);
    let database = format!("sqlite:{}", back.folder().join("attache.sqlite").display());
    let folder = back.folder().join("blobs");
    let to = [
        "--to-database",
        &database,
        "--to-blobs",
        folder.to_str().expect("UTF-8"),
    ];
    there
        .done(&[&["move", "--blobs", &blobs][..], &to].concat())
        .await;
    back.start().await;
    same(&before, &work.read(&back).await);
    is_whole(&back, &[]).await;
    draft(&work.session_at(&back)).await;
}

#[tokio::test]
async fn the_files_alone_may_go() {
    let mut server = Server::stopped_embedded(&[]);
    server.start().await;
    let work = Work::at(&server).await;
    let before = work.read(&server).await;
    server.stop().await;
    let bucket = Bucket::start().await;
    let url = bucket.url();
    server.done(&["move", "--to-blobs", &url]).await;
    // Once more is no harm.
    server.done(&["move", "--to-blobs", &url]).await;
    fs::remove_dir_all(server.folder().join("blobs")).expect("removed");
    server.give(&["--blobs", &url]);
    server.start().await;
    same(&before, &work.read(&server).await);
    is_whole(&server, &["--blobs", &url]).await;
}

#[tokio::test]
async fn a_move_refuses_what_would_mix_or_lose_something() {
    let mut server = Server::stopped_embedded(&[]);
    server.start().await;
    let cluster = Cluster::shared();
    let mut there = Server::empty(Some(&cluster), &[]);
    let database = there.database_url();
    let blobs = there.folder().join("blobs");
    let blobs = blobs.to_str().expect("UTF-8");
    let to = ["move", "--to-database", &database, "--to-blobs", blobs];

    let usage = server.command(&["move"]).await;
    assert_eq!(usage.status.code(), Some(2), "{usage:?}");
    let running = failed(&server, &to).await;
    assert!(running.contains("a server is running"), "{running}");
    server.stop().await;

    // A server at the target.
    there.start().await;
    let running = failed(&server, &to).await;
    assert!(running.contains("running"), "{running}");
    there.done(&["user", "add", "zoe", "--password", "x"]).await;
    there.stop().await;
    let occupied = failed(&server, &to).await;
    assert!(occupied.contains("not empty"), "{occupied}");
    assert!(!occupied.contains("postgres://"), "{occupied}");

    // Files of something else.
    let strange = Server::empty(Some(&cluster), &[]);
    let folder = strange.folder().join("blobs");
    fs::create_dir_all(folder.join("ab")).expect("a folder");
    fs::write(folder.join(format!("ab/{}", "ab".repeat(16))), "x").expect("written");
    let database = strange.database_url();
    let to = [
        "move",
        "--to-database",
        &database,
        "--to-blobs",
        folder.to_str().expect("UTF-8"),
    ];
    let foreign = failed(&server, &to).await;
    assert!(foreign.contains("something else"), "{foreign}");

    // Lost bytes are said, and a check lets the rest go.
    let file = crate::email::blob_files(&server.folder()).remove(0);
    fs::remove_file(&file).expect("removed");
    let good = Server::empty(Some(&cluster), &[]);
    let database = good.database_url();
    let folder = good.folder().join("blobs");
    let to = [
        "move",
        "--to-database",
        &database,
        "--to-blobs",
        folder.to_str().expect("UTF-8"),
    ];
    let lost = failed(&server, &to).await;
    assert!(lost.contains("attache check"), "{lost}");
    // A server does not start on half a move.
    let half = failed(&good, &["user", "list"]).await;
    assert!(half.contains("attache move"), "{half}");
    assert_eq!(server.command(&["check"]).await.status.code(), Some(1));
    server.done(&to).await;
    assert!(good.done(&["user", "list"]).await.contains("anna"));
}
