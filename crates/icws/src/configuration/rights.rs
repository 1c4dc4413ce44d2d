//! Rights of people, by the names of their properties (`urn:inin.com:configuration.people.accessrights:`). There are hundreds; the
//! server keeps those that mean something to it, so a bundle is a map from names to values.
//!
//! ICWS: `icws/(sessionId)/configuration/users/index.htm` and its siblings of roles and workgroups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{GroupedConfigurationId, Inheritable};
use crate::wire::{Fields, ReadError, Request, urns};

/// The value of a right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RightValue {
    /// One is held or not.
    Held(Inheritable<bool>),
    /// One is held for these objects.
    Objects(Inheritable<Vec<GroupedConfigurationId>>),
}

macro_rules! bundles {
    ($($(#[$about:meta])* $name:ident = $urn:literal;)+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub struct $name(
            /// Each right by its name.
            pub BTreeMap<String, RightValue>,
        );

        urns! { $name = $urn; }
    )+};
}

bundles! {
    /// `urn:inin.com:configuration.people.accessrights:securityRightsProperties`: rights that are held or not.
    SecurityRights = "urn:inin.com:configuration.people.accessrights:securityRightsProperties";
    /// `urn:inin.com:configuration.people.accessrights:accessRightsProperties`: rights that are held for objects.
    AccessRights = "urn:inin.com:configuration.people.accessrights:accessRightsProperties";
    /// `urn:inin.com:configuration.people.accessrights:administrativeRightsProperties`: rights to configure.
    AdministrativeRights = "urn:inin.com:configuration.people.accessrights:administrativeRightsProperties";
}

/// A right as a client sets it. Only its own value is looked at; what is inherited cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnRight {
    /// To hold it or not.
    Held(bool),
    /// To hold it for these objects and no others.
    Objects(Vec<GroupedConfigurationId>),
    /// The property was given without a value of its own: it stays as it is.
    Unchanged,
}

impl crate::wire::Representation for OwnRight {
    const URN: &'static str = "urn:inin.com:configuration:inheritableBooleanProperty";
}

impl Request for OwnRight {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        if !fields.has("actualValue") {
            return Ok(Self::Unchanged);
        }
        if fields.is_list("actualValue") {
            return Ok(Self::Objects(fields.required_list("actualValue")?));
        }
        Ok(Self::Held(fields.required("actualValue")?))
    }
}

/// A list of objects as a client sets it in an inheritable property: its own value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnList(pub Option<Vec<super::ConfigurationId>>);

impl crate::wire::Representation for OwnList {
    const URN: &'static str = "urn:inin.com:configuration:inheritableConfigurationIdCollection";
}

impl Request for OwnList {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self(fields.optional_list("actualValue")?))
    }
}
