//! Which mail is the same as one that was taken in before, also by the rules of then.

use store::rows::incoming;

use super::Place;
use crate::people;

const MAIL: &str =
    "From: kim@example.org\r\nMessage-ID: <const@localhost>\r\nSubject: one\r\n\r\n1\r\n";

/// Mail as it was taken in when only this was known of it; the workgroup and the interaction.
async fn taken_in_before(place: &Place, identity: blake3::Hash) -> (i64, i64) {
    let id = place.interaction(0, 0).await.0;
    let blob_id = place.blob(MAIL.as_bytes()).await;
    let add = move |tx: &mut store::Tx<'_>, at: &crate::desk::At| {
        let workgroup_id = people::workgroup(tx.read(), "Support")?.id;
        let mail = incoming::Incoming {
            interaction_id: id,
            workgroup_id,
            identity: identity.as_bytes().to_vec(),
            blob_id,
            received_at: at.now,
            importance: 1,
        };
        incoming::add(tx, &mail)?;
        Ok((workgroup_id, id))
    };
    place.desk.write(add).await.expect("added")
}

/// Whether this is the interaction that was there before.
async fn is(place: &Place, workgroup: i64, id: i64, raw: &str) -> bool {
    let raw = raw.as_bytes().to_vec();
    let looked = place.desk.look_at_mail(workgroup, raw).await;
    let looked = looked.expect("is looked at");
    assert_eq!(looked.was_there, looked.interaction.is_some());
    looked.interaction.is_some_and(|found| found.0 == id)
}

#[tokio::test]
async fn mail_known_by_its_message_id_is_the_same_if_its_source_says_so() {
    let place = Place::new().await;
    let identity = blake3::hash(b"id:const@localhost");
    let (workgroup, id) = taken_in_before(&place, identity).await;
    assert!(is(&place, workgroup, id, MAIL).await);
    let other_way = format!("Received: by x\r\n{MAIL}\r\n");
    assert!(is(&place, workgroup, id, &other_way).await);
    for (old, new) in [("1\r\n", "2\r\n"), ("one", "two"), ("kim", "tom")] {
        let other = MAIL.replace(old, new);
        assert!(!is(&place, workgroup, id, &other).await, "{new}");
    }
    assert!(
        !is(&place, workgroup + 1, id, MAIL).await,
        "another's queue"
    );
    // Nothing tells them apart once the source is lost.
    let blobs = place.folder.path().join("blobs");
    std::fs::remove_dir_all(blobs).expect("is removed");
    assert!(is(&place, workgroup, id, &MAIL.replace("one", "two")).await);
}

#[tokio::test]
async fn mail_known_by_its_source_is_the_same() {
    let place = Place::new().await;
    let identity = blake3::hash(MAIL.as_bytes());
    let (workgroup, id) = taken_in_before(&place, identity).await;
    assert!(is(&place, workgroup, id, MAIL).await);
    assert!(!is(&place, workgroup, id, &format!("A: b\r\n{MAIL}")).await);
}
