//! What a server takes that does nothing: memory, and time to start.

use std::time::{Duration, Instant};

use crate::figures::{Aim, Value, head, line};
use crate::rounds;
use crate::setup::Bench;

/// Measures and prints.
pub async fn run(bench: &mut Bench, starts: usize, load: Duration) -> anyhow::Result<()> {
    let mut took = Vec::new();
    for _ in 0..starts {
        bench.server.stop()?;
        let began = Instant::now();
        bench.start_again()?;
        bench.client().version().await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let start = took[took.len() / 2].as_secs_f64() * 1e3;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = bench.server.memory()?;
    rounds::only_inserts(bench, rounds::MOST, load).await?;
    let (loaded, most) = (bench.server.memory()?, bench.server.most_memory()?);
    head();
    line(
        "from start to first answer, on an existing database",
        Value::Millis(start),
        Some(Aim::Below(300.0)),
    );
    line(
        "memory of a server that does nothing",
        Value::MiB(idle),
        Some(Aim::Below(40.0)),
    );
    line("memory after a load of inserts", Value::MiB(loaded), None);
    line("the most it had meanwhile", Value::MiB(most), None);
    Ok(())
}
