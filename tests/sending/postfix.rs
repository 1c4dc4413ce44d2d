//! A real Postfix: one of its own in a folder of its own, whatever the system's does.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::*;

/// Who owns the mail that it delivers: any user but root will do.
const OWNER: &str = "65534";

/// A running Postfix that delivers mail for `example.org` into a maildir.
struct Postfix {
    folder: TempDir,
    port: u16,
    /// Where TLS begins at once.
    tls_port: u16,
}

impl Postfix {
    fn start() -> Self {
        let id = run(Command::new("id").arg("-u"));
        assert_eq!(
            id.trim(),
            "0",
            "Postfix can only be started by root; run the tests as root, in a container for example"
        );
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        fs::set_permissions(root, fs::Permissions::from_mode(0o755)).expect("rights");
        for name in ["conf", "spool", "data", "mail"] {
            fs::create_dir(root.join(name)).expect("a folder");
        }
        run(Command::new("chown").arg("postfix").arg(root.join("data")));
        run(Command::new("chown").arg(OWNER).arg(root.join("mail")));
        make_certificate(root);
        let free = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [port, tls_port] = free.map(|free| free.local_addr().expect("an address").port());
        fs::write(root.join("conf/main.cf"), main_cf(root)).expect("written");
        fs::write(root.join("conf/master.cf"), master_cf(port, tls_port)).expect("written");
        let postfix = Self {
            folder,
            port,
            tls_port,
        };
        let started = postfix.control("start");
        assert!(started.status.success(), "{started:?} {}", postfix.log());
        postfix
    }

    fn control(&self, what: &str) -> Output {
        Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(self.folder.path().join("conf"))
            .arg(what)
            .output()
            .expect("Postfix is installed")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The certificate that its own comes from.
    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The messages that have arrived, as they are in the maildir.
    fn arrived(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("mail/all/new")) else {
            return Vec::new();
        };
        entries
            .map(|entry| fs::read(entry.expect("an entry").path()).expect("a message"))
            .collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.control("abort");
        if std::thread::panicking() {
            eprintln!("--- Postfix\n{}--- end of Postfix", self.log());
        }
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn make_certificate(root: &Path) {
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
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(root.join("key.pem"))
        .arg("-out")
        .arg(root.join("certificate.pem")));
}

fn main_cf(root: &Path) -> String {
    let root = root.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = all
mynetworks = 127.0.0.0/8, [::1]/128
alias_maps =
alias_database =
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = example.org
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = static:all/
virtual_mailbox_limit = 0
virtual_uid_maps = static:{OWNER}
virtual_gid_maps = static:{OWNER}
message_size_limit = 60000000
maillog_file = {root}/log
maillog_file_prefixes = {root}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {root}/certificate.pem
smtpd_tls_key_file = {root}/key.pem
smtpd_tls_loglevel = 1
"
    )
}

fn master_cf(port: u16, tls_port: u16) -> String {
    let services = [
        &format!("localhost:{port} inet n - n - - smtpd"),
        &format!("localhost:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"),
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 300 1 qmgr",
        "tlsmgr unix - - n 1000? 1 tlsmgr",
        "rewrite unix - - n - - trivial-rewrite",
        "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce",
        "trace unix - - n - 0 bounce",
        "proxymap unix - - n - - proxymap",
        "virtual unix - n n - - virtual",
        "error unix - - n - - error",
        "retry unix - - n - - error",
        "anvil unix - - n - 1 anvil",
        "postlog unix-dgram n - n - 1 postlogd",
    ];
    services.join("\n") + "\n"
}

/// A message as it was before it was delivered: without what Postfix put before it, and with the line ends of mail.
fn without_trace(arrived: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = arrived.split_inclusive(|byte| *byte == b'\n').collect();
    let is_trace = |line: &&[u8]| {
        let names: [&[u8]; 4] = [
            b"Return-Path:",
            b"X-Original-To:",
            b"Delivered-To:",
            b"Received:",
        ];
        line[0] == b'\t' || names.iter().any(|name| line.starts_with(name))
    };
    let first = lines
        .iter()
        .position(|line| !is_trace(line))
        .expect("a message");
    assert!(first >= 3, "there is a trace");
    let mut bytes = Vec::with_capacity(arrived.len() + lines.len());
    for line in &lines[first..] {
        let text = line.strip_suffix(b"\n").expect("whole lines");
        bytes.extend_from_slice(text);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

#[tokio::test]
async fn a_real_relay_delivers_byte_by_byte_what_was_sent() {
    let postfix = Postfix::start();
    let listens = || TcpStream::connect(("localhost", postfix.port)).is_ok();
    eventually("Postfix listens", async || listens()).await;
    let url = format!("smtp://localhost:{}?tls=required", postfix.port);
    let certificate = postfix.certificate();
    let trusting = [
        "--relay-url",
        &url,
        "--relay-ca-file",
        certificate.to_str().expect("UTF-8"),
    ];

    // Who does not know the certificate sends nothing.
    let mut server = Server::with(&["--relay-url", &url]).await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Showroom.bmp", "Logo.png"]).await;
    let mut email = content("Grüße, with dots");
    email.cc_recipients = Some(vec![person("Lee", "lee@example.org")]);
    email.bodies = Some(vec![crate::email::text(".\r\n..two\r\n.\r\nGrüße")]);
    anna.save_email(&id, &email).await.expect("saved");
    anna.send_email(&id).await.expect("sent");
    eventually("it is noted", async || {
        attribute(&anna, &id, ERROR)
            .await
            .contains("cannot be trusted")
    })
    .await;
    server.stop().await;
    assert!(postfix.arrived().is_empty());

    server.give(&trusting);
    server.start().await;
    server.done(&["outbox", "retry", &id]).await;
    reaches(&anna, &id, "delivered").await;
    eventually("both have it", async || postfix.arrived().len() == 2).await;
    assert!(
        postfix.log().contains("TLS connection established"),
        "{}",
        postfix.log()
    );
    let file = as_file(&mut server).await;
    assert!(file.len() > 8 << 20);
    for arrived in postfix.arrived() {
        assert!(
            without_trace(&arrived) == file,
            "a message that is not what was sent"
        );
    }

    // The same by TLS from the beginning.
    server.stop().await;
    let url = format!("smtps://localhost:{}", postfix.tls_port);
    server.give(&[
        "--relay-url",
        &url,
        "--relay-ca-file",
        certificate.to_str().expect("UTF-8"),
    ]);
    server.start().await;
    let id = draft_with(&anna, &["Logo.png"]).await;
    anna.save_email(&id, &content("By smtps"))
        .await
        .expect("saved");
    anna.send_email(&id).await.expect("sent");
    reaches(&anna, &id, "delivered").await;
    eventually("it has come", async || postfix.arrived().len() == 3).await;
}
