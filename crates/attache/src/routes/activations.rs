//! Activations: `icws/(sessionId)/activations/`. `filter` names those whose activations are told, `select` those with which.

use axum::extract::State;
use desk::activations::{self as rules, Side};
use icws::activations::{
    UserActivationDelta, UserActivationSet, UserActivationSets, UserActivationSubscription,
    WorkgroupActivationDelta, WorkgroupActivationSet, WorkgroupActivationSets,
    WorkgroupActivationSubscription,
};

use crate::answer::{Done, NoContent, Refused, Representation};
use crate::app::App;
use crate::extract::{Json, LastSegment, Parameters, Session};

type Answer<T> = Result<T, Refused>;

fn names(query: &Parameters, parameter: &str) -> Vec<String> {
    query.list(parameter).map(str::to_owned).collect()
}

/// `GET activations/users`.
pub async fn of_users(
    session: Session,
    query: Parameters,
    State(app): State<App>,
) -> Answer<Representation<UserActivationSets>> {
    let caller = session.caller();
    let (users, workgroups) = (names(&query, "filter"), names(&query, "select"));
    let user_activation_set_list = app
        .desk
        .read(move |conn, _| rules::of_users(conn, &caller, &users, &workgroups))
        .await?;
    Ok(Representation(UserActivationSets {
        user_activation_set_list,
    }))
}

/// `GET activations/users/{userId}`.
pub async fn of_user(
    session: Session,
    LastSegment(user): LastSegment,
    query: Parameters,
    State(app): State<App>,
) -> Answer<Representation<UserActivationSet>> {
    let caller = session.caller();
    let workgroups = names(&query, "select");
    let set = app
        .desk
        .read(move |conn, _| rules::of_user(conn, &caller, &user, &workgroups))
        .await?;
    Ok(Representation(set))
}

/// `PUT activations/users/{userId}`.
pub async fn set_user(
    session: Session,
    LastSegment(user): LastSegment,
    State(app): State<App>,
    Json(delta): Json<UserActivationDelta>,
) -> Answer<Representation<UserActivationSet>> {
    let caller = session.caller();
    let set = app
        .desk
        .write(move |tx, _| rules::set_user(tx, &caller, &user, &delta.activations))
        .await?;
    Ok(Representation(set))
}

/// `GET activations/workgroups`.
pub async fn of_workgroups(
    session: Session,
    query: Parameters,
    State(app): State<App>,
) -> Answer<Representation<WorkgroupActivationSets>> {
    let caller = session.caller();
    let (workgroups, users) = (names(&query, "filter"), names(&query, "select"));
    let workgroup_activation_set_list = app
        .desk
        .read(move |conn, _| rules::of_workgroups(conn, &caller, &workgroups, &users))
        .await?;
    Ok(Representation(WorkgroupActivationSets {
        workgroup_activation_set_list,
    }))
}

/// `GET activations/workgroups/{workgroupId}`.
pub async fn of_workgroup(
    session: Session,
    LastSegment(workgroup): LastSegment,
    query: Parameters,
    State(app): State<App>,
) -> Answer<Representation<WorkgroupActivationSet>> {
    let caller = session.caller();
    let users = names(&query, "select");
    let set = app
        .desk
        .read(move |conn, _| rules::of_workgroup(conn, &caller, &workgroup, &users))
        .await?;
    Ok(Representation(set))
}

/// `PUT activations/workgroups/{workgroupId}`.
pub async fn set_workgroup(
    session: Session,
    LastSegment(workgroup): LastSegment,
    State(app): State<App>,
    Json(delta): Json<WorkgroupActivationDelta>,
) -> Answer<Representation<WorkgroupActivationSet>> {
    let caller = session.caller();
    let set = app
        .desk
        .write(move |tx, _| rules::set_workgroup(tx, &caller, &workgroup, &delta.activations))
        .await?;
    Ok(Representation(set))
}

/// `PUT messaging/subscriptions/activations/users/{subscriptionId}`.
pub async fn subscribe_user(
    session: Session,
    LastSegment(name): LastSegment,
    State(app): State<App>,
    Json(request): Json<UserActivationSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| rules::watch_user(tx, &caller, &name, &request))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/activations/users/{subscriptionId}`.
pub async fn unsubscribe_user(
    session: Session,
    LastSegment(name): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    unsubscribe(session, Side::User, name, &app).await
}

/// `PUT messaging/subscriptions/activations/workgroups/{subscriptionId}`.
pub async fn subscribe_workgroup(
    session: Session,
    LastSegment(name): LastSegment,
    State(app): State<App>,
    Json(request): Json<WorkgroupActivationSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| rules::watch_workgroup(tx, &caller, &name, &request))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/activations/workgroups/{subscriptionId}`.
pub async fn unsubscribe_workgroup(
    session: Session,
    LastSegment(name): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    unsubscribe(session, Side::Workgroup, name, &app).await
}

async fn unsubscribe(session: Session, side: Side, name: String, app: &App) -> Answer<NoContent> {
    let own = session.session;
    app.desk
        .write(move |tx, _| rules::unwatch(tx, own, side, &name))
        .await?;
    Ok(NoContent)
}
