//! Watching sessions: `icws/(sessionId)/messaging/subscriptions/session/`.

use axum::extract::State;
use desk::messaging::{Topic, unsubscribe};
use desk::supervising;
use icws::session::{SessionsStationsSubscription, SessionsUsersSubscription};

use crate::answer::{Done, Refused};
use crate::app::App;
use crate::extract::{Json, Session};

type Answer<T> = Result<T, Refused>;

/// `PUT messaging/subscriptions/session/sessions-users`.
pub async fn subscribe_users(
    session: Session,
    State(app): State<App>,
    Json(request): Json<SessionsUsersSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| supervising::watch_users(tx, &caller, request.user_ids.as_deref()))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/session/sessions-users`.
pub async fn unsubscribe_users(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &Topic::SessionsOfUsers))
        .await?;
    Ok(Done)
}

/// `PUT messaging/subscriptions/session/sessions-stations`.
pub async fn subscribe_stations(
    session: Session,
    State(app): State<App>,
    Json(request): Json<SessionsStationsSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| {
            supervising::watch_stations(tx, &caller, request.station_ids.as_deref())
        })
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/session/sessions-stations`.
pub async fn unsubscribe_stations(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &Topic::SessionsAtStations))
        .await?;
    Ok(Done)
}
