//! Mail that a program sends (`urn:inin.com:configuration.system:`, `icws/(sessionId)/configuration/mail/`).

use serde::Serialize;

use crate::wire::{Fields, ReadError, Request, urns};

/// `urn:inin.com:configuration.system:sendEmailArgument`: a plain text that is to go out as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendEmailArgument {
    /// The addresses that it goes to; at least one.
    pub recipients: Vec<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl Request for SendEmailArgument {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            recipients: fields.required_list("recipients")?,
            subject: fields.optional("subject")?,
            body: fields.optional("body")?,
        })
    }
}

urns! {
    SendEmailArgument = "urn:inin.com:configuration.system:sendEmailArgument";
}
