//! Whom mail can be written to: mailboxes of this house, and correspondents whom mail came from or went to.
//! `POST /icws/{sessionId}/interactions/email/resolve-address`
//!
//! Each has the words of its name and address in an index, without case and accents; what is typed is found where each of its words begins
//! one of them.

use std::collections::BTreeSet;

use mail::addresses::is_valid;
use store::rows::addresses as rows;
use store::{Conn, Tx};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::content::Person;
use crate::people::fold;
use crate::refusal::Refusal;

/// The most words that one entry is found by.
const MOST_WORDS: usize = 32;
/// The longest word, in characters.
const LONGEST_WORD: usize = 100;
/// The most entries that one search looks at. It is all of them in a house with fewer correspondents that share a word's beginning.
const MOST_LOOKED_AT: i64 = 2_000;

/// A text as it is compared: in small letters, without accents, with letters that are one taken apart (`ß` is `ss`, `ﬁ` is `fi`).
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
    {
        match character.to_lowercase().next().unwrap_or(character) {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'þ' => plain.push_str("th"),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            other => plain.push(other),
        }
    }
    plain
}

/// The words of a text; where it is an address, that as a whole, too.
fn words(text: &str, into: &mut BTreeSet<String>) {
    let plain = plain(text);
    let mut add = |word: &str| {
        let word: String = word.chars().take(LONGEST_WORD).collect();
        if !word.is_empty() && into.len() < MOST_WORDS {
            into.insert(word);
        }
    };
    for piece in plain.split_whitespace() {
        if piece.contains('@') {
            add(piece);
        }
        piece
            .split(|character: char| !character.is_alphanumeric())
            .for_each(&mut add);
    }
}

/// The words of several texts.
fn words_of(texts: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for text in texts {
        words(text, &mut found);
    }
    found.into_iter().collect()
}

/// Remembers somebody whom mail came from or went to, if mail can go to him.
pub(super) fn remember(tx: &mut Tx<'_>, person: &Person) -> Result<(), Refusal> {
    let Some(address) = person.address.as_deref().filter(|text| is_valid(text)) else {
        return Ok(());
    };
    let name = person.display_name.as_str();
    let folded = fold(address);
    let id = match rows::correspondent(tx.read(), &folded)? {
        // A name is better than none, and the one that was seen first stays.
        Some((_, known)) if name.is_empty() || !known.is_empty() => return Ok(()),
        Some((id, _)) => {
            rows::rename_correspondent(tx, id, name)?;
            id
        }
        None => rows::add_correspondent(tx, address, &folded, name)?,
    };
    rows::set_words(tx, rows::CORRESPONDENT, id, &words_of(&[name, address]))?;
    Ok(())
}

/// Notes by which words a mailbox is found: its own name and address, and the names of whose it is.
pub(crate) fn note_mailbox(
    tx: &mut Tx<'_>,
    mailbox: i64,
    names: &[&str],
) -> Result<(), store::QueryError> {
    rows::set_words(tx, rows::MAILBOX, mailbox, &words_of(names))
}

/// An address that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose it is; may be empty.
    pub name: String,
    /// The address.
    pub address: String,
}

/// The addresses that a typed name or the beginning of one may mean, the best first: what is called exactly so, then mailboxes of this house, then
/// correspondents, each by name. `most`: all, if it is absent.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if `most` is negative.
pub fn resolve(conn: &mut Conn, name: &str, most: Option<i32>) -> Result<Vec<Found>, Refusal> {
    let most = match most {
        None => usize::MAX,
        Some(most) => usize::try_from(most)
            .map_err(|_| Refusal::invalid("maxResults", "a number of results is not negative"))?,
    };
    let typed = plain(name);
    let wanted: BTreeSet<String> = typed
        .split_whitespace()
        .flat_map(|piece| {
            let is_address = piece.contains('@');
            piece.split(move |character: char| !is_address && !character.is_alphanumeric())
        })
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect();
    // The longest word means the fewest.
    let Some(longest) = wanted.iter().max_by_key(|word| word.chars().count()) else {
        return Ok(Vec::new());
    };
    let behind = format!("{longest}{}", char::MAX);
    let candidates: BTreeSet<(i16, i64)> = rows::found(conn, longest, &behind, MOST_LOOKED_AT)?
        .into_iter()
        .collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (kind, object) in candidates {
        let its = rows::words_of(conn, kind, object)?;
        let is_meant = |word: &String| its.iter().any(|its| its.starts_with(word.as_str()));
        if !wanted.iter().all(is_meant) {
            continue;
        }
        if let Some((name, address)) = rows::shown(conn, kind, object)? {
            let is_exact = plain(&name) == typed.trim() || plain(&address) == typed.trim();
            let rank = (
                !is_exact,
                kind != rows::MAILBOX,
                plain(&name),
                address.clone(),
            );
            found.push((rank, Found { name, address }));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    // A mailbox of this house may have written itself.
    found.retain(|(_, found)| seen.insert(fold(&found.address)));
    Ok(found
        .into_iter()
        .take(most)
        .map(|(_, found)| found)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_no_case_and_no_accents() {
        assert_eq!(
            plain("Ærøskøbing Straße ÉCOLE ﬁn"),
            "aeroskobing strasse ecole fin"
        );
        assert_eq!(
            words_of(&["Jürgen O'Neill", "j.oneill@Example.ORG"]),
            [
                "example",
                "j",
                "j.oneill@example.org",
                "jurgen",
                "neill",
                "o",
                "oneill",
                "org"
            ]
        );
        assert_eq!(words_of(&["山田 太郎"]), ["太郎", "山田"]);
        assert!(words_of(&[&"a b c d ".repeat(100), &"x".repeat(300)]).len() <= MOST_WORDS);
    }
}
