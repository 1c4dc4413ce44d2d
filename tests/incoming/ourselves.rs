//! What is made of a mail in an answer to it: nobody that is nobody, not ourselves, and nothing that is not there.

use icws::email::{BodyType, EmailResponseAttachments, EmailResponseType};

use super::{body, mail, respond, response, rich, take_in};
use crate::email::{attachments, person, snapshot};
use crate::server::Server;

use EmailResponseAttachments as Attachments;
use EmailResponseType::{Forward, Reply, ReplyAll};

#[tokio::test]
async fn no_mailbox_of_the_workgroup_is_answered() {
    let server = Server::demo().await;
    server
        .done(&["workgroup", "mailbox", "Support", "help@example.com"])
        .await;
    let anna = server.log_in("anna").await;
    let headers =
        "Subject: x\r\nReply-To: HELP@example.com\r\nCc: Lee <lee@example.net>, help@example.com";
    let parent = take_in(&server, mail("o1", headers, "x")).await;
    for (kind, copies) in [
        (Reply, vec![]),
        (ReplyAll, vec![person("Lee", "lee@example.net")]),
    ] {
        let id = respond(&anna, &response(&parent, kind, Attachments::None)).await;
        let content = snapshot(&anna, &id).await.email_content;
        let content = content.expect("the content");
        let kim = person("Kim Berg", "kim@example.org");
        assert_eq!(content.to_recipients, Some(vec![kim]));
        assert_eq!(content.cc_recipients, Some(copies));
    }
    // Where nobody else is left, we answer ourselves.
    let own = "From: help@example.com\r\nTo: support@example.com\r\nSubject: x\r\n\r\nx";
    let parent = take_in(&server, own).await;
    let id = respond(&anna, &response(&parent, ReplyAll, Attachments::None)).await;
    let content = snapshot(&anna, &id).await.email_content;
    let to = content.expect("the content").to_recipients;
    assert_eq!(to, Some(vec![person("", "help@example.com")]));
}

#[tokio::test]
async fn nobody_is_answered_where_nobody_wrote() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let raw = "To: support@example.com\r\nSubject: Re : nobody\r\n\r\nhello";
    let parent = take_in(&server, raw).await;
    for kind in [Reply, ReplyAll] {
        let id = respond(&anna, &response(&parent, kind, Attachments::None)).await;
        let told = snapshot(&anna, &id).await;
        let text = body(&told, BodyType::Text).expect("a text");
        assert!(
            text.ends_with(" UTC:\n> hello\n") && !text.contains("wrote"),
            "{text}"
        );
        let content = told.email_content.expect("the content");
        assert_eq!(content.to_recipients, Some(Vec::new()));
        assert_eq!(content.subject.as_deref(), Some("Re : nobody"));
    }
}

#[tokio::test]
async fn pictures_are_shown_that_are_there() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let parent = take_in(&server, rich()).await;
    for kind in [Reply, Forward] {
        for (wanted, is_there) in [
            (Attachments::None, false),
            (Attachments::Inline, true),
            (Attachments::All, true),
        ] {
            let id = respond(&anna, &response(&parent, kind, wanted)).await;
            let told = snapshot(&anna, &id).await;
            let html = body(&told, BodyType::Html).expect("HTML");
            assert!(html.contains("It is dark:"), "{html}");
            assert_eq!(html.contains("cid:lamp@kim"), is_there, "{html}");
        }
    }
}

#[tokio::test]
async fn messages_that_are_taken_over_are_called_by_their_subjects() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let part = |subject: &str| {
        format!(
            "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.net\r\n{subject}\r\nx\r\n"
        )
    };
    let raw = mail(
        "o2",
        "Subject: x\r\nContent-Type: multipart/mixed; boundary=b",
        &format!("{}{}--b--\r\n", part("Subject: in/out\r\n"), part("")),
    );
    let parent = take_in(&server, raw).await;
    let id = respond(&anna, &response(&parent, Forward, Attachments::All)).await;
    let files = attachments(&snapshot(&anna, &id).await);
    let names: Vec<String> = files.into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["in-out.eml", "message.eml"]);
}
