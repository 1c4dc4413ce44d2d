//! An installation of its own: servers, their database, the store of their bytes, and a relay.

use std::sync::Arc;

use icws::client::{Client, Session};
use tempfile::TempDir;

use crate::bucket::Bucket;
use crate::disk::SmallDisk;
use crate::postgres::Cluster;
use crate::sending::relay::Relay;
use crate::server::{Server, copy};

/// How large the small disk is before it is made small.
const DISK: &str = "4g";

/// What an installation is made of.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The test that tries it.
    pub test: &'static str,
    /// Two servers on PostgreSQL; else one on the embedded database.
    pub postgres: bool,
    /// Bytes are in an object store; else in a folder.
    pub bucket: bool,
}

/// See the module.
pub struct Installation {
    pub kind: Kind,
    /// Dropped before the folder that it is in.
    pub disk: Option<SmallDisk>,
    pub nodes: Vec<Server>,
    pub bucket: Option<Bucket>,
    pub cluster: Option<Arc<Cluster>>,
    pub relay: Relay,
    /// The folder of the bytes where the servers share one.
    _bytes: TempDir,
}

impl Installation {
    pub async fn start(kind: Kind) -> Self {
        let cluster = kind.postgres.then(|| Arc::new(Cluster::own()));
        let mut nodes = match &cluster {
            Some(cluster) => {
                let one = Server::stopped_in(cluster, &[]);
                let other = one.beside(&[]);
                vec![one, other]
            }
            None => vec![Server::stopped(&[])],
        };
        let bytes = tempfile::tempdir().expect("a folder");
        let bucket = if kind.bucket {
            Some(Bucket::of(&nodes[0].folder()).await)
        } else {
            None
        };
        let relay = Relay::start().await;
        // Drafts go on from round to round, and may become larger than mail may be.
        let mut arguments = vec!["--limits-attachments-size".to_owned(), "10 GiB".to_owned()];
        arguments.extend(["--relay-url".to_owned(), relay.url()]);
        if kind.postgres {
            arguments.extend(["--database-wait", "1 s"].map(str::to_owned));
        }
        let disk = match &bucket {
            Some(bucket) => {
                let wait = ["--blobs-wait".to_owned(), "1 s".to_owned()];
                arguments.extend(["--blobs".to_owned(), bucket.url()].into_iter().chain(wait));
                (!kind.postgres).then(|| SmallDisk::try_over(&nodes[0].folder(), DISK))
            }
            None if kind.postgres => {
                copy(&nodes[0].folder().join("blobs"), bytes.path());
                let folder = bytes.path().display().to_string();
                arguments.extend(["--blobs".to_owned(), folder]);
                Some(SmallDisk::try_over(bytes.path(), DISK))
            }
            None => Some(SmallDisk::try_over(&nodes[0].folder(), DISK)),
        };
        let disk = disk.and_then(|disk| {
            let told = |problem| println!("{}: no disk can be full here: {problem}", kind.test);
            disk.map_err(told).ok()
        });
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        for node in &mut nodes {
            node.give(&arguments);
            node.start().await;
        }
        Self {
            kind,
            disk,
            nodes,
            bucket,
            cluster,
            relay,
            _bytes: bytes,
        }
    }

    pub fn disk(&self) -> &SmallDisk {
        self.disk.as_ref().expect("a disk that can be full")
    }

    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("PostgreSQL")
    }

    pub fn bucket(&self) -> &Bucket {
        self.bucket.as_ref().expect("an object store")
    }

    /// Logs somebody in at a server, the so-manieth of as many as there may be.
    pub async fn log_in(&self, number: usize, user: &str) -> Session {
        self.node(number).log_in(user).await
    }

    /// Clients of all servers.
    pub fn clients(&self) -> Vec<Client> {
        self.nodes.iter().map(Server::client).collect()
    }

    /// Runs a statement that reads.
    pub fn sql(&self, statement: &str) -> Vec<Vec<serde_json::Value>> {
        crate::sql::run(&self.nodes[0].folder(), statement)
    }

    fn node(&self, number: usize) -> &Server {
        &self.nodes[number % self.nodes.len()]
    }
}
