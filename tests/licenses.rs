//! Licences: every one can be had.

use icws::client::Method;
use icws::licenses::{LicenseAssignedStatus, LicenseMessage};
use icws::messaging::Message;
use serde_json::{Value, json};

use crate::server::Server;

#[tokio::test]
async fn every_licence_that_is_asked_for_is_granted() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let body = json!({"licenseList": ["I3_ACCESS_CLIENT", "no such licence"]});
    for method in [Method::POST, Method::PUT, Method::POST] {
        let answer = anna
            .raw(method, "/licenses", Some(&body))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 200);
        let granted = |name: &str| json!({"errorDetails": "", "isAvailable": true, "licenseName": name, "licenseStatus": 2});
        assert_eq!(
            answer.value(),
            json!({"licenseOperationResultList": [granted("I3_ACCESS_CLIENT"), granted("no such licence")]})
        );
    }
    let many = json!({"licenseList": vec!["x"; 501]});
    let refused = anna
        .raw(Method::POST, "/licenses", Some(&many))
        .await
        .expect("an answer");
    assert_eq!(refused.status, 400);
    let released = anna
        .raw(Method::DELETE, "/licenses", None)
        .await
        .expect("an answer");
    assert_eq!(released.status, 204);
}

#[tokio::test]
async fn licences_in_stages_are_granted_too() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let stage = |name: &str, licences: &[&str]| json!({"stageName": name, "stageFailureAction": "1", "licenseList": licences});
    let ask = async |stages: &[Value]| {
        let body = json!({"licenseStageOperationList": stages});
        let path = "/licenses/license-stages";
        let answer = anna.raw(Method::POST, path, Some(&body)).await;
        answer.expect("an answer")
    };
    let answer = ask(&[stage("first", &["a", "b"]), stage("second", &[])]).await;
    let granted = |name: &str| json!({"errorDetails": "", "isAvailable": true, "licenseName": name, "licenseStatus": 2});
    let expected = json!({"licenseStageOperationResultList": [
        {"stageName": "first", "result": [granted("a"), granted("b")]},
        {"stageName": "second", "result": []},
    ]});
    assert_eq!((answer.status, answer.value()), (200, expected));
    assert_eq!(ask(&[json!({"stageName": "x"})]).await.status, 400);
    let many = vec!["x"; 300];
    assert_eq!(
        ask(&[stage("a", &many), stage("b", &many)]).await.status,
        400
    );
}

#[tokio::test]
async fn watched_licences_are_assigned() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let path = "/messaging/subscriptions/licenses";
    let body = json!({"licenseList": ["I3_ACCESS_CLIENT"]});
    let answer = anna
        .raw(Method::PUT, path, Some(&body))
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let expected = Message::Licenses(LicenseMessage {
        license_assigned_status_list: vec![LicenseAssignedStatus {
            name: "I3_ACCESS_CLIENT".into(),
            is_assigned: true,
        }],
        is_delta: false,
    });
    assert_eq!(anna.messages().await.expect("a poll"), [expected]);
    assert_eq!(anna.messages().await.expect("a poll"), []);
    for _ in 0..2 {
        let ended = anna
            .raw(Method::DELETE, path, None)
            .await
            .expect("an answer");
        assert_eq!(ended.status, 200);
    }
}
