//! What can be done with an interaction (`icws/(sessionId)/interactions/(interactionId)/`).

use serde::Serialize;

use crate::queues::QueueId;
use crate::wire::{Date, Fields, ReadError, Request, urns};

/// `urn:inin.com:interactions:holdParameters`: whether an interaction is to be on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HoldParameters {
    /// Whether it is put on hold, or taken back.
    pub on: bool,
}

impl Request for HoldParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            on: fields.required("on")?,
        })
    }
}

/// `urn:inin.com:interactions:makePrivateParameters`: whether an interaction is to be private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MakePrivateParameters {
    /// Whether it is private from now on.
    pub on: bool,
}

impl Request for MakePrivateParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            on: fields.required("on")?,
        })
    }
}

/// `urn:inin.com:interactions:transferParameters`: where an interaction goes. One of the two is given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TransferParameters {
    /// The id of a user or the name of a workgroup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// `queueID`: the queue.
    #[serde(rename = "queueID", skip_serializing_if = "Option::is_none")]
    pub queue_id: Option<QueueId>,
}

impl Request for TransferParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        let parameters = Self {
            target: fields.optional("target")?,
            queue_id: fields.optional("queueID")?,
        };
        if parameters.target.is_none() && parameters.queue_id.is_none() {
            return Err(fields.missing("target"));
        }
        Ok(parameters)
    }
}

/// `urn:inin.com:interactions:wrapupAssignment`: what is said about an interaction when the work on it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WrapupAssignment {
    /// The wrap-up code.
    pub code: String,
    /// `segmentId`: the part of the interaction that it is about.
    pub segment_id: i32,
    /// When the work was done.
    pub time: Date,
    /// The id of the user who did it.
    pub user: String,
    /// `sourceInteractionId`: the interaction that it was done on.
    pub source_interaction_id: String,
}

impl Request for WrapupAssignment {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            code: fields.required("code")?,
            segment_id: fields.required("segmentId")?,
            time: fields.required("time")?,
            user: fields.required("user")?,
            source_interaction_id: fields.required("sourceInteractionId")?,
        })
    }
}

urns! {
    HoldParameters = "urn:inin.com:interactions:holdParameters";
    MakePrivateParameters = "urn:inin.com:interactions:makePrivateParameters";
    TransferParameters = "urn:inin.com:interactions:transferParameters";
    WrapupAssignment = "urn:inin.com:interactions:wrapupAssignment";
}
