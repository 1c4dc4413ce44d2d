//! How soon a change is told: from the answer to an insert until its message has reached each of those who listen.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use icws::client::{Client, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use crate::figures::{Aim, Value, head, line};
use crate::setup::{Bench, ITEMS, request};

/// How many listen.
pub const LISTENERS: [usize; 3] = [1, 100, 1_000];
/// How many logins are asked for at the same time; each costs the server much, on purpose.
const LOGINS: usize = 4;
/// What the message is told by.
const MESSAGE: &[u8] = b"emailContentsMessage";

/// Measures and prints. `most` is how many listen at the most, `inserts` how often they are told.
pub async fn run(bench: &Bench, most: usize, inserts: usize) -> anyhow::Result<()> {
    let sessions = log_in(&bench.client(), most).await?;
    let mut lines = Vec::new();
    for listeners in LISTENERS.into_iter().filter(|count| *count <= most) {
        eprintln!("{listeners} listen");
        let together = LocalSet::new();
        let mut took = together
            .run_until(tell(bench, &sessions[..listeners], inserts))
            .await?;
        took.sort_unstable();
        lines.push((listeners, at(&took, 50), at(&took, 99)));
    }
    head();
    for (listeners, p50, p99) in lines {
        let what = format!("from an insert's answer to its message, {listeners} listening");
        line(&format!("{what}, median"), Value::Millis(p50), None);
        let aim = (listeners == 1_000).then_some(Aim::Below(50.0));
        line(&format!("{what}, 99th of 100"), Value::Millis(p99), aim);
    }
    Ok(())
}

fn at(sorted: &[Duration], part: usize) -> f64 {
    let found = sorted.get(sorted.len() * part / 100).copied();
    found.unwrap_or_default().as_secs_f64() * 1e3
}

async fn log_in(client: &Client, count: usize) -> anyhow::Result<Vec<Session>> {
    eprintln!("{count} log in");
    let mut sessions = Vec::new();
    while sessions.len() < count {
        let some: Vec<_> = (0..LOGINS.min(count - sessions.len()))
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.log_in("carl", "demo").await })
            })
            .collect();
        for session in some {
            sessions.push(session.await??);
        }
    }
    Ok(sessions)
}

/// The times between the answer to each insert and each listener's message. Drafts are filled as agents fill them, by tens.
async fn tell(
    bench: &Bench,
    sessions: &[Session],
    inserts: usize,
) -> anyhow::Result<Vec<Duration>> {
    let (told, mut arrivals) = mpsc::unbounded_channel();
    let told = Rc::new(told);
    let mut took = Vec::new();
    for draft in bench.drafts(inserts.div_ceil(ITEMS)).await? {
        let mut listening = Vec::new();
        for session in sessions {
            session.subscribe_email(&draft).await?;
            let stream = listen(bench.server.address(), session).await?;
            listening.push(tokio::task::spawn_local(read(stream, Rc::clone(&told))));
        }
        // Each is told how the draft is now.
        for _ in sessions {
            next(&mut arrivals).await?;
        }
        for item in &bench.sizes[0].items {
            bench.insert_once(&draft, *item).await?;
            let answered = Instant::now();
            for _ in sessions {
                let arrived = next(&mut arrivals).await?;
                took.push(arrived.saturating_duration_since(answered));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for session in sessions {
            session.unsubscribe_email(&draft).await?;
        }
        listening.iter().for_each(tokio::task::JoinHandle::abort);
    }
    Ok(took)
}

async fn next(arrivals: &mut mpsc::UnboundedReceiver<Instant>) -> anyhow::Result<Instant> {
    let arrival = tokio::time::timeout(Duration::from_secs(10), arrivals.recv());
    arrival.await?.context("a stream has ended")
}

/// Opens the session's stream of events.
pub async fn listen(address: SocketAddr, session: &Session) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let asked = request(session, "GET", &session.path("/messaging/messages"), "");
    let asked = String::from_utf8(asked)?.replacen(
        "Accept: application/vnd.inin.icws+JSON",
        "Accept: text/event-stream",
        1,
    );
    stream.write_all(asked.as_bytes()).await?;
    Ok(stream)
}

/// Notes when a message has come. A message is one line, and ends with an empty one.
async fn read(
    mut stream: TcpStream,
    told: Rc<mpsc::UnboundedSender<Instant>>,
) -> anyhow::Result<()> {
    let mut buffer = Vec::with_capacity(16 << 10);
    loop {
        ensure!(
            stream.read_buf(&mut buffer).await? > 0,
            "the stream has ended"
        );
        let now = Instant::now();
        while let Some(end) = buffer.windows(2).position(|window| window == b"\n\n") {
            let event: Vec<u8> = buffer.drain(..end + 2).collect();
            let is_it = event.windows(MESSAGE.len()).any(|window| window == MESSAGE);
            if is_it && told.send(now).is_err() {
                return Ok(());
            }
        }
    }
}
