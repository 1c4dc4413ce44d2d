//! A conversation with a relay.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use encodify::base64;
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dots::Dots;
use super::relay::{Relay, Security};
use super::reply::Reply;
use super::tls::{Roots, server_name};
use super::{Envelope, Verdict, too_large};

/// How many commands are sent before their replies are read, where the relay allows that. Both sides' buffers hold that many.
const PIPELINE: usize = 100;

/// How long the relay may take.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// To be reached.
    pub connect: Duration,
    /// To answer a command, or to take a piece of a message. It has twice this to answer a whole message (RFC 5321, section 4.5.3.2
    /// asks for 5 minutes and 10).
    pub answer: Duration,
}

/// Why a conversation has ended. What was not taken over by then may be tried again, with another connection.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The relay cannot be reached, is silent, does not speak SMTP, or breaks off.
    #[error("the mail relay {relay} {what}")]
    Relay {
        /// Where it is.
        relay: String,
        /// What is wrong.
        what: String,
    },
    /// The message could not be read to its end; the relay has not got it.
    #[error("the message cannot be read: {0}")]
    Message(io::Error),
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection to a relay, ready to take messages one after another.
pub struct Connection {
    wire: BufReader<Box<dyn Wire>>,
    relay: String,
    times: Times,
    offers: Offers,
}

/// What a relay's answer to EHLO offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Offers {
    starttls: bool,
    pipelining: bool,
    /// The largest message, if it says so.
    size: Option<u64>,
    takes_size: bool,
    /// Ways to log in.
    auth: Vec<String>,
}

impl Offers {
    fn of(reply: &Reply) -> Self {
        let mut offers = Offers::default();
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split([' ', '=']).map(str::to_ascii_uppercase);
            match words.next().as_deref() {
                Some("STARTTLS") => offers.starttls = true,
                Some("PIPELINING") => offers.pipelining = true,
                Some("SIZE") => {
                    offers.takes_size = true;
                    let size = words.next().and_then(|word| word.parse().ok());
                    offers.size = size.filter(|size| *size > 0);
                }
                Some("AUTH") => offers.auth.extend(words),
                _ => {}
            }
        }
        offers
    }
}

impl Connection {
    /// Connects, encrypts the way and logs in. `name` is what this host calls itself.
    pub async fn open(
        relay: &Relay,
        roots: &Roots,
        name: &str,
        times: Times,
    ) -> Result<Self, Failure> {
        let fail = |what: String| Failure::Relay {
            relay: relay.to_string(),
            what,
        };
        let reached = TcpStream::connect((relay.host.as_str(), relay.port));
        let stream = match timeout(times.connect, reached).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(fail(format!("cannot be reached: {error}"))),
            Err(_) => return Err(fail("cannot be reached in time".into())),
        };
        let _ = stream.set_nodelay(true);
        let mut connection = Self {
            wire: BufReader::new(Box::new(stream)),
            relay: relay.to_string(),
            times,
            offers: Offers::default(),
        };
        if relay.security == Security::Implicit {
            connection = connection.encrypt(relay, roots).await?;
        }
        let greeting = connection.read(times.answer).await?;
        connection.expect(&greeting, "does not want to talk")?;
        connection.greet(name).await?;
        let encrypts = match relay.security {
            Security::Required => true,
            Security::Opportunistic => connection.offers.starttls,
            Security::Implicit | Security::Never => false,
        };
        if encrypts {
            if !connection.offers.starttls {
                return Err(connection.failed("does not offer STARTTLS"));
            }
            let reply = connection.ask("STARTTLS").await?;
            connection.expect(&reply, "does not begin TLS")?;
            connection = connection.encrypt(relay, roots).await?;
            connection.greet(name).await?;
        }
        if let Some(user) = &relay.user {
            // Whoever asked for no encryption knows that the password is seen on the way; whoever left it to the relay may not.
            if relay.security == Security::Opportunistic && !encrypts && !relay.is_local() {
                return Err(
                    connection.failed("offers no STARTTLS, and a password is not sent without")
                );
            }
            let password = relay.password.as_deref().unwrap_or_default();
            connection.log_in(user, password).await?;
        }
        Ok(connection)
    }

    /// The largest message that the relay takes, in bytes, if it says so.
    pub fn size_limit(&self) -> Option<u64> {
        self.offers.size
    }

    async fn greet(&mut self, name: &str) -> Result<(), Failure> {
        let reply = self.ask(&format!("EHLO {name}")).await?;
        self.expect(&reply, "does not take EHLO")?;
        self.offers = Offers::of(&reply);
        Ok(())
    }

    async fn encrypt(self, relay: &Relay, roots: &Roots) -> Result<Self, Failure> {
        // What came before TLS did not come from whom the certificate is for.
        if !self.wire.buffer().is_empty() {
            return Err(self.failed("said something before TLS began"));
        }
        let name = server_name(&relay.host).map_err(|what| self.failed(&what))?;
        let encrypting = roots.connector().connect(name, self.wire.into_inner());
        let fail = |what: String| Failure::Relay {
            relay: self.relay.clone(),
            what,
        };
        let stream = match timeout(self.times.answer, encrypting).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(fail(format!("cannot be trusted: {error}"))),
            Err(_) => return Err(fail("does not begin TLS in time".into())),
        };
        Ok(Self {
            wire: BufReader::new(Box::new(stream)),
            relay: self.relay,
            times: self.times,
            offers: self.offers,
        })
    }

    async fn log_in(&mut self, user: &str, password: &str) -> Result<(), Failure> {
        let encoded = |text: &str| base64::STANDARD.encode(text.as_bytes());
        let offers = |way: &str| self.offers.auth.iter().any(|offered| offered == way);
        let reply = if offers("PLAIN") {
            let proof = encoded(&format!("\0{user}\0{password}"));
            self.ask(&format!("AUTH PLAIN {proof}")).await?
        } else if offers("LOGIN") {
            let mut reply = self.ask("AUTH LOGIN").await?;
            for answer in [encoded(user), encoded(password)] {
                if reply.code == 334 {
                    reply = self.ask(&answer).await?;
                }
            }
            reply
        } else {
            return Err(self.failed("offers no way to log in that is known here (PLAIN, LOGIN)"));
        };
        if reply.code == 235 {
            Ok(())
        } else {
            Err(self.failed(&format!("does not let `{user}` in: {reply}")))
        }
    }

    /// Sends a message: one verdict for each recipient, in their order. After a failure the connection is of no use any more.
    pub async fn send(
        &mut self,
        envelope: &Envelope,
        message: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<Vec<Verdict>, Failure> {
        if let Some(limit) = self.offers.size.filter(|limit| envelope.size > *limit) {
            let verdict = Verdict::Never(too_large(envelope.size, limit));
            return Ok(vec![verdict; envelope.to.len()]);
        }
        let mut verdicts = self.address(envelope).await?;
        let is_taken = |verdict: &Verdict| *verdict == Verdict::Taken;
        if !verdicts.iter().any(is_taken) {
            self.ask("RSET").await?;
            return Ok(verdicts);
        }
        let go = self.ask("DATA").await?;
        let answer = if go.code == 354 {
            Verdict::of(&self.give(message).await?)
        } else if go.is_good() {
            return Err(self.failed(&format!("answers DATA with {go}")));
        } else {
            self.ask("RSET").await?;
            Verdict::of(&go)
        };
        for verdict in verdicts.iter_mut().filter(|verdict| is_taken(verdict)) {
            verdict.clone_from(&answer);
        }
        Ok(verdicts)
    }

    /// MAIL and RCPT: what the relay says to each recipient.
    async fn address(&mut self, envelope: &Envelope) -> Result<Vec<Verdict>, Failure> {
        let from = envelope.from.as_str();
        let mail = if self.offers.takes_size {
            format!("MAIL FROM:<{from}> SIZE={}", envelope.size)
        } else {
            format!("MAIL FROM:<{from}>")
        };
        let reply = self.ask(&mail).await?;
        if reply.code == 530 {
            return Err(self.failed(&format!("wants a user and a password: {reply}")));
        }
        if !reply.is_good() {
            return Ok(vec![Verdict::of(&reply); envelope.to.len()]);
        }
        let mut verdicts = Vec::with_capacity(envelope.to.len());
        let at_once = if self.offers.pipelining { PIPELINE } else { 1 };
        for some in envelope.to.chunks(at_once) {
            let commands: Vec<String> = some
                .iter()
                .map(|to| format!("RCPT TO:<{}>\r\n", to.as_str()))
                .collect();
            self.write(commands.concat().as_bytes()).await?;
            for _ in some {
                verdicts.push(Verdict::of(&self.read(self.times.answer).await?));
            }
        }
        Ok(verdicts)
    }

    /// The message itself, and what the relay says to it.
    async fn give(
        &mut self,
        message: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<Reply, Failure> {
        let mut dots = Dots::new();
        let mut message = std::pin::pin!(message);
        while let Some(piece) = message.next().await {
            let piece = dots.stuff(piece.map_err(Failure::Message)?);
            if let Err(failure) = self.write(&piece).await {
                // A relay that has had enough says why before it hangs up.
                return match self.read(Duration::from_secs(5)).await {
                    Ok(reply) if !reply.is_good() => Ok(reply),
                    _ => Err(failure),
                };
            }
        }
        self.write(dots.end()).await?;
        self.read(2 * self.times.answer).await
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // It is over in any case.
        let _ = timeout(Duration::from_secs(5), self.ask("QUIT")).await;
    }

    /// Whether it can take another message.
    pub async fn is_alive(&mut self) -> bool {
        self.ask("RSET").await.is_ok_and(|reply| reply.is_good())
    }

    async fn ask(&mut self, command: &str) -> Result<Reply, Failure> {
        debug_assert!(!command.contains(['\r', '\n']), "one command");
        self.write(format!("{command}\r\n").as_bytes()).await?;
        self.read(self.times.answer).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let writing = async {
            self.wire.write_all(bytes).await?;
            self.wire.flush().await
        };
        match timeout(self.times.answer, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.failed(&format!("broke off: {error}"))),
            Err(_) => Err(self.failed("takes nothing any more")),
        }
    }

    async fn read(&mut self, time: Duration) -> Result<Reply, Failure> {
        match timeout(time, Reply::read(&mut self.wire)).await {
            Ok(Ok(reply)) if reply.code == 421 => Err(self.failed(&format!("hangs up: {reply}"))),
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(self.failed(&format!("broke off: {error}"))),
            Err(_) => Err(self.failed("does not answer")),
        }
    }

    fn expect(&self, reply: &Reply, otherwise: &str) -> Result<(), Failure> {
        if reply.is_good() {
            Ok(())
        } else {
            Err(self.failed(&format!("{otherwise}: {reply}")))
        }
    }

    fn failed(&self, what: &str) -> Failure {
        Failure::Relay {
            relay: self.relay.clone(),
            what: what.to_owned(),
        }
    }
}
