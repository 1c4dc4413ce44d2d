//! The commands that the documents tell people to paste do what is said of them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::import::put;
use crate::email::{draft_with, names_of};
use crate::server::{ATTACHE, PASSWORD, Server, without_settings};

const OPERATIONS: &str = include_str!("../../docs/OPERATIONS.md");
const README: &str = include_str!("../../README.md");

/// The first block of commands behind a heading.
fn block<'a>(document: &'a str, heading: &str) -> &'a str {
    let (_, behind) = document.split_once(heading).expect("the heading");
    let (_, block) = behind.split_once("```sh\n").expect("a block");
    block.split_once("```").expect("its end").0
}

/// Runs a block as somebody who pastes it, in a home of his own, where `attache` is installed and `cargo` does nothing.
fn paste(home: &Path, block: &str, environment: &[(&str, &Path)]) -> Output {
    let installed = home.join("bin");
    fs::create_dir(&installed).expect("a folder");
    symlink(ATTACHE, installed.join("attache")).expect("a link");
    symlink("/bin/true", installed.join("cargo")).expect("a link");
    let path = format!(
        "{}:{}",
        installed.display(),
        std::env::var("PATH").expect("a path")
    );
    let mut bash = without_settings(Command::new("bash"));
    bash.arg("-s")
        .current_dir(home)
        .env("HOME", home)
        .env("PATH", path)
        .env("ATTACHE_PASSWORD", PASSWORD)
        .envs(environment.iter().copied());
    let pasted = home.join("pasted");
    fs::write(&pasted, format!("shopt -s expand_aliases\n{block}")).expect("written");
    bash.stdin(Stdio::from(fs::File::open(&pasted).expect("a file")));
    bash.output().expect("bash")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn a_team_is_set_up_as_the_document_says() {
    let mut server = Server::empty(None, &[]);
    let home = TempDir::new().expect("a folder");
    put(home.path(), "letters/Form.pdf", "a form");
    let pasted = paste(
        home.path(),
        &format!("set -e\n{}", block(OPERATIONS, "## Setting up a team")),
        &[("ATTACHE_DATA", &server.folder())],
    );
    assert!(pasted.status.success(), "{}", said(&pasted));

    // Anna can do her work: write from the mailbox, put a file in, and watch her workgroup's queue.
    server.start().await;
    let anna = server.log_in("anna").await;
    let email = draft_with(&anna, &["Form.pdf"]).await;
    assert_eq!(names_of(&anna, &email).await, ["Form.pdf"]);
    let list = server.done(&["user", "list"]).await;
    for right in [
        "canPickupInteractions",
        "canParkInteractions",
        "modifyInteractions",
    ] {
        let is_it = |line: &str| line.starts_with("role Agent") && line.contains(right);
        assert!(list.lines().any(is_it), "{right}: {list}");
    }
}

#[test]
fn an_installation_is_made_as_the_readme_says_also_after_its_walk() {
    let home = TempDir::new().expect("a folder");
    let alias = README
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("alias attache="));
    let block = block(README, "## For real");
    let (commands, serve) = block.trim_end().rsplit_once('\n').expect("lines");
    assert_eq!(serve, "attache --config attache.toml serve");
    for before in ["", alias.expect("the walk's alias")] {
        let place = home.path().join(before.len().to_string());
        fs::create_dir(&place).expect("a folder");
        let pasted = paste(&place, &format!("{before}\n{commands}"), &[]);
        assert!(pasted.status.success(), "{}", said(&pasted));
        assert!(place.join("attache-data").is_dir(), "{}", said(&pasted));
        assert!(!place.join("attache-demo").exists(), "{}", said(&pasted));
    }
}
