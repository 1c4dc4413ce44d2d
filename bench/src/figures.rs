//! Figures, their medians over the rounds, and how they are printed.

use std::fmt;
use std::time::Duration;

use crate::load::Seen;
use crate::rounds::{
    BARE, COMMITS, CONNECTIONS, GET_CONNECTION, INTO_EMPTY, INTO_FILLED, MOST, Plan, SYNCS,
};

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
    what: &'static str,
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
    pub fn add(&mut self, what: &'static str, connections: usize, figure: Figure) {
        match self
            .0
            .iter_mut()
            .find(|row| row.what == what && row.connections == connections)
        {
            Some(row) => row.figures.push(figure),
            None => self.0.push(Row {
                what,
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

    fn rate(&self, what: &str, connections: usize) -> f64 {
        self.row(what, connections)
            .map_or(f64::NAN, Row::per_second)
    }

    fn cpu(&self, what: &str, connections: usize) -> f64 {
        self.row(what, connections)
            .and_then(|row| row.median(|figure| figure.cpu))
            .unwrap_or(f64::NAN)
    }

    /// Prints the medians and the ratios.
    pub fn print(&self, plan: &Plan) {
        println!(
            "Medians of {} rounds; times in milliseconds; CPU for one request",
            plan.rounds
        );
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
        self.print_ratios(plan);
    }

    fn print_ratios(&self, plan: &Plan) {
        println!("| ratio | measured | to reach | |");
        println!("|---|---:|---:|---|");
        let inserts = self.inserts();
        for connections in CONNECTIONS {
            let ratio = self.rate(inserts[0], connections) / self.rate(GET_CONNECTION, connections);
            let aim = (connections == MOST).then_some(Aim::AtLeast(0.2));
            line(
                &format!("inserts to GET connection, {connections} connections"),
                Value::Part(ratio),
                aim,
            );
        }
        let ratio = self.rate(GET_CONNECTION, MOST) / self.rate(BARE, MOST);
        line(
            &format!("GET connection to bare axum, {MOST} connections"),
            Value::Part(ratio),
            Some(Aim::AtLeast(0.6)),
        );
        for connections in CONNECTIONS {
            let aim = (connections == MOST).then_some(Aim::AtMost(0.06));
            line(
                &format!("server CPU for one insert, {connections} connections"),
                Value::Millis(self.cpu(inserts[0], connections)),
                aim,
            );
        }
        for connections in CONNECTIONS {
            let rates = || inserts.iter().map(|what| self.rate(what, connections));
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
            Value::Part(self.rate(INTO_FILLED, MOST) / self.rate(INTO_EMPTY, MOST)),
            Some(Aim::AtLeast(0.95)),
        );
        let what = format!(
            "draft with {} attachments to new ones: server CPU",
            plan.filled
        );
        line(
            &what,
            Value::Part(self.cpu(INTO_FILLED, MOST) / self.cpu(INTO_EMPTY, MOST)),
            None,
        );
        let one = self.rate(inserts[0], 1);
        line(
            "inserts at 1 connection to one-row commits",
            Value::Part(one / self.rate(COMMITS, 1)),
            None,
        );
        line(
            "inserts at 1 connection to syncs",
            Value::Part(one / self.rate(SYNCS, 1)),
            None,
        );
        let most = self.rate(inserts[0], MOST);
        line(
            &format!("inserts at {MOST} connections to one-row commits"),
            Value::Part(most / self.rate(COMMITS, 1)),
            None,
        );
    }

    /// The names of the inserts of the three sizes, smallest first.
    fn inserts(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for row in &self.0 {
            if row.what.starts_with("insert of") && !names.contains(&row.what) {
                names.push(row.what);
            }
        }
        names
    }
}

#[derive(Clone, Copy)]
enum Value {
    Part(f64),
    Millis(f64),
}

#[derive(Clone, Copy)]
enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

fn line(what: &str, value: Value, aim: Option<Aim>) {
    let (number, shown) = match value {
        Value::Part(part) => (part, format!("{:.1} %", part * 100.0)),
        Value::Millis(millis) => (millis, format!("{millis:.4} ms")),
    };
    let (wanted, reached) = match aim {
        None => (String::new(), ""),
        Some(Aim::AtLeast(least)) => (
            format!("≥ {:.0} %", least * 100.0),
            verdict(number >= least),
        ),
        Some(Aim::AtMost(most)) => (format!("< {most:.2} ms"), verdict(number < most)),
    };
    println!("| {what} | {shown} | {wanted} | {reached} |");
}

fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "short" }
}
