//! What other families use of the configuration family (`urn:inin.com:configuration:`).

use serde::{Deserialize, Serialize};

use crate::wire::{Nullable, urns};

/// `urn:inin.com:configuration:configurationId`: names a configuration object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationId {
    /// The object's id; of users, workgroups and stations their name.
    pub id: String,
    /// `displayName`: the name to show.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub display_name: Nullable<String>,
    /// Where the object is, relative and without the session: `/configuration/users/anna`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

urns! { ConfigurationId = "urn:inin.com:configuration:configurationId"; }
