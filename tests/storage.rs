//! What happens to the storage: two servers on it, a full disk, a database of another version, bytes that nobody needs.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime};

use icws::client::Session;

use crate::disk::SmallDisk;
use crate::email::{attachments_of, blob_files, blob_of, draft, item, noise, snapshot};
use crate::server::{Server, command, eventually};
use crate::sql;

/// Runs a server that is expected to end by itself.
async fn serve(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = command();
    command
        .args(arguments)
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder)
        .stdin(Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.output());
    let ended = tokio::time::timeout(Duration::from_secs(30), run).await;
    ended
        .expect("it ends by itself")
        .expect("no panic")
        .expect("the binary can be started")
}

/// Holds a server to have refused to start, and gives what it said.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("error: "), "{said}");
    assert!(
        !String::from_utf8_lossy(&output.stdout).contains("http://"),
        "it did not listen: {output:?}"
    );
    said
}

#[tokio::test]
async fn a_second_server_on_the_folder_is_refused_and_commands_are_not() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let folder = server.folder();
    for second in ["serve", "demo"] {
        let said = refusal(&serve(&folder, &[second]).await);
        assert!(
            said.contains("in use by another server")
                && said.contains(&folder.display().to_string()),
            "{said}"
        );
    }
    // By another way to the same folder, too.
    let link = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(&folder, link.path().join("data")).expect("a link");
    refusal(&serve(&link.path().join("data"), &["serve"]).await);
    anna.heartbeat().await.expect("the first goes on");
    assert!(server.done(&["user", "list"]).await.contains("anna"));
    server
        .done(&["user", "add", "dora", "--password", "x"])
        .await;
    // However the first ends, the folder is free.
    server.kill();
    server.start().await;
    server.client().log_in("dora", "x").await.expect("logs in");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let server = Server::stopped(&[]);
    let folder = server.folder();
    sql::run(
        &folder,
        "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('99991231000000', '2026-01-01 00:00:00')",
    );
    let said = refusal(&serve(&folder, &["serve"]).await);
    assert!(
        said.contains("newer version") && said.contains("99991231000000"),
        "{said}"
    );
    let listed = server.command(&["user", "list"]).await;
    assert_eq!(
        listed.status.code(),
        Some(1),
        "commands do not touch it either"
    );
    let migrations = sql::run(
        &folder,
        "SELECT max(version) FROM __diesel_schema_migrations",
    );
    assert_eq!(migrations[0][0], "99991231000000");
    sql::run(
        &folder,
        "DELETE FROM __diesel_schema_migrations WHERE version = '99991231000000'",
    );
    let mut server = server;
    server.start().await;
    server.log_in("anna").await;
}

#[tokio::test]
async fn what_is_no_database_is_said_and_left_alone() {
    let server = Server::stopped(&[]);
    let database = server.folder().join("attache.sqlite");
    let garbage = noise(1, 40_000);
    fs::write(&database, &garbage).expect("written");
    let said = refusal(&serve(&server.folder(), &["serve"]).await);
    assert!(said.contains(&database.display().to_string()), "{said}");
    assert!(fs::read(&database).expect("the file") == garbage);
    let blocked = tempfile::tempdir().expect("a folder");
    fs::write(blocked.path().join("file"), b"x").expect("written");
    let said = refusal(&serve(&blocked.path().join("file"), &["serve"]).await);
    assert!(said.contains("file"), "{said}");
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let mut server = Server::stopped(&[]);
    let disk = SmallDisk::over(&server.folder(), "40m");
    server.start().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let mut acknowledged = vec![
        anna.insert(&id, logo, Some(true))
            .await
            .expect("inserted")
            .content_id,
    ];

    let filler = disk.fill();
    // The log has room for a few more; then each is refused, with nothing of the inside.
    let refusal = until_refused(&anna, &id, logo, &mut acknowledged).await;
    assert_eq!(
        (refusal.status, refusal.id()),
        (500, "error.server.internal")
    );
    let request = refusal
        .header("x-request-id")
        .expect("it can be found in the log")
        .to_owned();
    assert!(refusal.error.message.contains(&request), "{refusal}");
    for inside in ["disk", "full", "sqlite", "SQL", "database"] {
        assert!(!refusal.error.message.contains(inside), "{refusal}");
    }
    let cause = server
        .log()
        .lines()
        .find(|line| line.contains(&request))
        .map(str::to_owned)
        .expect("in the log");
    assert!(cause.contains("full"), "{cause}");
    // What is written otherwise is refused as well, unless the log has got room again.
    let mut subject = "Your lamp";
    match anna.save_email(&id, &crate::email::content("Saved")).await {
        Ok(()) => subject = "Saved",
        Err(refusal) => assert_eq!(refusal.status, 500, "{refusal}"),
    }
    if let Err(refusal) = server.client().log_in("carl", "demo").await {
        assert_eq!(refusal.status, 500, "{refusal}");
    }
    // Reading goes on.
    anna.attributes(&id, &["Eic_State"]).await.expect("reads");

    // A file that does not fit: enough room for rows, not for it.
    File::options()
        .write(true)
        .open(&filler)
        .and_then(|file| {
            let length = file.metadata()?.len();
            file.set_len(length - (2 << 20))
        })
        .expect("a little room");
    let announced = async || anna.upload(&id, "large.bin", false).await;
    eventually("there is room for rows", async || announced().await.is_ok()).await;
    let begun = announced().await.expect("announced");
    let put = anna
        .put(&begun.upload_uri, noise(1, 20 << 20))
        .await
        .expect_err("refused");
    assert!(put.status == 500 || put.is_transport(), "{put}");

    fs::remove_file(filler).expect("removed");
    let back = async || anna.insert(&id, logo, Some(true)).await;
    eventually("it comes back by itself", async || {
        let inserted = back().await;
        inserted.is_ok_and(|inserted| {
            acknowledged.push(inserted.content_id);
            true
        })
    })
    .await;
    all_are_there(&anna, &id, &acknowledged).await;
    anna.upload_bytes(&id, "large.bin", false, noise(1, 3 << 20))
        .await
        .expect("uploaded");
    server.kill();
    server.start().await;
    all_are_there(&anna, &id, &acknowledged).await;
    let found = snapshot(&anna, &id).await.email_content;
    let found = found.and_then(|content| content.subject);
    assert_eq!(
        found.as_deref(),
        Some(subject),
        "what was refused did not happen"
    );
}

/// Inserts until that is refused.
async fn until_refused(
    session: &Session,
    id: &str,
    item: icws::Guid,
    acknowledged: &mut Vec<String>,
) -> icws::client::IcwsError {
    for _ in 0..20_000 {
        match session.insert(id, item, Some(true)).await {
            Ok(inserted) => acknowledged.push(inserted.content_id),
            Err(refusal) => return refusal,
        }
    }
    panic!("the disk is not full")
}

async fn all_are_there(session: &Session, id: &str, acknowledged: &[String]) {
    let listed: Vec<String> = attachments_of(session, id)
        .await
        .into_iter()
        .map(|file| file.content_id)
        .filter(|id| !id.is_empty())
        .collect();
    assert_eq!(listed, acknowledged);
}

#[tokio::test]
async fn bytes_that_nobody_needs_are_collected_and_others_never() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let (kept, freed, sent, stray) = (
        noise(1, 50_000),
        noise(2, 60_000),
        noise(3, 70_000),
        noise(4, 80_000),
    );
    let id = draft(&anna).await;
    anna.upload_bytes(&id, "kept.bin", false, kept.clone())
        .await
        .expect("uploaded");
    anna.upload_bytes(&id, "freed.bin", false, freed.clone())
        .await
        .expect("uploaded");
    let mail = draft(&anna).await;
    anna.upload_bytes(&mail, "sent.bin", false, sent.clone())
        .await
        .expect("uploaded");
    anna.send_email(&mail).await.expect("sent");
    let files = attachments_of(&anna, &id).await;
    anna.remove_attachment(&id, &files[1].download_uri)
        .await
        .expect("removed");
    let from_library = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    anna.insert(&from_library, logo, None)
        .await
        .expect("inserted");
    let lost = blob_of(&server.folder(), &freed);
    // What a crash leaves behind: a file that no row knows.
    let unknown = lost.with_file_name(format!("{}.0", "0".repeat(64)));
    fs::write(&unknown, &stray).expect("written");
    let there = blob_files(&server.folder()).len();
    server.stop().await;
    // Two days go by.
    sql::run(
        &server.folder(),
        "UPDATE blobs SET referenced_at = referenced_at - 2 * 24 * 60 * 60 * 1000",
    );
    for file in blob_files(&server.folder()) {
        let file = File::options().append(true).open(file).expect("a file");
        file.set_modified(two_days_ago(&file))
            .expect("another time");
    }
    server.start().await;
    eventually("they are collected", async || {
        !lost.exists() && !unknown.exists()
    })
    .await;
    assert_eq!(
        blob_files(&server.folder()).len(),
        there - 2,
        "and no other"
    );
    for bytes in [&kept, &sent] {
        blob_of(&server.folder(), bytes);
    }
    for (email, expected) in [(&id, &kept), (&mail, &sent)] {
        let file = attachments_of(&anna, email).await.remove(0);
        assert!(
            anna.fetch(&file.download_uri)
                .await
                .expect("its bytes")
                .body
                == *expected
        );
    }
    for name in [
        "Logo.png",
        "Showroom.bmp",
        "Catalogue.pdf",
        "Lamp for signature.png",
    ] {
        let item = item(&anna, name).await;
        anna.insert(&id, item.id, None)
            .await
            .expect("the library's files are there");
        let url = anna.file_url(&item.value).await.expect("an address").url;
        anna.fetch(&url).await.expect("its bytes");
    }
    // The same bytes come back.
    anna.upload_bytes(&id, "again.bin", false, freed.clone())
        .await
        .expect("uploaded");
    let file = attachments_of(&anna, &id).await.pop().expect("listed");
    assert!(
        anna.fetch(&file.download_uri)
            .await
            .expect("its bytes")
            .body
            == freed
    );
}

/// Two days before the time that a file has.
fn two_days_ago(file: &File) -> SystemTime {
    let modified = file.metadata().and_then(|about| about.modified());
    modified.expect("its time") - Duration::from_hours(48)
}
