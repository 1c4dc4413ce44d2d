//! PostgreSQL for the tests: a database for each server, copied from one that the demo was loaded into.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable that names the cluster.
const CLUSTER: &str = "ATTACHE_TEST_POSTGRES";
/// The file beside a data folder that names its database.
const NOTE: &str = "database";

/// The cluster, if PostgreSQL is what is tested.
fn cluster() -> Option<String> {
    std::env::var(CLUSTER).ok().filter(|url| !url.is_empty())
}

/// What the templates of this engine are kept under.
pub fn kind() -> &'static str {
    if cluster().is_some() {
        "demo-postgres"
    } else {
        "demo"
    }
}

/// A database that goes when the value does.
pub struct Copy {
    cluster: String,
    name: String,
    url: String,
}

impl Copy {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Notes the address beside the data folder, for those who have only the folder.
    pub fn note_in(&self, home: &Path) {
        fs::write(home.join(NOTE), &self.url).expect("a note of the database");
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        run(
            &self.cluster,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

/// The name of the template of a build, made of what a name may have.
fn template_name(build: &str) -> String {
    let plain: String = build.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("template_{}", plain.to_lowercase())
}

/// Makes the empty database that the demo of this build is loaded into, and gives its address.
pub fn template(build: &str) -> Option<String> {
    let cluster = cluster()?;
    let name = template_name(build);
    run(
        &cluster,
        &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
    );
    run(&cluster, &format!("CREATE DATABASE {name}"));
    Some(format!("{cluster}/{name}"))
}

/// A copy of the template of this build.
pub fn copy(build: &str) -> Option<Copy> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let cluster = cluster()?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("desk_{}_{number}", std::process::id());
    run(
        &cluster,
        &format!("CREATE DATABASE {name} TEMPLATE {}", template_name(build)),
    );
    let url = format!("{cluster}/{name}");
    Some(Copy { cluster, name, url })
}

/// The database of a data folder, if it is one of PostgreSQL's.
pub fn of_folder(folder: &Path) -> Option<String> {
    let note: PathBuf = folder.parent()?.join(NOTE);
    fs::read_to_string(note).ok()
}

fn run(cluster: &str, statement: &str) {
    rows(&format!("{cluster}/postgres"), statement);
}

/// Runs a statement; what it brings is one JSON array of arrays.
pub fn rows(url: &str, statement: &str) -> String {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--command",
            statement,
            url,
        ])
        .output()
        .expect("psql can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{statement}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
