//! Many inserts at once into one draft.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use icws::client::Session;
use icws::messaging::Message;
use tokio::sync::Barrier;

use super::{WAIT, attachments, attachments_of, draft, item};
use crate::server::Server;

const AT_ONCE: usize = 40;

/// An insert: when it was asked for, when it was acknowledged, and the Content-ID that it got.
struct Insert {
    asked: Instant,
    acknowledged: Instant,
    content_id: String,
}

async fn insert(session: &Session, id: &str, item: icws::Guid) -> Insert {
    let asked = Instant::now();
    let answer = session
        .insert(id, item, Some(true))
        .await
        .expect("inserted");
    Insert {
        asked,
        acknowledged: Instant::now(),
        content_id: answer.content_id,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_inserts_by_two_agents_are_all_listed_in_the_order_of_commit() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    carl.subscribe_email(&id).await.expect("200");
    let mut stream = carl.stream(None).await.expect("a stream");

    // Forty at the same moment; each then makes one more, so that some are asked for after others were acknowledged.
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..AT_ONCE {
        let session = if number % 2 == 0 {
            anna.clone()
        } else {
            carl.clone()
        };
        let (id, barrier) = (id.clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            [
                insert(&session, &id, logo).await,
                insert(&session, &id, logo).await,
            ]
        });
    }
    let inserts: Vec<Insert> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(inserts.len(), 2 * AT_ONCE);

    let files = attachments_of(&anna, &id).await;
    assert_eq!(
        files.len(),
        inserts.len(),
        "none is lost and none is doubled"
    );
    let places: HashMap<&str, usize> = files
        .iter()
        .enumerate()
        .map(|(place, file)| (file.content_id.as_str(), place))
        .collect();
    let mut ordered = 0;
    for earlier in &inserts {
        for later in inserts
            .iter()
            .filter(|later| earlier.acknowledged < later.asked)
        {
            assert!(places[earlier.content_id.as_str()] < places[later.content_id.as_str()]);
            ordered += 1;
        }
    }
    assert!(
        ordered > AT_ONCE,
        "some were asked for after others were acknowledged"
    );

    // Names and numbers: each one once, without a gap, since nothing was removed.
    let mut names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let mut expected: Vec<String> = (2..=inserts.len())
        .map(|number| format!("Logo ({number}).png"))
        .collect();
    expected.push("Logo.png".to_owned());
    assert_eq!(names, {
        let mut in_order = expected.clone();
        in_order.rotate_right(1);
        in_order
    });
    names.sort();
    names.dedup();
    assert_eq!(names.len(), inserts.len());
    let numbers: Vec<u64> = files
        .iter()
        .map(|file| number_of(&file.download_uri))
        .collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");

    // The stream ends up where the list is; how many messages that took is the server's choice.
    let is_whole = |message: &Message| matches!(message, Message::EmailContents(message) if attachments(message).len() == inserts.len());
    let last = stream
        .find(WAIT, is_whole)
        .await
        .expect("all of them are told");
    let Message::EmailContents(last) = last.message else {
        unreachable!("it was found")
    };
    let told: Vec<String> = attachments(&last)
        .into_iter()
        .map(|file| file.content_id)
        .collect();
    let listed: Vec<String> = files.into_iter().map(|file| file.content_id).collect();
    assert_eq!(told, listed);
}

fn number_of(download_uri: &str) -> u64 {
    let number = download_uri.rsplit('/').next().expect("a path");
    number.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inserts_removals_and_saves_at_once_lose_nothing() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (session, id) = (
            if number % 2 == 0 {
                anna.clone()
            } else {
                carl.clone()
            },
            id.clone(),
        );
        tasks.spawn(async move {
            let kept = insert(&session, &id, logo).await.content_id;
            let gone = insert(&session, &id, logo).await.content_id;
            session
                .save_email(&id, &super::nothing())
                .await
                .expect("saved");
            let reader = session
                .client
                .log_in(session.user_id(), "demo")
                .await
                .expect("logs in");
            let files = attachments_of(&reader, &id).await;
            assert!(files.iter().any(|file| file.content_id == kept));
            let file = files
                .into_iter()
                .find(|file| file.content_id == gone)
                .expect("it is listed");
            let uri = file.download_uri.replace(
                &format!("/icws/{}/", reader.id),
                &format!("/icws/{}/", session.id),
            );
            session.remove_attachment(&id, &uri).await.expect("removed");
            kept
        });
    }
    let mut kept = tasks.join_all().await;
    let mut listed: Vec<String> = attachments_of(&anna, &id)
        .await
        .into_iter()
        .map(|file| file.content_id)
        .collect();
    kept.sort();
    listed.sort();
    assert_eq!(listed, kept);
    let count = anna
        .attributes(&id, &["Eic_EmailAttachments"])
        .await
        .expect("attributes")
        .attributes;
    assert_eq!(count["Eic_EmailAttachments"], "12");
}
