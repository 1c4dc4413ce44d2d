//! What cannot be made or changed, and who may not.

use icws::client::Method;
use serde_json::{Value, json};

use super::{DENIED, IN_USE, ask, get, id, ids, refusal, wrong};
use crate::email::draft;
use crate::server::Server;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of what is refused")]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let with = |property: &str, value: Value| {
        let mut body = id("new");
        body[property] = value;
        body
    };
    let one = |grouping: i32, id: &str| json!([{"objectType": 0, "grouping": grouping, "id": id}]);
    for (body, property, kind) in [
        (id("ANNA"), "configurationId.id", 1),
        (id(""), "configurationId.id", 13),
        (id("a/b"), "configurationId.id", 13),
        (with("extension", json!("100")), "extension", 31),
        (with("notes", json!("x")), "notes", 31),
        (
            with("roles", json!({"actualValue": [{"id": "nobody"}]})),
            "roles",
            2,
        ),
        (
            with("workgroups", json!([{"id": "nobody"}])),
            "workgroups",
            2,
        ),
        (
            with(
                "securityRights",
                json!({"faxCapability": {"actualValue": true}}),
            ),
            "securityRights.faxCapability",
            31,
        ),
        (
            with("securityRights", json!({"users": {"actualValue": true}})),
            "securityRights.users",
            31,
        ),
        (
            with(
                "securityRights",
                json!({"canParkInteractions": {"actualValue": []}}),
            ),
            "securityRights.canParkInteractions",
            9,
        ),
        (
            with(
                "accessRights",
                json!({"viewUserQueue": {"actualValue": true}}),
            ),
            "accessRights.viewUserQueue",
            9,
        ),
        (
            with(
                "accessRights",
                json!({"viewUserQueue": {"actualValue": one(1, "nobody")}}),
            ),
            "accessRights.viewUserQueue",
            2,
        ),
        (
            with(
                "accessRights",
                json!({"viewUserQueue": {"actualValue": one(2, "Support")}}),
            ),
            "accessRights.viewUserQueue",
            9,
        ),
    ] {
        assert_eq!(
            wrong(&admin, Method::POST, "users", &body).await,
            (property.to_owned(), kind),
            "{body}"
        );
    }
    assert_eq!(ids(&get(&admin, "users").await).len(), 5, "none was made");
    assert_eq!(
        wrong(&admin, Method::PUT, "users/anna", &id("ben")).await,
        ("configurationId.id".to_owned(), 9)
    );
    assert_eq!(
        wrong(&admin, Method::POST, "workgroups", &id("support")).await,
        ("configurationId.id".to_owned(), 1)
    );
    for kind in ["users", "roles", "workgroups"] {
        let answer = ask(&admin, Method::POST, kind, Some(&json!({}))).await;
        assert_eq!(answer.value()["propertyName"], "configurationId", "{kind}");
        let answer = ask(
            &admin,
            Method::PUT,
            &format!("{kind}/nobody"),
            Some(&json!({})),
        )
        .await;
        assert_eq!(answer.status, 404, "{kind}");
    }
    let body = json!({"configurationId": {"id": "x"}, "members": [{"id": "nobody"}]});
    assert_eq!(
        wrong(&admin, Method::POST, "workgroups", &body).await,
        ("members".to_owned(), 2)
    );
    let body = json!({"configurationId": {"id": "x"}, "users": [{"id": "nobody"}]});
    assert_eq!(
        wrong(&admin, Method::POST, "roles", &body).await,
        ("users".to_owned(), 2)
    );
    for (user, body) in [
        ("anna", json!({"password": ""})),
        ("nobody", json!({"password": "x"})),
    ] {
        let path = format!("users/{user}/password");
        wrong(&admin, Method::PUT, &path, &body).await;
    }
    let answer = ask(&admin, Method::PUT, "users/anna/password", Some(&json!({}))).await;
    assert_eq!(answer.value()["propertyName"], "password");

    // What people work with does not go from under them.
    let anna = server.log_in("anna").await;
    let draft = draft(&anna).await;
    for path in ["users/anna", "workgroups/Support"] {
        let answer = ask(&admin, Method::DELETE, path, None).await;
        assert_eq!(refusal(&answer), (400, IN_USE.to_owned()), "{path}");
        assert_eq!(
            answer.value()["explicitReferences"][0]["references"][0]["id"],
            draft,
            "{path}"
        );
    }
    let answer = ask(&admin, Method::DELETE, "users/admin", None).await;
    assert_eq!(
        refusal(&answer),
        (403, DENIED.to_owned()),
        "nobody removes himself"
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of who may not what")]
async fn nobody_changes_what_he_may_not_and_gives_what_he_has_not() {
    let server = Server::demo().await;
    for words in [
        "user grant carl users ben",
        "user grant lea users *",
        "user grant lea roles *",
        "user grant lea workgroups *",
        "user grant lea canEditAccessRights",
        "user role ben Seniors",
        "user grant --role Seniors masterAdministrator",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        server.done(&words).await;
    }
    let (anna, carl, lea) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("lea").await,
    );
    let held = |bundle: &str, name: &str| json!({bundle: {name: {"actualValue": true}}});
    let group = |name: &str| json!({"workgroups": [{"id": name}]});
    let password = json!({"password": "x"});
    let none = json!({});
    for (session, method, path, body, status) in [
        // Without any right.
        (&anna, Method::POST, "users", &id("x"), 403),
        (&anna, Method::POST, "roles", &id("x"), 403),
        (&anna, Method::POST, "workgroups", &id("x"), 403),
        (&anna, Method::PUT, "users/anna", &none, 403),
        (&anna, Method::PUT, "users/anna/password", &password, 403),
        (&anna, Method::PUT, "users/nobody/password", &password, 403),
        (&anna, Method::PUT, "roles/Seniors", &none, 403),
        (&anna, Method::PUT, "workgroups/Support", &none, 403),
        (
            &anna,
            Method::POST,
            "workgroups/Support/monitored-mailboxes",
            &none,
            403,
        ),
        (&anna, Method::DELETE, "users/ben", &none, 403),
        (&anna, Method::DELETE, "roles/Seniors", &none, 403),
        (&anna, Method::DELETE, "workgroups/Support", &none, 403),
        // With the right for one user, who may administer everything by his role: that protects him.
        (&carl, Method::POST, "users", &id("x"), 403),
        (&carl, Method::PUT, "users/anna", &none, 403),
        (&carl, Method::PUT, "users/ben", &none, 403),
        (&carl, Method::PUT, "users/ben/password", &password, 403),
        (&carl, Method::DELETE, "users/ben", &none, 403),
        // With the right for all users and groups, and to edit access rights.
        (&lea, Method::PUT, "users/admin/password", &password, 403),
        (&lea, Method::PUT, "users/ben/password", &password, 403),
        (&lea, Method::PUT, "users/anna/password", &password, 200),
        (
            &lea,
            Method::PUT,
            "users/anna",
            &json!({"roles": {"actualValue": [{"id": "Seniors"}]}}),
            403,
        ),
        (
            &lea,
            Method::PUT,
            "roles/Seniors",
            &json!({"users": []}),
            403,
        ),
        (&lea, Method::DELETE, "roles/Seniors", &none, 403),
        (
            &lea,
            Method::PUT,
            "workgroups/Support",
            &json!({"members": [{"id": "carl"}]}),
            403,
        ),
        (&lea, Method::PUT, "users/carl", &group("Support"), 200),
        (
            &lea,
            Method::PUT,
            "users/anna",
            &held("administrativeRights", "masterAdministrator"),
            403,
        ),
        (
            &lea,
            Method::PUT,
            "users/lea",
            &held("administrativeRights", "mailConfiguration"),
            403,
        ),
        (
            &lea,
            Method::PUT,
            "users/anna",
            &held("securityRights", "canParkInteractions"),
            403,
        ),
        (
            &lea,
            Method::PUT,
            "users/carl",
            &held("securityRights", "allowResponseManagement"),
            200,
        ),
        (&lea, Method::POST, "users", &id("dora"), 201),
    ] {
        let answer = ask(session, method.clone(), path, Some(body)).await;
        assert_eq!(
            answer.status,
            status,
            "{} {method} {path} {body}: {}",
            session.user_id(),
            answer.text()
        );
        if status == 403 {
            assert_eq!(refusal(&answer).1, DENIED, "{path}");
        }
    }
    let told = get(
        &server.log_in("admin").await,
        "users/anna?select=*&actualValues=1",
    )
    .await;
    assert_eq!(
        told["securityRights"]["canParkInteractions"]["actualValue"],
        false
    );
    assert_eq!(told["roles"]["actualValue"], json!([]));
}
