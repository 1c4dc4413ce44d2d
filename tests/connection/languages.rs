//! The language that a session's texts are in.

use icws::client::{CSRF_TOKEN, Call, Client, LogIn, Method, Session, header};
use serde_json::{Value, json};

use super::credentials;
use crate::server::{PASSWORD, Server};

async fn german(client: &Client, user: &str) -> Session {
    let german = LogIn {
        language: Some("de"),
        ..LogIn::new(user, PASSWORD)
    };
    client.log_in_with(&german).await.expect("logged in")
}

#[tokio::test]
async fn a_session_keeps_the_language_that_it_began_with() {
    let server = Server::demo().await;
    let client = server.client();
    for (wish, message) in [
        ("de-AT,de;q=0.9,en;q=0.8", "Diesen Benutzer gibt es nicht."),
        ("en-GB,de;q=0.9", "There is no such user."),
    ] {
        let login = Call::new(Method::POST, "/icws/connection")
            .header(header::ACCEPT_LANGUAGE, wish)
            .json(&credentials("anna", PASSWORD));
        let answer = client.send(login).await.expect("an answer");
        let (body, cookie) = (answer.value(), answer.header(header::SET_COOKIE));
        let id = body["sessionId"].as_str().expect("an id");
        let path = format!("/icws/{id}/status/user-statuses/nobody");
        let ask = Call::new(Method::GET, path)
            .header(header::COOKIE, cookie.expect("a cookie"))
            .header(CSRF_TOKEN, body["csrfToken"].as_str().expect("a token"))
            .header(header::ACCEPT_LANGUAGE, "fr");
        let refused = client.send(ask).await.expect("an answer");
        assert_eq!(refused.status, 404);
        assert_eq!(refused.value()["message"], message);
    }
    // Before there is a session, each request has its own.
    let wrong = Call::new(Method::POST, "/icws/connection")
        .header(header::ACCEPT_LANGUAGE, "de")
        .json(&credentials("anna", "wrong"));
    let refused = client.send(wrong).await.expect("an answer");
    assert_eq!(
        refused.value()["message"],
        "Die Anmeldung ist fehlgeschlagen."
    );
}

/// What a refusal says to people; the request asks for a language or does not.
async fn said(session: &Session, asked: (Method, &str, Option<&str>)) -> (u16, String) {
    let (method, path, wish) = asked;
    let mut call = session.call(method, path);
    if let Some(wish) = wish {
        call = call.header(header::ACCEPT_LANGUAGE, wish);
    }
    let answer = session.client.send(call).await.expect("an answer");
    let message = answer.value()["message"].clone();
    let message = message.as_str().expect("a message").to_owned();
    (answer.status, message)
}

#[tokio::test]
async fn what_is_refused_before_a_session_is_known_is_told_in_its_language_too() {
    let server = Server::demo().await;
    let client = server.client();
    let anna = german(&client, "anna").await;
    let stranger = Session {
        id: "4711".into(),
        ..anna.clone()
    };
    for (session, method, path, status, begins) in [
        (
            &anna.without_cookie(),
            Method::GET,
            "/connection",
            401,
            "Das Cookie der Sitzung fehlt",
        ),
        (
            &anna.without_token(),
            Method::GET,
            "/connection",
            401,
            "Im Header ININ-ICWS-CSRF-Token wurde",
        ),
        (
            &anna,
            Method::GET,
            "/nonsense",
            404,
            "Unter dieser Adresse gibt es nichts",
        ),
        (
            &anna,
            Method::POST,
            "/interactions/1/mute",
            410,
            "Dieser Vorgang wird hier nicht angeboten",
        ),
        (
            &anna,
            Method::PATCH,
            "/connection",
            405,
            "Diese Adresse nimmt diese Methode nicht an",
        ),
    ] {
        let own = said(session, (method.clone(), path, None)).await;
        assert_eq!(own.0, status, "{path}");
        assert!(own.1.starts_with(begins), "{path}: {}", own.1);
        // What the request itself asks for counts where no session was found good.
        let (_, english) = said(session, (method.clone(), path, Some("en"))).await;
        assert_ne!(english, own.1, "{path}");
        assert_eq!(said(session, (method, path, Some("de"))).await, own);
    }
    let (status, of_nobody) = said(&stranger, (Method::GET, "/connection", None)).await;
    assert_eq!(status, 401);
    assert!(of_nobody.starts_with("There is no such session"));

    anna.log_out().await.expect("logs out");
    let heartbeat = (Method::POST, "/messaging/heartbeat", None);
    let (status, ended) = said(&anna, heartbeat).await;
    assert_eq!(status, 401);
    assert!(ended.starts_with("Diese Sitzung gibt es nicht"), "{ended}");
    let heartbeat = (Method::POST, "/messaging/heartbeat", Some("en"));
    assert_eq!(said(&anna, heartbeat).await, (401, of_nobody));
}

#[tokio::test]
async fn a_session_that_lacks_a_right_is_told_so_in_its_language() {
    let server = Server::demo().await;
    let client = server.client();
    let none = json!({"securityRights": {"allowResponseManagement": {"actualValue": false}}});
    let admin = server.log_in("admin").await;
    for path in ["users/anna", "workgroups/Support"] {
        let path = format!("/configuration/{path}");
        let answer = admin.raw(Method::PUT, &path, Some(&none)).await;
        assert_eq!(answer.expect("an answer").status, 200);
    }
    let anna = german(&client, "anna").await;
    let path = "/messaging/subscriptions/response-management";
    for wish in [None, Some("en"), Some("de")] {
        let (status, message) = said(&anna, (Method::PUT, path, wish)).await;
        assert_eq!(
            (status, message.as_str()),
            (403, "Ihnen fehlt das Recht Response Management.")
        );
    }
}

#[tokio::test]
async fn statuses_have_their_texts_in_the_language_of_the_session() {
    let server = Server::demo().await;
    let client = server.client();
    let (admin, german) = (server.log_in("admin").await, german(&client, "admin").await);
    let get = async |session: &Session, path: &str| {
        let answer = session.raw(Method::GET, path, None).await;
        answer.expect("an answer").value()
    };
    let list = "/status/status-messages";
    let (english, listed) = (get(&admin, list).await, get(&german, list).await);
    let (english, listed) = (&english["statusMessageList"], &listed["statusMessageList"]);
    let both = english.as_array().expect("a list").iter();
    let mut count = 0;
    for (english, german) in both.zip(listed.as_array().expect("a list")) {
        assert_eq!(english["statusId"], english["messageText"]);
        assert_ne!(german["messageText"], english["messageText"]);
        // Nothing else differs.
        let mut other = german.clone();
        other["messageText"] = english["messageText"].clone();
        assert_eq!(other, *english);
        count += 1;
    }
    assert_eq!(count, 14);
    assert_eq!(listed[0]["messageText"], "Verfügbar");

    let put = async |path: &str, body: Option<Value>| {
        let answer = german.raw(Method::PUT, path, body.as_ref()).await;
        let status = answer.expect("an answer").status;
        assert!((200..300).contains(&status), "{path}: {status}");
        get(&german, "/messaging/messages").await
    };
    let first = put("/messaging/subscriptions/status/status-messages", None).await;
    assert_eq!(first[0]["statusMessagesAdded"], *listed);

    // What configuration tells of a user's status, listed, chosen by and listened to.
    let users = "/messaging/subscriptions/configuration/users/all";
    let all = json!({"configurationIds": ["admin"], "properties": ["statusText"], "rightsFilter": "admin"});
    let first = put(users, Some(all)).await;
    assert_eq!(first[0]["added"][0]["statusText"], "Verfügbar");
    let lunch = json!({"statusId": "At Lunch"});
    let heard = put("/status/user-statuses/admin", Some(lunch)).await;
    let heard = heard.as_array().expect("messages").iter();
    let changed = heard.filter_map(|message| message["changed"][0]["statusText"].as_str());
    assert_eq!(changed.collect::<Vec<_>>(), ["In der Mittagspause"]);
    for (session, text) in [(&german, "In der Mittagspause"), (&admin, "At Lunch")] {
        let path = "/configuration/users/admin?select=statusText";
        assert_eq!(get(session, path).await["statusText"], text);
        let chosen = text.replace(' ', "%20");
        let path = format!("/configuration/users?where=statusText%20eq%20{chosen}");
        let found = get(session, &path).await;
        assert_eq!(found["items"].as_array().expect("a list").len(), 1);
    }
}
