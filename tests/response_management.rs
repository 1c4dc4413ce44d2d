//! Response libraries: who sees which, their documents and files, and a library of one's own.

use std::collections::BTreeMap;
use std::time::Duration;

use icws::Guid;
use icws::client::{Call, Method, RawResponse, Session, header};
use icws::messaging::Message;
use icws::response_management::{
    Category, Item, ItemType, Library, LibraryFile, ResponseManagementMessage,
};
use serde_json::{Value, json};

use crate::email::{WAIT, demo_file, item, items, refused};
use crate::raw;
use crate::server::Server;

const SUBSCRIPTION: &str = "/messaging/subscriptions/response-management";
const DENIED: &str = "error.request.responseManagement.accessDenied";
const INVALID: &str = "error.request.invalidRepresentation.invalidProperty";
const MISSING: &str = "error.request.invalidRepresentation.missingProperty";
const NO_FILE: &str = "error.request.responseManagement.fileNotFound";

/// What a poll tells of libraries, if anything.
async fn told(session: &Session) -> Option<ResponseManagementMessage> {
    let mut messages = session
        .messages()
        .await
        .expect("a poll")
        .into_iter()
        .filter_map(|message| match message {
            Message::ResponseManagement(message) => Some(message),
            _ => None,
        });
    let told = messages.next();
    assert_eq!(messages.next(), None, "all of it is one message");
    told
}

/// The libraries of now, as a new subscription tells them.
async fn snapshot(session: &Session) -> Vec<LibraryFile> {
    session
        .subscribe_response_management()
        .await
        .expect("subscribes");
    let message = told(session).await.expect("a snapshot");
    assert!(!message.is_delta);
    assert_eq!(
        (
            message.libraries_changed.unwrap_or_default().len(),
            message.libraries_removed
        ),
        (0, Some(vec![]))
    );
    message.libraries_added.expect("the libraries")
}

fn names(files: &[LibraryFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

/// The session's own library, as it is listed.
async fn own(session: &Session) -> LibraryFile {
    let mut files = snapshot(session).await;
    assert_eq!(files[0].name, session.user_id());
    files.swap_remove(0)
}

fn guid(number: u32) -> Guid {
    format!("0f8fad5b-d9cb-469f-a165-{number:012}")
        .parse()
        .expect("a Guid")
}

fn new_item(number: u32, kind: ItemType, value: &str) -> Item {
    Item {
        id: guid(number),
        name: format!("Item {number}"),
        kind,
        shortcut: None,
        keywords: None,
        value: value.to_owned(),
    }
}

/// A library that its owner may save.
async fn with_items(session: &Session, items: Vec<Item>) -> Library {
    let file = own(session).await;
    Library {
        id: file.id,
        name: file.name,
        description: None,
        categories: None,
        items: Some(items),
    }
}

#[tokio::test]
async fn each_user_is_told_the_libraries_he_may_view() {
    let server = Server::demo().await;
    let system = ["Contracts", "Letters", "Product Information"];
    for (user, libraries) in [
        ("anna", vec!["anna", "Letters", "Product Information"]),
        ("carl", vec!["carl", "Letters", "Product Information"]),
        ("lea", [&["lea"], &system[..]].concat()),
        ("admin", [&["admin"], &system[..]].concat()),
    ] {
        let session = server.log_in(user).await;
        let files = snapshot(&session).await;
        assert_eq!(names(&files), libraries);
        for file in files {
            assert_eq!(
                file.url,
                format!(
                    "/icws/{}/response-management/libraries/{}?tag={}",
                    session.id, file.id, file.cache_tag
                )
            );
            let library = session.library(&file.url).await.expect("a library");
            assert_eq!((library.id, library.name), (file.id, file.name));
        }
        assert_eq!(told(&session).await, None);
    }
    let ben = server.log_in("ben").await;
    refused(ben.subscribe_response_management().await, 403, DENIED);
    // Nobody needs a right to hear no more.
    assert_eq!(
        ben.raw(Method::DELETE, SUBSCRIPTION, None)
            .await
            .expect("an answer")
            .status,
        204
    );
}

#[tokio::test]
async fn a_subscription_answers_with_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for body in [
        None,
        Some(json!({})),
        Some(Value::Null),
        Some(json!({"subscriptionId": 7})),
    ] {
        let answer = anna
            .raw(Method::PUT, SUBSCRIPTION, body.as_ref())
            .await
            .expect("an answer");
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    for _ in 0..2 {
        assert_eq!(
            anna.raw(Method::DELETE, SUBSCRIPTION, None)
                .await
                .expect("an answer")
                .status,
            204
        );
    }
    assert_eq!(told(&anna).await, None, "what was not read of it is gone");
}

#[tokio::test]
async fn a_document_is_what_the_demo_holds() {
    let server = Server::demo().await;
    let lea = server.log_in("lea").await;
    let items: BTreeMap<String, Item> = items(&lea)
        .await
        .into_iter()
        .map(|item| (item.name.clone(), item))
        .collect();
    let text = &items["Greeting"];
    assert_eq!(text.kind, ItemType::Text);
    assert_eq!(
        text.value.as_bytes(),
        demo_file("libraries/Letters/Greetings/Greeting.txt")
    );
    let page = &items["Late delivery"];
    assert_eq!(
        (page.kind, page.value.as_bytes()),
        (
            ItemType::Text,
            &demo_file("libraries/Letters/Complaints/Late delivery.html")[..]
        )
    );
    let link = &items["Web shop"];
    assert!(
        link.kind == ItemType::Url && link.value.starts_with("https://"),
        "{}",
        link.value
    );
    for name in [
        "Preisliste für Händler.pdf",
        "価格表.pdf",
        "Logo.png",
        "Showroom.bmp",
        "Frame contract.pdf",
    ] {
        let file = items.get(name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(file.kind, ItemType::File);
        assert_eq!(file.value, format!("{}/{name}", file.id));
    }
    assert!(items.contains_key("Begrüßung") && items.contains_key("ご挨拶"));
}

/// Asks for an address with headers of one's own.
async fn get(session: &Session, url: &str, headers: &[(&str, &str)]) -> RawResponse {
    let mut call = session.call(Method::GET, url);
    for (name, value) in headers {
        call = call.header(*name, value);
    }
    session.client.send(call).await.expect("an answer")
}

#[tokio::test]
async fn a_document_may_be_kept_under_its_tag() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let file = own(&anna).await;
    let plain = file.url.split('?').next().expect("a path").to_owned();
    let answer = get(&anna, &file.url, &[]).await;
    assert_eq!(
        (answer.status, answer.header(header::CONTENT_TYPE)),
        (200, Some("application/vnd.inin.icws+json"))
    );
    assert_eq!(
        answer.header(header::ETAG),
        Some(format!("\"{}\"", file.cache_tag).as_str())
    );
    assert_eq!(
        answer.header(header::CACHE_CONTROL),
        Some("private, max-age=31536000, immutable")
    );
    assert_eq!(
        answer.header(header::X_CONTENT_TYPE_OPTIONS),
        Some("nosniff")
    );
    for other in [
        plain.clone(),
        format!("{plain}?tag="),
        format!("{plain}?tag=0"),
        format!("{plain}?tag=0&tag={}", file.cache_tag),
    ] {
        let answer = get(&anna, &other, &[]).await;
        assert_eq!(
            (answer.status, answer.header(header::CACHE_CONTROL)),
            (200, Some("private, no-cache")),
            "{other}"
        );
    }
    let etag = answer.header(header::ETAG).expect("an ETag");
    for same in [
        etag.to_owned(),
        format!("W/{etag}"),
        format!("\"x\", {etag}"),
        "*".to_owned(),
    ] {
        let answer = get(&anna, &plain, &[("If-None-Match", &same)]).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{same}");
        assert_eq!(answer.header(header::ETAG), Some(etag));
    }
    for other in ["\"x\"", "", "x"] {
        assert_eq!(
            get(&anna, &plain, &[("If-None-Match", other)]).await.status,
            200,
            "{other}"
        );
    }
    let head = anna
        .client
        .send(Call {
            method: Method::HEAD,
            ..anna.call(Method::GET, &file.url)
        })
        .await
        .expect("an answer");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        head.header(header::CONTENT_LENGTH),
        Some(answer.body.len().to_string().as_str())
    );

    // An address of before gives what is there now, which is not to be kept under it.
    let before = file.clone();
    let library = with_items(&anna, vec![new_item(1, ItemType::Text, "new")]).await;
    anna.save_library(&library).await.expect("saves");
    let answer = get(&anna, &before.url, &[("If-None-Match", etag)]).await;
    assert_eq!(
        (answer.status, answer.header(header::CACHE_CONTROL)),
        (200, Some("private, no-cache"))
    );
    assert_ne!(answer.header(header::ETAG), Some(etag));
    assert_eq!(answer.value()["items"][0]["value"], "new");
}

#[tokio::test]
async fn a_document_is_for_those_who_may_view_it() {
    let server = Server::demo().await;
    let (anna, carl, lea) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("lea").await,
    );
    let ben = server.log_in("ben").await;
    let foreign = own(&carl).await.id;
    let contracts = snapshot(&lea)
        .await
        .into_iter()
        .find(|file| file.name == "Contracts")
        .expect("the third library")
        .id;
    let url = |session: &Session, id: &str| {
        format!("/icws/{}/response-management/libraries/{id}", session.id)
    };
    let denied = "error.request.responseManagement.libraryAccessDenied";
    let missing = "error.request.responseManagement.libraryNotFound";
    for (session, id, status, error) in [
        (&anna, foreign.to_string(), 403, denied),
        (&lea, foreign.to_string(), 403, denied),
        (&anna, contracts.to_string(), 403, denied),
        (&ben, foreign.to_string(), 403, DENIED),
        (&anna, guid(7).to_string(), 404, missing),
        (&anna, "nonsense".to_owned(), 404, missing),
        (&anna, "%FF%00".to_owned(), 404, missing),
    ] {
        refused(session.library(&url(session, &id)).await, status, error);
    }
    // The token is not asked for; the cookie of just this session is.
    let file = own(&anna).await;
    anna.without_token()
        .library(&file.url)
        .await
        .expect("an address is enough");
    refused(
        anna.without_cookie().library(&file.url).await,
        401,
        "error.request.connection.cookieMissing",
    );
    refused(
        carl.library(&file.url).await,
        401,
        "error.request.connection.cookieMismatch",
    );
    // An id compares without case.
    let upper = url(&anna, &file.id.to_string().to_uppercase());
    assert_eq!(anna.library(&upper).await.expect("a library").id, file.id);
}

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

    // The file of an item of one's own can be read by its key, and inserted.
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let bytes = anna.fetch(&url).await.expect("the bytes").body;
    assert_eq!(bytes, demo_file("libraries/Product Information/Logo.png"));
    let draft = crate::email::draft(&anna).await;
    anna.insert(&draft, guid(3), None)
        .await
        .expect("is inserted");
    assert_eq!(crate::email::names_of(&anna, &draft).await, ["Logo.png"]);

    // The same again changes nothing that anybody would hear of; an empty library is one, too.
    told(&again).await;
    again.save_library(&library).await.expect("saves");
    assert_eq!(told(&again).await, None);
    let empty = json!({"id": before.id.to_string().to_uppercase(), "name": "", "items": null, "unknown": [1]});
    assert_eq!(
        anna.raw(Method::PUT, "/response-management", Some(&empty))
            .await
            .expect("an answer")
            .status,
        204
    );
    let found = anna
        .library(&own(&anna).await.url)
        .await
        .expect("a library");
    assert_eq!(
        (
            found.items.unwrap_or_default(),
            found.categories.unwrap_or_default()
        ),
        (vec![], vec![])
    );
    refused(
        anna.insert(&draft, guid(3), None).await,
        400,
        "error.request.responseManagement.itemNotFound",
    );
    assert_eq!(
        crate::email::names_of(&anna, &draft).await,
        ["Logo.png"],
        "what was inserted stays"
    );
}

#[tokio::test]
async fn a_library_that_cannot_be_saved_changes_nothing() {
    let server = Server::demo().await;
    let (anna, carl, lea) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("lea").await,
    );
    let ben = server.log_in("ben").await;
    let before = own(&anna).await;
    let foreign = own(&carl).await.id;
    let (contract, portal) = (
        item(&lea, "Frame contract.pdf").await,
        item(&lea, "Dealer portal").await,
    );
    let letters = snapshot(&lea)
        .await
        .into_iter()
        .find(|file| file.name == "Letters")
        .expect("a system library")
        .id;
    let library = with_items(&anna, vec![new_item(1, ItemType::Text, "x")]).await;
    let good = serde_json::to_value(&library).expect("JSON");
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let without = |member: &str| {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(member);
        body
    };
    let item =
        |kind: ItemType, value: &str| serde_json::to_value(new_item(2, kind, value)).expect("JSON");
    let of_portal = Item {
        id: portal.id,
        ..new_item(2, ItemType::Text, "mine")
    };
    let twice = json!([good["items"][0], good["items"][0]]);
    let nested = json!([{"id": guid(9), "name": "c", "items": [good["items"][0]]}]);
    let not_mine = "error.request.responseManagement.libraryAccessDenied";
    let taken = "error.request.responseManagement.itemIdTaken";
    let malformed = "error.request.malformed";
    let cases: Vec<(&str, Value, u16, &str, Option<&str>)> = vec![
        (
            "an id that no library has",
            with("id", json!(guid(7))),
            400,
            INVALID,
            Some("id"),
        ),
        (
            "a system library's id",
            with("id", json!(letters)),
            403,
            not_mine,
            None,
        ),
        (
            "another's id",
            with("id", json!(foreign)),
            403,
            not_mine,
            None,
        ),
        ("no id", without("id"), 400, MISSING, Some("id")),
        (
            "no Guid",
            with("id", json!("{0f8fad5b-d9cb-469f-a165-000000000001}")),
            400,
            INVALID,
            Some("id"),
        ),
        ("no name", without("name"), 400, MISSING, Some("name")),
        (
            "a name that is none",
            with("name", json!(7)),
            400,
            INVALID,
            Some("name"),
        ),
        (
            "items that are no list",
            with("items", json!({})),
            400,
            INVALID,
            Some("items"),
        ),
        (
            "an item that is null",
            with("items", json!([null])),
            400,
            INVALID,
            Some("items[0]"),
        ),
        (
            "an item without a value",
            with("items", json!([{"id": guid(2), "name": "n", "type": 0}])),
            400,
            MISSING,
            Some("items[0].value"),
        ),
        (
            "an item of no type",
            with(
                "items",
                json!([{"id": guid(2), "name": "n", "type": 3, "value": ""}]),
            ),
            400,
            INVALID,
            Some("items[0].type"),
        ),
        ("an id twice", with("items", twice), 400, taken, None),
        (
            "an id twice, once in a category",
            with("categories", nested),
            400,
            taken,
            None,
        ),
        (
            "an item of another library",
            with("items", json!([of_portal])),
            400,
            taken,
            None,
        ),
        (
            "a file that is not there",
            with("items", json!([item(ItemType::File, "nonsense")])),
            400,
            NO_FILE,
            None,
        ),
        (
            "a file without a key",
            with("items", json!([item(ItemType::File, "")])),
            400,
            NO_FILE,
            None,
        ),
        (
            "a file that he may not read",
            with("items", json!([item(ItemType::File, &contract.value)])),
            400,
            NO_FILE,
            None,
        ),
        ("a list", json!([good]), 400, malformed, None),
        ("nothing", Value::Null, 400, MISSING, Some("id")),
    ];
    for (what, body, status, id, property) in cases {
        let answer = anna
            .raw(Method::PUT, "/response-management", Some(&body))
            .await
            .expect("an answer");
        let error = answer.value();
        assert_eq!(
            (answer.status, error["errorId"].as_str()),
            (status, Some(id)),
            "{what}"
        );
        assert_eq!(error["propertyName"].as_str(), property, "{what}");
        assert_eq!(own(&anna).await.cache_tag, before.cache_tag, "{what}");
    }
    refused(ben.save_library(&library).await, 403, DENIED);
    refused(lea.save_library(&library).await, 403, not_mine);
    assert_eq!(own(&anna).await.cache_tag, before.cache_tag);
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
    // What is too large as a whole is not even read.
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

#[tokio::test]
async fn a_file_has_an_address() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let logo = item(&anna, "Logo.png").await;
    let bytes = demo_file("libraries/Product Information/Logo.png");
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let path = format!("/icws/{}/response-management/files/", anna.id);
    assert!(
        url.starts_with(&path) && !url[path.len()..].contains('/'),
        "{url}"
    );
    let answer = anna.without_token().fetch(&url).await.expect("the bytes");
    assert_eq!((answer.status, &answer.body[..]), (200, &bytes[..]));
    assert_eq!(answer.header(header::CONTENT_TYPE), Some("image/png"));
    assert_eq!(
        answer.header(header::CONTENT_DISPOSITION),
        Some("attachment; filename=\"Logo.png\"")
    );
    assert_eq!(
        answer.header(header::X_CONTENT_TYPE_OPTIONS),
        Some("nosniff")
    );
    assert_eq!(
        answer.header(header::CONTENT_SECURITY_POLICY),
        Some("default-src 'none'; sandbox")
    );
    assert_eq!(
        answer.header(header::CACHE_CONTROL),
        Some("private, no-cache")
    );
    assert_eq!(answer.header(header::ACCEPT_RANGES), Some("bytes"));
    assert_eq!(
        answer.header(header::CONTENT_LENGTH),
        Some(bytes.len().to_string().as_str())
    );
    let etag = answer.header(header::ETAG).expect("an ETag").to_owned();
    assert_eq!(
        get(&anna, &url, &[("If-None-Match", &etag)]).await.status,
        304
    );

    refused(
        anna.without_cookie().fetch(&url).await,
        401,
        "error.request.connection.cookieMissing",
    );
    refused(
        carl.fetch(&url).await,
        401,
        "error.request.connection.cookieMismatch",
    );
    refused(
        server.log_in("ben").await.file_url(&logo.value).await,
        403,
        DENIED,
    );
    for missing in [
        "nonsense",
        "..%2F..%2Fattache.sqlite",
        "%FF",
        "%00",
        &format!("{}%2FLogo.pdf", logo.id),
        &logo.id.to_string(),
    ] {
        refused(anna.fetch(&format!("{path}{missing}")).await, 404, NO_FILE);
    }
}

#[tokio::test]
async fn a_file_can_be_read_in_parts() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let url = anna
        .file_url(&item(&anna, "Catalogue.pdf").await.value)
        .await
        .expect("an address")
        .url;
    let bytes = demo_file("libraries/Product Information/Catalogue.pdf");
    let size = bytes.len();
    for (range, first, end) in [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=-5", size - 5, size),
        (&format!("bytes={}-", size - 1), size - 1, size),
        ("bytes=100-99999999999", 100, size),
    ] {
        let part = anna.fetch_range(&url, range).await.expect("an answer");
        assert_eq!(
            (part.status, &part.body[..]),
            (206, &bytes[first..end]),
            "{range}"
        );
        let content_range = format!("bytes {first}-{}/{size}", end - 1);
        assert_eq!(
            part.header(header::CONTENT_RANGE),
            Some(content_range.as_str())
        );
        assert_eq!(part.header(header::CONTENT_TYPE), Some("application/pdf"));
    }
    for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
        let none = anna.fetch_range(&url, &range).await.expect("an answer");
        assert_eq!(
            (none.status, none.value()["errorId"].as_str()),
            (416, Some("error.request.rangeNotSatisfiable"))
        );
        assert_eq!(
            none.header(header::CONTENT_RANGE),
            Some(format!("bytes */{size}").as_str())
        );
    }
    for whole in ["bytes=0-1,3-4", "items=0-1", "bytes=9-1", "nonsense"] {
        let answer = anna.fetch_range(&url, whole).await.expect("an answer");
        assert_eq!((answer.status, answer.body.len()), (200, size), "{whole}");
    }
    let etag = anna
        .fetch(&url)
        .await
        .expect("the bytes")
        .header(header::ETAG)
        .expect("an ETag")
        .to_owned();
    let same = get(&anna, &url, &[("Range", "bytes=0-3"), ("If-Range", &etag)]).await;
    assert_eq!((same.status, same.body.len()), (206, 4));
    let other = get(
        &anna,
        &url,
        &[("Range", "bytes=0-3"), ("If-Range", "\"other\"")],
    )
    .await;
    assert_eq!(
        (other.status, other.body.len()),
        (200, size),
        "parts of two files would be no file"
    );
}

#[tokio::test]
async fn a_file_is_called_by_its_name() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for (name, encoded) in [
        (
            "Preisliste für Händler.pdf",
            "Preisliste%20f%C3%BCr%20H%C3%A4ndler.pdf",
        ),
        ("価格表.pdf", "%E4%BE%A1%E6%A0%BC%E8%A1%A8.pdf"),
    ] {
        let found = item(&anna, name).await;
        let url = anna.file_url(&found.value).await.expect("an address").url;
        assert!(url.is_ascii());
        let answer = anna.fetch(&url).await.expect("the bytes");
        let disposition = answer.header(header::CONTENT_DISPOSITION).expect("ASCII");
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
        assert!(
            disposition.ends_with(&format!("filename*=UTF-8''{encoded}")),
            "{disposition}"
        );
        assert_eq!(
            answer.body,
            demo_file(&format!("libraries/Product Information/Prices/{name}"))
        );
    }
    // The file that is made at start has eight mebibytes.
    let url = anna
        .file_url(&item(&anna, "Showroom.bmp").await.value)
        .await
        .expect("an address")
        .url;
    let answer = anna.fetch(&url).await.expect("the bytes");
    assert!(answer.body.len() >= 8 << 20 && answer.body.starts_with(b"BM"));
    assert_eq!(answer.header(header::CONTENT_TYPE), Some("image/bmp"));
}

#[tokio::test]
async fn a_name_that_is_no_file_has_no_address() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let contract = item(&lea, "Frame contract.pdf").await;
    lea.file_url(&contract.value).await.expect("an address");
    for name in [
        "nonsense",
        "",
        "..",
        &contract.value,
        &contract.id.to_string(),
        &"x".repeat(5_000),
    ] {
        refused(anna.file_url(name).await, 400, NO_FILE);
    }
    let answer = anna
        .raw(Method::POST, "/response-management/file", Some(&json!({})))
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, answer.value()["propertyName"].as_str()),
        (400, Some("name"))
    );
}

/// Rights are given and taken by the command line; a running session hears of it.
#[tokio::test]
async fn rights_take_effect_in_running_sessions() {
    let server = Server::demo().await;
    let (anna, ben) = (server.log_in("anna").await, server.log_in("ben").await);
    snapshot(&anna).await;
    let mut stream = anna.stream(None).await.expect("a stream");
    let command = async |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        server.done(&words).await;
    };
    // The command has ended; the server looks at its tables five times a second.
    let mut heard = async || {
        let event = stream
            .next_within(Duration::from_secs(1))
            .await
            .expect("it is heard of at once");
        let Message::ResponseManagement(message) = event.message else {
            panic!("{}", event.data)
        };
        assert!(message.is_delta && message.libraries_changed.is_none());
        (
            message.libraries_added.unwrap_or_default(),
            message.libraries_removed.unwrap_or_default(),
        )
    };
    command("library grant Contracts --user anna").await;
    let (added, removed) = heard().await;
    assert_eq!((names(&added), removed.len()), (vec!["Contracts"], 0));
    let (contracts, url) = (added[0].id, added[0].url.clone());
    let library = anna.library(&url).await.expect("may be read now");
    assert_eq!(library.name, "Contracts");

    command("user revoke anna responseManagementDocuments Contracts").await;
    let (added, removed) = heard().await;
    assert_eq!((added, removed), (vec![], vec![contracts]));
    refused(
        anna.library(&url).await,
        403,
        "error.request.responseManagement.libraryAccessDenied",
    );

    command("user revoke --workgroup Support responseManagementDocuments Letters").await;
    let (added, removed) = heard().await;
    assert_eq!((added.len(), removed.len()), (0, 1));
    command("library grant Letters --everyone").await;
    assert_eq!(names(&heard().await.0), ["Letters"]);

    command("user revoke anna allowResponseManagement").await;
    let (added, removed) = heard().await;
    assert_eq!((added.len(), removed.len()), (0, 3), "all that there were");
    refused(anna.subscribe_response_management().await, 403, DENIED);
    refused(anna.library(&url).await, 403, DENIED);
    command("user grant anna allowResponseManagement").await;
    assert_eq!(
        names(&heard().await.0),
        ["anna", "Letters", "Product Information"]
    );

    refused(ben.subscribe_response_management().await, 403, DENIED);
    command("user grant ben allowResponseManagement").await;
    let granted = tokio::time::timeout(WAIT, async {
        while ben.subscribe_response_management().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    granted.await.expect("he may now");
    assert_eq!(
        names(&snapshot(&ben).await),
        ["ben", "Letters", "Product Information"]
    );
}

/// A library that is brought in anew is heard of by those who may view it.
#[tokio::test]
async fn an_import_is_heard_of() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    snapshot(&anna).await;
    snapshot(&lea).await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("Hello.txt"), "hello").expect("a file");
    let path = folder.path().to_str().expect("UTF-8");
    server
        .done(&["library", "import", path, "--name", "News"])
        .await;
    let mut message = None;
    crate::server::eventually("the librarian hears of a new library", async || {
        message = told(&lea).await;
        message.is_some()
    })
    .await;
    let added = message
        .expect("a message")
        .libraries_added
        .expect("a library");
    assert_eq!(names(&added), ["News"]);
    assert_eq!(told(&anna).await, None, "who may not view it does not");
    std::fs::write(folder.path().join("Hello.txt"), "hello again").expect("a file");
    server
        .done(&["library", "import", path, "--name", "News"])
        .await;
    let mut message = None;
    crate::server::eventually("a change is heard of", async || {
        message = told(&lea).await;
        message.is_some()
    })
    .await;
    let changed = message
        .expect("a message")
        .libraries_changed
        .expect("a library");
    assert_eq!(names(&changed), ["News"]);
    let library = lea.library(&changed[0].url).await.expect("a library");
    assert_eq!(library.items.expect("items")[0].value, "hello again");
}
