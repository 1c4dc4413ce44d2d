//! The attributes of an interaction: those the server works out, and free ones. All are text; names are compared without case.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/index.htm`.

mod system;

use std::collections::BTreeMap;

use store::rows::interactions::{self as rows, Interaction};
use store::{Conn, Tx};

use super::{Changeable, Readable};
use crate::caller::Caller;
use crate::ids::InteractionId;
use crate::journal::{Change, InteractionChange, Members};
use crate::language::Language;
use crate::people::fold;
use crate::refusal::Refusal;

pub use system::{differences, differences_of_content, values_of_many};

/// The attribute that a reply or a forward of it changes.
pub const OF_CHILDREN: &[&str] = &["eic_emailchildren"];
/// The attribute that a change of the attachments changes.
pub const OF_ATTACHMENTS: &[&str] = &["eic_emailattachments"];
/// The attribute that names the last wrap-up code.
pub const WRAP_UP_CODE: &str = "eic_wrapupcode";
/// The attribute that every wrap-up changes.
pub const WRAP_UPS: &str = "eic_wrapupconnectionsegments";

/// The attributes that an attempt to deliver changes.
pub const OF_DELIVERY: &[&str] = &["attache_deliverystate", "attache_deliveryerror"];

/// The one attribute that is sent when none is asked for.
pub const ID: &str = "Eic_CallId";

/// System attributes that a client may set all the same.
const SETTABLE: &[&str] = &[
    "eic_notes",
    "eic_accountcode",
    "eic_accountcodeid",
    "eic_wrapupcode",
    "eic_subject",
];

/// The property of a new interaction that holds attributes.
const ADDITIONAL: &str = "additionalAttributes";
/// The property of an update that does.
const UPDATED: &str = "attributes";

/// The most attributes that clients may set of one interaction.
const MOST: usize = 1_000;
const MAX_NAME: usize = 256;
const MAX_VALUE: usize = 64 << 10;

/// How a value is put where there is one: `appendMode` of `interactionAttributesUpdate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Append {
    /// It replaces the old one.
    No,
    /// It goes behind the old one.
    Plain,
    /// It goes behind the old one and a `|`.
    WithSeparator,
}

/// The attributes of an interaction as asked for, each under the spelling it was asked by:
/// `GET interactions/{id}?select=…`. None asked for gives `Eic_CallId` alone.
///
/// # Errors
/// Those of [`Readable::obtain`].
pub fn get(
    conn: &mut Conn,
    caller: &Caller,
    id: InteractionId,
    names: &[String],
) -> Result<BTreeMap<String, String>, Refusal> {
    let readable = Readable::obtain(conn, caller, id)?;
    if names.is_empty() {
        return Ok(BTreeMap::from([(ID.to_owned(), id.to_string())]));
    }
    values(conn, &readable.interaction, names, caller.language)
}

/// The values of these attributes of one interaction.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn values(
    conn: &mut Conn,
    interaction: &Interaction,
    names: &[String],
    language: Language,
) -> Result<BTreeMap<String, String>, Refusal> {
    let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    let folded: Vec<&str> = folded.iter().map(String::as_str).collect();
    let values = values_of_many(conn, std::slice::from_ref(interaction), &folded, language)?;
    Ok(names
        .iter()
        .cloned()
        .zip(values.into_iter().flatten())
        .collect())
}

/// Whether a name is one of the server's own, which a client cannot set.
fn is_reserved(folded: &str) -> bool {
    (folded.starts_with("eic_") && !SETTABLE.contains(&folded)) || OF_DELIVERY.contains(&folded)
}

/// Checks an attribute that a client wants to set. `map` is the property that it stands in.
fn check(map: &str, name: &str, value: &str) -> Result<String, Refusal> {
    let property = |why: &str| Refusal::invalid(format!("{map}.{}", shorten(name)), why);
    let folded = fold(name);
    if folded.is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(property(
            "an attribute's name has 1 to 256 bytes and no control characters",
        ));
    }
    if is_reserved(&folded) {
        return Err(property(
            "this attribute is the server's own and cannot be set",
        ));
    }
    if value.contains('\0') {
        return Err(property("an attribute's value has no NUL"));
    }
    if value.len() > MAX_VALUE {
        return Err(property("an attribute's value has at most 65,536 bytes"));
    }
    Ok(folded)
}

/// Checks how many attributes an interaction would have. No request may name more than one can have.
fn check_count(count: usize) -> Result<(), Refusal> {
    if count > MOST {
        return Err(Refusal::TooManyAttributes {
            limit: MOST as u64,
            count: count as u64,
        });
    }
    Ok(())
}

fn shorten(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Sets free attributes of a new interaction.
///
/// # Errors
/// [`Refusal::InvalidProperty`] of a name that is the system's own or too long, and of a value that is too long.
pub fn set_initial(
    tx: &mut Tx<'_>,
    interaction: i64,
    attributes: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    for (name, value) in attributes {
        let folded = check(ADDITIONAL, name, value)?;
        rows::set_attribute(tx, interaction, &folded, name, value)?;
    }
    Ok(())
}

/// Checks the free attributes of an interaction that is to be made.
///
/// # Errors
/// [`Refusal::TooManyAttributes`]; [`Refusal::InvalidProperty`], as [`set_initial`].
pub fn check_initial(attributes: &BTreeMap<String, String>) -> Result<(), Refusal> {
    check_count(attributes.len())?;
    attributes
        .iter()
        .try_for_each(|(name, value)| check(ADDITIONAL, name, value).map(drop))
}

/// Changes attributes: `POST interactions/{id}`. What has its value already is no change.
///
/// # Errors
/// Those of [`Changeable::obtain`]; [`Refusal::TooManyAttributes`]; [`Refusal::InvalidProperty`] of a name that is the system's own or too
/// long, and of a value that is too long.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    attributes: &BTreeMap<String, String>,
    append: Append,
) -> Result<(), Refusal> {
    let Changeable(interaction) = Changeable::obtain(tx.read(), caller, id)?;
    check_count(attributes.len())?;
    let (mut changed, mut added) = (Vec::new(), 0);
    for (name, value) in attributes {
        let folded = check(UPDATED, name, value)?;
        let old = rows::attribute(tx.read(), id.0, &folded)?;
        let value = match (&old, append) {
            (Some(old), Append::Plain) => format!("{old}{value}"),
            (Some(old), Append::WithSeparator) if !old.is_empty() => format!("{old}|{value}"),
            _ => value.clone(),
        };
        check(UPDATED, name, &value)?;
        added += usize::from(old.is_none());
        if old.as_ref() != Some(&value) {
            changed.push((folded, name, value));
        }
    }
    if added > 0 {
        check_count(rows::count_attributes(tx.read(), id.0)? + added)?;
    }
    if changed.is_empty() {
        return Ok(());
    }
    for (folded, name, value) in &changed {
        rows::set_attribute(tx, id.0, folded, name, value)?;
    }
    let change = InteractionChange {
        id: id.0,
        members: Members::default(),
        attributes: changed
            .into_iter()
            .map(|(folded, ..)| folded.into())
            .collect(),
        queues: super::queues(&interaction),
        before: None,
    };
    Change::Interaction(change).record(tx);
    Ok(())
}
