//! Lists that are longer than what one request may change.

use std::fmt::Write as _;

use icws::client::{Method, Session};
use serde_json::{Value, json};

use super::{ask, get, refusal};
use crate::server::Server;
use crate::sql;

const TOO_MANY: &str = "error.request.configuration.tooManyElements";

/// More than one request may change.
const MANY: usize = 1_001;

/// Everything that could have changed.
async fn everything(admin: &Session) -> String {
    let mut all = String::new();
    for kind in ["users", "roles", "workgroups"] {
        let told = get(admin, &format!("{kind}?select=*&actualValues=1")).await;
        let _ = writeln!(all, "{told}");
    }
    all
}

fn names(count: usize) -> Vec<Value> {
    let name = |number| json!({"id": format!("n{number}")});
    (0..count).map(name).collect()
}

fn objects(count: usize) -> Value {
    let object = |number| json!({"objectType": 0, "grouping": 1, "id": format!("n{number}")});
    json!({"actualValue": (0..count).map(object).collect::<Vec<_>>()})
}

fn mailboxes(count: usize) -> Vec<Value> {
    let mailbox = |number| json!({"emailAddress": format!("n{number}@example.com")});
    (0..count).map(mailbox).collect()
}

#[tokio::test]
async fn no_list_is_longer_than_one_request_may_change() {
    let server = Server::demo().await;
    server.done(&["user", "role", "anna", "Seniors"]).await;
    let admin = server.log_in("admin").await;
    let before = everything(&admin).await;
    let of_users = json!({"users": objects(MANY)});
    for (kind, there, property, value, named) in [
        (
            "users",
            "anna",
            "roles",
            json!({"actualValue": names(MANY)}),
            "roles",
        ),
        (
            "users",
            "anna",
            "workgroups",
            json!(names(MANY)),
            "workgroups",
        ),
        (
            "users",
            "anna",
            "accessRights",
            json!({"viewUserQueue": objects(MANY)}),
            "accessRights.viewUserQueue",
        ),
        (
            "users",
            "anna",
            "administrativeRights",
            of_users.clone(),
            "administrativeRights.users",
        ),
        ("roles", "Seniors", "users", json!(names(MANY)), "users"),
        (
            "roles",
            "Seniors",
            "administrativeRights",
            of_users,
            "administrativeRights.users",
        ),
        (
            "workgroups",
            "Support",
            "members",
            json!(names(MANY)),
            "members",
        ),
        (
            "workgroups",
            "Support",
            "monitoredMailboxes",
            json!(mailboxes(MANY)),
            "monitoredMailboxes",
        ),
        (
            "workgroups",
            "Support",
            "accessRights",
            json!({"viewUserQueue": objects(MANY)}),
            "accessRights.viewUserQueue",
        ),
    ] {
        for (method, path) in [
            (Method::POST, kind.to_owned()),
            (Method::PUT, format!("{kind}/{there}")),
        ] {
            let mut body = json!({property: value});
            if method == Method::POST {
                body["configurationId"] = json!({"id": "new"});
            }
            let answer = ask(&admin, method.clone(), &path, Some(&body)).await;
            assert_eq!(
                refusal(&answer),
                (400, TOO_MANY.to_owned()),
                "{method} {path} {property}: {}",
                answer.text()
            );
            let fault = &answer.value()["validationErrors"][0];
            assert_eq!(fault["propertyName"], named, "{method} {path} {property}");
            assert_eq!(fault["validationErrorType"], 10);
        }
    }
    let path = "workgroups/Support/monitored-mailboxes";
    let addresses: Vec<String> = (0..MANY)
        .map(|number| format!("n{number}@example.com"))
        .collect();
    for bulk in [
        json!({"add": mailboxes(MANY)}),
        json!({"modify": mailboxes(MANY)}),
        json!({"remove": addresses}),
    ] {
        let answer = ask(&admin, Method::POST, path, Some(&bulk)).await;
        assert_eq!(refusal(&answer), (400, TOO_MANY.to_owned()));
    }
    assert_eq!(everything(&admin).await, before, "nothing was changed");
}

#[tokio::test]
async fn as_many_as_one_request_may_change_are_changed() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let path = "workgroups/Support/monitored-mailboxes";
    let bulk = json!({"add": mailboxes(MANY - 1)});
    let answer = ask(&admin, Method::POST, path, Some(&bulk)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.value()["subObjects"].as_array().map(Vec::len),
        Some(MANY - 1)
    );
    let over = json!({"monitoredMailboxes": [{"emailAddress": "support@example.com"}]});
    let answer = ask(&admin, Method::PUT, "workgroups/Support", Some(&over)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = get(&admin, "workgroups/Support?select=monitoredMailboxes").await;
    assert_eq!(told["monitoredMailboxes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_stays_as_it_is_does_not_count() {
    let server = Server::demo().await;
    let many = format!(
        "INSERT INTO users (name, folded, display_name, created_at) \
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {MANY}) SELECT 'n' || i, 'n' || i, 'n' || i, 0 FROM n"
    );
    sql::run(&server.folder(), &many);
    let admin = server.log_in("admin").await;
    let before = everything(&admin).await;
    // The objects of several rights count together.
    let rights =
        json!({"viewUserQueue": objects(MANY / 2 + 1), "previewEmailUserQueue": objects(MANY / 2)});
    for (path, body) in [
        ("users/anna", json!({"accessRights": rights})),
        ("workgroups/Support", json!({"members": names(MANY)})),
    ] {
        let answer = ask(&admin, Method::PUT, path, Some(&body)).await;
        assert_eq!(refusal(&answer), (400, TOO_MANY.to_owned()), "{path}");
    }
    assert_eq!(everything(&admin).await, before, "nothing was changed");

    let mut members = names(MANY - 4);
    members.extend(["ANNA", "ben", "carl"].map(|name| json!({"id": name})));
    // However often somebody is named.
    members.extend(vec![json!({"id": "anna"}); 10 * MANY]);
    for count in [MANY - 1, MANY + 3] {
        let body = json!({"members": members});
        let answer = ask(&admin, Method::PUT, "workgroups/Support", Some(&body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let told = get(&admin, "workgroups/Support?select=members").await;
        assert_eq!(told["members"].as_array().map(Vec::len), Some(count));
        members.extend(names(MANY));
    }
    let objects = json!({"accessRights": {"viewUserQueue": objects(MANY - 1)}});
    for _ in 0..2 {
        let answer = ask(&admin, Method::PUT, "users/anna", Some(&objects)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
