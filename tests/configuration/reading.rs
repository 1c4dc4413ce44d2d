//! Listing and reading: what is told of which objects to whom.

use icws::client::{Method, Session, header};
use serde_json::{Value, json};

use super::{ask, get, ids, refusal};
use crate::server::Server;

const DENIED: &str = "error.request.configuration.accessDenied";
const UNKNOWN: &str = "error.request.configuration.notFound";
const QUERY: &str = "error.request.configuration.invalidQuery";

#[tokio::test]
async fn an_administrator_lists_what_there_is() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    let users = get(&admin, "users").await;
    assert_eq!(ids(&users), ["admin", "anna", "ben", "carl", "lea"]);
    let anna = json!({"configurationId": {"id": "anna", "displayName": "Anna Lindqvist", "uri": "/configuration/users/anna"}});
    assert_eq!(users["items"][1], anna, "without select the id alone");
    assert_eq!(ids(&get(&admin, "workgroups").await), ["Support"]);
    assert_eq!(ids(&get(&admin, "roles").await), [""; 0]);
    let documents = get(&admin, "response-management-documents?select=*").await;
    let names: Vec<&Value> = documents["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| &item["configurationId"]["displayName"])
        .collect();
    assert!(names.contains(&&json!("Letters")), "{names:?}");
    let first = &documents["items"][0];
    assert_eq!(first["lastModifiedDate"], first["documentDateLastModified"]);
    let id = first["configurationId"]["id"].as_str().expect("a Guid");
    let again = get(
        &admin,
        &format!(
            "response-management-documents/{}?select=createdDate",
            id.to_uppercase()
        ),
    )
    .await;
    assert_eq!(again["createdDate"], first["createdDate"]);
    assert_eq!(again.get("lastModifiedDate"), None);

    // As a script does that shows who is there.
    let texts = get(&admin, "users?select=statusText").await;
    assert_eq!(texts["items"][0]["statusText"], "Available");
    let group = get(&admin, "workgroups/support?select=*").await;
    assert_eq!(group["hasQueue"], true);
    assert_eq!(group["queueType"], 5);
    assert_eq!(group["isAcdEmailRoutingActive"], true);
    assert_eq!(
        group["monitoredMailboxes"][0]["emailAddress"],
        "support@example.com"
    );
    assert_eq!(group["monitoredMailboxes"][0]["mailboxType"], 2);
    let members: Vec<&Value> = group["members"]
        .as_array()
        .expect("members")
        .iter()
        .map(|member| &member["id"])
        .collect();
    assert_eq!(members, ["anna", "ben", "carl"]);
    assert_eq!(
        group["securityRights"]["modifyInteractions"]["effectiveValue"],
        true
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of queries")]
async fn lists_are_chosen_from_ordered_and_cut() {
    let server = Server::demo().await;
    let admin = server.log_in("admin").await;
    for (query, expected) in [
        ("where=configurationId.id%20sw%20A", vec!["admin", "anna"]),
        (
            "where=configurationId.displayName ct mor,workgroups eq support",
            vec!["carl"],
        ),
        (
            "where=workgroups.id eq SUPPORT&orderBy=configurationId.id desc",
            vec!["carl", "ben", "anna"],
        ),
        (
            "orderBy=configurationId.displayName&where=configurationId.id ct a",
            vec!["admin", "anna", "carl", "lea"],
        ),
        ("where=statusText eq nothing", vec![]),
        ("where=roles.effectiveValue.id eq x", vec![]),
    ] {
        let list = get(&admin, &format!("users?{}", query.replace(' ', "%20"))).await;
        assert_eq!(ids(&list), expected, "{query}");
    }
    for query in [
        "where=configurationId.id",
        "where=nonsense eq x",
        "select=nonsense",
        "orderBy=nonsense",
        "rightsFilter=nonsense",
        "where=securityRights.allowResponseManagement eq true",
    ] {
        let answer = ask(
            &admin,
            Method::GET,
            &format!("users?{}", query.replace(' ', "%20")),
            None,
        )
        .await;
        assert_eq!(refusal(&answer), (400, QUERY.to_owned()), "{query}");
        let said = answer.value();
        assert_eq!(
            said["__type"], "urn:inin.com:configuration:getObjectListError",
            "{query}"
        );
        let (name, value) = query.split_once('=').expect("a parameter");
        let expected = if ["where", "select"].contains(&name) {
            json!([value])
        } else {
            json!(value)
        };
        assert_eq!(said[name], expected);
    }
    let answer = ask(
        &admin,
        Method::GET,
        "users/anna?select=nonsense,notes&rightsFilter=admin",
        None,
    )
    .await;
    assert_eq!(
        answer.value()["__type"],
        "urn:inin.com:configuration:getObjectError"
    );
    assert_eq!(answer.value()["select"], json!(["nonsense", "notes"]));

    for kind in [
        "users",
        "roles",
        "workgroups",
        "response-management-documents",
    ] {
        for path in [kind.to_owned(), format!("{kind}/x")] {
            let answer = ask(
                &admin,
                Method::GET,
                &format!("{path}?select=nonsense"),
                None,
            )
            .await;
            assert_eq!(refusal(&answer), (400, QUERY.to_owned()), "{path}");
        }
    }

    for (range, expected, told) in [
        (Some("items=1-2"), vec!["anna", "ben"], "items 1-2/5"),
        (Some("items=3-"), vec!["carl", "lea"], "items 3-4/5"),
        (Some("items=4-900"), vec!["lea"], "items 4-4/5"),
        (Some("items=7-9"), vec![], "items */5"),
        (
            Some("items=2-1"),
            vec!["admin", "anna", "ben", "carl", "lea"],
            "items 0-4/5",
        ),
        (
            Some("bytes=0-1"),
            vec!["admin", "anna", "ben", "carl", "lea"],
            "items 0-4/5",
        ),
        (
            None,
            vec!["admin", "anna", "ben", "carl", "lea"],
            "items 0-4/5",
        ),
    ] {
        let mut call = admin.call(Method::GET, "/configuration/users?select=statusText");
        if let Some(range) = range {
            call = call.header(header::RANGE, range);
        }
        let answer = admin.client.send(call).await.expect("an answer");
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header(header::CONTENT_RANGE),
            Some(told),
            "{range:?}"
        );
        assert_eq!(ids(&answer.value()), expected, "{range:?}");
    }
}

/// The objects of a right, and whether it is held.
async fn rights(session: &Session, query: &str) -> Value {
    get(session, &format!("users/anna?{query}")).await
}

#[tokio::test]
async fn rights_are_told_with_where_they_come_from() {
    let server = Server::demo().await;
    for words in [
        "user role anna Seniors",
        "user grant --role Seniors allowResponseManagement",
        "user grant anna viewUserQueue ben",
        "user grant --everyone viewUserQueue lea",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        server.done(&words).await;
    }
    let admin = server.log_in("admin").await;
    let told = rights(
        &admin,
        "select=securityRights.allowResponseManagement,accessRights,roles",
    )
    .await;
    assert_eq!(
        told["securityRights"],
        json!({"allowResponseManagement": {"effectiveValue": true}})
    );
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|one| one["displayName"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(
        names(&told["accessRights"]["viewUserQueue"]["effectiveValue"]),
        ["Ben Okafor", "Lea Tanaka"]
    );
    assert_eq!(
        names(&told["accessRights"]["responseManagementDocuments"]["effectiveValue"]).len(),
        2
    );
    assert_eq!(told["roles"]["effectiveValue"][0]["id"], "Seniors");
    assert_eq!(told.get("administrativeRights"), None);

    let query = "select=securityRights,administrativeRights,accessRights.viewUserQueue&actualValues=true&inheritedValues=1&singlePropertyInheritedFrom=true";
    let told = rights(&admin, query).await;
    let held = &told["securityRights"]["allowResponseManagement"];
    assert_eq!(
        (&held["actualValue"], &held["inheritedValue"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        held["inheritedFrom"],
        json!([{
            "from": {"id": "Seniors", "displayName": "Seniors", "uri": "/configuration/roles/Seniors"}, "objectType": 2, "values": true,
        }])
    );
    let held = &told["securityRights"]["modifyInteractions"];
    assert_eq!(
        (&held["actualValue"], &held["effectiveValue"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(held["inheritedFrom"][0]["from"]["id"], "Support");
    assert_eq!(held["inheritedFrom"][0]["objectType"], 1);
    let held = &told["administrativeRights"]["masterAdministrator"];
    assert_eq!(
        (&held["effectiveValue"], &held["inheritedFrom"]),
        (&json!(false), &json!([]))
    );
    let queue = &told["accessRights"]["viewUserQueue"];
    assert_eq!(names(&queue["actualValue"]), ["Ben Okafor"]);
    assert_eq!(names(&queue["inheritedValue"]), ["Lea Tanaka"]);
    assert_eq!(queue["inheritedFrom"][0]["objectType"], 3, "everyone");
    let own = get(&admin, "users/admin?select=administrativeRights.users").await;
    let all = json!({"users": {"effectiveValue": [{"objectType": 0, "grouping": 0}]}});
    assert_eq!(own["administrativeRights"], all);

    let role = get(&admin, "roles/seniors?select=*&actualValues=true").await;
    assert_eq!(role["users"][0]["id"], "anna");
    assert_eq!(
        role["securityRights"]["allowResponseManagement"]["actualValue"],
        true
    );
    let everything = get(&admin, "users/anna?select=*").await;
    assert_eq!(everything["licenseProperties"]["licenseActive"], true);
    assert_eq!(
        everything["mailboxProperties"],
        json!({"displayName": null, "emailAddress": null})
    );
    assert_eq!(
        everything["workgroups"][0]["uri"],
        "/configuration/workgroups/Support"
    );
    assert!(everything["createdDate"].is_string());
}

#[tokio::test]
async fn who_may_not_administer_sees_himself_and_what_everybody_may_know() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for kind in [
        "users",
        "roles",
        "workgroups",
        "response-management-documents",
    ] {
        let expected: &[&str] = if kind == "users" { &["anna"] } else { &[] };
        assert_eq!(ids(&get(&anna, kind).await), expected, "{kind}");
        assert_eq!(
            ids(&get(&anna, &format!("{kind}?rightsFilter=admin")).await),
            [""; 0],
            "{kind}"
        );
    }
    let own = get(&anna, "users/Anna?select=*").await;
    assert_eq!(
        own["securityRights"]["allowResponseManagement"]["effectiveValue"],
        true
    );
    assert_eq!(
        ids(&get(&anna, "users?rightsFilter=loggedInUser").await),
        ["anna"]
    );
    assert_eq!(
        ids(&get(&anna, "workgroups?rightsFilter=loggedInUser").await),
        ["Support"]
    );

    let seen = get(&anna, "users?rightsFilter=View&select=*").await;
    assert_eq!(ids(&seen).len(), 5);
    let ben = json!({
        "configurationId": {"id": "ben", "displayName": "Ben Okafor", "uri": "/configuration/users/ben"}, "statusText": "Available",
    });
    assert_eq!(
        seen["items"][2], ben,
        "no rights, roles or workgroups of others"
    );
    let guess = get(
        &anna,
        "users?rightsFilter=view&where=workgroups%20eq%20support",
    )
    .await;
    assert_eq!(ids(&guess), ["anna"], "nor can they be guessed");
    let group = get(
        &anna,
        "workgroups/Support?rightsFilter=view&select=members,securityRights",
    )
    .await;
    assert_eq!(group["members"].as_array().map(Vec::len), Some(3));
    assert_eq!(group.get("securityRights"), None);
    assert_eq!(
        ids(&get(&anna, "response-management-documents?rightsFilter=view").await).len(),
        2
    );

    let documents = get(
        &server.log_in("admin").await,
        "response-management-documents",
    )
    .await;
    let contracts = format!("response-management-documents/{}", ids(&documents)[0]);
    for path in [
        "users/ben",
        "users/anna?rightsFilter=admin",
        "workgroups/Support",
        contracts.as_str(),
    ] {
        let answer = ask(&anna, Method::GET, path, None).await;
        assert_eq!(refusal(&answer), (403, DENIED.to_owned()), "{path}");
    }
    for path in [
        "users/nobody",
        "roles/nobody",
        "workgroups/%00",
        "workgroups/%FF",
        "response-management-documents/x",
    ] {
        let answer = ask(&anna, Method::GET, path, None).await;
        assert_eq!(refusal(&answer), (404, UNKNOWN.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_right_for_some_users_lets_their_administrator_see_those() {
    let server = Server::demo().await;
    server
        .done(&["user", "grant", "carl", "users", "ben"])
        .await;
    server.done(&["user", "role", "lea", "Seniors"]).await;
    server.done(&["user", "grant", "carl", "roles", "*"]).await;
    let carl = server.log_in("carl").await;
    assert_eq!(ids(&get(&carl, "users").await), ["ben", "carl"]);
    assert_eq!(ids(&get(&carl, "users?rightsFilter=admin").await), ["ben"]);
    assert_eq!(ids(&get(&carl, "roles").await), ["Seniors"]);
    let ben = get(&carl, "users/ben?select=workgroups").await;
    assert_eq!(ben["workgroups"][0]["id"], "Support");
    let lea = server.log_in("lea").await;
    let answer = ask(&lea, Method::GET, "roles/seniors", None).await;
    assert_eq!(refusal(&answer), (403, DENIED.to_owned()));
    let own = get(&lea, "roles/seniors?rightsFilter=loggedInUser&select=*").await;
    assert_eq!(own.as_object().map(serde_json::Map::len), Some(1), "{own}");
}
