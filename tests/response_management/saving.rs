//! A library of one's own.

use icws::client::{Method, Session};
use icws::response_management::{Category, Item, ItemType, Library};
use serde_json::{Value, json};

use super::{DENIED, INVALID, MISSING, NO_FILE, guid, new_item, own, snapshot, told, with_items};
use crate::email::{demo_file, draft, item, names_of, refused};
use crate::raw;
use crate::server::Server;

#[tokio::test]
async fn a_library_of_ones_own_can_be_saved() {
    let server = Server::demo().await;
    let (anna, again, carl) = (
        server.log_in("anna").await,
        server.log_in("anna").await,
        server.log_in("carl").await,
    );
    let before = own(&anna).await;
    snapshot(&again).await;
    snapshot(&carl).await;
    let logo = item(&anna, "Logo.png").await;
    told(&anna).await;
    let library = Library {
        id: before.id,
        name: "Whatever it is called".into(),
        description: Some("Meine Sammlung".into()),
        categories: Some(vec![Category {
            id: guid(100),
            name: "Größe".into(),
            categories: Some(vec![Category {
                id: guid(101),
                name: "空".into(),
                categories: None,
                items: Some(vec![]),
            }]),
            items: Some(vec![Item {
                shortcut: Some("grx".into()),
                keywords: Some(vec!["hello".into(), "Grüße".into()]),
                ..new_item(1, ItemType::Text, "<p>Hello &amp; good bye</p>")
            }]),
        }]),
        items: Some(vec![
            new_item(2, ItemType::Url, "https://example.com/?a=b"),
            new_item(3, ItemType::File, &logo.value),
        ]),
    };
    let answer = anna
        .raw(
            Method::PUT,
            "/response-management",
            Some(&serde_json::to_value(&library).expect("JSON")),
        )
        .await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    for session in [&anna, &again] {
        let message = told(session).await.expect("a change");
        assert!(
            message.is_delta
                && message.libraries_added.is_none()
                && message.libraries_removed.is_none()
        );
        let changed = message.libraries_changed.expect("the library");
        assert_eq!(
            (changed.len(), changed[0].id, changed[0].name.as_str()),
            (1, before.id, "anna")
        );
        assert_ne!(changed[0].cache_tag, before.cache_tag);
        let found = session.library(&changed[0].url).await.expect("a library");
        assert_eq!(
            found,
            Library {
                name: "anna".into(),
                ..library.clone()
            }
        );
    }
    assert_eq!(told(&carl).await, None, "it is nobody else's");

    // The same again changes nothing that anybody would hear of.
    again.save_library(&library).await.expect("saves");
    assert_eq!(told(&again).await, None);
}

#[tokio::test]
async fn a_file_of_ones_own_can_be_used_while_it_is_there() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let logo = item(&anna, "Logo.png").await;
    let library = with_items(&anna, vec![new_item(3, ItemType::File, &logo.value)]).await;
    anna.save_library(&library).await.expect("saves");
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let bytes = anna.fetch(&url).await.expect("the bytes").body;
    assert_eq!(bytes, demo_file("libraries/Product Information/Logo.png"));
    let draft = draft(&anna).await;
    anna.insert(&draft, guid(3), None)
        .await
        .expect("is inserted");
    assert_eq!(names_of(&anna, &draft).await, ["Logo.png"]);

    // An empty library is one, too; an id compares without case, and the name is not looked at.
    let id = library.id.to_string().to_uppercase();
    let empty = json!({"id": id, "name": "", "items": null, "unknown": [1]});
    let saved = anna
        .raw(Method::PUT, "/response-management", Some(&empty))
        .await;
    assert_eq!(saved.expect("an answer").status, 204);
    let found = anna
        .library(&own(&anna).await.url)
        .await
        .expect("a library");
    assert!(found.items.is_none_or(|items| items.is_empty()) && found.categories.is_none());
    refused(
        anna.insert(&draft, guid(3), None).await,
        400,
        "error.request.responseManagement.itemNotFound",
    );
    assert_eq!(
        names_of(&anna, &draft).await,
        ["Logo.png"],
        "what was inserted stays"
    );
}

/// Tries to save bodies that have to be refused, and holds that nothing changes by it.
struct Refusing {
    session: Session,
    tag: String,
    /// What could be saved.
    good: Value,
}

impl Refusing {
    async fn new(server: &Server) -> Self {
        let session = server.log_in("anna").await;
        let library = with_items(&session, vec![new_item(1, ItemType::Text, "x")]).await;
        let (tag, good) = (
            own(&session).await.cache_tag,
            serde_json::to_value(&library).expect("JSON"),
        );
        Self { session, tag, good }
    }

    fn with(&self, member: &str, value: Value) -> Value {
        let mut body = self.good.clone();
        body[member] = value;
        body
    }

    fn without(&self, member: &str) -> Value {
        let mut body = self.good.clone();
        body.as_object_mut().expect("an object").remove(member);
        body
    }

    fn with_item(&self, kind: ItemType, value: &str) -> Value {
        self.with("items", json!([new_item(2, kind, value)]))
    }

    async fn refuses(&self, body: &Value, status: u16, id: &str, property: Option<&str>) {
        let answer = self
            .session
            .raw(Method::PUT, "/response-management", Some(body))
            .await;
        let answer = answer.expect("an answer");
        let error = answer.value();
        assert_eq!(
            (answer.status, error["errorId"].as_str()),
            (status, Some(id)),
            "{body}"
        );
        assert_eq!(error["propertyName"].as_str(), property, "{body}");
        assert_eq!(own(&self.session).await.cache_tag, self.tag, "{body}");
    }
}

#[tokio::test]
async fn another_library_is_not_ones_own() {
    let server = Server::demo().await;
    let (carl, lea) = (server.log_in("carl").await, server.log_in("lea").await);
    let refusing = Refusing::new(&server).await;
    let system = snapshot(&lea)
        .await
        .into_iter()
        .find(|file| file.name == "Letters")
        .expect("a library")
        .id;
    let denied = "error.request.responseManagement.libraryAccessDenied";
    for id in [own(&carl).await.id, system] {
        refusing
            .refuses(&refusing.with("id", json!(id)), 403, denied, None)
            .await;
    }
    refusing
        .refuses(
            &refusing.with("id", json!(guid(7))),
            400,
            INVALID,
            Some("id"),
        )
        .await;
    // Who may edit every system library may not edit the personal ones.
    let library: Library = serde_json::from_value(refusing.good.clone()).expect("a library");
    refused(lea.save_library(&library).await, 403, denied);
    refused(
        server.log_in("ben").await.save_library(&library).await,
        403,
        DENIED,
    );
    assert_eq!(own(&refusing.session).await.cache_tag, refusing.tag);
}

#[tokio::test]
async fn what_is_no_library_cannot_be_saved() {
    let server = Server::demo().await;
    let refusing = Refusing::new(&server).await;
    let untyped = json!([{"id": guid(2), "name": "n", "type": 3, "value": ""}]);
    let unvalued = json!([{"id": guid(2), "name": "n", "type": 0}]);
    let braced = json!("{0f8fad5b-d9cb-469f-a165-000000000001}");
    for (body, id, property) in [
        (refusing.without("id"), MISSING, "id"),
        (Value::Null, MISSING, "id"),
        (refusing.with("id", braced), INVALID, "id"),
        (refusing.without("name"), MISSING, "name"),
        (refusing.with("name", json!(7)), INVALID, "name"),
        (refusing.with("items", json!({})), INVALID, "items"),
        (refusing.with("items", json!([null])), INVALID, "items[0]"),
        (refusing.with("items", unvalued), MISSING, "items[0].value"),
        (refusing.with("items", untyped), INVALID, "items[0].type"),
    ] {
        refusing.refuses(&body, 400, id, Some(property)).await;
    }
    refusing
        .refuses(
            &json!([refusing.good]),
            400,
            "error.request.malformed",
            None,
        )
        .await;
}

#[tokio::test]
async fn an_item_has_an_id_of_its_own() {
    let server = Server::demo().await;
    let refusing = Refusing::new(&server).await;
    let first = &refusing.good["items"][0];
    let in_category = json!([{"id": guid(9), "name": "c", "items": [first]}]);
    let elsewhere = item(&server.log_in("lea").await, "Dealer portal").await.id;
    let of_another = Item {
        id: elsewhere,
        ..new_item(2, ItemType::Text, "mine")
    };
    for body in [
        refusing.with("items", json!([first, first])),
        refusing.with("categories", in_category),
        refusing.with("items", json!([of_another])),
    ] {
        refusing
            .refuses(
                &body,
                400,
                "error.request.responseManagement.itemIdTaken",
                None,
            )
            .await;
    }
}

#[tokio::test]
async fn a_file_item_names_a_file_that_its_owner_may_read() {
    let server = Server::demo().await;
    let refusing = Refusing::new(&server).await;
    let contract = item(&server.log_in("lea").await, "Frame contract.pdf")
        .await
        .value;
    for key in ["nonsense", "", &contract] {
        refusing
            .refuses(&refusing.with_item(ItemType::File, key), 400, NO_FILE, None)
            .await;
    }
}

#[tokio::test]
async fn a_library_of_ones_own_has_limits() {
    let limits = [
        "--limits-library-items",
        "3",
        "--limits-library-value",
        "100",
        "--limits-library-depth",
        "2",
    ];
    let server = Server::with(&limits).await;
    let anna = server.log_in("anna").await;
    let of = async |items: Vec<Item>| with_items(&anna, items).await;
    let text =
        |number: u32, length: usize| new_item(number, ItemType::Text, &"ü".repeat(length / 2));
    let category = |categories: Option<Vec<Category>>, items: Option<Vec<Item>>| {
        vec![Category {
            id: guid(50),
            name: "c".into(),
            categories,
            items,
        }]
    };
    // All that is allowed, and then a little more of each.
    let most = Library {
        categories: Some(category(
            Some(category(None, Some(vec![text(3, 100)]))),
            None,
        )),
        ..of(vec![text(1, 100), text(2, 100)]).await
    };
    anna.save_library(&most).await.expect("all that is allowed");
    let tag = own(&anna).await.cache_tag;
    let error = |name: &str| format!("error.request.responseManagement.{name}");
    let more = [
        (
            "tooManyItems",
            "3",
            Library {
                items: Some(vec![text(1, 0), text(2, 0), text(4, 0)]),
                ..most.clone()
            },
        ),
        ("valueTooLong", "100", of(vec![text(1, 102)]).await),
        (
            "valueTooLong",
            "100",
            of(vec![Item {
                shortcut: Some("s".repeat(101)),
                ..text(1, 0)
            }])
            .await,
        ),
        (
            "valueTooLong",
            "100",
            of(vec![Item {
                keywords: Some(vec!["k".repeat(101)]),
                ..text(1, 0)
            }])
            .await,
        ),
        (
            "tooDeep",
            "2",
            Library {
                categories: Some(category(
                    Some(category(Some(category(None, None)), None)),
                    None,
                )),
                ..of(vec![]).await
            },
        ),
    ];
    for (name, limit, library) in more {
        let refusal = refused(anna.save_library(&library).await, 400, &error(name));
        assert!(
            refusal.error.message.contains(limit),
            "{}",
            refusal.error.message
        );
        assert_eq!(own(&anna).await.cache_tag, tag, "{name}");
    }
}

#[tokio::test]
async fn a_library_that_is_too_large_as_a_whole_is_not_even_read() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let tag = own(&anna).await.cache_tag;
    let head = format!(
        "PUT /icws/{}/response-management HTTP/1.1\r\nHost: x\r\nCookie: {}\r\nININ-ICWS-CSRF-Token: {}\r\nContent-Length: {}\r\n\r\n",
        anna.id,
        anna.cookie.as_deref().expect("a cookie"),
        anna.token.as_deref().expect("a token"),
        (64 << 20) + 1
    );
    let mut connection = raw::Connection::open(&server.address()).await;
    connection.write(head).await;
    let answer = connection.read().await.expect("an answer");
    assert_eq!(
        (answer.status, answer.error_id().as_str()),
        (400, "error.request.tooLarge")
    );
    assert!(
        answer.json()["message"]
            .as_str()
            .expect("a message")
            .contains("67108864")
    );
    assert_eq!(own(&anna).await.cache_tag, tag);
}
