//! How others attach a file to a draft: the whole draft is stored anew, by an IMAP APPEND (RFC 3501, 6.3.11). Beside our insert of the same
//! file, one after the other over one connection, with a Dovecot of the benchmark's own.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::figures::{Figure, Table, Value, head, line};
use crate::load::Seen;
use crate::rounds;
use crate::setup::{Bench, SIZES, bytes};

/// Measures and prints.
pub async fn run(bench: &Bench, rounds: usize, time: Duration) -> anyhow::Result<()> {
    let dovecot = Dovecot::start(&bench.folder)?;
    let mut table = Table::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for (number, (name, _, size)) in SIZES.into_iter().enumerate() {
            let figure = rounds::inserts_of(bench, 1, &bench.sizes[number], time).await?;
            table.add(name, 1, figure);
            let seen = dovecot.append(&draft_with(size)?, time)?;
            table.add(&append_of(name), 1, Figure::of(&seen));
        }
    }
    table.print(rounds);
    head();
    for (name, ..) in SIZES {
        let what = format!(
            "{}: the time of an APPEND to that of an insert",
            &name["insert of ".len()..]
        );
        let ratio = table.p50(&append_of(name), 1) / table.p50(name, 1);
        line(&what, Value::Times(ratio), None);
    }
    Ok(())
}

fn append_of(name: &str) -> String {
    name.replace("insert of", "APPEND of a draft with")
}

/// A draft that holds a file, as it lies in a mailbox: in base64, by lines of 76 characters.
fn draft_with(size: usize) -> anyhow::Result<Vec<u8>> {
    let mut message = String::from(
        "From: support@example.com\r\nTo: kim@example.org\r\nSubject: Measured\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nHello\r\n--part\r\n\
         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=file.bin\r\n\r\n",
    );
    // Any letters of base64 do: nobody decodes them.
    let letters: Vec<u8> = bytes(size.div_ceil(3) * 4);
    for row in letters.chunks(76) {
        message.extend(row.iter().map(|byte| char::from(b'A' + byte % 26)));
        message.write_str("\r\n")?;
    }
    message.push_str("--part--\r\n");
    Ok(message.into_bytes())
}

/// A Dovecot in a folder of its own; ended when this is dropped.
struct Dovecot {
    child: Child,
    port: u16,
}

impl Dovecot {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let home = folder.join("dovecot");
        std::fs::create_dir(&home)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let at = home.display();
        let user = String::from_utf8(Command::new("id").arg("-un").output()?.stdout)?;
        // Root starts it as Debian does, with users of its own; anybody else as himself.
        let (internal, login, owner) = match user.trim() {
            "root" => ("dovecot", "dovenull", "mail"),
            user => (user, user, user),
        };
        std::fs::create_dir(home.join("mail"))?;
        if owner == "mail" {
            let given = Command::new("chown")
                .arg(owner)
                .arg(home.join("mail"))
                .status()?;
            ensure!(given.success(), "the mailbox cannot be given to its owner");
        }
        let settings = home.join("dovecot.conf");
        std::fs::write(
            &settings,
            format!(
                "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols = imap\nlisten = 127.0.0.1\nssl = no\n\
                 disable_plaintext_auth = no\nmail_location = maildir:{at}/mail\nfirst_valid_uid = 0\n\
                 default_internal_user = {internal}\ndefault_internal_group = {internal}\ndefault_login_user = {login}\n\
                 service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n}}\n\
                 service anvil {{\n  chroot =\n}}\n\
                 passdb {{\n  driver = static\n  args = password=demo\n}}\n\
                 userdb {{\n  driver = static\n  args = uid={owner} gid={owner} home={at}/mail\n}}\n"
            ),
        )?;
        let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"]
            .into_iter()
            .find(|path| Path::new(path).exists())
            .context("there is no Dovecot: apt-get install dovecot-imapd")?;
        let child = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(settings)
            .stdin(Stdio::null())
            .spawn()?;
        let dovecot = Self { child, port };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(
                began.elapsed() < Duration::from_secs(10),
                "Dovecot does not listen; its log is in {at}/log"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(dovecot)
    }

    /// Appends a message again and again.
    fn append(&self, message: &[u8], time: Duration) -> anyhow::Result<Seen> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_nodelay(true)?;
        let mut said = BufReader::new(stream.try_clone()?);
        let mut wait_for = |wanted: &str| -> anyhow::Result<()> {
            let mut line = String::new();
            loop {
                line.clear();
                ensure!(said.read_line(&mut line)? > 0, "Dovecot hung up");
                if line.starts_with(wanted) {
                    return Ok(());
                }
                ensure!(line.starts_with('*'), "Dovecot said {line}");
            }
        };
        stream.write_all(b"a LOGIN anna demo\r\n")?;
        wait_for("a OK")?;
        let start = Instant::now();
        let (mut now, mut latencies) = (start, Vec::new());
        while now - start < time {
            write!(stream, "a APPEND INBOX (\\Draft) {{{}}}\r\n", message.len())?;
            wait_for("+")?;
            stream.write_all(message)?;
            stream.write_all(b"\r\n")?;
            wait_for("a OK")?;
            let done = Instant::now();
            latencies.push(done - now);
            now = done;
        }
        latencies.sort_unstable();
        Ok(Seen {
            latencies,
            elapsed: now - start,
        })
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // It ends its own children when it is told to; not when it is killed.
        let told = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -TERM {}", self.child.id()))
            .status();
        if told.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
