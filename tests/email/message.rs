//! A sent message in full, as an independent reader finds it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use icws::client::{Method, Session};
use icws::email::{EmailContent, EmailFileAttachment};
use serde_json::json;

use super::send::the_message;
use super::{attachments_of, demo_file, draft, html, item, noise, nothing, person, snapshot, text};
use crate::eml::Eml;
use crate::server::Server;
use crate::sql;

/// A message with everything in it: what was written, and what came out.
struct Sent {
    server: Server,
    content: EmailContent,
    page: String,
    /// The Content-ID of the picture that the page shows.
    shown: String,
    /// The attachments as the draft listed them, and their bytes.
    listed: Vec<(EmailFileAttachment, Vec<u8>)>,
    path: PathBuf,
    eml: Eml,
}

#[tokio::test]
async fn it_has_all_that_was_written_part_by_part() {
    let sent = send_everything().await;
    headers_say_who_and_what(&sent);
    texts_stand_with_what_they_show(&sent);
    attachments_are_the_files(&sent);
    the_outbox_promised_what_the_file_has(&sent);
}

async fn send_everything() -> Sent {
    let server = Server::with(&["--domain", "desk.example.com"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    let inline = async || {
        let inserted = anna.insert(&id, logo, Some(true)).await;
        inserted.expect("inserted").content_id
    };
    let (shown, unused) = (inline().await, inline().await);
    for name in ["価格表.pdf", "Preisliste für Händler.pdf", "Showroom.bmp"] {
        let file = item(&anna, name).await.id;
        anna.insert(&id, file, None).await.expect("inserted");
    }
    let own = noise(1, 100_001);
    let uploaded = anna.upload_bytes(&id, "notes (März) it's.csv", false, own.clone());
    uploaded.await.expect("uploaded");
    let page = format!("<p>Grüße</p>\n<img src=\"cid:{shown}\">");
    let content = everything(&page);
    anna.save_email(&id, &content).await.expect("saved");
    let message = snapshot(&anna, &id).await;
    assert_eq!(
        message.unused_email_attachments,
        Some(vec![unused]),
        "what nothing refers to is listed"
    );
    let listed = with_bytes(&anna, attachments_of(&anna, &id).await, own).await;
    let path = format!("/interactions/{id}/email/send");
    let answer = anna.raw(Method::POST, &path, None).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.text()), (200, String::new()));
    let path = the_message(&server).await;
    let eml = Eml::read(&path);
    Sent {
        server,
        content,
        page,
        shown,
        listed,
        path,
        eml,
    }
}

fn everything(page: &str) -> EmailContent {
    let subject =
        "Ihre Lampe: Größe & 価格 🙂 and a subject that is long enough to be folded more than once";
    EmailContent {
        subject: Some(subject.to_owned()),
        to_recipients: Some(vec![
            person("Kim Öz", "kim@example.org"),
            person("", "lee@example.org"),
        ]),
        cc_recipients: Some(vec![person("Cc, the \"second\"", "cc@example.org")]),
        bcc_recipients: Some(vec![person("Hidden", "hidden@example.org")]),
        reply_to_recipients: Some(vec![person("Answers", "answers@example.org")]),
        bodies: Some(vec![
            html(page),
            text("Grüße\nvon der Lampe\n.\nFrom here on"),
        ]),
        ..nothing()
    }
}

/// The attachments with what they have to be: files of the demo, and one of the user's own.
async fn with_bytes(
    session: &Session,
    files: Vec<EmailFileAttachment>,
    own: Vec<u8>,
) -> Vec<(EmailFileAttachment, Vec<u8>)> {
    let showroom = session.fetch(&files[4].download_uri).await;
    let bytes = vec![
        demo_file("libraries/Product Information/Logo.png"),
        demo_file("libraries/Product Information/Logo.png"),
        demo_file("libraries/Product Information/Prices/価格表.pdf"),
        demo_file("libraries/Product Information/Prices/Preisliste für Händler.pdf"),
        showroom.expect("its bytes").body.to_vec(),
        own,
    ];
    assert_eq!(files.len(), bytes.len());
    files.into_iter().zip(bytes).collect()
}

fn message_id(sent: &Sent) -> &str {
    let text = sent.eml.text("Message-ID");
    let inner = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'));
    inner.expect("between angle brackets")
}

fn headers_say_who_and_what(sent: &Sent) {
    let eml = &sent.eml;
    assert_eq!(Some(eml.text("Subject")), sent.content.subject.as_deref());
    let addresses = [
        ("From", &["Support <support@example.com>"][..]),
        ("To", &["Kim Öz <kim@example.org>", " <lee@example.org>"]),
        ("Cc", &["Cc, the \"second\" <cc@example.org>"]),
        ("Reply-To", &["Answers <answers@example.org>"]),
    ];
    for (header, expected) in addresses {
        assert_eq!(eml.addresses(header).expect("it is there"), expected);
    }
    let bytes = fs::read(&sent.path).expect("the message");
    assert!(
        !String::from_utf8_lossy(&bytes).contains("hidden@example.org"),
        "who gets it secretly stands nowhere"
    );
    assert_eq!(eml.addresses("Bcc"), None);
    let headers = eml.headers();
    for once in ["date", "message-id", "mime-version", "subject", "from"] {
        let count = headers.iter().filter(|name| *name == once).count();
        assert_eq!(count, 1, "{once}");
    }
    let message_id = message_id(sent);
    assert!(message_id.ends_with("@desk.example.com"), "{message_id}");
    let name = sent.path.file_name().and_then(|name| name.to_str());
    assert_eq!(name, Some(format!("{message_id}.eml").as_str()));
    let written = fs::metadata(&sent.path).and_then(|about| about.modified());
    let written = written.expect("when").duration_since(UNIX_EPOCH);
    let dated = Duration::from_secs_f64(eml.found["date"].as_f64().expect("a date"));
    let age = written.expect("after 1970").saturating_sub(dated);
    assert!(
        age < Duration::from_secs(30),
        "dated when it was sent: {age:?}"
    );
}

/// Alternatives, of which the HTML is related to the picture that it shows; the rest is attached.
fn texts_stand_with_what_they_show(sent: &Sent) {
    let related = json!(["multipart/related", ["text/html", "image/png"]]);
    let alternative = json!(["multipart/alternative", ["text/plain", related]]);
    let tree = json!([
        "multipart/mixed",
        [
            alternative,
            "image/png",
            "application/pdf",
            "application/pdf",
            "image/bmp",
            "text/csv"
        ]
    ]);
    assert_eq!(sent.eml.found["tree"], tree);
    let leaves = sent.eml.leaves();
    let text = |leaf: usize| String::from_utf8_lossy(&leaves[leaf].bytes).replace("\r\n", "\n");
    assert_eq!(text(0), "Grüße\nvon der Lampe\n.\nFrom here on");
    assert_eq!(text(1), sent.page);
    let picture = &leaves[2];
    assert_eq!(picture.content_id, Some(format!("<{}>", sent.shown)));
    assert_eq!(picture.disposition.as_deref(), Some("inline"));
    for part in &leaves[3..] {
        assert_eq!(
            part.disposition.as_deref(),
            Some("attachment"),
            "{:?}",
            part.name
        );
    }
}

/// Every part, byte by byte, under the name that the draft showed.
fn attachments_are_the_files(sent: &Sent) {
    let attached = sent.eml.attachments();
    assert_eq!(attached.len(), sent.listed.len());
    for (part, (file, bytes)) in attached.iter().zip(&sent.listed) {
        assert_eq!(part.name.as_deref(), Some(file.name.as_str()));
        assert!(part.bytes == *bytes, "{} has other bytes", file.name);
    }
}

fn the_outbox_promised_what_the_file_has(sent: &Sent) {
    let folder = sent.server.folder();
    let messages = sql::run(&folder, "SELECT message_id, size FROM outbox");
    let size = fs::metadata(&sent.path).expect("the message").len();
    assert_eq!(json!(messages), json!([[message_id(sent), size]]));
    let recipients = sql::run(
        &folder,
        "SELECT kind, display_name, address FROM outbox_recipients ORDER BY number",
    );
    let expected = json!([
        [0, "Kim Öz", "kim@example.org"],
        [0, "", "lee@example.org"],
        [1, "Cc, the \"second\"", "cc@example.org"],
        [2, "Hidden", "hidden@example.org"],
    ]);
    assert_eq!(json!(recipients), expected);
}
