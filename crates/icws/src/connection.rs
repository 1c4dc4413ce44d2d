//! Logging in and what is told about the server (`urn:inin.com:connection:`, `icws/connection/index.htm` and its siblings).

mod authentication;
mod station;

use serde::{Deserialize, Serialize};

use crate::configuration::ConfigurationId;
use crate::wire::{Date, Nullable, enumeration, urns};

pub use authentication::{
    AUTH_TOKEN_URN, AuthRequest, AuthTokenRequest, CreateUniqueAuthTokenRequest,
    CreateUniqueAuthTokenResponse, IC_AUTH_URN,
};
pub use station::{
    Station, StationConnectionMode, StationConnectionStateChangeMessage, StationInformation,
    StationSettings, StationSettingsType, SupportedMediaType,
};

/// `urn:inin.com:connection:connectionResponse`: the answer to a login (`icws/connection/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionResponse {
    /// `csrfToken`: what later requests send in `ININ-ICWS-CSRF-Token`.
    pub csrf_token: String,
    /// `sessionId`: digits.
    pub session_id: String,
    /// `alternateHostList`: where else to try, host names only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_host_list: Option<Vec<String>>,
    /// `userID`: in the case it is configured in.
    #[serde(rename = "userID", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// `userDisplayName`: the user's name as people read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_display_name: Option<String>,
    /// `icServer`: the server's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ic_server: Option<String>,
    /// `daysUntilPasswordExpiration`: whole days; absent if it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_until_password_expiration: Option<i32>,
    /// With `include=version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionInfo>,
    /// With `include=features`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<FeatureInfo>>,
    /// `serverTimeInfo`, with `include=server-time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_time_info: Option<ServerTimeInfo>,
    /// `defaultWorkstationId`, with `include=default-workstation`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub default_workstation_id: Nullable<String>,
    /// `effectiveStation`, with `include=effective-station`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub effective_station: Nullable<EffectiveStationInfo>,
    /// `purecloudIntegration`, with `include=purecloud-integration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purecloud_integration: Option<PurecloudIntegration>,
}

/// `urn:inin.com:connection:versionInfo` (`icws/connection/version/index.htm`). Numbers, as strings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionInfo {
    /// `majorVersion`: the year of the release in two digits.
    pub major_version: String,
    /// `minorVersion`: the number of the release in its year.
    pub minor_version: String,
    /// The number of the patch.
    pub su: String,
    /// The number of the build.
    pub build: String,
    /// `productId`: of the product line.
    pub product_id: String,
    /// `codebaseId`: of the code that it was built from.
    pub codebase_id: String,
    /// `productReleaseDisplayString`: the release, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_release_display_string: Option<String>,
    /// `productPatchDisplayString`: the release with its patch, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_patch_display_string: Option<String>,
}

/// `urn:inin.com:common:featureInfo` (`icws/connection/features/(featureId)/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeatureInfo {
    /// `featureId`, such as `interactions`.
    pub feature_id: String,
    /// The highest version that is served.
    pub version: i32,
}

/// `urn:inin.com:common:featureInfos` (`icws/connection/features/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeatureInfos {
    /// `featureInfoList`: those that are served, in no order.
    pub feature_info_list: Vec<FeatureInfo>,
}

/// `urn:inin.com:connection:serverInfo` (`icws/connection/server-info/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// The languages that are installed.
    pub languages: Vec<Language>,
    /// `acceptLanguage`: the one of them that was chosen by the request's `Accept-Language`.
    pub accept_language: String,
    /// The ways to log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<AuthenticationInfo>,
}

/// `urn:inin.com:connection:language`: one that texts can be in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Language {
    /// `languageID`, such as `en-us`.
    #[serde(rename = "languageID")]
    pub language_id: String,
    /// `languageDisplayName`: its name in the language asked for.
    pub language_display_name: String,
}

/// `urn:inin.com:connection:authenticationInfo`: how one can log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationInfo {
    /// `allowIcAuth`: whether user and password will do.
    pub allow_ic_auth: bool,
    /// `identityProviders`: of single sign-on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_providers: Option<Vec<IdentityProvider>>,
    /// `userAgreementText`: to be shown before the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agreement_text: Option<String>,
}

/// `urn:inin.com:connection:identityProvider`: one by which one can log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// `displayName`: its name for people.
    pub display_name: String,
    /// `identityProviderId`: names it in requests.
    pub identity_provider_id: String,
    /// `builtInIdentityProvider`: whether it is the server's own.
    pub built_in_identity_provider: bool,
}

/// `urn:inin.com:connection:serverTimeInfo` (`icws/connection/server-time/index.htm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerTimeInfo {
    /// `serverUtcTime`: the time at the server.
    pub server_utc_time: Date,
}

/// `urn:inin.com:connection:connectionSettings` (`icws/(sessionId)/connection/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSettings {
    /// `connectionState`: of the session, of one that has ended too.
    pub connection_state: ConnectionState,
    /// Why, in the language of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `shouldReconnect`: said of a session that is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub should_reconnect: Option<bool>,
}

enumeration! {
    /// `urn:inin.com:connection:connectionState`: what has become of a session.
    ConnectionState = "urn:inin.com:connection:connectionState" {
        /// Not known.
        None = 0,
        /// The session lives.
        Up = 1,
        /// The session has ended.
        Down = 2,
    }
}

/// `urn:inin.com:connection:alternateHosts`: the body of a 503.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlternateHosts {
    /// `errorId`: why not, for a program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    /// For a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `alternateHostList`: host names only. Several clients take the first without looking, so it is never empty.
    pub alternate_host_list: Vec<String>,
}

/// `urn:inin.com:connection:effectiveStationInfo`: the station that counts for a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EffectiveStationInfo {
    /// `stationId`: its name.
    pub station_id: ConfigurationId,
}

/// `urn:inin.com:connection:effectiveStationChangeMessage`: what a session hears that was begun with `include=effective-station`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:connection:effectiveStationChangeMessage",
    rename_all = "camelCase"
)]
pub struct EffectiveStationChangeMessage {
    /// `effectiveStation`: where the user works; null without a station.
    pub effective_station: Option<EffectiveStationInfo>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:connection:purecloudIntegration`: whether the server works together with another product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PurecloudIntegration {
    /// `integrationEnabled`: whether it does.
    pub integration_enabled: bool,
    /// `webRTCIntegrationEnabled`: whether for telephones in the browser, too.
    #[serde(
        rename = "webRTCIntegrationEnabled",
        skip_serializing_if = "Option::is_none"
    )]
    pub web_rtc_integration_enabled: Option<bool>,
}

/// `urn:inin.com:connection:switchoverStatus` (`icws/(sessionId)/connection/switchover-status/index.htm`): how a pair of servers that
/// stand in for each other is. Of a pair only the primary one is told here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SwitchoverStatus {
    /// `isSwitchoverActive`: whether there is a pair.
    pub is_switchover_active: bool,
    /// `primaryHost`: the host that works, of the two.
    pub primary_host: String,
}

/// `urn:inin.com:connection:connectionStateChangeMessage`: sent without a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:connection:connectionStateChangeMessage",
    rename_all = "camelCase"
)]
pub struct ConnectionStateChangeMessage {
    /// `previousConnectionState`: what it was.
    pub previous_connection_state: ConnectionState,
    /// `newConnectionState`: what it is.
    pub new_connection_state: ConnectionState,
    /// Why, in the language of the session.
    pub reason: String,
    /// `shouldReconnect`: whether logging in again will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub should_reconnect: Option<bool>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    ConnectionResponse = "urn:inin.com:connection:connectionResponse";
    VersionInfo = "urn:inin.com:connection:versionInfo";
    FeatureInfo = "urn:inin.com:common:featureInfo";
    FeatureInfos = "urn:inin.com:common:featureInfos";
    ServerInfo = "urn:inin.com:connection:serverInfo";
    Language = "urn:inin.com:connection:language";
    AuthenticationInfo = "urn:inin.com:connection:authenticationInfo";
    IdentityProvider = "urn:inin.com:connection:identityProvider";
    ServerTimeInfo = "urn:inin.com:connection:serverTimeInfo";
    ConnectionSettings = "urn:inin.com:connection:connectionSettings";
    AlternateHosts = "urn:inin.com:connection:alternateHosts";
    EffectiveStationInfo = "urn:inin.com:connection:effectiveStationInfo";
    EffectiveStationChangeMessage = "urn:inin.com:connection:effectiveStationChangeMessage";
    PurecloudIntegration = "urn:inin.com:connection:purecloudIntegration";
    SwitchoverStatus = "urn:inin.com:connection:switchoverStatus";
    ConnectionStateChangeMessage = "urn:inin.com:connection:connectionStateChangeMessage";
}
