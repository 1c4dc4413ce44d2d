//! Interactions: making emails, attributes, the end, and the subscription of one interaction.

use std::collections::BTreeMap;

use icws::client::{IcwsError, Method, RawResponse, Session};
use icws::interactions::{
    AppendMode, Attributes, InteractionAttributesUpdate, InteractionChangedMessage,
};
use icws::messaging::Message;
use serde_json::{Value, json};

use crate::email::{WAIT, content, draft, nothing, of_support, refused, snapshot};
use crate::server::{Server, eventually};

const MISSING: &str = "error.request.invalidRepresentation.missingProperty";
const INVALID: &str = "error.request.invalidRepresentation.invalidProperty";
const NOT_FOUND: &str = "error.request.interactions.notFound";
const DENIED: &str = "error.request.interactions.accessDenied";

async fn create(session: &Session, body: &Value) -> Result<RawResponse, IcwsError> {
    session
        .raw(Method::POST, "/interactions", Some(body))
        .await?
        .success()
}

/// Makes an email from a body and gives its id.
async fn created(session: &Session, body: &Value) -> String {
    let answer = create(session, body).await.expect("made").value();
    answer["interactionId"].as_str().expect("an id").to_owned()
}

fn new_email(content: Value) -> Value {
    json!({"__type": "urn:inin.com:interactions.email:createEmailParameters", "emailContent": content, "workgroup": "Support"})
}

#[tokio::test]
async fn an_email_is_made_and_has_a_place() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let email = of_support(content("Your lamp"));
    let answer = create(&anna, &serde_json::to_value(&email).expect("JSON"))
        .await
        .expect("made");
    assert_eq!(answer.status, 201);
    let body = answer.value();
    let id = body["interactionId"].as_str().expect("text");
    assert_eq!(
        answer.header("location"),
        Some(format!("/icws/{}/interactions/{id}", anna.id).as_str())
    );
    assert_eq!(body.as_object().expect("an object").len(), 1);
    let mut last: u64 = id.parse().expect("digits");
    for _ in 0..3 {
        let id = draft(&anna).await;
        assert!(
            id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_digit()),
            "{id}"
        );
        let number: u64 = id.parse().expect("digits");
        assert!(number > last, "ids grow");
        last = number;
    }
}

#[tokio::test]
async fn what_published_scripts_send_makes_an_email() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let bodies = json!([{"body": "Hello", "bodyType": 0}, {"body": "<p>Hello</p>", "bodyType": 1}]);
    let sender = json!({"displayName": "Support", "address": "support@example.com"});
    // With every tag, as scripts send it; without them, as the tag can be inferred; in another order; with values as text.
    let bodies_as_text =
        json!([{"bodyType": "0", "body": "Hello"}, {"bodyType": "1", "body": "<p>Hello</p>"}]);
    for body in [
        json!({
            "__type": "urn:inin.com:interactions.email:createEmailParameters",
            "emailContent": {"__type": "urn:inin.com:interactions.email:emailContent", "sender": sender, "bodies": bodies},
            "workgroup": "Support",
        }),
        json!({"emailContent": {"sender": sender, "bodies": bodies}, "workgroup": "support "}),
        json!({
            "workgroup": "SUPPORT", "x": null, "additionalAttributes": null,
            "emailContent": {"bodies": bodies_as_text, "sender": sender, "__type": null},
            "__type": "urn:inin.com:interactions.email:createEmailParameters",
        }),
    ] {
        let id = created(&anna, &body).await;
        let found = snapshot(&anna, &id).await;
        assert!(found.is_editable);
        let content = found.email_content.expect("the content");
        assert_eq!(content.bodies.len(), 2);
        assert_eq!(
            (
                content.bodies[0].body.as_str(),
                content.bodies[1].body.as_str()
            ),
            ("Hello", "<p>Hello</p>")
        );
        assert_eq!(
            (content.to_recipients, content.subject.as_deref()),
            (Some(Vec::new()), Some(""))
        );
        let workgroup = anna
            .attributes(&id, &["Eic_WorkgroupName"])
            .await
            .expect("attributes")
            .attributes;
        assert_eq!(workgroup["Eic_WorkgroupName"], "Support");
    }
}

#[tokio::test]
async fn without_a_workgroup_it_is_the_one_that_the_caller_can_send_for() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let unnamed = json!({"emailContent": {"sender": {"displayName": ""}}});
    let id = created(&anna, &unnamed).await;
    assert_eq!(
        snapshot(&anna, &id).await.mailbox.as_deref(),
        Some("support@example.com")
    );
    // In no workgroup: none.
    refused(
        create(&lea, &unnamed).await,
        400,
        "error.request.email.noMailbox",
    );
    // A second one that cannot send makes no choice; one that can does.
    server.done(&["workgroup", "add", "Inbox"]).await;
    server
        .done(&["workgroup", "mailbox", "Inbox", "in@example.com", "--in"])
        .await;
    server.done(&["workgroup", "member", "Inbox", "anna"]).await;
    let in_inbox = json!({"emailContent": {"sender": {"displayName": ""}}, "workgroup": "Inbox"});
    let is_member = async || {
        create(&anna, &in_inbox)
            .await
            .is_err_and(|error| error.id() == "error.request.email.noMailbox")
    };
    eventually("anna is a member", is_member).await;
    created(&anna, &unnamed).await;
    server.done(&["workgroup", "add", "Sales"]).await;
    server
        .done(&[
            "workgroup",
            "mailbox",
            "Sales",
            "sales@example.com",
            "--display-name",
            "Our sales",
        ])
        .await;
    server.done(&["workgroup", "member", "Sales", "anna"]).await;
    eventually("there are two to choose from", async || {
        create(&anna, &unnamed).await.is_err()
    })
    .await;
    refused(
        create(&anna, &unnamed).await,
        400,
        "error.request.email.noMailbox",
    );
    let named = json!({"emailContent": {"sender": {"displayName": ""}}, "workgroup": "Sales"});
    let id = created(&anna, &named).await;
    let found = snapshot(&anna, &id).await;
    assert_eq!(
        (
            found.mailbox.as_deref(),
            found.mailbox_display_name.as_deref()
        ),
        (Some("sales@example.com"), Some("Our sales"))
    );
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_and_takes_no_id() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Mute"]).await;
    server.done(&["workgroup", "member", "Mute", "anna"]).await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let before: u64 = draft(&anna).await.parse().expect("digits");
    let sender = json!({"displayName": "", "address": "support@example.com"});
    let own = json!({"sender": sender});
    let of = |workgroup: &str| json!({"emailContent": own, "workgroup": workgroup});
    for (session, body, error_id) in [
        (
            &anna,
            of("Nobody"),
            "error.request.email.workgroupAccessDenied",
        ),
        (&anna, of(""), "error.request.email.workgroupAccessDenied"),
        (
            &lea,
            of("Support"),
            "error.request.email.workgroupAccessDenied",
        ),
        (&anna, of("Mute"), "error.request.email.noMailbox"),
        (
            &anna,
            new_email(json!({"sender": {"displayName": "", "address": "ceo@example.com"}})),
            "error.request.email.senderAccessDenied",
        ),
        (
            &anna,
            new_email(json!({"sender": sender, "subject": "x".repeat(1025)})),
            "error.request.email.subjectTooLong",
        ),
        (
            &anna,
            json!({"__type": "urn:inin.com:interactions:createCallParameters", "target": "100"}),
            "error.request.interactions.typeNotServed",
        ),
        (
            &anna,
            json!({"__type": "urn:inin.com:interactions.chat:createChatParameters"}),
            "error.request.interactions.typeNotServed",
        ),
        (
            &anna,
            json!({"__type": "urn:inin.com:interactions.callback:createCallbackParameters"}),
            "error.request.interactions.typeNotServed",
        ),
        (
            &anna,
            json!({"__type": "urn:inin.com:interactions:createGenericInteractionParameters"}),
            "error.request.interactions.typeNotServed",
        ),
        (
            &anna,
            json!({"__type": "urn:inin.com:interactions.email:createEmailResponseParameters", "emailContent": own, "responseType": 0}),
            "error.request.interactions.typeNotServed",
        ),
    ] {
        let error = refused(create(session, &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), None, "{body}");
    }
    for (body, error_id, property) in [
        (json!({}), MISSING, "__type"),
        (json!({"workgroup": "Support"}), MISSING, "__type"),
        (
            json!({"__type": "urn:inin.com:interactions.email:createEmailParameters"}),
            MISSING,
            "emailContent",
        ),
        (
            json!({"__type": "urn:inin.com:interactions:createNothing", "emailContent": own}),
            INVALID,
            "__type",
        ),
        (json!({"__type": 7, "emailContent": own}), INVALID, "__type"),
        (new_email(json!({})), MISSING, "emailContent.sender"),
        (
            new_email(json!({"sender": null})),
            MISSING,
            "emailContent.sender",
        ),
        (
            new_email(json!({"__type": "urn:inin.com:interactions.email:other", "sender": sender})),
            INVALID,
            "emailContent.__type",
        ),
        (
            new_email(json!({"sender": sender, "subject": "a\r\nb"})),
            INVALID,
            "emailContent.subject",
        ),
        (
            json!({"emailContent": own, "workgroup": 7}),
            INVALID,
            "workgroup",
        ),
        (
            json!({"emailContent": own, "additionalAttributes": ["x"]}),
            INVALID,
            "additionalAttributes",
        ),
        (
            json!({"emailContent": own, "additionalAttributes": {"a": {}}}),
            INVALID,
            "additionalAttributes.a",
        ),
        (
            json!({"emailContent": own, "additionalAttributes": {"Eic_State": "C"}}),
            INVALID,
            "attributes.Eic_State",
        ),
    ] {
        let error = refused(create(&anna, &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
    let after: u64 = draft(&anna).await.parse().expect("digits");
    assert_eq!(after, before + 1, "nothing was made");
}

/// The attributes of an interaction, as a map from their names.
async fn read(session: &Session, id: &str, names: &[&str]) -> BTreeMap<String, String> {
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
async fn who_may_touch_an_interaction() {
    let server = Server::demo().await;
    let (anna, ben, carl) = (
        server.log_in("anna").await,
        server.log_in("ben").await,
        server.log_in("carl").await,
    );
    let (lea, admin) = (server.log_in("lea").await, server.log_in("admin").await);
    let id = draft(&anna).await;
    let update = InteractionAttributesUpdate {
        attributes: Attributes::from([("a".to_owned(), "b".to_owned())]),
        append_mode: None,
    };
    // Members of its workgroup who may modify interactions.
    for session in [&anna, &ben, &carl] {
        session.attributes(&id, &["a"]).await.expect("may read");
        session
            .update_attributes(&id, &update)
            .await
            .expect("may change");
        session
            .subscribe_interaction(&id, &["a"])
            .await
            .expect("may watch");
    }
    // Others not; who may preview reads.
    for session in [&lea, &admin] {
        refused(session.update_attributes(&id, &update).await, 403, DENIED);
        refused(session.disconnect(&id).await, 403, DENIED);
    }
    refused(lea.attributes(&id, &[]).await, 403, DENIED);
    refused(lea.subscribe_interaction(&id, &["a"]).await, 403, DENIED);
    assert_eq!(read(&admin, &id, &["a"]).await["a"], "b");
    admin
        .subscribe_interaction(&id, &["a"])
        .await
        .expect("may watch");

    for odd in ["9000000001", "1", "0", "-1", "x", "99999999999999999999"] {
        refused(anna.attributes(odd, &[]).await, 404, NOT_FOUND);
        refused(anna.update_attributes(odd, &update).await, 404, NOT_FOUND);
        refused(anna.disconnect(odd).await, 404, NOT_FOUND);
        refused(
            anna.subscribe_interaction(odd, &["a"]).await,
            404,
            NOT_FOUND,
        );
        // A subscription that is not there is ended all the same.
        anna.unsubscribe_interaction(odd).await.expect("204");
    }

    // The right goes: colleagues may no more; he in whose queue it is may still.
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("carl has lost it", async || {
        carl.attributes(&id, &[]).await.is_err()
    })
    .await;
    refused(carl.attributes(&id, &[]).await, 403, DENIED);
    refused(carl.disconnect(&id).await, 403, DENIED);
    anna.update_attributes(&id, &update)
        .await
        .expect("it is in her queue");
    // Who leaves the workgroup has only what is in his own queue.
    server
        .done(&[
            "user",
            "grant",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("carl has it back", async || {
        carl.attributes(&id, &[]).await.is_ok()
    })
    .await;
    server
        .done(&["workgroup", "member", "Support", "carl", "--remove"])
        .await;
    eventually("carl is out", async || {
        carl.attributes(&id, &[]).await.is_err()
    })
    .await;
    anna.disconnect(&id).await.expect("hers");
}

#[tokio::test]
async fn a_disconnected_interaction_is_over() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let names = [
        "Eic_State",
        "Eic_CallStateString",
        "Eic_Capabilities",
        "Eic_TerminationTime",
    ];
    let before = read(&anna, &id, &names).await;
    assert_eq!(
        (
            before["Eic_Capabilities"].as_str(),
            before["Eic_TerminationTime"].as_str()
        ),
        ("2", "")
    );
    // The body that clients send where none is defined: nothing, `{}` or `null`.
    let answer = carl
        .raw(
            Method::POST,
            &format!("/interactions/{id}/disconnect"),
            Some(&json!({})),
        )
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.text()), (200, String::new()));
    refused(
        anna.disconnect(&id).await,
        400,
        "error.request.interactions.invalidState",
    );
    let after = read(&anna, &id, &names).await;
    assert_eq!(
        (
            after["Eic_State"].as_str(),
            after["Eic_CallStateString"].as_str()
        ),
        ("I", "Disconnected")
    );
    assert_eq!(after["Eic_Capabilities"], "0");
    assert_eq!(after["Eic_TerminationTime"].len(), 16);
    assert!(!snapshot(&anna, &id).await.is_editable);
    refused(
        anna.save_email(&id, &nothing()).await,
        400,
        "error.request.email.notEditable",
    );
    refused(
        anna.send_email(&id).await,
        400,
        "error.request.email.notEditable",
    );
    assert!(server.sent().is_empty());
}

/// The changes of an interaction that a poll tells.
async fn changes(session: &Session) -> Vec<InteractionChangedMessage> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let change = |message| match message {
        Message::InteractionChanged(change) => Some(change),
        _ => None,
    };
    messages.filter_map(change).collect()
}

#[tokio::test]
async fn a_watched_interaction_tells_what_changed() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let path = format!("/messaging/subscriptions/interactions/{id}");
    let body = json!({"attributeNames": ["eic_state", "Eic_EmailAttachments", "order", "Eic_TerminationTime"]});
    let answer = anna
        .raw(Method::PUT, &path, Some(&body))
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    let raw = anna
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("a poll")
        .value();
    let expected = json!([{
        "__type": "urn:inin.com:interactions:interactionChangedMessage", "interactionID": id, "isDelta": false,
        "attributes": {"eic_state": "C", "Eic_EmailAttachments": "0", "order": "", "Eic_TerminationTime": ""},
    }]);
    assert_eq!(raw, expected);
    assert!(anna.messages().await.expect("a poll").is_empty());

    let update = |name: &str, value: &str| InteractionAttributesUpdate {
        attributes: Attributes::from([(name.to_owned(), value.to_owned())]),
        append_mode: None,
    };
    carl.update_attributes(&id, &update("Order", "7"))
        .await
        .expect("set");
    let told = changes(&anna).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].is_delta);
    assert_eq!(
        told[0].attributes,
        Attributes::from([("order".to_owned(), "7".to_owned())])
    );
    // What is not watched is not told; two changes of one attribute are one message with the last value.
    carl.update_attributes(&id, &update("Other", "7"))
        .await
        .expect("set");
    assert!(anna.messages().await.expect("a poll").is_empty());
    for value in ["8", "9"] {
        carl.update_attributes(&id, &update("ORDER", value))
            .await
            .expect("set");
    }
    let told = changes(&anna).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].attributes["order"], "9");
    carl.upload_bytes(&id, "a.bin", false, vec![1])
        .await
        .expect("uploaded");
    assert_eq!(
        changes(&anna).await[0].attributes,
        Attributes::from([("Eic_EmailAttachments".to_owned(), "1".to_owned())])
    );

    // Another PUT watches other attributes, and begins with all of them.
    anna.subscribe_interaction(&id, &["Eic_State"])
        .await
        .expect("204");
    let told = changes(&anna).await;
    assert!(!told[0].is_delta);
    assert_eq!(
        told[0].attributes,
        Attributes::from([("Eic_State".to_owned(), "C".to_owned())])
    );
    carl.update_attributes(&id, &update("Order", "10"))
        .await
        .expect("set");
    assert!(anna.messages().await.expect("a poll").is_empty());
    let mut stream = anna.stream(None).await.expect("a stream");
    carl.disconnect(&id).await.expect("disconnected");
    let event = stream.next_within(WAIT).await.expect("it is told");
    let Message::InteractionChanged(change) = event.message else {
        panic!("{event:?}")
    };
    assert_eq!(
        change.attributes,
        Attributes::from([("Eic_State".to_owned(), "I".to_owned())])
    );
    drop(stream);

    for _ in 0..2 {
        let ended = anna
            .raw(Method::DELETE, &path, None)
            .await
            .expect("an answer");
        assert_eq!((ended.status, ended.body.len()), (204, 0));
    }
    carl.update_attributes(&id, &update("Eic_Notes", "x"))
        .await
        .expect("set");
    assert!(anna.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn a_subscription_names_what_to_watch() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let path = format!("/messaging/subscriptions/interactions/{id}");
    for (body, error_id) in [
        (json!({}), MISSING),
        (json!({"attributeNames": null}), MISSING),
        (json!({"attributeNames": "Eic_State"}), INVALID),
        (json!({"attributeNames": [{}]}), INVALID),
        (json!({"attributeNames": ["x".repeat(300)]}), INVALID),
        (json!({"attributeNames": vec!["x"; 1001]}), INVALID),
    ] {
        let answer = anna
            .raw(Method::PUT, &path, Some(&body))
            .await
            .expect("an answer");
        refused(answer.success(), 400, error_id);
    }
    assert!(anna.messages().await.expect("a poll").is_empty());
}

#[tokio::test]
async fn a_subscription_ends_silently_when_the_right_is_lost() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    carl.subscribe_interaction(&id, &["a"]).await.expect("204");
    assert_eq!(changes(&carl).await.len(), 1);
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("carl has lost it", async || {
        carl.attributes(&id, &[]).await.is_err()
    })
    .await;
    let update = InteractionAttributesUpdate {
        attributes: Attributes::from([("a".to_owned(), "b".to_owned())]),
        append_mode: None,
    };
    anna.update_attributes(&id, &update).await.expect("set");
    assert!(
        carl.messages().await.expect("a poll").is_empty(),
        "he is told nothing more"
    );
}
