//! Licences, of which clients make sure before they work (`urn:inin.com:licenses:`, `icws/(sessionId)/licenses/index.htm`).

use serde::{Deserialize, Serialize};

use crate::wire::{Fields, ReadError, Request, enumeration, urns};

/// `urn:inin.com:licenses:licenses`: the names of licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Licenses {
    /// `licenseList`, such as `I3_ACCESS_CLIENT`.
    pub license_list: Vec<String>,
}

impl Request for Licenses {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            license_list: fields.required_list("licenseList")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:licenses:licenseStatus`: whether a licence can be had.
    LicenseStatus = "urn:inin.com:licenses:licenseStatus" {
        /// Something went wrong.
        UnknownError = 0,
        /// Not known.
        None = 1,
        /// It can be used.
        Available = 2,
        /// The user has not been given it.
        NotAssigned = 3,
        /// All of them are in use.
        LicenseUnavailable = 4,
        /// The user has it at another station.
        UserOnAnotherStation = 5,
        /// The station is in use on another machine.
        StationAlreadyInUseOnAnotherMachine = 6,
        /// The station is in use by another user.
        StationAlreadyInUseByAnotherUser = 7,
        /// Another application uses it.
        OtherApplicationUsingLicense = 8,
        /// There is no such licence.
        LicenseUnknown = 9,
    }
}

/// `urn:inin.com:licenses:licenseOperationResult`: what became of one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseOperationResult {
    /// `errorDetails`: empty if it could be had.
    pub error_details: String,
    /// `isAvailable`: whether it can be used.
    pub is_available: bool,
    /// `licenseName`: as it was asked for.
    pub license_name: String,
    /// `licenseStatus`: the same in detail.
    pub license_status: LicenseStatus,
}

/// `urn:inin.com:licenses:licenseOperationResults`: what became of those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseOperationResults {
    /// `licenseOperationResultList`: one for each name that was asked for.
    pub license_operation_result_list: Vec<LicenseOperationResult>,
}

enumeration! {
    /// `urn:inin.com:licenses:stageFailureAction`: what becomes of the stages after one that fails.
    StageFailureAction = "urn:inin.com:licenses:stageFailureAction" {
        /// They are tried.
        Continue = 0,
        /// They are left out.
        Abort = 1,
    }
}

/// `urn:inin.com:licenses:licenseStageOperation`: licences that are asked for together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseStageOperation {
    /// `stageName`: of the client's making.
    pub stage_name: String,
    /// `stageFailureAction`: what is to be done where one of them cannot be had.
    pub stage_failure_action: StageFailureAction,
    /// `licenseList`: names of licences.
    pub license_list: Vec<String>,
}

impl Request for LicenseStageOperation {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            stage_name: fields.required("stageName")?,
            stage_failure_action: fields.required("stageFailureAction")?,
            license_list: fields.required_list("licenseList")?,
        })
    }
}

/// `urn:inin.com:licenses:licenseStageOperations` (`icws/(sessionId)/licenses/license-stages/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseStageOperations {
    /// `licenseStageOperationList`: in the order in which they are tried.
    pub license_stage_operation_list: Vec<LicenseStageOperation>,
}

impl Request for LicenseStageOperations {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            license_stage_operation_list: fields.required_list("licenseStageOperationList")?,
        })
    }
}

/// `urn:inin.com:licenses:licenseStageOperationResult`: what became of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseStageOperationResult {
    /// `stageName`: as it was asked for.
    pub stage_name: String,
    /// One for each name of the stage.
    pub result: Vec<LicenseOperationResult>,
}

/// `urn:inin.com:licenses:licenseStageOperationResults`: what became of the stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseStageOperationResults {
    /// `licenseStageOperationResultList`: one for each stage.
    pub license_stage_operation_result_list: Vec<LicenseStageOperationResult>,
}

/// `urn:inin.com:licenses:licenseAssignedStatus`: whether a user has a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseAssignedStatus {
    /// The name of the licence.
    pub name: String,
    /// `isAssigned`: whether the user has been given it.
    pub is_assigned: bool,
}

/// `urn:inin.com:licenses:licenseMessage` (`icws/(sessionId)/messaging/subscriptions/licenses/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:licenses:licenseMessage",
    rename_all = "camelCase"
)]
pub struct LicenseMessage {
    /// `licenseAssignedStatusList`: those that are watched.
    pub license_assigned_status_list: Vec<LicenseAssignedStatus>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    Licenses = "urn:inin.com:licenses:licenses";
    LicenseOperationResult = "urn:inin.com:licenses:licenseOperationResult";
    LicenseOperationResults = "urn:inin.com:licenses:licenseOperationResults";
    LicenseStageOperation = "urn:inin.com:licenses:licenseStageOperation";
    LicenseStageOperations = "urn:inin.com:licenses:licenseStageOperations";
    LicenseStageOperationResult = "urn:inin.com:licenses:licenseStageOperationResult";
    LicenseStageOperationResults = "urn:inin.com:licenses:licenseStageOperationResults";
    LicenseAssignedStatus = "urn:inin.com:licenses:licenseAssignedStatus";
    LicenseMessage = "urn:inin.com:licenses:licenseMessage";
}
