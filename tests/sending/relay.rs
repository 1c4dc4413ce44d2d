//! A relay that does as it is told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What it does when it has got a whole message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AfterData {
    /// It takes it over.
    #[default]
    Take,
    /// It takes it over and says nothing until it is let go.
    Hang,
    /// It takes it over and hangs up without a word.
    HangUp,
}

/// How it behaves.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The largest message it takes, as EHLO tells.
    pub size: Option<u64>,
    /// The ways to log in that it offers; then it asks for that.
    pub auth: Option<&'static str>,
    /// What it says to a recipient, where that is no yes.
    pub recipients: HashMap<String, String>,
    /// What it does with a message.
    pub after_data: AfterData,
}

/// A message that it has got.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The sender.
    pub from: String,
    /// The recipients that it said yes to.
    pub to: Vec<String>,
    /// The size that was announced.
    pub size: Option<u64>,
    /// The message.
    pub bytes: Vec<u8>,
    /// Which of its connections brought it.
    pub connection: usize,
    /// What was said to log in.
    pub login: Vec<String>,
    /// What it did with it.
    pub after: AfterData,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    taken: Mutex<Vec<Taken>>,
    connections: AtomicUsize,
    go: Notify,
}

/// A relay on a port of its own.
pub struct Relay {
    port: u16,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Relay {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a client");
                let number = serving.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(Conversation::hold(stream, number, Arc::clone(&serving)));
            }
        });
        Self { port, shared, task }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The same with a user, and what else belongs before the `@`.
    pub fn url_of(&self, login: &str) -> String {
        format!("smtp://{login}@127.0.0.1:{}", self.port)
    }

    /// Changes how it behaves from now on.
    pub fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut locked(&self.shared.script));
    }

    /// What it has got, in that order.
    pub fn taken(&self) -> Vec<Taken> {
        locked(&self.shared.taken).clone()
    }

    /// Gives what it has got since it was last asked so, and forgets it.
    pub fn take_out(&self) -> Vec<Taken> {
        std::mem::take(&mut *locked(&self.shared.taken))
    }

    /// Lets those go on that hang.
    pub fn let_go(&self) {
        self.shared.go.notify_waiters();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic before")
}

/// One connection.
struct Conversation {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
    connection: usize,
    from: String,
    size: Option<u64>,
    to: Vec<String>,
    login: Vec<String>,
}

impl Conversation {
    /// Goes on until the client hangs up.
    async fn hold(stream: TcpStream, connection: usize, shared: Arc<Shared>) {
        let mut conversation = Self {
            stream: BufReader::new(stream),
            shared,
            connection,
            from: String::new(),
            size: None,
            to: Vec::new(),
            login: Vec::new(),
        };
        conversation.say("220 relay.example ESMTP").await;
        while let Some(line) = conversation.line().await {
            if !conversation.answer(&line).await {
                return;
            }
        }
    }

    /// Answers a command; false if that was all.
    async fn answer(&mut self, line: &str) -> bool {
        let script = locked(&self.shared.script).clone();
        let command = line.split([' ', ':']).next().unwrap_or_default();
        match command {
            "EHLO" => self.offer(&script).await,
            "AUTH" => self.let_in(line).await,
            "MAIL" if script.auth.is_some() && self.login.is_empty() => {
                self.say("530 5.7.0 log in first").await;
            }
            "MAIL" => {
                self.to.clear();
                self.from = address(line);
                let size = line.split_once(" SIZE=").map(|(_, size)| size);
                self.size = size.and_then(|size| size.parse().ok());
                self.say("250 2.1.0 ok").await;
            }
            "RCPT" => {
                let to = address(line);
                if let Some(answer) = script.recipients.get(&to) {
                    self.say(answer).await;
                } else {
                    self.to.push(to);
                    self.say("250 2.1.5 ok").await;
                }
            }
            "DATA" if self.to.is_empty() => self.say("554 5.5.1 no recipients").await,
            "DATA" => return self.take(script.after_data).await,
            "RSET" => {
                self.to.clear();
                self.say("250 2.0.0 ok").await;
            }
            "QUIT" => {
                self.say("221 2.0.0 bye").await;
                return false;
            }
            _ => self.say("502 5.5.2 what?").await,
        }
        true
    }

    async fn offer(&mut self, script: &Script) {
        self.say("250-relay.example").await;
        self.say("250-PIPELINING").await;
        if let Some(ways) = script.auth {
            self.say(&format!("250-AUTH {ways}")).await;
        }
        match script.size {
            Some(size) => self.say(&format!("250 SIZE {size}")).await,
            None => self.say("250 SIZE").await,
        }
    }

    async fn let_in(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["AUTH", "PLAIN", proof] => self.login = vec![proof.to_owned()],
            ["AUTH", "LOGIN"] => {
                for question in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                    self.say(question).await;
                    let answer = self.line().await.unwrap_or_default();
                    self.login.push(answer);
                }
            }
            _ => return self.say("504 5.5.4 not so").await,
        }
        self.say("235 2.7.0 welcome").await;
    }

    /// Gets a message; false if the conversation is over.
    async fn take(&mut self, after: AfterData) -> bool {
        self.say("354 go on").await;
        let mut bytes = Vec::new();
        loop {
            let mut line = Vec::new();
            let read = self.stream.read_until(b'\n', &mut line).await;
            if read.unwrap_or(0) == 0 {
                return false;
            }
            if line == b".\r\n" {
                break;
            }
            let stuffed = usize::from(line[0] == b'.');
            bytes.extend_from_slice(&line[stuffed..]);
        }
        let shared = Arc::clone(&self.shared);
        let going = shared.go.notified();
        locked(&self.shared.taken).push(Taken {
            from: self.from.clone(),
            to: self.to.clone(),
            size: self.size,
            bytes,
            connection: self.connection,
            login: self.login.clone(),
            after,
        });
        match after {
            AfterData::Take => {}
            AfterData::Hang => going.await,
            AfterData::HangUp => return false,
        }
        self.say("250 2.0.0 taken").await;
        true
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.unwrap_or(0);
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// Whoever is gone hears nothing.
    async fn say(&mut self, text: &str) {
        let _ = self
            .stream
            .write_all(format!("{text}\r\n").as_bytes())
            .await;
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.expect("an address").0.to_owned()
}
