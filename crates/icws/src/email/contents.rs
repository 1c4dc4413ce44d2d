//! What the server tells of an email.
//!
//! ICWS: `icws/(sessionId)/messaging/subscriptions/interactions/(interactionId)/email/index.htm`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{EmailAddress, EmailBody, EmailResponseType, EmailType};
use crate::error::Error;
use crate::messaging::SubscriptionState;
use crate::wire::{Date, urns};

/// `urn:inin.com:interactions.email:emailContentsMessage`
/// (`icws/(sessionId)/messaging/subscriptions/interactions/(interactionId)/email/index.htm`).
///
/// In a delta an absent member did not change; `interactionId`, `isEditable` and `supportedResponseTypes` are in every message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailContentsMessage",
    rename_all = "camelCase"
)]
pub struct EmailContentsMessage {
    /// `interactionId`: of the email: digits.
    pub interaction_id: String,
    /// `parentInteractionId`: the email that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_interaction_id: Option<String>,
    /// `conversationId`: of the thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// `isEditable`: whether it may be saved and sent.
    pub is_editable: bool,
    /// `emailType`: whether it is an answer, and of which kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_type: Option<EmailType>,
    /// `supportedResponseTypes`: how the caller may answer it.
    pub supported_response_types: Vec<EmailResponseType>,
    /// `emailContent`: always whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_content: Option<EmailContentsResponse>,
    /// `hasResponse`: whether there is a reply or a forward of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_response: Option<bool>,
    /// Whether a user has saved changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<bool>,
    /// The address of the mailbox that it came in by or goes out from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
    /// `mailboxDisplayName`: the mailbox's name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox_display_name: Option<String>,
    /// `hasLoadedExternalContent`: whether pictures of elsewhere are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_loaded_external_content: Option<bool>,
    /// `unusedEmailAttachments`: Content-IDs of inline attachments that the HTML does not refer to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unused_email_attachments: Option<Vec<String>>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:interactions.email:emailContentsResponse`: what an email says and has attached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailContentsResponse",
    rename_all = "camelCase"
)]
pub struct EmailContentsResponse {
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Who it is from.
    pub sender: EmailAddress,
    /// `toRecipients`: whom it is written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_recipients: Option<Vec<EmailAddress>>,
    /// `ccRecipients`: who gets a copy that all see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc_recipients: Option<Vec<EmailAddress>>,
    /// `bccRecipients`: who gets a copy that nobody sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bcc_recipients: Option<Vec<EmailAddress>>,
    /// `replyToRecipients`: where answers are to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_recipients: Option<Vec<EmailAddress>>,
    /// The text.
    pub bodies: Vec<EmailBody>,
    /// `receivedTimestamp`: when it came in, or was begun.
    pub received_timestamp: Date,
    /// The outcome of checking its S/MIME signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<EmailSignature>,
    /// `fileAttachments`, in the order they were added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_attachments: Option<Vec<EmailFileAttachment>>,
    /// `messageAttachments`: messages that are attached; opened by `email/attachments/message/download`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_attachments: Option<Vec<EmailMessageAttachment>>,
}

/// `urn:inin.com:interactions.email:emailFileAttachment`: a file that is attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailFileAttachment",
    rename_all = "camelCase"
)]
pub struct EmailFileAttachment {
    /// Its file name.
    pub name: String,
    /// `contentId`: empty when it is not inline.
    pub content_id: String,
    /// `downloadUri`: where its bytes are, from the root of the server.
    pub download_uri: String,
}

/// `urn:inin.com:interactions.email:emailMessageAttachment`: an attached message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailMessageAttachment",
    rename_all = "camelCase"
)]
pub struct EmailMessageAttachment {
    /// Its subject.
    pub subject: String,
    /// `messageId`: to open it by.
    pub message_id: String,
}

/// `urn:inin.com:interactions.email:emailMessageContentsResponse`: an attached message as it is opened, with all that is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailMessageContentsResponse",
    rename_all = "camelCase"
)]
pub struct EmailMessageContentsResponse {
    /// The subject.
    pub subject: String,
    /// Who it is from.
    pub sender: EmailAddress,
    /// `toRecipients`: whom it is written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_recipients: Option<Vec<EmailAddress>>,
    /// `ccRecipients`: who gets a copy that all see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc_recipients: Option<Vec<EmailAddress>>,
    /// `bccRecipients`: who gets a copy that nobody sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bcc_recipients: Option<Vec<EmailAddress>>,
    /// `replyToRecipients`: where answers are to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_recipients: Option<Vec<EmailAddress>>,
    /// The text.
    pub bodies: Vec<EmailBody>,
    /// `receivedTimestamp`: when it came in.
    pub received_timestamp: Date,
    /// The outcome of checking its S/MIME signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<EmailSignature>,
    /// `fileAttachments`: in the order of their commits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_attachments: Option<Vec<EmailFileAttachment>>,
    /// `messageAttachments`: the messages attached to it, opened too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_attachments: Option<Vec<EmailMessageContentsResponse>>,
}

/// `urn:inin.com:interactions.email:emailMessageAttachmentMessage`: an attached message that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailMessageAttachmentMessage",
    rename_all = "camelCase"
)]
pub struct EmailMessageAttachmentMessage {
    /// `requestId`: as in the 202.
    pub request_id: String,
    /// Why it failed; always sent, `null` when it did not.
    pub error: Option<Error>,
    /// `interactionId`: of the email it is attached to.
    pub interaction_id: String,
    /// `emailContent`: what it says, from whom, and to whom.
    pub email_content: EmailMessageContentsResponse,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:interactions.email:emailSignature`: what is known of its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSignature {
    /// What is wrong with it.
    pub status: EmailSignatureStatus,
    /// Who signed.
    pub certificate: EmailCertificate,
}

/// `urn:inin.com:interactions.email:emailSignatureStatus`: flags, zero when all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EmailSignatureStatus(u32);

impl EmailSignatureStatus {
    /// `OK`: nothing is wrong.
    pub const OK: Self = Self(0);
    /// `MessageModified`: the message was changed after it was signed.
    pub const MESSAGE_MODIFIED: Self = Self(1);
    /// `CertificateNotTrusted`: nobody trusted vouches for it.
    pub const CERTIFICATE_NOT_TRUSTED: Self = Self(2);
    /// `EmailHeaderMismatch`: the certificate is another person's than the sender's.
    pub const EMAIL_HEADER_MISMATCH: Self = Self(4);
    /// `Unknown`: it could not be checked.
    pub const UNKNOWN: Self = Self(128);

    const ALL: u32 = 1 | 2 | 4 | 128;

    /// Both at once.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of the other's flags are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Serialize for EmailSignatureStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl<'de> Deserialize<'de> for EmailSignatureStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bits = u32::deserialize(deserializer)?;
        if bits & !Self::ALL == 0 {
            Ok(Self(bits))
        } else {
            Err(de::Error::custom("unknown flags"))
        }
    }
}

/// `urn:inin.com:interactions.email:emailCertificate`: whose key has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailCertificate {
    /// The version of its form.
    pub version: i32,
    /// `serialNumber`: of the certificate.
    pub serial_number: String,
    /// `signatureAlgorithm`: by which it was signed.
    pub signature_algorithm: String,
    /// Who vouches for it.
    pub issuer: String,
    /// `validFrom`: not good before.
    pub valid_from: Date,
    /// `validTo`: not good after.
    pub valid_to: Date,
    /// Whose it is.
    pub subject: String,
}

/// `urn:inin.com:interactions.email:emailUploadFileStatusMessage`: the outcome of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailUploadFileStatusMessage",
    rename_all = "camelCase"
)]
pub struct EmailUploadFileStatusMessage {
    /// `requestId`: of the upload's answer.
    pub request_id: String,
    /// Why it failed; always sent, `null` when it did not.
    pub error: Option<Error>,
    /// `interactionId`: of the email: digits.
    pub interaction_id: String,
    /// `fileName`: as it is attached, or as it was to be.
    pub file_name: String,
    /// `uploadSuccess`: whether it is attached.
    pub upload_success: bool,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:interactions.email:emailSubscriptionStateMessage`: what became of the subscription of an email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailSubscriptionStateMessage",
    rename_all = "camelCase"
)]
pub struct EmailSubscriptionStateMessage {
    /// `interactionId`: our addition. The contract's message does not say which email it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction_id: Option<String>,
    /// The new state.
    pub state: SubscriptionState,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

urns! {
    EmailContentsMessage = "urn:inin.com:interactions.email:emailContentsMessage";
    EmailContentsResponse = "urn:inin.com:interactions.email:emailContentsResponse";
    EmailFileAttachment = "urn:inin.com:interactions.email:emailFileAttachment";
    EmailMessageAttachment = "urn:inin.com:interactions.email:emailMessageAttachment";
    EmailMessageContentsResponse = "urn:inin.com:interactions.email:emailMessageContentsResponse";
    EmailMessageAttachmentMessage = "urn:inin.com:interactions.email:emailMessageAttachmentMessage";
    EmailSignature = "urn:inin.com:interactions.email:emailSignature";
    EmailSignatureStatus = "urn:inin.com:interactions.email:emailSignatureStatus";
    EmailCertificate = "urn:inin.com:interactions.email:emailCertificate";
    EmailUploadFileStatusMessage = "urn:inin.com:interactions.email:emailUploadFileStatusMessage";
    EmailSubscriptionStateMessage = "urn:inin.com:interactions.email:emailSubscriptionStateMessage";
}
