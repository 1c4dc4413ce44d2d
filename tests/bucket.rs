//! An object store for the tests, behind a door that can refuse or keep silent: an S3 server in this process, which keeps objects as files,
//! or, where `ATTACHE_TEST_GARAGE` names its binary, a node of Garage (garagehq.deuxfleurs.fr), a distributed store.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::TryStreamExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::email::blob_files;

const NAME: &str = "mail";
const PREFIX: &str = "desk/one";
/// In the form that Garage wants.
const KEY: &str = "GK5a1eab1e0000000000000001";
const SECRET: &str = "a5ec7e7007a7105ba500000000000000a5ec7e7007a7105ba500000000000000";

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
    /// Dropped before the folder.
    garage: Option<Garage>,
    folder: TempDir,
    port: u16,
    door: Arc<watch::Sender<Door>>,
    /// The way past the door.
    store: AmazonS3,
}

impl Bucket {
    /// Starts one.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let garage = std::env::var_os("ATTACHE_TEST_GARAGE");
        let garage = garage.map(|binary| Garage::start(Path::new(&binary), folder.path()));
        let behind = if let Some(garage) = &garage {
            garage.port
        } else {
            fs::create_dir(folder.path().join(NAME)).expect("a bucket");
            serve(folder.path()).await
        };
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
        let bucket = Self {
            garage,
            folder,
            port,
            door,
            store: store(behind),
        };
        bucket.wait_until_it_serves().await;
        bucket
    }

    /// Starts one that holds what a data folder has of bytes, in whose place it is to be used.
    pub async fn of(data: &Path) -> Self {
        let bucket = Self::start().await;
        for file in blob_files(data) {
            let place = file.strip_prefix(data.join("blobs")).expect("below");
            let bytes = fs::read(&file).expect("its bytes");
            let place = place.to_str().expect("UTF-8");
            bucket.put(&bucket.name(place), bytes).await;
        }
        fs::remove_dir_all(data.join("blobs")).expect("removed");
        bucket
    }

    async fn wait_until_it_serves(&self) {
        let began = Instant::now();
        while let Err(problem) = self.store.list_with_delimiter(None).await {
            let is_patient = began.elapsed() < Duration::from_secs(30);
            assert!(is_patient, "the object store does not serve: {problem}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

    /// The name of an object by its path below what the address names.
    #[expect(clippy::unused_self, reason = "a name is that of one bucket")]
    pub fn name(&self, path: &str) -> Name {
        Name::from(format!("{PREFIX}/{path}"))
    }

    /// The names of its objects.
    pub async fn objects(&self) -> Vec<Name> {
        let below = Name::from(PREFIX);
        let listed = self.store.list(Some(&below)).try_collect::<Vec<_>>().await;
        let listed = listed.expect("a list");
        listed.into_iter().map(|object| object.location).collect()
    }

    /// The one object that has exactly these bytes.
    pub async fn object_of(&self, bytes: &[u8]) -> Name {
        let mut found = Vec::new();
        for name in self.objects().await {
            if self.get(&name).await.is_some_and(|has| has == bytes) {
                found.push(name);
            }
        }
        assert_eq!(found.len(), 1, "the bytes are kept once: {found:?}");
        found.remove(0)
    }

    async fn get(&self, name: &Name) -> Option<Bytes> {
        self.store.get(name).await.ok()?.bytes().await.ok()
    }

    /// Whether there is an object of this name.
    pub async fn has(&self, name: &Name) -> bool {
        self.store.head(name).await.is_ok()
    }

    /// Puts an object there, behind the back of whoever uses it.
    pub async fn put(&self, name: &Name, bytes: impl Into<Bytes>) {
        let put = self.store.put(name, bytes.into().into()).await;
        put.expect("it is put");
    }

    /// Removes an object likewise.
    pub async fn remove(&self, name: &Name) {
        self.store.delete(name).await.expect("it is removed");
    }

    /// Makes all objects as old as this; false where the store lets nobody say how old an object is.
    pub fn make_older(&self, by: Duration) -> bool {
        if self.garage.is_some() {
            return false;
        }
        let mut folders = vec![self.folder.path().join(NAME)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let file = fs::File::options().append(true).open(path);
                let file = file.expect("an object");
                let written = file.metadata().and_then(|about| about.modified());
                let aged = file.set_modified(written.expect("its time") - by);
                aged.expect("another time");
            }
        }
        true
    }
}

/// A way to the bucket that no door is in.
fn store(port: u16) -> AmazonS3 {
    // The same as the server does; an error says that it is done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    AmazonS3Builder::new()
        .with_endpoint(format!("http://127.0.0.1:{port}"))
        .with_allow_http(true)
        .with_bucket_name(NAME)
        .with_region("us-east-1")
        .with_access_key_id(KEY)
        .with_secret_access_key(SECRET)
        .build()
        .expect("a store")
}

/// A node of Garage; dropping it kills it.
struct Garage {
    child: Child,
    port: u16,
}

impl Garage {
    fn start(binary: &Path, folder: &Path) -> Self {
        let port = || {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            listener.local_addr().expect("an address").port()
        };
        let (s3, rpc) = (port(), port());
        let shown = folder.display();
        let settings = format!(
            "metadata_dir = \"{shown}/meta\"\ndata_dir = \"{shown}/data\"\ndb_engine = \"sqlite\"\nreplication_factor = 1\n\
             rpc_bind_addr = \"127.0.0.1:{rpc}\"\nrpc_secret = \"{SECRET}\"\n\
             [s3_api]\ns3_region = \"us-east-1\"\napi_bind_addr = \"127.0.0.1:{s3}\"\n"
        );
        fs::write(folder.join("garage.toml"), settings).expect("its settings");
        let child = Command::new(binary)
            .arg("-c")
            .arg(folder.join("garage.toml"))
            .args(["server", "--single-node", "--default-bucket"])
            .env("GARAGE_DEFAULT_ACCESS_KEY", KEY)
            .env("GARAGE_DEFAULT_SECRET_KEY", SECRET)
            .env("GARAGE_DEFAULT_BUCKET", NAME)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Garage can be started");
        Self { child, port: s3 }
    }
}

impl Drop for Garage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
