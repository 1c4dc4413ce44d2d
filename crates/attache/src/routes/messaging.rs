//! Messaging: `icws/(sessionId)/messaging/Messaging.htm`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::answer::{NoContent, Refused, json_bytes};
use crate::app::App;
use crate::extract::{NoRight, Session, WithoutToken};
use crate::stream;

/// `GET messaging/messages`: what there is, or with `Accept: text/event-stream` what there is and will be. Whoever asks last reads.
pub async fn messages(
    session: Session<NoRight, WithoutToken>,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    if asks_for_stream(&headers) {
        let last_event = headers
            .get("last-event-id")
            .and_then(|value| value.to_str().ok());
        return Ok(stream::open(app, session.caller(), last_event).await?);
    }
    let turn = app.desk.take_turn(&session, None).await?;
    let events = app.desk.read_messages(&turn).await?;
    let messages: Vec<String> = events.into_iter().map(|event| event.message).collect();
    Ok(json_bytes(
        StatusCode::OK,
        format!("[{}]", messages.join(",")),
    ))
}

fn asks_for_stream(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|kind| {
            kind.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .eq_ignore_ascii_case("text/event-stream")
        })
}

/// `POST messaging/heartbeat`: the client is there. That it was heard of is noted for every request.
pub async fn heartbeat(_: Session) -> NoContent {
    NoContent
}
