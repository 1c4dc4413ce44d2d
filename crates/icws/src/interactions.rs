//! Interactions of any kind and their attributes (`urn:inin.com:interactions:`, `icws/(sessionId)/interactions/index.htm`).

pub mod actions;
pub mod alerting;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::email::{CreateEmailParameters, CreateEmailResponseParameters};
use crate::wire::{Fields, ReadError, Representation, Request, TYPE_TAG, enumeration, urns};

pub use actions::{HoldParameters, MakePrivateParameters, TransferParameters, WrapupAssignment};
pub use alerting::{
    AlertSubscriptionParameters, InteractionAlertAction, InteractionAlertDetails,
    InteractionAlertType, InteractionAlertingMessage,
};

/// Attributes by name. Values are always strings, numbers and dates too; names compare without case.
pub type Attributes = BTreeMap<String, String>;

/// The body of `POST /icws/{sessionId}/interactions`: one of the representations that derive from
/// `urn:inin.com:interactions:createInteractionParameters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateInteractionParameters {
    /// A new email.
    Email(CreateEmailParameters),
    /// A reply to an email, or a forward of it.
    EmailResponse(CreateEmailResponseParameters),
    /// A kind of interaction that the contract knows and the server does not serve: its URN.
    NotServed(&'static str),
}

const OTHER_CREATE_URNS: [&str; 5] = [
    "urn:inin.com:interactions:createCallParameters",
    "urn:inin.com:interactions:createGenericInteractionParameters",
    "urn:inin.com:interactions.callback:createCallbackParameters",
    "urn:inin.com:interactions.callback:createCallbackResponseCallParameters",
    "urn:inin.com:interactions.chat:createChatParameters",
];

/// The tag is required; it is inferred when `emailContent` is there all the same, and with `parentInteractionId` it is a response.
impl Request for CreateInteractionParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        match fields.tag()?.as_deref() {
            Some(CreateEmailParameters::URN) => {}
            Some(CreateEmailResponseParameters::URN) => {
                return CreateEmailResponseParameters::read_fields(fields).map(Self::EmailResponse);
            }
            None if fields.has("emailContent") && fields.has("parentInteractionId") => {
                return CreateEmailResponseParameters::read_fields(fields).map(Self::EmailResponse);
            }
            None if fields.has("emailContent") => {}
            None => return Err(fields.missing(TYPE_TAG)),
            Some(other) => {
                let known = OTHER_CREATE_URNS.into_iter().find(|urn| *urn == other);
                return known
                    .map(Self::NotServed)
                    .ok_or_else(|| fields.invalid(TYPE_TAG));
            }
        }
        CreateEmailParameters::read_fields(fields).map(Self::Email)
    }
}

/// `urn:inin.com:interactions:interactionCreated`: the id of what was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionCreated {
    /// `interactionId`: digits.
    pub interaction_id: String,
}

/// `urn:inin.com:interactions:interactionAttributes` (`icws/(sessionId)/interactions/(interactionId)/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractionAttributes {
    /// Those that were asked for, in the spelling of the request.
    pub attributes: Attributes,
}

/// `urn:inin.com:interactions:interactionAttributesUpdate`: attributes that are to be set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionAttributesUpdate {
    /// The new values, or what is to be appended.
    pub attributes: Attributes,
    /// `appendMode`: absent, the values replace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub append_mode: Option<AppendMode>,
}

impl Request for InteractionAttributesUpdate {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            attributes: fields.required_map("attributes")?,
            append_mode: fields.optional("appendMode")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:interactions:appendMode`: what becomes of a value that is there.
    AppendMode = "urn:inin.com:interactions:appendMode" {
        /// The value is appended as it is.
        Append = 1,
        /// `AppendWithSeperator`, as the contract spells it: with a separator before it.
        AppendWithSeparator = 2,
    }
}

/// `urn:inin.com:interactions:interactionSubscription`
/// (`icws/(sessionId)/messaging/subscriptions/interactions/(interactionId)/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionSubscription {
    /// `attributeNames`: what to watch.
    pub attribute_names: Vec<String>,
}

impl Request for InteractionSubscription {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            attribute_names: fields.required_list("attributeNames")?,
        })
    }
}

/// `urn:inin.com:interactions:interactionChangedMessage`: attributes of a watched interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions:interactionChangedMessage",
    rename_all = "camelCase"
)]
pub struct InteractionChangedMessage {
    /// `interactionID`: with a capital `ID` here and in no other message.
    #[serde(rename = "interactionID")]
    pub interaction_id: String,
    /// All watched attributes, or in a delta those that changed.
    pub attributes: Attributes,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    CreateInteractionParameters = "urn:inin.com:interactions:createInteractionParameters";
    InteractionCreated = "urn:inin.com:interactions:interactionCreated";
    InteractionAttributes = "urn:inin.com:interactions:interactionAttributes";
    InteractionAttributesUpdate = "urn:inin.com:interactions:interactionAttributesUpdate";
    InteractionSubscription = "urn:inin.com:interactions:interactionSubscription";
    InteractionChangedMessage = "urn:inin.com:interactions:interactionChangedMessage";
}
