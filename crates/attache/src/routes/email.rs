//! Email: the pages below `icws/(sessionId)/interactions/(interactionId)/email/`.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use desk::email::{self, ReadableEmail, addresses, attachments, messages, upload as uploads};
use desk::messaging::{Topic, subscribe as subscribe_to, unsubscribe as unsubscribe_from};
use icws::configuration::mail::SendEmailArgument;
use icws::email::{
    EmailContact, EmailGetMessageParameters, EmailInsertResponseManagementRequest,
    EmailInsertResponseManagementResponse, EmailRemoveFileAttachmentRequest,
    EmailResolveAddressParameters, EmailResolvedAddresses, EmailSaveParameters,
    EmailUploadFileAttachmentRequest, EmailUploadFileAttachmentResponse,
};
use icws::messaging::AsyncOperationAcceptedResponse;

use crate::answer::{Accepted, Done, NoContent, Refused, Representation, for_message};
use crate::app::App;
use crate::extract::{
    InPath, Json, LastSegment, NoRight, ResponseManagement, Session, WithoutToken,
};
use crate::files::{self, Served};

type Answer<T> = Result<T, Refused>;

/// `POST …/email/attachments/response-management/insert`: the key operation.
pub async fn insert_response_file(
    session: Session<ResponseManagement>,
    InPath(interaction): InPath,
    State(app): State<App>,
    Json(request): Json<EmailInsertResponseManagementRequest>,
) -> Answer<Representation<EmailInsertResponseManagementResponse>> {
    let caller = session.caller();
    let (item, inline) = (
        request.id.uuid(),
        request.is_inline_attachment.unwrap_or(false),
    );
    let content_id = app
        .desk
        .write(move |tx, at| {
            email::insert_response_file(tx, &caller, interaction, item, inline, at)
        })
        .await?;
    Ok(Representation(EmailInsertResponseManagementResponse {
        content_id,
    }))
}

/// `PUT messaging/subscriptions/interactions/{id}/email`.
pub async fn subscribe(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| {
            ReadableEmail::obtain(tx.read(), &caller, id)?;
            subscribe_to(tx, &caller, &Topic::Email(id), &[])
        })
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/interactions/{id}/email`.
pub async fn unsubscribe(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe_from(tx, own, &Topic::Email(id)))
        .await?;
    Ok(Done)
}

/// `POST …/email/save`.
pub async fn save(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<EmailSaveParameters>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, at| email::save(tx, &caller, id, &request.email_content, at))
        .await?;
    Ok(Done)
}

/// `POST …/email/send`: the draft as it was last saved.
pub async fn send(session: Session, InPath(id): InPath, State(app): State<App>) -> Answer<Done> {
    app.desk.send_email(&session, id).await?;
    Ok(Done)
}

/// `POST …/email/attachments/file/upload`: announce a file; its bytes come by [`upload`].
pub async fn announce_upload(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<EmailUploadFileAttachmentRequest>,
) -> Answer<Accepted<EmailUploadFileAttachmentResponse>> {
    let caller = session.caller();
    let announced = app
        .desk
        .write(move |tx, at| {
            uploads::announce(
                tx,
                &caller,
                id,
                &request.upload_file_name,
                request.is_inline_attachment,
                at,
            )
        })
        .await?;
    Ok(Accepted(EmailUploadFileAttachmentResponse {
        request_id: announced.request_id,
        interaction_id: id.to_string(),
        file_name: announced.file_name,
        content_id: Some(announced.content_id.unwrap_or_default()),
        upload_uri: announced.uri,
    }))
}

/// `PUT` on an `uploadUri`: the bytes themselves, whatever their Content-Type says.
pub async fn upload(
    session: Session<NoRight, WithoutToken>,
    InPath(id): InPath,
    LastSegment(token): LastSegment,
    State(app): State<App>,
    request: Request,
) -> Answer<Response> {
    let caller = session.caller();
    let reader = session.caller();
    let upload = app
        .desk
        .read(move |conn, at| uploads::find(conn, &reader, id, &token, at.now))
        .await?;
    let media_type = mail::names::media_type(&upload.file_name);
    let received = files::receive(&app, request).await;
    let done = match received {
        Ok(written) => {
            app.desk
                .complete_upload(&caller, upload.clone(), written)
                .await
        }
        Err(refusal) => Err(refusal),
    };
    if let Err(refusal) = done {
        app.desk
            .fail_upload(upload, for_message(&refusal, caller.language))
            .await?;
        return Err(refusal.into());
    }
    Ok(files::received(&media_type))
}

/// `POST …/email/attachments/file/remove`.
pub async fn remove_attachment(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<EmailRemoveFileAttachmentRequest>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| attachments::remove(tx, &caller, id, &request.file_uri))
        .await?;
    Ok(Done)
}

/// `POST …/email/attachments/message/download`: open an attached message, which comes as a message of its own.
pub async fn open_message(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<EmailGetMessageParameters>,
) -> Answer<Accepted<AsyncOperationAcceptedResponse>> {
    let caller = session.caller();
    let request_id = app
        .desk
        .write(move |tx, at| messages::open(tx, &caller, id, &request.message_id, at))
        .await?;
    Ok(Accepted(AsyncOperationAcceptedResponse { request_id }))
}

/// `POST interactions/email/resolve-address`.
pub async fn resolve_address(
    _session: Session,
    State(app): State<App>,
    Json(request): Json<EmailResolveAddressParameters>,
) -> Answer<Representation<EmailResolvedAddresses>> {
    let found = app
        .desk
        .read(move |conn, _| addresses::resolve(conn, &request.name, request.max_results))
        .await?;
    let matched_addresses = found.into_iter().map(|found| EmailContact {
        name: Some(found.name).filter(|name| !name.is_empty()),
        address: found.address,
    });
    Ok(Representation(EmailResolvedAddresses {
        matched_addresses: matched_addresses.collect(),
    }))
}

/// `POST configuration/mail/send-email`.
pub async fn send_plain(
    session: Session,
    State(app): State<App>,
    Json(request): Json<SendEmailArgument>,
) -> Answer<NoContent> {
    let caller = session.caller();
    app.desk.send_plain_email(&caller, request).await?;
    Ok(NoContent)
}

/// `GET` on a `downloadUri`.
pub async fn download(
    session: Session<NoRight, WithoutToken>,
    InPath(id): InPath,
    LastSegment(number): LastSegment,
    State(app): State<App>,
    headers: HeaderMap,
) -> Answer<Response> {
    let caller = session.caller();
    let number = attachments::number_of(&number).unwrap_or(0);
    let file = app
        .desk
        .read(move |conn, _| attachments::readable(conn, &caller, id, number))
        .await?;
    let served = Served {
        file_name: file.file_name,
        media_type: file.media_type,
        bytes: file.bytes,
        caching: files::Caching::Revalidate,
    };
    Ok(files::serve(&app, served, &headers).await?)
}
