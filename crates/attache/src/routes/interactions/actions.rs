//! What is done with an interaction: `icws/(sessionId)/interactions/(interactionId)/`.

use axum::extract::State;
use desk::interactions::{self, actions};
use icws::interactions::{
    HoldParameters, MakePrivateParameters, TransferParameters, WrapupAssignment,
};

use crate::answer::{Done, Refused};
use crate::app::App;
use crate::extract::{Hold, InPath, Json, Park, PickUp, Session, Transfer};

type Answer = Result<Done, Refused>;

/// `POST interactions/{id}/pickup`.
pub async fn pick_up(
    session: Session<PickUp>,
    InPath(id): InPath,
    State(app): State<App>,
) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, at| actions::pick_up(tx, &caller, id, at))
        .await?;
    Ok(Done)
}

/// `POST interactions/{id}/hold`.
pub async fn hold(
    session: Session<Hold>,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<HoldParameters>,
) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| actions::hold(tx, &caller, id, request.on))
        .await?;
    Ok(Done)
}

/// `POST interactions/{id}/park`.
pub async fn park(
    session: Session<Park>,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<TransferParameters>,
) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, at| actions::park(tx, &caller, id, &request, at))
        .await?;
    Ok(Done)
}

/// `POST interactions/{id}/blind-transfer`.
pub async fn transfer(
    session: Session<Transfer>,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<TransferParameters>,
) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, at| actions::transfer(tx, &caller, id, &request, at))
        .await?;
    Ok(Done)
}

/// `POST interactions/{id}/disconnect`.
pub async fn disconnect(session: Session, InPath(id): InPath, State(app): State<App>) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, at| interactions::disconnect(tx, &caller, id, at))
        .await?;
    Ok(Done)
}

/// `POST interactions/{id}/make-private`.
pub async fn make_private(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<MakePrivateParameters>,
) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| actions::make_private(tx, &caller, id, request.on))
        .await?;
    Ok(Done)
}

/// `POST interactions/{id}/wrap-up-assignments`.
pub async fn wrap_up(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<WrapupAssignment>,
) -> Answer {
    let caller = session.caller();
    app.desk
        .write(move |tx, at| actions::wrap_up(tx, &caller, id, &request, at))
        .await?;
    Ok(Done)
}
