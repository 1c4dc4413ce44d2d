//! Status messages and the statuses of users (`urn:inin.com:status:`, `icws/(sessionId)/status/`).

use serde::{Deserialize, Serialize};

use crate::wire::{Date, Fields, Nullable, ReadError, Request, urns};

/// `urn:inin.com:status:statusMessage`: a status that a user can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the contract has it: each says one thing that the status means"
)]
pub struct StatusMessage {
    /// `statusId`: compares without case.
    pub status_id: String,
    /// `messageText`: as people read it.
    pub message_text: String,
    /// `iconUri`: where its icon is; empty where there is none.
    pub icon_uri: String,
    /// `groupTag`: statuses with the same tag are shown together.
    pub group_tag: String,
    /// `canHaveDate`: whether the day of its end may be told.
    pub can_have_date: bool,
    /// `canHaveTime`: whether the hour of its end may be told.
    pub can_have_time: bool,
    /// `isDoNotDisturbStatus`: whether one is to be left alone in it.
    pub is_do_not_disturb_status: bool,
    /// `isSelectableStatus`: whether a user can choose it.
    pub is_selectable_status: bool,
    /// `isPersistentStatus`: whether it outlives the session.
    pub is_persistent_status: bool,
    /// `isForwardStatus`: whether interactions are forwarded to a number.
    pub is_forward_status: bool,
    /// `isAfterCallWorkStatus`: whether it is the one of wrapping up.
    pub is_after_call_work_status: bool,
    /// `isAcdStatus`: whether interactions of workgroups are offered.
    pub is_acd_status: bool,
    /// `isAllowFollowUpStatus`: whether work after an interaction may follow it.
    pub is_allow_follow_up_status: bool,
    /// `systemId`: its id in the system, the same in every language.
    pub system_id: String,
}

/// `urn:inin.com:status:statusMessages` (`icws/(sessionId)/status/status-messages/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusMessages {
    /// `statusMessageList`: all there are.
    pub status_message_list: Vec<StatusMessage>,
}

/// `urn:inin.com:status:userStatusUntil`: when a status is to end, for those who read it; nothing happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusUntil {
    /// `untilDateTime`: until when, UTC.
    pub until_date_time: Date,
    /// `hasDate`: whether the day was meant.
    pub has_date: bool,
    /// `hasTime`: whether the hour was meant.
    pub has_time: bool,
}

impl Request for UserStatusUntil {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            until_date_time: fields.required("untilDateTime")?,
            has_date: fields.required("hasDate")?,
            has_time: fields.required("hasTime")?,
        })
    }
}

/// `urn:inin.com:status:userStatus` (`icws/(sessionId)/status/user-statuses/(userId)/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatus {
    /// `userId`: in the case it is configured in.
    pub user_id: String,
    /// `statusId`: of one of the [`StatusMessages`].
    pub status_id: String,
    /// What the user wrote beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// `forwardNumber`: where interactions are forwarded to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_number: Option<String>,
    /// When it is to end.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub until: Nullable<UserStatusUntil>,
    /// `onPhone`: whether the user speaks on a telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_phone: Option<bool>,
    /// `onPhoneChanged`: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_phone_changed: Option<Date>,
    /// `statusChanged`: since when the user has the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_changed: Option<Date>,
    /// The stations the user is at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stations: Option<Vec<String>>,
    /// `icServers`: the servers the user is at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ic_servers: Option<Vec<String>>,
    /// `presenceServer`: the server that tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_server: Option<String>,
    /// `loggedIn`: whether the user has a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_in: Option<bool>,
}

/// `urn:inin.com:status:userStatusUpdate`: a status to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusUpdate {
    /// `statusId`: of one of the [`StatusMessages`], in any case.
    pub status_id: String,
    /// What the user writes beside it; absent, nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// `forwardNumber`: where interactions are forwarded to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_number: Option<String>,
    /// When it is to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UserStatusUntil>,
}

impl Request for UserStatusUpdate {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            status_id: fields.required("statusId")?,
            notes: fields.optional("notes")?,
            forward_number: fields.optional("forwardNumber")?,
            until: fields.optional("until")?,
        })
    }
}

/// `urn:inin.com:status:userStatusSubscription`
/// (`icws/(sessionId)/messaging/subscriptions/status/user-statuses/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusSubscription {
    /// `userIds`: whom to watch.
    pub user_ids: Vec<String>,
    /// `userStatusProperties`: what of their statuses is to be told besides `userId` and `statusId`, by the names of [`UserStatus`]'s properties. Absent, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_status_properties: Option<Vec<String>>,
}

impl Request for UserStatusSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            user_ids: fields.required_list("userIds")?,
            user_status_properties: fields.optional_list("userStatusProperties")?,
        })
    }
}

/// `urn:inin.com:status:userStatusMessage`: statuses of watched users; below 64 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:status:userStatusMessage",
    rename_all = "camelCase"
)]
pub struct UserStatusMessage {
    /// `userStatusList`: of those that are watched, or in a delta of those whose status changed.
    pub user_status_list: Vec<UserStatus>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:status:statusMessagesMessage`
/// (`icws/(sessionId)/messaging/subscriptions/status/status-messages/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:status:statusMessagesMessage",
    rename_all = "camelCase"
)]
pub struct StatusMessagesMessage {
    /// `statusMessagesAdded`: those that are new, or all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_messages_added: Option<Vec<StatusMessage>>,
    /// `statusMessagesRemoved`: their ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_messages_removed: Option<Vec<String>>,
    /// `statusMessagesChanged`: those that are different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_messages_changed: Option<Vec<StatusMessage>>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:status:statusMessagesUserAccess`: the statuses that a user may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusMessagesUserAccess {
    /// `userId`: whose.
    pub user_id: String,
    /// `statusMessages`: the ids of the statuses.
    pub status_messages: Vec<String>,
}

/// `urn:inin.com:status:statusMessagesUserAccessSubscription`: of whom to hear what they may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusMessagesUserAccessSubscription {
    /// `userIds`: of whom; at least one.
    pub user_ids: Vec<String>,
}

impl Request for StatusMessagesUserAccessSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            user_ids: fields.required_list("userIds")?,
        })
    }
}

/// `urn:inin.com:status:statusMessagesUserAccessChange`: what a user may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusMessagesUserAccessChange {
    /// `userId`: whose.
    pub user_id: String,
    /// `statusMessagesAdded`: what the user may choose now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_messages_added: Option<Vec<String>>,
    /// `statusMessagesRemoved`: what he may not choose any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_messages_removed: Option<Vec<String>>,
}

/// `urn:inin.com:status:statusMessagesUserAccessMessage`: what watched users may choose; below 64 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:status:statusMessagesUserAccessMessage",
    rename_all = "camelCase"
)]
pub struct StatusMessagesUserAccessMessage {
    /// `statusMessagesUserAccessChanges`: one for each user.
    pub status_messages_user_access_changes: Vec<StatusMessagesUserAccessChange>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    StatusMessagesUserAccess = "urn:inin.com:status:statusMessagesUserAccess";
    StatusMessagesUserAccessSubscription = "urn:inin.com:status:statusMessagesUserAccessSubscription";
    StatusMessagesUserAccessChange = "urn:inin.com:status:statusMessagesUserAccessChange";
    StatusMessagesUserAccessMessage = "urn:inin.com:status:statusMessagesUserAccessMessage";
    StatusMessage = "urn:inin.com:status:statusMessage";
    StatusMessages = "urn:inin.com:status:statusMessages";
    UserStatusUntil = "urn:inin.com:status:userStatusUntil";
    UserStatus = "urn:inin.com:status:userStatus";
    UserStatusUpdate = "urn:inin.com:status:userStatusUpdate";
    UserStatusSubscription = "urn:inin.com:status:userStatusSubscription";
    UserStatusMessage = "urn:inin.com:status:userStatusMessage";
    StatusMessagesMessage = "urn:inin.com:status:statusMessagesMessage";
}
