//! Statuses: `icws/(sessionId)/status/`.

use axum::extract::State;
use desk::messaging::{Topic, subscribe, unsubscribe};
use desk::status;
use icws::messaging::AsyncOperationAcceptedResponse;
use icws::status::{
    StatusMessages, StatusMessagesUserAccess, StatusMessagesUserAccessSubscription, UserStatus,
    UserStatusSubscription, UserStatusUpdate,
};

use crate::answer::{Accepted, Done, Refused, Representation};
use crate::app::App;
use crate::extract::{Json, LastSegment, Session};

type Answer<T> = Result<T, Refused>;

/// `GET status/status-messages`.
pub async fn messages(
    session: Session,
    State(app): State<App>,
) -> Answer<Representation<StatusMessages>> {
    let language = session.language;
    let status_message_list = app
        .desk
        .read(move |conn, _| status::messages(conn, language))
        .await?;
    Ok(Representation(StatusMessages {
        status_message_list,
    }))
}

/// `GET status/user-statuses/{userId}`.
pub async fn get(
    _: Session,
    LastSegment(user): LastSegment,
    State(app): State<App>,
) -> Answer<Representation<UserStatus>> {
    let status = app
        .desk
        .read(move |conn, _| status::of_user(conn, &user))
        .await?;
    Ok(Representation(status))
}

/// `PUT status/user-statuses/{userId}`.
pub async fn put(
    session: Session,
    LastSegment(user): LastSegment,
    State(app): State<App>,
    Json(update): Json<UserStatusUpdate>,
) -> Answer<Accepted<AsyncOperationAcceptedResponse>> {
    let caller = session.caller();
    let request_id = app
        .desk
        .write(move |tx, at| status::set(tx, &caller, &user, &update, at.now))
        .await?;
    Ok(Accepted(AsyncOperationAcceptedResponse { request_id }))
}

/// `PUT messaging/subscriptions/status/status-messages`.
pub async fn subscribe_messages(session: Session, State(app): State<App>) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| subscribe(tx, &caller, &Topic::StatusMessages, &[]))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/status/status-messages`.
pub async fn unsubscribe_messages(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &Topic::StatusMessages))
        .await?;
    Ok(Done)
}

/// `PUT messaging/subscriptions/status/user-statuses`.
pub async fn subscribe_users(
    session: Session,
    State(app): State<App>,
    Json(request): Json<UserStatusSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| status::watch(tx, &caller, &request))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/status/user-statuses`.
pub async fn unsubscribe_users(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &Topic::UserStatuses))
        .await?;
    Ok(Done)
}

/// `GET status/status-messages-user-access/{userId}`.
pub async fn access(
    _: Session,
    LastSegment(user): LastSegment,
    State(app): State<App>,
) -> Answer<Representation<StatusMessagesUserAccess>> {
    let access = app
        .desk
        .read(move |conn, _| status::access_of(conn, &user))
        .await?;
    Ok(Representation(access))
}

/// `PUT messaging/subscriptions/status/status-messages-user-access`.
pub async fn subscribe_access(
    session: Session,
    State(app): State<App>,
    Json(request): Json<StatusMessagesUserAccessSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| status::watch_access(tx, &caller, &request.user_ids))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/status/status-messages-user-access`.
pub async fn unsubscribe_access(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &Topic::StatusAccess))
        .await?;
    Ok(Done)
}
