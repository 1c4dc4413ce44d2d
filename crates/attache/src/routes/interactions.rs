//! Interactions: `icws/(sessionId)/interactions/index.htm`.

pub mod actions;
pub mod alerting;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use desk::Refusal;
use desk::email;
use desk::interactions::attributes::Append;
use desk::interactions::{Readable, attributes};
use desk::messaging::{Topic, subscribe as subscribe_to, unsubscribe as unsubscribe_from};
use icws::interactions::{
    AppendMode, CreateInteractionParameters, InteractionAttributes, InteractionAttributesUpdate,
    InteractionCreated, InteractionSubscription,
};

use crate::answer::{Created, Done, NoContent, Refused, Representation};
use crate::app::App;
use crate::extract::{InPath, Json, Parameters, Session};

type Answer<T> = Result<T, Refused>;

/// The most attribute names that one request may ask for.
const MOST_NAMES: usize = 1_000;

/// `POST interactions`: make an email, or a reply or a forward.
pub async fn create(
    session: Session,
    State(app): State<App>,
    Json(request): Json<CreateInteractionParameters>,
) -> Answer<Created<InteractionCreated>> {
    let caller = session.caller();
    let id = match request {
        CreateInteractionParameters::Email(parameters) => {
            let additional = parameters.additional_attributes.unwrap_or_default();
            let (content, workgroup) = (parameters.email_content, parameters.workgroup);
            app.desk
                .write(move |tx, at| {
                    email::create(tx, &caller, &content, workgroup.as_deref(), &additional, at)
                })
                .await?
        }
        CreateInteractionParameters::EmailResponse(parameters) => {
            app.desk
                .write(move |tx, at| email::respond(tx, &caller, &parameters, at))
                .await?
        }
        CreateInteractionParameters::NotServed(urn) => {
            return Err(Refusal::TypeNotServed(urn.into()).into());
        }
    };
    let location = session.url(format_args!("/interactions/{id}"));
    let mut headers = HeaderMap::new();
    headers.insert(
        header::LOCATION,
        HeaderValue::from_str(&location).map_err(Refusal::internal)?,
    );
    Ok(Created(
        headers,
        InteractionCreated {
            interaction_id: id.to_string(),
        },
    ))
}

/// `GET interactions/{id}?select=…`.
pub async fn attributes(
    session: Session,
    InPath(id): InPath,
    query: Parameters,
    State(app): State<App>,
) -> Answer<Representation<InteractionAttributes>> {
    let names = selected(&query)?;
    let caller = session.caller();
    let attributes = app
        .desk
        .read(move |conn, _| attributes::get(conn, &caller, id, &names))
        .await?;
    Ok(Representation(InteractionAttributes { attributes }))
}

/// The names of a `select`, which may be given more than once.
fn selected(query: &Parameters) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = query.list("select").map(str::to_owned).collect();
    check_names("select", &names)?;
    Ok(names)
}

/// Checks how many attributes are asked for, and how long their names are.
pub fn check_names(property: &str, names: &[String]) -> Result<(), Refusal> {
    if names.len() > MOST_NAMES || names.iter().any(|name| name.len() > 256) {
        return Err(Refusal::invalid(
            property,
            "at most 1,000 attribute names, each of at most 256 bytes",
        ));
    }
    Ok(())
}

/// `POST interactions/{id}`.
pub async fn update_attributes(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<InteractionAttributesUpdate>,
) -> Answer<Done> {
    let append = match request.append_mode {
        None => Append::No,
        Some(AppendMode::Append) => Append::Plain,
        Some(AppendMode::AppendWithSeparator) => Append::WithSeparator,
    };
    let caller = session.caller();
    app.desk
        .write(move |tx, _| attributes::update(tx, &caller, id, &request.attributes, append))
        .await?;
    Ok(Done)
}

/// `PUT messaging/subscriptions/interactions/{id}`.
pub async fn subscribe(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
    Json(request): Json<InteractionSubscription>,
) -> Answer<NoContent> {
    check_names("attributeNames", &request.attribute_names)?;
    let caller = session.caller();
    app.desk
        .write(move |tx, _| {
            Readable::obtain(tx.read(), &caller, id)?;
            subscribe_to(
                tx,
                &caller,
                &Topic::Interaction(id),
                &request.attribute_names,
            )
        })
        .await?;
    Ok(NoContent)
}

/// `DELETE messaging/subscriptions/interactions/{id}`.
pub async fn unsubscribe(
    session: Session,
    InPath(id): InPath,
    State(app): State<App>,
) -> Answer<NoContent> {
    let own = session.session;
    app.desk
        .write(move |tx, _| unsubscribe_from(tx, own, &Topic::Interaction(id)))
        .await?;
    Ok(NoContent)
}
