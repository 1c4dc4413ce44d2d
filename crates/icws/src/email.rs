//! Email interactions (`urn:inin.com:interactions.email:`, the pages below `icws/(sessionId)/interactions/(interactionId)/email/`).
//!
//! What a client sends and what both sides send is here; what only the server sends is in [`contents`].

pub mod contents;

pub use contents::{
    EmailCertificate, EmailContentsMessage, EmailContentsResponse, EmailFileAttachment,
    EmailMessageAttachment, EmailMessageAttachmentMessage, EmailMessageContentsResponse,
    EmailSignature, EmailSignatureStatus, EmailSubscriptionStateMessage,
    EmailUploadFileStatusMessage,
};

use serde::{Deserialize, Serialize};

use crate::interactions::Attributes;
use crate::wire::{Fields, Guid, ReadError, Representation, Request, enumeration, urns};

/// `urn:inin.com:interactions.email:createEmailParameters` (`icws/(sessionId)/interactions/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:createEmailParameters",
    rename_all = "camelCase"
)]
pub struct CreateEmailParameters {
    /// `emailContent`: what it says, from whom, and to whom.
    pub email_content: EmailContent,
    /// On whose behalf; decides the mailbox it goes out from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workgroup: Option<String>,
    /// `additionalAttributes`: attributes from the first moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_attributes: Option<Attributes>,
}

impl Request for CreateEmailParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            email_content: fields.required("emailContent")?,
            workgroup: fields.optional("workgroup")?,
            additional_attributes: fields.optional_map("additionalAttributes")?,
        })
    }
}

/// `urn:inin.com:interactions.email:createEmailResponseParameters` (`icws/(sessionId)/interactions/index.htm`): a reply or a forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:createEmailResponseParameters",
    rename_all = "camelCase"
)]
pub struct CreateEmailResponseParameters {
    /// `emailContent`: what it says, from whom, and to whom.
    pub email_content: EmailResponseContent,
    /// `responseType`: what kind of answer.
    pub response_type: EmailResponseType,
    /// `parentInteractionId`: what it answers.
    pub parent_interaction_id: String,
    /// On whose behalf; absent, by the mailbox of what it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workgroup: Option<String>,
    /// `additionalAttributes`: attributes from the first moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_attributes: Option<Attributes>,
}

impl Request for CreateEmailResponseParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            email_content: fields.required("emailContent")?,
            response_type: fields.required("responseType")?,
            parent_interaction_id: fields.required("parentInteractionId")?,
            workgroup: fields.optional("workgroup")?,
            additional_attributes: fields.optional_map("additionalAttributes")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailResponseContent`: what a client writes of a reply or a forward. What is absent, the server makes of
/// what it answers. The tag is inferred when it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailResponseContent",
    rename_all = "camelCase"
)]
pub struct EmailResponseContent {
    /// `attachmentsFromParent`: which of the files of what is answered come with it.
    pub attachments_from_parent: EmailResponseAttachments,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Who it is from; the server decides which addresses are possible.
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
    /// The text, as plain text, as HTML, or both, in any order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bodies: Option<Vec<EmailBody>>,
}

impl EmailResponseContent {
    /// What it has in common with any email's content, and which attachments it takes over.
    pub fn into_parts(self) -> (EmailContent, EmailResponseAttachments) {
        let content = EmailContent {
            subject: self.subject,
            sender: self.sender,
            to_recipients: self.to_recipients,
            cc_recipients: self.cc_recipients,
            bcc_recipients: self.bcc_recipients,
            reply_to_recipients: self.reply_to_recipients,
            bodies: self.bodies,
        };
        (content, self.attachments_from_parent)
    }
}

impl Request for EmailResponseContent {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        fields.expect_tag(Self::URN)?;
        Ok(Self {
            attachments_from_parent: fields.required("attachmentsFromParent")?,
            sender: fields.required("sender")?,
            subject: fields.optional("subject")?,
            to_recipients: fields.optional_list("toRecipients")?,
            cc_recipients: fields.optional_list("ccRecipients")?,
            bcc_recipients: fields.optional_list("bccRecipients")?,
            reply_to_recipients: fields.optional_list("replyToRecipients")?,
            bodies: fields.optional_list("bodies")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailContent`: what a client writes. An absent list leaves what is there, an empty one
/// clears it. The tag is inferred when it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailContent",
    rename_all = "camelCase"
)]
pub struct EmailContent {
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Who it is from; the server decides which addresses are possible.
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
    /// The text, as plain text, as HTML, or both, in any order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bodies: Option<Vec<EmailBody>>,
}

impl Request for EmailContent {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        fields.expect_tag(Self::URN)?;
        Ok(Self {
            sender: fields.required("sender")?,
            subject: fields.optional("subject")?,
            to_recipients: fields.optional_list("toRecipients")?,
            cc_recipients: fields.optional_list("ccRecipients")?,
            bcc_recipients: fields.optional_list("bccRecipients")?,
            reply_to_recipients: fields.optional_list("replyToRecipients")?,
            bodies: fields.optional_list("bodies")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailAddress`: somebody whom mail is from or goes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailAddress {
    /// `displayName`: may be empty.
    pub display_name: String,
    /// The address; absent while only a name is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Request for EmailAddress {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            display_name: fields.required("displayName")?,
            address: fields.optional("address")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailBody`: what an email says, in one form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailBody {
    /// The text.
    pub body: String,
    /// `bodyType`: in which form.
    pub body_type: BodyType,
}

impl Request for EmailBody {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            body: fields.required("body")?,
            body_type: fields.required("bodyType")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:interactions.email:bodyType`: the form of a body.
    BodyType = "urn:inin.com:interactions.email:bodyType" {
        /// Plain text.
        Text = 0,
        /// HTML.
        Html = 1,
    }
}

enumeration! {
    /// `urn:inin.com:interactions.email:emailType`: how an email came to be.
    EmailType = "urn:inin.com:interactions.email:emailType" {
        /// It came in.
        None = 0,
        /// It was begun.
        New = 1,
        /// It answers the sender of another.
        Reply = 2,
        /// It answers everyone of another.
        ReplyAll = 3,
        /// It passes another on.
        Forward = 4,
    }
}

enumeration! {
    /// `urn:inin.com:interactions.email:emailResponseType`: a way to answer.
    EmailResponseType = "urn:inin.com:interactions.email:emailResponseType" {
        /// To the sender.
        Reply = 0,
        /// To everyone.
        ReplyAll = 1,
        /// To someone else.
        Forward = 2,
    }
}

enumeration! {
    /// `urn:inin.com:interactions.email:emailResponseAttachments`: which attachments a reply or a forward takes over.
    EmailResponseAttachments = "urn:inin.com:interactions.email:emailResponseAttachments" {
        /// None.
        None = 0,
        /// Those that are shown in the text.
        Inline = 1,
        /// All.
        All = 2,
    }
}

/// `urn:inin.com:interactions.email:emailGetMessageParameters` (`…/email/attachments/message/download/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailGetMessageParameters {
    /// `messageId`: as the email's content names it.
    pub message_id: String,
}

impl Request for EmailGetMessageParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            message_id: fields.required("messageId")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailResolveAddressParameters` (`…/interactions/email/resolve-address/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailResolveAddressParameters {
    /// What the name or the address begins with.
    pub name: String,
    /// `maxResults`: absent, all that match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
}

impl Request for EmailResolveAddressParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            name: fields.required("name")?,
            max_results: fields.optional("maxResults")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailResolvedAddresses`: what a typed name may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailResolvedAddresses {
    /// `matchedAddresses`: the best first.
    pub matched_addresses: Vec<EmailContact>,
}

/// `urn:inin.com:interactions.email:emailContact`: one whom it may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailContact {
    /// Whose address it is, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    pub address: String,
}

/// `urn:inin.com:interactions.email:emailSaveParameters` (`…/email/save/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailSaveParameters {
    /// `emailContent`: what it says, from whom, and to whom.
    pub email_content: EmailContent,
}

impl Request for EmailSaveParameters {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            email_content: fields.required("emailContent")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailUploadFileAttachmentRequest` (`…/email/attachments/file/upload/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailUploadFileAttachmentRequest {
    /// `uploadFileName`: what the file is called; a path before it is cut off.
    pub upload_file_name: String,
    /// `isInlineAttachment`: whether it gets a Content-ID, for the HTML to refer to.
    pub is_inline_attachment: bool,
}

impl Request for EmailUploadFileAttachmentRequest {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            upload_file_name: fields.required("uploadFileName")?,
            is_inline_attachment: fields.required("isInlineAttachment")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailUploadFileAttachmentResponse`: where to put the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:interactions.email:emailUploadFileAttachmentResponse",
    rename_all = "camelCase"
)]
pub struct EmailUploadFileAttachmentResponse {
    /// `requestId`: comes back in [`EmailUploadFileStatusMessage`].
    pub request_id: String,
    /// `interactionId`: of the email: digits.
    pub interaction_id: String,
    /// `fileName`: as the attachment will be called.
    pub file_name: String,
    /// `contentId`: of an inline attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// `uploadUri`: takes one PUT with the bytes.
    pub upload_uri: String,
}

/// `urn:inin.com:interactions.email:emailRemoveFileAttachmentRequest` (`…/email/attachments/file/remove/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailRemoveFileAttachmentRequest {
    /// `fileUri`: the attachment's `downloadUri`.
    pub file_uri: String,
}

impl Request for EmailRemoveFileAttachmentRequest {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            file_uri: fields.required("fileUri")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailInsertResponseManagementRequest`
/// (`…/email/attachments/response-management/insert/index.htm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailInsertResponseManagementRequest {
    /// The id of the item, not of its library.
    pub id: Guid,
    /// `isInlineAttachment`: absent is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_inline_attachment: Option<bool>,
}

impl Request for EmailInsertResponseManagementRequest {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            id: fields.required("id")?,
            is_inline_attachment: fields.optional("isInlineAttachment")?,
        })
    }
}

/// `urn:inin.com:interactions.email:emailInsertResponseManagementResponse`: a file was inserted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailInsertResponseManagementResponse {
    /// `contentId`: without angle brackets; the empty string, not absent, when the attachment is not inline. The contract
    /// lets it be absent.
    #[serde(default)]
    pub content_id: String,
}

urns! {
    CreateEmailResponseParameters = "urn:inin.com:interactions.email:createEmailResponseParameters";
    EmailResponseContent = "urn:inin.com:interactions.email:emailResponseContent";
    EmailGetMessageParameters = "urn:inin.com:interactions.email:emailGetMessageParameters";
    EmailResolveAddressParameters = "urn:inin.com:interactions.email:emailResolveAddressParameters";
    EmailResolvedAddresses = "urn:inin.com:interactions.email:emailResolvedAddresses";
    EmailContact = "urn:inin.com:interactions.email:emailContact";
    CreateEmailParameters = "urn:inin.com:interactions.email:createEmailParameters";
    EmailContent = "urn:inin.com:interactions.email:emailContent";
    EmailAddress = "urn:inin.com:interactions.email:emailAddress";
    EmailBody = "urn:inin.com:interactions.email:emailBody";
    EmailSaveParameters = "urn:inin.com:interactions.email:emailSaveParameters";
    EmailUploadFileAttachmentRequest = "urn:inin.com:interactions.email:emailUploadFileAttachmentRequest";
    EmailUploadFileAttachmentResponse = "urn:inin.com:interactions.email:emailUploadFileAttachmentResponse";
    EmailRemoveFileAttachmentRequest = "urn:inin.com:interactions.email:emailRemoveFileAttachmentRequest";
    EmailInsertResponseManagementRequest = "urn:inin.com:interactions.email:emailInsertResponseManagementRequest";
    EmailInsertResponseManagementResponse = "urn:inin.com:interactions.email:emailInsertResponseManagementResponse";
}
