//! Several servers on one PostgreSQL database, and a database that goes away. Two real processes; each has a data folder of its own.

#[cfg(feature = "postgres-tls")]
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use icws::client::{EventStream, Session};
use icws::connection::ConnectionState;
use icws::messaging::Message;

use crate::email::{WAIT, attachments_of, draft, item, names_of, refused, snapshot};
use crate::messaging::{set, upload, uploaded};
use crate::postgres::Cluster;
use crate::queues::{List, of_workgroup, waiting};
use crate::server::{Server, eventually};
use crate::sql;

/// A file of the demo's libraries.
const FILE: &str = "Logo.png";

async fn two_nodes() -> (Server, Server) {
    let mut one = Server::stopped_in(&Cluster::shared(), &[]);
    one.start().await;
    let mut other = one.beside(&[]);
    other.start().await;
    (one, other)
}

/// The same session at another node.
fn at(node: &Server, session: &Session) -> Session {
    Session {
        client: node.client(),
        ..session.clone()
    }
}

/// Reads events until the email has so many attachments.
async fn attachments_told(stream: &mut EventStream, count: usize) {
    loop {
        let event = stream.next_within(WAIT).await.expect("an event");
        let Message::EmailContents(told) = event.message else {
            continue;
        };
        let content = told.email_content.as_ref();
        let files = content.and_then(|content| content.file_attachments.as_ref());
        if files.is_some_and(|files| files.len() >= count) {
            return;
        }
    }
}

#[tokio::test]
async fn any_node_serves_any_session() {
    let (one, other) = two_nodes().await;
    let anna = one.log_in("anna").await;
    let elsewhere = at(&other, &anna);
    let id = draft(&elsewhere).await;
    let logo = item(&anna, FILE).await.id;
    anna.insert(&id, logo, None).await.expect("inserted");
    elsewhere.insert(&id, logo, None).await.expect("inserted");
    let names = ["Logo.png", "Logo (2).png"];
    assert_eq!(names_of(&anna, &id).await, names);
    assert_eq!(names_of(&elsewhere, &id).await, names);

    // A right that is taken by a command at one counts at the other, too.
    other
        .done(&["user", "revoke", "anna", "allowResponseManagement"])
        .await;
    eventually("the right is gone at both", async || {
        let denied = |outcome: Result<_, icws::client::IcwsError>| {
            outcome.is_err_and(|error| error.status == 403)
        };
        denied(anna.insert(&id, logo, None).await)
            && denied(elsewhere.insert(&id, logo, None).await)
    })
    .await;

    elsewhere.log_out().await.expect("logged out");
    eventually("the session is down at both", async || {
        let state = anna
            .connection()
            .await
            .map(|connection| connection.connection_state);
        state.is_ok_and(|state| state == ConnectionState::Down)
    })
    .await;
}

#[tokio::test]
async fn a_session_that_comes_back_to_a_node_is_told_all_anew() {
    let (one, other) = two_nodes().await;
    let (anna, carl) = (one.log_in("anna").await, other.log_in("carl").await);
    let elsewhere = at(&other, &anna);
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    anna.subscribe_email(&id).await.expect("subscribed");
    // Reads at a node, until the email is told of there.
    let read = async |session: &Session| {
        let mut found = None;
        eventually("the email is told of", async || {
            let messages = session.messages().await.expect("messages");
            found = messages.into_iter().find_map(|message| match message {
                Message::EmailContents(told) if told.interaction_id == id => Some(told),
                _ => None,
            });
            found.is_some()
        })
        .await;
        found.expect("a message")
    };
    assert!(!read(&anna).await.is_delta);
    carl.insert(&id, logo, None).await.expect("inserted");
    assert!(read(&anna).await.is_delta, "it has read nowhere else");
    // Nothing changes, and yet each node begins anew: it cannot know what the other has told.
    for _ in 0..2 {
        assert!(!read(&elsewhere).await.is_delta);
        // What was said there is known here in a moment.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!read(&anna).await.is_delta);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    carl.insert(&id, logo, None).await.expect("inserted");
    assert!(read(&anna).await.is_delta);
    // A stream ends when the session reads elsewhere.
    let mut stream = anna.stream(None).await.expect("a stream");
    assert!(!read(&elsewhere).await.is_delta);
    let ended = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(WAIT, ended)
        .await
        .expect("it is closed");
}

#[tokio::test]
async fn an_insert_at_one_is_told_at_the_other_within_100_ms() {
    let (one, other) = two_nodes().await;
    let (anna, carl) = (one.log_in("anna").await, other.log_in("carl").await);
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    snapshot(&carl, &id).await;
    let mut stream = carl.stream(None).await.expect("a stream");
    let mut took = Vec::new();
    for count in 1..=15 {
        anna.insert(&id, logo, None).await.expect("inserted");
        let acknowledged = Instant::now();
        attachments_told(&mut stream, count).await;
        took.push(acknowledged.elapsed());
    }
    took.sort();
    let median = took[took.len() / 2];
    assert!(median < Duration::from_millis(100), "{took:?}");
}

/// A transaction in another process.
struct Transaction(Child);

impl Transaction {
    /// Runs statements; `pg_sleep` among them holds what was done before it.
    fn begin(database: &str, statements: &str) -> Self {
        let child = Command::new("psql")
            .args([
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--single-transaction",
            ])
            .args(["--command", statements, database])
            .stdout(Stdio::null())
            .spawn();
        Self(child.expect("psql can be run"))
    }

    async fn committed(mut self) {
        let wait = tokio::task::spawn_blocking(move || self.0.wait());
        let status = wait.await.expect("no panic").expect("psql's exit status");
        assert!(status.success(), "{status}");
    }
}

/// Positions are handed out before they are visible. Whoever trusts the highest he sees misses the one that was handed out first and
/// committed last.
#[tokio::test]
async fn no_reader_misses_what_was_committed_late() {
    let (one, other) = two_nodes().await;
    let (anna, carl) = (one.log_in("anna").await, other.log_in("carl").await);
    let (late, early) = (draft(&anna).await, draft(&anna).await);
    let logo = item(&anna, FILE).await.id;
    for id in [&late, &early] {
        carl.subscribe_interaction(id, &["Colour"])
            .await
            .expect("subscribed");
    }
    carl.messages().await.expect("a poll");
    let url = one.database_url();
    let colour = |value: &str| {
        format!(
            "INSERT INTO interaction_attributes (interaction_id, folded, name, value) VALUES ({late}, 'colour', 'Colour', '{value}')
             ON CONFLICT (interaction_id, folded) DO UPDATE SET value = excluded.value"
        )
    };
    // What the server writes for such a change.
    set(&anna, &late, "grey").await;
    let last = sql::run(
        &one.folder(),
        "SELECT changes FROM journal ORDER BY position DESC LIMIT 1",
    );
    let changes = last[0][0].as_str().expect("JSON").to_owned();
    let record = format!(
        "UPDATE journal_head SET position = position + 1;
         INSERT INTO journal (position, changes, written_at) SELECT position, '{changes}', 0 FROM journal_head"
    );
    let told = async |values: &[&str]| {
        let mut seen = String::new();
        eventually(&values.join(" and "), async || {
            let messages = carl.messages().await.expect("a poll");
            seen += &serde_json::to_string(&messages).expect("JSON");
            values.iter().all(|value| seen.contains(value))
        })
        .await;
    };
    told(&["grey"]).await;

    // It holds the journal: who comes later waits for it, and both are told.
    let held = Transaction::begin(
        &url,
        &format!("{}; {record}; SELECT pg_sleep(1)", colour("red")),
    );
    eventually("it holds the journal", async || {
        let free = "SELECT position FROM journal_head FOR UPDATE NOWAIT";
        !sql::succeeds(&one.folder(), free)
    })
    .await;
    let began = Instant::now();
    set(&anna, &early, "green").await;
    assert!(
        began.elapsed() > Duration::from_millis(100),
        "it did not wait"
    );
    held.committed().await;
    told(&["red", "green"]).await;

    // It changed something before, and takes its position after another has committed.
    let held = Transaction::begin(
        &url,
        &format!("{}; SELECT pg_sleep(1); {record}", colour("blue")),
    );
    anna.insert(&early, logo, None).await.expect("inserted");
    set(&anna, &early, "white").await;
    told(&["white"]).await;
    held.committed().await;
    told(&["blue"]).await;
}

/// Rules look first and write then; what another node does between the two must not make that untrue.
#[tokio::test]
async fn nodes_may_change_one_draft_at_the_same_time() {
    const EACH: usize = 40;
    let (one, other) = two_nodes().await;
    let anna = one.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    let inserting: Vec<_> = [&one, &other]
        .map(|node| at(node, &anna))
        .into_iter()
        .map(|anna| {
            let id = id.clone();
            tokio::spawn(async move {
                for _ in 0..EACH {
                    anna.insert(&id, logo, None).await.expect("inserted");
                }
            })
        })
        .collect();
    for inserting in inserting {
        inserting.await.expect("no panic");
    }
    let expected = (2..=2 * EACH).map(|number| format!("Logo ({number}).png"));
    let expected: Vec<String> = ["Logo.png".to_owned()]
        .into_iter()
        .chain(expected)
        .collect();
    assert_eq!(names_of(&anna, &id).await, expected);
}

#[tokio::test]
async fn a_node_that_is_killed_takes_nothing_with_it() {
    let (mut one, other) = two_nodes().await;
    let (anna, carl) = (one.log_in("anna").await, one.log_in("carl").await);
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    for session in [&anna, &carl] {
        snapshot(session, &id).await;
    }
    // Carl reads a stream, and has seen the first of anna's uploads; his own, and anna's, nobody has read.
    let mut stream = carl.stream(None).await.expect("a stream");
    upload(&carl, &id, "first.txt").await;
    let seen = loop {
        let event = stream.next_within(WAIT).await.expect("an event");
        if uploaded(&event.message) == Some("first.txt") {
            break event.id.expect("an id");
        }
    };
    upload(&anna, &id, "of anna.txt").await;
    anna.insert(&id, logo, None).await.expect("inserted");
    drop(stream);
    upload(&carl, &id, "second.txt").await;
    one.kill();

    let (anna, carl) = (at(&other, &anna), at(&other, &carl));
    let mut told = Vec::new();
    let mut stream = carl.stream(Some(&seen)).await.expect("a stream");
    while told.last().is_none_or(|name| name != "second.txt") {
        let event = stream.next_within(WAIT).await.expect("an event");
        told.extend(uploaded(&event.message).map(str::to_owned));
    }
    assert_eq!(
        told,
        ["second.txt"],
        "what came after what he had seen, once"
    );

    let messages = anna.messages().await.expect("a poll");
    let uploads: Vec<_> = messages.iter().filter_map(uploaded).collect();
    assert_eq!(uploads, ["of anna.txt"]);
    assert!(
        messages
            .iter()
            .any(|message| matches!(message, Message::EmailContents(told) if !told.is_delta)),
        "what may have changed, as a whole: {messages:?}"
    );
    anna.insert(&id, logo, None).await.expect("inserted");
    let names = [
        "first.txt",
        "of anna.txt",
        "Logo.png",
        "second.txt",
        "Logo (2).png",
    ];
    assert_eq!(names_of(&anna, &id).await, names);
}

#[tokio::test]
async fn a_database_that_is_gone_for_a_while_is_waited_for() {
    let cluster = Arc::new(Cluster::own());
    let mut server = Server::stopped_in(&cluster, &["--database-wait", "30s"]);
    server.start().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    anna.insert(&id, logo, None).await.expect("inserted");
    cluster.stop();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let (anna, id) = (anna.clone(), id.clone());
            tokio::spawn(async move { anna.insert(&id, logo, None).await })
        })
        .collect();
    let reading = {
        let (anna, id) = (anna.clone(), id.clone());
        tokio::spawn(async move { anna.subscribe_email(&id).await })
    };
    eventually("the server noticed", async || {
        server.log().contains("the database is gone")
    })
    .await;
    assert!(waiting.iter().all(|insert| !insert.is_finished()));
    cluster.start();
    for insert in waiting {
        insert.await.expect("no panic").expect("inserted");
    }
    reading.await.expect("no panic").expect("subscribed");
    assert_eq!(attachments_of(&anna, &id).await.len(), 9);
}

#[tokio::test]
async fn a_database_that_stays_away_is_an_error_and_comes_back_by_itself() {
    let cluster = Arc::new(Cluster::own());
    let mut server = Server::stopped_in(&cluster, &["--database-wait", "1s"]);
    server.start().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    snapshot(&carl, &id).await;
    cluster.stop();
    let began = Instant::now();
    let error = refused(
        anna.insert(&id, logo, None).await,
        500,
        "error.server.internal",
    );
    let waited = began.elapsed();
    assert!(
        waited > Duration::from_millis(800) && waited < Duration::from_secs(5),
        "{waited:?}"
    );
    let request = error.header("x-request-id").expect("a request id");
    let log = server.log();
    let cause = log.lines().find(|line| line.contains(request));
    assert!(
        cause.is_some_and(|line| line.contains("not available")),
        "{log}"
    );

    cluster.start();
    anna.insert(&id, logo, None).await.expect("inserted");
    // The follower is back, too.
    eventually("the change is told", async || {
        let messages = carl.messages().await.unwrap_or_default();
        messages
            .iter()
            .any(|message| matches!(message, Message::EmailContents(_)))
    })
    .await;
    assert_eq!(attachments_of(&anna, &id).await.len(), 1);
}

/// What is shipped is built so.
#[cfg(feature = "postgres-tls")]
#[tokio::test]
async fn the_way_to_the_database_may_be_encrypted() {
    let cluster = Arc::new(Cluster::own());
    let certificate = cluster.encrypt();
    let mut server = Server::stopped_in(&cluster, &[]);
    let by_name = server.database_url().replace("127.0.0.1", "localhost");
    let trusting = |root: &Path| {
        let root = root.display();
        format!("{by_name}?sslmode=verify-full&sslrootcert={root}")
    };

    // A server that nobody vouches for is not talked to.
    let stranger = Cluster::own();
    server.set_database_url(trusting(&stranger.encrypt()));
    let refused = server.command(&["user", "list"]).await;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success(), "{said}");
    assert!(said.contains("certificate verify failed"), "{said}");

    server.set_database_url(trusting(&certificate));
    server.start().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, FILE).await.id;
    anna.insert(&id, logo, None).await.expect("inserted");
    let connections = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
                       WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()";
    let found = sql::run(&server.folder(), connections);
    assert!(
        found.len() > 2 && found.iter().all(|row| row[0] == true),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_queue_is_told_of_at_every_node_and_an_email_is_got_at_one() {
    let (one, other) = two_nodes().await;
    let (anna, carl) = (one.log_in("anna").await, one.log_in("carl").await);
    let elsewhere = at(&other, &carl);
    let names = ["Eic_State", "Eic_UserName"];
    let mut list = List::watch(&elsewhere, &[of_workgroup("Support")], &names).await;
    for _ in 0..5 {
        let id = waiting(&anna).await;
        eventually("it waits at the other", async || {
            list.read().await;
            list.known.get(&id).is_some_and(|it| it["Eic_State"] == "O")
        })
        .await;
        let (here, there) = tokio::join!(anna.pick_up(&id), elsewhere.pick_up(&id));
        let name = match (here, there) {
            (Ok(()), Err(error)) | (Err(error), Ok(())) => {
                assert_eq!(error.id(), "error.request.interactions.alreadyPickedUp");
                let it = anna.attributes(&id, &names).await.expect("read").attributes;
                it["Eic_UserName"].clone()
            }
            both => panic!("{both:?}"),
        };
        eventually("who has it is told at the other", async || {
            list.read().await;
            list.known[&id]["Eic_UserName"] == name
        })
        .await;
    }
}
