//! `attache backup` and `attache restore`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use crate::bucket::Bucket;
use crate::email::{attachments_of, blob_of, draft, item, noise};
use crate::moving::{Work, failed, files_in, is_whole, same};
use crate::postgres::Cluster;
use crate::server::{Server, eventually};
use crate::sql;

/// A place for archives.
struct Shelf(TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[tokio::test]
async fn a_backup_of_each_engine_is_restored_on_the_other() {
    let shelf = Shelf::new();
    let (first, second) = (shelf.file("first.tar"), shelf.file("second.tar"));
    let mut here = Server::stopped_embedded(&[]);
    here.start().await;
    let work = Work::at(&here).await;
    let before = work.read(&here).await;
    // The server runs.
    here.done(&["backup", shown(&first)]).await;
    let there = failed(&here, &["backup", shown(&first)]).await;
    assert!(there.contains("there already"), "{there}");
    assert_eq!(fs::read_dir(shelf.0.path()).expect("a folder").count(), 1);
    here.kill();

    let bucket = Bucket::start().await;
    let url = bucket.url();
    let mut there = Server::empty(Some(&Cluster::shared()), &["--blobs", &url]);
    there
        .done(&["restore", shown(&first), "--blobs", &url])
        .await;
    there.start().await;
    same(&before, &work.read(&there).await);
    is_whole(&there, &["--blobs", &url]).await;
    let next = draft(&work.session_at(&there)).await;
    assert!(!work.emails.contains(&next), "an id is used again");

    there
        .done(&["backup", shown(&second), "--blobs", &url])
        .await;
    let mut back = Server::empty(None, &[]);
    // Into an installation that is empty, beside its server.
    back.start().await;
    back.done(&["restore", shown(&second)]).await;
    same(&before, &work.read(&back).await);
    back.log_in("ben").await;
    is_whole(&back, &[]).await;
    let occupied = failed(&back, &["restore", shown(&second)]).await;
    assert!(occupied.contains("not empty"), "{occupied}");
    back.stop().await;
    back.start().await;
    same(&before, &work.read(&back).await);
}

#[tokio::test]
async fn a_backup_beside_writers_is_of_one_moment() {
    let shelf = Shelf::new();
    let mut server = Server::stopped_embedded(&[]);
    server.start().await;
    let anna = server.log_in("anna").await;
    let logo = item(&anna, "Logo.png").await.id;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for writer in 0..3 {
        let (anna, stop) = (anna.clone(), Arc::clone(&stop));
        writers.push(tokio::spawn(async move {
            let id = draft(&anna).await;
            let mut names = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let number = names.len();
                let seed = 1000 * writer + number as u64;
                let name = format!("{number}.bin");
                let uploaded = anna.upload_bytes(&id, &name, false, noise(seed, 30_000));
                uploaded.await.expect("uploaded");
                anna.insert(&id, logo, None).await.expect("inserted");
                names.push(name);
            }
            (id, names)
        }));
    }
    let mut restored = Vec::new();
    for round in 0..3 {
        let known = sql::run(&server.folder(), "SELECT count(*) FROM attachments");
        let archive = shelf.file(&format!("{round}.tar"));
        server.done(&["backup", shown(&archive)]).await;
        restored.push((known[0][0].as_u64().expect("a number"), archive));
    }
    stop.store(true, Ordering::Relaxed);
    let mut drafts = Vec::new();
    for writer in writers {
        drafts.push(writer.await.expect("no panic"));
    }
    for (known, archive) in restored {
        let mut copy = Server::empty(None, &[]);
        copy.done(&["restore", shown(&archive)]).await;
        is_whole(&copy, &[]).await;
        let found = sql::run(&copy.folder(), "SELECT count(*) FROM attachments");
        let found = found[0][0].as_u64().expect("a number");
        assert!(found >= known, "{found} of at least {known}");
        let said = "SELECT count(*) FROM interactions i WHERE attachment_count <>
                    (SELECT count(*) FROM attachments a WHERE a.interaction_id = i.id)";
        assert_eq!(sql::run(&copy.folder(), said)[0][0], 0, "not of one moment");
        copy.start().await;
        let again = copy.log_in("anna").await;
        for (id, names) in &drafts {
            let files = attachments_of(&again, id).await;
            let uploaded: Vec<_> = files
                .iter()
                .filter(|file| !file.name.starts_with("Logo"))
                .collect();
            let told: Vec<&str> = uploaded.iter().map(|file| file.name.as_str()).collect();
            assert_eq!(told, names[..told.len()], "what was there first");
        }
    }
}

#[tokio::test]
async fn a_damaged_archive_leaves_nothing_behind() {
    let shelf = Shelf::new();
    let (good, bad) = (shelf.file("good.tar"), shelf.file("bad.tar"));
    let mut here = Server::stopped_embedded(&[]);
    here.start().await;
    let work = Work::at(&here).await;
    here.done(&["backup", shown(&good)]).await;
    let bytes = fs::read(&good).expect("the archive");
    let copy = Server::empty(None, &[]);
    let find = |text: &[u8]| {
        let found = bytes.windows(text.len()).position(|part| part == text);
        found.expect("is in the archive")
    };
    let flip = |at: usize| {
        let mut other = bytes.clone();
        other[at] ^= 1;
        other
    };
    let damages = [
        ("a row", flip(find(b"Anna") + 1)),
        ("a file", flip(find(&noise(1, 700_000)[..64]) + 40)),
        ("the head", flip(find(b"\"made_at\": \"2") + 14)),
        ("a name", flip(find(b"blobs/") + 20)),
        ("cut in a file", bytes[..bytes.len() / 2].to_vec()),
        ("cut before its end", bytes[..find(b"end.json")].to_vec()),
        ("cut in its head", bytes[..700].to_vec()),
        ("nothing", Vec::new()),
        ("something else", noise(7, 100_000)),
    ];
    for (what, damaged) in damages {
        fs::write(&bad, damaged).expect("written");
        let error = failed(&copy, &["restore", shown(&bad)]).await;
        assert!(
            error.contains("damaged") || error.contains("no backup"),
            "{what}: {error}"
        );
        assert_eq!(files_in(&copy.folder()), 0, "{what}");
        let rows = sql::run(
            &copy.folder(),
            "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM blobs)",
        );
        assert_eq!(rows[0][0], 0, "{what}");
    }
    let missing = failed(&copy, &["restore", shown(&shelf.file("none.tar"))]).await;
    assert!(missing.contains("none.tar"), "{missing}");
    copy.done(&["restore", shown(&good)]).await;
    is_whole(&copy, &[]).await;
    drop(work);
}

#[tokio::test]
async fn nothing_is_collected_while_a_backup_needs_it() {
    let mut server = Server::stopped_embedded(&[]);
    server.start().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let bytes = noise(1, 60_000);
    let uploaded = anna.upload_bytes(&id, "freed.bin", false, bytes.clone());
    uploaded.await.expect("uploaded");
    let files = attachments_of(&anna, &id).await;
    let removed = anna.remove_attachment(&id, &files[0].download_uri);
    removed.await.expect("removed");
    let file = blob_of(&server.folder(), &bytes);
    let stray = file.with_file_name(format!("{}.0", "0".repeat(64)));
    fs::write(&stray, "x").expect("written");
    server.stop().await;
    // Days go by.
    sql::run(
        &server.folder(),
        "UPDATE blobs SET referenced_at = referenced_at - 2 * 24 * 60 * 60 * 1000",
    );
    let handle = fs::File::options()
        .append(true)
        .open(&stray)
        .expect("a file");
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    handle.set_modified(long_ago).expect("another time");
    // A backup runs.
    sql::run(
        &server.folder(),
        "INSERT INTO holds (id, until_at) VALUES (1, 9000000000000)",
    );
    server.start().await;
    eventually("the sweep has been there", async || !stray.exists()).await;
    assert!(file.exists(), "it is held");
    server.stop().await;
    // It died, and its hold is over.
    sql::run(&server.folder(), "UPDATE holds SET until_at = 1");
    server.start().await;
    eventually("it is collected", async || !file.exists()).await;
}
