//! The rule of the insert by itself: the order of its refusals when several hold at once, and what each leaves as it was.

use std::collections::BTreeMap;

use icws::Guid;
use icws::response_management::{Item, ItemType, Library};
use uuid::Uuid;

use super::{Place, name};
use crate::caller::Caller;
use crate::email::insert_response_file;
use crate::ids::InteractionId;
use crate::interactions::{EMAIL, OUTBOUND};
use crate::people::{self, HolderName};
use crate::refusal::Refusal;
use crate::response_management::{NewLibrary, StoredFile};
use crate::rights::Right;

const LIBRARY: Uuid = Uuid::from_u128(1);
const FILE: Uuid = Uuid::from_u128(2);
const TEXT: Uuid = Uuid::from_u128(3);
const HIDDEN_LIBRARY: Uuid = Uuid::from_u128(4);
const HIDDEN_TEXT: Uuid = Uuid::from_u128(5);

const INBOUND: i16 = 0;
const CALL: i16 = 1;

fn item(id: Uuid, kind: ItemType, value: &str) -> Item {
    Item {
        id: Guid::from(id),
        name: "An item".into(),
        kind,
        shortcut: None,
        keywords: None,
        value: value.into(),
    }
}

fn library(id: Uuid, items: Vec<Item>) -> Library {
    Library {
        id: Guid::from(id),
        name: "Library".into(),
        description: None,
        categories: None,
        items: Some(items),
    }
}

/// Publishes a library that anna may view, with a file and a text, and one that she may not.
async fn publish(place: &Place) -> i64 {
    let blob_id = place.blob(b"price list").await;
    let stored = StoredFile {
        blob_id,
        file_name: "prices.pdf".into(),
        media_type: "application/pdf".into(),
    };
    let visible = library(
        LIBRARY,
        vec![
            item(FILE, ItemType::File, "k/prices.pdf"),
            item(TEXT, ItemType::Text, "Hello"),
        ],
    );
    let files = BTreeMap::from([("k/prices.pdf".to_owned(), stored)]);
    place
        .desk
        .publish_library(NewLibrary {
            library: visible,
            owner: None,
            files,
        })
        .await
        .expect("published");
    let hidden = library(
        HIDDEN_LIBRARY,
        vec![item(HIDDEN_TEXT, ItemType::Text, "Secret")],
    );
    let hidden = NewLibrary {
        library: hidden,
        owner: None,
        files: BTreeMap::new(),
    };
    place.desk.publish_library(hidden).await.expect("published");
    place
        .desk
        .write(|tx, _| {
            let right = Right::ResponseManagementDocuments;
            Ok(people::grant(
                tx,
                HolderName::User("anna"),
                right,
                &LIBRARY.to_string(),
            )?)
        })
        .await
        .expect("granted");
    blob_id
}

async fn insert(
    place: &Place,
    caller: &Caller,
    interaction: InteractionId,
    item: Uuid,
) -> Result<String, Refusal> {
    let caller = super::caller(&place.desk, caller.user, &caller.user_name).await;
    place
        .desk
        .write(move |tx, at| insert_response_file(tx, &caller, interaction, item, false, at))
        .await
}

async fn attachments(place: &Place, interaction: InteractionId) -> i64 {
    place
        .desk
        .read(move |conn, _| {
            Ok(store::rows::interactions::interaction(conn, interaction.0)?
                .expect("there")
                .attachment_count)
        })
        .await
        .expect("read")
}

#[tokio::test]
async fn each_refusal_comes_before_those_that_would_follow() {
    let place = Place::new().await;
    let blob = publish(&place).await;
    let draft = place.interaction(EMAIL, OUTBOUND).await;
    let inbound = place.interaction(EMAIL, INBOUND).await;
    let call = place.interaction(CALL, OUTBOUND).await;
    let nothing = Uuid::from_u128(99);

    let refused = async |caller: &Caller, interaction, item| {
        name(
            &insert(&place, caller, interaction, item)
                .await
                .expect_err("a refusal"),
        )
    };
    assert_eq!(
        refused(&place.ben, InteractionId(7), nothing).await,
        "InteractionNotFound"
    );
    assert_eq!(
        refused(&place.ben, call, nothing).await,
        "InteractionDenied"
    );
    assert_eq!(refused(&place.anna, call, nothing).await, "NotAnEmail");
    assert_eq!(refused(&place.anna, inbound, nothing).await, "NotEditable");
    assert_eq!(refused(&place.anna, draft, nothing).await, "ItemNotFound");
    assert_eq!(refused(&place.anna, draft, HIDDEN_TEXT).await, "ItemDenied");
    assert_eq!(refused(&place.anna, draft, TEXT).await, "NotAFile");
    let find = move |conn: &mut _, _: &_| Ok(store::rows::blobs::find(conn, blob)?);
    let row = place.desk.read(find).await.expect("read").expect("there");
    place.desk.note_gone(blob, row.place).await;
    assert_eq!(refused(&place.anna, draft, FILE).await, "FileGone");
    assert_eq!(
        attachments(&place, draft).await,
        0,
        "a refusal changes nothing"
    );

    place.blob(b"price list").await;
    assert_eq!(
        insert(&place, &place.anna, draft, FILE)
            .await
            .expect("the bytes are back"),
        ""
    );
    assert_eq!(attachments(&place, draft).await, 1);
}
