//! Notifications that sessions send to each other (`urn:inin.com:system:`, `icws/(sessionId)/system/`).

use serde::{Deserialize, Serialize};

use crate::wire::{Fields, ReadError, Request, urns};

/// `urn:inin.com:system:handlerNotification` (`icws/(sessionId)/system/handler-notification/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HandlerNotification {
    /// `objectId`: what it is about; sender and receiver agree on it.
    pub object_id: String,
    /// `eventId`: what happened to it.
    pub event_id: String,
    /// What is told.
    pub data: Vec<String>,
}

impl Request for HandlerNotification {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            object_id: fields.required("objectId")?,
            event_id: fields.required("eventId")?,
            data: fields.required_list("data")?,
        })
    }
}

/// `urn:inin.com:system:handlerSentNotificationHeaders`: which notifications of one object are listened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandlerSentNotificationHeaders {
    /// `objectId`: of what the notification is about, as both sides have agreed.
    pub object_id: String,
    /// `eventIds`: of the events that are listened to, spelled as they are sent.
    pub event_ids: Vec<String>,
}

impl Request for HandlerSentNotificationHeaders {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            object_id: fields.required("objectId")?,
            event_ids: fields.required_list("eventIds")?,
        })
    }
}

/// `urn:inin.com:system:handlerSentNotificationsSubscription`
/// (`icws/(sessionId)/messaging/subscriptions/system/handler-sent-notifications/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandlerSentNotificationsSubscription {
    /// What is listened to.
    pub headers: Vec<HandlerSentNotificationHeaders>,
}

impl Request for HandlerSentNotificationsSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            headers: fields.required_list("headers")?,
        })
    }
}

/// `urn:inin.com:system:handlerSentNotificationMessage`: a notification that another session sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:system:handlerSentNotificationMessage",
    rename_all = "camelCase"
)]
pub struct HandlerSentNotificationMessage {
    /// `objectId`: of what the notification is about, as both sides have agreed.
    pub object_id: String,
    /// `eventId`: of what has happened.
    pub event_id: String,
    /// What is told.
    pub data: Vec<String>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    HandlerNotification = "urn:inin.com:system:handlerNotification";
    HandlerSentNotificationHeaders = "urn:inin.com:system:handlerSentNotificationHeaders";
    HandlerSentNotificationsSubscription = "urn:inin.com:system:handlerSentNotificationsSubscription";
    HandlerSentNotificationMessage = "urn:inin.com:system:handlerSentNotificationMessage";
}
