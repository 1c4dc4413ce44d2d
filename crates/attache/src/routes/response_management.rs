//! Response management: `icws/(sessionId)/response-management/index.htm`.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use desk::messaging::{Topic, subscribe as subscribe_to, unsubscribe as unsubscribe_from};
use desk::{Refusal, response_management as rules};
use icws::response_management::{GenerateFileUrlRequest, GenerateFileUrlResponse, Library};
use uuid::Uuid;

use crate::answer::{NoContent, Refused, Representation};
use crate::app::App;
use crate::extract::{Json, LastSegment, Parameters, ResponseManagement, Session, WithoutToken};
use crate::files::{self, Caching, Served};

type Answer<T> = Result<T, Refused>;

/// `PUT messaging/subscriptions/response-management`.
pub async fn subscribe(
    session: Session<ResponseManagement>,
    State(app): State<App>,
) -> Answer<NoContent> {
    let caller = session.caller();
    app.desk
        .write(move |tx, _| subscribe_to(tx, &caller, &Topic::ResponseManagement, &[]))
        .await?;
    Ok(NoContent)
}

/// `DELETE messaging/subscriptions/response-management`: its contract has no 403.
pub async fn unsubscribe(session: Session, State(app): State<App>) -> Answer<NoContent> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe_from(tx, own, &Topic::ResponseManagement))
        .await?;
    Ok(NoContent)
}

/// `PUT response-management`: replace one's own library.
pub async fn save(
    session: Session<ResponseManagement>,
    State(app): State<App>,
    Json(library): Json<Library>,
) -> Answer<NoContent> {
    app.desk.save_personal_library(&session, library).await?;
    Ok(NoContent)
}

/// `POST response-management/file`.
pub async fn file_url(
    session: Session<ResponseManagement>,
    State(app): State<App>,
    Json(request): Json<GenerateFileUrlRequest>,
) -> Answer<Representation<GenerateFileUrlResponse>> {
    let caller = session.caller();
    let url = app
        .desk
        .read(move |conn, at| rules::file_url(conn, &caller, &request.name, &at.rules.limits))
        .await?;
    Ok(Representation(GenerateFileUrlResponse { url }))
}

/// `GET` on a library's `url`. What an address with an old tag gives is the library of now, which the client may not keep.
pub async fn library(
    session: Session<ResponseManagement, WithoutToken>,
    LastSegment(library_id): LastSegment,
    query: Parameters,
    State(app): State<App>,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = Uuid::parse_str(&library_id).map_err(|_| Refusal::LibraryNotFound)?;
    let caller = session.caller();
    let (bytes, tag) = app
        .desk
        .read(move |conn, _| rules::document(conn, &caller, id))
        .await?;
    let caching = if query.all("tag").eq([tag.as_str()]) {
        Caching::Immutable
    } else {
        Caching::Revalidate
    };
    let media_type = icws::MEDIA_TYPE.to_owned();
    let served = Served {
        bytes,
        file_name: String::new(),
        media_type,
        caching,
    };
    Ok(files::serve(&app, served, &headers).await?)
}

/// `GET` on a file's URL.
pub async fn file(
    session: Session<ResponseManagement, WithoutToken>,
    LastSegment(key): LastSegment,
    State(app): State<App>,
    headers: HeaderMap,
) -> Answer<Response> {
    let caller = session.caller();
    let stored = app
        .desk
        .read(move |conn, _| rules::read_file(conn, &caller, &key))
        .await?;
    let served = Served {
        bytes: stored.bytes,
        file_name: stored.file_name,
        media_type: stored.media_type,
        caching: Caching::Revalidate,
    };
    Ok(files::serve(&app, served, &headers).await?)
}

/// `PUT` on a file's URL: the bytes of a file of one's own, whatever their Content-Type says.
pub async fn upload_file(
    session: Session<ResponseManagement, WithoutToken>,
    LastSegment(name): LastSegment,
    State(app): State<App>,
    request: Request,
) -> Answer<Response> {
    app.desk.check_own_file(&session, &name).await?;
    let written = files::receive(&app, request).await?;
    app.desk.keep_own_file(&session, &name, written).await?;
    Ok(files::received(&mail::names::media_type(&name)))
}
