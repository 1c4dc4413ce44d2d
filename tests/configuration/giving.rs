//! Nobody gives what he does not hold, nor by putting anybody into a group that holds it.

use icws::client::Method;
use serde_json::{Value, json};

use super::{DENIED, ask, get, refusal};
use crate::server::Server;

#[tokio::test]
async fn nobody_puts_anybody_where_more_is_held_than_he_holds() {
    let server = Server::demo().await;
    for words in [
        "user grant lea users *",
        "user grant lea roles *",
        "user grant lea workgroups *",
        "user role carl Keepers",
        "user grant --role Keepers previewEmailUserQueue ben",
        "user grant --role Readers responseManagementDocuments Letters",
        "user role carl Readers",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        if words[2] == "--role" {
            // A role is made by whom it is given to.
            server.done(&["user", "role", "carl", words[3]]).await;
        }
        server.done(&words).await;
    }
    let (admin, lea) = (server.log_in("admin").await, server.log_in("lea").await);
    let roles = |names: &[&str]| {
        let named: Vec<Value> = names.iter().map(|name| json!({"id": name})).collect();
        json!({"roles": {"actualValue": named}})
    };
    let list = |property: &str, names: &[&str]| {
        let named: Vec<Value> = names.iter().map(|name| json!({"id": name})).collect();
        json!({property: named})
    };
    let mut new = roles(&["Keepers"]);
    new["configurationId"] = json!({"id": "dora"});
    for (method, path, body) in [
        (Method::PUT, "users/lea", roles(&["Keepers"])),
        (Method::PUT, "users/anna", roles(&["Readers", "Keepers"])),
        (Method::POST, "users", new),
        (
            Method::PUT,
            "roles/Keepers",
            list("users", &["carl", "lea"]),
        ),
        (Method::PUT, "users/lea", list("workgroups", &["Support"])),
        (
            Method::PUT,
            "workgroups/Support",
            list("members", &["anna", "ben", "carl", "lea"]),
        ),
    ] {
        let answer = ask(&lea, method, path, Some(&body)).await;
        assert_eq!(refusal(&answer), (403, DENIED.to_owned()), "{path} {body}");
    }
    let told = get(&admin, "users/lea?select=roles,workgroups").await;
    assert_eq!(told["roles"]["effectiveValue"], json!([]));
    assert_eq!(told["workgroups"], json!([]));

    // What one holds oneself one may give: a library that one may use, and all after it was given to her.
    let answer = ask(&lea, Method::PUT, "users/anna", Some(&roles(&["Readers"]))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    // Taking out is no giving.
    for (path, body) in [
        ("users/carl", roles(&["Readers"])),
        ("workgroups/Support", list("members", &["anna", "ben"])),
    ] {
        let answer = ask(&lea, Method::PUT, path, Some(&body)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    server
        .done(&["user", "grant", "lea", "previewEmailUserQueue", "ben"])
        .await;
    let answer = ask(
        &lea,
        Method::PUT,
        "roles/Keepers",
        Some(&list("users", &["lea"])),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = ask(
        &admin,
        Method::PUT,
        "users/lea",
        Some(&list("workgroups", &["Support"])),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
