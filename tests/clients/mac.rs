//! The client for the Mac, and the one for Angular.

use serde_json::json;

use super::{Habit, credentials, minimal_email, text};
use crate::server::Server;

/// The Mac client and the Angular one: bodies labelled as a form or as text, exactly one cookie, exactly 200 and an array.
#[tokio::test]
async fn the_mac_and_the_angular_client() {
    let server = Server::demo().await;
    for label in [
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: text/plain;charset=UTF-8",
    ] {
        let headers = [label, "Accept-Language: en-us"];
        let (mut client, answer) =
            Habit::log_in(&server, "", &headers, &credentials("anna").to_string()).await;
        assert_eq!(
            answer.all("set-cookie").len(),
            1,
            "several would be joined by a comma"
        );
        client.session = text(&answer.json(), "sessionId");
        assert!(
            client.session.bytes().all(|byte| byte.is_ascii_digit()),
            "tools find sessions by /icws/[0-9]+"
        );
        client.headers = vec![
            format!("Cookie: {}", answer.all("set-cookie")[0]),
            format!(
                "ININ-ICWS-CSRF-Token: {}",
                text(&answer.json(), "csrfToken")
            ),
            label.into(),
        ];
        for _ in 0..2 {
            let messages = client.ask("GET", "/messaging/messages", "").await;
            assert_eq!(
                (messages.status, messages.json()),
                (200, json!([])),
                "204 would make it disconnect"
            );
        }
        assert_eq!(
            client
                .ask("PUT", "/messaging/subscriptions/response-management", "")
                .await
                .status,
            204
        );
        let statuses = "/messaging/subscriptions/status/status-messages";
        assert_eq!(client.ask("PUT", statuses, "").await.status, 200);
        let id = client
            .ask("POST", "/interactions", &minimal_email())
            .await
            .json()["interactionId"]
            .clone();
        let upload = format!(
            "/interactions/{}/email/attachments/file/upload",
            id.as_str().expect("a string")
        );
        let body = r#"{"uploadFileName":"a.txt","isInlineAttachment":"0"}"#;
        assert_eq!(
            client.ask("POST", &upload, body).await.status,
            202,
            "a string for a Boolean"
        );
    }
}

/// All that the client for the Mac asks for when its session is up, and what it takes from the messages.
#[tokio::test]
async fn the_start_of_the_mac_client() {
    let server = Server::demo().await;
    let label = "Content-Type: application/x-www-form-urlencoded";
    let headers = [label, "Accept-Language: en-us"];
    let (mut mac, answer) =
        Habit::log_in(&server, "", &headers, &credentials("anna").to_string()).await;
    let body = answer.json();
    mac.session = text(&body, "sessionId");
    mac.headers = vec![
        format!("Cookie: {}", answer.all("set-cookie")[0]),
        format!("ININ-ICWS-CSRF-Token: {}", text(&body, "csrfToken")),
        label.into(),
    ];
    let own = json!({"userIds": ["anna"]}).to_string();
    let queue = json!({
        "queueIds": [{"queueType": "1", "queueName": "anna"}],
        "attributeNames": ["Eic_State", "Eic_CallStateString", "Eic_Capabilities", "Eic_InitiationTime", "Eic_Recorders"],
    });
    let id = "2E9A5F0C-7C0A-4F8B-9D0E-0123456789AB";
    for (path, body) in [
        ("status/status-messages", ""),
        ("status/status-messages-user-access", &own),
        ("status/user-statuses", &own),
        ("session/sessions-users", &own),
        (&format!("queues/{id}"), &queue.to_string()),
    ] {
        let path = format!("/messaging/subscriptions/{path}");
        assert_eq!(mac.ask("PUT", &path, body).await.status, 200, "{path}");
    }
    let station = json!({
        "__type": "urn:inin.com:connection:workstationSettings",
        "supportedMediaTypes": [1],
        "workstation": "desk7",
    });
    let put = mac
        .ask("PUT", "/connection/station", &station.to_string())
        .await;
    assert_eq!(put.status, 200, "exactly");
    let created = mac.ask("POST", "/interactions", &minimal_email()).await;
    let email = text(&created.json(), "interactionId");
    let polled = mac.ask("GET", "/messaging/messages", "").await;
    assert_eq!(polled.status, 200, "exactly");
    let messages = polled.json();
    let of = |kind: &str| {
        let urn = format!("urn:inin.com:{kind}");
        let mut found = messages.as_array().expect("a list").iter();
        found.find(|message| message["__type"] == urn).expect(kind)
    };
    let known = of("status:statusMessagesMessage")["statusMessagesAdded"].clone();
    let known = known.as_array().expect("a list");
    let access = of("status:statusMessagesUserAccessMessage");
    let may = &access["statusMessagesUserAccessChanges"][0]["statusMessagesAdded"];
    let may = may.as_array().expect("a list");
    assert!(!may.is_empty());
    for status in may {
        assert!(known.iter().any(|known| known["statusId"] == *status));
    }
    // It reads the first fifteen characters of a date.
    let status = &of("status:userStatusMessage")["userStatusList"][0];
    let changed = text(status, "statusChanged");
    assert!(
        changed.len() == 16 && changed.as_bytes()[8] == b'T',
        "{changed}"
    );
    // Where the user sits already.
    let sessions = of("session:sessionsMessage")["sessionsAdded"].clone();
    let place = |session: &serde_json::Value| {
        session["userId"]["id"] == "anna" && session["stationId"]["id"] == "desk7"
    };
    assert!(sessions.as_array().expect("a list").iter().any(place));
    let queue = of("queues:queueContentsMessage");
    assert_eq!(queue["subscriptionId"], id);
    assert_eq!(queue["interactionsAdded"][0]["interactionId"], email);
    let attributes = queue["interactionsAdded"][0]["attributes"].clone();
    assert!(
        attributes
            .as_object()
            .expect("an object")
            .values()
            .all(serde_json::Value::is_string)
    );
    for (what, body) in [
        ("hold", r#"{"on":"1"}"#),
        ("hold", r#"{"on":"0"}"#),
        ("pickup", "{}"),
        ("disconnect", "{}"),
    ] {
        let path = format!("/interactions/{email}/{what}");
        assert_eq!(mac.ask("POST", &path, body).await.status, 200, "{what}");
    }
}
