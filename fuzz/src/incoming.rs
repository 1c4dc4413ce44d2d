//! Mail that came.

use mail::html::{Renamed, clean};
use mail::mailbox::{Messages, Piece};
use mail::names::{MAX_FILE_NAME, clean_file_name};
use mail::parse::{Incoming, essence, parse, parse_headers};
use mail::quote::Quoted;

/// How many parts a message may have here.
const PARTS: usize = 50;

/// A message, or a mailbox of them: whatever they are, they are read within bounds, and what was read can be kept and shown.
pub fn incoming(data: &[u8]) {
    parse_headers(data);
    let mut length = 0;
    essence(data, |piece| length += piece.len());
    assert!(
        length <= 3 * data.len() + 100,
        "not much more than there was"
    );
    if let Ok(read) = parse(data, PARTS) {
        assert!(read.count() <= PARTS);
        check(&read);
    }
    for piece in Messages::new(data, data.len() / 2 + 1) {
        match piece.expect("memory can be read") {
            Piece::Message(bytes) => drop(parse(&bytes, PARTS)),
            Piece::TooLarge => {}
        }
    }
}

fn check(read: &Incoming) {
    let is_line = |text: &str| !text.contains(char::is_control);
    assert!(is_line(&read.subject));
    let ids = read.message_id.iter().chain(&read.references);
    assert!(
        ids.chain(&read.in_reply_to)
            .all(|id| is_line(id) && !id.contains(' '))
    );
    let people = std::iter::once(&read.from).chain(&read.to).chain(&read.cc);
    for person in people.chain(&read.reply_to) {
        assert!(is_line(&person.display_name));
        assert!(person.address.as_deref().is_none_or(is_line));
    }
    for text in read.text.iter().chain(&read.html) {
        assert!(!text.contains('\0'));
    }
    for file in &read.files {
        assert_eq!(clean_file_name(&file.name, MAX_FILE_NAME), file.name);
        assert!(is_line(&file.media_type) && file.media_type.contains('/'));
        assert!(file.content_id.as_deref().is_none_or(is_line));
    }
    if let Some(html) = &read.html {
        let safe = clean(html, Renamed::new()).expect("is short");
        let lower = safe.to_ascii_lowercase();
        assert!(
            !lower.contains("<script") && !lower.contains("<iframe"),
            "{safe}"
        );
        let again = clean(&safe, Renamed::new()).expect("is short");
        let quoted = Quoted::of(read.text.as_deref(), Some(html)).replied("Somebody wrote:");
        assert!(again.len() <= safe.len() * 2 + 100 && quoted.html.contains("Somebody"));
    }
    read.messages
        .iter()
        .for_each(|message| check(&message.content));
}
