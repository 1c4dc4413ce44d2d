//! Headers and texts.

use mail::{addresses::Address, compose::Message};
use serde_json::{Value, json};

use crate::reader::{message, read};

#[tokio::test]
async fn every_header_reads_as_meant() {
    let subject = "Ihre Anfrage: Größe „XL“ – 価格 🎉 ".repeat(10);
    let names = [
        "Jörg Müller-Lüdenscheidt",
        "Doe, John \"JD\" \\ Co.",
        "日本語の名前",
        "",
        "=?utf-8?Q?forged?=",
        "👩‍👩‍👧",
        "(comment) <x>; [y]: z",
    ];
    let people = |prefix: &str| -> Vec<Address> {
        names
            .iter()
            .enumerate()
            .map(|(number, name)| Address::new(*name, format!("{prefix}{number}@example.com")))
            .collect()
    };
    let message = Message {
        from: Address::new("Köln, Support", "support@example.com"),
        reply_to: people("reply"),
        to: [
            people("to"),
            vec![Address::new("Ben", "\"b c@d\"@example.com")],
        ]
        .concat(),
        cc: people("cc").into_iter().cycle().take(300).collect(),
        subject: subject.clone(),
        in_reply_to: Some("last@customer.example.org".to_owned()),
        references: vec![
            "first@customer.example.org".to_owned(),
            "last@customer.example.org".to_owned(),
        ],
        text: Some("Hello".to_owned()),
        ..message()
    };
    let read = read(&message, |_| Vec::new()).await;
    let found = &read.found;
    let expected = |addresses: &[Address]| -> Value {
        addresses
            .iter()
            .map(|address| json!([address.display_name, address.address]))
            .collect()
    };
    assert_eq!(
        found["addresses"]["From"],
        expected(std::slice::from_ref(&message.from))
    );
    assert_eq!(found["addresses"]["Reply-To"], expected(&message.reply_to));
    assert_eq!(found["addresses"]["To"], expected(&message.to));
    assert_eq!(found["addresses"]["Cc"], expected(&message.cc));
    assert_eq!(found["texts"]["Subject"], subject.trim());
    assert_eq!(
        found["texts"]["Message-ID"],
        format!("<{}>", message.message_id)
    );
    assert_eq!(found["texts"]["In-Reply-To"], "<last@customer.example.org>");
    assert_eq!(
        found["texts"]["References"],
        "<first@customer.example.org> <last@customer.example.org>"
    );
    assert_eq!(found["texts"]["MIME-Version"], "1.0");
    assert_eq!(found["date"], 1_790_000_000.0);
    assert_eq!(found["zone"], "+0000");
    assert!(found["longest"].as_u64().expect("a number") <= 78);
    let order = [
        "Date",
        "From",
        "Reply-To",
        "To",
        "Cc",
        "Subject",
        "Message-ID",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];
    assert_eq!(found["names"], json!(order));
}

/// Names that need several encoded words. Some versions of Python's address reader put a space between them, so its header decoder reads these.
#[tokio::test]
async fn long_display_names_read_as_meant() {
    let names = [
        "日本語の名前".repeat(20),
        "Jörg Müller-Lüdenscheidt ".repeat(10).trim().to_owned(),
        "long ".repeat(40).trim().to_owned(),
    ];
    for name in names {
        let read = read(
            &Message {
                from: Address::new(&*name, "a@example.com"),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(read.found["decodedFrom"], format!("{name} <a@example.com>"));
        assert!(read.found["longest"].as_u64().expect("a number") <= 78);
    }
}

#[tokio::test]
async fn subjects_read_as_meant() {
    let unbroken = "x".repeat(1024);
    let wide = "価".repeat(1024);
    let cases = [
        ("", ""),
        ("plain", "plain"),
        ("a  b   c", "a  b   c"),
        ("=?utf-8?B?aGFjaw==?=", "=?utf-8?B?aGFjaw==?="),
        ("a =?x?= b ä", "a =?x?= b ä"),
        (
            "line\r\nBcc: victim@example.com",
            "line  Bcc: victim@example.com",
        ),
        ("under_score ? = ü", "under_score ? = ü"),
        (unbroken.as_str(), unbroken.as_str()),
        (wide.as_str(), wide.as_str()),
    ];
    for (subject, expected) in cases {
        let read = read(
            &Message {
                subject: subject.to_owned(),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(read.found["texts"]["Subject"], expected);
        assert_eq!(read.found["names"].as_array().map(Vec::len), Some(8));
    }
}

#[tokio::test]
async fn a_message_without_recipients_or_body() {
    let read = read(
        &Message {
            to: Vec::new(),
            ..message()
        },
        |_| Vec::new(),
    )
    .await;
    assert_eq!(read.found["addresses"]["To"], json!([]));
    assert_eq!(read.found["tree"], "text/plain");
    assert_eq!(read.leaves()[0]["size"], 0);
}

#[tokio::test]
async fn texts_survive_with_their_line_ends_as_crlf() {
    let long_line = "wörter ohne ende ".repeat(500);
    let controls: String = ('\0'..='\u{9f}')
        .filter(|character| !matches!(character, '\r' | '\n'))
        .collect();
    let wide = "価格🎉\n".repeat(3000);
    let texts = [
        "Hello",
        "Hello\r\n",
        "one\ntwo\rthree\r\nfour\n\rfive\r\r\n",
        "trailing space \nand tab\t\n\n\n",
        ".\r\n.hidden\r\n..\r\nFrom me\r\n-- \r\n--=_x_a--\r\n",
        "=3D=\n=_\n",
        " ",
        &long_line,
        &controls,
        &wide,
    ];
    for text in texts {
        let expected = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\n', "\r\n");
        let html = format!("<p>{text}</p>");
        let alone = read(
            &Message {
                text: Some(text.to_owned()),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(alone.found["tree"], "text/plain");
        assert_eq!(alone.leaves()[0]["charset"], "utf-8");
        // A message ends with a line end, so that what follows it starts a line.
        assert_eq!(
            alone.text(0).strip_suffix("\r\n").unwrap_or(&alone.text(0)),
            expected.strip_suffix("\r\n").unwrap_or(&expected)
        );

        let both = read(
            &Message {
                text: Some(text.to_owned()),
                html: Some(html),
                ..message()
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(
            both.found["tree"],
            json!(["multipart/alternative", ["text/plain", "text/html"]])
        );
        assert_eq!(both.text(0), expected);
        assert_eq!(both.text(1), format!("<p>{expected}</p>"));
        assert!(both.found["longest"].as_u64().expect("a number") <= 78);
    }
}

#[tokio::test]
async fn html_alone_and_empty_texts() {
    let html = Message {
        text: Some(String::new()),
        html: Some("<b>ä</b>".to_owned()),
        ..message()
    };
    let html = read(&html, |_| Vec::new()).await;
    assert_eq!(html.found["tree"], "text/html");
    assert_eq!(html.text(0), "<b>ä</b>\r\n");
    let text = Message {
        text: Some("a".to_owned()),
        html: Some(String::new()),
        ..message()
    };
    assert_eq!(
        read(&text, |_| Vec::new()).await.found["tree"],
        "text/plain"
    );
}
