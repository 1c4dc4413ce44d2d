//! The body, as the contract's type and within its limit.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use desk::Refusal;
use http_body_util::BodyExt;

use crate::answer::Refused;
use crate::app::{App, BodyLimits};

/// Which limit a request's body has.
pub trait Bounded: icws::Request {
    /// In bytes.
    fn limit(limits: &BodyLimits) -> u64;
}

macro_rules! bounded {
    ($($limit:ident: $($type:ty),+;)+) => {$($(
        impl Bounded for $type {
            fn limit(limits: &BodyLimits) -> u64 {
                limits.$limit
            }
        }
    )+)+};
}

bounded! {
    json: icws::connection::AuthRequest,
        icws::connection::CreateUniqueAuthTokenRequest,
        icws::connection::StationSettings,
        icws::interactions::InteractionAttributesUpdate,
        icws::interactions::InteractionSubscription,
        icws::interactions::AlertSubscriptionParameters,
        icws::interactions::HoldParameters,
        icws::interactions::MakePrivateParameters,
        icws::interactions::TransferParameters,
        icws::interactions::WrapupAssignment,
        icws::queues::QueueSubscriptionParameters,
        icws::email::EmailUploadFileAttachmentRequest,
        icws::email::EmailRemoveFileAttachmentRequest, icws::email::EmailGetMessageParameters,
        icws::email::EmailResolveAddressParameters,
        icws::email::EmailInsertResponseManagementRequest,
        icws::response_management::GenerateFileUrlRequest,
        icws::activations::UserActivationDelta,
        icws::activations::UserActivationSubscription,
        icws::activations::WorkgroupActivationDelta,
        icws::activations::WorkgroupActivationSubscription,
        icws::configuration::ConfigObjectSubscription,
        icws::configuration::people::RoleUpdate,
        icws::configuration::people::UserUpdate,
        icws::configuration::people::UserPassword,
        icws::configuration::people::WorkgroupUpdate,
        icws::configuration::people::MonitoredMailboxesBulkUpdate,
        icws::licenses::Licenses,
        icws::licenses::LicenseStageOperations,
        icws::session::SessionsStationsSubscription,
        icws::session::SessionsUsersSubscription,
        icws::status::StatusMessagesUserAccessSubscription,
        icws::status::UserStatusSubscription,
        icws::status::UserStatusUpdate,
        icws::system::HandlerNotification,
        icws::system::HandlerSentNotificationsSubscription;
    email: icws::interactions::CreateInteractionParameters, icws::email::EmailSaveParameters, icws::configuration::mail::SendEmailArgument;
    library: icws::response_management::Library;
}

/// The body as the contract's type, whatever its Content-Type says.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Bounded> FromRequest<App> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let body = read_bounded(request, T::limit(&app.body_limits)).await?;
        Ok(Self(icws::read::<T>(&body).map_err(Refusal::from)?))
    }
}

/// Reads a body to its end, or to its limit and no further.
async fn read_bounded(request: Request, limit: u64) -> Result<Vec<u8>, Refusal> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Refusal::BodyTooLarge { limit });
    }
    let mut body = request.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Refusal::Malformed(format!("its body broke off ({error})")))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if (bytes.len() + data.len()) as u64 > limit {
            return Err(Refusal::BodyTooLarge { limit });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
