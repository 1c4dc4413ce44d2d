//! The queues that an interaction is in.

use store::rows::interactions as rows;

use super::Place;
use crate::ids::InteractionId;
use crate::interactions::{OFFERING, disconnect, put_in_workgroup_queue, queues};
use crate::journal::Queues;

async fn row(place: &Place, id: InteractionId) -> rows::Interaction {
    place
        .desk
        .read(move |conn, _| Ok(rows::interaction(conn, id.0)?))
        .await
        .expect("read")
        .expect("a row")
}

#[tokio::test]
async fn what_is_put_into_a_workgroups_queue_waits_there_until_it_ends() {
    let place = Place::new().await;
    let id = place.interaction(0, 0).await;
    let support = row(&place, id).await.workgroup_id.expect("Support's");
    let anna = place.anna.user.0;
    // Somebody has it.
    place
        .desk
        .write(move |tx, _| {
            let mut interaction = rows::interaction(tx.read(), id.0)?.expect("a row");
            interaction.user_id = Some(anna);
            Ok(rows::set_place(tx, &interaction)?)
        })
        .await
        .expect("taken");
    assert_eq!(
        queues(&row(&place, id).await),
        Queues(Some(anna), Some(support))
    );

    place
        .desk
        .write(move |tx, at| {
            let mut interaction = rows::interaction(tx.read(), id.0)?.expect("a row");
            put_in_workgroup_queue(tx, &mut interaction, support, at)
        })
        .await
        .expect("given back");
    let waiting = row(&place, id).await;
    assert_eq!(waiting.state, OFFERING);
    assert_eq!(queues(&waiting), Queues(None, Some(support)));
    assert!(waiting.queued_at.is_some());

    let caller = place.anna.clone();
    place
        .desk
        .write(move |tx, at| disconnect(tx, &caller, id, at))
        .await
        .expect("closed");
    assert_eq!(queues(&row(&place, id).await), Queues(None, None));
}
