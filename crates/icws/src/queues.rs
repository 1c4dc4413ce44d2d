//! Queues of interactions (`urn:inin.com:queues:`, `icws/(sessionId)/messaging/subscriptions/queues/(subscriptionId)/index.htm`).

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::interactions::Attributes;
use crate::messaging::SubscriptionState;
use crate::wire::{Fields, ReadError, Request, enumeration, urns};

enumeration! {
    /// `urn:inin.com:queues:queueType`: a kind of queue.
    QueueType = "urn:inin.com:queues:queueType" {
        /// All interactions of a user or of a station.
        System = 0,
        /// Those of a user.
        User = 1,
        /// Those of a workgroup, which its members can pick up.
        Workgroup = 2,
        /// Those of a station.
        Station = 3,
    }
}

/// `urn:inin.com:queues:queueId`: a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueId {
    /// `queueType`: its kind.
    pub queue_type: QueueType,
    /// `queueName`: of the user, the workgroup or the station, in any case.
    pub queue_name: String,
}

impl Request for QueueId {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            queue_type: fields.required("queueType")?,
            queue_name: fields.required("queueName")?,
        })
    }
}

/// `urn:inin.com:queues:queueSubscriptionParameters`: which queues to watch, and what of their interactions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueSubscriptionParameters {
    /// `queueIds`: what to watch, as one merged list.
    pub queue_ids: Vec<QueueId>,
    /// `attributeNames`: what of their interactions.
    pub attribute_names: Vec<String>,
}

impl Request for QueueSubscriptionParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            queue_ids: fields.required_list("queueIds")?,
            attribute_names: fields.required_list("attributeNames")?,
        })
    }
}

/// `urn:inin.com:queues:queueInteraction`: an interaction that is new to the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueInteraction {
    /// `interactionId`: digits.
    pub interaction_id: String,
    /// All attributes that were asked for, in the spelling of the request.
    pub attributes: Attributes,
}

/// `urn:inin.com:queues:interaction`: an interaction of the list that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedInteraction {
    /// `interactionId`: digits.
    pub interaction_id: String,
    /// The attributes that changed.
    pub attributes: Attributes,
}

/// `urn:inin.com:queues:queueContentsMessage`: what is in watched queues, or what changed in them; below 64 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:queues:queueContentsMessage",
    rename_all = "camelCase"
)]
pub struct QueueContentsMessage {
    /// `subscriptionId`: as the client chose it.
    pub subscription_id: String,
    /// `interactionsAdded`: those that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactions_added: Option<Vec<QueueInteraction>>,
    /// `interactionsChanged`: those that are still there, with what changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactions_changed: Option<Vec<ChangedInteraction>>,
    /// `interactionsRemoved`: their ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactions_removed: Option<Vec<String>>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:queues:queueSubscriptionStateMessage`: some of the queues, or all, are not served, or are again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:queues:queueSubscriptionStateMessage",
    rename_all = "camelCase"
)]
pub struct QueueSubscriptionStateMessage {
    /// `subscriptionId`: as the client chose it.
    pub subscription_id: String,
    /// `state`: whether they are served.
    pub state: SubscriptionState,
    /// `error`: which queues, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    QueueId = "urn:inin.com:queues:queueId";
    QueueSubscriptionParameters = "urn:inin.com:queues:queueSubscriptionParameters";
    QueueInteraction = "urn:inin.com:queues:queueInteraction";
    ChangedInteraction = "urn:inin.com:queues:interaction";
    QueueContentsMessage = "urn:inin.com:queues:queueContentsMessage";
    QueueSubscriptionStateMessage = "urn:inin.com:queues:queueSubscriptionStateMessage";
}
