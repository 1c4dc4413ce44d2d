//! What a large file costs the server in memory: it is never held as a whole.

use super::{attachments_of, draft, noise};
use crate::server::{Server, eventually};

/// How much more the server may need at its peak, in KiB: well below the 25 MiB of the file, and above the few MiB that the allocator may keep
/// for each thread that has had to do with it. Files of 100 and 200 MiB cost no more.
const MORE: u64 = 14 << 10;

/// The most memory that a process has had so far, in KiB.
fn peak(server: &Server) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the process");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("its peak");
    let number = line.trim().strip_suffix("kB").expect("in KiB").trim();
    number.parse().expect("a number")
}

#[tokio::test]
async fn a_file_of_25_mebibytes_never_sits_in_memory() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    // What a smaller one needs, each buffer on the way filled once.
    whole_way(&server, &anna, noise(1, 2 << 20)).await;
    let before = peak(&server);
    whole_way(&server, &anna, noise(2, 25 << 20)).await;
    let more = peak(&server) - before;
    assert!(more < MORE, "{more} KiB more");
}

/// Uploads, downloads and sends.
async fn whole_way(server: &Server, session: &icws::client::Session, bytes: Vec<u8>) {
    let id = draft(session).await;
    let sent = server.sent().len();
    session
        .upload_bytes(&id, "large.bin", false, bytes.clone())
        .await
        .expect("uploaded");
    let file = attachments_of(session, &id).await.remove(0);
    assert!(
        session
            .fetch(&file.download_uri)
            .await
            .expect("its bytes")
            .body
            == bytes
    );
    session.send_email(&id).await.expect("sent");
    eventually("it is written", async || server.sent().len() > sent).await;
}
