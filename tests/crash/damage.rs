//! The checker is checked: what is lost, doubled or altered behind the server's back, it finds, and where nothing is, it finds nothing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;

use super::check::Verified;
use super::faults::Plan;
use super::history::History;
use super::installation::{Installation, Kind};
use super::load::{self, Crew};
use super::random::Random;
use super::round_of;
use crate::email::blob_files;
use crate::sql;

/// Makes the sums of all interactions those of their attachments, so that nothing but what the clients know tells.
const SUMS: &str = "UPDATE interactions SET
    attachment_count = (SELECT count(*) FROM attachments a WHERE a.interaction_id = id),
    attachment_bytes = (SELECT coalesce(sum(size), 0) FROM attachments a WHERE a.interaction_id = id),
    next_attachment = max(next_attachment, (SELECT coalesce(max(number), 0) + 1 FROM attachments a WHERE a.interaction_id = id))";

/// What is done, in words and in statements.
const DAMAGES: [(&str, &[&str]); 7] = [
    (
        "an attachment is lost",
        &[
            "DELETE FROM attachments WHERE (interaction_id, number) = (SELECT interaction_id, number FROM attachments ORDER BY 1 DESC, 2 DESC LIMIT 1)",
            SUMS,
        ],
    ),
    (
        "an attachment is there twice",
        &[
            "INSERT INTO attachments SELECT interaction_id, (SELECT next_attachment FROM interactions WHERE id = interaction_id),
             wanted, ordinal + 1000, blob_id, size, media_type, NULL FROM attachments WHERE (interaction_id, number) = (SELECT interaction_id, number FROM attachments ORDER BY 1 DESC, 2 DESC LIMIT 1)",
            SUMS,
        ],
    ),
    (
        "an attachment has the bytes of another",
        &[
            "UPDATE attachments SET (blob_id, size) = (SELECT id, size FROM blobs WHERE id <> blob_id AND NOT gone ORDER BY id DESC LIMIT 1)
             WHERE (interaction_id, number) = (SELECT interaction_id, number FROM attachments ORDER BY 1 DESC, 2 DESC LIMIT 1)",
            SUMS,
        ],
    ),
    (
        "a save is lost",
        &["UPDATE email_contents SET subject = 'before'"],
    ),
    (
        "a draft is lost",
        &[
            "DELETE FROM attachments WHERE interaction_id = (SELECT max(interaction_id) FROM email_contents)",
            "DELETE FROM interactions WHERE id = (SELECT max(interaction_id) FROM email_contents)",
            "DELETE FROM email_contents WHERE interaction_id = (SELECT max(interaction_id) FROM email_contents)",
        ],
    ),
    (
        "what was sent is a draft again",
        &[
            "DELETE FROM outbox_recipients",
            "DELETE FROM outbox",
            "UPDATE interactions SET sent_at = NULL",
        ],
    ),
    (
        "mail is sent twice",
        &["UPDATE outbox_recipients SET state = 0, next_at = 0"],
    ),
];

/// Works for a round in which nothing goes wrong; then, while the server is down, the damage is done. Whether the checker finds something.
async fn finds(damage: impl FnOnce(&Installation)) -> bool {
    let kind = Kind {
        test: "damage",
        postgres: false,
        bucket: false,
    };
    let mut installation = Installation::start(kind).await;
    let files = load::find_files(&installation.log_in(0, "anna").await).await;
    let history = Arc::new(History::default());
    let mut crew = Crew::new(&installation, &history, files).await;
    let mut random = Random(uuid::Uuid::new_v4().as_u64_pair().0);
    let plan = Plan {
        trouble: None,
        kills: Vec::new(),
    };
    round_of(&plan, &mut installation, &mut crew, &mut random).await;
    installation.nodes[0].stop().await;
    damage(&installation);
    installation.nodes[0].start().await;
    let mut verified = Verified::default();
    let check = verified.check(&installation, &mut crew, &plan, &mut random);
    AssertUnwindSafe(check).catch_unwind().await.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_finds_nothing_where_nothing_is() {
    assert!(!finds(|_| {}).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_finds_whatever_is_damaged() {
    for (what, statements) in DAMAGES {
        println!("--- {what}: the next panic is meant");
        let found = finds(|at| {
            for statement in statements {
                sql::run(&at.nodes[0].folder(), statement);
            }
        });
        assert!(found.await, "not found: {what}");
    }
    println!("--- bytes are altered: the next panic is meant");
    let found = finds(|at| {
        for file in blob_files(&at.nodes[0].folder()) {
            let mut bytes = std::fs::read(&file).expect("its bytes");
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            std::fs::write(&file, bytes).expect("written");
        }
    });
    assert!(found.await, "not found: bytes are altered");
}
