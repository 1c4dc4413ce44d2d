//! What sessions take that do nothing but listen: each has subscriptions and an open stream of events.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use icws::client::Session;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::figures::{Value, head, line};
use crate::filling::Rows;
use crate::setup::{Bench, ITEMS};
use crate::telling::listen;

/// How many streams are opened at the same time.
const AT_ONCE: usize = 64;
/// What an event with messages begins with.
const EVENT: &[u8] = b"data:";

/// Measures and prints: `count` sessions listen.
pub async fn run(bench: &mut Bench, count: usize) -> anyhow::Result<()> {
    // A stream takes a file here and one in the server.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let session = bench.client().log_in("carl", "demo").await?;
    session.subscribe_response_management().await?;
    let draft = bench.drafts(1).await?.remove(0);
    session.subscribe_email(&draft).await?;
    let sessions = multiply(bench, &session, count)?;

    let before = settled(bench).await?;
    eprintln!("{count} begin to listen");
    let began = Instant::now();
    let mut streams = Vec::with_capacity(count);
    for some in sessions.chunks(AT_ONCE) {
        let mut opening = JoinSet::new();
        for session in some {
            let address = bench.server.address();
            let session = session.clone();
            opening.spawn(async move {
                let mut stream = listen(address, &session).await?;
                hear(&mut stream).await?;
                anyhow::Ok(stream)
            });
        }
        while let Some(stream) = opening.join_next().await {
            streams.push(stream??);
        }
    }
    let opened = began.elapsed();
    let after = settled(bench).await?;
    let cpu = bench.server.cpu()?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let idle = bench.server.cpu()?.saturating_sub(cpu);

    // All are still there: one change reaches each.
    let began = Instant::now();
    bench
        .insert_once(&draft, bench.sizes[0].items[ITEMS - 1])
        .await?;
    for stream in &mut streams {
        hear(stream).await?;
    }
    let told = began.elapsed();

    head();
    let kib = (after - before) * 1024.0 / as_f64(count);
    line(
        &format!("memory of a server with {count} sessions that listen"),
        Value::MiB(after),
        None,
    );
    line("that is for each of them", Value::KiB(kib), None);
    line(
        "until all of them listened",
        Value::Millis(opened.as_secs_f64() * 1e3),
        None,
    );
    line(
        "processor time in ten seconds of rest",
        Value::Millis(idle.as_secs_f64() * 1e3),
        None,
    );
    line(
        "until one change had reached all of them",
        Value::Millis(told.as_secs_f64() * 1e3),
        None,
    );
    Ok(())
}

/// Sessions like this one, with all that it has subscribed to. A login takes time on purpose: these are rows.
fn multiply(bench: &mut Bench, session: &Session, count: usize) -> anyhow::Result<Vec<Session>> {
    bench.server.stop()?;
    let first = Rows::open(&bench.database)?.multiply_session(&session.id, count)?;
    bench.start_again()?;
    let cookie = session
        .cookie
        .as_deref()
        .context("a session without a cookie")?;
    let like = |number: usize| {
        let id = (first + number).to_string();
        Session {
            client: bench.client(),
            cookie: Some(cookie.replace(&session.id, &id)),
            id,
            ..session.clone()
        }
    };
    Ok((1..=count).map(like).collect())
}

/// The server's memory when it has come to rest.
async fn settled(bench: &Bench) -> anyhow::Result<f64> {
    tokio::time::sleep(Duration::from_secs(3)).await;
    bench.server.memory()
}

/// Reads until an event has come.
async fn hear(stream: &mut TcpStream) -> anyhow::Result<()> {
    let heard = tokio::time::timeout(Duration::from_mins(1), async {
        let mut buffer = Vec::with_capacity(16 << 10);
        loop {
            ensure!(
                stream.read_buf(&mut buffer).await? > 0,
                "a stream has ended"
            );
            let has_begun = buffer.windows(EVENT.len()).any(|window| window == EVENT);
            // In a chunk of its own or not.
            let has_ended = buffer.ends_with(b"\n\n") || buffer.ends_with(b"\n\n\r\n");
            if has_begun && has_ended {
                return Ok(());
            }
        }
    });
    heard.await.context("a stream says nothing")?
}

#[allow(clippy::cast_precision_loss)] // no count here is that large
fn as_f64(count: usize) -> f64 {
    count as f64
}
