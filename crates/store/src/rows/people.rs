//! Users, roles, workgroups, mailboxes and the rights they hold.

use diesel::prelude::*;

use crate::schema::{mailboxes, rights, role_members, roles, users, workgroup_members, workgroups};
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// A person who can log in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    /// The row's number.
    pub id: i64,
    /// The user id, in the case it was configured in.
    pub name: String,
    /// The name shown to people.
    pub display_name: String,
    /// The password as a PHC string; none means that nobody can log in with one.
    pub password: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// A user to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser<'a> {
    /// The user id, in the case it is to be shown in.
    pub name: &'a str,
    /// The user id as it is compared.
    pub folded: &'a str,
    /// The name shown to people.
    pub display_name: &'a str,
    /// The password as a PHC string.
    pub password: Option<&'a str>,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// A role or a workgroup: a number and a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The row's number.
    pub id: i64,
    /// The name, in the case it was configured in.
    pub name: String,
}

/// Where email comes in or goes out.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = mailboxes)]
pub struct Mailbox {
    /// The row's number.
    pub id: i64,
    /// The address, in the case it was configured in.
    pub address: String,
    /// The name that goes out beside the address.
    pub display_name: String,
    /// The workgroup it belongs to.
    pub workgroup_id: Option<i64>,
    /// Or the user.
    pub user_id: Option<i64>,
    /// Whether mail comes in by it.
    pub receives: bool,
    /// Whether mail goes out by it.
    pub sends: bool,
}

/// A mailbox to be added or changed.
#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = mailboxes, treat_none_as_null = true)]
pub struct NewMailbox<'a> {
    /// The address, in the case it is to be shown in.
    pub address: &'a str,
    /// The address as it is compared.
    pub folded: &'a str,
    /// The name that goes out beside the address.
    pub display_name: &'a str,
    /// The workgroup it belongs to.
    pub workgroup_id: Option<i64>,
    /// Or the user.
    pub user_id: Option<i64>,
    /// Whether mail comes in by it.
    pub receives: bool,
    /// Whether mail goes out by it.
    pub sends: bool,
}

/// Adds a user and returns its number.
pub fn add_user(tx: &mut Tx<'_>, user: &NewUser<'_>) -> Result<i64> {
    diesel::insert_into(users::table)
        .values(user)
        .returning(users::id)
        .get_result(tx.write())
}

/// The user of this folded name.
pub fn user_by_name(conn: &mut Conn, folded: &str) -> Result<Option<User>> {
    users::table
        .filter(users::folded.eq(folded))
        .select(User::as_select())
        .get_result(conn)
        .optional()
}

/// The user of this number.
pub fn user(conn: &mut Conn, id: i64) -> Result<Option<User>> {
    users::table
        .find(id)
        .select(User::as_select())
        .get_result(conn)
        .optional()
}

/// All users by name.
pub fn users(conn: &mut Conn) -> Result<Vec<User>> {
    users::table
        .order(users::folded)
        .select(User::as_select())
        .load(conn)
}

/// Sets a user's password (a PHC string).
pub fn set_password(tx: &mut Tx<'_>, id: i64, password: &str) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::password.eq(password))
        .execute(tx.write())
        .map(drop)
}

/// Adds a role and returns its number.
pub fn add_role(tx: &mut Tx<'_>, name: &str, folded: &str) -> Result<i64> {
    diesel::insert_into(roles::table)
        .values((roles::name.eq(name), roles::folded.eq(folded)))
        .returning(roles::id)
        .get_result(tx.write())
}

/// The role of this folded name.
pub fn role_by_name(conn: &mut Conn, folded: &str) -> Result<Option<Group>> {
    let row = roles::table
        .filter(roles::folded.eq(folded))
        .select((roles::id, roles::name))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(id, name)| Group { id, name }))
}

/// All roles by name.
pub fn roles(conn: &mut Conn) -> Result<Vec<Group>> {
    let rows: Vec<(i64, String)> = roles::table
        .order(roles::folded)
        .select((roles::id, roles::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Group { id, name })
        .collect())
}

/// The role of this number.
pub fn role(conn: &mut Conn, id: i64) -> Result<Option<Group>> {
    let row = roles::table
        .find(id)
        .select((roles::id, roles::name))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(id, name)| Group { id, name }))
}

/// The roles that a user has, by name.
pub fn roles_of(conn: &mut Conn, user: i64) -> Result<Vec<Group>> {
    let rows: Vec<(i64, String)> = roles::table
        .inner_join(role_members::table.on(role_members::role_id.eq(roles::id)))
        .filter(role_members::user_id.eq(user))
        .order(roles::folded)
        .select((roles::id, roles::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Group { id, name })
        .collect())
}

/// Adds a user to a role; false if he was in it.
pub fn add_role_member(tx: &mut Tx<'_>, role: i64, user: i64) -> Result<bool> {
    if role_members::table
        .find((user, role))
        .count()
        .get_result::<i64>(tx.read())?
        > 0
    {
        return Ok(false);
    }
    diesel::insert_into(role_members::table)
        .values((
            role_members::user_id.eq(user),
            role_members::role_id.eq(role),
        ))
        .execute(tx.write())?;
    Ok(true)
}

/// Takes a user out of a role; false if he was not in it.
pub fn remove_role_member(tx: &mut Tx<'_>, role: i64, user: i64) -> Result<bool> {
    Ok(diesel::delete(role_members::table.find((user, role))).execute(tx.write())? > 0)
}

/// Adds a workgroup and returns its number.
pub fn add_workgroup(tx: &mut Tx<'_>, name: &str, folded: &str) -> Result<i64> {
    diesel::insert_into(workgroups::table)
        .values((workgroups::name.eq(name), workgroups::folded.eq(folded)))
        .returning(workgroups::id)
        .get_result(tx.write())
}

/// The workgroup of this folded name.
pub fn workgroup_by_name(conn: &mut Conn, folded: &str) -> Result<Option<Group>> {
    let row = workgroups::table
        .filter(workgroups::folded.eq(folded))
        .select((workgroups::id, workgroups::name))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(id, name)| Group { id, name }))
}

/// The workgroup of this number.
pub fn workgroup(conn: &mut Conn, id: i64) -> Result<Option<Group>> {
    let row = workgroups::table
        .find(id)
        .select((workgroups::id, workgroups::name))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(id, name)| Group { id, name }))
}

/// All workgroups by name.
pub fn workgroups(conn: &mut Conn) -> Result<Vec<Group>> {
    let rows: Vec<(i64, String)> = workgroups::table
        .order(workgroups::folded)
        .select((workgroups::id, workgroups::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Group { id, name })
        .collect())
}

/// Adds a user to a workgroup; false if he was in it.
pub fn add_workgroup_member(tx: &mut Tx<'_>, workgroup: i64, user: i64) -> Result<bool> {
    if workgroup_members::table
        .find((user, workgroup))
        .count()
        .get_result::<i64>(tx.read())?
        > 0
    {
        return Ok(false);
    }
    diesel::insert_into(workgroup_members::table)
        .values((
            workgroup_members::user_id.eq(user),
            workgroup_members::workgroup_id.eq(workgroup),
            workgroup_members::active.eq(true),
        ))
        .execute(tx.write())?;
    Ok(true)
}

/// Takes a user out of a workgroup; false if he was not in it.
pub fn remove_workgroup_member(tx: &mut Tx<'_>, workgroup: i64, user: i64) -> Result<bool> {
    Ok(diesel::delete(workgroup_members::table.find((user, workgroup))).execute(tx.write())? > 0)
}

/// The numbers of the workgroups that a user belongs to.
pub fn workgroups_of(conn: &mut Conn, user: i64) -> Result<Vec<i64>> {
    workgroup_members::table
        .filter(workgroup_members::user_id.eq(user))
        .order(workgroup_members::workgroup_id)
        .select(workgroup_members::workgroup_id)
        .load(conn)
}

/// The members of a workgroup by name.
pub fn members_of(conn: &mut Conn, workgroup: i64) -> Result<Vec<User>> {
    users::table
        .inner_join(workgroup_members::table.on(workgroup_members::user_id.eq(users::id)))
        .filter(workgroup_members::workgroup_id.eq(workgroup))
        .order(users::folded)
        .select(User::as_select())
        .load(conn)
}

/// Adds a mailbox, or changes the one of this address.
pub fn put_mailbox(tx: &mut Tx<'_>, mailbox: &NewMailbox<'_>) -> Result<i64> {
    let changed = diesel::update(mailboxes::table.filter(mailboxes::folded.eq(mailbox.folded)))
        .set(mailbox)
        .returning(mailboxes::id)
        .get_result(tx.write())
        .optional()?;
    match changed {
        Some(id) => Ok(id),
        None => diesel::insert_into(mailboxes::table)
            .values(mailbox)
            .returning(mailboxes::id)
            .get_result(tx.write()),
    }
}

/// The mailbox of this number.
pub fn mailbox(conn: &mut Conn, id: i64) -> Result<Option<Mailbox>> {
    mailboxes::table
        .find(id)
        .select(Mailbox::as_select())
        .get_result(conn)
        .optional()
}

/// All mailboxes by address.
pub fn mailboxes(conn: &mut Conn) -> Result<Vec<Mailbox>> {
    mailboxes::table
        .order(mailboxes::folded)
        .select(Mailbox::as_select())
        .load(conn)
}

/// The mailboxes of these folded addresses, whosoever they are.
pub fn mailboxes_of_addresses(conn: &mut Conn, folded: &[String]) -> Result<Vec<Mailbox>> {
    mailboxes::table
        .filter(mailboxes::folded.eq_any(folded))
        .select(Mailbox::as_select())
        .load(conn)
}

/// The mailbox that was set up first of those by which mail goes out.
pub fn first_sending_mailbox(conn: &mut Conn) -> Result<Option<Mailbox>> {
    mailboxes::table
        .filter(mailboxes::sends.eq(true))
        .order(mailboxes::id)
        .select(Mailbox::as_select())
        .first(conn)
        .optional()
}

/// The mailboxes that belong to a user himself.
pub fn mailboxes_of_user(conn: &mut Conn, user: i64) -> Result<Vec<Mailbox>> {
    mailboxes::table
        .filter(mailboxes::user_id.eq(user))
        .order(mailboxes::id)
        .select(Mailbox::as_select())
        .load(conn)
}

/// The mailboxes of these workgroups, the oldest first.
pub fn mailboxes_of_workgroups(conn: &mut Conn, workgroups: &[i64]) -> Result<Vec<Mailbox>> {
    mailboxes::table
        .filter(mailboxes::workgroup_id.eq_any(workgroups))
        .order(mailboxes::id)
        .select(Mailbox::as_select())
        .load(conn)
}

/// Who holds a right: a user, a role, a workgroup or everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The user of this number.
    User(i64),
    /// The role of this number.
    Role(i64),
    /// The workgroup of this number.
    Workgroup(i64),
    /// Every user.
    Everyone,
}

impl Holder {
    pub(super) fn columns(self) -> (i16, i64) {
        match self {
            Holder::User(id) => (0, id),
            Holder::Role(id) => (1, id),
            Holder::Workgroup(id) => (2, id),
            Holder::Everyone => (3, 0),
        }
    }

    fn of_columns(kind: i16, id: i64) -> Self {
        match kind {
            0 => Holder::User(id),
            1 => Holder::Role(id),
            2 => Holder::Workgroup(id),
            _ => Holder::Everyone,
        }
    }
}

/// Gives a right; false if the holder had it.
pub fn grant(tx: &mut Tx<'_>, holder: Holder, property: &str, object: &str) -> Result<bool> {
    let (kind, id) = holder.columns();
    if rights::table
        .find((kind, id, property, object))
        .count()
        .get_result::<i64>(tx.read())?
        > 0
    {
        return Ok(false);
    }
    diesel::insert_into(rights::table)
        .values((
            rights::holder_kind.eq(kind),
            rights::holder_id.eq(id),
            rights::property.eq(property),
            rights::object.eq(object),
        ))
        .execute(tx.write())?;
    Ok(true)
}

/// Takes a right away; false if the holder did not have it.
pub fn revoke(tx: &mut Tx<'_>, holder: Holder, property: &str, object: &str) -> Result<bool> {
    let (kind, id) = holder.columns();
    Ok(diesel::delete(rights::table.find((kind, id, property, object))).execute(tx.write())? > 0)
}

/// The rights that one holder has himself, as property and object.
pub fn own_rights(conn: &mut Conn, holder: Holder) -> Result<Vec<(String, String)>> {
    let (kind, id) = holder.columns();
    rights::table
        .filter(rights::holder_kind.eq(kind).and(rights::holder_id.eq(id)))
        .select((rights::property, rights::object))
        .load(conn)
}

/// Who holds a right for any of these objects, with the object, in order.
pub fn holders(conn: &mut Conn, property: &str, objects: &[&str]) -> Result<Vec<(Holder, String)>> {
    let rows: Vec<(i16, i64, String)> = rights::table
        .filter(
            rights::property
                .eq(property)
                .and(rights::object.eq_any(objects)),
        )
        .order((rights::holder_kind, rights::holder_id, rights::object))
        .select((rights::holder_kind, rights::holder_id, rights::object))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(kind, id, object)| (Holder::of_columns(kind, id), object))
        .collect())
}

/// The rights that a user has himself, by his roles, by his workgroups and as everyone.
pub fn effective_rights(conn: &mut Conn, user: i64) -> Result<Vec<(String, String)>> {
    let member_roles: Vec<i64> = role_members::table
        .filter(role_members::user_id.eq(user))
        .select(role_members::role_id)
        .load(conn)?;
    let member_workgroups = workgroups_of(conn, user)?;
    let is = |kind: i16| rights::holder_kind.eq(kind);
    rights::table
        .filter(
            is(0)
                .and(rights::holder_id.eq(user))
                .or(is(1).and(rights::holder_id.eq_any(member_roles)))
                .or(is(2).and(rights::holder_id.eq_any(member_workgroups)))
                .or(is(3)),
        )
        .select((rights::property, rights::object))
        .load(conn)
}
