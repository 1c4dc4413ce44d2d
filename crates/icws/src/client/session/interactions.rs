//! The operations of interactions and emails.

use bytes::Bytes;

use super::Session;
use crate::client::{IcwsError, Method, encode};
use crate::email::{
    CreateEmailParameters, CreateEmailResponseParameters, EmailContent, EmailGetMessageParameters,
    EmailInsertResponseManagementRequest, EmailInsertResponseManagementResponse,
    EmailRemoveFileAttachmentRequest, EmailResolveAddressParameters, EmailResolvedAddresses,
    EmailSaveParameters, EmailUploadFileAttachmentRequest, EmailUploadFileAttachmentResponse,
};
use crate::interactions::{
    AlertSubscriptionParameters, HoldParameters, InteractionAttributes,
    InteractionAttributesUpdate, InteractionCreated, InteractionSubscription,
    MakePrivateParameters, TransferParameters, WrapupAssignment,
};
use crate::messaging::AsyncOperationAcceptedResponse;
use crate::queues::QueueSubscriptionParameters;
use crate::wire::Guid;

impl Session {
    /// `POST interactions`: creates an email.
    pub async fn create_email(
        &self,
        email: &CreateEmailParameters,
    ) -> Result<InteractionCreated, IcwsError> {
        self.tell(Method::POST, "/interactions", email)
            .await?
            .read()
    }

    /// `POST interactions`: creates a reply to an email, or a forward of it.
    pub async fn respond(
        &self,
        response: &CreateEmailResponseParameters,
    ) -> Result<InteractionCreated, IcwsError> {
        self.tell(Method::POST, "/interactions", response)
            .await?
            .read()
    }

    /// `POST interactions/email/resolve-address`.
    pub async fn resolve_address(
        &self,
        name: &str,
        max_results: Option<i32>,
    ) -> Result<EmailResolvedAddresses, IcwsError> {
        let body = EmailResolveAddressParameters {
            name: name.to_owned(),
            max_results,
        };
        self.tell(Method::POST, "/interactions/email/resolve-address", &body)
            .await?
            .read()
    }

    /// `POST interactions/{interactionId}/email/attachments/message/download`: the message comes as one.
    pub async fn open_message(
        &self,
        interaction: &str,
        message_id: &str,
    ) -> Result<AsyncOperationAcceptedResponse, IcwsError> {
        let body = EmailGetMessageParameters {
            message_id: message_id.to_owned(),
        };
        let path = email(interaction, "attachments/message/download");
        self.tell(Method::POST, &path, &body).await?.read()
    }

    /// `GET interactions/{interactionId}`, with the attributes that are asked for.
    pub async fn attributes(
        &self,
        interaction: &str,
        select: &[&str],
    ) -> Result<InteractionAttributes, IcwsError> {
        let query = if select.is_empty() {
            String::new()
        } else {
            format!("?select={}", encode(&select.join(",")))
        };
        self.get(&format!("/interactions/{}{query}", encode(interaction)))
            .await
    }

    /// `POST interactions/{interactionId}`.
    pub async fn update_attributes(
        &self,
        interaction: &str,
        update: &InteractionAttributesUpdate,
    ) -> Result<(), IcwsError> {
        self.tell(
            Method::POST,
            &format!("/interactions/{}", encode(interaction)),
            update,
        )
        .await
        .map(drop)
    }

    /// `POST interactions/{interactionId}/disconnect`.
    pub async fn disconnect(&self, interaction: &str) -> Result<(), IcwsError> {
        self.act(
            Method::POST,
            &format!("/interactions/{}/disconnect", encode(interaction)),
        )
        .await
    }

    /// `POST interactions/{interactionId}/pickup`.
    pub async fn pick_up(&self, interaction: &str) -> Result<(), IcwsError> {
        self.act(Method::POST, &action(interaction, "pickup")).await
    }

    /// `POST interactions/{interactionId}/hold`.
    pub async fn hold(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        self.tell(
            Method::POST,
            &action(interaction, "hold"),
            &HoldParameters { on },
        )
        .await
        .map(drop)
    }

    /// `POST interactions/{interactionId}/blind-transfer`.
    pub async fn transfer(
        &self,
        interaction: &str,
        to: &TransferParameters,
    ) -> Result<(), IcwsError> {
        self.tell(Method::POST, &action(interaction, "blind-transfer"), to)
            .await
            .map(drop)
    }

    /// `POST interactions/{interactionId}/park`.
    pub async fn park(&self, interaction: &str, to: &TransferParameters) -> Result<(), IcwsError> {
        self.tell(Method::POST, &action(interaction, "park"), to)
            .await
            .map(drop)
    }

    /// `POST interactions/{interactionId}/make-private`.
    pub async fn make_private(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        self.tell(
            Method::POST,
            &action(interaction, "make-private"),
            &MakePrivateParameters { on },
        )
        .await
        .map(drop)
    }

    /// `POST interactions/{interactionId}/wrap-up-assignments`.
    pub async fn wrap_up(
        &self,
        interaction: &str,
        assignment: &WrapupAssignment,
    ) -> Result<(), IcwsError> {
        self.tell(
            Method::POST,
            &action(interaction, "wrap-up-assignments"),
            assignment,
        )
        .await
        .map(drop)
    }

    /// `PUT messaging/subscriptions/queues/{subscriptionId}`.
    pub async fn subscribe_queues(
        &self,
        subscription: &str,
        asked: &QueueSubscriptionParameters,
    ) -> Result<(), IcwsError> {
        self.tell(Method::PUT, &queues(subscription), asked)
            .await
            .map(drop)
    }

    /// `DELETE messaging/subscriptions/queues/{subscriptionId}`.
    pub async fn unsubscribe_queues(&self, subscription: &str) -> Result<(), IcwsError> {
        self.act(Method::DELETE, &queues(subscription)).await
    }

    /// `PUT messaging/subscriptions/interaction-alerting`.
    pub async fn subscribe_alerting(&self, attributes: &[&str]) -> Result<(), IcwsError> {
        let names = attributes.iter().copied().map(str::to_owned).collect();
        let body = AlertSubscriptionParameters {
            attribute_names: (!attributes.is_empty()).then_some(names),
        };
        self.tell(Method::PUT, ALERTING, &body).await.map(drop)
    }

    /// `DELETE messaging/subscriptions/interaction-alerting`.
    pub async fn unsubscribe_alerting(&self) -> Result<(), IcwsError> {
        self.act(Method::DELETE, ALERTING).await
    }

    /// `PUT messaging/subscriptions/interactions/{interactionId}`.
    pub async fn subscribe_interaction(
        &self,
        interaction: &str,
        attributes: &[&str],
    ) -> Result<(), IcwsError> {
        let body = InteractionSubscription {
            attribute_names: attributes.iter().copied().map(str::to_owned).collect(),
        };
        self.tell(Method::PUT, &subscription(interaction), &body)
            .await
            .map(drop)
    }

    /// `DELETE messaging/subscriptions/interactions/{interactionId}`.
    pub async fn unsubscribe_interaction(&self, interaction: &str) -> Result<(), IcwsError> {
        self.act(Method::DELETE, &subscription(interaction)).await
    }

    /// `PUT messaging/subscriptions/interactions/{interactionId}/email`.
    pub async fn subscribe_email(&self, interaction: &str) -> Result<(), IcwsError> {
        self.act(Method::PUT, &format!("{}/email", subscription(interaction)))
            .await
    }

    /// `DELETE messaging/subscriptions/interactions/{interactionId}/email`.
    pub async fn unsubscribe_email(&self, interaction: &str) -> Result<(), IcwsError> {
        self.act(
            Method::DELETE,
            &format!("{}/email", subscription(interaction)),
        )
        .await
    }

    /// `POST interactions/{interactionId}/email/save`.
    pub async fn save_email(
        &self,
        interaction: &str,
        content: &EmailContent,
    ) -> Result<(), IcwsError> {
        let body = EmailSaveParameters {
            email_content: content.clone(),
        };
        self.tell(Method::POST, &email(interaction, "save"), &body)
            .await
            .map(drop)
    }

    /// `POST interactions/{interactionId}/email/send`.
    pub async fn send_email(&self, interaction: &str) -> Result<(), IcwsError> {
        self.act(Method::POST, &email(interaction, "send")).await
    }

    /// `POST interactions/{interactionId}/email/attachments/file/upload`: begins an upload.
    pub async fn upload(
        &self,
        interaction: &str,
        name: &str,
        inline: bool,
    ) -> Result<EmailUploadFileAttachmentResponse, IcwsError> {
        let body = EmailUploadFileAttachmentRequest {
            upload_file_name: name.to_owned(),
            is_inline_attachment: inline,
        };
        self.tell(
            Method::POST,
            &email(interaction, "attachments/file/upload"),
            &body,
        )
        .await?
        .read()
    }

    /// Begins an upload and puts the bytes. The outcome comes as a message.
    pub async fn upload_bytes(
        &self,
        interaction: &str,
        name: &str,
        inline: bool,
        bytes: impl Into<Bytes>,
    ) -> Result<EmailUploadFileAttachmentResponse, IcwsError> {
        let begun = self.upload(interaction, name, inline).await?;
        self.put(&begun.upload_uri, bytes).await?;
        Ok(begun)
    }

    /// `POST interactions/{interactionId}/email/attachments/file/remove`.
    pub async fn remove_attachment(
        &self,
        interaction: &str,
        file_uri: &str,
    ) -> Result<(), IcwsError> {
        let body = EmailRemoveFileAttachmentRequest {
            file_uri: file_uri.to_owned(),
        };
        self.tell(
            Method::POST,
            &email(interaction, "attachments/file/remove"),
            &body,
        )
        .await
        .map(drop)
    }

    /// `POST interactions/{interactionId}/email/attachments/response-management/insert`.
    pub async fn insert(
        &self,
        interaction: &str,
        item: Guid,
        inline: Option<bool>,
    ) -> Result<EmailInsertResponseManagementResponse, IcwsError> {
        let body = EmailInsertResponseManagementRequest {
            id: item,
            is_inline_attachment: inline,
        };
        self.tell(
            Method::POST,
            &email(interaction, "attachments/response-management/insert"),
            &body,
        )
        .await?
        .read()
    }
}

fn action(interaction: &str, name: &str) -> String {
    format!("/interactions/{}/{name}", encode(interaction))
}

const ALERTING: &str = "/messaging/subscriptions/interaction-alerting";

fn queues(subscription: &str) -> String {
    format!("/messaging/subscriptions/queues/{}", encode(subscription))
}

fn subscription(interaction: &str) -> String {
    format!(
        "/messaging/subscriptions/interactions/{}",
        encode(interaction)
    )
}

fn email(interaction: &str, action: &str) -> String {
    format!("/interactions/{}/email/{action}", encode(interaction))
}
