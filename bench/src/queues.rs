//! A queue with much in it that many watch: what they take, and how soon a change has reached all of them.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use icws::client::Session;
use icws::queues::{QueueId, QueueSubscriptionParameters, QueueType};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::figures::{Aim, Value, head, line};
use crate::filling::Rows;
use crate::load;
use crate::setup::{Bench, request};
use crate::telling::listen;

/// How much there is.
pub struct Plan {
    /// Interactions in the queue.
    pub interactions: usize,
    /// Sessions that watch it.
    pub watchers: usize,
    /// How often one of them changes.
    pub changes: usize,
}

/// How many streams are opened at the same time.
const AT_ONCE: usize = 16;
/// The free attribute that changes.
const CHANGED: &str = "measured";
/// What a list shows.
const SHOWN: [&str; 12] = [
    "Eic_CallDirection",
    "Eic_CallStateString",
    "Eic_Capabilities",
    "Eic_EmailAttachments",
    "Eic_EmailSubject",
    "Eic_InitiationTime",
    "Eic_ObjectType",
    "Eic_RemoteName",
    "Eic_State",
    "Eic_UserName",
    "Eic_WorkgroupName",
    CHANGED,
];

/// Measures and prints.
pub async fn run(bench: &mut Bench, plan: &Plan) -> anyhow::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let session = bench.client().log_in("carl", "demo").await?;
    session.subscribe_queues("measured", &asked()).await?;
    let draft = bench.drafts(1).await?.remove(0);
    let sessions = multiply(bench, &session, &draft, plan)?;

    let snapshots = snapshots(bench, &session, 5).await?;
    let before = settled(bench).await?;
    eprintln!("{} begin to watch", plan.watchers);
    let began = Instant::now();
    let mut watching = begin(bench, &sessions, plan.interactions).await?;
    let opened = began.elapsed();
    let after = settled(bench).await?;

    eprintln!("{} changes", plan.changes);
    let mut took = Vec::new();
    for number in 0..plan.changes {
        let value = format!("value {number}.");
        let body = format!(r#"{{"attributes":{{"{CHANGED}":"{value}"}}}}"#);
        let path = session.path(&format!("/interactions/{draft}"));
        let change = request(&session, "POST", &path, &body);
        load::answers(bench.server.address(), 1, &[change]).await?;
        let answered = Instant::now();
        let mut told = JoinSet::new();
        for mut stream in watching.drain(..) {
            let value = value.clone();
            told.spawn(async move {
                hear(&mut stream, value.as_bytes(), 1).await?;
                anyhow::Ok((stream, answered.elapsed()))
            });
        }
        let mut last = Duration::ZERO;
        while let Some(one) = told.join_next().await {
            let (stream, when) = one??;
            watching.push(stream);
            last = last.max(when);
        }
        took.push(last);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    took.sort_unstable();

    let (count, many) = (plan.interactions, plan.watchers);
    head();
    line(
        &format!("a fresh list of {count} interactions, whole"),
        Value::Millis(millis(snapshots[snapshots.len() / 2])),
        None,
    );
    line(
        &format!("until {many} sessions have begun to watch it"),
        Value::Millis(millis(opened)),
        None,
    );
    line(
        "memory of the server for each of them, afterwards",
        Value::KiB((after - before).max(0.0) * 1024.0 / as_f64(many)),
        None,
    );
    let what = format!("from a change's answer until all {many} were told");
    line(
        &format!("{what}, median"),
        Value::Millis(millis(took[took.len() / 2])),
        Some(Aim::Below(500.0)),
    );
    line(
        &format!("{what}, longest"),
        Value::Millis(took.last().copied().map_or(0.0, millis)),
        None,
    );
    Ok(())
}

fn asked() -> QueueSubscriptionParameters {
    QueueSubscriptionParameters {
        queue_ids: vec![QueueId {
            queue_type: QueueType::Workgroup,
            queue_name: "Support".to_owned(),
        }],
        attribute_names: SHOWN.iter().copied().map(str::to_owned).collect(),
    }
}

/// Interactions and sessions beside the one there is of each. A login takes time on purpose: these are rows.
fn multiply(
    bench: &mut Bench,
    session: &Session,
    draft: &str,
    plan: &Plan,
) -> anyhow::Result<Vec<Session>> {
    bench.server.stop()?;
    let mut rows = Rows::open(&bench.database)?;
    rows.multiply_interaction(draft, plan.interactions - 1)?;
    let first = rows.multiply_session(&session.id, plan.watchers)?;
    drop(rows);
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
    Ok((1..=plan.watchers).map(like).collect())
}

/// How long it takes to subscribe and to poll until the whole list was told.
async fn snapshots(
    bench: &Bench,
    session: &Session,
    times: usize,
) -> anyhow::Result<Vec<Duration>> {
    let address = bench.server.address();
    let poll = request(session, "GET", &session.path("/messaging/messages"), "");
    let path = session.path("/messaging/subscriptions/queues/measured");
    let body = serde_json::to_string(&asked())?;
    let subscribe = request(session, "PUT", &path, &body);
    let mut took = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        load::answers(address, 1, std::slice::from_ref(&subscribe)).await?;
        loop {
            let told = load::answers(address, 1, std::slice::from_ref(&poll)).await?;
            if told.iter().all(|body| body == "[]") {
                break;
            }
        }
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

/// Opens the streams, and reads from each until the whole list was told.
async fn begin(
    bench: &Bench,
    sessions: &[Session],
    interactions: usize,
) -> anyhow::Result<Vec<TcpStream>> {
    let mut streams = Vec::with_capacity(sessions.len());
    for some in sessions.chunks(AT_ONCE) {
        let mut opening = JoinSet::new();
        for session in some {
            let (address, session) = (bench.server.address(), session.clone());
            opening.spawn(async move {
                let mut stream = listen(address, &session).await?;
                hear(&mut stream, b"\"interactionId\"", interactions).await?;
                anyhow::Ok(stream)
            });
        }
        while let Some(stream) = opening.join_next().await {
            streams.push(stream??);
        }
    }
    Ok(streams)
}

/// The server's memory when it has come to rest.
async fn settled(bench: &Bench) -> anyhow::Result<f64> {
    tokio::time::sleep(Duration::from_secs(3)).await;
    bench.server.memory()
}

/// Reads until these bytes have come so many times.
async fn hear(stream: &mut TcpStream, what: &[u8], times: usize) -> anyhow::Result<()> {
    let heard = tokio::time::timeout(Duration::from_mins(2), async {
        let (mut buffer, mut found) = (Vec::with_capacity(64 << 10), 0);
        while found < times {
            ensure!(
                stream.read_buf(&mut buffer).await? > 0,
                "a stream has ended"
            );
            let mut from = 0;
            while let Some(at) = find(&buffer[from..], what) {
                found += 1;
                from += at + what.len();
            }
            // What may be the beginning of the next one.
            let keep = buffer.len().saturating_sub(what.len() - 1).max(from);
            buffer.drain(..keep);
        }
        anyhow::Ok(())
    });
    heard.await.context("a stream says nothing")?
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == what[0]) {
        if bytes[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss)] // no count here is that large
fn as_f64(count: usize) -> f64 {
    count as f64
}
