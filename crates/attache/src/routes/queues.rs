//! Queues: `icws/(sessionId)/messaging/subscriptions/queues/`.

use axum::extract::State;
use desk::messaging::unsubscribe;
use desk::queues;
use icws::queues::QueueSubscriptionParameters;

use super::interactions::check_names;
use crate::answer::{Done, Refused};
use crate::app::App;
use crate::extract::{Json, LastSegment, Session};

type Answer = Result<Done, Refused>;

/// `PUT messaging/subscriptions/queues/{subscriptionId}`.
pub async fn subscribe(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
    Json(request): Json<QueueSubscriptionParameters>,
) -> Answer {
    check_names("attributeNames", &request.attribute_names)?;
    let caller = session.caller();
    app.desk
        .write(move |tx, _| queues::watch(tx, &caller, &id, &request))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/queues/{subscriptionId}`.
pub async fn unsubscribe_from(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
) -> Answer {
    let (own, topic) = (session.session, queues::topic(&id)?);
    app.desk
        .write(move |tx, _| unsubscribe(tx, own, &topic))
        .await?;
    Ok(Done)
}
