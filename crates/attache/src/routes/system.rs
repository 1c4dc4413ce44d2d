//! Notifications from session to session: `icws/(sessionId)/system/`.

use axum::extract::State;
use desk::system;
use icws::system::{HandlerNotification, HandlerSentNotificationsSubscription};

use crate::answer::{NoContent, Refused, Taken};
use crate::app::App;
use crate::extract::{Json, Session};

type Answer<T> = Result<T, Refused>;

/// `POST system/handler-notification`.
pub async fn notify(
    _: Session,
    State(app): State<App>,
    Json(notification): Json<HandlerNotification>,
) -> Answer<Taken> {
    app.desk
        .write(move |tx, at| system::notify(tx, &notification, at.now))
        .await?;
    Ok(Taken)
}

/// `PUT messaging/subscriptions/system/handler-sent-notifications`.
pub async fn subscribe(
    session: Session,
    State(app): State<App>,
    Json(request): Json<HandlerSentNotificationsSubscription>,
) -> Answer<NoContent> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| system::listen(tx, &caller, &request.headers))
        .await?;
    Ok(NoContent)
}

/// `DELETE messaging/subscriptions/system/handler-sent-notifications`.
pub async fn unsubscribe(session: Session, State(app): State<App>) -> Answer<NoContent> {
    let own = session.session;
    app.desk
        .write(move |tx, _| system::listen_no_more(tx, own))
        .await?;
    Ok(NoContent)
}
