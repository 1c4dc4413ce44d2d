//! Who is told of which library, and the documents.

use std::collections::BTreeMap;

use icws::client::{Call, Method, Session, header};
use icws::response_management::{Item, ItemType};
use serde_json::{Value, json};

use super::{DENIED, SUBSCRIPTION, get, guid, names, new_item, own, snapshot, told, with_items};
use crate::email::{demo_file, items, refused};
use crate::server::Server;

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
