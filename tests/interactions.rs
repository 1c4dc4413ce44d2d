//! Interactions: making emails, attributes, the end, and the subscription of one interaction.

mod actions;
mod alerting;
mod attributes;
mod race;
mod refusing;
mod subscription;
mod touching;
mod wrap_up;

use icws::client::{IcwsError, Method, RawResponse, Session};
use serde_json::{Value, json};

use crate::email::{content, draft, of_support, refused, snapshot};
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

fn new_email(content: &Value) -> Value {
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
            new_email(&json!({"sender": {"displayName": "", "address": "ceo@example.com"}})),
            "error.request.email.senderAccessDenied",
        ),
        (
            &anna,
            new_email(&json!({"sender": sender, "subject": "x".repeat(1025)})),
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
    ] {
        let error = refused(create(session, &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), None, "{body}");
    }
    let after: u64 = draft(&anna).await.parse().expect("digits");
    assert_eq!(after, before + 1, "nothing was made");
}

#[tokio::test]
async fn a_body_that_is_wrong_names_the_property_and_takes_no_id() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let before: u64 = draft(&anna).await.parse().expect("digits");
    let sender = json!({"displayName": "", "address": "support@example.com"});
    let own = json!({"sender": sender});
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
        (new_email(&json!({})), MISSING, "emailContent.sender"),
        (
            new_email(&json!({"sender": null})),
            MISSING,
            "emailContent.sender",
        ),
        (
            new_email(
                &json!({"__type": "urn:inin.com:interactions.email:other", "sender": sender}),
            ),
            INVALID,
            "emailContent.__type",
        ),
        (
            new_email(&json!({"sender": sender, "subject": "a\r\nb"})),
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
            "additionalAttributes.Eic_State",
        ),
    ] {
        let error = refused(create(&anna, &body).await, 400, error_id);
        assert_eq!(error.error.property_name(), Some(property), "{body}");
    }
    let after: u64 = draft(&anna).await.parse().expect("digits");
    assert_eq!(after, before + 1, "nothing was made");
}
