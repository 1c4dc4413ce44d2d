//! Mail that comes in: how it is taken in, what is told of it, and answers to it. What the modules share stands here.

mod addresses;
mod answers;
mod import;
mod messages;
mod ourselves;

use std::path::PathBuf;

use icws::client::Session;
use icws::email::{
    CreateEmailResponseParameters, EmailContentsMessage, EmailResponseAttachments,
    EmailResponseContent, EmailResponseType,
};
use tempfile::TempDir;

use crate::email::support;
use crate::server::Server;

/// Writes a message to a file in a folder of its own.
pub fn file(name: &str, raw: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, raw).expect("is written");
    (folder, path)
}

/// What `mail import` says of a path.
pub async fn import(server: &Server, path: &std::path::Path) -> String {
    let path = path.to_str().expect("UTF-8");
    server
        .done(&["mail", "import", path, "--workgroup", "Support"])
        .await
}

/// Takes one message into Support's queue, and gives its interaction.
pub async fn take_in(server: &Server, raw: impl AsRef<[u8]>) -> String {
    let (_folder, path) = file("one.eml", raw);
    let said = import(server, &path).await;
    ids(&said).pop().unwrap_or_else(|| panic!("{said}"))
}

/// The interactions that a report names, in its order.
pub fn ids(said: &str) -> Vec<String> {
    said.split([' ', '\n'])
        .filter(|word| word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// A message with these headers besides who wrote it to whom, and this body.
pub fn mail(id: &str, headers: &str, body: &str) -> String {
    format!(
        "From: Kim Berg <kim@example.org>\r\nTo: Support <support@example.com>\r\nMessage-ID: <{id}@example.org>\r\n\
         Date: Mon, 3 Nov 2025 09:30:00 +0100\r\n{headers}\r\n\r\n{body}"
    )
}

/// A message with a picture in its text, a file, and another message, in which there is a third.
pub fn rich() -> String {
    let inner = "From: Ann <ann@example.net>\r\nTo: kim@example.org\r\nSubject: inner\r\nDate: Sun, 2 Nov 2025 10:00:00 +0000\r\n\
                 Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>inner</b>\r\n\
                 --i\r\nContent-Type: image/gif; name=dot.gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGOA==\r\n\
                 --i\r\nContent-Type: message/rfc822\r\n\r\nFrom: deep@example.net\r\nSubject: innermost\r\n\r\ndeep\r\n--i--";
    mail(
        "rich",
        "Cc: Lee <lee@example.net>\r\nSubject: A lamp\r\nMIME-Version: 1.0\r\nImportance: high\r\n\
         References: <first@example.org> <second@example.org>\r\nContent-Type: multipart/mixed; boundary=o",
        &format!(
            "--o\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
             <p onclick=\"x()\">It is dark: <img src=\"cid:lamp@kim\"></p><script>x()</script>\r\n--r\r\n\
             Content-Type: image/png; name=lamp.png\r\nContent-ID: <lamp@kim>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n\
             --r--\r\n--o\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''Rechn%C3%BCng.pdf\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
        ),
    )
}

/// A response that leaves everything to the server.
pub fn response(
    parent: &str,
    kind: EmailResponseType,
    attachments: EmailResponseAttachments,
) -> CreateEmailResponseParameters {
    CreateEmailResponseParameters {
        email_content: EmailResponseContent {
            attachments_from_parent: attachments,
            subject: None,
            sender: support(),
            to_recipients: None,
            cc_recipients: None,
            bcc_recipients: None,
            reply_to_recipients: None,
            bodies: None,
        },
        response_type: kind,
        parent_interaction_id: parent.to_owned(),
        workgroup: None,
        additional_attributes: None,
    }
}

/// Makes a response, and gives its interaction.
pub async fn respond(session: &Session, asked: &CreateEmailResponseParameters) -> String {
    session
        .respond(asked)
        .await
        .expect("is made")
        .interaction_id
}

/// The text of a form that an email has.
pub fn body(message: &EmailContentsMessage, kind: icws::email::BodyType) -> Option<String> {
    let content = message.email_content.as_ref().expect("the content");
    let of_kind = content.bodies.iter().find(|body| body.body_type == kind);
    of_kind.map(|body| body.body.clone())
}
