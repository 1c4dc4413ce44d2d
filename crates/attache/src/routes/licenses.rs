//! Licences: `icws/(sessionId)/licenses/index.htm`.

use axum::extract::State;
use desk::licenses;
use desk::messaging::{Topic, subscribe as subscribe_to, unsubscribe as unsubscribe_from};
use icws::licenses::{
    LicenseOperationResults, LicenseStageOperationResults, LicenseStageOperations, Licenses,
};

use crate::answer::{Done, NoContent, Refused, Representation};
use crate::app::App;
use crate::extract::{Json, Session};

type Answer<T> = Result<T, Refused>;

/// `POST licenses` and `PUT licenses`: nothing is kept, so to replace is to acquire.
pub async fn acquire(
    _: Session,
    Json(request): Json<Licenses>,
) -> Answer<Representation<LicenseOperationResults>> {
    Ok(Representation(LicenseOperationResults {
        license_operation_result_list: licenses::acquire(request.license_list)?,
    }))
}

/// `POST licenses/license-stages`.
pub async fn acquire_in_stages(
    _: Session,
    Json(request): Json<LicenseStageOperations>,
) -> Answer<Representation<LicenseStageOperationResults>> {
    let stages = request.license_stage_operation_list;
    Ok(Representation(LicenseStageOperationResults {
        license_stage_operation_result_list: licenses::acquire_in_stages(stages)?,
    }))
}

/// `DELETE licenses`.
pub async fn release(_: Session) -> NoContent {
    NoContent
}

/// `PUT messaging/subscriptions/licenses`.
pub async fn subscribe(
    session: Session,
    State(app): State<App>,
    Json(request): Json<Licenses>,
) -> Answer<Done> {
    licenses::check(&request.license_list)?;
    let caller = session.caller();
    app.desk
        .write(move |tx, _| subscribe_to(tx, &caller, &Topic::Licenses, &request.license_list))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/licenses`.
pub async fn unsubscribe(session: Session, State(app): State<App>) -> Answer<Done> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe_from(tx, own, &Topic::Licenses))
        .await?;
    Ok(Done)
}
