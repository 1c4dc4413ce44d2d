//! What is measured in a round, one after the other, so that what changes on the machine meanwhile meets all alike.

use std::time::Duration;

use crate::figures::{Figure, Table};
use crate::floors;
use crate::load::{self, Requests, Until};
use crate::process::{self, Server};
use crate::setup::{Bench, Draft, LibraryFile};

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
            // Each size goes first once in a while.
            for index in 0..bench.files.len() {
                let file = &bench.files[(index + round) % bench.files.len()];
                let requests = inserts(&bench.drafts(connections).await?, file);
                let figure =
                    measure(&bench.server, connections, Until::Time(plan.time), requests).await?;
                table.add(file.name, connections, figure);
            }
            let requests = Requests::OfConnection(bench.connection_requests());
            let figure =
                measure(&bench.server, connections, Until::Time(plan.time), requests).await?;
            table.add(GET_CONNECTION, connections, figure);
            let requests = Requests::OfConnection(bench.bare_requests());
            let figure =
                measure(&bench.bare, connections, Until::Time(plan.time), requests).await?;
            table.add(BARE, connections, figure);
        }
        table.add(
            COMMITS,
            1,
            Figure::of(&floors::commits(&bench.folder, plan.time)?),
        );
        table.add(
            SYNCS,
            1,
            Figure::of(&floors::syncs(&bench.folder, plan.time)?),
        );
        compare_fillings(bench, plan, table, round).await?;
    }
    Ok(())
}

/// Inserts over as many connections as there are at the most, and nothing else.
pub async fn only_inserts(bench: &Bench, time: Duration) -> anyhow::Result<Figure> {
    let requests = inserts(&bench.drafts(MOST).await?, &bench.files[0]);
    measure(&bench.server, MOST, Until::Time(time), requests).await
}

/// So that the first figure is not that of cold caches.
async fn warm_up(bench: &Bench) -> anyhow::Result<()> {
    let time = Until::Time(Duration::from_millis(300));
    let requests = inserts(&bench.drafts(MOST).await?, &bench.files[0]);
    measure(&bench.server, MOST, time, requests).await?;
    measure(
        &bench.server,
        MOST,
        time,
        Requests::OfConnection(bench.connection_requests()),
    )
    .await?;
    measure(
        &bench.bare,
        MOST,
        time,
        Requests::OfConnection(bench.bare_requests()),
    )
    .await?;
    Ok(())
}

fn inserts(drafts: &[Draft], file: &LibraryFile) -> Requests {
    Requests::OfConnection(drafts.iter().map(|draft| draft.insert(file)).collect())
}

/// All connections insert into one draft: one that holds much already, or a new one every hundred inserts.
async fn compare_fillings(
    bench: &Bench,
    plan: &Plan,
    table: &mut Table,
    round: usize,
) -> anyhow::Result<()> {
    const OF_A_NEW_ONE: usize = 100;
    let file = &bench.files[0];
    let (full, new) = (
        bench.drafts(1).await?,
        bench.drafts(plan.counted / OF_A_NEW_ONE).await?,
    );
    measure(
        &bench.server,
        MOST,
        Until::Count(plan.filled),
        inserts(&full, file),
    )
    .await?;
    let into_full = (INTO_FILLED, inserts(&full, file));
    let into_new = (
        INTO_EMPTY,
        Requests::InTurn(
            new.iter().map(|draft| draft.insert(file)).collect(),
            OF_A_NEW_ONE,
        ),
    );
    let both = if round.is_multiple_of(2) {
        [into_new, into_full]
    } else {
        [into_full, into_new]
    };
    for (name, requests) in both {
        table.add(
            name,
            MOST,
            measure(&bench.server, MOST, Until::Count(plan.counted), requests).await?,
        );
    }
    Ok(())
}

async fn measure(
    server: &Server,
    connections: usize,
    until: Until,
    requests: Requests,
) -> anyhow::Result<Figure> {
    // What the last measurement left to do is done.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (cpu, own) = (server.cpu()?, process::own_cpu()?);
    let seen = load::run(server.address(), connections, until, requests).await?;
    Ok(Figure::of(&seen).with_cpu(
        server.cpu()?.saturating_sub(cpu),
        process::own_cpu()?.saturating_sub(own),
    ))
}
