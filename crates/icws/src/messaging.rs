//! Messages, which clients poll or receive as server-sent events (`urn:inin.com:messaging:`,
//! `icws/(sessionId)/messaging/Messaging.htm`).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::activations::{UserActivationMessage, WorkgroupActivationMessage};
use crate::configuration::people::{
    ResponseManagementDocumentsMessage, RolesMessage, UsersMessage, WorkgroupsMessage,
};
use crate::connection::{
    ConnectionStateChangeMessage, EffectiveStationChangeMessage,
    StationConnectionStateChangeMessage,
};
use crate::email::{
    EmailContentsMessage, EmailMessageAttachmentMessage, EmailSubscriptionStateMessage,
    EmailUploadFileStatusMessage,
};
use crate::error::Error;
use crate::interactions::{InteractionAlertingMessage, InteractionChangedMessage};
use crate::licenses::LicenseMessage;
use crate::queues::{QueueContentsMessage, QueueSubscriptionStateMessage};
use crate::response_management::ResponseManagementMessage;
use crate::session::SessionsMessage;
use crate::status::{StatusMessagesMessage, StatusMessagesUserAccessMessage, UserStatusMessage};
use crate::system::HandlerSentNotificationMessage;
use crate::wire::{Representation, TYPE_TAG, enumeration, urns};

/// `urn:inin.com:common:asyncOperationAcceptedResponse`: a 202 whose outcome comes as a message with the same `requestId`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AsyncOperationAcceptedResponse {
    /// `requestId`: the same in the message of what came of it.
    pub request_id: String,
}

/// `urn:inin.com:messaging:asyncOperationCompletedMessage`: the outcome of an operation that was answered with 202.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:messaging:asyncOperationCompletedMessage",
    rename_all = "camelCase"
)]
pub struct AsyncOperationCompletedMessage {
    /// `requestId`: as in the 202.
    pub request_id: String,
    /// Why it failed; null if it did not.
    pub error: Option<Error>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    AsyncOperationCompletedMessage = "urn:inin.com:messaging:asyncOperationCompletedMessage";
    AsyncOperationAcceptedResponse = "urn:inin.com:common:asyncOperationAcceptedResponse";
    Message = "urn:inin.com:messaging:message";
}

enumeration! {
    /// `urn:inin.com:messaging:subscriptionState`: whether a subscription is served.
    SubscriptionState = "urn:inin.com:messaging:subscriptionState" {
        /// Not known.
        None = 0,
        /// Served.
        Normal = 1,
        /// Not served for now; it resumes by itself.
        Suspended = 2,
        /// Ended for good; the client must subscribe again.
        Faulted = 3,
    }
}

/// Makes the enum of all messages with what follows from its list.
macro_rules! messages {
    ($($(#[$about:meta])* $variant:ident($type:ty)),+ $(,)?) => {
        /// Any message that the server sends: what derives from `urn:inin.com:messaging:message`.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Message {
            $($(#[$about])* $variant($type)),+
        }

        impl Message {
            /// The URNs of all of them.
            pub const URNS: &[&str] = &[$(<$type as Representation>::URN),+];

            /// The URN of the message, which is its `__type`.
            pub const fn urn(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => <$type as Representation>::URN),+
                }
            }

            /// Whether the message tells changes only. If not, it replaces all that earlier ones said of its subscription.
            pub const fn is_delta(&self) -> bool {
                match self {
                    $(Self::$variant(message) => message.is_delta),+
                }
            }
        }

        $(impl From<$type> for Message {
            fn from(message: $type) -> Self {
                Self::$variant(message)
            }
        })+

        impl Serialize for Message {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(message) => message.serialize(serializer)),+
                }
            }
        }

        impl<'de> Deserialize<'de> for Message {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let tag = value.get(TYPE_TAG).and_then(Value::as_str).map(str::to_owned);
                match tag.as_deref() {
                    $(Some(<$type as Representation>::URN) => serde_json::from_value(value).map(Self::$variant).map_err(de::Error::custom),)+
                    Some(other) => Err(de::Error::custom(format!("no message of ours: {other}"))),
                    None => Err(de::Error::custom("a message without __type")),
                }
            }
        }
    };
}

messages! {
    /// The session's state changed.
    ConnectionStateChange(ConnectionStateChangeMessage),
    /// A watched interaction changed.
    InteractionChanged(InteractionChangedMessage),
    /// Interactions begin or cease to alert.
    InteractionAlerting(InteractionAlertingMessage),
    /// A watched email changed.
    EmailContents(EmailContentsMessage),
    /// The subscription of an email is not served any more, or again.
    EmailSubscriptionState(EmailSubscriptionStateMessage),
    /// An attached message that was asked for.
    EmailMessageAttachment(EmailMessageAttachmentMessage),
    /// What is in watched queues changed.
    QueueContents(QueueContentsMessage),
    /// Watched queues are not served any more, or again.
    QueueSubscriptionState(QueueSubscriptionStateMessage),
    /// The outcome of an upload.
    EmailUploadFileStatus(EmailUploadFileStatusMessage),
    /// The caller's response libraries changed.
    ResponseManagement(ResponseManagementMessage),
    /// The statuses of watched users.
    UserStatuses(UserStatusMessage),
    /// The statuses that users can have.
    StatusMessages(StatusMessagesMessage),
    /// Licences the user has.
    Licenses(LicenseMessage),
    /// Another session sent a notification.
    HandlerSentNotification(HandlerSentNotificationMessage),
    /// The station that the session is at changed.
    StationConnectionStateChange(StationConnectionStateChangeMessage),
    /// The station that counts for the session changed.
    EffectiveStationChange(EffectiveStationChangeMessage),
    /// Watched users changed.
    Users(UsersMessage),
    /// Watched roles changed.
    Roles(RolesMessage),
    /// Watched workgroups changed.
    Workgroups(WorkgroupsMessage),
    /// Watched system libraries changed.
    ResponseManagementDocuments(ResponseManagementDocumentsMessage),
    /// Watched activations of a user changed.
    UserActivations(UserActivationMessage),
    /// Watched activations in a workgroup changed.
    WorkgroupActivations(WorkgroupActivationMessage),
    /// Watched sessions began or ended.
    Sessions(SessionsMessage),
    /// Statuses that watched users may choose.
    StatusMessagesUserAccess(StatusMessagesUserAccessMessage),
    /// An operation that was answered with 202 is over.
    AsyncOperationCompleted(AsyncOperationCompletedMessage),
}
