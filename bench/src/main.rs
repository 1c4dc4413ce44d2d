//! Measures what a durable insert costs beside what it could cost at the least, and prints figures and ratios of one run.
//!
//! ```text
//! cargo run --profile dist -p bench            five rounds, about four minutes
//! cargo run --profile dist -p bench -- --quick one short round
//! ```
//!
//! It builds the server by the same profile, starts it on a new folder beside its own executable, and asks it over loopback from
//! one thread. Server and load share the machine's cores, in every figure alike: look at the ratios. It is no test; it fails only
//! if it cannot measure. `docs/PERFORMANCE.md` says what the figures mean.

mod figures;
mod floors;
mod load;
mod process;
mod rounds;
mod setup;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;

use figures::Table;
use rounds::Plan;

/// The server's allocator, for the bare server that it is compared with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures what a durable insert costs
#[derive(Debug, Parser)]
struct Arguments {
    /// One short round instead of five: to see that it works
    #[arg(long)]
    quick: bool,
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
    let bench = setup::prepare(&server, folder.path()).await?;
    if let Some(seconds) = arguments.only_inserts {
        let figure =
            rounds::only_inserts(&bench, arguments.connections, Duration::from_secs(seconds))
                .await?;
        println!("{figure}");
        return Ok(());
    }
    let plan = if arguments.quick {
        Plan {
            rounds: 1,
            time: Duration::from_millis(500),
            filled: 1_000,
            counted: 1_000,
        }
    } else {
        Plan {
            rounds: 5,
            time: Duration::from_secs(2),
            filled: 5_000,
            counted: 10_000,
        }
    };
    let mut table = Table::default();
    rounds::run(&bench, &plan, &mut table).await?;
    println!("{}", process::machine());
    table.print(&plan);
    Ok(())
}
