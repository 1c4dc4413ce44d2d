//! A server under test: the real binary on a copy of the demo's folder.
//!
//! Its database is the embedded one, or one in a cluster of PostgreSQL (see `postgres.rs`), copied from a template as the folder is.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use icws::client::{Client, Session};
use tempfile::TempDir;

use crate::postgres::{self, Cluster, Copy};

/// The binary.
pub const ATTACHE: &str = env!("CARGO_BIN_EXE_attache");

/// The password of all people of the demo.
pub const PASSWORD: &str = "demo";

/// How long a server may take to start or to stop. It takes a fraction of a second, unless the machine is busy.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often something that has no event is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// A running server. Dropping it kills it and removes its folder; its log is printed when that happens in a panic.
pub struct Server {
    /// Its PostgreSQL database, if that is what is tested; dropped before the folder.
    database: Option<Arc<Copy>>,
    /// By which address it gets there.
    database_url: Option<String>,
    home: TempDir,
    /// The command that runs the binary, if it does not run by itself.
    under: Vec<String>,
    arguments: Vec<String>,
    child: Option<Child>,
    /// Zero until the server has told its port.
    port: u16,
}

impl Server {
    /// A server with the demo's people and libraries.
    pub async fn demo() -> Self {
        Self::with(&[]).await
    }

    /// The same with more arguments of `attache serve`.
    pub async fn with(arguments: &[&str]) -> Self {
        let mut server = Self::stopped(arguments);
        server.start().await;
        server
    }

    /// The same, run by another command, of which the server is to be the process itself.
    pub async fn under(command: &[String], arguments: &[&str]) -> Self {
        let mut server = Self::stopped(arguments);
        server.under = command.to_vec();
        server.start().await;
        server
    }

    /// The same, but not started yet: a test may change the folder before.
    pub fn stopped(arguments: &[&str]) -> Self {
        match postgres::of_suite() {
            Some(cluster) => Self::stopped_in(&cluster, arguments),
            None => Self::made(&template(None), None, arguments),
        }
    }

    /// The same on the embedded database, whatever the suite runs on.
    pub fn stopped_embedded(arguments: &[&str]) -> Self {
        Self::made(&template(None), None, arguments)
    }

    /// One that has nothing yet, not started: on the embedded database, or on one in this cluster. There is no data folder.
    pub fn empty(cluster: Option<&Arc<Cluster>>, arguments: &[&str]) -> Self {
        let nothing = tempfile::tempdir().expect("a folder");
        let database = cluster.map(|cluster| Arc::new(cluster.database(None)));
        let server = Self::made(nothing.path(), database, arguments);
        fs::remove_dir(server.folder()).expect("an empty folder");
        server
    }

    /// The same with a database in this cluster.
    pub fn stopped_in(cluster: &Arc<Cluster>, arguments: &[&str]) -> Self {
        let template = template(Some(cluster));
        let database = Arc::new(cluster.database(Some(&build())));
        Self::made(&template, Some(database), arguments)
    }

    /// Another one on the same database, not started yet. Its folder is its own.
    pub fn beside(&self, arguments: &[&str]) -> Self {
        let database = self.database.clone().expect("a database to share");
        let template = template(Some(database.cluster()));
        Self::made(&template, Some(database), arguments)
    }

    fn made(template: &Path, database: Option<Arc<Copy>>, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a folder for the server");
        copy(template, &home.path().join("data"));
        let arguments = arguments.iter().copied().map(str::to_owned).collect();
        if let Some(database) = &database {
            database.note_in(home.path());
        }
        Self {
            database_url: database.as_ref().map(|database| database.url().to_owned()),
            database,
            home,
            under: Vec::new(),
            arguments,
            child: None,
            port: 0,
        }
    }

    /// Gives it other arguments, from its next start on.
    pub fn give(&mut self, arguments: &[&str]) {
        self.arguments = arguments.iter().copied().map(str::to_owned).collect();
    }

    /// The URL of the server, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it listens, as `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its data folder.
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The address of its PostgreSQL database.
    pub fn database_url(&self) -> String {
        let database = self.database.as_ref();
        database.expect("a database").url().to_owned()
    }

    /// Makes it and its commands go to that database by another address.
    #[cfg(feature = "postgres-tls")]
    pub fn set_database_url(&mut self, url: String) {
        self.database_url = Some(url);
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("the server runs").id()
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(self.url())
    }

    /// Logs one of the demo's people in.
    pub async fn log_in(&self, user: &str) -> Session {
        let session = self.client().log_in(user, PASSWORD).await;
        session.unwrap_or_else(|error| panic!("{user} cannot log in: {error}"))
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().expect("the server's exit status");
        }
    }

    /// Tells it to stop (SIGTERM) and waits until it has.
    pub async fn stop(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        terminate(child.id());
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("the server's exit status") {
                return status;
            }
            if began.elapsed() > PATIENCE {
                let _ = child.kill();
                panic!("the server did not stop");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Starts it again, on the same folder and the same port.
    pub async fn start(&mut self) {
        assert!(self.child.is_none(), "the server runs");
        let began = Instant::now();
        loop {
            let before = self.log().len();
            self.child = Some(self.spawn());
            if let Some(port) = self.wait_until_ready(before).await {
                self.port = port;
                return;
            }
            // While it was down, somebody may have got its port for a moment.
            let said = self.log().split_off(before);
            assert!(
                said.contains("cannot listen") && began.elapsed() < PATIENCE,
                "the server did not start: {said}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn spawn(&self) -> Child {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .expect("the server's log");
        self.binary()
            .args(["serve", "--listen", &self.address(), "--data"])
            .arg(self.folder())
            .args(self.database_arguments())
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the server's log"))
            .stderr(log)
            .spawn()
            .expect("the binary can be started")
    }

    fn binary(&self) -> Command {
        let Some((program, arguments)) = self.under.split_first() else {
            return command();
        };
        let mut command = without_settings(Command::new(program));
        command.args(arguments).arg(ATTACHE);
        command
    }

    /// The port that it listens on, or none if it ended.
    async fn wait_until_ready(&mut self, before: usize) -> Option<u16> {
        let began = Instant::now();
        loop {
            if let Some(port) = self.log().get(before..).and_then(port_in) {
                return Some(port);
            }
            let child = self.child.as_mut().expect("it was just started");
            if child
                .try_wait()
                .expect("the server's exit status")
                .is_some()
            {
                self.child = None;
                return None;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "the server is not ready: {}",
                self.log()
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Runs `attache ARGUMENTS --data FOLDER`.
    pub async fn command(&self, arguments: &[&str]) -> Output {
        let mut command = command();
        command
            .args(arguments)
            .arg("--data")
            .arg(self.folder())
            .args(self.database_arguments())
            .stdin(Stdio::null());
        let run = tokio::task::spawn_blocking(move || command.output());
        run.await
            .expect("no panic")
            .expect("the binary can be started")
    }

    /// Runs a command that has to succeed, and gives what it printed.
    pub async fn done(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "attache {arguments:?}: {} {said}",
            output.status
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The messages that were sent, in the order of their names.
    pub fn sent(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.folder().join("sent")) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut messages: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect();
        messages.sort();
        messages
    }

    /// What it has said so far, on stdout and stderr.
    pub fn log(&self) -> String {
        fs::read(self.log_path())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    fn database_arguments(&self) -> Vec<String> {
        let named = self.database_url.iter();
        named
            .flat_map(|url| ["--database".to_owned(), url.clone()])
            .collect()
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!(
                "--- the server's log\n{}--- end of the server's log",
                self.log()
            );
        }
    }
}

/// The binary, which sees nothing of the settings that the environment of the tests may have.
pub fn command() -> Command {
    without_settings(Command::new(ATTACHE))
}

/// A command that sees nothing of the settings that the environment of the tests may have.
pub fn without_settings(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ATTACHE_") {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1");
    command
}

/// Waits until something holds, for ten seconds at the most.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "not within ten seconds: {what}"
        );
        tokio::time::sleep(LOOK).await;
    }
}

/// SIGTERM.
pub fn terminate(pid: u32) {
    let kill = Command::new("sh")
        .arg("-c")
        .arg(format!("kill -TERM {pid}"))
        .status();
    assert!(
        kill.expect("a shell").success(),
        "there is no process {pid}"
    );
}

/// The port in the first `http://127.0.0.1:PORT` of a text that goes on behind it.
fn port_in(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once("http://127.0.0.1:")?;
    let end = rest.find(|character: char| !character.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// A folder that the demo was loaded into, made once for each build of the binary, and for each cluster: its database is there.
fn template(cluster: Option<&Cluster>) -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    fs::create_dir_all(&parent).expect("a folder for the template");
    let lock = File::create(parent.join("lock")).expect("a lock");
    lock.lock().expect("a lock");
    let identity = cluster.map(|cluster| format!("-{}", cluster.identity()));
    let template = parent.join(build() + &identity.unwrap_or_default());
    if !template.exists() {
        forget_old(&parent);
        let beside = tempfile::tempdir_in(&parent).expect("a folder");
        let database = cluster.map(|cluster| cluster.template(&build()));
        load_demo(&beside.path().join("data"), database.as_deref());
        fs::rename(beside.path().join("data"), &template).expect("a folder");
    }
    template
}

/// Tells this build of the binary from others.
fn build() -> String {
    let about = fs::metadata(ATTACHE).expect("the binary");
    let modified = about
        .modified()
        .expect("a time")
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    format!("{}-{}", about.len(), modified.as_nanos())
}

/// Removes templates of old builds, but none that a run beside this one may be copying.
fn forget_old(parent: &Path) {
    for entry in fs::read_dir(parent).expect("the folder") {
        let entry = entry.expect("an entry");
        let age = entry
            .metadata()
            .and_then(|about| about.modified())
            .ok()
            .and_then(|time| time.elapsed().ok());
        if entry.path().is_dir() && age.is_some_and(|age| age > Duration::from_hours(1)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn load_demo(data: &Path, database: Option<&str>) {
    let log = data.with_extension("log");
    let file = File::create(&log).expect("a log");
    let mut child = command()
        // Queues are empty: what the tests put in is all there is.
        .args(["demo", "--no-mail", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(database.iter().flat_map(|url| ["--database", url]))
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("a log"))
        .stderr(file)
        .spawn()
        .expect("the binary can be started");
    let read = || fs::read_to_string(&log).unwrap_or_default();
    let began = Instant::now();
    while port_in(&read()).is_none() {
        let ended = child.try_wait().expect("the demo's exit status");
        assert!(
            ended.is_none() && began.elapsed() < PATIENCE,
            "the demo did not start: {}",
            read()
        );
        std::thread::sleep(LOOK);
    }
    terminate(child.id());
    let status = child.wait().expect("the demo's exit status");
    assert!(
        status.success(),
        "the demo did not end well: {status} {}",
        read()
    );
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
