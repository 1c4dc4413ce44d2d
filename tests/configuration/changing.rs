//! Making, changing and removing users, roles and workgroups.

use icws::client::{Method, Session};
use serde_json::{Value, json};

use super::{DENIED, ask, get, id, ids, refusal, wrong};
use crate::email::libraries;
use crate::server::Server;

/// Makes, changes or removes something and gives the status.
async fn change(session: &Session, method: Method, path: &str, body: &Value) -> u16 {
    let answer = ask(session, method, path, Some(body)).await;
    answer.status
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one life of a user, from the first day to the last"
)]
async fn a_user_is_made_with_all_that_he_needs_and_works() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    assert_eq!(
        change(&admin, Method::POST, "roles", &id("Seniors")).await,
        201
    );
    let new = json!({
        "configurationId": {"id": "Dora", "displayName": "Dora Weiß"},
        "workgroups": [{"id": "SUPPORT"}],
        "roles": {"actualValue": [{"id": "seniors"}]},
        "securityRights": {"allowResponseManagement": {"actualValue": "true"}, "canParkInteractions": {"effectiveValue": true}},
        "accessRights": {"viewUserQueue": {"actualValue": [{"id": "anna", "objectType": 0, "grouping": 1}]}},
        "administrativeRights": {"users": {"actualValue": [{"grouping": "0", "objectType": 0}]}},
        "ours": {"is": "ignored"},
    });
    let made = ask(&admin, Method::POST, "users", Some(&new)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(
        made.value(),
        json!({"id": "Dora", "uri": "/configuration/users/Dora"})
    );
    let location = made.header("location").expect("a location").to_owned();
    assert_eq!(
        location,
        format!("/icws/{}/configuration/users/Dora", admin.id)
    );
    let told = get(&admin, "users/dora?select=*&actualValues=1").await;
    assert_eq!(told["configurationId"]["displayName"], "Dora Weiß");
    assert_eq!(told["workgroups"][0]["id"], "Support");
    assert_eq!(told["roles"]["actualValue"][0]["id"], "Seniors");
    assert_eq!(
        told["securityRights"]["allowResponseManagement"]["actualValue"],
        true
    );
    assert_eq!(
        told["securityRights"]["canParkInteractions"]["actualValue"], false,
        "only what is one's own is set"
    );
    assert_eq!(
        told["accessRights"]["viewUserQueue"]["actualValue"][0]["id"],
        "anna"
    );
    assert_eq!(
        told["administrativeRights"]["users"]["actualValue"][0]["grouping"],
        0
    );

    // Without a password nobody logs in; with one she does, and may what she was given.
    assert!(server.client().log_in("dora", "secret").await.is_err());
    let password = ask(
        &admin,
        Method::PUT,
        "users/dora/password",
        Some(&json!({"password": "secret", "force": true})),
    )
    .await;
    assert_eq!((password.status, password.body.len()), (200, 0));
    let dora = server
        .client()
        .log_in("dora", "secret")
        .await
        .expect("Dora");
    assert_eq!(ids(&get(&dora, "users").await).len(), 6);

    // What is absent stays, what is there is replaced.
    let update = json!({"configurationId": {"id": "dora", "displayName": "Dora"}, "accessRights": {"viewUserQueue": {"actualValue": []}}});
    let changed = ask(&admin, Method::PUT, "users/Dora", Some(&update)).await;
    assert_eq!(
        (changed.status, changed.value()["id"].clone()),
        (200, json!("Dora"))
    );
    let told = get(&admin, "users/dora?select=*&actualValues=1").await;
    assert_eq!(told["configurationId"]["displayName"], "Dora");
    assert_eq!(
        told["accessRights"]["viewUserQueue"]["actualValue"],
        json!([])
    );
    assert_eq!(told["workgroups"][0]["id"], "Support");
    assert_eq!(
        told["securityRights"]["allowResponseManagement"]["actualValue"],
        true
    );
    let none = json!({"workgroups": [], "roles": {"actualValue": []}, "securityRights": {"allowResponseManagement": {"actualValue": false}}});
    assert_eq!(change(&admin, Method::PUT, "users/dora", &none).await, 200);
    let told = get(&admin, "users/dora?select=*").await;
    assert_eq!(
        (&told["workgroups"], &told["roles"]["effectiveValue"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        told["securityRights"]["allowResponseManagement"]["effectiveValue"],
        false
    );

    // When he is gone his session is, too, and a new one of his name begins with nothing.
    assert_eq!(
        change(&admin, Method::DELETE, "users/dora", &Value::Null).await,
        204
    );
    assert_eq!(
        dora.raw(Method::GET, "/configuration/users", None)
            .await
            .expect("an answer")
            .status,
        401
    );
    let state = dora.raw(Method::GET, "/connection", None).await;
    assert_eq!(
        state.expect("an answer").value(),
        json!({"connectionState": 2, "reason": "The user was removed.", "shouldReconnect": false})
    );
    assert_eq!(
        change(&admin, Method::DELETE, "users/dora", &Value::Null).await,
        404
    );
    assert_eq!(
        change(&admin, Method::POST, "users", &id("dora")).await,
        201
    );
    let again = get(
        &admin,
        "users/dora?select=administrativeRights&actualValues=1",
    )
    .await;
    assert_eq!(
        again["administrativeRights"]["users"]["actualValue"],
        json!([])
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one life of each, as it goes")]
async fn roles_and_workgroups_are_made_changed_and_removed() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let role = json!({
        "configurationId": {"id": "Seniors"}, "users": [{"id": "anna"}, {"id": "ben"}],
        "securityRights": {"canParkInteractions": {"actualValue": true}},
    });
    assert_eq!(change(&admin, Method::POST, "roles", &role).await, 201);
    let own = get(
        &server.log_in("ben").await,
        "users/ben?select=securityRights.canParkInteractions",
    )
    .await;
    assert_eq!(
        own["securityRights"]["canParkInteractions"]["effectiveValue"],
        true
    );
    assert_eq!(
        change(
            &admin,
            Method::PUT,
            "roles/seniors",
            &json!({"users": [{"id": "BEN"}, {"id": "carl"}]})
        )
        .await,
        200
    );
    let told = get(&admin, "roles/seniors?select=users").await;
    let names: Vec<&Value> = told["users"]
        .as_array()
        .expect("users")
        .iter()
        .map(|user| &user["id"])
        .collect();
    assert_eq!(names, ["ben", "carl"]);
    assert_eq!(
        change(&admin, Method::DELETE, "roles/seniors", &Value::Null).await,
        204
    );
    assert_eq!(ids(&get(&admin, "roles").await), [""; 0]);

    let group = json!({
        "configurationId": {"id": "Sales"}, "members": [{"id": "lea"}],
        "monitoredMailboxes": [
            {"emailAddress": "sales@example.com", "mailboxType": 2, "configurationId": {"id": "x", "displayName": "Sales Team"}},
            {"emailAddress": "orders@example.com", "mailboxType": "0"},
        ],
        "accessRights": {"responseManagementDocuments": {"actualValue": [{"objectType": 0, "grouping": 0}]}},
    });
    assert_eq!(
        change(&admin, Method::POST, "workgroups", &group).await,
        201
    );
    let path = "workgroups/sales/monitored-mailboxes";
    let bulk = json!({
        "add": [{"emailAddress": "Returns@example.com", "mailboxType": 1}],
        "modify": [{"emailAddress": "orders@example.com", "configurationId": {"id": "orders@example.com", "displayName": "Orders"}}],
        "remove": ["sales@example.com"],
    });
    let answer = ask(&admin, Method::POST, path, Some(&bulk)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.value()["subObjects"],
        json!([{"id": "Returns@example.com"}, {"id": "orders@example.com"}])
    );
    let told = get(&admin, "workgroups/sales?select=monitoredMailboxes,members").await;
    let mailboxes = told["monitoredMailboxes"].as_array().expect("mailboxes");
    assert_eq!(mailboxes.len(), 2, "{told}");
    assert_eq!(mailboxes[0]["configurationId"]["displayName"], "Orders");
    assert_eq!(
        (&mailboxes[0]["mailboxType"], &mailboxes[1]["mailboxType"]),
        (&json!(0), &json!(1))
    );
    for (bulk, name) in [
        (
            json!({"add": [{"emailAddress": "ORDERS@example.com"}]}),
            "add",
        ),
        (
            json!({"add": [{"emailAddress": "support@example.com"}]}),
            "add",
        ),
        (json!({"add": [{"emailAddress": "nonsense"}]}), "add"),
        (
            json!({"add": [{"emailAddress": "a@example.com"}, {"emailAddress": "A@example.com"}]}),
            "add",
        ),
        (
            json!({"remove": ["orders@example.com", "Orders@example.com"]}),
            "remove",
        ),
        (
            json!({"modify": [{"emailAddress": "new@example.com"}]}),
            "modify",
        ),
        (json!({"remove": ["support@example.com"]}), "remove"),
    ] {
        assert_eq!(
            wrong(&admin, Method::POST, path, &bulk).await.0,
            name,
            "{bulk}"
        );
    }
    // What goes may come again.
    let again =
        json!({"remove": ["orders@example.com"], "add": [{"emailAddress": "Orders@example.com"}]});
    assert_eq!(change(&admin, Method::POST, path, &again).await, 200);
    let told = get(&admin, "workgroups/sales?select=monitoredMailboxes").await;
    let mailboxes = told["monitoredMailboxes"].as_array().expect("mailboxes");
    assert_eq!(mailboxes.len(), 2, "{told}");
    assert_eq!(mailboxes[1]["emailAddress"], "Orders@example.com");
    assert_eq!(mailboxes[1]["mailboxType"], 2);
    let missing = ask(&admin, Method::POST, path, Some(&json!({"add": [{}]}))).await;
    assert_eq!(missing.value()["propertyName"], "add.emailAddress");
    assert_eq!(
        change(
            &admin,
            Method::POST,
            "workgroups/x/monitored-mailboxes",
            &json!({})
        )
        .await,
        404
    );
    assert_eq!(
        change(&admin, Method::DELETE, "workgroups/sales", &Value::Null).await,
        204
    );
    let members = get(&admin, "users/lea?select=workgroups").await;
    assert_eq!(members["workgroups"], json!([]));
}

#[tokio::test]
async fn a_library_that_was_removed_is_gone_for_everybody() {
    let server = Server::demo().await;
    let (admin, anna) = (server.log_in("admin").await, server.log_in("anna").await);
    let documents = get(&admin, "response-management-documents").await;
    let letters = documents["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| &item["configurationId"]);
    let mut letters = letters.filter(|id| id["displayName"] == "Letters");
    let letters = letters.next_back().expect("the letters")["id"]
        .as_str()
        .expect("a Guid")
        .to_owned();
    let before = libraries(&anna).await.len();
    let path = format!("response-management-documents/{letters}");
    let denied = ask(&anna, Method::DELETE, &path, None).await;
    assert_eq!(refusal(&denied), (403, DENIED.to_owned()));
    assert_eq!(ask(&admin, Method::DELETE, &path, None).await.status, 204);
    assert_eq!(ask(&admin, Method::DELETE, &path, None).await.status, 404);
    assert_eq!(libraries(&anna).await.len(), before - 1);
}
