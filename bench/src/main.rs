//! Measures what a durable insert costs beside what it could cost at the least, and prints figures and ratios of one run.
//!
//! ```text
//! cargo run --profile dist -p bench                    everything
//! cargo run --profile dist -p bench -- --quick         one short round of everything, with little in it
//! cargo run --profile dist -p bench -- --part inserts  one part
//! ```
//!
//! It builds the server by the same profile, starts it on a new folder beside its own executable, and asks it over loopback from
//! one thread. Server and load share the machine's cores, in every figure alike: look at the ratios. It is no test; it fails only
//! if it cannot measure. `docs/PERFORMANCE.md` says what the figures mean.

mod figures;
mod filling;
mod floors;
mod growth;
mod idle;
mod load;
mod peers;
mod pgbench;
// Clusters are started as the tests start theirs.
#[path = "../../tests/postgres.rs"]
mod postgres;
mod process;
mod queues;
mod resting;
mod rounds;
mod setup;
mod telling;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, ValueEnum};

use figures::Table;
use postgres::Cluster;
use setup::Place;

/// The server's allocator, for the bare server that it is compared with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures what a durable insert costs
#[derive(Debug, Parser)]
struct Arguments {
    /// One short round instead of five: to see that it works
    #[arg(long)]
    quick: bool,
    /// This part alone; may be given more than once
    #[arg(long, value_name = "PART")]
    part: Vec<Part>,
    /// The folder that the data goes to, on the disk that is to be measured; beside the executable unless given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Nothing but inserts for so many seconds, to look at the server with a profiler
    #[arg(long, value_name = "SECONDS")]
    only_inserts: Option<u64>,
    /// Over so many connections
    #[arg(long, value_name = "COUNT", default_value_t = rounds::MOST, requires = "only_inserts")]
    connections: usize,
    /// Serves fixed JSON and nothing else (what the benchmark starts as a process of its own)
    #[arg(long, hide = true)]
    serve_bare: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.serve_bare {
        return floors::serve_bare();
    }
    // One thread: the load takes as little as it can of the cores that the server needs.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(&arguments))
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let executable = std::env::current_exe()?;
    let beside = executable
        .parent()
        .context("the executable lies in no folder")?;
    let server = process::build_server(beside)?;
    let folder = tempfile::Builder::new()
        .prefix("bench-data-")
        .tempdir_in(arguments.data.as_deref().unwrap_or(beside))?;
    // Servers that run as others have their folders below it.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
    if let Some(seconds) = arguments.only_inserts {
        let place = Place {
            folder: folder.path(),
            cluster: None,
        };
        let bench = setup::prepare(&server, &place.ground("only")?).await?;
        let time = Duration::from_secs(seconds);
        let figure = rounds::only_inserts(&bench, arguments.connections, time).await?;
        println!("{figure}");
        return Ok(());
    }
    println!("{}", process::machine());
    for part in Part::value_variants() {
        if arguments.part.is_empty() || arguments.part.contains(part) {
            println!("\n## {}\n", part.title());
            let folder = folder.path().join(part.name());
            std::fs::create_dir(&folder)?;
            part.run(&server, &folder, arguments.quick).await?;
            std::fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}

/// What is measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Inserts beside their floors
    Inserts,
    /// Inserts where there is much already
    Growth,
    /// How soon a change is told
    Telling,
    /// A server that does nothing
    Resting,
    /// Ten thousand sessions that do nothing but listen
    Idle,
    /// A large queue that many watch
    Queues,
    /// Inserts on PostgreSQL
    Postgres,
    /// How others attach a file
    Peers,
}

impl Part {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    fn title(self) -> &'static str {
        match self {
            Part::Inserts => "Inserts beside their floors",
            Part::Growth => "Inserts where there is much already",
            Part::Telling => "How soon a change is told",
            Part::Resting => "A server that does nothing",
            Part::Idle => "Sessions that do nothing but listen",
            Part::Queues => "A large queue that many watch",
            Part::Postgres => "Inserts on PostgreSQL",
            Part::Peers => "How others attach a file",
        }
    }

    async fn run(self, program: &Path, folder: &Path, quick: bool) -> anyhow::Result<()> {
        let rounds = if quick { 1 } else { 5 };
        let time = Duration::from_millis(if quick { 500 } else { 2_000 });
        let embedded = Place {
            folder,
            cluster: None,
        };
        let growth = growth::Plan {
            rounds,
            time,
            divided_by: if quick { 1_000 } else { 1 },
        };
        let one = async || setup::prepare(program, &embedded.ground("one")?).await;
        match self {
            Part::Inserts => {
                let plan = rounds::Plan {
                    rounds,
                    time,
                    filled: if quick { 1_000 } else { 5_000 },
                    counted: if quick { 1_000 } else { 10_000 },
                };
                let bench = one().await?;
                let mut table = Table::default();
                rounds::run(&bench, &plan, &mut table).await?;
                table.print(plan.rounds);
                rounds::print_ratios(&bench, &plan, &table);
                Ok(())
            }
            Part::Growth => growth::run(program, &embedded, &growth).await,
            Part::Telling => {
                let (listeners, inserts) = if quick { (100, 5) } else { (1_000, 50) };
                telling::run(&one().await?, listeners, inserts).await
            }
            Part::Resting => resting::run(&mut one().await?, 2 * rounds + 1, time).await,
            Part::Idle => idle::run(&mut one().await?, if quick { 200 } else { 10_000 }).await,
            Part::Queues => {
                let plan = queues::Plan {
                    interactions: if quick { 500 } else { 10_000 },
                    watchers: if quick { 20 } else { 1_000 },
                    changes: if quick { 5 } else { 50 },
                };
                queues::run(&mut one().await?, &plan).await
            }
            Part::Postgres => {
                let cluster = Arc::new(Cluster::durable());
                let place = Place {
                    folder,
                    cluster: Some(&cluster),
                };
                let mut bench = setup::prepare(program, &place.ground("one")?).await?;
                pgbench::run(&mut bench, &cluster, rounds, time).await?;
                drop(bench);
                growth::run(program, &place, &growth).await
            }
            Part::Peers => peers::run(&one().await?, rounds, time).await,
        }
    }
}
