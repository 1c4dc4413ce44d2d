//! Whether an insert costs more when there is much: in a library, or in the database.
//!
//! There is a server for each amount, and they take turns in each round. What there is beyond the demo is made by copying rows, with the
//! server stopped; items are inserted at random from all over the library, into fresh drafts.

use std::path::Path;
use std::time::Duration;

use crate::figures::{Aim, Table, Value, head, line};
use crate::filling::Rows;
use crate::rounds::{self, MOST};
use crate::setup::{self, Bench, Place};

/// The amounts: what the table calls them, items of the library, interactions.
const AMOUNTS: [(&str, usize, usize); 4] = [
    ("10³ items, 10³ interactions", 1_000, 1_000),
    ("10⁵ items", 100_000, 1_000),
    ("10⁶ items", 1_000_000, 1_000),
    ("10⁶ interactions", 1_000, 1_000_000),
];
/// How many different items are inserted.
const SAMPLE: usize = 5_000;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often.
    pub rounds: usize,
    /// How long each figure is measured.
    pub time: Duration,
    /// By what the amounts are divided, to see that it works.
    pub divided_by: usize,
}

/// Measures and prints.
pub async fn run(program: &Path, place: &Place<'_>, plan: &Plan) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for (number, (name, items, interactions)) in AMOUNTS.into_iter().enumerate() {
        eprintln!("{}: {name}", place.engine());
        let mut bench =
            setup::prepare(program, &place.ground(&format!("growth-{number}"))?).await?;
        let sample = fill(
            &mut bench,
            (items / plan.divided_by).max(1),
            (interactions / plan.divided_by).max(1),
        )
        .await?;
        rounds::of_sample(&bench, &sample, Duration::from_millis(300)).await?;
        all.push((name, bench, sample));
    }
    let mut table = Table::default();
    for round in 0..plan.rounds {
        eprintln!("round {} of {}", round + 1, plan.rounds);
        let first = round % all.len();
        for (name, bench, sample) in all[first..].iter().chain(&all[..first]) {
            let figure = rounds::of_sample(bench, sample, plan.time).await?;
            table.add(&of(place, name), MOST, figure);
        }
    }
    table.print(plan.rounds);
    head();
    let base = table.rate(&of(place, AMOUNTS[0].0), MOST);
    for (name, ..) in &AMOUNTS[1..] {
        line(
            &format!(
                "{}: inserts a second with {name} to those with 10³",
                place.engine()
            ),
            Value::Part(table.rate(&of(place, name), MOST) / base),
            Some(Aim::AtLeast(0.8)),
        );
    }
    Ok(())
}

fn of(place: &Place<'_>, name: &str) -> String {
    format!("{}, {name}", place.engine())
}

/// Makes what there is to be, and gives some of the items.
async fn fill(
    bench: &mut Bench,
    items: usize,
    interactions: usize,
) -> anyhow::Result<Vec<icws::wire::Guid>> {
    let draft = bench.drafts(1).await?.remove(0);
    bench.insert_once(&draft, bench.sizes[0].items[0]).await?;
    bench.server.stop()?;
    let mut rows = Rows::open(&bench.database)?;
    rows.multiply_items("small-0.bin", items)?;
    rows.multiply_interaction(&draft, interactions)?;
    let sample = rows.sample_of_items("small-0.bin", SAMPLE)?;
    drop(rows);
    bench.start_again()?;
    Ok(sample)
}
