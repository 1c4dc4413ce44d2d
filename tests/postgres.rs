//! PostgreSQL for the tests: clusters, and in them a database for each server, copied from one that the demo was loaded into.
//!
//! A test uses the cluster that `ATTACHE_TEST_POSTGRES` names (`postgres://user@host:port`; the user may make databases), else it starts one
//! of its own. With `ATTACHE_TEST_ENGINE=postgres` every server of the suite runs on PostgreSQL.

// The benchmark has this module, too; each uses a part of it.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

/// The variable that names the cluster.
const CLUSTER: &str = "ATTACHE_TEST_POSTGRES";
/// The variable that says what the suite runs on.
const ENGINE: &str = "ATTACHE_TEST_ENGINE";
/// The file beside a data folder that names its database.
const NOTE: &str = "database";
/// Who owns a cluster that root starts: PostgreSQL does not run as root.
const OWNER: &str = "postgres";

/// The cluster that all servers run on, if PostgreSQL is what the suite is run on.
pub fn of_suite() -> Option<Arc<Cluster>> {
    let engine = std::env::var(ENGINE).unwrap_or_default();
    match engine.as_str() {
        "postgres" => Some(Cluster::shared()),
        "" | "embedded" => None,
        other => panic!("{ENGINE} is `embedded` or `postgres`, not `{other}`"),
    }
}

/// A cluster. One that was started here ends with the value.
pub struct Cluster {
    url: String,
    own: Option<Own>,
}

struct Own {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    options: String,
}

impl Cluster {
    /// The cluster of the variable, or one of this process's own.
    pub fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Cluster>> = OnceLock::new();
        let given = std::env::var(CLUSTER).ok().filter(|url| !url.is_empty());
        match given {
            Some(url) => Arc::clone(SHARED.get_or_init(|| Arc::new(Self { url, own: None }))),
            // Not in a static: nothing would end it.
            None => Arc::new(Self::own()),
        }
    }

    /// A cluster of the test's own, which may be stopped. What it keeps survives its end, not that of the machine.
    pub fn own() -> Self {
        Self::with(&["-c fsync=off"])
    }

    /// A cluster of one's own that syncs what it commits.
    pub fn durable() -> Self {
        Self::with(&[])
    }

    fn with(options: &[&str]) -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().expect("a folder for the cluster");
        if is_root() {
            run(Command::new("chown").arg(OWNER).arg(folder.path()));
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("a port").port();
        drop(free);
        let cluster = Self {
            url: format!("postgres://{OWNER}@127.0.0.1:{port}"),
            own: Some(Own {
                folder,
                programs,
                port,
                options: options.join(" "),
            }),
        };
        let how = ["--auth=trust", "--encoding=UTF8", "--no-sync"];
        run(cluster.program("initdb", &how).args(["--username", OWNER]));
        cluster.start();
        cluster
    }

    /// Starts it again.
    pub fn start(&self) {
        let own = self.own.as_ref().expect("a cluster of its own");
        let socket = own.folder.path().display();
        let options = format!(
            "-k {socket} -p {} -c listen_addresses=127.0.0.1 -c max_connections=200 {}",
            own.port, own.options
        );
        let log = format!("--log={}/log", own.folder.path().display());
        let how = ["start", "--silent", "--wait", &log, "--options", &options];
        // What it starts must not hold the test's pipes open.
        run(self
            .program("pg_ctl", &how)
            .stdout(Stdio::null())
            .stderr(Stdio::null()));
    }

    /// Makes it take encrypted connections, by a certificate for `localhost` that it signs itself; gives the certificate's file.
    pub fn encrypt(&self) -> PathBuf {
        let own = self.own.as_ref().expect("a cluster of its own");
        let data = own.folder.path().join("data");
        let (certificate, key) = (data.join("server.crt"), data.join("server.key"));
        run(Command::new("openssl")
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            ])
            .args([
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
            ])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate));
        if is_root() {
            run(Command::new("chown").arg(OWNER).args([&key, &certificate]));
        }
        self.execute("ALTER SYSTEM SET ssl = on");
        self.stop();
        self.start();
        certificate
    }

    /// Stops it at once: connections break, what was committed stays.
    pub fn stop(&self) {
        run(&mut self.stopping());
    }

    /// One of PostgreSQL's programs.
    pub fn tool(&self, name: &str) -> PathBuf {
        let own = self.own.as_ref().expect("a cluster of its own");
        own.programs.join(name)
    }

    fn stopping(&self) -> Command {
        self.program(
            "pg_ctl",
            &["stop", "--silent", "--wait", "--mode=immediate"],
        )
    }

    fn program(&self, name: &str, arguments: &[&str]) -> Command {
        let own = self.own.as_ref().expect("a cluster of its own");
        let program = own.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", OWNER, "--regid", OWNER]);
            command.args(["--clear-groups", "--reset-env"]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        let data = own.folder.path().join("data");
        command.args(arguments).arg("--pgdata").arg(data);
        command
    }

    /// Tells it from any other, also from one that had its address before.
    pub fn identity(&self) -> String {
        let of = "SELECT system_identifier FROM pg_control_system()";
        rows(&format!("{}/postgres", self.url), of)
            .trim()
            .to_owned()
    }

    /// Makes the empty database that the demo of this build is loaded into, and gives its address.
    pub fn template(&self, build: &str) -> String {
        let name = template_name(build);
        self.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        self.execute(&format!("CREATE DATABASE {name}"));
        format!("{}/{name}", self.url)
    }

    /// A database: a copy of the template of this build, or an empty one.
    pub fn database(self: &Arc<Self>, build: Option<&str>) -> Copy {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("desk_{}_{number}", std::process::id());
        let template = build.map_or_else(|| "template1".to_owned(), template_name);
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Copy {
            url: format!("{}/{name}", self.url),
            cluster: Arc::clone(self),
            name,
        }
    }

    fn execute(&self, statement: &str) {
        rows(&format!("{}/postgres", self.url), statement);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.own.is_some() {
            // A test may have stopped it.
            let _ = self.stopping().output();
        }
    }
}

/// A database that goes when the value does.
pub struct Copy {
    cluster: Arc<Cluster>,
    name: String,
    url: String,
}

impl Copy {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its cluster.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Notes the address beside the data folder, for those who have only the folder.
    pub fn note_in(&self, home: &Path) {
        fs::write(home.join(NOTE), &self.url).expect("a note of the database");
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // A cluster of its own goes as a whole.
        if self.cluster.own.is_none() {
            let name = &self.name;
            self.cluster
                .execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The name of the template of a build, made of what a name may have.
fn template_name(build: &str) -> String {
    let plain: String = build.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("template_{}", plain.to_lowercase())
}

/// The database of a data folder, if it is one of PostgreSQL's.
pub fn of_folder(folder: &Path) -> Option<String> {
    let note: PathBuf = folder.parent()?.join(NOTE);
    fs::read_to_string(note).ok()
}

/// Where Debian puts the server's programs: the newest version's.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name().and_then(OsStr::to_str)?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists())
        .collect();
    found.sort();
    let newest = found
        .pop()
        .expect("PostgreSQL is installed (Debian's `postgresql`; `./test` sees to it)");
    newest.1
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

fn run(command: &mut Command) {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {} {said}",
        output.status
    );
}

/// Runs a statement; what it brings is one JSON array of arrays.
pub fn rows(url: &str, statement: &str) -> String {
    let output = psql(url, statement);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{statement}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether a statement can be run.
pub fn succeeds(url: &str, statement: &str) -> bool {
    psql(url, statement).status.success()
}

fn psql(url: &str, statement: &str) -> Output {
    Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set=ON_ERROR_STOP=1", "--command", statement, url])
        .output()
        .expect("psql can be run")
}
