use super::*;

#[test]
fn addresses_that_can_be_written_to() {
    let long_domain = format!("{0}.{0}.{0}", "d".repeat(60));
    for address in [
        "anna@example.com",
        "anna.b+tag@mail.example.co.uk",
        "o'hara@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        "\"a b\"@example.com",
        "\"a@b\"@example.com",
        "\"a\\\"b\\\\\"@example.com",
        "root@localhost",
        "a@xn--mller-kva.example",
        "a@1.example",
        &format!("{}@{long_domain}", "l".repeat(64)),
    ] {
        assert!(is_valid(address), "{address}");
    }
}

#[test]
fn addresses_that_cannot() {
    let long_domain = format!("{0}.{0}.{0}.{0}", "d".repeat(60));
    for address in [
        "",
        "@",
        "anna",
        "anna@",
        "@example.com",
        "a@b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a b@example.com",
        "a@example .com",
        "a@example.com\r\nBcc: b@example.com",
        "a\r\n@example.com",
        "a@example.com\n",
        "a\0@example.com",
        "a@example.com>",
        "<a@example.com>",
        "Anna <a@example.com>",
        "a@example.com,b@example.com",
        "\"@example.com",
        "\"a\"b\"@example.com",
        "\"a\\\"@example.com",
        "\"a\r\n b\"@example.com",
        "\"ä\"@example.com",
        "ä@example.com",
        "a@exämple.com",
        "a@[127.0.0.1]",
        "a@-a.example",
        "a@a-.example",
        "a@a..example",
        "a@example.com.",
        "a@a_b.example",
        &format!("{}@example.com", "l".repeat(65)),
        &format!("a@{}.example", "d".repeat(64)),
        &format!("{}@{long_domain}", "l".repeat(64)),
    ] {
        assert!(!is_valid(address), "{address:?}");
    }
}

fn list(addresses: &[Address]) -> String {
    let mut out = String::new();
    write_list(&mut out, "To", addresses).expect("valid addresses");
    out
}

fn is_one_header(written: &str) -> bool {
    let lines: Vec<&str> = written
        .strip_suffix("\r\n")
        .expect("a last CRLF")
        .split("\r\n")
        .collect();
    lines[0].contains(':')
        && lines[1..]
            .iter()
            .all(|line| line.starts_with(' ') && !line.trim().is_empty())
        && lines
            .iter()
            .all(|line| line.bytes().all(|byte| matches!(byte, b' '..=b'~')))
}

#[test]
fn names_are_quoted_or_encoded() {
    let cases = [
        ("", "To: <a@example.com>\r\n"),
        ("Anna", "To: \"Anna\" <a@example.com>\r\n"),
        (
            "Doe, \"J\\D\"",
            "To: \"Doe, \\\"J\\\\D\\\"\" <a@example.com>\r\n",
        ),
        (
            "Müller, Anna",
            "To: =?utf-8?Q?M=C3=BCller=2C_Anna?= <a@example.com>\r\n",
        ),
        ("価格", "To: =?utf-8?B?5L6h5qC8?= <a@example.com>\r\n"),
        (
            "=?utf-8?Q?x?=",
            "To: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?= <a@example.com>\r\n",
        ),
        (
            "a\r\nBcc: b@example.com\0",
            "To: \"a  Bcc: b@example.com\" <a@example.com>\r\n",
        ),
    ];
    for (name, expected) in cases {
        assert_eq!(list(&[Address::new(name, "a@example.com")]), expected);
    }
}

#[test]
fn lists_fold_between_addresses() {
    let names = [
        "Anna",
        "Jörg Müller-Lüdenscheidt",
        "",
        "x y z",
        "日本語の名前".repeat(20).as_str(),
        &"long ".repeat(40),
    ]
    .map(str::to_owned);
    let addresses: Vec<Address> = names
        .iter()
        .cycle()
        .take(200)
        .enumerate()
        .map(|(number, name)| Address::new(name, format!("agent{number}@example.com")))
        .collect();
    let written = list(&addresses);
    assert!(is_one_header(&written), "{written}");
    assert!(
        written.split("\r\n").all(|line| line.len() <= LINE),
        "{written}"
    );
    assert_eq!(written.matches("@example.com>").count(), 200);
    assert_eq!(written.matches(">,").count(), 199);
}

#[test]
fn the_longest_address_stays_on_one_line() {
    let longest = format!(
        "{}@{}",
        "l".repeat(64),
        ["d".repeat(60), "d".repeat(60), "d".repeat(60)].join(".")
    );
    let written = list(&[
        Address::new("Anna", longest.as_str()),
        Address::new("", "b@example.com"),
    ]);
    assert_eq!(
        written,
        format!("To: \"Anna\"\r\n <{longest}>,\r\n <b@example.com>\r\n")
    );
}

#[test]
fn what_is_no_address_is_refused() {
    let good = Address::new("Anna", "a@example.com");
    let nameless = Address {
        display_name: "Ben".to_owned(),
        address: None,
    };
    let hostile = Address::new("", "a@example.com>\r\nBcc: <b@example.com");
    for bad in [nameless, hostile] {
        let addresses = [good.clone(), bad.clone()];
        assert_eq!(write_list(&mut String::new(), "To", &addresses), Err(&bad));
    }
}

#[test]
fn no_text_ends_its_header() {
    let long = "wörd ".repeat(200);
    let unbroken = "x".repeat(1024);
    for text in [
        "",
        "plain",
        "a\r\nBcc: b",
        "\r\n\r\nbody",
        "a\u{85}b\u{2028}c",
        "=?utf-8?Q?=0D=0A?=",
        "\0\u{7f}",
        &long,
        &unbroken,
    ] {
        let mut written = String::new();
        write_text(&mut written, "Subject", text);
        assert!(is_one_header(&written), "{written:?}");
        assert!(
            written.split("\r\n").all(|line| line.len() <= LINE),
            "{written}"
        );
        written.clear();
        write_list(&mut written, "To", &[Address::new(text, "a@example.com")])
            .expect("a valid address");
        assert!(is_one_header(&written), "{written:?}");
    }
}

#[test]
fn plain_text_stays_plain() {
    let mut written = String::new();
    write_text(&mut written, "Subject", "  Your order: 50% off? (really) ");
    assert_eq!(written, "Subject: Your order: 50% off? (really)\r\n");
}
