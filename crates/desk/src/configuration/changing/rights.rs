//! Rights that a client gives and takes.

use std::collections::{BTreeMap, BTreeSet};

use icws::configuration::people::Update;
use icws::configuration::rights::OwnRight;
use icws::configuration::{GroupedConfigurationId, Grouping, ValidationErrorType};
use store::rows::people::{self as rows, Holder};
use store::{Conn, Tx};

use super::{check_count, invalid, refused};
use crate::caller::Caller;
use crate::people::{self, fold};
use crate::refusal::Refusal;
use crate::rights::{ANY, Right, Scope};

/// The objects of a right.
type Objects = BTreeSet<String>;

/// Gives a holder the rights that are said, and takes those that are not said of a right that is. The objects of all of them count together.
pub(super) fn set_rights(
    tx: &mut Tx<'_>,
    caller: &Caller,
    holder: Holder,
    update: &Update,
) -> Result<(), Refusal> {
    if update.rights.is_empty() {
        return Ok(());
    }
    let mut held: BTreeMap<String, Objects> = BTreeMap::new();
    for (property, object) in rows::own_rights(tx.read(), holder)? {
        held.entry(fold(&property)).or_default().insert(object);
    }
    let mut changed = 0;
    for (bundle, rights) in &update.rights {
        for (name, own) in rights {
            let path = format!("{bundle}.{name}");
            let right = Right::of_property(name)
                .filter(|right| right.bundle() == *bundle)
                .ok_or_else(|| invalid(ValidationErrorType::PropertyNotApplicable, &path, ""))?;
            let now = held.remove(&fold(right.property())).unwrap_or_default();
            let wanted = match (right.scope(), own) {
                (_, OwnRight::Unchanged) => continue,
                (Scope::Everything, OwnRight::Held(held)) => {
                    held.then(|| ANY.to_owned()).into_iter().collect()
                }
                (Scope::Everything, OwnRight::Objects(_)) | (_, OwnRight::Held(_)) => {
                    return Err(invalid(ValidationErrorType::ValidValues, &path, ""));
                }
                (_, OwnRight::Objects(objects)) => {
                    objects_of(tx.read(), right, objects, &now, &path, changed)?
                }
            };
            changed += wanted.symmetric_difference(&now).count();
            check_count(&path, changed)?;
            set_right(tx, caller, holder, right, &now, &wanted)?;
        }
    }
    Ok(())
}

fn set_right(
    tx: &mut Tx<'_>,
    caller: &Caller,
    holder: Holder,
    right: Right,
    now: &Objects,
    wanted: &Objects,
) -> Result<(), Refusal> {
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
    if !master && (!caller.has(editing) || !wanted.difference(now).all(holds)) {
        return Err(Refusal::ConfigurationDenied);
    }
    for object in wanted.symmetric_difference(now) {
        people::set_right(tx, holder, right, object, wanted.contains(object))?;
    }
    Ok(())
}

/// The objects of a right, as rights keep them. Those that it is held for are there and are not looked up.
fn objects_of(
    conn: &mut Conn,
    right: Right,
    objects: &[GroupedConfigurationId],
    now: &Objects,
    path: &str,
    changed: usize,
) -> Result<Objects, Refusal> {
    let (mut wanted, mut new) = (Objects::new(), Objects::new());
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
        let folded = fold(named);
        if folded == ANY || now.contains(&folded) {
            wanted.insert(folded);
        } else {
            new.insert(folded);
        }
    }
    check_count(path, changed + new.len())?;
    for named in &new {
        let object = people::object(conn, right, Some(named));
        wanted.insert(object.map_err(|error| refused(error, path))?);
    }
    Ok(wanted)
}
