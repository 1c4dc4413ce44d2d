//! Messages attached to mail: they come as messages of their own, with all that is in them.

use icws::email::EmailMessageAttachmentMessage;
use icws::messaging::Message;

use super::{rich, take_in};
use crate::email::{draft, person, refused, snapshot};
use crate::server::Server;

#[tokio::test]
async fn an_attached_message_is_opened_with_those_in_it() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = take_in(&server, rich()).await;
    let content = snapshot(&anna, &id)
        .await
        .email_content
        .expect("the content");
    let attached = content.message_attachments.expect("always sent").remove(0);
    let request = anna
        .open_message(&id, &attached.message_id)
        .await
        .expect("is accepted");
    let opened: Vec<EmailMessageAttachmentMessage> = anna
        .messages()
        .await
        .expect("a poll")
        .into_iter()
        .filter_map(|message| match message {
            Message::EmailMessageAttachment(message) => Some(message),
            _ => None,
        })
        .collect();
    let [opened] = &opened[..] else {
        panic!("{opened:?}")
    };
    assert_eq!(opened.request_id, request.request_id);
    assert_eq!(opened.interaction_id, id);
    assert_eq!(opened.error, None);
    let message = &opened.email_content;
    assert_eq!(message.subject, "inner");
    assert_eq!(message.sender, person("Ann", "ann@example.net"));
    assert_eq!(message.received_timestamp.to_string(), "20251102T100000Z");
    assert_eq!(message.bodies[0].body, "<b>inner</b>");
    let files = message.file_attachments.as_ref().expect("always sent");
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "dot.gif");
    let bytes = anna.fetch(&files[0].download_uri).await.expect("its bytes");
    assert_eq!(bytes.body, &b"GIF8"[..]);
    let nested = message.message_attachments.as_ref().expect("always sent");
    assert_eq!(nested.len(), 1);
    assert_eq!(nested[0].subject, "innermost");
    assert_eq!(nested[0].bodies[0].body.trim_end(), "deep");
    assert_eq!(nested[0].message_attachments, Some(Vec::new()));
    // It says nothing of when it was sent; the one around it does.
    assert_eq!(nested[0].received_timestamp, message.received_timestamp);
}

#[tokio::test]
async fn only_what_is_attached_can_be_opened() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = take_in(&server, rich()).await;
    for unknown in ["99", "", "x", "-1", "1"] {
        refused(
            anna.open_message(&id, unknown).await,
            400,
            "error.request.email.messageNotFound",
        );
    }
    let own = draft(&anna).await;
    refused(
        anna.open_message(&own, "1").await,
        400,
        "error.request.email.messageNotFound",
    );
    refused(
        anna.open_message("9000000001", "1").await,
        404,
        "error.request.interactions.notFound",
    );
    let lea = server.log_in("lea").await;
    refused(
        lea.open_message(&id, "3").await,
        403,
        "error.request.interactions.accessDenied",
    );
    assert_eq!(anna.messages().await.expect("a poll"), []);
}
