//! Rights that a client gives and takes.

use std::collections::BTreeSet;

use icws::configuration::people::Update;
use icws::configuration::rights::OwnRight;
use icws::configuration::{GroupedConfigurationId, Grouping, ValidationErrorType};
use store::rows::people as rows;
use store::{Conn, Tx};

use super::{invalid, refused};
use crate::caller::Caller;
use crate::people::{self, HolderName, fold};
use crate::refusal::Refusal;
use crate::rights::{ANY, Right, Scope};

/// Gives a holder the rights that are said, and takes those that are not said of a right that is.
pub(super) fn set_rights(
    tx: &mut Tx<'_>,
    caller: &Caller,
    holder: HolderName<'_>,
    update: &Update,
) -> Result<(), Refusal> {
    for (bundle, rights) in &update.rights {
        for (name, own) in rights {
            let path = format!("{bundle}.{name}");
            let right = Right::of_property(name)
                .filter(|right| right.bundle() == *bundle)
                .ok_or_else(|| invalid(ValidationErrorType::PropertyNotApplicable, &path, ""))?;
            if *own != OwnRight::Unchanged {
                set_right(tx, caller, holder, right, own, &path)?;
            }
        }
    }
    Ok(())
}

fn set_right(
    tx: &mut Tx<'_>,
    caller: &Caller,
    holder: HolderName<'_>,
    right: Right,
    own: &OwnRight,
    path: &str,
) -> Result<(), Refusal> {
    let wanted = match (right.scope(), own) {
        (Scope::Everything, OwnRight::Held(held)) => {
            held.then(|| ANY.to_owned()).into_iter().collect()
        }
        (Scope::Everything, _) | (_, OwnRight::Held(_) | OwnRight::Unchanged) => {
            return Err(invalid(ValidationErrorType::ValidValues, path, ""));
        }
        (_, OwnRight::Objects(objects)) => objects_of(tx.read(), right, objects, path)?,
    };
    let found = holder.find(tx.read())?;
    let now: BTreeSet<String> = rows::own_rights(tx.read(), found)?
        .into_iter()
        .filter(|(property, _)| fold(property) == fold(right.property()))
        .map(|(_, object)| object)
        .collect();
    if now == wanted {
        return Ok(());
    }
    let editing = if right.bundle() == "administrativeRights" {
        Right::CanEditAdministrativeRights
    } else {
        Right::CanEditAccessRights
    };
    let master = caller.has(Right::MasterAdministrator);
    let holds = |object: &String| caller.rights.has_for(right, object);
    if !master && (!caller.has(editing) || !wanted.difference(&now).all(holds)) {
        return Err(Refusal::ConfigurationDenied);
    }
    for object in wanted.difference(&now) {
        people::grant(tx, holder, right, object)?;
    }
    for object in now.difference(&wanted) {
        people::revoke(tx, holder, right, object)?;
    }
    Ok(())
}

/// The objects of a right, as rights keep them.
fn objects_of(
    conn: &mut Conn,
    right: Right,
    objects: &[GroupedConfigurationId],
    path: &str,
) -> Result<BTreeSet<String>, Refusal> {
    let mut wanted = BTreeSet::new();
    for object in objects {
        let named = match (object.grouping, &object.id) {
            (Grouping::All, _) => ANY,
            (Grouping::Single, Some(id)) => id,
            // There are no groups of objects that a right could be given for.
            (Grouping::Single | Grouping::Group, id) => {
                let id = id.as_deref().unwrap_or_default();
                return Err(invalid(ValidationErrorType::ValidValues, path, id));
            }
        };
        wanted.insert(
            people::object(conn, right, Some(named)).map_err(|error| refused(error, path))?,
        );
    }
    Ok(wanted)
}
