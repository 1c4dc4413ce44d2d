//! What was told of an object is taken back, and changes nothing.

use icws::client::Method;
use serde_json::{Value, json};

use super::{ask, get, id, ids, wrong};
use crate::server::Server;

#[tokio::test]
async fn what_was_told_of_an_object_can_be_sent_back() {
    let server = Server::demo().await;
    for words in [
        "user role anna Seniors",
        "user grant --role Seniors viewUserQueue ben",
        "user grant ben responseManagementDocuments Letters",
        "user mailbox carl carl@example.com",
        "workgroup add Sales",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        server.done(&words).await;
    }
    let admin = server.log_in("admin").await;
    for kind in ["users", "roles", "workgroups"] {
        let path = format!("/messaging/subscriptions/configuration/{kind}/x");
        let all = json!({"configurationIds": ["*"], "properties": ["configurationId"], "rightsFilter": "admin"});
        let answer = admin.raw(Method::PUT, &path, Some(&all)).await;
        assert_eq!(answer.expect("an answer").status, 200);
    }
    admin.messages().await.expect("snapshots");
    let detail = "select=*&actualValues=1&inheritedValues=1&singlePropertyInheritedFrom=1";
    let mut seen = 0;
    for kind in ["users", "roles", "workgroups"] {
        for id in ids(&get(&admin, kind).await) {
            let path = format!("{kind}/{id}");
            for query in ["select=*", detail] {
                let told = get(&admin, &format!("{path}?{query}")).await;
                let answer = ask(&admin, Method::PUT, &path, Some(&told)).await;
                assert_eq!(answer.status, 200, "{path} {query}: {}", answer.text());
                let now = get(&admin, &format!("{path}?{query}")).await;
                assert_eq!(now, told, "{path} {query}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2 * (5 + 1 + 2));
    let messages = admin.messages().await.expect("a poll");
    assert!(messages.is_empty(), "nothing was changed: {messages:?}");
}

#[tokio::test]
async fn what_will_be_so_anyway_can_be_said_and_nothing_else() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let new = json!({
        "configurationId": {"id": "Sales"},
        "hasQueue": true, "isActive": "true", "queueType": 5, "isAcdEmailRoutingActive": true,
        "notes": null, "supervisors": null,
    });
    let made = ask(&admin, Method::POST, "workgroups", Some(&new)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    // A user like another one.
    let mut like_anna = get(&admin, "users/anna?select=*").await;
    like_anna["configurationId"] = json!({"id": "dora", "displayName": "Dora"});
    let made = ask(&admin, Method::POST, "users", Some(&like_anna)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let mut later = json!({"statusText": "Long gone", "createdDate": "20200101T000000Z"});
    later["licenseProperties"] = json!({"mediaLevel": "3"});
    let answer = ask(&admin, Method::PUT, "users/dora", Some(&later)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());

    let with = |base: Value, property: &str, value: Value| {
        let mut body = base;
        body[property] = value;
        body
    };
    for (property, value, kind) in [
        ("hasQueue", json!(false), 9),
        ("isActive", json!("0"), 9),
        ("queueType", json!(2), 9),
        ("isAcdEmailRoutingActive", json!(false), 9),
        ("supervisors", json!([]), 31),
    ] {
        let body = with(json!({}), property, value.clone());
        let expected = (property.to_owned(), kind);
        let found = wrong(&admin, Method::PUT, "workgroups/Sales", &body).await;
        assert_eq!(found, expected);
        let body = with(id("Other"), property, value);
        let found = wrong(&admin, Method::POST, "workgroups", &body).await;
        assert_eq!(found, expected);
    }
    assert_eq!(ids(&get(&admin, "workgroups").await), ["Sales", "Support"]);
    let licences = json!({"licenseProperties": {"licenseActive": false}});
    assert_eq!(
        wrong(&admin, Method::PUT, "users/dora", &licences).await,
        ("licenseProperties".to_owned(), 9)
    );
}
