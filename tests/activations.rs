//! Activations: who takes part in which workgroup, who may say so, and who hears of it.

use icws::client::{Method, RawResponse, Session};
use icws::messaging::Message;
use serde_json::{Value, json};

use crate::server::Server;

async fn ask(session: &Session, method: Method, path: &str, body: Option<&Value>) -> RawResponse {
    session.raw(method, path, body).await.expect("an answer")
}

async fn get(session: &Session, path: &str) -> Value {
    let answer = ask(session, Method::GET, &format!("/activations/{path}"), None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.value()
}

async fn set(session: &Session, path: &str, activations: Value) -> (u16, Value) {
    let body = json!({"activations": activations});
    let answer = ask(
        session,
        Method::PUT,
        &format!("/activations/{path}"),
        Some(&body),
    )
    .await;
    (answer.status, answer.value())
}

/// What a poll tells of activations: whether it is a delta, and what changed.
async fn told(session: &Session) -> Vec<(String, bool, Value)> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let of = |message| match message {
        Message::UserActivations(message) => Some((
            message.user_id,
            message.is_delta,
            json!(message.activations_changed),
        )),
        Message::WorkgroupActivations(message) => Some((
            message.workgroup_id,
            message.is_delta,
            json!(message.activations_changed),
        )),
        _ => None,
    };
    messages.filter_map(of).collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, as it goes")]
async fn members_take_part_until_somebody_says_otherwise() {
    let server = Server::demo().await;
    server
        .done(&["user", "grant", "anna", "activateSelf", "Support"])
        .await;
    let (anna, carl, admin) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("admin").await,
    );
    let own = json!({"userId": "anna", "activations": {"Support": true}});
    assert_eq!(get(&anna, "users/ANNA").await, own);
    assert_eq!(
        get(&carl, "users/anna").await,
        own,
        "colleagues see each other"
    );
    let all = json!({"anna": true, "ben": true, "carl": true});
    assert_eq!(
        get(&anna, "workgroups/support").await,
        json!({"workgroupId": "Support", "activations": all})
    );
    let some = get(&anna, "users?filter=anna,carl&select=support").await;
    assert_eq!(
        some["userActivationSetList"].as_array().map(Vec::len),
        Some(2)
    );
    let none = get(&anna, "users?filter=anna&select=other").await;
    assert_eq!(none["userActivationSetList"][0]["activations"], json!({}));
    let groups = get(&admin, "workgroups?select=ben").await;
    assert_eq!(
        groups["workgroupActivationSetList"],
        json!([{"workgroupId": "Support", "activations": {"ben": true}}])
    );

    // Each listens in his own way.
    let path = "/messaging/subscriptions/activations";
    let of_anna = json!({"userId": "Anna", "workgroupIds": []});
    let answer = ask(
        &carl,
        Method::PUT,
        &format!("{path}/users/my anna"),
        Some(&of_anna),
    )
    .await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let of_support = json!({"workgroupId": "support", "userIds": ["anna", "ben"]});
    assert_eq!(
        ask(
            &admin,
            Method::PUT,
            &format!("{path}/workgroups/x"),
            Some(&of_support)
        )
        .await
        .status,
        200
    );
    assert_eq!(
        told(&carl).await,
        [("anna".to_owned(), false, json!({"Support": true}))]
    );
    assert_eq!(
        told(&admin).await,
        [(
            "Support".to_owned(),
            false,
            json!({"anna": true, "ben": true})
        )]
    );

    let rests = json!({"userId": "anna", "activations": {"Support": false}});
    assert_eq!(
        set(&anna, "users/anna", json!({"SUPPORT": "false"})).await,
        (200, rests)
    );
    assert_eq!(
        told(&carl).await,
        [("anna".to_owned(), true, json!({"Support": false}))]
    );
    assert_eq!(
        told(&admin).await,
        [("Support".to_owned(), true, json!({"anna": false}))]
    );
    assert_eq!(
        set(&anna, "users/anna", json!({"Support": false})).await.0,
        200
    );
    assert_eq!(told(&carl).await, [], "nothing changed");
    let (status, now) = set(
        &admin,
        "workgroups/Support",
        json!({"anna": true, "carl": false}),
    )
    .await;
    assert_eq!(
        (status, &now["activations"]),
        (200, &json!({"anna": true, "ben": true, "carl": false}))
    );
    assert_eq!(
        told(&admin).await,
        [("Support".to_owned(), true, json!({"anna": true}))],
        "carl is not watched"
    );
    told(&carl).await;

    server
        .done(&["workgroup", "member", "Support", "anna", "--remove"])
        .await;
    crate::server::eventually("carl hears that she left", async || {
        told(&carl).await == [("anna".to_owned(), true, json!({"Support": false}))]
    })
    .await;
    for side in ["users/my anna", "workgroups/x", "users/never"] {
        assert_eq!(
            ask(&carl, Method::DELETE, &format!("{path}/{side}"), None)
                .await
                .status,
            204,
            "{side}"
        );
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of what is refused")]
async fn who_may_not_see_or_set_is_refused_and_nothing_changes() {
    let server = Server::demo().await;
    server
        .done(&["user", "grant", "anna", "activateSelf", "*"])
        .await;
    let (anna, ben, lea) = (
        server.log_in("anna").await,
        server.log_in("ben").await,
        server.log_in("lea").await,
    );
    for (session, path, activations) in [
        (&ben, "users/ben", json!({"Support": false})),
        (&anna, "users/ben", json!({"Support": false})),
        (
            &anna,
            "workgroups/Support",
            json!({"anna": false, "ben": false}),
        ),
        (&lea, "workgroups/Support", json!({})),
    ] {
        let (status, said) = set(session, path, activations).await;
        assert_eq!(
            (status, &said["errorId"]),
            (403, &json!("error.request.activations.accessDenied")),
            "{path}"
        );
    }
    for (path, activations, property) in [
        (
            "users/anna",
            json!({"Support": true, "Sales": true}),
            "activations.Sales",
        ),
        ("users/nobody", json!({}), "userId"),
        (
            "workgroups/Support",
            json!({"lea": true}),
            "activations.lea",
        ),
        ("workgroups/nobody", json!({}), "workgroupId"),
    ] {
        let (status, said) = set(&anna, path, activations).await;
        assert_eq!(
            (status, &said["propertyName"]),
            (400, &json!(property)),
            "{path}"
        );
    }
    for path in ["users/anna", "workgroups/Support"] {
        let answer = ask(&lea, Method::GET, &format!("/activations/{path}"), None).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(get(&lea, "users/lea").await["activations"], json!({}));
    assert_eq!(
        get(&lea, "workgroups").await["workgroupActivationSetList"],
        json!([])
    );
    for path in ["users/nobody", "workgroups/nobody"] {
        let answer = ask(&anna, Method::GET, &format!("/activations/{path}"), None).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let all = json!({"anna": true, "ben": true, "carl": true});
    assert_eq!(get(&anna, "workgroups/Support").await["activations"], all);
    for (path, body, property) in [
        (
            "users/x",
            json!({"userId": "nobody", "workgroupIds": []}),
            "userId",
        ),
        (
            "users/x",
            json!({"userId": "anna", "workgroupIds": ["nobody"]}),
            "workgroupIds",
        ),
        (
            "workgroups/x",
            json!({"workgroupId": "nobody", "userIds": []}),
            "workgroupId",
        ),
        (
            "workgroups/x",
            json!({"workgroupId": "Support", "userIds": ["nobody"]}),
            "userIds",
        ),
        ("workgroups/x", json!({"workgroupId": "Support"}), "userIds"),
    ] {
        let path = format!("/messaging/subscriptions/activations/{path}");
        let answer = ask(&anna, Method::PUT, &path, Some(&body)).await;
        assert_eq!(
            (answer.status, &answer.value()["propertyName"]),
            (400, &json!(property)),
            "{body}"
        );
    }
    let long = format!(
        "/messaging/subscriptions/activations/users/{}",
        "x".repeat(1_001)
    );
    for method in [Method::PUT, Method::DELETE] {
        let body = json!({"userId": "anna", "workgroupIds": []});
        let answer = ask(&anna, method, &long, Some(&body)).await;
        assert_eq!(
            (answer.status, &answer.value()["propertyName"]),
            (400, &json!("subscriptionId"))
        );
    }
}
