//! Configuration objects (`urn:inin.com:configuration:`, `icws/(sessionId)/configuration/`): what all of them have in common. People and
//! the groups they belong to are in [`people`], their rights in [`rights`].

pub mod mail;
pub mod people;
pub mod properties;
pub mod rights;

use serde::{Deserialize, Serialize};

use crate::wire::{Fields, Nullable, ReadError, Request, enumeration, urns};

/// `urn:inin.com:configuration:configurationId`: names a configuration object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Request for ConfigurationId {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            id: fields.required("id")?,
            display_name: fields
                .optional("displayName")?
                .map_or(Nullable::Absent, Nullable::Value),
            uri: fields.optional("uri")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:configuration:objectType`: of which kind a group of objects is.
    ObjectType = "urn:inin.com:configuration:objectType" {
        /// No group.
        None = 0,
        /// An access control group.
        Acg = 1,
        /// A workgroup.
        Workgroup = 2,
        /// A group of lines.
        LineGroup = 3,
        /// A group of surveys.
        FeedbackSurveyGroup = 4,
    }
}

enumeration! {
    /// `urn:inin.com:configuration:configurationIdGrouping`: whether an id means one object.
    Grouping = "urn:inin.com:configuration:configurationIdGrouping" {
        /// All objects there are.
        All = 0,
        /// One object.
        Single = 1,
        /// The objects of a group.
        Group = 2,
    }
}

/// `urn:inin.com:configuration:groupedConfigurationId`: one object, or all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupedConfigurationId {
    /// The object's id; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `displayName`: the name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where the object is, relative and without the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// `objectType`: of which kind the group is.
    pub object_type: ObjectType,
    /// Whether one, some or all are meant.
    pub grouping: Grouping,
}

impl Request for GroupedConfigurationId {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            object_type: fields.required("objectType")?,
            grouping: fields.required("grouping")?,
            id: fields.optional("id")?,
            display_name: fields.optional("displayName")?,
            uri: fields.optional("uri")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:configuration:inheritedFromType`: what a value is inherited from.
    InheritedFromType = "urn:inin.com:configuration:inheritedFromType" {
        /// From nothing.
        None = 0,
        /// From a workgroup that the user belongs to.
        Workgroup = 1,
        /// From a role that the user has.
        Role = 2,
        /// From what every user has.
        DefaultUser = 3,
        /// From a template of a client's settings.
        ClientConfigurationTemplate = 4,
    }
}

/// A value with where it was inherited from: `urn:inin.com:configuration:inheritedBooleanValue`, `inheritedGroupedConfigurationId`,
/// `inheritedConfigurationIdArrayEntry`, which have the same members.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inherited<T> {
    /// What it is inherited from.
    pub from: ConfigurationId,
    /// `objectType`: of which kind that is.
    pub object_type: InheritedFromType,
    /// The value.
    pub values: T,
}

/// A property whose value is one's own, or that of a group one belongs to: `urn:inin.com:configuration:inheritableBooleanProperty`,
/// `inheritableGroupedConfigurationIdCollection`, `inheritableConfigurationIdCollection`, which have the same members.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inheritable<T> {
    /// `actualValue`: one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_value: Option<T>,
    /// `effectiveValue`: what holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_value: Option<T>,
    /// `inheritedValue`: what comes from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited_value: Option<T>,
    /// `inheritedFrom`: where from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited_from: Option<Vec<Inherited<T>>>,
}

impl<T> Default for Inheritable<T> {
    fn default() -> Self {
        Self {
            actual_value: None,
            effective_value: None,
            inherited_value: None,
            inherited_from: None,
        }
    }
}

/// `urn:inin.com:configuration:updateOperationResult`: names what was made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateOperationResult {
    /// The object's id.
    pub id: String,
    /// Where it is, relative and without the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

/// `urn:inin.com:configuration:subObjectSet`: names parts of an object that were made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubObjectSet {
    /// `subObjects`: what became of each, in the order in which they were given.
    pub sub_objects: Vec<UpdateOperationResult>,
}

/// `urn:inin.com:configuration:configObjectSubscription`: what of which objects is listened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigObjectSubscription {
    /// `configurationIds`: ids, or `*` alone.
    pub configuration_ids: Vec<String>,
    /// Paths of properties, or `*` alone.
    pub properties: Vec<String>,
    /// `rightsFilter`: by which right objects are chosen.
    pub rights_filter: String,
}

impl Request for ConfigObjectSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            configuration_ids: fields.required_list("configurationIds")?,
            properties: fields.required_list("properties")?,
            rights_filter: fields.required("rightsFilter")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:configuration:validationErrorType`: those that this server finds.
    ValidationErrorType = "urn:inin.com:configuration:validationErrorType" {
        /// There is an object of this id already.
        UniqueInstanceId = 1,
        /// There is no object of this id.
        ExistingInstanceId = 2,
        /// A value must be given.
        RequiredValue = 4,
        /// The text is too long.
        StringLength = 6,
        /// The value is none that the property can have.
        ValidValues = 9,
        /// The list has more elements than it may have.
        CollectionCount = 10,
        /// The value has not the form that it must have.
        ValidFormat = 13,
        /// The text has characters that it cannot have.
        InvalidCharacters = 24,
        /// The property is not kept by this server.
        PropertyNotApplicable = 31,
    }
}

/// `urn:inin.com:configuration:validationError`: one property that cannot be as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidationError {
    /// `validationErrorType`: what is wrong with it.
    pub validation_error_type: ValidationErrorType,
    /// `propertyName`: its path.
    pub property_name: String,
    /// `propertyValue`: what was given, shortened.
    pub property_value: String,
}

/// `urn:inin.com:configuration:explicitReference`: objects of one kind that refer to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplicitReference {
    /// `type`: of which kind they are, as their resource is called.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which.
    pub references: Vec<ConfigurationId>,
}

urns! {
    ConfigurationId = "urn:inin.com:configuration:configurationId";
    GroupedConfigurationId = "urn:inin.com:configuration:groupedConfigurationId";
    Inheritable<bool> = "urn:inin.com:configuration:inheritableBooleanProperty";
    Inheritable<Vec<GroupedConfigurationId>> = "urn:inin.com:configuration:inheritableGroupedConfigurationIdCollection";
    Inheritable<Vec<ConfigurationId>> = "urn:inin.com:configuration:inheritableConfigurationIdCollection";
    Inherited<bool> = "urn:inin.com:configuration:inheritedBooleanValue";
    Inherited<Vec<GroupedConfigurationId>> = "urn:inin.com:configuration:inheritedGroupedConfigurationId";
    Inherited<Vec<ConfigurationId>> = "urn:inin.com:configuration:inheritedConfigurationIdArrayEntry";
    UpdateOperationResult = "urn:inin.com:configuration:updateOperationResult";
    SubObjectSet = "urn:inin.com:configuration:subObjectSet";
    ConfigObjectSubscription = "urn:inin.com:configuration:configObjectSubscription";
    ValidationError = "urn:inin.com:configuration:validationError";
    ExplicitReference = "urn:inin.com:configuration:explicitReference";
}
