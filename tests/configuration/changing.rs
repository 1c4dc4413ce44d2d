//! Making, changing and removing users, roles and workgroups.

use icws::client::{Method, Session};
use serde_json::{Value, json};

use super::{ask, get, ids, refusal};
use crate::email::{draft, libraries};
use crate::server::Server;

const DENIED: &str = "error.request.configuration.accessDenied";
const INVALID: &str = "error.request.configuration.invalidObject";
const IN_USE: &str = "error.request.configuration.inUse";

/// Makes, changes or removes something and gives the status.
async fn change(session: &Session, method: Method, path: &str, body: &Value) -> u16 {
    let answer = ask(session, method, path, Some(body)).await;
    answer.status
}

/// The property that was found wrong, and how.
async fn wrong(session: &Session, method: Method, path: &str, body: &Value) -> (String, i64) {
    let answer = ask(session, method, path, Some(body)).await;
    assert_eq!(
        refusal(&answer),
        (400, INVALID.to_owned()),
        "{body}: {}",
        answer.text()
    );
    let said = answer.value();
    assert_eq!(
        said["__type"],
        "urn:inin.com:configuration:configurationError"
    );
    let fault = &said["validationErrors"][0];
    let name = fault["propertyName"].as_str().expect("a name").to_owned();
    (
        name,
        fault["validationErrorType"].as_i64().expect("a number"),
    )
}

fn id(id: &str) -> Value {
    json!({"configurationId": {"id": id}})
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one life of a user, from the first day to the last"
)]
async fn a_user_is_made_with_all_that_he_needs_and_works() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    assert_eq!(
        change(&admin, Method::POST, "roles", &id("Seniors")).await,
        201
    );
    let new = json!({
        "configurationId": {"id": "Dora", "displayName": "Dora Weiß"},
        "workgroups": [{"id": "SUPPORT"}],
        "roles": {"actualValue": [{"id": "seniors"}]},
        "securityRights": {"allowResponseManagement": {"actualValue": "true"}, "canParkInteractions": {"effectiveValue": true}},
        "accessRights": {"viewUserQueue": {"actualValue": [{"id": "anna", "objectType": 0, "grouping": 1}]}},
        "administrativeRights": {"users": {"actualValue": [{"grouping": "0", "objectType": 0}]}},
        "ours": {"is": "ignored"},
    });
    let made = ask(&admin, Method::POST, "users", Some(&new)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(
        made.value(),
        json!({"id": "Dora", "uri": "/configuration/users/Dora"})
    );
    let location = made.header("location").expect("a location").to_owned();
    assert_eq!(
        location,
        format!("/icws/{}/configuration/users/Dora", admin.id)
    );
    let told = get(&admin, "users/dora?select=*&actualValues=1").await;
    assert_eq!(told["configurationId"]["displayName"], "Dora Weiß");
    assert_eq!(told["workgroups"][0]["id"], "Support");
    assert_eq!(told["roles"]["actualValue"][0]["id"], "Seniors");
    assert_eq!(
        told["securityRights"]["allowResponseManagement"]["actualValue"],
        true
    );
    assert_eq!(
        told["securityRights"]["canParkInteractions"]["actualValue"], false,
        "only what is one's own is set"
    );
    assert_eq!(
        told["accessRights"]["viewUserQueue"]["actualValue"][0]["id"],
        "anna"
    );
    assert_eq!(
        told["administrativeRights"]["users"]["actualValue"][0]["grouping"],
        0
    );

    // Without a password nobody logs in; with one she does, and may what she was given.
    assert!(server.client().log_in("dora", "secret").await.is_err());
    let password = ask(
        &admin,
        Method::PUT,
        "users/dora/password",
        Some(&json!({"password": "secret", "force": true})),
    )
    .await;
    assert_eq!((password.status, password.body.len()), (200, 0));
    let dora = server
        .client()
        .log_in("dora", "secret")
        .await
        .expect("Dora");
    assert_eq!(ids(&get(&dora, "users").await).len(), 6);

    // What is absent stays, what is there is replaced.
    let update = json!({"configurationId": {"id": "dora", "displayName": "Dora"}, "accessRights": {"viewUserQueue": {"actualValue": []}}});
    let changed = ask(&admin, Method::PUT, "users/Dora", Some(&update)).await;
    assert_eq!(
        (changed.status, changed.value()["id"].clone()),
        (200, json!("Dora"))
    );
    let told = get(&admin, "users/dora?select=*&actualValues=1").await;
    assert_eq!(told["configurationId"]["displayName"], "Dora");
    assert_eq!(
        told["accessRights"]["viewUserQueue"]["actualValue"],
        json!([])
    );
    assert_eq!(told["workgroups"][0]["id"], "Support");
    assert_eq!(
        told["securityRights"]["allowResponseManagement"]["actualValue"],
        true
    );
    let none = json!({"workgroups": [], "roles": {"actualValue": []}, "securityRights": {"allowResponseManagement": {"actualValue": false}}});
    assert_eq!(change(&admin, Method::PUT, "users/dora", &none).await, 200);
    let told = get(&admin, "users/dora?select=*").await;
    assert_eq!(
        (&told["workgroups"], &told["roles"]["effectiveValue"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        told["securityRights"]["allowResponseManagement"]["effectiveValue"],
        false
    );

    // When he is gone his session is, too, and a new one of his name begins with nothing.
    assert_eq!(
        change(&admin, Method::DELETE, "users/dora", &Value::Null).await,
        204
    );
    assert_eq!(
        dora.raw(Method::GET, "/configuration/users", None)
            .await
            .expect("an answer")
            .status,
        401
    );
    assert_eq!(
        change(&admin, Method::DELETE, "users/dora", &Value::Null).await,
        404
    );
    assert_eq!(
        change(&admin, Method::POST, "users", &id("dora")).await,
        201
    );
    let again = get(
        &admin,
        "users/dora?select=administrativeRights&actualValues=1",
    )
    .await;
    assert_eq!(
        again["administrativeRights"]["users"]["actualValue"],
        json!([])
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one life of each, as it goes")]
async fn roles_and_workgroups_are_made_changed_and_removed() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let role = json!({
        "configurationId": {"id": "Seniors"}, "users": [{"id": "anna"}, {"id": "ben"}],
        "securityRights": {"canParkInteractions": {"actualValue": true}},
    });
    assert_eq!(change(&admin, Method::POST, "roles", &role).await, 201);
    let own = get(
        &server.log_in("ben").await,
        "users/ben?select=securityRights.canParkInteractions",
    )
    .await;
    assert_eq!(
        own["securityRights"]["canParkInteractions"]["effectiveValue"],
        true
    );
    assert_eq!(
        change(
            &admin,
            Method::PUT,
            "roles/seniors",
            &json!({"users": [{"id": "BEN"}, {"id": "carl"}]})
        )
        .await,
        200
    );
    let told = get(&admin, "roles/seniors?select=users").await;
    let names: Vec<&Value> = told["users"]
        .as_array()
        .expect("users")
        .iter()
        .map(|user| &user["id"])
        .collect();
    assert_eq!(names, ["ben", "carl"]);
    assert_eq!(
        change(&admin, Method::DELETE, "roles/seniors", &Value::Null).await,
        204
    );
    assert_eq!(ids(&get(&admin, "roles").await), [""; 0]);

    let group = json!({
        "configurationId": {"id": "Sales"}, "members": [{"id": "lea"}],
        "monitoredMailboxes": [
            {"emailAddress": "sales@example.com", "mailboxType": 2, "configurationId": {"id": "x", "displayName": "Sales Team"}},
            {"emailAddress": "orders@example.com", "mailboxType": "0"},
        ],
        "accessRights": {"responseManagementDocuments": {"actualValue": [{"objectType": 0, "grouping": 0}]}},
    });
    assert_eq!(
        change(&admin, Method::POST, "workgroups", &group).await,
        201
    );
    let path = "workgroups/sales/monitored-mailboxes";
    let bulk = json!({
        "add": [{"emailAddress": "Returns@example.com", "mailboxType": 1}],
        "modify": [{"emailAddress": "orders@example.com", "configurationId": {"id": "orders@example.com", "displayName": "Orders"}}],
        "remove": ["sales@example.com"],
    });
    let answer = ask(&admin, Method::POST, path, Some(&bulk)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.value()["subObjects"],
        json!([{"id": "Returns@example.com"}, {"id": "orders@example.com"}])
    );
    let told = get(&admin, "workgroups/sales?select=monitoredMailboxes,members").await;
    let mailboxes = told["monitoredMailboxes"].as_array().expect("mailboxes");
    assert_eq!(mailboxes.len(), 2, "{told}");
    assert_eq!(mailboxes[0]["configurationId"]["displayName"], "Orders");
    assert_eq!(
        (&mailboxes[0]["mailboxType"], &mailboxes[1]["mailboxType"]),
        (&json!(0), &json!(1))
    );
    for (bulk, name) in [
        (
            json!({"add": [{"emailAddress": "ORDERS@example.com"}]}),
            "add",
        ),
        (
            json!({"add": [{"emailAddress": "support@example.com"}]}),
            "add",
        ),
        (json!({"add": [{"emailAddress": "nonsense"}]}), "add"),
        (
            json!({"modify": [{"emailAddress": "new@example.com"}]}),
            "modify",
        ),
        (json!({"remove": ["support@example.com"]}), "remove"),
    ] {
        assert_eq!(
            wrong(&admin, Method::POST, path, &bulk).await.0,
            name,
            "{bulk}"
        );
    }
    let missing = ask(&admin, Method::POST, path, Some(&json!({"add": [{}]}))).await;
    assert_eq!(missing.value()["propertyName"], "add.emailAddress");
    assert_eq!(
        change(
            &admin,
            Method::POST,
            "workgroups/x/monitored-mailboxes",
            &json!({})
        )
        .await,
        404
    );
    assert_eq!(
        change(&admin, Method::DELETE, "workgroups/sales", &Value::Null).await,
        204
    );
    let members = get(&admin, "users/lea?select=workgroups").await;
    assert_eq!(members["workgroups"], json!([]));
}

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

#[tokio::test]
async fn a_library_that_was_removed_is_gone_for_everybody() {
    let server = Server::demo().await;
    let (admin, anna) = (server.log_in("admin").await, server.log_in("anna").await);
    let documents = get(&admin, "response-management-documents").await;
    let letters = documents["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| &item["configurationId"]);
    let mut letters = letters.filter(|id| id["displayName"] == "Letters");
    let letters = letters.next_back().expect("the letters")["id"]
        .as_str()
        .expect("a Guid")
        .to_owned();
    let before = libraries(&anna).await.len();
    let path = format!("response-management-documents/{letters}");
    let denied = ask(&anna, Method::DELETE, &path, None).await;
    assert_eq!(refusal(&denied), (403, DENIED.to_owned()));
    assert_eq!(ask(&admin, Method::DELETE, &path, None).await.status, 204);
    assert_eq!(ask(&admin, Method::DELETE, &path, None).await.status, 404);
    assert_eq!(libraries(&anna).await.len(), before - 1);
}
