//! Licences: every one can be had.

use icws::client::Method;
use icws::licenses::{LicenseAssignedStatus, LicenseMessage};
use icws::messaging::Message;
use serde_json::json;

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
