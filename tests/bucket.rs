//! An object store for the tests: an S3 server in this process, which keeps objects as files, behind a door that can refuse or keep
//! silent.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::email::blob_files;

const NAME: &str = "mail";
const PREFIX: &str = "desk/one";
const KEY: &str = "key";
const SECRET: &str = "a-secret-that-no-log-has";

/// What the door does with whoever comes. Connections that are open when that changes are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Lets everything through.
    Open,
    /// Answers each request with this status and nothing else.
    Refusing(u16),
    /// Takes requests and never answers.
    Silent,
    /// Lets a request through, and half of what comes back first; then it hangs up.
    Halving,
}

/// An object store with an empty bucket.
pub struct Bucket {
    folder: TempDir,
    port: u16,
    door: Arc<watch::Sender<Door>>,
}

impl Bucket {
    /// Starts one.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join(NAME)).expect("a bucket");
        let behind = serve(folder.path()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let door = Arc::new(watch::Sender::new(Door::Open));
        let told = Arc::clone(&door);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.expect("a connection");
                let mut told = told.subscribe();
                tokio::spawn(async move {
                    let state = *told.borrow_and_update();
                    tokio::select! {
                        () = pass(client, state, behind) => {}
                        _ = told.changed() => {}
                    }
                });
            }
        });
        Self { folder, port, door }
    }

    /// Starts one that holds what a data folder has of bytes, in whose place it is to be used.
    pub async fn of(data: &Path) -> Self {
        let bucket = Self::start().await;
        for file in blob_files(data) {
            let place = file.strip_prefix(data.join("blobs")).expect("below");
            let object = bucket.objects_folder().join(place);
            fs::create_dir_all(object.parent().expect("a folder")).expect("a folder");
            fs::copy(&file, object).expect("a copy");
        }
        fs::remove_dir_all(data.join("blobs")).expect("removed");
        bucket
    }

    /// Its address, for the setting `blobs`.
    pub fn url(&self) -> String {
        format!(
            "s3://{NAME}/{PREFIX}?endpoint=http://127.0.0.1:{}&access_key_id={KEY}&secret_access_key={SECRET}",
            self.port
        )
    }

    /// Holds a log not to have the secret.
    pub fn is_no_secret_in(log: &str) {
        assert!(!log.contains(SECRET), "{log}");
    }

    /// Changes what the door does.
    pub fn set(&self, door: Door) {
        self.door.send_replace(door);
    }

    /// Where its objects are, as files.
    pub fn objects_folder(&self) -> PathBuf {
        self.folder.path().join(NAME).join(PREFIX)
    }

    /// The files of its objects.
    pub fn objects(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.objects_folder()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files
    }

    /// The file of the one object that has exactly these bytes.
    pub fn object_of(&self, bytes: &[u8]) -> PathBuf {
        let same = |path: &PathBuf| fs::read(path).is_ok_and(|found| found == bytes);
        let mut found = self.objects().into_iter().filter(same);
        let path = found.next().expect("the bytes are kept");
        assert_eq!(found.next(), None, "the bytes are kept once");
        path
    }
}

/// The S3 server; gives its port.
async fn serve(folder: &Path) -> u16 {
    let files = s3s_fs::FileSystem::new(folder).expect("a folder");
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
            tokio::spawn(async move {
                // How a client ends a connection is its own affair.
                let _ = connection.await;
            });
        }
    });
    port
}

/// One connection at the door.
async fn pass(mut client: TcpStream, state: Door, behind: u16) {
    let mut rest = vec![0; 64 << 10];
    match state {
        Door::Open => {
            let mut server = TcpStream::connect(("127.0.0.1", behind))
                .await
                .expect("the server");
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        Door::Refusing(status) => {
            let _ = client.read(&mut rest).await;
            let answer =
                format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = client.write_all(answer.as_bytes()).await;
            while client.read(&mut rest).await.is_ok_and(|read| read > 0) {}
        }
        Door::Silent => while client.read(&mut rest).await.is_ok_and(|read| read > 0) {},
        Door::Halving => {
            let mut server = TcpStream::connect(("127.0.0.1", behind))
                .await
                .expect("the server");
            let (mut from_client, mut to_client) = client.split();
            let (mut from_server, mut to_server) = server.split();
            let answer = async {
                let read = from_server.read(&mut rest).await.unwrap_or(0);
                let _ = to_client.write_all(&rest[..read / 2]).await;
            };
            tokio::select! {
                _ = copy(&mut from_client, &mut to_server) => {}
                () = answer => {}
            }
        }
    }
}
