//! Rights and libraries that change while sessions run.

use std::time::Duration;

use icws::messaging::Message;

use super::{DENIED, names, snapshot, told};
use crate::email::{WAIT, refused};
use crate::server::Server;

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
