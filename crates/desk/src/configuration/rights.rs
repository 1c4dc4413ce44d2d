//! The rights of people as configuration objects tell them.
//!
//! ICWS: `securityRights`, `accessRights` and `administrativeRights` of `icws/(sessionId)/configuration/users/(id)/index.htm`.

use std::collections::{BTreeMap, BTreeSet};

use icws::configuration::rights::RightValue;
use icws::configuration::{
    ConfigurationId, GroupedConfigurationId, Grouping, Inheritable, Inherited, InheritedFromType,
    ObjectType,
};
use store::Conn;
use store::rows::people::{self as rows, Holder};

use super::{Detail, Telling, configuration_id, uri};
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::{ANY, Right, Scope};

/// The objects of each right that one holder has himself.
type Held = BTreeMap<String, BTreeSet<String>>;

/// What somebody holds himself, and what comes to him from elsewhere.
pub struct Sources {
    own: Held,
    others: Vec<(ConfigurationId, InheritedFromType, Held)>,
}

fn held(conn: &mut Conn, holder: Holder) -> Result<Held, Refusal> {
    let mut held = Held::new();
    for (property, object) in rows::own_rights(conn, holder)? {
        held.entry(fold(&property)).or_default().insert(object);
    }
    Ok(held)
}

impl Sources {
    /// Of a role or a workgroup, which inherits nothing.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn of_group(conn: &mut Conn, holder: Holder) -> Result<Self, Refusal> {
        Ok(Self {
            own: held(conn, holder)?,
            others: Vec::new(),
        })
    }

    /// Of a user: his own, his roles', his workgroups' and everyone's.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn of_user(conn: &mut Conn, user: i64) -> Result<Self, Refusal> {
        let own = held(conn, Holder::User(user))?;
        let mut others = Vec::new();
        for role in rows::roles_of(conn, user)? {
            let held = held(conn, Holder::Role(role.id))?;
            let from = configuration_id("roles", &role.name, &role.name);
            others.push((from, InheritedFromType::Role, held));
        }
        for id in rows::workgroups_of(conn, user)? {
            let Some(group) = rows::workgroup(conn, id)? else {
                continue;
            };
            let held = held(conn, Holder::Workgroup(id))?;
            let from = configuration_id("workgroups", &group.name, &group.name);
            others.push((from, InheritedFromType::Workgroup, held));
        }
        let everyone = ConfigurationId {
            id: "Default User".to_owned(),
            ..ConfigurationId::default()
        };
        let held = held(conn, Holder::Everyone)?;
        others.push((everyone, InheritedFromType::DefaultUser, held));
        Ok(Self { own, others })
    }

    /// The rights of a bundle that are asked for.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn bundle(
        &self,
        conn: &mut Conn,
        bundle: &str,
        telling: Telling<'_>,
    ) -> Result<BTreeMap<String, RightValue>, Refusal> {
        let mut told = BTreeMap::new();
        for right in Right::ALL {
            let property = right.property();
            if right.bundle() != bundle || !telling.select.has_part(bundle, property) {
                continue;
            }
            let value = match right.scope() {
                Scope::Everything => RightValue::Held(self.flag(*right, telling.detail)),
                _ => RightValue::Objects(self.objects(conn, *right, telling.detail)?),
            };
            told.insert(property.to_owned(), value);
        }
        Ok(told)
    }

    fn flag(&self, right: Right, detail: Detail) -> Inheritable<bool> {
        let key = fold(right.property());
        let own = self.own.contains_key(&key);
        let from: Vec<Inherited<bool>> = self
            .others
            .iter()
            .filter(|(_, _, held)| held.contains_key(&key))
            .map(|(from, object_type, _)| Inherited {
                from: from.clone(),
                object_type: *object_type,
                values: true,
            })
            .collect();
        inheritable(own, !from.is_empty(), own || !from.is_empty(), from, detail)
    }

    fn objects(
        &self,
        conn: &mut Conn,
        right: Right,
        detail: Detail,
    ) -> Result<Inheritable<Vec<GroupedConfigurationId>>, Refusal> {
        let key = fold(right.property());
        let none = BTreeSet::new();
        let own = self.own.get(&key).unwrap_or(&none);
        let mut inherited = BTreeSet::new();
        let mut from = Vec::new();
        for (name, object_type, held) in &self.others {
            let Some(objects) = held.get(&key) else {
                continue;
            };
            inherited.extend(objects.iter().cloned());
            if detail.origin {
                from.push(Inherited {
                    from: name.clone(),
                    object_type: *object_type,
                    values: grouped(conn, right.scope(), objects)?,
                });
            }
        }
        let effective = own.union(&inherited).cloned().collect();
        let effective = grouped(conn, right.scope(), &effective)?;
        let own = grouped(conn, right.scope(), own)?;
        let inherited = grouped(conn, right.scope(), &inherited)?;
        Ok(inheritable(own, inherited, effective, from, detail))
    }
}

/// Tells of a value what is asked for.
pub fn inheritable<T>(
    own: T,
    inherited: T,
    effective: T,
    from: Vec<Inherited<T>>,
    detail: Detail,
) -> Inheritable<T> {
    Inheritable {
        actual_value: detail.actual.then_some(own),
        effective_value: Some(effective),
        inherited_value: detail.inherited.then_some(inherited),
        inherited_from: detail.origin.then_some(from),
    }
}

/// The objects of a right: `*` is all of them.
fn grouped(
    conn: &mut Conn,
    scope: Scope,
    objects: &BTreeSet<String>,
) -> Result<Vec<GroupedConfigurationId>, Refusal> {
    if objects.contains(ANY) {
        return Ok(vec![GroupedConfigurationId {
            id: None,
            display_name: None,
            uri: None,
            object_type: ObjectType::None,
            grouping: Grouping::All,
        }]);
    }
    let mut named = Vec::new();
    for object in objects {
        let (resource, id, name) = match scope {
            Scope::Libraries => {
                let name = crate::response_management::name_of(conn, object)?;
                ("response-management-documents", object.clone(), name)
            }
            Scope::Users => {
                let user = rows::user_by_name(conn, object)?;
                let (id, name) = user.map_or_else(
                    || (object.clone(), object.clone()),
                    |user| (user.name, user.display_name),
                );
                ("users", id, name)
            }
            Scope::Workgroups => {
                let group = rows::workgroup_by_name(conn, object)?;
                let name = group.map_or_else(|| object.clone(), |group| group.name);
                ("workgroups", name.clone(), name)
            }
            Scope::Roles | Scope::Everything => {
                let role = rows::role_by_name(conn, object)?;
                let name = role.map_or_else(|| object.clone(), |role| role.name);
                ("roles", name.clone(), name)
            }
        };
        named.push(GroupedConfigurationId {
            uri: Some(uri(resource, &id)),
            id: Some(id),
            display_name: Some(name),
            object_type: ObjectType::None,
            grouping: Grouping::Single,
        });
    }
    Ok(named)
}
