//! Configuration objects: users, roles, workgroups and response libraries, as clients list, read and change them.
//!
//! A kind of object says what its objects are called, which of them a caller may administer or see, and what is told of one; the rest
//! (choosing, ordering, counting, telling of changes) is the same for all kinds and stands here. Changes go through [`crate::people`],
//! as those of the command line do.
//!
//! ICWS: `icws/(sessionId)/configuration/`.

pub mod changing;
mod descriptions;
pub mod documents;
pub mod kinds;
pub mod query;
mod rights;
pub mod watching;

use std::collections::HashSet;
use std::hash::Hash;

use icws::Nullable;
use icws::configuration::ConfigurationId;
use serde::Serialize;
use store::Conn;
use store::rows::people as rows;

use crate::caller::Caller;
use crate::language::Language;
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;

pub use descriptions::Descriptions;
pub use query::{Asked, Detail, Filter, Query, Selection};

/// What a caller is to an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Access {
    /// He may administer it.
    pub administered: bool,
    /// He may see it.
    pub seen: bool,
    /// It is himself, or he belongs to it.
    pub own: bool,
}

impl Access {
    /// Whether an object of this kind is among those that a filter chooses.
    pub fn passes<K: Kind>(self, filter: Filter) -> bool {
        match filter {
            Filter::Default => self.administered || (self.own && K::WHOLE_FOR_OWN),
            Filter::Admin => self.administered,
            Filter::View => self.administered || self.seen || self.own,
            Filter::LoggedInUser => self.own,
        }
    }
}

/// What is told of an object.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// The properties.
    pub select: &'a Selection,
    /// The language of texts.
    pub language: Language,
    /// What of inheritable ones.
    pub detail: Detail,
    /// Whether he who asks may know all of it; if not, only what everybody may know.
    pub whole: bool,
    /// What libraries say of themselves.
    pub descriptions: &'a Descriptions,
}

/// Who asks, with what is the same for all objects that he asks for.
pub struct Asker<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The numbers of his roles.
    pub roles: HashSet<i64>,
}

impl<'a> Asker<'a> {
    /// Looks up what is the same for all objects.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub fn new(conn: &mut Conn, caller: &'a Caller) -> Result<Self, Refusal> {
        let roles = rows::roles_of(conn, caller.user.0)?;
        Ok(Self {
            caller,
            roles: roles.into_iter().map(|role| role.id).collect(),
        })
    }
}

/// A kind of configuration object.
pub trait Kind {
    /// What is known of each object without looking further.
    type Entry: Clone;
    /// The representation.
    type Object: Serialize + Hash + Clone;
    /// What the resource is called: the last segment of its path.
    const RESOURCE: &'static str;
    /// The contract's properties.
    const PROPERTIES: &'static [&'static str];
    /// The right to administer an object.
    const RIGHT: Right;

    /// All objects by their ids.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    fn all(conn: &mut Conn) -> Result<Vec<Self::Entry>, Refusal>;
    /// The object of an id.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    fn find(conn: &mut Conn, id: &str) -> Result<Option<Self::Entry>, Refusal>;
    /// An object's id.
    fn id(entry: &Self::Entry) -> &str;
    /// What the caller is to an object.
    fn access(asker: &Asker<'_>, entry: &Self::Entry) -> Access;
    /// Whether a caller who may not administer an object but belongs to it may know all of it.
    const WHOLE_FOR_OWN: bool;
    /// The object with the properties that are asked for.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    fn object(
        conn: &mut Conn,
        entry: &Self::Entry,
        telling: Telling<'_>,
    ) -> Result<Self::Object, Refusal>;
}

/// Whether the caller may administer something: by the right for it, or by the right to administer everything.
pub fn administers(caller: &Caller, right: Right, object: &str) -> bool {
    caller.rights.has_for(right, &fold(object)) || caller.has(Right::MasterAdministrator)
}

/// Where an object is, relative and without the session. Everything but unreserved characters is percent-encoded.
pub fn uri(resource: &str, id: &str) -> String {
    format!(
        "/configuration/{resource}/{}",
        crate::response_management::encode_segment(id)
    )
}

/// Names an object.
pub fn configuration_id(resource: &str, id: &str, display_name: &str) -> ConfigurationId {
    ConfigurationId {
        id: id.to_owned(),
        display_name: Nullable::Value(display_name.to_owned()),
        uri: Some(uri(resource, id)),
    }
}

fn telling<'a, K: Kind>(
    caller: &Caller,
    access: Access,
    select: &'a Selection,
    detail: Detail,
    descriptions: &'a Descriptions,
) -> Telling<'a> {
    Telling {
        select,
        language: caller.language,
        detail,
        descriptions,
        whole: access.administered || (access.own && K::WHOLE_FOR_OWN),
    }
}

/// Objects of a list, with how many there are in all and where these begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The objects.
    pub items: Vec<T>,
    /// The place of the first, counted from 0.
    pub first: usize,
    /// How many there are.
    pub total: usize,
}

/// Lists objects: `GET configuration/{kind}`.
///
/// # Errors
/// [`Refusal::ConfigurationQuery`] if what is asked cannot be understood.
pub fn list<K: Kind>(
    conn: &mut Conn,
    caller: &Caller,
    asked: &Asked,
    descriptions: &Descriptions,
) -> Result<Page<K::Object>, Refusal> {
    let query = Query::understand(asked, K::PROPERTIES, true)?;
    let who = Asker::new(conn, caller)?;
    let mut found = Vec::new();
    for entry in K::all(conn)? {
        let access = K::access(&who, &entry);
        if !access.passes::<K>(query.filter) {
            continue;
        }
        if query.looked_at.is_empty() {
            found.push((None, entry, access));
            continue;
        }
        let telling = telling::<K>(
            caller,
            access,
            &query.looked_at,
            Detail::default(),
            descriptions,
        );
        let object = K::object(conn, &entry, telling)?;
        let object = serde_json::to_value(object).map_err(Refusal::internal)?;
        if query.admits(&object) {
            found.push((query.place(&object), entry, access));
        }
    }
    found.sort_by_cached_key(|(place, entry, _)| (place.clone(), fold(K::id(entry))));
    if query.is_descending() {
        found.reverse();
    }
    let total = found.len();
    let (first, count) = query.window(total);
    let mut items = Vec::with_capacity(count);
    for (_, entry, access) in found.into_iter().skip(first).take(count) {
        let telling = telling::<K>(caller, access, &query.select, query.detail, descriptions);
        items.push(K::object(conn, &entry, telling)?);
    }
    Ok(Page {
        items,
        first,
        total,
    })
}

/// One object: `GET configuration/{kind}/{id}`.
///
/// # Errors
/// [`Refusal::ConfigurationQuery`] if what is asked cannot be understood, [`Refusal::ConfigurationNotFound`] if there is no such object,
/// [`Refusal::ConfigurationDenied`] if the caller may not see it.
pub fn get<K: Kind>(
    conn: &mut Conn,
    caller: &Caller,
    id: &str,
    asked: &Asked,
    descriptions: &Descriptions,
) -> Result<K::Object, Refusal> {
    let query = Query::understand(asked, K::PROPERTIES, false)?;
    let entry = K::find(conn, id)?.ok_or(Refusal::ConfigurationNotFound)?;
    let who = Asker::new(conn, caller)?;
    let access = K::access(&who, &entry);
    if !access.passes::<K>(query.filter) {
        return Err(Refusal::ConfigurationDenied);
    }
    let telling = telling::<K>(caller, access, &query.select, query.detail, descriptions);
    K::object(conn, &entry, telling)
}
