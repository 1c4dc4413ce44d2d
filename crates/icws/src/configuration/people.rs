//! Users, roles, workgroups and response libraries as configuration objects (`urn:inin.com:configuration.people:`). Each has, of the
//! contract's properties, those that this server keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::rights::{AccessRights, AdministrativeRights, OwnList, OwnRight, SecurityRights};
use super::{ConfigurationId, Inheritable};
use crate::wire::{Date, Fields, Nullable, ReadError, Request, enumeration, urns};

/// `urn:inin.com:configuration.people:user` (`icws/(sessionId)/configuration/users/(id)/index.htm`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// `configurationId`: the user's id and the name shown to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_id: Option<ConfigurationId>,
    /// `createdDate`: when it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<Date>,
    /// `accessRights`: rights that are held for objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_rights: Option<AccessRights>,
    /// `administrativeRights`: rights to configure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrative_rights: Option<AdministrativeRights>,
    /// `licenseProperties`: which licences the user is to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_properties: Option<LicenseProperties>,
    /// `mailboxProperties`: the user's own mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox_properties: Option<MailboxProperties>,
    /// The roles the user has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Inheritable<Vec<ConfigurationId>>>,
    /// `securityRights`: rights that are held or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_rights: Option<SecurityRights>,
    /// `statusText`: the text of the user's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_text: Option<String>,
    /// The workgroups the user belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workgroups: Option<Vec<ConfigurationId>>,
}

/// `urn:inin.com:configuration.people:role` (`icws/(sessionId)/configuration/roles/(id)/index.htm`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// `configurationId`: the role's id, which is its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_id: Option<ConfigurationId>,
    /// `accessRights`: rights that are held for objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_rights: Option<AccessRights>,
    /// `administrativeRights`: rights to configure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrative_rights: Option<AdministrativeRights>,
    /// `securityRights`: rights that are held or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_rights: Option<SecurityRights>,
    /// The users who have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<ConfigurationId>>,
}

/// `urn:inin.com:configuration.people:workgroup` (`icws/(sessionId)/configuration/workgroups/(id)/index.htm`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workgroup {
    /// `configurationId`: the workgroup's id, which is its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_id: Option<ConfigurationId>,
    /// `accessRights`: rights that are held for objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_rights: Option<AccessRights>,
    /// `administrativeRights`: rights to configure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrative_rights: Option<AdministrativeRights>,
    /// `hasQueue`: whether it has a queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_queue: Option<bool>,
    /// `isAcdEmailRoutingActive`: whether email that comes to it waits in its queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_acd_email_routing_active: Option<bool>,
    /// `isActive`: whether it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// The users who belong to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<ConfigurationId>>,
    /// `monitoredMailboxes`: where email comes in or goes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitored_mailboxes: Option<Vec<MonitoredMailbox>>,
    /// `queueType`: how its queue shares out work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_type: Option<WorkgroupQueueType>,
    /// `securityRights`: rights that are held or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_rights: Option<SecurityRights>,
}

/// `urn:inin.com:configuration.people:responseManagementDocument`: a system library
/// (`icws/(sessionId)/configuration/response-management-documents/(id)/index.htm`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResponseManagementDocument {
    /// `configurationId`: the library's Guid and its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_id: Option<ConfigurationId>,
    /// `createdDate`: when it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<Date>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `documentDateLastModified`: when the library was last published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_date_last_modified: Option<Date>,
    /// `lastModifiedDate`: the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Date>,
}

enumeration! {
    /// `urn:inin.com:configuration.people:workgroupQueueType`: how a workgroup's queue shares out work.
    WorkgroupQueueType = "urn:inin.com:configuration.people:workgroupQueueType" {
        /// No queue.
        None = 0,
        /// One of its own making.
        Custom = 1,
        /// Alerts all at once.
        GroupRing = 2,
        /// Alerts one after another.
        Sequential = 3,
        /// Alerts by turns.
        RoundRobin = 4,
        /// `ACD`: each goes to one who is free.
        Acd = 5,
    }
}

enumeration! {
    /// `urn:inin.com:configuration.people:monitoredMailboxType`: which way email goes by a mailbox.
    MonitoredMailboxType = "urn:inin.com:configuration.people:monitoredMailboxType" {
        /// Email comes in.
        Inbound = 0,
        /// Email goes out.
        Outbound = 1,
        /// Both.
        OutboundAndInbound = 2,
    }
}

/// `urn:inin.com:configuration.people:monitoredMailbox`: a mailbox of a workgroup.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonitoredMailbox {
    /// `canReceiveEncryptedEmail`: whether it has a key for such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_receive_encrypted_email: Option<bool>,
    /// `configurationId`: its id is the address, its name the one that goes out beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_id: Option<ConfigurationId>,
    /// `emailAddress`: of the mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// `mailboxType`: whether email comes in, goes out, or both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox_type: Option<MonitoredMailboxType>,
}

impl Request for MonitoredMailbox {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            can_receive_encrypted_email: fields.optional("canReceiveEncryptedEmail")?,
            configuration_id: fields.optional("configurationId")?,
            email_address: fields.optional("emailAddress")?,
            mailbox_type: fields.optional("mailboxType")?,
        })
    }
}

/// `urn:inin.com:configuration.people:monitoredMailboxesBulkUpdate`: changes of the mailboxes of a workgroup, all or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonitoredMailboxesBulkUpdate {
    /// Mailboxes that are new.
    pub add: Vec<MonitoredMailbox>,
    /// Mailboxes that are to be changed.
    pub modify: Vec<MonitoredMailbox>,
    /// The ids of mailboxes that are to go.
    pub remove: Vec<String>,
}

impl Request for MonitoredMailboxesBulkUpdate {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            add: fields.optional_list("add")?.unwrap_or_default(),
            modify: fields.optional_list("modify")?.unwrap_or_default(),
            remove: fields.optional_list("remove")?.unwrap_or_default(),
        })
    }
}

/// `urn:inin.com:configuration:mailboxProperties`: a user's mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailboxProperties {
    /// `displayName`: the name that goes out beside the address.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub display_name: Nullable<String>,
    /// `emailAddress`; null where the user has none.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub email_address: Nullable<String>,
}

impl Request for MailboxProperties {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let mut text = |name| {
            let text = fields.optional(name)?;
            Ok(text.map_or(Nullable::Absent, Nullable::Value))
        };
        Ok(Self {
            display_name: text("displayName")?,
            email_address: text("emailAddress")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:configuration:licenseAllocationType`: how a licence is given.
    LicenseAllocationType = "urn:inin.com:configuration:licenseAllocationType" {
        /// Each user has one of his own.
        Assignable = 0,
        /// Those who work have one.
        Concurrent = 1,
    }
}

enumeration! {
    /// `urn:inin.com:configuration:mediaLevel`: how many kinds of interaction a user may take.
    MediaLevel = "urn:inin.com:configuration:mediaLevel" {
        /// None.
        None = 0,
        /// One.
        Media1 = 1,
        /// Two.
        Media2 = 2,
        /// Three and more.
        Media3 = 3,
    }
}

/// `urn:inin.com:configuration:licenseProperties`: which licences a user is to have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseProperties {
    /// `additionalLicenses`: those beside the licence for a client.
    pub additional_licenses: Vec<ConfigurationId>,
    /// `allocationType`: how they are given.
    pub allocation_type: LicenseAllocationType,
    /// `hasClientAccess`: whether he may use a client.
    pub has_client_access: bool,
    /// `licenseActive`: whether they count.
    pub license_active: bool,
    /// `mediaLevel`: how many kinds of interaction he may have.
    pub media_level: MediaLevel,
}

/// A list of configuration objects, and the message that tells of them.
macro_rules! kinds {
    ($($object:ident, $list:ident = $list_urn:literal, $message:ident = $message_urn:literal;)+) => {$(
        #[doc = concat!("`", $list_urn, "`: those of a list that came.")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $list {
            /// The objects.
            pub items: Vec<$object>,
        }

        #[doc = concat!("`", $message_urn, "`: watched objects, or what changed of them.")]
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "__type", rename = $message_urn, rename_all = "camelCase")]
        pub struct $message {
            /// `subscriptionId`: the client's name of the subscription.
            pub subscription_id: String,
            /// Objects that the subscriber now sees.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub added: Option<Vec<$object>>,
            /// Objects of which something changed.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub changed: Option<Vec<$object>>,
            /// The ids of objects that are gone.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub removed: Option<Vec<String>>,
            /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
            pub is_delta: bool,
        }

        urns! {
            $list = $list_urn;
            $message = $message_urn;
        }
    )+};
}

kinds! {
    User, Users = "urn:inin.com:configuration.people:users", UsersMessage = "urn:inin.com:configuration.people:usersMessage";
    Role, Roles = "urn:inin.com:configuration.people:roles", RolesMessage = "urn:inin.com:configuration.people:rolesMessage";
    Workgroup, Workgroups = "urn:inin.com:configuration.people:workgroups",
        WorkgroupsMessage = "urn:inin.com:configuration.people:workgroupsMessage";
    ResponseManagementDocument, ResponseManagementDocuments = "urn:inin.com:configuration.people:responseManagementDocuments",
        ResponseManagementDocumentsMessage = "urn:inin.com:configuration.people:responseManagementDocumentsMessage";
}

urns! {
    User = "urn:inin.com:configuration.people:user";
    Role = "urn:inin.com:configuration.people:role";
    Workgroup = "urn:inin.com:configuration.people:workgroup";
    ResponseManagementDocument = "urn:inin.com:configuration.people:responseManagementDocument";
    MonitoredMailbox = "urn:inin.com:configuration.people:monitoredMailbox";
    MonitoredMailboxesBulkUpdate = "urn:inin.com:configuration.people:monitoredMailboxesBulkUpdate";
    MailboxProperties = "urn:inin.com:configuration:mailboxProperties";
    LicenseProperties = "urn:inin.com:configuration:licenseProperties";
    UserPassword = "urn:inin.com:configuration.people:userPassword";
    UserUpdate = "urn:inin.com:configuration.people:user";
    RoleUpdate = "urn:inin.com:configuration.people:role";
    WorkgroupUpdate = "urn:inin.com:configuration.people:workgroup";
}

/// `urn:inin.com:configuration.people:userPassword` (`icws/(sessionId)/configuration/users/(id)/password/index.htm`).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UserPassword {
    /// The new password.
    pub password: String,
    /// Whether policies are to be passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
}

/// Never shows the password.
impl std::fmt::Debug for UserPassword {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("UserPassword")
            .finish_non_exhaustive()
    }
}

impl Request for UserPassword {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            password: fields.required("password")?,
            force: fields.optional("force")?,
        })
    }
}

/// What a client says of any of them: the members that are absent stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// `configurationId`: its id, and its name for people.
    pub configuration_id: Option<ConfigurationId>,
    /// The rights it holds itself, by bundle and name.
    pub rights: Vec<(&'static str, BTreeMap<String, OwnRight>)>,
    /// The members of the body that are not read here, as they came.
    pub others: Map<String, Value>,
}

/// The bundles of rights.
pub const BUNDLES: [&str; 3] = ["securityRights", "accessRights", "administrativeRights"];

impl Update {
    /// Reads what all kinds have, and takes what nobody has read before.
    fn read_rest(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let configuration_id = fields.optional("configurationId")?;
        let mut rights = Vec::new();
        for bundle in BUNDLES {
            if let Some(held) = fields.optional_map(bundle)? {
                rights.push((bundle, held));
            }
        }
        Ok(Self {
            configuration_id,
            rights,
            others: fields.rest(),
        })
    }
}

/// A [`User`] as a client makes or changes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserUpdate {
    /// What all kinds have.
    pub common: Update,
    /// The mailbox that the user is to have.
    pub mailbox: Option<MailboxProperties>,
    /// The roles that the user is to have.
    pub roles: Option<Vec<ConfigurationId>>,
    /// The workgroups that the user is to belong to.
    pub workgroups: Option<Vec<ConfigurationId>>,
}

impl Request for UserUpdate {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            mailbox: fields.optional("mailboxProperties")?,
            roles: fields.optional::<OwnList>("roles")?.and_then(|own| own.0),
            workgroups: fields.optional_list("workgroups")?,
            common: Update::read_rest(fields)?,
        })
    }
}

/// A [`Role`] as a client makes or changes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleUpdate {
    /// What all kinds have.
    pub common: Update,
    /// The users who are to have it.
    pub users: Option<Vec<ConfigurationId>>,
}

impl Request for RoleUpdate {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            users: fields.optional_list("users")?,
            common: Update::read_rest(fields)?,
        })
    }
}

/// A [`Workgroup`] as a client makes or changes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkgroupUpdate {
    /// What all kinds have.
    pub common: Update,
    /// The users who are to belong to it.
    pub members: Option<Vec<ConfigurationId>>,
    /// The mailboxes that it is to have.
    pub monitored_mailboxes: Option<Vec<MonitoredMailbox>>,
}

impl Request for WorkgroupUpdate {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            members: fields.optional_list("members")?,
            monitored_mailboxes: fields.optional_list("monitoredMailboxes")?,
            common: Update::read_rest(fields)?,
        })
    }
}
