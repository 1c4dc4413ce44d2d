//! Interactions that alert (`icws/(sessionId)/messaging/subscriptions/interaction-alerting/index.htm`).

use serde::{Deserialize, Serialize};

use super::Attributes;
use crate::queues::QueueId;
use crate::wire::{Fields, ReadError, Request, enumeration, urns};

/// `urn:inin.com:interactions:alertSubscriptionParameters`: what to tell of interactions that alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertSubscriptionParameters {
    /// `attributeNames`: which of their attributes, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_names: Option<Vec<String>>,
}

impl Request for AlertSubscriptionParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            attribute_names: fields.optional_list("attributeNames")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:interactions:interactionAlertTypes`: by what an interaction alerts.
    InteractionAlertType = "urn:inin.com:interactions:interactionAlertTypes" {
        /// By nothing.
        None = 0,
        /// By the queue of a user.
        User = 1,
        /// By the queue of a station.
        Station = 2,
        /// By the queue of a workgroup.
        Workgroup = 3,
        /// By the queue of a group of stations.
        StationGroup = 4,
        /// By being assigned to a user.
        AcdUser = 5,
        /// By being assigned to a station.
        AcdStation = 6,
    }
}

enumeration! {
    /// `urn:inin.com:interactions:interactionAlertActions`: what is to be done.
    InteractionAlertAction = "urn:inin.com:interactions:interactionAlertActions" {
        /// Nothing.
        None = 0,
        /// `StartAlerting`: the interaction alerts from now on.
        Start = 1,
        /// `StopAlerting`: it does no more.
        Stop = 2,
    }
}

/// `urn:inin.com:interactions:interactionAlertDetails`: an interaction that begins or ceases to alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionAlertDetails {
    /// `interactionId`: digits.
    pub interaction_id: String,
    /// `interactionType`: its kind, in the words of `Eic_ObjectType`.
    pub interaction_type: String,
    /// What the correspondent is called.
    pub name: String,
    /// The correspondent's address.
    pub address: String,
    /// `alertType`: by what it alerts.
    pub alert_type: InteractionAlertType,
    /// `alertAction`: whether it begins or ceases to.
    pub alert_action: InteractionAlertAction,
    /// `autoAnswer`: whether it is taken without being asked.
    pub auto_answer: bool,
    /// `monitoredQueue`: the queue it is in, where that is not one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitored_queue: Option<QueueId>,
    /// The attributes that were asked for, in the spelling of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
}

/// `urn:inin.com:interactions:interactionAlertingMessage`: interactions begin or cease to alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions:interactionAlertingMessage",
    rename_all = "camelCase"
)]
pub struct InteractionAlertingMessage {
    /// `alertingInteractionDetails`: those interactions.
    pub alerting_interaction_details: Vec<InteractionAlertDetails>,
    /// `isDelta`: whether only changes are told; if not, what is not in it does not alert.
    pub is_delta: bool,
}

urns! {
    AlertSubscriptionParameters = "urn:inin.com:interactions:alertSubscriptionParameters";
    InteractionAlertDetails = "urn:inin.com:interactions:interactionAlertDetails";
    InteractionAlertingMessage = "urn:inin.com:interactions:interactionAlertingMessage";
}
