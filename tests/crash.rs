//! `kill -9` at any moment loses nothing that was acknowledged and leaves nothing half-done.
//!
//! Several clients insert, save, upload, remove and send over several drafts, and write down what they ask for and what they are told
//! ([`history`]). At a random moment, with requests in flight, the server is killed and started again on the same folder and port. Then
//! what it says is held against what the clients know ([`check`]): a change that was acknowledged is there, one that was in flight is
//! there whole or not at all, and nothing else is.
//!
//! `ATTACHE_CRASH_ROUNDS` sets the number of rounds (30), `ATTACHE_CRASH_SEED` the seed, which each test prints.

mod check;
mod history;
mod load;

use std::sync::Arc;
use std::time::Duration;

use icws::email::{CreateEmailParameters, EmailAddress, EmailBody, EmailContent};

use crate::server::Server;
use check::Verified;
use history::History;
use load::Crew;

/// How many tests share the rounds, so that they run beside each other.
const PARTS: u64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_third_of_the_rounds() {
    rounds(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_third_of_the_rounds() {
    rounds(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_third_of_the_rounds() {
    rounds(2).await;
}

/// Random numbers that a seed tells (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let count = things.len() as u64;
        (count > 0).then(|| &things[usize::try_from(self.below(count)).expect("below a length")])
    }

    fn bytes(&mut self, length: u64) -> Vec<u8> {
        (0..length.div_ceil(8))
            .flat_map(|_| self.next().to_le_bytes())
            .take(usize::try_from(length).expect("a length"))
            .collect()
    }

    /// Another one, which goes its own way.
    fn fork(&mut self) -> Self {
        Self(self.next())
    }
}

/// The subject and the bodies of a draft as it was saved for the so-manieth time; nobody else's look like it.
pub fn content(draft: &str, save: u64) -> EmailContent {
    EmailContent {
        subject: Some(subject(draft, save)),
        sender: EmailAddress::default(),
        to_recipients: Some(vec![EmailAddress {
            display_name: String::new(),
            address: Some("kunde@example.org".to_owned()),
        }]),
        cc_recipients: None,
        bcc_recipients: None,
        reply_to_recipients: None,
        bodies: Some(bodies(draft, save)),
    }
}

/// The subject that [`content`] has.
pub fn subject(draft: &str, save: u64) -> String {
    format!("{draft} save {save}")
}

/// The bodies that [`content`] has.
pub fn bodies(draft: &str, save: u64) -> Vec<EmailBody> {
    let body = |text: String, body_type| EmailBody {
        body: text,
        body_type,
    };
    vec![
        body(
            format!("text of {}", subject(draft, save)),
            icws::email::BodyType::Text,
        ),
        body(
            format!("<p>HTML of {}</p>", subject(draft, save)),
            icws::email::BodyType::Html,
        ),
    ]
}

/// What creates a draft of a name of ours.
pub fn creation(draft: &str) -> CreateEmailParameters {
    CreateEmailParameters {
        email_content: content(draft, 0),
        workgroup: None,
        additional_attributes: None,
    }
}

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

async fn rounds(part: u64) {
    let chance = uuid::Uuid::new_v4().as_u64_pair().0;
    let seed = from_environment("ATTACHE_CRASH_SEED").unwrap_or(chance);
    let rounds = (from_environment("ATTACHE_CRASH_ROUNDS").unwrap_or(30) + part) / PARTS;
    println!("{rounds} rounds, ATTACHE_CRASH_SEED={seed}");
    let mut random = Random(seed.wrapping_add(part << 32));
    // Drafts go on from round to round, and may become larger than mail may be.
    let mut server = Server::with(&["--limits-attachments-size", "10 GiB"]).await;
    let files = load::find_files(&server.log_in("anna").await).await;
    let history = Arc::new(History::default());
    let mut crew = Crew::new(&server, &history, files).await;
    let mut verified = Verified::default();
    let (mut counted, mut tried) = (0, 0);
    while counted < rounds {
        tried += 1;
        assert!(
            tried <= 2 * rounds + 5,
            "requests are seldom in flight: {counted} of {tried} rounds"
        );
        counted += u64::from(round(&mut server, &mut crew, &mut verified, &mut random).await);
    }
    verified.check_again(&server, &crew, &mut random).await;
    println!("{counted} rounds with requests in flight, of {tried}; {history}");
}

/// One round. True if requests were in flight when the server was killed.
async fn round(
    server: &mut Server,
    crew: &mut Crew,
    verified: &mut Verified,
    random: &mut Random,
) -> bool {
    let began_at = crew.history().now();
    crew.prepare(server).await;
    let work = crew.start(random);
    // The moment is what is random here; there is nothing to wait for.
    tokio::time::sleep(Duration::from_millis(50 + random.below(750))).await;
    let killed_at = crew.history().wait_until_in_flight().await;
    server.kill();
    work.end().await;
    server.start().await;
    crew.find_again(server);
    verified.check(server, crew).await;
    crew.history().lost_between(began_at, killed_at) > 0
}
