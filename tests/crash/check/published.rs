//! The library that is saved again and again is that of one save, as a whole: of any that no acknowledged one came after.

use std::collections::BTreeSet;

use super::super::installation::Installation;
use super::super::load::{Crew, library, own_library, version_of};

pub async fn check(at: &Installation, crew: &Crew) {
    let anna = at.log_in(0, "anna").await;
    let url = own_library(&anna).await.url;
    let found = anna.library(&url).await.expect("a library");
    anna.log_out().await.expect("logged out");
    let id = crew.library();
    let Some(number) = version_of(&found) else {
        let saves = &crew.history().loose().library;
        assert!(
            saves.iter().all(|(span, _)| !span.is_acknowledged()),
            "{found:?}: {saves:?}"
        );
        return;
    };
    {
        let saves = &crew.history().loose().library;
        let save = saves.iter().find(|(_, of)| *of == number);
        let (span, _) = save.unwrap_or_else(|| panic!("nobody saved this: {found:?}"));
        let later = saves
            .iter()
            .find(|(later, _)| later.is_acknowledged() && span.is_before(*later));
        assert_eq!(later, None, "save {number} of the library was saved over");
    }
    let expected = library(id, number, crew.files()).items;
    assert_eq!(
        found.items, expected,
        "save {number} of the library is half done"
    );
    // What an insert looks at is not the document.
    let folded = if at.kind.postgres {
        "encode(id, 'hex')"
    } else {
        "lower(hex(id))"
    };
    let of = folded.replace("id", "library_id");
    let plain = id.to_string().to_lowercase().replace('-', "");
    let rows = at.sql(&format!(
        "SELECT {folded} AS item FROM library_items WHERE {of} = '{plain}'"
    ));
    let indexed: BTreeSet<String> = rows
        .iter()
        .map(|row| row[0].as_str().expect("text").to_owned())
        .collect();
    let items = expected.unwrap_or_default();
    let items = items
        .iter()
        .map(|item| item.id.to_string().to_lowercase().replace('-', ""));
    assert_eq!(
        indexed,
        items.collect(),
        "the index of save {number} of the library"
    );
}
