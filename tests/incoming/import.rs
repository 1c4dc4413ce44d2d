//! `attache mail import`.

use std::fs;
use std::time::{Duration, Instant};

use icws::client::LogIn;
use icws::email::{BodyType, EmailType};

use super::{body, file, ids, import, mail, rich, take_in};
use crate::email::{attachments, blob_files, person, refused, snapshot};
use crate::server::{PASSWORD, Server};
use crate::sql;

#[tokio::test]
async fn a_message_waits_in_the_queue_with_all_that_is_in_it() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = take_in(&server, rich()).await;
    let told = snapshot(&anna, &id).await;
    assert!(!told.is_editable);
    assert_eq!(told.email_type, Some(EmailType::None));
    assert_eq!(told.supported_response_types, [], "nobody has picked it up");
    assert_eq!(told.has_response, Some(false));
    assert_eq!(told.edited, Some(false));
    assert_eq!(told.parent_interaction_id, None);
    assert_eq!(told.conversation_id.as_deref(), Some("first@example.org"));
    assert_eq!(told.mailbox.as_deref(), Some("support@example.com"));
    assert_eq!(told.unused_email_attachments.as_deref(), Some(&[][..]));
    let html = body(&told, BodyType::Html).expect("HTML");
    assert!(html.contains("<img src=\"cid:lamp@kim\">"), "{html}");
    assert!(
        !html.contains("script") && !html.contains("onclick"),
        "{html}"
    );
    assert_eq!(body(&told, BodyType::Text), None);

    let content = told.email_content.clone().expect("the content");
    assert_eq!(content.subject.as_deref(), Some("A lamp"));
    assert_eq!(content.sender, person("Kim Berg", "kim@example.org"));
    assert_eq!(
        content.to_recipients,
        Some(vec![person("Support", "support@example.com")])
    );
    assert_eq!(
        content.cc_recipients,
        Some(vec![person("Lee", "lee@example.net")])
    );
    assert_eq!(content.reply_to_recipients, Some(Vec::new()));
    assert_eq!(content.received_timestamp.to_string(), "20251103T083000Z");
    let files = attachments(&told);
    let shown: Vec<_> = files
        .iter()
        .map(|file| (file.name.as_str(), file.content_id.as_str()))
        .collect();
    assert_eq!(shown, [("lamp.png", "lamp@kim"), ("Rechnüng.pdf", "")]);
    let bytes = anna.fetch(&files[1].download_uri).await.expect("its bytes");
    assert_eq!(bytes.body, &b"%PDF-"[..]);
    assert_eq!(bytes.header("content-type"), Some("application/pdf"));
    let messages = content.message_attachments.expect("always sent");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].subject, "inner");

    let asked = [
        "Eic_CallDirection",
        "Eic_State",
        "Eic_ObjectType",
        "Eic_RemoteName",
        "Eic_RemoteAddress",
        "Eic_EmailSubject",
        "Eic_EmailAttachments",
        "Eic_EmailImportance",
        "Eic_EmailParent",
        "Eic_EmailChildren",
        "Eic_WorkgroupName",
        "Eic_UserName",
    ];
    let values = anna.attributes(&id, &asked).await.expect("attributes");
    let values: Vec<&str> = asked
        .iter()
        .map(|name| values.attributes[*name].as_str())
        .collect();
    assert_eq!(
        values,
        [
            "I",
            "O",
            "Email",
            "Kim Berg",
            "kim@example.org",
            "A lamp",
            "3",
            "2",
            "",
            "",
            "Support",
            ""
        ]
    );
}

#[tokio::test]
async fn mail_that_came_in_cannot_be_edited() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = take_in(&server, rich()).await;
    let item = crate::email::item(&anna, "Logo.png").await;
    let not_editable = "error.request.email.notEditable";
    refused(
        anna.insert(&id, item.id, Some(true)).await,
        400,
        not_editable,
    );
    let content = crate::email::content("changed");
    refused(anna.save_email(&id, &content).await, 400, not_editable);
    refused(anna.send_email(&id).await, 400, not_editable);
    let upload = anna.upload(&id, "a.txt", false).await;
    refused(upload, 400, not_editable);
    let file = &attachments(&snapshot(&anna, &id).await)[0];
    refused(
        anna.remove_attachment(&id, &file.download_uri).await,
        400,
        not_editable,
    );
    // Who is no member of its workgroup has no right to it.
    let lea = server.log_in("lea").await;
    refused(
        lea.subscribe_email(&id).await,
        403,
        "error.request.interactions.accessDenied",
    );
    // It can be closed.
    anna.disconnect(&id).await.expect("is closed");
}

#[tokio::test]
async fn the_same_message_comes_once() {
    let server = Server::demo().await;
    let (folder, path) = file("a.eml", mail("same", "Subject: one", "1"));
    // On another way it got another header.
    let other = format!("X-Way: other\r\n{}", mail("same", "Subject: one", "1"));
    fs::write(folder.path().join("b.eml"), other).expect("is written");
    let without = "From: a@example.org\r\nSubject: no id\r\n\r\n";
    fs::write(folder.path().join("c.eml"), format!("{without}1")).expect("is written");
    fs::write(folder.path().join("d.eml"), format!("{without}1")).expect("is written");
    fs::write(folder.path().join("e.eml"), format!("{without}2")).expect("is written");
    let dry = server
        .done(&[
            "mail",
            "import",
            folder.path().to_str().expect("UTF-8"),
            "--workgroup",
            "support",
            "--dry-run",
        ])
        .await;
    assert!(
        dry.contains("would be taken in: ") && ids(&dry).is_empty(),
        "{dry}"
    );
    let files = blob_files(&server.folder()).len();
    let said = import(&server, folder.path()).await;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 6, "{said}");
    for (line, taken) in lines.iter().zip([true, false, true, false, true]) {
        assert_eq!(line.starts_with("taken in: "), taken, "{said}");
        assert_eq!(line.starts_with("there already: "), !taken, "{said}");
    }
    let told = ids(&said);
    assert_eq!(
        (told[0] == told[1], told[2] == told[3], told[3] == told[4]),
        (true, true, false)
    );
    assert_eq!(
        lines[5],
        "3 taken into the queue of Support, 0 of them as they came; 2 there already; 0 left out"
    );
    assert_eq!(
        blob_files(&server.folder()).len(),
        files + 3,
        "their sources"
    );
    let again = import(&server, &path).await;
    assert!(again.starts_with("there already: "), "{again}");
    // Another workgroup has a queue of its own.
    server.done(&["workgroup", "add", "Sales"]).await;
    let path = path.to_str().expect("UTF-8");
    let sales = server
        .done(&["mail", "import", path, "--workgroup", "Sales"])
        .await;
    assert!(sales.starts_with("taken in: "), "{sales}");
    let unknown = server
        .command(&["mail", "import", path, "--workgroup", "Nobody"])
        .await;
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("workgroup list"));
}

#[tokio::test]
async fn another_message_of_the_same_message_id_is_another() {
    let server = Server::demo().await;
    let (folder, _) = file("a.eml", mail("const", "Subject: form 1", "1"));
    let put = |name: &str, raw: String| {
        fs::write(folder.path().join(name), raw).expect("is written");
    };
    put("b.eml", mail("const", "Subject: form 2", "1"));
    put("c.eml", mail("const", "Subject: form 2", "2"));
    let way = "Return-Path: <>\r\nReceived: by b; Mon, 3 Nov 2025 09:31:00 +0100";
    let again = mail("const", "Subject: form 2", "2\r\n");
    put("d.eml", format!("{way}\r\n{again}"));
    let said = import(&server, folder.path()).await;
    let told = ids(&said);
    assert!(told[0] != told[1] && told[1] != told[2], "{said}");
    assert_eq!(told[2], told[3], "{said}");
    assert!(said.contains("3 taken into") && said.contains("; 1 there already"));
}

#[tokio::test]
async fn what_cannot_be_taken_apart_is_taken_as_it_came() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let garbage = b"\0\x01\xffnothing that anybody could read".as_slice();
    let (_folder, path) = file("a.eml", garbage);
    let said = import(&server, &path).await;
    assert!(said.starts_with("taken in as it came: "), "{said}");
    let id = ids(&said).remove(0);
    let told = snapshot(&anna, &id).await;
    let files = attachments(&told);
    assert_eq!(files.len(), 1);
    let bytes = anna.fetch(&files[0].download_uri).await.expect("its bytes");
    assert_eq!(bytes.body, garbage);
    let text = body(&told, BodyType::Text).expect("a text");
    assert!(text.contains("attached as it came"), "{text}");
    // Who speaks German reads it in German.
    let german = LogIn {
        language: Some("de"),
        ..LogIn::new("carl", PASSWORD)
    };
    let carl = server.client().log_in_with(&german).await;
    let told = snapshot(&carl.expect("logged in"), &id).await;
    let text = body(&told, BodyType::Text).expect("a text");
    assert!(
        text.starts_with("Diese Nachricht") && text.contains("Kopfzeilen"),
        "{text}"
    );
}

#[tokio::test]
async fn mailboxes_and_folders_are_taken_in_and_the_rest_is_left_out() {
    let server = Server::demo().await;
    let mailbox = format!(
        "From kim Mon Nov  3 09:30:00 2025\n{}\n\nFrom kim Mon Nov  3 09:31:00 2025\n{}\n",
        mail("m1", "Subject: first", "1\n>From here").replace("\r\n", "\n"),
        mail("m2", "Subject: second", "2").replace("\r\n", "\n"),
    );
    let (folder, _) = file("box", mailbox);
    fs::write(folder.path().join("notes.txt"), "no mail").expect("is written");
    fs::create_dir(folder.path().join("deeper")).expect("a folder");
    fs::write(
        folder.path().join("deeper/c.eml"),
        mail("m3", "Subject: third", "3"),
    )
    .expect("is written");
    let path = folder.path().to_str().expect("UTF-8");
    let output = server
        .command(&["mail", "import", path, "--workgroup", "Support"])
        .await;
    assert!(output.status.success());
    let (out, err) = (
        String::from_utf8(output.stdout).expect("UTF-8"),
        String::from_utf8(output.stderr).expect("UTF-8"),
    );
    assert!(
        err.contains("left out: ") && err.contains("notes.txt"),
        "{err}"
    );
    let ids = ids(&out);
    assert_eq!(ids.len(), 3, "{out}");
    assert!(out.contains("box#2: "), "{out}");
    let anna = server.log_in("anna").await;
    let told = snapshot(&anna, &ids[0]).await;
    assert_eq!(
        body(&told, BodyType::Text).as_deref(),
        Some("1\nFrom here\n")
    );
    let nowhere = server
        .command(&["mail", "import", "/no/such/file", "--workgroup", "Support"])
        .await;
    assert_eq!(nowhere.status.code(), Some(1));
}

#[tokio::test]
async fn threads_are_found_by_what_they_refer_to() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let conversation = async |id: &str| snapshot(&anna, id).await.conversation_id.expect("always");
    let first = take_in(&server, mail("t1", "Subject: one", "1")).await;
    let reply = take_in(
        &server,
        mail("t2", "Subject: other\r\nIn-Reply-To: <t1@example.org>", "2"),
    )
    .await;
    let third = take_in(
        &server,
        mail(
            "t3",
            "Subject: x\r\nReferences: <t0@example.org> <t2@example.org>",
            "3",
        ),
    )
    .await;
    let apart = take_in(&server, mail("t4", "Subject: one", "1")).await;
    let root = conversation(&first).await;
    assert_eq!(conversation(&reply).await, root);
    assert_eq!(conversation(&third).await, root);
    assert_ne!(conversation(&apart).await, root, "never by the subject");
    // An answer to a mail that went out from here.
    let draft = crate::email::draft(&anna).await;
    anna.send_email(&draft).await.expect("is sent");
    let sent = sql::run(&server.folder(), "SELECT message_id FROM outbox");
    let sent = sent[0][0].as_str().expect("a Message-ID");
    let answer = take_in(
        &server,
        mail("t5", &format!("Subject: RE\r\nIn-Reply-To: <{sent}>"), "5"),
    )
    .await;
    assert_eq!(conversation(&answer).await, conversation(&draft).await);
}

#[tokio::test]
async fn ten_thousand_parts_are_taken_in() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let mut raw = mail(
        "many",
        "Subject: many\r\nContent-Type: multipart/mixed; boundary=b",
        "",
    );
    for number in 0..10_000 {
        let part = format!(
            "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n{}\r\n",
            number % 500
        );
        raw.push_str(&part);
    }
    raw += "--b--\r\n";
    let begun = Instant::now();
    let id = take_in(&server, &raw).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_mins(2), "{took:?}");
    let told = snapshot(&anna, &id).await;
    let files = attachments(&told);
    assert_eq!(files.len(), 10_000);
    assert_eq!(files[9_999].name, "a (10000).pdf");
    // One more is too many: it is taken as it came.
    let more = raw
        .replace(
            "--b--",
            "--b\r\n\r\nand a text\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--",
        )
        .replace("<many@", "<more@");
    let (_folder, path) = file("more.eml", more);
    let said = import(&server, &path).await;
    assert!(said.starts_with("taken in as it came: "), "{said}");
}

#[tokio::test]
async fn a_running_server_notices_at_once() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = take_in(&server, mail("n1", "Subject: one", "1")).await;
    let ended = Instant::now();
    // It is known as soon as the command has ended: the rows are there for every server to read.
    snapshot(&anna, &id).await;
    assert!(
        ended.elapsed() < Duration::from_secs(1),
        "{:?}",
        ended.elapsed()
    );
}

/// Bytes of mail that came in are no bytes that nobody needs.
#[tokio::test]
async fn what_came_in_is_read_by_its_own_server_after_a_restart() {
    let mut server = Server::demo().await;
    let id = take_in(&server, rich()).await;
    let status = server.stop().await;
    assert!(status.success());
    server.start().await;
    let anna = server.log_in("anna").await;
    for file in attachments(&snapshot(&anna, &id).await) {
        assert!(anna.fetch(&file.download_uri).await.is_ok(), "{file:?}");
    }
}
