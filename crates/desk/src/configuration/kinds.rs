//! Users, roles and workgroups: what is told of each.
//!
//! ICWS: `icws/(sessionId)/configuration/users/index.htm` and those of roles and workgroups.

use icws::configuration::people::{
    LicenseAllocationType, LicenseProperties, MailboxProperties, MediaLevel, MonitoredMailbox,
    MonitoredMailboxType, Role, User, Workgroup, WorkgroupQueueType,
};
use icws::configuration::rights::{AccessRights, AdministrativeRights, SecurityRights};
use icws::configuration::{ConfigurationId, properties};
use icws::{Date, Nullable};
use store::Conn;
use store::rows::configuration as rows;
use store::rows::people::{self as people_rows, Group, Holder, Mailbox};

use super::rights::{Sources, inheritable};
use super::{Access, Asker, Kind, Telling, administers, configuration_id};
use crate::people::fold;
use crate::refusal::Refusal;
use crate::rights::Right;
use crate::status;

/// The kind of users.
#[derive(Debug)]
pub struct Users;
/// The kind of roles.
#[derive(Debug)]
pub struct Roles;
/// The kind of workgroups.
#[derive(Debug)]
pub struct Workgroups;

/// Names a user.
pub fn user_id(user: &people_rows::User) -> ConfigurationId {
    configuration_id(Users::RESOURCE, &user.name, &user.display_name)
}

/// Names a role or a workgroup, which are called by their ids.
fn group_id(resource: &str, group: &Group) -> ConfigurationId {
    configuration_id(resource, &group.name, &group.name)
}

fn user_ids(users: &[people_rows::User]) -> Vec<ConfigurationId> {
    users.iter().map(user_id).collect()
}

/// The three bundles of rights of an object, as far as they are asked for.
type Bundles = (
    Option<SecurityRights>,
    Option<AccessRights>,
    Option<AdministrativeRights>,
);

fn bundles(
    conn: &mut Conn,
    sources: impl FnOnce(&mut Conn) -> Result<Sources, Refusal>,
    telling: Telling<'_>,
) -> Result<Bundles, Refusal> {
    let asked = |bundle| telling.whole && telling.select.has(bundle);
    let (security, access, administrative) = (
        asked("securityRights"),
        asked("accessRights"),
        asked("administrativeRights"),
    );
    if !security && !access && !administrative {
        return Ok((None, None, None));
    }
    let sources = sources(conn)?;
    let mut bundle = |name: &str, asked: bool| {
        let bundle = asked.then(|| sources.bundle(conn, name, telling));
        bundle.transpose()
    };
    Ok((
        bundle("securityRights", security)?.map(SecurityRights),
        bundle("accessRights", access)?.map(AccessRights),
        bundle("administrativeRights", administrative)?.map(AdministrativeRights),
    ))
}

impl Kind for Users {
    type Entry = people_rows::User;
    type Object = User;
    const RESOURCE: &'static str = "users";
    const PROPERTIES: &'static [&'static str] = properties::USER;
    const RIGHT: Right = Right::Users;
    const WHOLE_FOR_OWN: bool = true;

    fn all(conn: &mut Conn) -> Result<Vec<Self::Entry>, Refusal> {
        Ok(people_rows::users(conn)?)
    }

    fn find(conn: &mut Conn, id: &str) -> Result<Option<Self::Entry>, Refusal> {
        Ok(people_rows::user_by_name(conn, &fold(id))?)
    }

    fn id(entry: &Self::Entry) -> &str {
        &entry.name
    }

    /// Everybody may see that somebody is there, as everybody may know his status.
    fn access(asker: &Asker<'_>, entry: &Self::Entry) -> Access {
        Access {
            administered: administers(asker.caller, Self::RIGHT, &entry.name),
            seen: true,
            own: entry.id == asker.caller.user.0,
        }
    }

    fn object(conn: &mut Conn, entry: &Self::Entry, telling: Telling<'_>) -> Result<User, Refusal> {
        let asked = |property| telling.whole && telling.select.has(property);
        let (security_rights, access_rights, administrative_rights) =
            bundles(conn, |conn| Sources::of_user(conn, entry.id), telling)?;
        let mut user = User {
            configuration_id: Some(user_id(entry)),
            security_rights,
            access_rights,
            administrative_rights,
            ..User::default()
        };
        if asked("createdDate") {
            user.created_date = Some(Date::from_unix_millis(entry.created_at));
        }
        if asked("licenseProperties") {
            user.license_properties = Some(every_licence());
        }
        if asked("mailboxProperties") {
            let own = people_rows::mailboxes_of_user(conn, entry.id)?;
            user.mailbox_properties = Some(mailbox_of_user(own.into_iter().next()));
        }
        if asked("roles") {
            let roles: Vec<ConfigurationId> = people_rows::roles_of(conn, entry.id)?
                .iter()
                .map(|role| group_id(Roles::RESOURCE, role))
                .collect();
            let value = inheritable(roles.clone(), Vec::new(), roles, Vec::new(), telling.detail);
            user.roles = Some(value);
        }
        if asked("workgroups") {
            let groups = rows::workgroups_of(conn, entry.id)?;
            let named = groups
                .iter()
                .map(|group| group_id(Workgroups::RESOURCE, group));
            user.workgroups = Some(named.collect());
        }
        if telling.select.has("statusText") {
            user.status_text = Some(status::text_of(conn, entry.id, telling.language)?);
        }
        Ok(user)
    }
}

/// The server needs no licences: everybody has what there is.
fn every_licence() -> LicenseProperties {
    LicenseProperties {
        additional_licenses: Vec::new(),
        allocation_type: LicenseAllocationType::Concurrent,
        has_client_access: true,
        license_active: true,
        media_level: MediaLevel::Media3,
    }
}

fn mailbox_of_user(mailbox: Option<Mailbox>) -> MailboxProperties {
    let (name, address) = match mailbox {
        Some(mailbox) => (
            Nullable::Value(mailbox.display_name),
            Nullable::Value(mailbox.address),
        ),
        None => (Nullable::Null, Nullable::Null),
    };
    MailboxProperties {
        display_name: name,
        email_address: address,
    }
}

impl Kind for Roles {
    type Entry = Group;
    type Object = Role;
    const RESOURCE: &'static str = "roles";
    const PROPERTIES: &'static [&'static str] = properties::ROLE;
    const RIGHT: Right = Right::Roles;
    const WHOLE_FOR_OWN: bool = false;

    fn all(conn: &mut Conn) -> Result<Vec<Self::Entry>, Refusal> {
        Ok(people_rows::roles(conn)?)
    }

    fn find(conn: &mut Conn, id: &str) -> Result<Option<Self::Entry>, Refusal> {
        Ok(people_rows::role_by_name(conn, &fold(id))?)
    }

    fn id(entry: &Self::Entry) -> &str {
        &entry.name
    }

    fn access(asker: &Asker<'_>, entry: &Self::Entry) -> Access {
        let own = asker.roles.contains(&entry.id);
        Access {
            administered: administers(asker.caller, Self::RIGHT, &entry.name),
            seen: own,
            own,
        }
    }

    fn object(conn: &mut Conn, entry: &Self::Entry, telling: Telling<'_>) -> Result<Role, Refusal> {
        let holder = Holder::Role(entry.id);
        let (security_rights, access_rights, administrative_rights) =
            bundles(conn, |conn| Sources::of_group(conn, holder), telling)?;
        let mut role = Role {
            configuration_id: Some(group_id(Self::RESOURCE, entry)),
            security_rights,
            access_rights,
            administrative_rights,
            ..Role::default()
        };
        if telling.whole && telling.select.has("users") {
            role.users = Some(user_ids(&rows::members_of_role(conn, entry.id)?));
        }
        Ok(role)
    }
}

impl Kind for Workgroups {
    type Entry = Group;
    type Object = Workgroup;
    const RESOURCE: &'static str = "workgroups";
    const PROPERTIES: &'static [&'static str] = properties::WORKGROUP;
    const RIGHT: Right = Right::Workgroups;
    const WHOLE_FOR_OWN: bool = false;

    fn all(conn: &mut Conn) -> Result<Vec<Self::Entry>, Refusal> {
        Ok(people_rows::workgroups(conn)?)
    }

    fn find(conn: &mut Conn, id: &str) -> Result<Option<Self::Entry>, Refusal> {
        Ok(people_rows::workgroup_by_name(conn, &fold(id))?)
    }

    fn id(entry: &Self::Entry) -> &str {
        &entry.name
    }

    fn access(asker: &Asker<'_>, entry: &Self::Entry) -> Access {
        let rights = &asker.caller.rights;
        Access {
            administered: administers(asker.caller, Self::RIGHT, &entry.name),
            seen: rights.has_for(Right::ViewWorkgroupQueue, &fold(&entry.name)),
            own: rights.is_member(entry.id),
        }
    }

    fn object(
        conn: &mut Conn,
        entry: &Self::Entry,
        telling: Telling<'_>,
    ) -> Result<Workgroup, Refusal> {
        let holder = Holder::Workgroup(entry.id);
        let (security_rights, access_rights, administrative_rights) =
            bundles(conn, |conn| Sources::of_group(conn, holder), telling)?;
        let asked = |property| telling.select.has(property);
        let mut group = Workgroup {
            configuration_id: Some(group_id(Self::RESOURCE, entry)),
            security_rights,
            access_rights,
            administrative_rights,
            has_queue: asked("hasQueue").then_some(true),
            is_acd_email_routing_active: asked("isAcdEmailRoutingActive").then_some(true),
            is_active: asked("isActive").then_some(true),
            queue_type: asked("queueType").then_some(WorkgroupQueueType::Acd),
            ..Workgroup::default()
        };
        if asked("members") {
            group.members = Some(user_ids(&people_rows::members_of(conn, entry.id)?));
        }
        if asked("monitoredMailboxes") {
            let mailboxes = people_rows::mailboxes_of_workgroups(conn, &[entry.id])?;
            group.monitored_mailboxes = Some(mailboxes.into_iter().map(monitored).collect());
        }
        Ok(group)
    }
}

/// A mailbox of a workgroup. Its id is its address.
fn monitored(mailbox: Mailbox) -> MonitoredMailbox {
    let mailbox_type = match (mailbox.receives, mailbox.sends) {
        (true, false) => MonitoredMailboxType::Inbound,
        (false, _) => MonitoredMailboxType::Outbound,
        (true, true) => MonitoredMailboxType::OutboundAndInbound,
    };
    MonitoredMailbox {
        can_receive_encrypted_email: Some(false),
        configuration_id: Some(ConfigurationId {
            id: mailbox.address.clone(),
            display_name: Nullable::Value(mailbox.display_name),
            uri: None,
        }),
        email_address: Some(mailbox.address),
        mailbox_type: Some(mailbox_type),
    }
}
