//! Whatever breaks, nothing that was acknowledged is lost, nothing is there twice, and nothing is half-done.
//!
//! Several clients create drafts, insert library files, upload, save, remove, send and save a library of their own, and write down what
//! they ask for and what they are told ([`history`]). Meanwhile something goes wrong ([`faults`]): a server is killed with requests in
//! flight, the disk is full, the database is gone, the relay or the object store refuse. Then that passes, the servers have to serve
//! again by themselves, and what they, their database and the relay say is held against what the clients know ([`check`]): what was
//! acknowledged is there, what was refused is not, and what has no answer is there whole or not at all.
//!
//! Four installations share the rounds ([`installation`]), so that they run beside each other. What goes wrong is drawn from a seed, which
//! is printed; when it happens is up to the machine. `ATTACHE_CRASH_ROUNDS` sets the number of rounds of all four together (52),
//! `ATTACHE_CRASH_SEED` the seed. `docs/RELIABILITY.md` tells what long runs have shown.

mod check;
mod content;
mod damage;
mod faults;
mod history;
mod installation;
mod load;
mod random;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use check::Verified;
use faults::Plan;
use history::History;
use installation::{Installation, Kind};
use load::Crew;
use random::Random;

/// How many rounds there are, unless the environment says so.
const ROUNDS: u64 = 52;
/// How many tests share them.
const PARTS: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_with_a_folder() {
    let test = "one_server_with_a_folder";
    run(
        0,
        Kind {
            test,
            postgres: false,
            bucket: false,
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_with_an_object_store() {
    let test = "one_server_with_an_object_store";
    run(
        1,
        Kind {
            test,
            postgres: false,
            bucket: true,
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_with_a_folder() {
    let test = "two_servers_with_a_folder";
    run(
        2,
        Kind {
            test,
            postgres: true,
            bucket: false,
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_with_an_object_store() {
    let test = "two_servers_with_an_object_store";
    run(
        3,
        Kind {
            test,
            postgres: true,
            bucket: true,
        },
    )
    .await;
}

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

/// Says what happened and how to let it happen again, when a round panics.
struct Repeat {
    kind: Kind,
    seed: u64,
    rounds: u64,
    round: u64,
    plan: String,
}

impl Drop for Repeat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self {
                kind,
                seed,
                rounds,
                round,
                plan,
            } = self;
            let test = kind.test;
            eprintln!(
                "round {round} failed ({plan}). Again: ATTACHE_CRASH_SEED={seed} ATTACHE_CRASH_ROUNDS={rounds} \
                 cargo nextest run -p attache --test blackbox crash::{test}"
            );
        }
    }
}

async fn run(part: u64, kind: Kind) {
    let chance = uuid::Uuid::new_v4().as_u64_pair().0;
    let seed = from_environment("ATTACHE_CRASH_SEED").unwrap_or(chance);
    let rounds = from_environment("ATTACHE_CRASH_ROUNDS").unwrap_or(ROUNDS);
    let mut repeat = Repeat {
        kind,
        seed,
        rounds,
        round: 0,
        plan: String::new(),
    };
    println!("{}: ATTACHE_CRASH_SEED={seed}", kind.test);
    let mut random = Random(seed.wrapping_add(part << 32));
    let mut plans = random.fork();
    let mut installation = Installation::start(kind).await;
    let files = load::find_files(&installation.log_in(0, "anna").await).await;
    let history = Arc::new(History::default());
    let mut crew = Crew::new(&installation, &history, files).await;
    let mut verified = Verified::default();
    let mut figures: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for round in 1..=(rounds + part) / PARTS {
        let plan = Plan::draw(&installation, &mut plans);
        repeat.round = round;
        repeat.plan = plan.to_string();
        let began = Instant::now();
        let spoilt = history.spoilt();
        round_of(&plan, &mut installation, &mut crew, &mut random).await;
        let worked = began.elapsed();
        let began = Instant::now();
        verified
            .check(&installation, &mut crew, &plan, &mut random)
            .await;
        let spoilt = history.spoilt() - spoilt;
        println!(
            "{}, round {round}: {plan}; it spoilt {spoilt} requests; {:.1?} and {:.1?} to check",
            kind.test,
            worked,
            began.elapsed()
        );
        let (count, requests) = figures.entry(repeat.plan.clone()).or_default();
        *count += 1;
        *requests += spoilt;
    }
    verified
        .check_again(&installation, &crew, &mut random)
        .await;
    for (plan, (count, requests)) in figures {
        println!(
            "{}: {count} rounds: {plan}; {requests} requests spoilt",
            kind.test
        );
    }
    println!("{}: {history}; {}", kind.test, verified.mails);
}

/// Lets the clients work while something goes wrong, until all are served again.
async fn round_of(
    plan: &Plan,
    installation: &mut Installation,
    crew: &mut Crew,
    random: &mut Random,
) {
    crew.prepare(installation).await;
    crew.history().excuse(plan.excuses());
    let mut work = crew.start(random);
    // The moments are what is random here; there is nothing to wait for.
    let wait =
        async |milliseconds: u64| tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    wait(50 + random.below(250)).await;
    tokio::task::block_in_place(|| plan.begin(installation));
    wait(plan.lasts(random)).await;
    for node in &plan.kills {
        crew.history().wait_until_in_flight().await;
        installation.nodes[*node].kill();
    }
    if !plan.kills.is_empty() {
        wait(random.below(200)).await;
    }
    tokio::task::block_in_place(|| plan.end(installation));
    for node in &plan.kills {
        installation.nodes[*node].start().await;
    }
    let passed = crew.history().now();
    work.goes_on(passed).await;
    work.end().await;
    crew.history().excuse(faults::Excuses::default());
}
