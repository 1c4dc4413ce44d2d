//! System libraries as configuration objects.

use std::fs;

use icws::client::{Method, Session};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{get, ids};
use crate::server::{Server, eventually};

/// The message of a watched library, if one has come.
async fn told(session: &Session) -> Option<Value> {
    let poll = session.raw(Method::GET, "/messaging/messages", None).await;
    poll.expect("a poll").value().as_array_mut()?.pop()
}

#[tokio::test]
async fn what_a_library_is_for_is_told_and_looked_for() {
    let server = Server::demo().await;
    let (admin, lea) = (server.log_in("admin").await, server.log_in("lea").await);
    let tree = TempDir::new().expect("a folder");
    fs::write(tree.path().join("Hello.txt"), "Hello").expect("a text");
    let folder = tree.path().to_str().expect("UTF-8").to_owned();
    let import = async |description: &str| {
        let about = format!("name = \"Said\"\ndescription = \"{description}\"\n");
        fs::write(tree.path().join("library.toml"), about).expect("a file");
        server.done(&["library", "import", &folder]).await;
    };
    let long = "ö".repeat(5_000);
    import(&long).await;
    let path = "response-management-documents";
    let found = async |session: &Session, text: &str| {
        let query =
            format!("{path}?where=description%20ct%20{text}&select=description&rightsFilter=view");
        get(session, &query).await
    };
    eventually("it is there", async || {
        !ids(&found(&admin, "%C3%B6%C3%B6").await).is_empty()
    })
    .await;
    let told_of_it = found(&lea, "%C3%96").await["items"][0]["description"].clone();
    assert_eq!(
        told_of_it.as_str().map(|text| text.chars().count()),
        Some(4_000)
    );

    let watch =
        json!({"configurationIds": ["*"], "properties": ["description"], "rightsFilter": "admin"});
    let subscription = format!("/messaging/subscriptions/configuration/{path}/x");
    let answer = admin.raw(Method::PUT, &subscription, Some(&watch)).await;
    assert_eq!(answer.expect("an answer").status, 200);
    assert_eq!(told(&admin).await.expect("a snapshot")["isDelta"], false);
    import("What is said").await;
    let mut change = None;
    eventually("the change is told", async || {
        change = told(&admin).await;
        change.is_some()
    })
    .await;
    let change = change.expect("a message");
    assert_eq!(
        change["changed"][0]["description"], "What is said",
        "{change}"
    );
    let list = found(&admin, "SAID").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    let one = get(&admin, &format!("{path}/{}?select=*", ids(&list)[0])).await;
    assert_eq!(one["description"], "What is said");
    let ordered = get(
        &admin,
        &format!("{path}?orderBy=description%20desc&select=description"),
    )
    .await;
    assert_eq!(ordered["items"][0]["description"], "What is said");
    assert_eq!(
        ordered["items"][1].get("description"),
        None,
        "others say nothing"
    );
    let bare = get(
        &admin,
        &format!("{path}/{}?select=createdDate", ids(&list)[0]),
    )
    .await;
    assert_eq!(bare.get("description"), None);
}
