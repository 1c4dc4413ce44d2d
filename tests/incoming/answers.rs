//! Replies and forwards.

use icws::client::Method;
use icws::email::{
    BodyType, EmailAddress, EmailContentsMessage, EmailResponseAttachments, EmailResponseType,
    EmailType,
};
use icws::messaging::Message;
use serde_json::json;

use super::{body, mail, respond, response, rich, take_in};
use crate::email::{attachments, blob_files, item, person, refused, snapshot, told};
use crate::eml::Eml;
use crate::server::{Server, eventually};
use crate::sql;

use EmailResponseAttachments as Attachments;
use EmailResponseType::{Forward, Reply, ReplyAll};

/// Who it goes to, and in copy.
fn recipients(message: &EmailContentsMessage) -> (Vec<EmailAddress>, Vec<EmailAddress>) {
    let content = message.email_content.clone().expect("the content");
    (
        content.to_recipients.unwrap_or_default(),
        content.cc_recipients.unwrap_or_default(),
    )
}

fn subject(message: &EmailContentsMessage) -> String {
    let content = message.email_content.clone().expect("the content");
    content.subject.expect("always sent")
}

#[tokio::test]
async fn a_reply_goes_to_the_author_and_says_what_it_answers() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let parent = take_in(&server, rich()).await;
    snapshot(&anna, &parent).await;
    let id = respond(&anna, &response(&parent, Reply, Attachments::None)).await;
    // The parent's subscribers are told that it has a response.
    let of_parent = told(&anna, &parent).await.expect("a delta");
    assert_eq!(
        (of_parent.is_delta, of_parent.has_response),
        (true, Some(true))
    );
    assert_eq!(of_parent.email_content, None);

    let reply = snapshot(&anna, &id).await;
    assert!(reply.is_editable);
    assert_eq!(reply.email_type, Some(EmailType::Reply));
    assert_eq!(
        reply.parent_interaction_id.as_deref(),
        Some(parent.as_str())
    );
    assert_eq!(reply.conversation_id.as_deref(), Some("first@example.org"));
    assert_eq!(reply.mailbox.as_deref(), Some("support@example.com"));
    assert_eq!(subject(&reply), "RE: A lamp");
    assert_eq!(
        recipients(&reply),
        (vec![person("Kim Berg", "kim@example.org")], Vec::new())
    );
    assert_eq!(attachments(&reply), []);
    let text = body(&reply, BodyType::Text).expect("a text");
    assert!(
        text.contains("On 2025-11-03 08:30 UTC, Kim Berg <kim@example.org> wrote:\n> It is dark:"),
        "{text}"
    );
    let html = body(&reply, BodyType::Html).expect("HTML");
    assert!(
        html.contains("<blockquote") && html.contains("It is dark:"),
        "{html}"
    );
    assert!(!html.contains("script"), "{html}");
    let values = anna
        .attributes(
            &id,
            &["Eic_EmailParent", "Eic_CallDirection", "Eic_RemoteAddress"],
        )
        .await
        .expect("attributes");
    assert_eq!(values.attributes["Eic_EmailParent"], parent);
    assert_eq!(values.attributes["Eic_CallDirection"], "O");
    assert_eq!(values.attributes["Eic_RemoteAddress"], "kim@example.org");
    let second = respond(&anna, &response(&parent, Forward, Attachments::None)).await;
    let values = anna
        .attributes(&parent, &["Eic_EmailChildren"])
        .await
        .expect("attributes");
    assert_eq!(
        values.attributes["Eic_EmailChildren"],
        format!("{id}|{second}")
    );
}

#[tokio::test]
async fn everyone_is_answered_but_ourselves() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let headers = "Subject: Re: all\r\nCc: Lee <lee@example.net>, SUPPORT@example.com";
    let plain = take_in(&server, mail("e1", headers, "x")).await;
    let id = respond(&anna, &response(&plain, ReplyAll, Attachments::None)).await;
    let reply = snapshot(&anna, &id).await;
    assert_eq!(subject(&reply), "Re: all", "the prefix stands there once");
    assert_eq!(reply.email_type, Some(EmailType::ReplyAll));
    assert_eq!(
        recipients(&reply),
        (
            vec![person("Kim Berg", "kim@example.org")],
            vec![person("Lee", "lee@example.net")]
        )
    );
    // Where its author wants answers elsewhere, he gets none himself.
    let headers = "Subject: desk\r\nReply-To: Desk <desk@example.org>\r\nCc: Lee <lee@example.net>";
    let elsewhere = take_in(&server, mail("e2", headers, "x")).await;
    for (kind, copies) in [
        (Reply, vec![]),
        (ReplyAll, vec![person("Lee", "lee@example.net")]),
    ] {
        let id = respond(&anna, &response(&elsewhere, kind, Attachments::None)).await;
        let reply = snapshot(&anna, &id).await;
        assert_eq!(
            recipients(&reply),
            (vec![person("Desk", "desk@example.org")], copies)
        );
    }
}

#[tokio::test]
async fn what_the_client_says_stays_as_it_says_it() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let headers = "Subject: all\r\nCc: Lee <lee@example.net>, Max <max@example.net>";
    let parent = take_in(&server, mail("w1", headers, "x")).await;
    let mut asked = response(&parent, ReplyAll, Attachments::None);
    asked.email_content.subject = Some("My own".to_owned());
    asked.email_content.to_recipients = Some(vec![person("Max", "MAX@example.net")]);
    asked.email_content.bodies = Some(vec![crate::email::text("Short.")]);
    asked.workgroup = Some("Support".to_owned());
    asked.additional_attributes = Some([("Order".to_owned(), "7".to_owned())].into());
    let id = respond(&anna, &asked).await;
    let reply = snapshot(&anna, &id).await;
    assert_eq!(subject(&reply), "My own");
    assert_eq!(body(&reply, BodyType::Text).as_deref(), Some("Short."));
    assert_eq!(body(&reply, BodyType::Html), None);
    assert_eq!(
        recipients(&reply),
        (
            vec![person("Max", "MAX@example.net")],
            vec![person("Lee", "lee@example.net")]
        ),
        "nobody stands there twice"
    );
    let values = anna.attributes(&id, &["Order"]).await.expect("attributes");
    assert_eq!(values.attributes["Order"], "7");
    // An empty list is a list.
    let mut asked = response(&parent, Reply, Attachments::None);
    asked.email_content.to_recipients = Some(Vec::new());
    asked.email_content.bodies = Some(Vec::new());
    let id = respond(&anna, &asked).await;
    let reply = snapshot(&anna, &id).await;
    assert_eq!(recipients(&reply), (Vec::new(), Vec::new()));
    assert_eq!(body(&reply, BodyType::Text), None);
}

#[tokio::test]
async fn too_many_recipients_of_an_answer_are_refused_and_none_is_made() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let parent = take_in(&server, mail("w2", "Subject: all", "x")).await;
    let mut asked = response(&parent, Reply, Attachments::None);
    asked.email_content.cc_recipients = Some(vec![person("", "k@e.org"); 180_000]);
    let refusal = "error.request.email.tooManyRecipients";
    refused(anna.respond(&asked).await, 400, refusal);
    assert!(!snapshot(&anna, &parent).await.has_response.unwrap_or(false));
}

#[tokio::test]
async fn attachments_are_taken_over_as_asked_and_no_bytes_are_copied() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let parent = take_in(&server, rich()).await;
    let files = blob_files(&server.folder()).len();
    for (asked, expected) in [
        (Attachments::None, &[][..]),
        (Attachments::Inline, &[("lamp.png", "lamp@kim")]),
        (
            Attachments::All,
            &[
                ("lamp.png", "lamp@kim"),
                ("Rechnüng.pdf", ""),
                ("inner.eml", ""),
            ],
        ),
    ] {
        let id = respond(&anna, &response(&parent, Forward, asked)).await;
        let forward = snapshot(&anna, &id).await;
        assert_eq!(forward.email_type, Some(EmailType::Forward));
        assert_eq!(subject(&forward), "FW: A lamp");
        assert_eq!(recipients(&forward), (Vec::new(), Vec::new()));
        let text = body(&forward, BodyType::Text).expect("a text");
        assert!(text.contains("Forwarded message"), "{text}");
        assert!(
            text.contains(
                "\nSubject: A lamp\nTo: Support <support@example.com>\nCc: Lee <lee@example.net>\n"
            ),
            "{text}"
        );
        let shown: Vec<_> = attachments(&forward)
            .into_iter()
            .map(|file| (file.name, file.content_id))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()))
            .collect();
        assert_eq!(shown, expected);
    }
    assert_eq!(blob_files(&server.folder()).len(), files);
}

#[tokio::test]
async fn an_answer_is_edited_sent_and_stands_in_its_thread() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let parent = take_in(&server, rich()).await;
    let mut asked = response(&parent, Forward, Attachments::All);
    asked.email_content.to_recipients = Some(vec![person("Lee", "lee@example.net")]);
    let id = respond(&anna, &asked).await;
    // The insert works in it as in any draft.
    let price_list = item(&anna, "Logo.png").await;
    let content_id = anna
        .insert(&id, price_list.id, Some(true))
        .await
        .expect("is inserted");
    assert!(!content_id.content_id.is_empty());
    let names: Vec<String> = attachments(&snapshot(&anna, &id).await)
        .into_iter()
        .map(|file| file.name)
        .collect();
    assert_eq!(names, ["lamp.png", "Rechnüng.pdf", "inner.eml", "Logo.png"]);
    anna.send_email(&id).await.expect("is sent");
    eventually("it is there", async || server.sent().len() == 1).await;
    let eml = Eml::read(&server.sent()[0]);
    assert_eq!(eml.text("In-Reply-To"), "<rich@example.org>");
    assert_eq!(
        eml.text("References"),
        "<first@example.org> <second@example.org> <rich@example.org>"
    );
    assert_eq!(eml.text("Subject"), "FW: A lamp");
    let shown: Vec<_> = eml
        .leaves()
        .into_iter()
        .filter(|leaf| leaf.content_id.as_deref() == Some("<lamp@kim>"))
        .collect();
    assert_eq!(shown.len(), 1, "the quoted HTML shows its picture");
    // An answer to an answer goes on.
    let next = respond(&anna, &response(&id, Reply, Attachments::None)).await;
    let told = snapshot(&anna, &next).await;
    assert_eq!(recipients(&told).0, [person("Lee", "lee@example.net")]);
    anna.send_email(&next).await.expect("is sent");
    eventually("it is there", async || server.sent().len() == 2).await;
    let ids = sql::run(
        &server.folder(),
        "SELECT message_id FROM outbox ORDER BY interaction_id",
    );
    let first = format!("<{}>", ids[0][0].as_str().expect("an id"));
    let name = format!("{}.eml", ids[1][0].as_str().expect("an id"));
    let eml = Eml::read(&server.folder().join("sent").join(name));
    assert_eq!(eml.text("In-Reply-To"), first);
    assert!(eml.text("References").ends_with(&first));
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let parent = take_in(&server, mail("r1", "Subject: x", "x")).await;
    for unknown in ["9000000001", "", "x", "01"] {
        refused(
            anna.respond(&response(unknown, Reply, Attachments::None))
                .await,
            400,
            "error.request.interactions.parentNotFound",
        );
    }
    refused(
        lea.respond(&response(&parent, Reply, Attachments::None))
            .await,
        400,
        "error.request.interactions.parentAccessDenied",
    );
    let mut asked = response(&parent, Reply, Attachments::None);
    asked.workgroup = Some("Nobody".to_owned());
    refused(
        anna.respond(&asked).await,
        400,
        "error.request.email.workgroupAccessDenied",
    );
    asked.workgroup = None;
    asked.email_content.sender = person("", "boss@example.com");
    refused(
        anna.respond(&asked).await,
        400,
        "error.request.email.senderAccessDenied",
    );
    let values = anna.attributes(&parent, &["Eic_EmailChildren"]).await;
    let values = values.expect("attributes").attributes;
    assert_eq!(values["Eic_EmailChildren"], "", "a refusal changes nothing");
    // What is missing or wrong is named.
    let sender = json!({"displayName": ""});
    let whole = json!({
        "__type": "urn:inin.com:interactions.email:createEmailResponseParameters",
        "parentInteractionId": parent, "responseType": 0,
        "emailContent": {"sender": sender, "attachmentsFromParent": "1"},
    });
    for (pointer, value) in [
        ("/parentInteractionId", json!(null)),
        ("/responseType", json!(7)),
        ("/emailContent/attachmentsFromParent", json!(3)),
        ("/emailContent/sender", json!(null)),
    ] {
        let mut body = whole.clone();
        *body.pointer_mut(pointer).expect("is there") = value;
        let answer = anna.raw(Method::POST, "/interactions", Some(&body)).await;
        let error = answer
            .expect("an answer")
            .success()
            .expect_err("is refused");
        assert_eq!(error.status, 400, "{pointer}");
        let property = error.error.property_name().expect("it is named");
        assert_eq!(property, pointer[1..].replace('/', "."));
    }
    let answer = anna.raw(Method::POST, "/interactions", Some(&whole)).await;
    assert_eq!(answer.expect("an answer").status, 201);
}

#[tokio::test]
async fn no_more_is_taken_over_than_a_draft_may_have() {
    let mut server = Server::demo().await;
    let part = |number: u8| {
        format!("--b\r\nContent-Type: image/png; name={number}.png\r\n\r\n{number}\r\n")
    };
    let raw = mail(
        "r2",
        "Subject: x\r\nContent-Type: multipart/mixed; boundary=b",
        &format!("{}{}{}--b--\r\n", part(1), part(2), part(3)),
    );
    let id = take_in(&server, raw).await;
    assert!(server.stop().await.success());
    server.give(&["--limits-attachments", "2"]);
    server.start().await;
    let anna = server.log_in("anna").await;
    refused(
        anna.respond(&response(&id, Forward, Attachments::All))
            .await,
        400,
        "error.request.email.tooManyAttachments",
    );
    respond(&anna, &response(&id, Forward, Attachments::None)).await;
}

#[tokio::test]
async fn an_answer_goes_out_by_the_mailbox_that_its_parent_came_in_by() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Sales"]).await;
    server.done(&["workgroup", "member", "Sales", "anna"]).await;
    for address in ["sales@example.com", "offers@example.com"] {
        server
            .done(&["workgroup", "mailbox", "Sales", address])
            .await;
    }
    server
        .done(&["user", "grant", "anna", "modifyInteractions"])
        .await;
    let anna = server.log_in("anna").await;
    let (_folder, path) = super::file(
        "a.eml",
        mail("b1", "Subject: x\r\nDelivered-To: Offers@example.com", "x"),
    );
    let path = path.to_str().expect("UTF-8");
    let said = server
        .done(&["mail", "import", path, "--workgroup", "Sales"])
        .await;
    let parent = super::ids(&said).remove(0);
    let mut asked = response(&parent, Reply, Attachments::None);
    asked.email_content.sender = EmailAddress::default();
    let id = respond(&anna, &asked).await;
    let told = snapshot(&anna, &id).await;
    assert_eq!(told.mailbox.as_deref(), Some("offers@example.com"));
    // Everybody who listens to the parent's attributes is told of its child.
    anna.subscribe_interaction(&parent, &["Eic_EmailChildren"])
        .await
        .expect("is subscribed");
    anna.messages().await.expect("a poll");
    let second = respond(&anna, &asked).await;
    let messages = anna.messages().await.expect("a poll");
    let children = messages.into_iter().find_map(|message| match message {
        Message::InteractionChanged(message) => {
            Some(message.attributes["Eic_EmailChildren"].clone())
        }
        _ => None,
    });
    assert_eq!(children, Some(format!("{id}|{second}")));
}

#[tokio::test]
async fn who_has_picked_it_up_is_told_how_he_can_answer() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let single = take_in(&server, mail("p1", "Subject: x", "x")).await;
    let several = take_in(&server, rich()).await;
    for (id, expected) in [
        (&single, &[Reply, Forward][..]),
        (&several, &[Reply, ReplyAll, Forward]),
    ] {
        assert_eq!(snapshot(&anna, id).await.supported_response_types, []);
        anna.pick_up(id).await.expect("is picked up");
        let delta = told(&anna, id).await.expect("a delta");
        assert_eq!(delta.supported_response_types, expected);
        let others = snapshot(&carl, id).await;
        assert_eq!(others.supported_response_types, [], "somebody else has it");
    }
}
