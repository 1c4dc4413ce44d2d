//! Files of one's own: uploaded under a new name, then named by an item.

use icws::client::{Method, header};
use icws::response_management::ItemType;

use super::{NO_FILE, new_item, with_items};
use crate::email::{draft, item, names_of, refused};
use crate::server::Server;

const TAKEN: &str = "error.request.responseManagement.fileNameTaken";

#[tokio::test]
async fn a_file_is_uploaded_then_named_and_inserted() {
    let mut server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let name = "Angebot für Müller.pdf";
    let url = anna.file_url(name).await.expect("an address").url;
    refused(anna.fetch(&url).await, 404, NO_FILE);
    let library = with_items(&anna, vec![new_item(1, ItemType::File, name)]).await;
    refused(anna.save_library(&library).await, 400, NO_FILE);

    // The token is not asked for, the cookie is.
    refused(
        anna.without_cookie().put(&url, "x").await,
        401,
        "error.request.connection.cookieMissing",
    );
    refused(
        carl.put(&url, "x").await,
        401,
        "error.request.connection.cookieMismatch",
    );
    let first = anna
        .without_token()
        .put(&url, "first")
        .await
        .expect("taken");
    assert_eq!((first.status, first.body.len()), (200, 0));
    assert_eq!(first.header(header::CONTENT_TYPE), Some("application/pdf"));
    // Until an item names it, it may be uploaded again.
    anna.put(&url, "second").await.expect("taken");
    assert_eq!(
        &anna.fetch(&url).await.expect("the bytes").body[..],
        b"second"
    );
    refused(
        carl.fetch(&carl.file_url(name).await.expect("an address").url)
            .await,
        404,
        NO_FILE,
    );
    let mut kept = new_item(2, ItemType::File, "later.txt");
    anna.put(
        &anna.file_url("later.txt").await.expect("an address").url,
        "later",
    )
    .await
    .expect("taken");

    anna.save_library(&library).await.expect("saved");
    refused(anna.put(&url, "third").await, 400, TAKEN);
    assert!(server.stop().await.success());
    server.start().await;
    let draft = draft(&anna).await;
    anna.insert(&draft, library.items.as_ref().expect("items")[0].id, None)
        .await
        .expect("inserted");
    assert_eq!(names_of(&anna, &draft).await, [name]);
    assert_eq!(
        &anna.fetch(&url).await.expect("the bytes").body[..],
        b"second"
    );

    // What was not named yet waits for its item; what is not named any more is gone.
    kept.name = "Later".into();
    let library = with_items(&anna, vec![kept]).await;
    anna.save_library(&library).await.expect("saved");
    refused(anna.fetch(&url).await, 404, NO_FILE);
    anna.put(&url, "again")
        .await
        .expect("the name is free again");
}

#[tokio::test]
async fn what_cannot_be_a_file_of_ones_own_is_refused() {
    let server = Server::with(&["--limits-file", "1000"]).await;
    let anna = server.log_in("anna").await;
    let url = anna.file_url("a.txt").await.expect("an address").url;
    anna.put(&url, vec![b'x'; 1_000]).await.expect("just fits");
    refused(
        anna.put(&url, vec![b'x'; 1_001]).await,
        400,
        "error.request.email.fileTooLarge",
    );
    assert_eq!(anna.fetch(&url).await.expect("the bytes").body.len(), 1_000);
    let base = url.strip_suffix("a.txt").expect("the name").to_owned();
    for bad in [
        "a%2Fb.txt",
        "..",
        "%2E%2E",
        "a%5Cb",
        "a%00b",
        "%FF",
        "a%0Ab",
        "",
        "CON",
    ] {
        let answer = anna
            .raw(Method::PUT, &format!("{base}{bad}"), None)
            .await
            .expect("an answer");
        assert_eq!(answer.status, 404, "{bad}");
    }
    // The key of a library's file is not one of one's own.
    let logo = item(&anna, "Logo.png").await;
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let answer = anna.raw(Method::PUT, &url, None).await.expect("an answer");
    assert_eq!(answer.status, 404);
    let ben = server.log_in("ben").await;
    let url = format!("/icws/{}/response-management/files/a.txt", ben.id);
    refused(
        ben.put(&url, "x").await,
        403,
        "error.request.responseManagement.accessDenied",
    );
}
