//! What becomes of messages that a server holds when it is gone.

use std::time::Duration;

use store::rows::{nodes, outbox};
use store::{Blobs, Database, Options};

use super::Place;
use crate::clock;
use crate::desk::Desk;
use crate::ids::{InteractionId, NodeId};
use crate::outbox::{Attempt, Due};
use crate::rules::Rules;

/// Another server on the same database.
async fn another(place: &Place) -> Desk {
    let url = format!(
        "sqlite:{}",
        place.folder.path().join("desk.sqlite").display()
    );
    let database = Database::open(&url, Options::default()).expect("the database");
    let blobs = Blobs::open_folder(place.folder.path().join("blobs")).expect("the blob store");
    Desk::open(database, blobs, Rules::default())
        .await
        .expect("a desk")
}

/// Queues a message to two people.
async fn queue(place: &Place, interaction: i64) {
    let message = outbox::Message {
        interaction_id: interaction,
        message_id: format!("{interaction}@example.com"),
        dated_at: clock::now(),
        size: 1,
    };
    let recipient = move |number: i64| outbox::Recipient {
        interaction_id: interaction,
        number,
        kind: 0,
        display_name: String::new(),
        address: format!("{number}@example.com"),
        state: outbox::WAITING,
        attempts: 0,
        next_at: 0,
        leased_by: None,
        last_error: None,
    };
    place
        .desk
        .write(move |tx, _| Ok(outbox::add(tx, &message, &[recipient(0), recipient(1)])?))
        .await
        .expect("queued");
}

async fn take(desk: &Desk) -> Option<Due> {
    desk.take_due().await.expect("a look")
}

/// The states of a message's recipients.
async fn states(desk: &Desk, interaction: i64) -> Vec<i16> {
    let rows = desk
        .read(move |conn, _| Ok(outbox::recipients(conn, interaction)?))
        .await
        .expect("rows");
    rows.iter().map(|row| row.state).collect()
}

/// Makes it look as if a server had not been heard of for so long.
async fn silence(desk: &Desk, node: NodeId, time: Duration) {
    let ago = i64::try_from(time.as_millis()).expect("fits");
    desk.write(move |tx, _| {
        let now = nodes::now(tx.read())?;
        assert!(nodes::see(tx, node.0, now - ago)?);
        Ok(())
    })
    .await
    .expect("noted");
}

#[tokio::test]
async fn what_a_silent_server_held_is_free_after_ten_seconds() {
    let place = Place::new().await;
    let other = another(&place).await;
    queue(&place, 1).await;
    let held = take(&place.desk).await.expect("a message");
    assert_eq!(held.recipients.len(), 2);
    assert!(take(&other).await.is_none(), "one holds it");
    silence(&other, place.desk.node(), Duration::from_secs(9)).await;
    other.beat().await.expect("said");
    assert!(take(&other).await.is_none(), "it may still be there");
    silence(&other, place.desk.node(), Duration::from_millis(10_100)).await;
    other.beat().await.expect("said");
    let taken = take(&other).await.expect("it is free");
    assert_eq!(taken.recipients.len(), 2);

    // The first was only held up. It failed with one recipient, which is the other's business now; and one did get it.
    let attempts = vec![Attempt::Never("no".into()), Attempt::Delivered];
    place.desk.settle(&held, &attempts).await.expect("noted");
    assert_eq!(
        states(&other, 1).await,
        [outbox::WAITING, outbox::DELIVERED]
    );
    let attempts = vec![Attempt::Delivered, Attempt::Later("busy".into())];
    other.settle(&taken, &attempts).await.expect("noted");
    assert_eq!(
        states(&other, 1).await,
        [outbox::DELIVERED, outbox::DELIVERED]
    );
}

#[tokio::test]
async fn a_server_that_takes_something_is_there() {
    let place = Place::new().await;
    let other = another(&place).await;
    queue(&place, 1).await;
    place.desk.beat().await.expect("said");
    silence(&other, place.desk.node(), Duration::from_hours(1)).await;
    take(&place.desk).await.expect("a message");
    other.beat().await.expect("said");
    assert!(take(&other).await.is_none(), "it was heard of");
}

#[tokio::test]
async fn a_server_that_leaves_or_is_followed_frees_what_it_held() {
    let place = Place::new().await;
    let other = another(&place).await;
    queue(&place, 1).await;
    take(&place.desk).await.expect("a message");
    place.desk.leave().await.expect("gone");
    assert_eq!(
        take(&other).await.expect("free").interaction,
        InteractionId(1)
    );

    let third = another(&place).await;
    third.join(Some(other.node())).await.expect("joined");
    assert!(take(&third).await.is_some());

    // On the embedded database whoever starts is alone, whatever it knows of others.
    let fourth = another(&place).await;
    fourth.join(None).await.expect("joined");
    assert!(take(&fourth).await.is_some());
}

#[tokio::test]
async fn what_is_cancelled_while_it_is_delivered_cannot_be_sent_twice() {
    let place = Place::new().await;
    queue(&place, 1).await;
    let held = take(&place.desk).await.expect("a message");
    let (id, retry) = (InteractionId(1), crate::outbox::retry);
    let cancelled = place.desk.write(move |tx, _| crate::outbox::cancel(tx, id));
    assert_eq!(cancelled.await.expect("cancelled"), 2);
    let retried = place.desk.write(move |tx, at| retry(tx, id, at));
    assert_eq!(retried.await.expect("asked"), 0, "somebody is at it");
    assert!(take(&place.desk).await.is_none());

    let attempts = vec![Attempt::Later("busy".into()), Attempt::Delivered];
    place.desk.settle(&held, &attempts).await.expect("noted");
    assert_eq!(
        states(&place.desk, 1).await,
        [outbox::FAILED, outbox::DELIVERED]
    );
    let retried = place.desk.write(move |tx, at| retry(tx, id, at));
    assert_eq!(retried.await.expect("asked"), 1, "nobody is at it any more");
    assert_eq!(take(&place.desk).await.expect("due").recipients.len(), 1);
}

#[tokio::test]
async fn what_a_server_was_not_told_that_it_holds_it_gives_back() {
    let place = Place::new().await;
    for interaction in [1, 2] {
        queue(&place, interaction).await;
    }
    let known = take(&place.desk).await.expect("a message");
    // It took another, and the answer was lost on the way.
    let lost = take(&place.desk).await.expect("a message").interaction;
    assert!(take(&place.desk).await.is_none(), "both are held");
    let at = vec![known.interaction.0];
    place.desk.give_back_but(at).await.expect("given back");
    let again = take(&place.desk).await.expect("a message");
    assert_eq!(again.interaction, lost);
    assert!(take(&place.desk).await.is_none(), "the other is still held");
}
