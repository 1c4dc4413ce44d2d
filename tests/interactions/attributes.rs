//! Attributes of an interaction: `GET` and `POST interactions/{interactionId}`.

use std::collections::BTreeMap;

use icws::client::{Method, Session};
use icws::interactions::{AppendMode, Attributes, InteractionAttributesUpdate};
use serde_json::{Value, json};

use super::{INVALID, MISSING};
use crate::email::{content, draft, of_support, refused};
use crate::server::Server;

/// The attributes of an interaction, as a map from their names.
pub async fn read(session: &Session, id: &str, names: &[&str]) -> BTreeMap<String, String> {
    session
        .attributes(id, names)
        .await
        .expect("attributes")
        .attributes
}

#[tokio::test]
async fn attributes_come_under_the_spelling_that_they_were_asked_by() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    assert_eq!(
        read(&anna, &id, &[]).await,
        Attributes::from([("Eic_CallId".to_owned(), id.clone())])
    );
    for (asked, expected) in [
        ("Eic_CallId", id.as_str()),
        ("eic_callid", &id),
        ("EIC_STATE", "C"),
        ("Eic_CallStateString", "Connected"),
        ("Eic_ObjectType", "Email"),
        ("Eic_CallDirection", "O"),
        ("Eic_CallType", "E"),
        ("Eic_UserName", "anna"),
        ("Eic_WorkgroupName", "Support"),
        ("Eic_EmailSubject", "Your lamp"),
        ("Eic_Subject", "Your lamp"),
        ("Eic_RemoteName", "Kim"),
        ("Eic_RemoteAddress", "kim@example.org"),
        ("Eic_EmailAttachments", "0"),
        ("Eic_TerminationTime", ""),
        ("Eic_NoSuchThing", ""),
        ("is_attr_campaignid", ""),
        ("Größe", ""),
    ] {
        let found = read(&anna, &id, &[asked]).await;
        assert_eq!(
            found,
            Attributes::from([(asked.to_owned(), expected.to_owned())])
        );
    }
    let all = read(
        &anna,
        &id,
        &["Eic_State", "eic_state", "Eic_InitiationTime"],
    )
    .await;
    assert_eq!(all.len(), 3, "each spelling");
    let initiated = &all["Eic_InitiationTime"];
    assert!(
        initiated.len() == 16 && initiated.ends_with('Z') && &initiated[8..9] == "T",
        "compact: {initiated}"
    );
    // Commas may be encoded or not, and the parameter may come twice.
    for query in [
        "select=Eic_State,Eic_CallId",
        "select=Eic_State%2CEic_CallId",
        "select=Eic_State&select=%20Eic_CallId",
        "SELECT=Eic_State,,Eic_CallId,",
    ] {
        let answer = anna
            .raw(Method::GET, &format!("/interactions/{id}?{query}"), None)
            .await
            .expect("an answer");
        assert_eq!(
            answer.value()["attributes"],
            json!({"Eic_State": "C", "Eic_CallId": id}),
            "{query}"
        );
    }
}

#[tokio::test]
async fn attributes_are_set_and_appended() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let mut email = of_support(content("Your lamp"));
    email.additional_attributes = Some(Attributes::from([
        ("Order".to_owned(), "17".to_owned()),
        ("Eic_Notes".to_owned(), "first".to_owned()),
    ]));
    let id = anna
        .create_email(&email)
        .await
        .expect("made")
        .interaction_id;
    assert_eq!(
        read(&anna, &id, &["ORDER", "Eic_Notes"])
            .await
            .into_values()
            .collect::<Vec<_>>(),
        ["first", "17"]
    );
    let set =
        async |session: &Session, name: &str, value: &str, append_mode: Option<AppendMode>| {
            let attributes = Attributes::from([(name.to_owned(), value.to_owned())]);
            let update = InteractionAttributesUpdate {
                attributes,
                append_mode,
            };
            session.update_attributes(&id, &update).await.expect("set");
        };
    let value = async |name: &str| read(&anna, &id, &[name]).await.remove(name).expect("there");
    set(&carl, "order", "18", None).await;
    assert_eq!(value("Order").await, "18");
    set(&anna, "Order", "9", Some(AppendMode::Append)).await;
    assert_eq!(value("Order").await, "189");
    set(&anna, "ORDER", "20", Some(AppendMode::AppendWithSeparator)).await;
    assert_eq!(value("Order").await, "189|20");
    set(&anna, "New", "a", Some(AppendMode::AppendWithSeparator)).await;
    assert_eq!(value("New").await, "a", "no separator before the first");
    set(&anna, "New", "", None).await;
    assert_eq!(value("New").await, "");
    set(&anna, "Eic_Subject", "For the queue", None).await;
    assert_eq!(
        (
            value("Eic_Subject").await.as_str(),
            value("Eic_EmailSubject").await.as_str()
        ),
        ("For the queue", "Your lamp")
    );
    // As scripts send it: the mode as text, several at once, 200 without a body.
    let body = json!({"attributes": {"a": "1", "価格": "2"}, "appendMode": "1"});
    let answer = anna
        .raw(Method::POST, &format!("/interactions/{id}"), Some(&body))
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.text()), (200, String::new()));
    assert_eq!(value("価格").await, "2");
}

#[tokio::test]
async fn reserved_attributes_cannot_be_set_and_all_or_none_is() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let update = async |body: Value| {
        let answer = anna
            .raw(Method::POST, &format!("/interactions/{id}"), Some(&body))
            .await
            .expect("an answer");
        answer.success()
    };
    for name in [
        "Eic_State",
        "eic_callid",
        "EIC_UserName",
        "Eic_CallDirection",
        "Eic_EmailSubject",
        "Eic_Anything",
    ] {
        let error = refused(
            update(json!({"attributes": {"Good": "1", name: "x"}})).await,
            400,
            INVALID,
        );
        assert_eq!(
            error.error.property_name(),
            Some(format!("attributes.{name}").as_str())
        );
    }
    for (body, error_id, property) in [
        (json!({}), MISSING, "attributes"),
        (json!({"attributes": null}), MISSING, "attributes"),
        (json!({"attributes": "x"}), INVALID, "attributes"),
        (json!({"attributes": {"a": ["x"]}}), INVALID, "attributes.a"),
        (
            json!({"attributes": {"Good": "1"}, "appendMode": 3}),
            INVALID,
            "appendMode",
        ),
        (
            json!({"attributes": {"Good": "1"}, "appendMode": "Append"}),
            INVALID,
            "appendMode",
        ),
        (
            json!({"attributes": {"Good": "1", "": "x"}}),
            INVALID,
            "attributes.",
        ),
    ] {
        let error = refused(update(body.clone()).await, 400, error_id);
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
    refused(
        update(json!({"attributes": {"Good": "1", "Long": "x".repeat(70_000)}})).await,
        400,
        INVALID,
    );
    refused(
        update(json!({"attributes": {"Good": "1", "x".repeat(300): "x"}})).await,
        400,
        INVALID,
    );
    assert_eq!(
        read(&anna, &id, &["Good", "Eic_State"])
            .await
            .into_values()
            .collect::<Vec<_>>(),
        ["C", ""]
    );
    update(json!({"attributes": {}}))
        .await
        .expect("nothing is no fault");
}

#[tokio::test]
async fn an_interaction_has_so_many_attributes_of_its_own() {
    const TOO_MANY: &str = "error.request.interactions.tooManyAttributes";
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let set = |names: std::ops::Range<u32>| InteractionAttributesUpdate {
        attributes: names
            .map(|name| (format!("n{name}"), "1".to_owned()))
            .collect(),
        append_mode: None,
    };
    anna.update_attributes(&id, &set(0..600))
        .await
        .expect("set");
    for too_many in [600..1_001, 0..1_001, 0..40_000] {
        let answer = anna.update_attributes(&id, &set(too_many)).await;
        refused(answer, 400, TOO_MANY);
    }
    let none = read(&anna, &id, &["n0", "n600"]).await;
    assert_eq!((none["n0"].as_str(), none["n600"].as_str()), ("1", ""));
    anna.update_attributes(&id, &set(600..1_000))
        .await
        .expect("set");
    anna.update_attributes(&id, &set(0..1_000))
        .await
        .expect("those that are there count once");
    // Whoever watches nothing has not to wait for what others do.
    assert_eq!(carl.messages().await.expect("a poll"), []);

    let mut parameters = of_support(content("a lamp"));
    parameters.additional_attributes = Some(set(0..1_001).attributes);
    refused(anna.create_email(&parameters).await, 400, TOO_MANY);
}
