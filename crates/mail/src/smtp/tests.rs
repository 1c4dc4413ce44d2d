//! Relays as they are written, replies as they come, and what goes over the wire.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

#[test]
fn a_relay_is_read_as_it_is_written() {
    let relay = |url: &str| Relay::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    let plain = relay("smtp://mail.example.org");
    assert_eq!((plain.port, plain.security), (587, Security::Required));
    assert_eq!((plain.user, plain.password), (None, None));
    let full = relay("smtp://me%40example.org:p%3Aa%2Fss@mail.example.org:2525/?tls=opportunistic");
    assert_eq!(full.to_string(), "mail.example.org:2525");
    assert_eq!(full.security, Security::Opportunistic);
    assert_eq!(full.user.as_deref(), Some("me@example.org"));
    assert_eq!(full.password.as_deref(), Some("p:a/ss"));
    assert!(!format!("{full:?}").contains("a/ss"), "{full:?}");
    let implicit = relay("SMTPS://user@[2001:db8::1]");
    assert_eq!(implicit.to_string(), "[2001:db8::1]:465");
    assert_eq!(
        (implicit.security, implicit.password),
        (Security::Implicit, None)
    );
    for local in ["smtp://127.0.0.1:25", "smtp://localhost", "smtp://[::1]"] {
        assert_eq!(relay(local).security, Security::Never, "{local}");
    }
    let asked = relay("smtp://localhost?tls=required");
    assert_eq!(asked.security, Security::Required);
}

#[test]
fn what_is_no_relay_is_refused_without_its_password() {
    for url in [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://secret@",
        "smtp://a b",
        "smtp://host:0",
        "smtp://host:65536",
        "smtp://host:",
        "smtp://[::1",
        "smtp://:secret@host",
        "smtp://u%ff:secret@host",
        "smtp://u%00:secret@host",
        "smtp://user:secret@host?tls=maybe",
        "smtps://user:secret@host?tls=never",
        "smtp://user:secret@host/path",
    ] {
        let error = Relay::parse(url).expect_err(url);
        assert!(!error.contains("secret"), "{url}: {error}");
    }
}

#[test]
fn no_address_can_end_a_command() {
    assert!(Mailbox::parse("kim@example.org").is_some());
    for odd in [
        "kim@example.org>\r\nRCPT TO:<x@example.org",
        "kim@example.org\n",
        "kim\0@example.org",
        "\"a\r\nb\"@example.org",
        "kim@exämple.org",
        "",
    ] {
        assert!(Mailbox::parse(odd).is_none(), "{odd:?}");
    }
}

async fn reply(text: &str) -> std::io::Result<Reply> {
    Reply::read(&mut BufReader::new(text.as_bytes())).await
}

#[tokio::test]
async fn a_reply_may_have_several_lines_and_no_other_shape() {
    let read = reply("250-first\r\n250-second\r\n250 third\r\nrest").await;
    let read = read.expect("a reply");
    assert_eq!((read.code, read.lines.len()), (250, 3));
    assert_eq!(read.to_string(), "250 first second third");
    assert_eq!(reply("354\r\n").await.expect("a reply").lines, [""]);
    assert_eq!(
        reply("550 a\tb\r\n").await.expect("a reply").to_string(),
        "550 a b"
    );
    let endless = "250-x\r\n".repeat(1_000);
    let long = format!("250 {}\r\n", "x".repeat(10_000));
    for odd in [
        "",
        "250",
        "25\r\n",
        "abc d\r\n",
        "600 x\r\n",
        "250x\r\n",
        "\r\n",
        &endless,
        &long,
    ] {
        assert!(reply(odd).await.is_err(), "{:?}", odd.get(..20));
    }
}

/// A relay that says to each command what the table says, in order, and gives what it was told.
async fn scripted(
    listener: TcpListener,
    answers: Vec<(&'static str, &'static str)>,
) -> Vec<String> {
    let (stream, _) = listener.accept().await.expect("a client");
    let mut stream = BufReader::new(stream);
    let mut told = Vec::new();
    say(&mut stream, "220 relay\r\n").await;
    for (expected, answer) in answers {
        let mut line = String::new();
        if stream.read_line(&mut line).await.expect("a line") == 0 {
            break;
        }
        assert!(line.starts_with(expected), "{line:?} is not {expected:?}");
        told.push(line);
        say(&mut stream, answer).await;
    }
    told
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) {
    stream.write_all(text.as_bytes()).await.expect("written");
}

const TIMES: Times = Times {
    connect: Duration::from_secs(5),
    answer: Duration::from_secs(5),
};

async fn relay() -> (TcpListener, Relay) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let relay = Relay::parse(&format!("smtp://127.0.0.1:{port}")).expect("a relay");
    (listener, relay)
}

fn roots() -> Roots {
    Roots::load(None).expect("TLS")
}

#[tokio::test]
async fn each_recipient_has_a_verdict_and_the_message_is_sent_with_its_dots() {
    let (listener, relay) = relay().await;
    let answers = vec![
        (
            "EHLO me.example",
            "250-relay\r\n250-SIZE 1000\r\n250 8BITMIME\r\n",
        ),
        ("MAIL FROM:<a@example.com> SIZE=18\r\n", "250 ok\r\n"),
        ("RCPT TO:<b@example.com>\r\n", "250 ok\r\n"),
        ("RCPT TO:<c@example.com>\r\n", "550 5.1.1 no such user\r\n"),
        ("RCPT TO:<d@example.com>\r\n", "451 4.7.1 come back\r\n"),
        ("DATA\r\n", "354 go\r\n"),
        ("a: b\r\n", ""),
        ("\r\n", ""),
        ("..dot\r\n", ""),
        ("end\r\n", ""),
        (".\r\n", "250 2.0.0 taken\r\n"),
        ("QUIT", "221 bye\r\n"),
    ];
    let told = tokio::spawn(scripted(listener, answers));
    let opened = Connection::open(&relay, &roots(), "me.example", TIMES).await;
    let mut connection = opened.expect("a connection");
    assert_eq!(connection.size_limit(), Some(1000));
    let mailbox = |address: &str| Mailbox::parse(address).expect("an address");
    let to = ["b@example.com", "c@example.com", "d@example.com"];
    let envelope = Envelope {
        from: mailbox("a@example.com"),
        to: to.into_iter().map(mailbox).collect(),
        size: 18,
    };
    let pieces = ["a: b\r\n\r", "\n", ".dot\r\nend\r\n"];
    let message = stream::iter(pieces.map(|piece| Ok(Bytes::from(piece))));
    let verdicts = connection.send(&envelope, message).await.expect("sent");
    assert_eq!(
        verdicts,
        [
            Verdict::Taken,
            Verdict::Never("550 5.1.1 no such user".into()),
            Verdict::Later("451 4.7.1 come back".into()),
        ]
    );
    let large = Envelope {
        size: 1001,
        ..envelope
    };
    let verdicts = connection
        .send(&large, stream::empty())
        .await
        .expect("an answer");
    assert_eq!(verdicts, vec![Verdict::Never(too_large(1001, 1000)); 3]);
    connection.close().await;
    assert_eq!(told.await.expect("no panic").len(), 12);
}

#[tokio::test]
async fn a_message_that_breaks_off_is_never_ended() {
    let (listener, relay) = relay().await;
    let answers = vec![
        ("EHLO", "250 relay\r\n"),
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("DATA", "354 go\r\n"),
        ("half", ""),
        ("", ""),
    ];
    let told = tokio::spawn(scripted(listener, answers));
    let opened = Connection::open(&relay, &roots(), "me.example", TIMES).await;
    let mut connection = opened.expect("a connection");
    let mailbox = Mailbox::parse("a@example.com").expect("an address");
    let envelope = Envelope {
        from: mailbox.clone(),
        to: vec![mailbox],
        size: 100,
    };
    let broken = std::io::Error::other("the disk is gone");
    let message = stream::iter([Ok(Bytes::from("half\r\n")), Err(broken)]);
    let failure = connection.send(&envelope, message).await;
    assert!(matches!(failure, Err(Failure::Message(_))), "{failure:?}");
    drop(connection);
    assert_eq!(
        told.await.expect("no panic").last().map(String::as_str),
        Some("half\r\n")
    );
}

#[tokio::test]
async fn a_relay_without_starttls_gets_neither_mail_nor_a_password() {
    let (listener, mut relay) = relay().await;
    relay.security = Security::Required;
    relay.user = Some("me".into());
    relay.password = Some("secret".into());
    let answers = vec![("EHLO", "250-relay\r\n250 AUTH PLAIN LOGIN\r\n"), ("", "")];
    let told = tokio::spawn(scripted(listener, answers));
    let opened = Connection::open(&relay, &roots(), "me.example", TIMES).await;
    let error = opened.err().expect("a failure").to_string();
    assert!(error.contains("does not offer STARTTLS"), "{error}");
    assert_eq!(told.await.expect("no panic").len(), 1);
}
