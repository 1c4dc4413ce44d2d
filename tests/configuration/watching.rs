//! Listening to configuration objects.

use icws::client::{Method, Session};
use serde_json::{Value, json};

use super::{ask, get, ids};
use crate::server::Server;

const PATH: &str = "/messaging/subscriptions/configuration";

async fn watch(session: &Session, what: &str, body: &Value) -> u16 {
    let path = format!("{PATH}/{what}");
    let answer = session.raw(Method::PUT, &path, Some(body)).await;
    answer.expect("an answer").status
}

/// The messages of a poll, as they came.
async fn told(session: &Session) -> Vec<Value> {
    let poll = session.raw(Method::GET, "/messaging/messages", None).await;
    poll.expect("a poll")
        .value()
        .as_array()
        .expect("a list")
        .clone()
}

/// The names of the objects in a list of a message.
fn names(message: &Value, list: &str) -> Vec<String> {
    let name = |object: &Value| {
        object["configurationId"]["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    message[list]
        .as_array()
        .map(|objects| objects.iter().map(name).collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn an_administrator_hears_of_what_changes() {
    let server = Server::demo().await;
    let (admin, anna) = (server.log_in("admin").await, server.log_in("anna").await);
    let all = json!({"configurationIds": ["*"], "properties": ["statusText", "workgroups"], "rightsFilter": "admin"});
    assert_eq!(watch(&admin, "users/everybody!", &all).await, 200);
    let first = told(&admin).await;
    assert_eq!(first.len(), 1);
    assert_eq!(
        first[0]["__type"],
        "urn:inin.com:configuration.people:usersMessage"
    );
    assert_eq!(
        (&first[0]["isDelta"], &first[0]["subscriptionId"]),
        (&json!(false), &json!("everybody!"))
    );
    assert_eq!(
        names(&first[0], "added"),
        ["admin", "anna", "ben", "carl", "lea"]
    );
    assert_eq!(first[0]["added"][1]["statusText"], "Available");
    assert_eq!(told(&admin).await, [Value::Null; 0]);

    let lunch = json!({"statusId": "At Lunch"});
    let set = anna
        .raw(Method::PUT, "/status/user-statuses/anna", Some(&lunch))
        .await;
    assert_eq!(set.expect("an answer").status, 202);
    let heard = told(&admin).await;
    assert_eq!(
        (heard.len(), names(&heard[0], "changed")),
        (1, vec!["anna".to_owned()])
    );
    assert_eq!(
        (&heard[0]["isDelta"], &heard[0]["changed"][0]["statusText"]),
        (&json!(true), &json!("At Lunch"))
    );

    let new = json!({"configurationId": {"id": "dora"}, "workgroups": [{"id": "Support"}]});
    assert_eq!(
        ask(&admin, Method::POST, "users", Some(&new)).await.status,
        201
    );
    let heard = told(&admin).await;
    assert_eq!(
        (heard.len(), names(&heard[0], "added")),
        (1, vec!["dora".to_owned()])
    );
    assert_eq!(
        ask(
            &admin,
            Method::PUT,
            "workgroups/Support",
            Some(&json!({"members": []}))
        )
        .await
        .status,
        200
    );
    let heard = told(&admin).await;
    assert_eq!(names(&heard[0], "changed"), ["anna", "ben", "carl", "dora"]);
    assert_eq!(
        ask(&admin, Method::DELETE, "users/dora", None).await.status,
        204
    );
    let heard = told(&admin).await;
    assert_eq!((heard.len(), &heard[0]["removed"]), (1, &json!(["dora"])));
    for _ in 0..2 {
        let ended = admin
            .raw(Method::DELETE, &format!("{PATH}/users/everybody!"), None)
            .await;
        assert_eq!(ended.expect("an answer").status, 204);
    }
    assert_eq!(
        ask(&admin, Method::POST, "users", Some(&new)).await.status,
        201
    );
    assert_eq!(told(&admin).await, [Value::Null; 0]);
}

#[tokio::test]
async fn roles_workgroups_and_libraries_are_watched_as_well() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let body = |properties: &[&str]| json!({"configurationIds": ["*"], "properties": properties, "rightsFilter": ""});
    for kind in ["roles", "workgroups", "response-management-documents"] {
        assert_eq!(
            watch(&admin, &format!("{kind}/x"), &body(&[])).await,
            200,
            "{kind}"
        );
    }
    let mut first = told(&admin).await;
    first.sort_by_key(|message| message["__type"].as_str().map(str::to_owned));
    let added: Vec<usize> = first
        .iter()
        .map(|message| names(message, "added").len())
        .collect();
    let documents = ids(&get(&admin, "response-management-documents").await);
    assert_eq!(added, [documents.len(), 0, 1]);
    for (kind, name) in [("roles", "Seniors"), ("workgroups", "Sales")] {
        let new = json!({"configurationId": {"id": name}});
        assert_eq!(
            ask(&admin, Method::POST, kind, Some(&new)).await.status,
            201
        );
        let heard = told(&admin).await;
        assert_eq!(
            (heard.len(), names(&heard[0], "added")),
            (1, vec![name.to_owned()]),
            "{kind}"
        );
    }
    let path = format!("response-management-documents/{}", documents[0]);
    assert_eq!(ask(&admin, Method::DELETE, &path, None).await.status, 204);
    let heard = told(&admin).await;
    assert_eq!(
        (heard.len(), &heard[0]["removed"]),
        (1, &json!([documents[0]]))
    );

    // Who loses the right sees them go.
    server.done(&["user", "grant", "carl", "roles", "*"]).await;
    let carl = server.log_in("carl").await;
    assert_eq!(watch(&carl, "roles/mine", &body(&["users"])).await, 200);
    assert_eq!(names(&told(&carl).await[0], "added"), ["Seniors"]);
    server.done(&["user", "revoke", "carl", "roles", "*"]).await;
    crate::server::eventually("carl hears that they are gone", async || {
        told(&carl)
            .await
            .first()
            .is_some_and(|message| message["removed"] == json!(["Seniors"]))
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    for kind in [
        "users",
        "roles",
        "workgroups",
        "response-management-documents",
    ] {
        let what = format!("{kind}/x");
        for (ids, properties, filter, status) in [
            (json!(["*"]), json!(["*"]), "admin", 400),
            (json!(["*"]), json!(["nonsense"]), "admin", 400),
            (json!(["*"]), json!([]), "nonsense", 400),
            (json!(["nobody"]), json!(["*"]), "admin", 404),
            (json!([]), json!(["*"]), "view", 200),
        ] {
            let body =
                json!({"configurationIds": ids, "properties": properties, "rightsFilter": filter});
            assert_eq!(watch(&admin, &what, &body).await, status, "{kind} {body}");
        }
        let body = json!({"configurationIds": ["x"], "properties": []});
        assert_eq!(watch(&admin, &what, &body).await, 400, "{kind}");
        let long = format!("{PATH}/{kind}/{}", "x".repeat(1_001));
        let ended = admin.raw(Method::DELETE, &long, None).await;
        assert_eq!(ended.expect("an answer").status, 400, "{kind}");
    }
    let many = vec!["anna"; 1_001];
    let body = json!({"configurationIds": many, "properties": [], "rightsFilter": ""});
    assert_eq!(watch(&admin, "users/x", &body).await, 400);
}
