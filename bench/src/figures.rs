//! Figures, their medians over the rounds, and how they are printed.

use std::fmt;
use std::time::Duration;

use crate::load::Seen;

/// What was measured once.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    count: f64,
    per_second: f64,
    p50: f64,
    p99: f64,
    /// Milliseconds of the server's processor for one request.
    cpu: Option<f64>,
    /// The same of the load.
    load_cpu: Option<f64>,
}

impl Figure {
    /// The figure of what a load saw.
    #[allow(clippy::cast_precision_loss)] // no count here is that large
    pub fn of(seen: &Seen) -> Self {
        let at = |part: usize| {
            seen.latencies
                .get(seen.latencies.len() * part / 100)
                .copied()
                .unwrap_or_default()
        };
        let count = seen.latencies.len() as f64;
        Self {
            count,
            per_second: count / seen.elapsed.as_secs_f64(),
            p50: millis(at(50)),
            p99: millis(at(99)),
            cpu: None,
            load_cpu: None,
        }
    }

    /// A figure of which only the rate and the mean are known, in milliseconds.
    pub fn of_rate(per_second: f64, mean: f64) -> Self {
        Self {
            count: f64::NAN,
            per_second,
            p50: mean,
            p99: f64::NAN,
            cpu: None,
            load_cpu: None,
        }
    }

    /// With the time of processors that the server and the load took for it.
    pub fn with_cpu(self, server: Duration, load: Duration) -> Self {
        Self {
            cpu: Some(millis(server) / self.count),
            load_cpu: Some(millis(load) / self.count),
            ..self
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            per_second,
            p50,
            p99,
            ..
        } = self;
        write!(
            f,
            "{per_second:.0} per second, p50 {p50:.3} ms, p99 {p99:.3} ms"
        )?;
        if let Some(cpu) = self.cpu {
            write!(f, ", server CPU {cpu:.4} ms")?;
        }
        Ok(())
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// All figures of all rounds.
#[derive(Debug, Default)]
pub struct Table(Vec<Row>);

#[derive(Debug)]
struct Row {
    what: String,
    connections: usize,
    figures: Vec<Figure>,
}

impl Row {
    fn median(&self, of: impl Fn(&Figure) -> Option<f64>) -> Option<f64> {
        let mut values: Vec<f64> = self.figures.iter().filter_map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    fn per_second(&self) -> f64 {
        self.median(|figure| Some(figure.per_second))
            .unwrap_or_default()
    }

    /// How far the rounds lie apart, in parts of the median.
    fn spread(&self) -> f64 {
        let of = |pick: fn(f64, f64) -> f64| {
            self.figures
                .iter()
                .map(|figure| figure.per_second)
                .reduce(pick)
        };
        (of(f64::max).unwrap_or_default() - of(f64::min).unwrap_or_default()) / self.per_second()
    }
}

impl Table {
    /// Adds a figure of one round.
    pub fn add(&mut self, what: &str, connections: usize, figure: Figure) {
        match self
            .0
            .iter_mut()
            .find(|row| row.what == what && row.connections == connections)
        {
            Some(row) => row.figures.push(figure),
            None => self.0.push(Row {
                what: what.to_owned(),
                connections,
                figures: vec![figure],
            }),
        }
    }

    fn row(&self, what: &str, connections: usize) -> Option<&Row> {
        self.0
            .iter()
            .find(|row| row.what == what && row.connections == connections)
    }

    /// Requests a second.
    pub fn rate(&self, what: &str, connections: usize) -> f64 {
        self.row(what, connections)
            .map_or(f64::NAN, Row::per_second)
    }

    /// Milliseconds of the server's processors for one request.
    pub fn cpu(&self, what: &str, connections: usize) -> f64 {
        self.row(what, connections)
            .and_then(|row| row.median(|figure| figure.cpu))
            .unwrap_or(f64::NAN)
    }

    /// The half of requests that was answered sooner took no longer than this, in milliseconds.
    pub fn p50(&self, what: &str, connections: usize) -> f64 {
        self.row(what, connections)
            .and_then(|row| row.median(|figure| Some(figure.p50)))
            .unwrap_or(f64::NAN)
    }

    /// Prints the medians.
    pub fn print(&self, rounds: usize) {
        println!("Medians of {rounds} rounds; times in milliseconds; CPU for one request");
        println!();
        println!(
            "| what | connections | per second | spread | p50 | p99 | server CPU | load CPU |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|---:|");
        let mut rows: Vec<&Row> = self.0.iter().collect();
        rows.sort_by_key(|row| row.connections);
        for row in rows {
            let column = |value: Option<f64>, digits| {
                value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
            };
            println!(
                "| {} | {} | {:.0} | {:.0} % | {} | {} | {} | {} |",
                row.what,
                row.connections,
                row.per_second(),
                row.spread() * 100.0,
                column(row.median(|figure| Some(figure.p50)), 3),
                column(row.median(|figure| Some(figure.p99)), 3),
                column(row.median(|figure| figure.cpu), 4),
                column(row.median(|figure| figure.load_cpu), 4),
            );
        }
        println!();
    }
}

/// What was measured.
#[derive(Clone, Copy)]
pub enum Value {
    /// A part of something else.
    Part(f64),
    /// So many times something else.
    Times(f64),
    /// A time.
    Millis(f64),
    /// An amount of memory.
    MiB(f64),
    /// A small one.
    KiB(f64),
}

/// What is to be reached.
#[derive(Clone, Copy)]
pub enum Aim {
    AtLeast(f64),
    Below(f64),
}

/// Begins a table of lines.
pub fn head() {
    println!("| ratio | measured | to reach | |");
    println!("|---|---:|---:|---|");
}

/// Prints what was measured, what is to be reached, and whether it was.
pub fn line(what: &str, value: Value, aim: Option<Aim>) {
    let number = match value {
        Value::Part(number)
        | Value::Times(number)
        | Value::Millis(number)
        | Value::MiB(number)
        | Value::KiB(number) => number,
    };
    let shown = |number: f64| match value {
        Value::Part(_) => format!("{:.1} %", number * 100.0),
        Value::Times(_) => format!("{number:.1} times"),
        Value::Millis(_) if number < 1.0 => format!("{number:.4} ms"),
        Value::Millis(_) => format!("{number:.2} ms"),
        Value::MiB(_) => format!("{number:.1} MiB"),
        Value::KiB(_) => format!("{number:.1} KiB"),
    };
    let (wanted, reached) = match aim {
        None => (String::new(), None),
        Some(Aim::AtLeast(least)) => (format!("≥ {}", shown(least)), Some(number >= least)),
        Some(Aim::Below(most)) => (format!("< {}", shown(most)), Some(number < most)),
    };
    let verdict = reached.map_or("", |reached| if reached { "reached" } else { "short" });
    println!("| {what} | {} | {wanted} | {verdict} |", shown(number));
}
