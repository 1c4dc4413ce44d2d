//! The end of a subscription that was found to be over.

use store::rows::{journal, sessions};

use super::Place;
use crate::caller::Caller;
use crate::messaging::{Topic, end_as_of, subscribe};

fn topic() -> Topic {
    Topic::Queue("a".into())
}

/// Subscribes, and gives the position of the journal as of which that is so.
async fn put(place: &Place, caller: &Caller) -> i64 {
    let (desk, caller) = (&place.desk, caller.clone());
    desk.write(move |tx, _| subscribe(tx, &caller, &topic(), &[]))
        .await
        .expect("subscribed");
    let head = desk.read(|conn, _| Ok(journal::head(conn)?)).await;
    head.expect("a position")
}

/// Ends what was over as of a position: whether it did, and how many subscriptions there are then.
async fn end(place: &Place, caller: &Caller, position: i64) -> (bool, usize) {
    let (desk, session) = (&place.desk, caller.session);
    let ended = desk
        .write(move |tx, _| end_as_of(tx, session, &topic(), position))
        .await
        .expect("an answer");
    let left = desk
        .read(move |conn, _| Ok(sessions::subscriptions(conn, session.0)?))
        .await;
    (ended, left.expect("rows").len())
}

#[tokio::test]
async fn what_is_over_ends_and_what_was_made_anew_meanwhile_goes_on() {
    let place = Place::new().await;
    let (anna, ben) = (&place.anna, &place.ben);
    let seen = put(&place, anna).await;
    // What others do is nothing to it.
    put(&place, ben).await;
    assert_eq!(end(&place, anna, seen).await, (true, 0));
    assert_eq!(end(&place, anna, seen).await, (true, 0), "it has ended");

    let seen = put(&place, anna).await;
    let again = put(&place, anna).await;
    assert_eq!(end(&place, anna, seen).await, (false, 1));
    assert_eq!(end(&place, anna, again).await, (true, 0));
}

#[tokio::test]
async fn what_is_made_anew_in_the_same_transaction_goes_on() {
    let place = Place::new().await;
    let anna = place.anna.clone();
    let seen = put(&place, &anna).await;
    let ended = place
        .desk
        .write(move |tx, _| {
            subscribe(tx, &anna, &topic(), &[])?;
            end_as_of(tx, anna.session, &topic(), seen)
        })
        .await;
    assert!(!ended.expect("an answer"));
}
