//! What an answer says of the email that it answers.

use icws::email::EmailResponseType;
use mail::quote::Quoted;

use super::super::content::{Body, Person};
use super::Parent;
use crate::language::Language;
use crate::refusal::Refusal;

/// What the parent says, as it is quoted, in both forms. `has_pictures`: whether the pictures in its text are taken over with it.
pub fn quoted(
    parent: &Parent,
    kind: EmailResponseType,
    has_pictures: bool,
    language: Language,
) -> Result<Vec<Body>, Refusal> {
    let (text, html) = (parent.body(false), parent.body(true));
    let said = if has_pictures {
        Quoted::of(text.as_deref(), html.as_deref())
    } else {
        Quoted::without_pictures(text.as_deref(), html.as_deref())
    };
    let time = jiff::Timestamp::from_millisecond(parent.dated_at).map_err(Refusal::internal)?;
    let time = time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let author = shown(&parent.author);
    let quoted = if kind == EmailResponseType::Forward {
        forwarded(parent, &said, author, time, language)
    } else {
        said.replied(&match language {
            _ if author.is_empty() => format!("{time}:"),
            Language::English => format!("On {time}, {author} wrote:"),
            Language::German => format!("Am {time} schrieb {author}:"),
        })
    };
    Ok(vec![
        Body {
            html: false,
            text: quoted.text,
            ..Body::default()
        },
        Body {
            html: true,
            text: quoted.html,
            ..Body::default()
        },
    ])
}

fn forwarded(
    parent: &Parent,
    said: &Quoted,
    author: String,
    time: String,
    language: Language,
) -> Quoted {
    let (heading, [from, date, subject, to, cc]) = match language {
        Language::English => (
            "-------- Forwarded message --------",
            ["From", "Date", "Subject", "To", "Cc"],
        ),
        Language::German => (
            "-------- Weitergeleitete Nachricht --------",
            ["Von", "Datum", "Betreff", "An", "Kopie"],
        ),
    };
    let list = |people: &[Person]| people.iter().map(shown).collect::<Vec<_>>().join(", ");
    let recipients = &parent.recipients;
    let mut lines = vec![
        (from, author),
        (date, time),
        (subject, parent.content.subject.clone()),
        (to, list(&recipients.to)),
    ];
    if !recipients.cc.is_empty() {
        lines.push((cc, list(&recipients.cc)));
    }
    said.forwarded(heading, &lines)
}

fn shown(person: &Person) -> String {
    match (person.display_name.as_str(), &person.address) {
        ("", Some(address)) => address.clone(),
        (name, Some(address)) => format!("{name} <{address}>"),
        (name, None) => name.to_owned(),
    }
}
