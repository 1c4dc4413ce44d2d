//! Stations: where a user works, and which media he takes there (`icws/(sessionId)/connection/station/index.htm`).

use serde::{Deserialize, Serialize};

use crate::wire::{Fields, ReadError, Request, TYPE_TAG, enumeration, urns};

enumeration! {
    /// `urn:inin.com:connection:supportedMediaType`: a kind of interaction.
    SupportedMediaType = "urn:inin.com:connection:supportedMediaType" {
        /// None.
        None = 0,
        /// Calls.
        Call = 1,
        /// Chats.
        Chat = 2,
        /// Emails.
        Email = 3,
        /// Generic interactions.
        Generic = 4,
        /// Callbacks.
        Callback = 5,
        /// Short messages.
        SmsMessage = 6,
        /// Work items.
        WorkItem = 7,
        /// Direct messages.
        DirectMessage = 8,
        /// Conversations in social media.
        SocialConversation = 9,
    }
}

enumeration! {
    /// `urn:inin.com:connection:stationConnectionMode`: how session and station hang together.
    StationConnectionMode = "urn:inin.com:connection:stationConnectionMode" {
        /// As the server likes.
        Default = 0,
        /// Each by itself.
        IndependentOfSession = 1,
        /// Each by itself, but the station is left with the session.
        IndependentConnectionsLogoutWithSession = 2,
    }
}

enumeration! {
    /// `urn:inin.com:connection:stationSettingsType`: the kind of a station.
    StationSettingsType = "urn:inin.com:connection:stationSettingsType" {
        /// Stationless.
        None = 0,
        /// A workstation.
        Workstation = 1,
        /// A workstation with a number elsewhere.
        RemoteWorkstation = 2,
        /// A number elsewhere.
        RemoteNumber = 3,
    }
}

/// The body of `PUT connection/station`: one of the representations that derive from `urn:inin.com:connection:stationSettings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationSettings {
    /// Which of them, with its own members.
    pub station: Station,
    /// `supportedMediaTypes`: what the user takes.
    pub supported_media_types: Option<Vec<SupportedMediaType>>,
    /// `stationConnectionMode`: how session and station hang together.
    pub station_connection_mode: Option<StationConnectionMode>,
    /// `readyForInteractions`: whether interactions of workgroups may be offered.
    pub ready_for_interactions: Option<bool>,
}

/// The kind of station that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Station {
    /// `urn:inin.com:connection:stationlessSettings`: none.
    Stationless,
    /// `urn:inin.com:connection:workstationSettings`: the name of the workstation.
    Workstation(String),
    /// `urn:inin.com:connection:remoteWorkstationSettings`: a workstation with a number elsewhere.
    RemoteWorkstation {
        /// The name of the workstation.
        workstation: String,
        /// `remoteNumber`: where the user is called.
        remote_number: Option<String>,
    },
    /// `urn:inin.com:connection:remoteNumberSettings`: a number elsewhere.
    RemoteNumber {
        /// `remoteNumber`: where the user is called.
        remote_number: String,
        /// `persistentConnection`: whether the line is held between calls.
        persistent_connection: Option<bool>,
    },
}

const STATIONLESS: &str = "urn:inin.com:connection:stationlessSettings";
const WORKSTATION: &str = "urn:inin.com:connection:workstationSettings";
const REMOTE_WORKSTATION: &str = "urn:inin.com:connection:remoteWorkstationSettings";
const REMOTE_NUMBER: &str = "urn:inin.com:connection:remoteNumberSettings";

/// A body without a tag is one without a station, unless it names a workstation or a number.
impl Request for StationSettings {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let tag = fields.tag()?;
        let station = match tag.as_deref() {
            Some(STATIONLESS) => Station::Stationless,
            Some(REMOTE_WORKSTATION) => Station::RemoteWorkstation {
                workstation: fields.required("workstation")?,
                remote_number: fields.optional("remoteNumber")?,
            },
            Some(WORKSTATION) => Station::Workstation(fields.required("workstation")?),
            Some(REMOTE_NUMBER) => Self::remote_number(fields)?,
            Some(_) => return Err(fields.invalid(TYPE_TAG)),
            None if fields.has("workstation") || fields.has("remoteNumber") => {
                return Err(fields.missing(TYPE_TAG));
            }
            None => Station::Stationless,
        };
        Ok(Self {
            station,
            supported_media_types: fields.optional_list("supportedMediaTypes")?,
            station_connection_mode: fields.optional("stationConnectionMode")?,
            ready_for_interactions: fields.optional("readyForInteractions")?,
        })
    }
}

impl StationSettings {
    fn remote_number(fields: &mut Fields<'_>) -> Result<Station, ReadError> {
        Ok(Station::RemoteNumber {
            remote_number: fields.required("remoteNumber")?,
            persistent_connection: fields.optional("persistentConnection")?,
        })
    }
}

/// `urn:inin.com:connection:stationInformation`: where a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StationInformation {
    /// The name of the station; empty without one.
    pub id: String,
    /// Its extension; empty without one.
    pub extension: String,
    /// `remoteNumber`: where the user is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_number: Option<String>,
    /// `stationSetting`: its kind.
    pub station_setting: StationSettingsType,
    /// `canBeDialed`: whether it can be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_be_dialed: Option<bool>,
    /// `allowedMediaTypes`: what the user takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_media_types: Option<Vec<SupportedMediaType>>,
}

/// `urn:inin.com:connection:stationConnectionStateChangeMessage`
/// (`icws/(sessionId)/messaging/subscriptions/connection/station/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:connection:stationConnectionStateChangeMessage",
    rename_all = "camelCase"
)]
pub struct StationConnectionStateChangeMessage {
    /// `previousStationInfo`: where it was; absent at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_station_info: Option<StationInformation>,
    /// `newStationInfo`: where it is.
    pub new_station_info: StationInformation,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    StationSettings = "urn:inin.com:connection:stationSettings";
    StationInformation = "urn:inin.com:connection:stationInformation";
    StationConnectionStateChangeMessage = "urn:inin.com:connection:stationConnectionStateChangeMessage";
}
