//! Configuration objects: `icws/(sessionId)/configuration/`. Users, roles, workgroups and response libraries; the handlers are the same
//! for all kinds.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::configuration::documents::{self, Documents};
use desk::configuration::kinds::{Roles, Users, Workgroups};
use desk::configuration::watching::{self, Watch};
use desk::configuration::{self as rules, Asked, Detail, Kind, Page, changing};
use desk::{At, Refusal};
use icws::configuration::{
    ConfigObjectSubscription, SubObjectSet, UpdateOperationResult, people as wire,
};
use serde::Serialize;
use store::Tx;

use crate::answer::{Created, Done, NoContent, Refused, Representation};
use crate::app::App;
use crate::extract::{
    Asked as AskedRight, BeforeLastSegment, Json, LastSegment, MakesRoles, MakesUsers,
    MakesWorkgroups, Parameters, Session,
};

type Answer<T> = Result<T, Refused>;

/// What is asked of configuration objects: the query, and the header `Range`.
#[derive(Debug)]
pub struct Query(pub Asked);

impl FromRequestParts<App> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let query = Parameters::from_request_parts(parts, app).await?;
        let list = |name: &str| query.list(name).map(str::to_owned).collect();
        let one = |name: &str| query.all(name).last().map(str::to_owned);
        let on = |name: &str| {
            let said = query.all(name).last().map(str::to_ascii_lowercase);
            said.is_some_and(|said| !matches!(said.as_str(), "false" | "0"))
        };
        Ok(Self(Asked {
            select: list("select"),
            conditions: list("where"),
            order_by: one("orderBy"),
            rights_filter: one("rightsFilter"),
            range: range(&parts.headers),
            detail: Detail {
                actual: on("actualValues"),
                inherited: on("inheritedValues"),
                origin: on("singlePropertyInheritedFrom"),
            },
        }))
    }
}

/// `Range: items=10-20`, counted from 0. What is no such range is not looked at, as RFC 9110 has it.
fn range(headers: &HeaderMap) -> Option<(usize, usize)> {
    let range = headers.get(header::RANGE)?.to_str().ok()?.trim();
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    let first = first.trim().parse().ok()?;
    let last = match last.trim() {
        "" => usize::MAX,
        last => last.parse().ok()?,
    };
    (unit.trim().eq_ignore_ascii_case("items") && first <= last).then_some((first, last))
}

/// A list of configuration objects, of which the header `Content-Range` says which of how many they are.
#[derive(Debug)]
pub struct Listed<T> {
    list: T,
    range: String,
}

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let mut response = Representation(self.list).into_response();
        if let Ok(range) = HeaderValue::from_str(&self.range) {
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
        response
    }
}

fn listed<O, T>(page: Page<O>, list: impl FnOnce(Vec<O>) -> T) -> Listed<T> {
    let (first, count, total) = (page.first, page.items.len(), page.total);
    let range = match count {
        0 => format!("items */{total}"),
        count => format!("items {first}-{}/{total}", first + count - 1),
    };
    Listed {
        list: list(page.items),
        range,
    }
}

async fn page<K: Kind + 'static>(
    session: Session,
    app: App,
    asked: Asked,
) -> Answer<Page<K::Object>>
where
    K::Object: Send,
{
    let (caller, desk) = (session.caller(), app.desk.clone());
    let rule =
        move |conn: &mut _, _: &_| rules::list::<K>(conn, &caller, &asked, desk.descriptions());
    Ok(app.desk.read(rule).await?)
}

async fn one<K: Kind + 'static>(
    session: Session,
    app: App,
    id: String,
    asked: Asked,
) -> Answer<Representation<K::Object>>
where
    K::Object: Send,
{
    let (caller, desk) = (session.caller(), app.desk.clone());
    let rule =
        move |conn: &mut _, _: &_| rules::get::<K>(conn, &caller, &id, &asked, desk.descriptions());
    Ok(Representation(app.desk.read(rule).await?))
}

/// `GET configuration/users`.
pub async fn users(
    session: Session,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Listed<wire::Users>> {
    let page = page::<Users>(session, app, asked).await?;
    Ok(listed(page, |items| wire::Users { items }))
}

/// `GET configuration/users/{id}`.
pub async fn user(
    session: Session,
    LastSegment(id): LastSegment,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Representation<wire::User>> {
    one::<Users>(session, app, id, asked).await
}

/// `GET configuration/roles`.
pub async fn roles(
    session: Session,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Listed<wire::Roles>> {
    let page = page::<Roles>(session, app, asked).await?;
    Ok(listed(page, |items| wire::Roles { items }))
}

/// `GET configuration/roles/{id}`.
pub async fn role(
    session: Session,
    LastSegment(id): LastSegment,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Representation<wire::Role>> {
    one::<Roles>(session, app, id, asked).await
}

/// `GET configuration/workgroups`.
pub async fn workgroups(
    session: Session,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Listed<wire::Workgroups>> {
    let page = page::<Workgroups>(session, app, asked).await?;
    Ok(listed(page, |items| wire::Workgroups { items }))
}

/// `GET configuration/workgroups/{id}`.
pub async fn workgroup(
    session: Session,
    LastSegment(id): LastSegment,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Representation<wire::Workgroup>> {
    one::<Workgroups>(session, app, id, asked).await
}

/// `GET configuration/response-management-documents`.
pub async fn documents(
    session: Session,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Listed<wire::ResponseManagementDocuments>> {
    app.desk.read_descriptions().await?;
    let page = page::<Documents>(session, app, asked).await?;
    Ok(listed(page, |items| wire::ResponseManagementDocuments {
        items,
    }))
}

/// `GET configuration/response-management-documents/{id}`.
pub async fn document(
    session: Session,
    LastSegment(id): LastSegment,
    Query(asked): Query,
    State(app): State<App>,
) -> Answer<Representation<wire::ResponseManagementDocument>> {
    app.desk.read_descriptions().await?;
    one::<Documents>(session, app, id, asked).await
}

/// Runs a rule that changes people, and resolves when this server knows of it: what was taken from somebody cannot be used after that.
async fn write<T: Send + 'static>(
    app: &App,
    rule: impl FnMut(&mut Tx<'_>, &At) -> Result<T, Refusal> + Send + 'static,
) -> Answer<T> {
    let done = app.desk.write(rule).await?;
    app.desk.caught_up().await;
    Ok(done)
}

/// An object that was made; the header `Location` says where it is.
fn made<R: AskedRight>(
    session: &Session<R>,
    result: UpdateOperationResult,
) -> Created<UpdateOperationResult> {
    let mut headers = HeaderMap::new();
    let uri = result.uri.as_deref().unwrap_or_default();
    if let Ok(location) = HeaderValue::from_str(&session.url(uri)) {
        headers.insert(header::LOCATION, location);
    }
    Created(headers, result)
}

/// `POST configuration/users`.
pub async fn create_user(
    session: Session<MakesUsers>,
    State(app): State<App>,
    Json(update): Json<wire::UserUpdate>,
) -> Answer<Created<UpdateOperationResult>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, at: &At| changing::create_user(tx, &caller, &update, at);
    Ok(made(&session, write(&app, rule).await?))
}

/// `PUT configuration/users/{id}`.
pub async fn update_user(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
    Json(update): Json<wire::UserUpdate>,
) -> Answer<Representation<UpdateOperationResult>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::update_user(tx, &caller, &id, &update);
    Ok(Representation(write(&app, rule).await?))
}

/// `PUT configuration/users/{id}/password`.
pub async fn set_password(
    session: Session,
    BeforeLastSegment(id): BeforeLastSegment,
    State(app): State<App>,
    Json(update): Json<wire::UserPassword>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk.set_password(caller, id, update.password).await?;
    Ok(Done)
}

/// `DELETE configuration/users/{id}`.
pub async fn delete_user(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, at: &At| changing::delete_user(tx, &caller, &id, at);
    write(&app, rule).await?;
    Ok(NoContent)
}

/// `POST configuration/roles`.
pub async fn create_role(
    session: Session<MakesRoles>,
    State(app): State<App>,
    Json(update): Json<wire::RoleUpdate>,
) -> Answer<Created<UpdateOperationResult>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::create_role(tx, &caller, &update);
    Ok(made(&session, write(&app, rule).await?))
}

/// `PUT configuration/roles/{id}`.
pub async fn update_role(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
    Json(update): Json<wire::RoleUpdate>,
) -> Answer<Representation<UpdateOperationResult>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::update_role(tx, &caller, &id, &update);
    Ok(Representation(write(&app, rule).await?))
}

/// `DELETE configuration/roles/{id}`.
pub async fn delete_role(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::delete_role(tx, &caller, &id);
    write(&app, rule).await?;
    Ok(NoContent)
}

/// `POST configuration/workgroups`.
pub async fn create_workgroup(
    session: Session<MakesWorkgroups>,
    State(app): State<App>,
    Json(update): Json<wire::WorkgroupUpdate>,
) -> Answer<Created<UpdateOperationResult>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::create_workgroup(tx, &caller, &update);
    Ok(made(&session, write(&app, rule).await?))
}

/// `PUT configuration/workgroups/{id}`.
pub async fn update_workgroup(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
    Json(update): Json<wire::WorkgroupUpdate>,
) -> Answer<Representation<UpdateOperationResult>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::update_workgroup(tx, &caller, &id, &update);
    Ok(Representation(write(&app, rule).await?))
}

/// `DELETE configuration/workgroups/{id}`.
pub async fn delete_workgroup(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::delete_workgroup(tx, &caller, &id);
    write(&app, rule).await?;
    Ok(NoContent)
}

/// `POST configuration/workgroups/{id}/monitored-mailboxes`.
pub async fn update_mailboxes(
    session: Session,
    BeforeLastSegment(id): BeforeLastSegment,
    State(app): State<App>,
    Json(update): Json<wire::MonitoredMailboxesBulkUpdate>,
) -> Answer<Representation<SubObjectSet>> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| changing::update_mailboxes(tx, &caller, &id, &update);
    Ok(Representation(write(&app, rule).await?))
}

/// `DELETE configuration/response-management-documents/{id}`.
pub async fn delete_document(
    session: Session,
    LastSegment(id): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    let caller = session.caller();
    let rule = move |tx: &mut Tx<'_>, _: &At| documents::delete(tx, &caller, &id);
    write(&app, rule).await?;
    Ok(NoContent)
}

/// `PUT messaging/subscriptions/configuration/{kind}/{subscriptionId}`.
pub async fn subscribe<K: Watch + 'static>(
    session: Session,
    LastSegment(name): LastSegment,
    State(app): State<App>,
    Json(request): Json<ConfigObjectSubscription>,
) -> Answer<Done> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| watching::watch::<K>(tx, &caller, &name, &request))
        .await?;
    Ok(Done)
}

/// `DELETE messaging/subscriptions/configuration/{kind}/{subscriptionId}`.
pub async fn unsubscribe<K: Watch + 'static>(
    session: Session,
    LastSegment(name): LastSegment,
    State(app): State<App>,
) -> Answer<NoContent> {
    let own = session.session;
    app.desk
        .write(move |tx, _| watching::unwatch::<K>(tx, own, &name))
        .await?;
    Ok(NoContent)
}
