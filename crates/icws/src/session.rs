//! Sessions, as supervisors watch them (`urn:inin.com:session:`, `icws/(sessionId)/messaging/subscriptions/session/`).

use serde::{Deserialize, Serialize};

use crate::configuration::ConfigurationId;
use crate::wire::{Fields, ReadError, Request, enumeration, urns};

enumeration! {
    /// `urn:inin.com:session:sessionMessageReason`: why a session is told of.
    SessionMessageReason = "urn:inin.com:session:sessionMessageReason" {
        /// It began or ended.
        ConnectionChange = 0,
        /// Something was configured.
        ConfigurationChange = 1,
    }
}

/// `urn:inin.com:session:sessionInformation`: a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInformation {
    /// `applicationName`: what the client calls itself.
    pub application_name: String,
    /// `machineName`: empty, since no client tells it.
    pub machine_name: String,
    /// `stationId`: the station it is at; its id is empty where there is none.
    pub station_id: ConfigurationId,
    /// `userId`: whose it is.
    pub user_id: ConfigurationId,
    /// `reason`: why it is told.
    pub reason: SessionMessageReason,
}

/// `urn:inin.com:session:sessionsUsersSubscription`: whose sessions to watch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionsUsersSubscription {
    /// `userIds`: whose sessions are watched; absent for all that may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_ids: Option<Vec<String>>,
}

impl Request for SessionsUsersSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            user_ids: fields.optional_list("userIds")?,
        })
    }
}

/// `urn:inin.com:session:sessionsStationsSubscription`: at which stations to watch sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionsStationsSubscription {
    /// `stationIds`: at which stations; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station_ids: Option<Vec<String>>,
}

impl Request for SessionsStationsSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            station_ids: fields.optional_list("stationIds")?,
        })
    }
}

/// `urn:inin.com:session:sessionsMessage`: watched sessions that began or ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:session:sessionsMessage",
    rename_all = "camelCase"
)]
pub struct SessionsMessage {
    /// `sessionsAdded`: those that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions_added: Option<Vec<SessionInformation>>,
    /// `sessionsRemoved`: those that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions_removed: Option<Vec<SessionInformation>>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    SessionInformation = "urn:inin.com:session:sessionInformation";
    SessionsUsersSubscription = "urn:inin.com:session:sessionsUsersSubscription";
    SessionsStationsSubscription = "urn:inin.com:session:sessionsStationsSubscription";
    SessionsMessage = "urn:inin.com:session:sessionsMessage";
}
