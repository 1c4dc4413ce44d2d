//! Watching sessions, and what statuses users may choose.

use icws::client::{Method, Session};
use icws::messaging::Message;
use serde_json::{Value, json};

use crate::email::WAIT;
use crate::postgres::Cluster;
use crate::server::Server;

const SESSIONS: &str = "/messaging/subscriptions/session";

async fn put(session: &Session, path: &str, body: &Value) -> u16 {
    let answer = session.raw(Method::PUT, path, Some(body)).await;
    answer.expect("an answer").status
}

/// What a poll tells of sessions: whether it is a delta, and whose came or went, with their stations.
async fn told(session: &Session) -> Vec<(bool, Vec<String>, Vec<String>)> {
    let names = |list: Option<Vec<icws::session::SessionInformation>>| -> Vec<String> {
        let list = list.unwrap_or_default().into_iter();
        list.map(|one| format!("{}@{}", one.user_id.id, one.station_id.id))
            .collect()
    };
    let messages = session.messages().await.expect("a poll").into_iter();
    let of = |message| match message {
        Message::Sessions(message) => Some((
            message.is_delta,
            names(message.sessions_added),
            names(message.sessions_removed),
        )),
        _ => None,
    };
    messages.filter_map(of).collect()
}

fn list(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_supervisor_sees_sessions_come_and_go() {
    let server = Server::demo().await;
    server
        .done(&["user", "grant", "lea", "viewUserQueue", "anna"])
        .await;
    let (lea, admin) = (server.log_in("lea").await, server.log_in("admin").await);
    let users = format!("{SESSIONS}/sessions-users");
    assert_eq!(put(&lea, &users, &json!({})).await, 200);
    assert_eq!(
        put(&admin, &users, &json!({"userIds": ["ANNA", "ben"]})).await,
        200
    );
    assert_eq!(
        told(&lea).await,
        [(false, list(&["lea@"]), list(&[]))],
        "her own, and none of the administrator's"
    );
    assert_eq!(told(&admin).await, [(false, list(&[]), list(&[]))]);
    let anna = server.log_in("anna").await;
    let _carl = server.log_in("carl").await;
    assert_eq!(told(&lea).await, [(true, list(&["anna@"]), list(&[]))]);
    assert_eq!(told(&admin).await, [(true, list(&["anna@"]), list(&[]))]);

    let stations = format!("{SESSIONS}/sessions-stations");
    assert_eq!(
        put(&admin, &stations, &json!({"stationIds": ["Desk7"]})).await,
        200
    );
    assert_eq!(told(&admin).await, [(false, list(&[]), list(&[]))]);
    let station =
        json!({"__type": "urn:inin.com:connection:workstationSettings", "workstation": "desk7"});
    assert_eq!(put(&anna, "/connection/station", &station).await, 200);
    let mut heard = told(&admin).await;
    heard.sort();
    assert_eq!(
        heard,
        [
            (true, list(&[]), list(&["anna@"])),
            (true, list(&["anna@desk7"]), list(&[])),
            (true, list(&["anna@desk7"]), list(&[])),
        ]
    );
    anna.log_out().await.expect("logs out");
    assert_eq!(
        told(&lea).await.last(),
        Some(&(true, list(&[]), list(&["anna@"])))
    );
    assert_eq!(told(&admin).await.len(), 2);
    for path in [&users, &stations] {
        for _ in 0..2 {
            assert_eq!(
                admin
                    .raw(Method::DELETE, path, None)
                    .await
                    .expect("an answer")
                    .status,
                200
            );
        }
    }
    for (path, body) in [
        (&users, json!({"userIds": ["nobody"]})),
        (&users, json!({"userIds": "anna"})),
        (&stations, json!({"stationIds": [7]})),
    ] {
        assert_eq!(put(&admin, path, &body).await, 400, "{body}");
    }
}

#[tokio::test]
async fn sessions_at_another_server_are_seen_as_well() {
    let mut one = Server::stopped_in(&Cluster::shared(), &[]);
    one.start().await;
    let mut other = one.beside(&[]);
    other.start().await;
    let lea = one.log_in("lea").await;
    let users = format!("{SESSIONS}/sessions-users");
    assert_eq!(put(&lea, &users, &json!({"userIds": ["lea"]})).await, 200);
    assert_eq!(told(&lea).await, [(false, list(&["lea@"]), list(&[]))]);
    let mut stream = lea.stream(None).await.expect("a stream");
    let mut next = async || {
        let event = stream.next_within(WAIT).await.expect("an event");
        let Message::Sessions(message) = event.message else {
            panic!("{event:?}")
        };
        let count = |list: Option<Vec<_>>| list.map_or(0, |list| list.len());
        (
            count(message.sessions_added),
            count(message.sessions_removed),
        )
    };
    let again = other.log_in("lea").await;
    assert_eq!(next().await, (1, 0));
    again.log_out().await.expect("logs out");
    assert_eq!(next().await, (0, 1));
}

#[tokio::test]
async fn everybody_may_choose_every_status_that_can_be_chosen() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let get = async |user: &str| {
        let path = format!("/status/status-messages-user-access/{user}");
        anna.raw(Method::GET, &path, None).await.expect("an answer")
    };
    let of_ben = get("BEN").await;
    assert_eq!(of_ben.status, 200);
    let chosen = of_ben.value();
    assert_eq!(chosen["userId"], "ben");
    let statuses = chosen["statusMessages"].as_array().expect("a list");
    assert!(
        statuses.contains(&json!("At Lunch"))
            && !statuses.contains(&json!("ACD - Agent Not Answering"))
    );
    assert_eq!(get("nobody").await.status, 404);

    let path = "/messaging/subscriptions/status/status-messages-user-access";
    assert_eq!(
        put(&anna, path, &json!({"userIds": ["anna", "Ben"]})).await,
        200
    );
    let messages = anna.messages().await.expect("a poll");
    let [Message::StatusMessagesUserAccess(message)] = &messages[..] else {
        panic!("{messages:?}")
    };
    assert!(!message.is_delta);
    let changes = &message.status_messages_user_access_changes;
    assert_eq!(changes.len(), 2);
    assert_eq!(
        json!(changes[1].status_messages_added),
        chosen["statusMessages"]
    );
    assert_eq!(anna.messages().await.expect("a poll"), []);
    assert_eq!(put(&anna, path, &json!({"userIds": ["nobody"]})).await, 400);
    assert_eq!(put(&anna, path, &json!({})).await, 400);
    for _ in 0..2 {
        assert_eq!(
            anna.raw(Method::DELETE, path, None)
                .await
                .expect("an answer")
                .status,
            200
        );
    }
}
