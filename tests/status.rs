//! Statuses: which there are, what users are, and who hears of it.

use icws::client::{Method, Session};
use icws::messaging::Message;
use icws::status::UserStatus;
use serde_json::{Value, json};

use crate::email::refused;
use crate::server::Server;

const WATCH: &str = "/messaging/subscriptions/status/user-statuses";

async fn watch(session: &Session, users: &[&str]) -> u16 {
    let body = json!({"userIds": users});
    let answer = session.raw(Method::PUT, WATCH, Some(&body)).await;
    answer.expect("an answer").status
}

/// Sets a status and gives back the id under which it is told that this is done.
async fn set(session: &Session, user: &str, body: &Value) -> String {
    let path = format!("/status/user-statuses/{user}");
    let answer = session
        .raw(Method::PUT, &path, Some(body))
        .await
        .expect("an answer");
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = answer.value()["requestId"].clone();
    id.as_str().expect("an id").to_owned()
}

async fn get(session: &Session, user: &str) -> Value {
    let path = format!("/status/user-statuses/{user}");
    let answer = session.raw(Method::GET, &path, None).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200);
    answer.value()
}

/// The statuses that a poll tells, with whether they are a delta.
async fn told(session: &Session) -> Vec<(bool, Vec<UserStatus>)> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let statuses = |message| match message {
        Message::UserStatuses(message) => Some((message.is_delta, message.user_status_list)),
        _ => None,
    };
    messages.filter_map(statuses).collect()
}

#[tokio::test]
async fn the_statuses_that_users_can_have() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let listed = anna
        .raw(Method::GET, "/status/status-messages", None)
        .await
        .expect("an answer");
    assert_eq!(listed.status, 200);
    let listed = listed.value()["statusMessageList"].clone();
    let ids: Vec<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|status| status["statusId"].as_str().expect("an id"))
        .collect();
    for usual in [
        "Available",
        "Away from desk",
        "At Lunch",
        "Do Not disturb",
        "In a meeting",
        "Gone Home",
        "Out of the office",
        "Working at home",
        "Available, No ACD",
        "Follow Up",
    ] {
        assert!(ids.contains(&usual), "{usual} is not among {ids:?}");
    }
    // A client puts no body, and is sent them all once.
    let path = "/messaging/subscriptions/status/status-messages";
    let answer = anna.raw(Method::PUT, path, None).await.expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let poll = anna
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("a poll");
    let expected = json!([{
        "__type": "urn:inin.com:status:statusMessagesMessage", "isDelta": false, "statusMessagesAdded": listed,
    }]);
    assert_eq!(poll.value(), expected);
    assert_eq!(anna.messages().await.expect("a poll"), []);
    for _ in 0..2 {
        let ended = anna.raw(Method::DELETE, path, None).await;
        assert_eq!(ended.expect("an answer").status, 200);
    }
}

#[tokio::test]
async fn a_user_sets_his_status_and_those_who_watch_him_hear_of_it() {
    let server = Server::demo().await;
    let (anna, ben) = (server.log_in("anna").await, server.log_in("ben").await);
    let first = get(&anna, "BEN").await;
    assert_eq!(
        (&first["userId"], &first["statusId"], &first["loggedIn"]),
        (&json!("ben"), &json!("Available"), &json!(true))
    );

    // go-icws and the official sample begin with this, and want a 2xx.
    assert_eq!(watch(&anna, &["Ben", "carl"]).await, 200);
    let all = told(&anna).await;
    assert_eq!(all.len(), 1);
    assert!(!all[0].0);
    let watched: Vec<(&str, Option<bool>)> = all[0]
        .1
        .iter()
        .map(|status| (status.user_id.as_str(), status.logged_in))
        .collect();
    assert_eq!(watched, [("ben", Some(true)), ("carl", Some(false))]);
    assert_eq!(told(&anna).await, []);

    let lunch = json!({
        "statusId": "at lunch", "notes": "back at two", "x": null,
        "until": {"untilDateTime": "20301029T140000Z", "hasDate": "false", "hasTime": "1"},
    });
    let request = set(&ben, "ben", &lunch).await;
    let heard = told(&anna).await;
    assert_eq!(heard.len(), 1);
    let (is_delta, list) = &heard[0];
    assert!(is_delta);
    assert_eq!(list.len(), 1, "only he changed");
    assert_eq!(list[0].user_id, "ben");
    assert_eq!(list[0].status_id, "At Lunch");
    assert_eq!(list[0].notes.as_deref(), Some("back at two"));
    let now = get(&anna, "ben").await;
    let until = json!({"untilDateTime": "20301029T140000Z", "hasDate": false, "hasTime": true});
    assert_eq!(
        (&now["statusId"], &now["until"]),
        (&json!("At Lunch"), &until)
    );
    let changed = now["statusChanged"].as_str().expect("a date");
    assert!(changed.len() == 16 && changed.ends_with('Z'), "{changed}");

    // It is told as done to the one who asked, once.
    let done = ben.messages().await.expect("a poll");
    let [Message::AsyncOperationCompleted(done)] = &done[..] else {
        panic!("{done:?}")
    };
    assert_eq!((&done.request_id, &done.error), (&request, &None));

    // Anna herself is not watched; who comes and goes is told of those who are.
    set(&anna, "anna", &json!({"statusId": "Gone Home"})).await;
    assert_eq!(told(&anna).await, []);
    let carl = server.log_in("carl").await;
    for logged_in in [true, false] {
        let heard = told(&anna).await;
        assert_eq!(heard.len(), 1, "{logged_in}");
        assert_eq!(heard[0].1[0].user_id, "carl");
        assert_eq!(heard[0].1[0].logged_in, Some(logged_in));
        if logged_in {
            carl.log_out().await.expect("logs out");
        }
    }

    for _ in 0..2 {
        let ended = anna.raw(Method::DELETE, WATCH, None).await;
        assert_eq!(ended.expect("an answer").status, 200);
    }
    set(&ben, "ben", &json!({"statusId": "Available"})).await;
    assert_eq!(told(&anna).await, []);
}

#[tokio::test]
async fn only_the_properties_that_were_asked_for_are_told() {
    let server = Server::demo().await;
    let (anna, ben) = (server.log_in("anna").await, server.log_in("ben").await);
    let wanted =
        json!({"userIds": ["ben"], "userStatusProperties": ["loggedin", "notes", "nonsense"]});
    let answer = anna.raw(Method::PUT, WATCH, Some(&wanted)).await;
    assert_eq!(answer.expect("an answer").status, 200);
    let of_ben = |status: &str, notes: &str| {
        vec![UserStatus {
            user_id: "ben".into(),
            status_id: status.into(),
            notes: Some(notes.into()),
            logged_in: Some(true),
            ..UserStatus::default()
        }]
    };
    assert_eq!(told(&anna).await, [(false, of_ben("Available", ""))]);
    let lunch = json!({"statusId": "At Lunch", "notes": "back at two", "forwardNumber": "12"});
    set(&ben, "ben", &lunch).await;
    let changed = of_ben("At Lunch", "back at two");
    assert_eq!(told(&anna).await, [(true, changed.clone())]);

    // No name is every property, as without the list.
    let all = json!({"userIds": ["ben"], "userStatusProperties": []});
    let answer = anna.raw(Method::PUT, WATCH, Some(&all)).await;
    assert_eq!(answer.expect("an answer").status, 200);
    let whole = &told(&anna).await[0].1[0];
    assert_eq!(whole.forward_number.as_deref(), Some("12"));
    assert!(whole.status_changed.is_some());

    let many = json!({"userIds": ["ben"], "userStatusProperties": vec!["notes"; 101]});
    let answer = anna.raw(Method::PUT, WATCH, Some(&many)).await;
    refused(
        answer.expect("an answer").success(),
        400,
        "error.request.invalidRepresentation.invalidProperty",
    );
}

#[tokio::test]
async fn whoever_has_the_right_sets_the_status_of_others() {
    let server = Server::demo().await;
    server
        .done(&["user", "grant", "lea", "changeUserStatus", "Anna"])
        .await;
    let (anna, ben) = (server.log_in("anna").await, server.log_in("ben").await);
    let (lea, admin) = (server.log_in("lea").await, server.log_in("admin").await);
    let right = json!({"accessRights": {"changeUserStatus": {"actualValue": []}}});
    let path = "/configuration/users/lea?select=accessRights.changeUserStatus";
    let held = admin.raw(Method::GET, path, None).await;
    let held = held.expect("an answer").value();
    let held = &held["accessRights"]["changeUserStatus"]["effectiveValue"];
    assert_eq!(held[0]["id"], "anna");

    assert_eq!(watch(&ben, &["anna"]).await, 200);
    told(&ben).await;
    let meeting = json!({"statusId": "In a meeting", "notes": "with the board"});
    let request = set(&lea, "ANNA", &meeting).await;
    let heard = told(&ben).await;
    let [(true, statuses)] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert_eq!((statuses.len(), statuses[0].user_id.as_str()), (1, "anna"));
    assert_eq!(statuses[0].status_id, "In a meeting");
    assert_eq!(statuses[0].notes.as_deref(), Some("with the board"));
    assert_eq!(get(&anna, "anna").await["statusId"], "In a meeting");
    // That it is done is told to the one who asked.
    let done = lea.messages().await.expect("a poll");
    let [Message::AsyncOperationCompleted(done)] = &done[..] else {
        panic!("{done:?}")
    };
    assert_eq!((&done.request_id, &done.error), (&request, &None));
    assert_eq!(anna.messages().await.expect("a poll"), []);
    assert_eq!(get(&lea, "lea").await["statusId"], "Available");

    let refuses = async |who: &Session, user: &str, status: u16, id: &str| {
        let path = format!("/status/user-statuses/{user}");
        let body = json!({"statusId": "Gone Home"});
        let answer = who.raw(Method::PUT, &path, Some(&body)).await;
        refused(answer.expect("an answer").success(), status, id)
    };
    let denied = "error.request.status.accessDenied";
    refuses(&lea, "ben", 403, denied).await;
    refuses(&lea, "nobody", 403, denied).await;
    assert_eq!(get(&ben, "ben").await["statusId"], "Available");
    set(&admin, "ben", &json!({"statusId": "At Lunch"})).await;
    assert_eq!(get(&ben, "ben").await["statusId"], "At Lunch");
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    let unknown = refuses(&admin, "nobody", 400, invalid).await;
    assert_eq!(unknown.error.property_name(), Some("userId"));

    let taken = admin
        .raw(Method::PUT, "/configuration/users/lea", Some(&right))
        .await;
    assert_eq!(taken.expect("an answer").status, 200);
    refuses(&lea, "anna", 403, denied).await;
    assert_eq!(get(&anna, "anna").await["statusId"], "In a meeting");
}

#[tokio::test]
async fn what_cannot_be_a_status_is_refused_and_changes_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    set(
        &anna,
        "anna",
        &json!({"statusId": "In a meeting", "notes": "x"}),
    )
    .await;
    let before = get(&anna, "anna").await;
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    let missing = "error.request.invalidRepresentation.missingProperty";
    let unknown = "error.request.status.statusNotFound";
    for (user, body, status, id) in [
        ("anna", json!({"statusId": "no such"}), 400, unknown),
        // Only the server sets it.
        (
            "anna",
            json!({"statusId": "ACD - Agent Not Answering"}),
            400,
            unknown,
        ),
        ("anna", json!({}), 400, missing),
        ("anna", json!({"statusId": 1}), 400, invalid),
        (
            "anna",
            json!({"statusId": "Available", "notes": "x".repeat(1_001)}),
            400,
            invalid,
        ),
        (
            "anna",
            json!({"statusId": "Available", "until": {"untilDateTime": "tomorrow"}}),
            400,
            invalid,
        ),
        (
            "ben",
            json!({"statusId": "Available"}),
            403,
            "error.request.status.accessDenied",
        ),
        (
            "nobody",
            json!({"statusId": "Available"}),
            403,
            "error.request.status.accessDenied",
        ),
    ] {
        let answer = anna
            .raw(
                Method::PUT,
                &format!("/status/user-statuses/{user}"),
                Some(&body),
            )
            .await
            .expect("an answer");
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(answer.value()["errorId"], id, "{body}");
    }
    assert_eq!(get(&anna, "anna").await, before);

    let nobody = anna
        .raw(Method::GET, "/status/user-statuses/nobody", None)
        .await;
    assert_eq!(nobody.expect("an answer").status, 404);
    assert_eq!(watch(&anna, &["ben"]).await, 200);
    assert_eq!(watch(&anna, &["carl", "nobody"]).await, 404);
    let watched = told(&anna).await;
    assert_eq!(watched[0].1.len(), 1, "the former subscription stands");
    assert_eq!(watched[0].1[0].user_id, "ben");
    let none = anna.raw(Method::PUT, WATCH, None).await.expect("an answer");
    refused(none.success(), 400, missing);
}

#[tokio::test]
async fn a_status_outlives_the_session_and_the_server() {
    let mut server = Server::demo().await;
    let anna = server.log_in("anna").await;
    set(&anna, "anna", &json!({"statusId": "Working at home"})).await;
    anna.log_out().await.expect("logs out");
    assert!(server.stop().await.success());
    server.start().await;
    let ben = server.log_in("ben").await;
    let status = get(&ben, "anna").await;
    assert_eq!(
        (&status["statusId"], &status["loggedIn"]),
        (&json!("Working at home"), &json!(false))
    );
}
