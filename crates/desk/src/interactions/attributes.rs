//! The attributes of an interaction: those the server works out, and free ones. All are text; names are compared without case.

use std::collections::BTreeMap;

use icws::wire::Date;
use store::rows::interactions::{self as rows, Interaction};
use store::rows::{email, people};
use store::{Conn, Tx};

use super::{Changeable, EMAIL, OUTBOUND, Readable};
use crate::caller::Caller;
use crate::ids::InteractionId;
use crate::journal::{Change, InteractionChange, Members};
use crate::language::Language;
use crate::outbox;
use crate::people::fold;
use crate::refusal::Refusal;

/// The attributes that the end of an interaction changes, by their folded names.
pub const OF_STATE: &[&str] = &[
    "eic_state",
    "eic_callstatestring",
    "eic_capabilities",
    "eic_terminationtime",
];
/// The attributes that change when somebody takes an interaction, gives it away or puts it aside, by their folded names.
pub const OF_PLACE: &[&str] = &[
    "eic_state",
    "eic_callstatestring",
    "eic_capabilities",
    "eic_username",
    "eic_workgroupname",
    "eic_connecttime",
    "eic_answertime",
    "eic_connectdurationtime",
    "eic_linequeuetimestamp",
];
/// The attribute that a change of the attachments changes.
pub const OF_ATTACHMENTS: &[&str] = &["eic_emailattachments"];
/// The attributes that a change of the content changes.
pub const OF_CONTENT: &[&str] = &[
    "eic_emailsubject",
    "eic_subject",
    "eic_remotename",
    "eic_remoteaddress",
];

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

/// The values of these attributes. One that nobody has set reads as empty.
pub fn values(
    conn: &mut Conn,
    interaction: &Interaction,
    names: &[String],
    language: Language,
) -> Result<BTreeMap<String, String>, Refusal> {
    let free: BTreeMap<String, String> = rows::attributes(conn, interaction.id)?
        .into_iter()
        .map(|(folded, _, value)| (folded, value))
        .collect();
    let mut values = BTreeMap::new();
    for name in names {
        let folded = fold(name);
        let value = match free.get(&folded) {
            Some(value) => value.clone(),
            None => system_value(conn, interaction, &folded, language)?,
        };
        values.insert(name.clone(), value);
    }
    Ok(values)
}

/// The value of an attribute that the server works out; empty for one that it does not know.
fn system_value(
    conn: &mut Conn,
    interaction: &Interaction,
    folded: &str,
    language: Language,
) -> Result<String, Refusal> {
    let flag = |set: bool| if set { "1" } else { "0" }.to_owned();
    let date = |time: Option<i64>| {
        time.map_or_else(String::new, |time| Date::from_unix_millis(time).to_string())
    };
    Ok(match folded {
        "eic_callid" => interaction.id.to_string(),
        "eic_objecttype" => object_type(interaction.kind).to_owned(),
        "eic_calldirection" => if interaction.direction == OUTBOUND {
            "O"
        } else {
            "I"
        }
        .to_owned(),
        "eic_calltype" => "E".to_owned(),
        "eic_state" => interaction.state.clone(),
        "eic_callstatestring" => state_text(&interaction.state, language).to_owned(),
        "eic_capabilities" => capabilities(&interaction.state).to_string(),
        "eic_initiationtime" | "eic_connecttime" | "eic_answertime" => {
            date(Some(interaction.created_at))
        }
        "eic_terminationtime" => date(interaction.ended_at),
        "eic_username" => match interaction.user_id {
            Some(user) => people::user(conn, user)?
                .map(|user| user.name)
                .unwrap_or_default(),
            None => String::new(),
        },
        "eic_workgroupname" => match interaction.workgroup_id {
            Some(workgroup) => people::workgroup(conn, workgroup)?
                .map(|group| group.name)
                .unwrap_or_default(),
            None => String::new(),
        },
        "eic_emailsubject" | "eic_subject" if interaction.kind == EMAIL => {
            email::subject(conn, interaction.id)?.unwrap_or_default()
        }
        "eic_remotename" | "eic_remoteaddress" | "eic_remoteid" if interaction.kind == EMAIL => {
            remote(conn, interaction, folded == "eic_remotename")?
        }
        "eic_emailattachments" => interaction.attachment_count.to_string(),
        "eic_emailimportance" => "1".to_owned(),
        "eic_emailparent" => interaction
            .parent_id
            .map_or_else(String::new, |id| id.to_string()),
        "attache_deliverystate" => outbox::delivery(conn, InteractionId(interaction.id))?
            .state
            .to_owned(),
        "attache_deliveryerror" => outbox::delivery(conn, InteractionId(interaction.id))?.error,
        "eic_private" | "eic_muted" | "eic_immediateaccess" => flag(false),
        _ => String::new(),
    })
}

fn object_type(kind: i16) -> &'static str {
    match kind {
        EMAIL => "Email",
        1 => "Call",
        2 => "Chat",
        3 => "Callback",
        _ => "Generic",
    }
}

/// The display text of a state, in the session's language.
fn state_text(state: &str, language: Language) -> &'static str {
    match language {
        Language::English => match state {
            "O" => "Offering",
            "A" => "Alerting",
            "C" => "Connected",
            "H" => "Held",
            "P" => "Parked",
            "S" => "Initializing",
            "I" => "Disconnected",
            _ => "",
        },
        Language::German => match state {
            "O" => "Wird angeboten",
            "A" => "Meldet sich",
            "C" => "Verbunden",
            "H" => "Gehalten",
            "P" => "Geparkt",
            "S" => "Wird vorbereitet",
            "I" => "Beendet",
            _ => "",
        },
    }
}

/// `Eic_Capabilities`: what can be done with an interaction in this state and is served. Bit 2 is disconnect.
fn capabilities(state: &str) -> u32 {
    const DISCONNECT: u32 = 2;
    if matches!(state, "C" | "H" | "O" | "A" | "P") {
        DISCONNECT
    } else {
        0
    }
}

/// The correspondent of an outgoing email: its first recipient.
fn remote(conn: &mut Conn, interaction: &Interaction, name: bool) -> Result<String, Refusal> {
    let Some(content) = email::content(conn, interaction.id)? else {
        return Ok(String::new());
    };
    let recipients = crate::email::Recipients::of_row(&content)?;
    let Some(first) = recipients.to.into_iter().next() else {
        return Ok(String::new());
    };
    let address = first.address.unwrap_or_default();
    Ok(if name && !first.display_name.is_empty() {
        first.display_name
    } else {
        address
    })
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

fn shorten(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Sets free attributes of a new interaction.
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
pub fn check_initial(attributes: &BTreeMap<String, String>) -> Result<(), Refusal> {
    attributes
        .iter()
        .try_for_each(|(name, value)| check(ADDITIONAL, name, value).map(drop))
}

/// Changes attributes: `POST interactions/{id}`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InteractionId,
    attributes: &BTreeMap<String, String>,
    append: Append,
) -> Result<(), Refusal> {
    let Changeable(interaction) = Changeable::obtain(tx.read(), caller, id)?;
    let mut checked = Vec::new();
    for (name, value) in attributes {
        let folded = check(UPDATED, name, value)?;
        let old = match append {
            Append::No => None,
            Append::Plain | Append::WithSeparator => {
                rows::attribute(tx.read(), id.0, &folded)?.filter(|old| !old.is_empty())
            }
        };
        let value = match (old, append) {
            (Some(old), Append::WithSeparator) => format!("{old}|{value}"),
            (Some(old), _) => format!("{old}{value}"),
            (None, _) => value.clone(),
        };
        check(UPDATED, name, &value)?;
        checked.push((folded, name, value));
    }
    for (folded, name, value) in &checked {
        rows::set_attribute(tx, id.0, folded, name, value)?;
    }
    let change = InteractionChange {
        id: id.0,
        members: Members::default(),
        attributes: checked
            .into_iter()
            .map(|(folded, ..)| folded.into())
            .collect(),
        queues: super::queues(&interaction),
        before: None,
    };
    Change::Interaction(change).record(tx);
    Ok(())
}
