//! What alerts the user: `icws/(sessionId)/messaging/subscriptions/interaction-alerting/index.htm`.

use axum::extract::State;
use desk::interactions::alerting;
use desk::messaging::unsubscribe as unsubscribe_from;
use icws::interactions::AlertSubscriptionParameters;

use super::check_names;
use crate::answer::{Done, Refused};
use crate::app::App;
use crate::extract::{Json, Session};

type Answer = Result<Done, Refused>;

/// `PUT messaging/subscriptions/interaction-alerting`.
pub async fn subscribe(
    session: Session,
    State(app): State<App>,
    Json(request): Json<AlertSubscriptionParameters>,
) -> Answer {
    let names = request.attribute_names.unwrap_or_default();
    check_names("attributeNames", &names)?;
    let caller = session.caller();
    app.desk
        .write(move |tx, _| alerting::listen(tx, &caller, &names))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/interaction-alerting`.
pub async fn unsubscribe(session: Session, State(app): State<App>) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| unsubscribe_from(tx, caller.session, &alerting::topic(&caller)))
        .await?;
    Ok(Done)
}
