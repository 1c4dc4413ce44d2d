//! The command line: what each command does, what it says, and its exit status.

mod beside;
mod exporting;
mod import;
mod libraries;
mod manual;
mod roundtrip;
mod settings;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;

use crate::server::command;

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Its exit status.
    pub status: i32,
    /// stdout.
    pub out: String,
    /// stderr.
    pub err: String,
}

/// An installation without a server.
pub struct Installation(TempDir);

impl Installation {
    /// One that is not there yet.
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Runs a command on it.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, &[], "")
    }

    /// Runs a command on it with variables of the environment and something on stdin.
    pub fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)], stdin: &str) -> Said {
        let data = self.data();
        let data = ["--data", data.to_str().expect("UTF-8")];
        run(
            self.0.path(),
            &[arguments, &data].concat(),
            environment,
            stdin,
        )
    }

    /// Runs a command that has to succeed, and gives what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.status, 0, "{arguments:?}: {said:?}");
        said.out
    }

    /// Runs a command that has to fail, and gives the reason.
    pub fn failed(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.status, 1, "{arguments:?}: {said:?}");
        assert!(said.err.starts_with("error: "), "{said:?}");
        said.err
    }
}

/// Runs a command in a folder.
fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)], stdin: &str) -> Said {
    let mut command = command();
    command
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary can be started");
    // One that reads nothing may have ended already.
    let _ = child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said {
        status: output.status.code().expect("an exit status"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// The words of a command line in which no word has a space.
pub fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn people_are_added_with_passwords() {
    let folder = Installation::new();
    let anna = [
        &words("user add anna --password x")[..],
        &["--display-name", "Anna Ö."],
    ]
    .concat();
    let said = folder.run(&anna);
    assert_eq!(said.status, 0, "{said:?}");
    assert!(
        said.out.contains("anna") && said.err.contains("new installation"),
        "{said:?}"
    );
    let password = [("ATTACHE_PASSWORD", "y")];
    let by_environment = folder.run_with(&words("user add ben"), &password, "");
    assert_eq!(by_environment.status, 0, "{by_environment:?}");
    let by_stdin = folder.run_with(&words("user add carl"), &[], "z\n");
    assert_eq!(by_stdin.status, 0, "{by_stdin:?}");
    let nothing = folder.run_with(&words("user add dora"), &[], "");
    assert_eq!(nothing.status, 1, "{nothing:?}");
    let empty = folder.failed(&["user", "add", "dora", "--password", ""]);
    assert!(empty.contains("empty"), "{empty}");
    let twice = folder.failed(&words("user add ANNA --password x"));
    assert!(twice.contains("already"), "{twice}");
    for name in ["", " ", "a/b", "a\\b", "a\nb", &"x".repeat(101)] {
        folder.failed(&["user", "add", name, "--password", "x"]);
    }
    folder.done(&words("user password Anna --password other"));
    let nobody = folder.failed(&words("user password nobody --password x"));
    assert!(nobody.contains("nobody"), "{nobody}");
    let list = folder.done(&words("user list"));
    for shown in ["anna", "Anna Ö.", "ben", "carl"] {
        assert!(list.contains(shown), "{shown}: {list}");
    }
    assert!(!list.contains("dora"), "{list}");
}

#[test]
fn a_user_has_a_mailbox_of_his_own() {
    let folder = Installation::new();
    for line in [
        "user add anna --password x",
        "user add ben --password x",
        "workgroup add Support",
        "workgroup mailbox Support support@example.com",
    ] {
        folder.done(&words(line));
    }
    let set = words("user mailbox anna anna@example.com");
    assert_eq!(folder.done(&set).trim(), "done");
    assert!(folder.done(&set).contains("nothing to do"));
    let other = words("user mailbox ANNA a.l@example.com --display-name Anna");
    assert_eq!(folder.done(&other).trim(), "done");
    let list = folder.done(&words("user list"));
    let is_hers = |line: &str| line.starts_with("anna") && line.ends_with("a.l@example.com");
    assert!(list.lines().any(is_hers), "{list}");
    assert!(!list.contains("anna@example.com"), "{list}");
    for (line, reason) in [
        ("user mailbox ben support@example.com", "already"),
        ("user mailbox ben a.l@example.com", "already"),
        ("user mailbox ben nonsense", "not an email address"),
        ("user mailbox dora d@example.com", "dora"),
    ] {
        let said = folder.failed(&words(line));
        assert!(said.contains(reason), "{line}: {said}");
    }
    for line in [
        "user mailbox ben",
        "user mailbox ben b@example.com --remove",
    ] {
        assert_eq!(folder.run(&words(line)).status, 2, "{line}");
    }
    let remove = words("user mailbox anna --remove");
    assert_eq!(folder.done(&remove).trim(), "done");
    assert!(folder.done(&remove).contains("nothing to do"));
    assert!(!folder.done(&words("user list")).contains("example.com"));
}

#[test]
fn rights_are_given_listed_and_taken() {
    let folder = Installation::new();
    for line in [
        "user add anna --password x",
        "user add ben --password x",
        "user grant --everyone modifyInteractions",
        "workgroup add Support",
        "user grant --workgroup Support previewEmailWorkgroupQueue Support",
        "user role ben Agents",
        "user grant --role Agents previewEmailUserQueue *",
        "user grant ben responseManagementDocuments *",
    ] {
        folder.done(&words(line));
    }
    let grant = words("user grant anna allowResponseManagement");
    assert_eq!(folder.done(&grant).trim(), "done");
    assert!(folder.done(&grant).contains("nothing to do"));
    let list = folder.done(&words("user list"));
    for (holder, right) in [
        ("anna", "allowResponseManagement"),
        ("everyone", "modifyInteractions"),
        ("workgroup Support", "previewEmailWorkgroupQueue"),
        ("role Agents", "previewEmailUserQueue"),
        ("ben", "Agents"),
        ("ben", "responseManagementDocuments"),
    ] {
        let is_it = |line: &str| line.starts_with(holder) && line.contains(right);
        assert!(list.lines().any(is_it), "{holder} {right}: {list}");
    }
    let revoke = words("user revoke anna allowResponseManagement");
    assert_eq!(folder.done(&revoke).trim(), "done");
    assert!(folder.done(&revoke).contains("nothing to do"));
    folder.done(&words("user role ben Agents --remove"));
    let list = folder.done(&words("user list"));
    assert!(!list.contains("allowResponseManagement"), "{list}");

    let unknown = folder.failed(&words("user grant anna everything"));
    assert!(
        unknown.contains("everything") && unknown.contains("allowResponseManagement"),
        "{unknown}"
    );
    for wrong in [
        "user grant anna responseManagementDocuments",
        "user grant anna allowResponseManagement Support",
        "user grant anna responseManagementDocuments Nothing",
        "user grant nobody allowResponseManagement",
        "user grant --workgroup Nobody allowResponseManagement",
        "user grant --role Nobody allowResponseManagement",
    ] {
        folder.failed(&words(wrong));
    }
}

#[test]
fn workgroups_have_members_and_mailboxes() {
    let folder = Installation::new();
    folder.done(&["workgroup", "add", "Support"]);
    assert!(
        folder
            .failed(&["workgroup", "add", "support"])
            .contains("already")
    );
    folder.done(&["user", "add", "anna", "--password", "x"]);
    assert_eq!(
        folder
            .done(&["workgroup", "member", "support", "ANNA"])
            .trim(),
        "done"
    );
    assert!(
        folder
            .done(&["workgroup", "member", "Support", "anna"])
            .contains("nothing to do")
    );
    folder.failed(&["workgroup", "member", "Support", "nobody"]);
    folder.failed(&["workgroup", "member", "Nobody", "anna"]);
    folder.done(&["workgroup", "mailbox", "Support", "support@example.com"]);
    folder.done(&["workgroup", "mailbox", "Support", "in@example.com", "--in"]);
    folder.done(&[
        "workgroup",
        "mailbox",
        "Support",
        "out@example.com",
        "--out",
        "--display-name",
        "Out",
    ]);
    for address in ["support", "a@b@c", "a b@example.com", ""] {
        folder.failed(&["workgroup", "mailbox", "Support", address]);
    }
    folder.failed(&["workgroup", "mailbox", "Nobody", "support@example.com"]);
    let list = folder.done(&["workgroup", "list"]);
    for shown in [
        "Support",
        "anna",
        "support@example.com (in, out)",
        "in@example.com (in)",
        "out@example.com (out)",
    ] {
        assert!(list.contains(shown), "{shown}: {list}");
    }
    folder.done(&["workgroup", "mailbox", "Support", "in@example.com", "--out"]);
    assert!(
        folder
            .done(&["workgroup", "list"])
            .contains("in@example.com (out)"),
        "the same address is changed, not added"
    );
    folder.done(&["workgroup", "member", "Support", "anna", "--remove"]);
    assert!(!folder.done(&["workgroup", "list"]).contains("anna"));
}

#[test]
fn wrong_usage_is_2_and_help_is_0() {
    let folder = Installation::new();
    for arguments in [
        &["frobnicate"][..],
        &["user"],
        &["user", "add"],
        &["user", "frobnicate"],
        &["user", "list", "--frobnicate"],
        &["user", "grant", "anna"],
        &["user", "grant", "a", "b", "c", "d"],
        &["user", "grant", "--everyone", "a", "b", "c"],
        &["user", "grant", "--everyone", "--role", "x", "a"],
        &["workgroup", "member", "Support"],
        &["library", "import"],
        &["library", "grant", "Letters"],
        &["library", "import", ".", "--owner", "anna", "--name", "x"],
        &["settings"],
    ] {
        let said = folder.run(arguments);
        assert_eq!(said.status, 2, "{arguments:?}: {said:?}");
        assert!(!said.err.is_empty() && said.out.is_empty(), "{said:?}");
    }
    let bare = run(folder.0.path(), &[], &[], "");
    assert_eq!(bare.status, 2, "{bare:?}");
    assert!(!folder.data().exists(), "nothing was made");
    for (arguments, shown) in [
        (&["--help"][..], "demo"),
        (&["serve", "--help"], "--listen"),
        (&["library", "import", "--help"], "--dry-run"),
        (&["user", "grant", "--help"], "RIGHT"),
        (&["user", "grant", "--help"], "changeUserStatus USER"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["settings", "sample"], "listen"),
    ] {
        let said = run(folder.0.path(), arguments, &[], "");
        assert_eq!(
            (said.status, said.out.contains(shown)),
            (0, true),
            "{said:?}"
        );
    }
}
