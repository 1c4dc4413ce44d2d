//! Samples of activations, of sessions that are watched, and of what users may choose.

use std::collections::BTreeMap;

use icws::Nullable;
use icws::activations::*;
use icws::configuration::ConfigurationId;
use icws::session::*;
use icws::status::*;

use super::{Sample, answer, message, sample, text};

fn activations() -> BTreeMap<String, bool> {
    BTreeMap::from([(text("Support"), true)])
}

fn session() -> SessionInformation {
    let id = |id: &str| ConfigurationId {
        id: text(id),
        display_name: Nullable::Value(text(id)),
        uri: None,
    };
    SessionInformation {
        application_name: text("desk"),
        machine_name: String::new(),
        station_id: id("desk7"),
        user_id: id("anna"),
        reason: SessionMessageReason::ConnectionChange,
    }
}

fn access() -> Vec<Sample> {
    vec![
        answer(&StatusMessagesUserAccess {
            user_id: text("anna"),
            status_messages: vec![text("Available")],
        }),
        sample(&StatusMessagesUserAccessSubscription {
            user_ids: vec![text("anna")],
        }),
        message(StatusMessagesUserAccessMessage {
            status_messages_user_access_changes: vec![StatusMessagesUserAccessChange {
                user_id: text("anna"),
                status_messages_added: Some(vec![text("Available")]),
                status_messages_removed: Some(Vec::new()),
            }],
            is_delta: false,
        }),
    ]
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut samples = vec![
        answer(&UserActivationSets {
            user_activation_set_list: vec![UserActivationSet {
                user_id: text("anna"),
                activations: activations(),
            }],
        }),
        answer(&WorkgroupActivationSets {
            workgroup_activation_set_list: vec![WorkgroupActivationSet {
                workgroup_id: text("Support"),
                activations: activations(),
            }],
        }),
        sample(&UserActivationDelta {
            activations: activations(),
        }),
        sample(&WorkgroupActivationDelta {
            activations: activations(),
        }),
        sample(&UserActivationSubscription {
            user_id: text("anna"),
            workgroup_ids: vec![text("Support")],
        }),
        sample(&WorkgroupActivationSubscription {
            workgroup_id: text("Support"),
            user_ids: vec![text("anna")],
        }),
        message(UserActivationMessage {
            subscription_id: text("s"),
            user_id: text("anna"),
            activations_changed: activations(),
            is_delta: false,
        }),
        message(WorkgroupActivationMessage {
            subscription_id: text("s"),
            workgroup_id: text("Support"),
            activations_changed: activations(),
            is_delta: true,
        }),
        sample(&SessionsUsersSubscription {
            user_ids: Some(vec![text("anna")]),
        }),
        sample(&SessionsStationsSubscription {
            station_ids: Some(vec![text("desk7")]),
        }),
        message(SessionsMessage {
            sessions_added: Some(vec![session()]),
            sessions_removed: Some(vec![session()]),
            is_delta: false,
        }),
    ];
    samples.extend(access());
    samples
}
