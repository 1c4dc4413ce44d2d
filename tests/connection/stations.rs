//! Where a session works.

use icws::client::{Method, Session};
use icws::connection::{StationInformation, StationSettingsType, SupportedMediaType};
use icws::messaging::Message;
use serde_json::{Value, json};

use super::error;
use crate::server::Server;

const PATH: &str = "/connection/station";
const WATCH: &str = "/messaging/subscriptions/connection/station";

async fn ask(session: &Session, method: Method, path: &str, body: Option<&Value>) -> (u16, usize) {
    let answer = session.raw(method, path, body).await.expect("an answer");
    (answer.status, answer.body.len())
}

async fn station(session: &Session) -> Value {
    let answer = session.raw(Method::GET, PATH, None).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200);
    answer.value()
}

/// The changes that a poll tells: whether it is a delta, the station before, and the one now.
async fn told(session: &Session) -> Vec<(bool, Option<StationInformation>, StationInformation)> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let change = |message| match message {
        Message::StationConnectionStateChange(message) => Some((
            message.is_delta,
            message.previous_station_info,
            message.new_station_info,
        )),
        _ => None,
    };
    messages.filter_map(change).collect()
}

#[tokio::test]
async fn a_session_begins_without_a_station_and_declares_what_it_takes() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let nowhere = json!({
        "id": "", "extension": "", "stationSetting": 0, "canBeDialed": false, "allowedMediaTypes": [],
    });
    assert_eq!(station(&anna).await, nowhere);
    let stationless = json!({
        "__type": "urn:inin.com:connection:stationlessSettings",
        "supportedMediaTypes": ["3", 1, 3], "readyForInteractions": "true",
    });
    assert_eq!(
        ask(&anna, Method::PUT, PATH, Some(&stationless)).await,
        (200, 0)
    );
    let mut declared = nowhere.clone();
    declared["allowedMediaTypes"] = json!([1, 3]);
    assert_eq!(station(&anna).await, declared);
    for (kind, body, expected) in [
        (
            "workstationSettings",
            json!({"workstation": "Desk 7"}),
            json!({"id": "Desk 7", "stationSetting": 1}),
        ),
        (
            "remoteWorkstationSettings",
            json!({"workstation": "Desk 7", "remoteNumber": "1"}),
            json!({"id": "Desk 7", "remoteNumber": "1", "stationSetting": 2}),
        ),
        (
            "remoteNumberSettings",
            json!({"remoteNumber": "+49 30 1", "persistentConnection": "false"}),
            json!({"id": "", "remoteNumber": "+49 30 1", "stationSetting": 3}),
        ),
    ] {
        let mut body = body;
        body["__type"] = json!(format!("urn:inin.com:connection:{kind}"));
        assert_eq!(
            ask(&anna, Method::PUT, PATH, Some(&body)).await,
            (200, 0),
            "{kind}"
        );
        let now = station(&anna).await;
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(&now[name], value, "{kind}");
        }
    }
    // It is the session's own, and is left as often as one likes.
    assert_eq!(station(&server.log_in("anna").await).await, nowhere);
    for _ in 0..2 {
        assert_eq!(ask(&anna, Method::DELETE, PATH, None).await, (200, 0));
        assert_eq!(station(&anna).await, nowhere);
    }
}

#[tokio::test]
async fn what_is_no_station_is_refused_and_changes_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let before = station(&anna).await;
    let missing = "error.request.invalidRepresentation.missingProperty";
    let invalid = "error.request.invalidRepresentation.invalidProperty";
    let urn = |kind: &str| format!("urn:inin.com:connection:{kind}");
    for (body, id) in [
        (json!({"__type": urn("workstationSettings")}), missing),
        (
            json!({"__type": urn("remoteNumberSettings"), "remoteNumber": null}),
            missing,
        ),
        (json!({"workstation": "Desk 7"}), missing),
        (json!({"__type": urn("versionInfo")}), invalid),
        (
            json!({"__type": urn("workstationSettings"), "workstation": " "}),
            invalid,
        ),
        (
            json!({"__type": urn("workstationSettings"), "workstation": "x".repeat(101)}),
            invalid,
        ),
        (
            json!({"__type": urn("workstationSettings"), "workstation": "a\u{0}b"}),
            invalid,
        ),
        (json!({"supportedMediaTypes": [17]}), invalid),
        (json!({"supportedMediaTypes": vec![3; 21]}), invalid),
    ] {
        let answer = anna.raw(Method::PUT, PATH, Some(&body)).await;
        assert_eq!(
            error(&answer.expect("an answer")),
            (400, id.into()),
            "{body}"
        );
    }
    assert_eq!(station(&anna).await, before);
}

#[tokio::test]
async fn a_change_of_station_is_told_to_its_own_session() {
    let server = Server::demo().await;
    let (anna, other) = (server.log_in("anna").await, server.log_in("anna").await);
    for session in [&anna, &other] {
        assert_eq!(ask(session, Method::PUT, WATCH, None).await, (200, 0));
        let first = told(session).await;
        assert_eq!(first.len(), 1);
        assert_eq!((first[0].0, &first[0].1), (false, &None));
        assert_eq!(first[0].2.station_setting, StationSettingsType::None);
    }
    let body = json!({
        "__type": "urn:inin.com:connection:workstationSettings", "workstation": "Desk 7", "supportedMediaTypes": [3],
    });
    assert_eq!(ask(&anna, Method::PUT, PATH, Some(&body)).await.0, 200);
    let changed = told(&anna).await;
    assert_eq!(changed.len(), 1);
    let (is_delta, before, now) = &changed[0];
    assert!(is_delta);
    assert_eq!(
        before.as_ref().expect("the one before").station_setting,
        StationSettingsType::None
    );
    assert_eq!(now.id, "Desk 7");
    assert_eq!(
        now.allowed_media_types,
        Some(vec![SupportedMediaType::Email])
    );
    // The same again is no change, and another session of the user is elsewhere.
    assert_eq!(ask(&anna, Method::PUT, PATH, Some(&body)).await.0, 200);
    assert_eq!(told(&anna).await, []);
    assert_eq!(told(&other).await, []);
    for _ in 0..2 {
        assert_eq!(ask(&anna, Method::DELETE, WATCH, None).await, (200, 0));
    }
    assert_eq!(ask(&anna, Method::DELETE, PATH, None).await.0, 200);
    assert_eq!(told(&anna).await, []);
}
