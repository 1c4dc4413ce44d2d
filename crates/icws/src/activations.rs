//! Activations: in which workgroups users take part (`urn:inin.com:activations:`, `icws/(sessionId)/activations/`). Only who is active in
//! a workgroup is offered its interactions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::{Fields, ReadError, Request, urns};

/// One side of the activations: what a client reads, sets and listens to.
macro_rules! sides {
    ($(
        $(#[$about:meta])*
        $set:ident = $set_urn:literal, $sets:ident = $sets_urn:literal ($list:ident), $delta:ident = $delta_urn:literal,
        $subscription:ident = $subscription_urn:literal, $message:ident = $message_urn:literal ($id:ident = $id_name:literal, $others:ident = $others_name:literal);
    )+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $set {
            /// Whose they are.
            pub $id: String,
            /// Whether there is activity, by the names of the other side.
            pub activations: BTreeMap<String, bool>,
        }

        #[doc = concat!("`", $sets_urn, "`: of those that were asked for.")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $sets {
            /// One for each that was asked for.
            pub $list: Vec<$set>,
        }

        #[doc = concat!("`", $delta_urn, "`: those that are to change.")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub struct $delta {
            /// Whether there is to be activity, by the names of the other side.
            pub activations: BTreeMap<String, bool>,
        }

        impl Request for $delta {
            fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
                Ok(Self { activations: fields.required_map("activations")? })
            }
        }

        #[doc = concat!("`", $subscription_urn, "`: what to listen to.")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $subscription {
            /// Whose activations are listened to.
            pub $id: String,
            /// Those with which others; empty for all.
            pub $others: Vec<String>,
        }

        impl Request for $subscription {
            fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
                Ok(Self { $id: fields.required($id_name)?, $others: fields.required_list($others_name)? })
            }
        }

        #[doc = concat!("`", $message_urn, "`: watched activations, or what changed of them.")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "__type", rename = $message_urn, rename_all = "camelCase")]
        pub struct $message {
            /// `subscriptionId`: the client's name of the subscription.
            pub subscription_id: String,
            /// Whose they are.
            pub $id: String,
            /// `activationsChanged`: those that are new or changed.
            pub activations_changed: BTreeMap<String, bool>,
            /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
            pub is_delta: bool,
        }

        urns! {
            $set = $set_urn;
            $sets = $sets_urn;
            $delta = $delta_urn;
            $subscription = $subscription_urn;
            $message = $message_urn;
        }
    )+};
}

sides! {
    /// `urn:inin.com:activations:userActivationSet`: the workgroups of a user.
    UserActivationSet = "urn:inin.com:activations:userActivationSet",
    UserActivationSets = "urn:inin.com:activations:userActivationSets" (user_activation_set_list),
    UserActivationDelta = "urn:inin.com:activations:userActivationDelta",
    UserActivationSubscription = "urn:inin.com:activations:userActivationSubscription",
    UserActivationMessage = "urn:inin.com:activations:userActivationMessage" (user_id = "userId", workgroup_ids = "workgroupIds");
    /// `urn:inin.com:activations:workgroupActivationSet`: the users of a workgroup.
    WorkgroupActivationSet = "urn:inin.com:activations:workgroupActivationSet",
    WorkgroupActivationSets = "urn:inin.com:activations:workgroupActivationSets" (workgroup_activation_set_list),
    WorkgroupActivationDelta = "urn:inin.com:activations:workgroupActivationDelta",
    WorkgroupActivationSubscription = "urn:inin.com:activations:workgroupActivationSubscription",
    WorkgroupActivationMessage = "urn:inin.com:activations:workgroupActivationMessage" (workgroup_id = "workgroupId", user_ids = "userIds");
}
