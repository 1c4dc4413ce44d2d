//! Files of one's own: uploaded under a name of one's choice, then named by an item of one's library. One that no item names is kept for
//! as long as bytes that nothing refers to.

use store::rows::blobs;
use store::rows::libraries::{self as rows, File};
use store::{Conn, Tx, Written};
use uuid::Uuid;

use super::find_file;
use crate::caller::Caller;
use crate::clock;
use crate::desk::{At, Desk};
use crate::refusal::{LibraryLimit, Refusal};
use crate::rules::{Limits, millis};

/// Refuses a name that a file of one's own cannot have: it has to be one that every system can save a file under, and those with a slash are
/// keys of system libraries.
///
/// # Errors
/// [`Refusal::FileNameInvalid`] if it is none that a file could have; [`Refusal::FileNotFound`] of a key as those of system libraries are.
pub fn checked<'a>(name: &'a str, limits: &Limits) -> Result<&'a str, Refusal> {
    // What was no UTF-8 in an address came as this character.
    let is_good = !name.is_empty()
        && !name.contains('\u{FFFD}')
        && mail::names::clean_file_name(name, limits.file_name_bytes()) == name;
    if is_good {
        return Ok(name);
    }
    let said = name.chars().take(300).collect();
    match name.split_once('/') {
        Some((item, _)) if Uuid::parse_str(item).is_ok() => Err(Refusal::FileNotFound(said)),
        _ => Err(Refusal::FileNameInvalid(said)),
    }
}

/// Refuses an upload under this name: it is none that a file of one's own can have, or one that a file has already that an item names or
/// that comes from somebody else.
fn check_upload(
    conn: &mut Conn,
    caller: &Caller,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    checked(name, limits).map_err(|_| Refusal::FileAddressNotFound)?;
    let library = rows::personal(conn, caller.user.0)?
        .ok_or_else(|| Refusal::internal("a caller without a library of his own"))?;
    if find_file(conn, caller, name)?.is_some_and(|file| file.kept_until.is_none()) {
        return Err(Refusal::FileNameTaken(name.to_owned()));
    }
    let waiting = u64::try_from(rows::waiting_files(conn, &library.id)?).unwrap_or(0);
    if waiting >= limits.library_items {
        return Err(Refusal::LibraryTooLarge {
            what: LibraryLimit::Items,
            limit: limits.library_items,
            size: waiting + 1,
        });
    }
    Ok(library.id)
}

fn keep(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    written: &Written,
    at: &At,
) -> Result<bool, Refusal> {
    let library_id = check_upload(tx.read(), caller, name, &at.rules.limits)?;
    let kept = blobs::keep(tx, written, at.now)?;
    let file = File {
        library_id,
        key: name.to_owned(),
        blob_id: kept.id,
        file_name: name.to_owned(),
        media_type: mail::names::media_type(name),
        kept_until: Some(at.now + millis(at.rules.blob_grace)),
    };
    rows::keep_file(tx, &file)?;
    Ok(kept.duplicate)
}

impl Desk {
    /// Refuses an upload before its bytes are read.
    ///
    /// # Errors
    /// [`Refusal::FileAddressNotFound`] if none of one's own could be called so, [`Refusal::FileNameTaken`] if one is,
    /// [`Refusal::LibraryTooLarge`] if too many wait to be named.
    pub async fn check_own_file(&self, caller: &Caller, name: &str) -> Result<(), Refusal> {
        let (caller, name) = (caller.clone(), name.to_owned());
        self.ensure_personal_library(caller.user, &caller.user_name)
            .await?;
        self.read(move |conn, at| check_upload(conn, &caller, &name, &at.rules.limits).map(drop))
            .await
    }

    /// Keeps a file of one's own whose bytes were written.
    ///
    /// # Errors
    /// As [`Desk::check_own_file`], and the bytes are given up.
    pub async fn keep_own_file(
        &self,
        caller: &Caller,
        name: &str,
        written: Written,
    ) -> Result<(), Refusal> {
        let (caller, name, place) = (caller.clone(), name.to_owned(), written.place.clone());
        self.take_over(place, move |tx, at| keep(tx, &caller, &name, &written, at))
            .await
    }

    /// Forgets files that no item named in time; returns how many.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn forget_own_files(&self) -> Result<usize, Refusal> {
        let now = clock::now();
        self.write(move |tx, _| Ok(rows::forget_waiting_files(tx, now)?))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_a_file_can_be_saved_under() {
        let limits = Limits::default();
        for good in [
            "Angebot.pdf",
            "Preisliste für Händler (2).xlsx",
            "価格表.pdf",
            "a",
        ] {
            assert!(checked(good, &limits).is_ok(), "{good}");
        }
        let long = "x".repeat(256);
        for bad in [
            "",
            ".",
            "..",
            "a/b.pdf",
            "a\\b.pdf",
            "a\nb",
            "a\0b",
            "CON",
            " a",
            "a?",
            "a\u{FFFD}",
            &long,
        ] {
            assert!(checked(bad, &limits).is_err(), "{bad:?}");
        }
    }
}
