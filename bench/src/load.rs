//! The load: requests written by hand over connections that stay open, each waiting for its answer before the next.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, LocalSet};

/// How long a load goes on.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// For this time.
    Time(Duration),
    /// Until so many requests were answered in all.
    Count(usize),
}

/// Requests as they go over the wire, and which one is sent when.
#[derive(Debug, Clone)]
pub enum Requests {
    /// Each connection sends a list of its own, again and again.
    Own(Vec<Vec<Vec<u8>>>),
    /// All connections take from one list, again and again.
    Shared(Vec<Vec<u8>>),
}

impl Requests {
    /// The one for a connection that has sent so many, when so many were sent in all.
    fn choose(&self, connection: usize, own: usize, all: usize) -> &[u8] {
        match self {
            Requests::Own(lists) => {
                let list = &lists[connection % lists.len()];
                &list[own % list.len()]
            }
            Requests::Shared(list) => &list[all % list.len()],
        }
    }
}

/// What a load saw.
#[derive(Debug)]
pub struct Seen {
    /// How long each request took, shortest first.
    pub latencies: Vec<Duration>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

/// Puts load on a server and waits for all answers. Anything but a success is an error.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    until: Until,
    requests: Requests,
) -> anyhow::Result<Seen> {
    let requests = Rc::new(requests);
    let begun = Rc::new(Cell::new(0));
    let ready = Rc::new(Barrier::new(connections));
    let together = LocalSet::new();
    let mut running = Vec::new();
    for connection in 0..connections {
        let work = one(
            address,
            connection,
            until,
            Rc::clone(&requests),
            Rc::clone(&begun),
            Rc::clone(&ready),
        );
        running.push(together.spawn_local(work));
    }
    together.await;
    let mut latencies = Vec::new();
    let mut span: Option<(Instant, Instant)> = None;
    for task in running {
        let (start, end, of_one) = task.await??;
        latencies.extend(of_one);
        let (first, last) = span.unwrap_or((start, end));
        span = Some((first.min(start), last.max(end)));
    }
    latencies.sort_unstable();
    let (first, last) = span.context("a load without connections")?;
    Ok(Seen {
        latencies,
        elapsed: last - first,
    })
}

/// Sends each request once, over several connections, and gives the bodies of the answers in any order.
pub async fn answers(
    address: SocketAddr,
    connections: usize,
    requests: &[Vec<u8>],
) -> anyhow::Result<Vec<String>> {
    let mut running = JoinSet::new();
    for share in requests.chunks(requests.len().div_ceil(connections).max(1)) {
        let share = share.to_vec();
        running.spawn(async move {
            let mut line = Line::open(address).await?;
            let mut bodies = Vec::new();
            for request in share {
                bodies.push(String::from_utf8(line.ask(&request).await?.to_vec())?);
            }
            anyhow::Ok(bodies)
        });
    }
    let mut bodies = Vec::new();
    while let Some(share) = running.join_next().await {
        bodies.extend(share??);
    }
    Ok(bodies)
}

async fn one(
    address: SocketAddr,
    connection: usize,
    until: Until,
    requests: Rc<Requests>,
    begun: Rc<Cell<usize>>,
    ready: Rc<Barrier>,
) -> anyhow::Result<(Instant, Instant, Vec<Duration>)> {
    let mut line = Line::open(address).await?;
    ready.wait().await;
    let start = Instant::now();
    let mut now = start;
    let mut latencies = Vec::new();
    loop {
        let number = begun.get();
        let done = match until {
            Until::Time(time) => now - start >= time,
            Until::Count(count) => number >= count,
        };
        if done {
            return Ok((start, now, latencies));
        }
        begun.set(number + 1);
        line.ask(requests.choose(connection, latencies.len(), number))
            .await?;
        let answered = Instant::now();
        latencies.push(answered - now);
        now = answered;
    }
}

/// One connection.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends a request and reads its answer to the end; gives the body. Anything but a success is an error.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
            let Some((head, body)) = lengths(&self.buffer)? else {
                continue;
            };
            if self.buffer.len() >= head + body {
                if !self.buffer.starts_with(b"HTTP/1.1 20") {
                    bail!("{}", String::from_utf8_lossy(&self.buffer));
                }
                ensure!(self.buffer.len() == head + body, "more came than an answer");
                return Ok(&self.buffer[head..]);
            }
        }
    }
}

/// The lengths of an answer's head and body, once the head is there.
fn lengths(bytes: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    const FIELD: &[u8] = b"content-length: ";
    let Some(end) = find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = &bytes[..end];
    let at = find(head, FIELD).context("an answer of unknown length")? + FIELD.len();
    let mut length = 0;
    for digit in head[at..].iter().take_while(|byte| byte.is_ascii_digit()) {
        length = length * 10 + usize::from(digit - b'0');
    }
    Ok(Some((end + 4, length)))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
