//! Demos that run, and such as do not.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use icws::client::{Client, IcwsError, Session};

use crate::server::{command, eventually, terminate};

/// A running demo.
pub struct Demo {
    child: Child,
    said: PathBuf,
}

impl Demo {
    /// Starts a demo in a folder, with arguments and variables of the environment.
    pub async fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let said = folder.join("said");
        let file = File::create(&said).expect("a file");
        let mut command = command();
        command
            .arg("demo")
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null());
        command
            .stdout(file.try_clone().expect("the file"))
            .stderr(file);
        let demo = Self {
            child: command.spawn().expect("the binary can be started"),
            said,
        };
        eventually("the demo listens", async || {
            demo.said().contains("listening")
        })
        .await;
        demo
    }

    /// What it has printed.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Its URL, as it says it.
    pub fn url(&self) -> String {
        let said = self.said();
        let (_, rest) = said.split_once("http://").expect("a URL");
        let (address, _) = rest.split_once("/icws").expect("the API's root");
        format!("http://{address}")
    }

    /// Logs in.
    pub async fn log_in(&self, user: &str, password: &str) -> Result<Session, IcwsError> {
        let port = self.url().rsplit(':').next().expect("a port").to_owned();
        Client::new(format!("http://127.0.0.1:{port}"))
            .log_in(user, password)
            .await
    }

    /// SIGTERM.
    pub async fn stop(mut self) {
        terminate(self.child.id());
        eventually("it ends", async || {
            self.child.try_wait().expect("its status").is_some()
        })
        .await;
        let status = self.child.wait().expect("its status");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!(
                "--- the demo's output\n{}--- end of the demo's output",
                self.said()
            );
        }
    }
}

/// Runs a demo that is expected to end by itself.
pub async fn refused(folder: &Path, arguments: &[&str]) -> String {
    let mut command = command();
    command
        .arg("demo")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.output());
    let ended = tokio::time::timeout(Duration::from_secs(30), run).await;
    let output: Output = ended
        .expect("it ends by itself")
        .expect("no panic")
        .expect("the binary can be started");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}
