//! What is measured in a round, one after the other, so that what changes on the machine meanwhile meets all alike.

use std::time::Duration;

use icws::wire::Guid;

use crate::figures::{Aim, Figure, Table, Value, head, line};
use crate::floors;
use crate::load::{self, Requests, Seen, Until};
use crate::process::{self, Server};
use crate::setup::{Bench, ITEMS, Size};

/// How many connections ask at the same time.
pub const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// The most of them.
pub const MOST: usize = CONNECTIONS[2];

/// The table's names for what is no insert of one of the files.
pub const GET_CONNECTION: &str = "GET connection";
/// See [`floors::serve_bare`].
pub const BARE: &str = "bare axum, fixed JSON";
/// See [`floors::commits`].
pub const COMMITS: &str = "SQLite, one row a commit";
/// See [`floors::syncs`].
pub const SYNCS: &str = "fdatasync after 4 KiB";
/// Inserts into drafts that hold next to nothing.
pub const INTO_EMPTY: &str = "insert into new drafts";
/// Inserts into a draft that holds much.
pub const INTO_FILLED: &str = "insert into a full draft";

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often.
    pub rounds: usize,
    /// How long each figure is measured.
    pub time: Duration,
    /// How many attachments a full draft has.
    pub filled: usize,
    /// How many inserts compare it with empty ones.
    pub counted: usize,
}

/// Measures everything.
pub async fn run(bench: &Bench, plan: &Plan, table: &mut Table) -> anyhow::Result<()> {
    warm_up(bench).await?;
    for round in 0..plan.rounds {
        eprintln!("round {} of {}", round + 1, plan.rounds);
        for connections in CONNECTIONS {
            let until = Until::Time(plan.time);
            // Each size goes first once in a while.
            for index in 0..bench.sizes.len() {
                let size = &bench.sizes[(index + round) % bench.sizes.len()];
                let requests = inserts(bench, connections, size, plan.time).await?;
                let figure = measure(&bench.server, connections, until, requests).await?;
                table.add(size.name, connections, figure);
            }
            let requests = own(connections, |connection| {
                vec![bench.get_connection(connection)]
            });
            let figure = measure(&bench.server, connections, until, requests).await?;
            table.add(GET_CONNECTION, connections, figure);
            let requests = own(connections, |connection| vec![bench.get_bare(connection)]);
            let figure = measure(&bench.bare, connections, until, requests).await?;
            table.add(BARE, connections, figure);
        }
        table.add(
            COMMITS,
            1,
            floor(|| floors::commits(&bench.folder, plan.time))?,
        );
        table.add(SYNCS, 1, floor(|| floors::syncs(&bench.folder, plan.time))?);
        compare_fillings(bench, plan, table, round).await?;
    }
    Ok(())
}

/// Inserts and nothing else.
pub async fn only_inserts(
    bench: &Bench,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Figure> {
    inserts_of(bench, connections, &bench.sizes[0], time).await
}

/// Inserts of one size and nothing else.
pub async fn inserts_of(
    bench: &Bench,
    connections: usize,
    size: &Size,
    time: Duration,
) -> anyhow::Result<Figure> {
    let requests = inserts(bench, connections, size, time).await?;
    measure(&bench.server, connections, Until::Time(time), requests).await
}

/// Inserts of these items, each into fresh drafts by tens.
pub async fn of_sample(bench: &Bench, sample: &[Guid], time: Duration) -> anyhow::Result<Figure> {
    let drafts = bench.drafts(drafts_for(MOST, time)? * MOST).await?;
    let mut items = sample.iter().cycle();
    let mut lists = Vec::with_capacity(MOST);
    for (connection, share) in drafts.chunks(drafts.len() / MOST).enumerate() {
        let mut list = Vec::with_capacity(share.len() * ITEMS);
        for draft in share {
            let some = items.by_ref().take(ITEMS);
            list.extend(some.map(|item| bench.insert(connection, draft, *item)));
        }
        lists.push(list);
    }
    let requests = Requests::Own(lists);
    measure(&bench.server, MOST, Until::Time(time), requests).await
}

/// So that the first figure is not that of cold caches.
async fn warm_up(bench: &Bench) -> anyhow::Result<()> {
    const TIME: Duration = Duration::from_millis(300);
    only_inserts(bench, MOST, TIME).await?;
    let requests = own(MOST, |connection| vec![bench.get_connection(connection)]);
    measure(&bench.server, MOST, Until::Time(TIME), requests).await?;
    let requests = own(MOST, |connection| vec![bench.get_bare(connection)]);
    measure(&bench.bare, MOST, Until::Time(TIME), requests).await?;
    Ok(())
}

fn own(connections: usize, requests: impl Fn(usize) -> Vec<Vec<u8>>) -> Requests {
    Requests::Own((0..connections).map(requests).collect())
}

/// Inserts as agents make them: each connection puts each item of a size into a fresh draft, and goes on to the next one.
async fn inserts(
    bench: &Bench,
    connections: usize,
    size: &Size,
    time: Duration,
) -> anyhow::Result<Requests> {
    let of_each = drafts_for(connections, time)?;
    let drafts = bench.drafts(connections * of_each).await?;
    Ok(own(connections, |connection| {
        let mut list = Vec::with_capacity(of_each * ITEMS);
        for draft in &drafts[connection * of_each..][..of_each] {
            let into = |item: &Guid| bench.insert(connection, draft, *item);
            list.extend(size.items.iter().map(into));
        }
        list
    }))
}

/// How many drafts a connection may fill: more than it will; if not, drafts get the items a second time.
fn drafts_for(connections: usize, time: Duration) -> anyhow::Result<usize> {
    let inserts_a_second = match connections {
        1 => 4_000,
        ..=16 => 20_000,
        _ => 32_000,
    };
    let inserts = usize::try_from(time.as_millis())? * inserts_a_second / 1_000;
    Ok(inserts.div_ceil(ITEMS * connections))
}

/// All connections insert the same item into one draft: one that holds much already, or a new one every hundred inserts.
async fn compare_fillings(
    bench: &Bench,
    plan: &Plan,
    table: &mut Table,
    round: usize,
) -> anyhow::Result<()> {
    const INTO_A_NEW_ONE: usize = 100;
    let item = bench.sizes[0].items[0];
    let full = bench.insert(0, &bench.drafts(1).await?[0], item);
    let into_full = || Requests::Shared(vec![full.clone()]);
    let drafts = bench.drafts(plan.counted / INTO_A_NEW_ONE).await?;
    let into_new = drafts
        .iter()
        .flat_map(|draft| vec![bench.insert(0, draft, item); INTO_A_NEW_ONE]);
    measure(&bench.server, MOST, Until::Count(plan.filled), into_full()).await?;
    let mut both = [
        (INTO_EMPTY, Requests::Shared(into_new.collect())),
        (INTO_FILLED, into_full()),
    ];
    both.rotate_left(round % 2);
    for (name, requests) in both {
        let until = Until::Count(plan.counted);
        table.add(
            name,
            MOST,
            measure(&bench.server, MOST, until, requests).await?,
        );
    }
    Ok(())
}

/// What this process does by itself, with the processor's time that it takes.
fn floor(act: impl FnOnce() -> anyhow::Result<Seen>) -> anyhow::Result<Figure> {
    let before = process::own_cpu()?;
    let seen = act()?;
    let taken = process::own_cpu()?.saturating_sub(before);
    Ok(Figure::of(&seen).with_cpu(taken, Duration::ZERO))
}

async fn measure(
    server: &Server,
    connections: usize,
    until: Until,
    requests: Requests,
) -> anyhow::Result<Figure> {
    // What was asked for before is done with.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (cpu, own) = (server.cpu()?, process::own_cpu()?);
    let seen = load::run(server.address(), connections, until, requests).await?;
    Ok(Figure::of(&seen).with_cpu(
        server.cpu()?.saturating_sub(cpu),
        process::own_cpu()?.saturating_sub(own),
    ))
}

/// Prints the ratios.
pub fn print_ratios(bench: &Bench, plan: &Plan, table: &Table) {
    head();
    let inserts: Vec<&str> = bench.sizes.iter().map(|size| size.name).collect();
    for connections in CONNECTIONS {
        let ratio = table.rate(inserts[0], connections) / table.rate(GET_CONNECTION, connections);
        let aim = (connections == MOST).then_some(Aim::AtLeast(0.2));
        line(
            &format!("inserts to GET connection, {connections} connections"),
            Value::Part(ratio),
            aim,
        );
    }
    let ratio = table.rate(GET_CONNECTION, MOST) / table.rate(BARE, MOST);
    line(
        &format!("GET connection to bare axum, {MOST} connections"),
        Value::Part(ratio),
        Some(Aim::AtLeast(0.6)),
    );
    for connections in CONNECTIONS {
        let aim = (connections == MOST).then_some(Aim::Below(0.06));
        line(
            &format!("server CPU for one insert, {connections} connections"),
            Value::Millis(table.cpu(inserts[0], connections)),
            aim,
        );
    }
    for connections in CONNECTIONS {
        let rates = || inserts.iter().map(|what| table.rate(what, connections));
        let (least, most) = (
            rates().fold(f64::INFINITY, f64::min),
            rates().fold(0.0, f64::max),
        );
        let what = format!("slowest size to fastest, {connections} connections");
        line(&what, Value::Part(least / most), Some(Aim::AtLeast(0.9)));
    }
    let what = format!(
        "draft with {} attachments to new ones: inserts a second",
        plan.filled
    );
    line(
        &what,
        Value::Part(table.rate(INTO_FILLED, MOST) / table.rate(INTO_EMPTY, MOST)),
        Some(Aim::AtLeast(0.95)),
    );
    let what = format!(
        "draft with {} attachments to new ones: server CPU",
        plan.filled
    );
    line(
        &what,
        Value::Part(table.cpu(INTO_FILLED, MOST) / table.cpu(INTO_EMPTY, MOST)),
        None,
    );
    let one = table.rate(inserts[0], 1);
    line(
        "inserts at 1 connection to one-row commits",
        Value::Part(one / table.rate(COMMITS, 1)),
        None,
    );
    line(
        "inserts at 1 connection to syncs",
        Value::Part(one / table.rate(SYNCS, 1)),
        None,
    );
    let most = table.rate(inserts[0], MOST);
    line(
        &format!("inserts at {MOST} connections to one-row commits"),
        Value::Part(most / table.rate(COMMITS, 1)),
        None,
    );
}
