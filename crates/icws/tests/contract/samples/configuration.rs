//! Samples of configuration objects.

use std::collections::BTreeMap;

use icws::Nullable;
use icws::configuration::people::*;
use icws::configuration::rights::*;
use icws::configuration::*;
use icws::error::{Error, ErrorKind};

use super::{Sample, answer, date, message, sample, text};

fn id() -> ConfigurationId {
    ConfigurationId {
        id: text("anna"),
        display_name: Nullable::Value(text("Anna")),
        uri: Some(text("/configuration/users/anna")),
    }
}

fn one() -> GroupedConfigurationId {
    GroupedConfigurationId {
        id: Some(text("anna")),
        display_name: Some(text("Anna")),
        uri: Some(text("/configuration/users/anna")),
        object_type: ObjectType::None,
        grouping: Grouping::Single,
    }
}

fn whole<T: Clone>(value: T) -> Inheritable<T> {
    Inheritable {
        actual_value: Some(value.clone()),
        effective_value: Some(value.clone()),
        inherited_value: Some(value.clone()),
        inherited_from: Some(vec![Inherited {
            from: id(),
            object_type: InheritedFromType::Role,
            values: value,
        }]),
    }
}

fn held(name: &str) -> BTreeMap<String, RightValue> {
    BTreeMap::from([(text(name), RightValue::Held(whole(true)))])
}

fn objects(name: &str) -> BTreeMap<String, RightValue> {
    BTreeMap::from([(text(name), RightValue::Objects(whole(vec![one()])))])
}

fn user() -> User {
    User {
        configuration_id: Some(id()),
        created_date: Some(date()),
        access_rights: Some(AccessRights(objects("viewUserQueue"))),
        administrative_rights: Some(AdministrativeRights(held("masterAdministrator"))),
        license_properties: Some(LicenseProperties {
            additional_licenses: vec![id()],
            allocation_type: LicenseAllocationType::Concurrent,
            has_client_access: true,
            license_active: true,
            media_level: MediaLevel::Media3,
        }),
        mailbox_properties: Some(MailboxProperties {
            display_name: Nullable::Value(text("Anna")),
            email_address: Nullable::Null,
        }),
        roles: Some(whole(vec![id()])),
        security_rights: Some(SecurityRights(held("modifyInteractions"))),
        status_text: Some(text("Available")),
        workgroups: Some(vec![id()]),
    }
}

fn mailbox() -> MonitoredMailbox {
    MonitoredMailbox {
        can_receive_encrypted_email: Some(false),
        configuration_id: Some(id()),
        email_address: Some(text("a@example.com")),
        mailbox_type: Some(MonitoredMailboxType::OutboundAndInbound),
    }
}

fn workgroup() -> Workgroup {
    Workgroup {
        configuration_id: Some(id()),
        access_rights: user().access_rights,
        administrative_rights: user().administrative_rights,
        has_queue: Some(true),
        is_acd_email_routing_active: Some(true),
        is_active: Some(true),
        members: Some(vec![id()]),
        monitored_mailboxes: Some(vec![mailbox()]),
        queue_type: Some(WorkgroupQueueType::Acd),
        security_rights: user().security_rights,
    }
}

fn role() -> Role {
    Role {
        configuration_id: Some(id()),
        access_rights: user().access_rights,
        administrative_rights: user().administrative_rights,
        security_rights: user().security_rights,
        users: Some(vec![id()]),
    }
}

fn document() -> ResponseManagementDocument {
    ResponseManagementDocument {
        configuration_id: Some(id()),
        created_date: Some(date()),
        description: Some("Words".to_owned()),
        document_date_last_modified: Some(date()),
        last_modified_date: Some(date()),
    }
}

fn errors() -> [Error; 4] {
    let error = |kind| Error {
        kind,
        ..Error::new("error.request.configuration.invalidQuery", "No.")
    };
    [
        error(ErrorKind::Configuration {
            validation_errors: vec![ValidationError {
                validation_error_type: ValidationErrorType::ValidValues,
                property_name: text("roles"),
                property_value: text("x"),
            }],
        }),
        error(ErrorKind::GetObject {
            select: vec![text("x")],
            rights_filter: Some(text("y")),
        }),
        error(ErrorKind::GetObjectList {
            select: vec![text("x")],
            rights_filter: None,
            conditions: vec![text("x eq y")],
            order_by: Some(text("x")),
        }),
        error(ErrorKind::ExplicitReferences {
            explicit_references: vec![ExplicitReference {
                kind: text("users"),
                references: vec![id()],
            }],
        }),
    ]
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut samples = vec![
        answer(&Users {
            items: vec![user(), User::default()],
        }),
        answer(&Roles {
            items: vec![role(), Role::default()],
        }),
        answer(&Workgroups {
            items: vec![workgroup(), Workgroup::default()],
        }),
        answer(&ResponseManagementDocuments {
            items: vec![document(), ResponseManagementDocument::default()],
        }),
        answer(&SubObjectSet {
            sub_objects: vec![UpdateOperationResult {
                id: text("anna"),
                uri: Some(text("/configuration/users/anna")),
            }],
        }),
        sample(&MonitoredMailboxesBulkUpdate {
            add: vec![mailbox()],
            modify: Vec::new(),
            remove: vec![text("a@example.com")],
        }),
        sample(&UserPassword {
            password: text("x"),
            force: Some(true),
        }),
        sample(&ConfigObjectSubscription {
            configuration_ids: vec![text("*")],
            properties: vec![text("roles")],
            rights_filter: text("admin"),
        }),
    ];
    samples.extend([
        message(UsersMessage {
            subscription_id: text("s"),
            added: Some(vec![user()]),
            changed: Some(vec![user()]),
            removed: Some(vec![text("ben")]),
            is_delta: false,
        }),
        message(RolesMessage {
            subscription_id: text("s"),
            added: Some(vec![role()]),
            ..RolesMessage::default()
        }),
        message(WorkgroupsMessage {
            subscription_id: text("s"),
            changed: Some(vec![workgroup()]),
            ..WorkgroupsMessage::default()
        }),
        message(ResponseManagementDocumentsMessage {
            subscription_id: text("s"),
            changed: Some(vec![document()]),
            ..ResponseManagementDocumentsMessage::default()
        }),
    ]);
    samples.extend(errors().iter().map(answer));
    samples
}
