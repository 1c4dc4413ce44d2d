//! Mail that is written, and read back by a parser that is not ours.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use mail::addresses::Address;
use mail::compose::{Message, Part};
use mail::names::{MAX_FILE_NAME, clean_file_name};
use mail_parser::{MessageParser, MimeHeaders, PartType};

/// A message of any texts: the lines of the input are its fields, and whatever follows them its attachments' bytes. It is written or
/// refused; what was written has the size that was announced, is mail as transports take it, and says what it was made of.
pub fn message(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut fields = text.split('\n').map(str::to_owned);
    let mut next = || fields.next().unwrap_or_default();
    let subject = next();
    let to = Address {
        display_name: next(),
        address: Some(next()).filter(|address| !address.is_empty()),
    };
    // As every file is called that comes into the house.
    let name = clean_file_name(&next(), MAX_FILE_NAME);
    let media_type = next();
    let (plain, html) = (next(), next());
    let references = vec![next(), next()];
    let bytes = Bytes::copy_from_slice(data);
    let part = |content_id: Option<&str>| Part {
        name: name.clone(),
        media_type: media_type.clone(),
        content_id: content_id.map(str::to_owned),
        size: bytes.len() as u64,
    };
    let written = Message {
        message_id: "one@example.com".to_owned(),
        from: Address::new("Support", "support@example.com"),
        to: vec![to],
        subject: subject.clone(),
        in_reply_to: references.first().cloned(),
        references,
        text: Some(plain),
        html: Some(html + "<img src=\"cid:picture@example.com\">"),
        parts: vec![part(None), part(Some("picture@example.com"))],
        ..Message::default()
    };
    let Ok(layout) = written.layout() else {
        return;
    };
    let size = layout.size();
    let pieces = layout.stream(|_| {
        let bytes = bytes.clone();
        std::future::ready(Ok(stream::iter([Ok(bytes)])))
    });
    let pieces: Vec<Bytes> =
        futures_util::FutureExt::now_or_never(pieces.boxed_local().try_collect())
            .expect("nothing is waited for")
            .expect("no part fails");
    let raw = pieces.concat();
    assert_eq!(raw.len() as u64, size, "the announced size");
    check_lines(&raw);

    let read = MessageParser::default().parse(&raw).expect("a message");
    let shown = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cleaned = subject.replace(char::is_control, " ");
    assert_eq!(
        shown(read.subject().unwrap_or_default()),
        shown(&cleaned),
        "the subject"
    );
    let attached: Vec<_> = read
        .parts
        .iter()
        .filter(|part| !part.is_multipart() && part.attachment_name().is_some())
        .collect();
    assert_eq!(attached.len(), 2, "two files");
    for part in attached {
        // The parser gives texts in Unicode, whatever they were.
        if matches!(part.body, PartType::Binary(_) | PartType::InlineBinary(_)) {
            assert_eq!(part.contents(), &bytes[..], "their bytes");
        }
    }
}

/// Lines end with CR and LF, have at most 998 characters (RFC 5322, section 2.1.1), and are ASCII.
fn check_lines(raw: &[u8]) {
    let text = std::str::from_utf8(raw).expect("ASCII");
    assert!(text.is_ascii());
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        assert!(line.len() <= 998, "{} characters: {line:?}", line.len());
    }
}
