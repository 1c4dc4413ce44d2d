//! The event stream of a session: `text/event-stream` (HTML Living Standard, section 9.2), one message an event, one line a message.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use desk::messaging::Event;
use desk::sessions::EndReason;
use desk::{Caller, Refusal};
use futures_util::stream;
use icws::connection::{ConnectionState, ConnectionStateChangeMessage};

use crate::app::App;
use crate::routes::connection::reason_text;

/// How often a comment is sent when there is nothing else, so that proxies keep the connection.
const PING: Duration = Duration::from_secs(10);
/// What the stream begins with: how soon a reader is to come back, in milliseconds.
const RETRY: &[u8] = b"retry: 3000\n";

/// Opens the stream of a session. Whoever opened it before is closed.
pub async fn open(
    app: App,
    caller: Arc<Caller>,
    last_event: Option<&str>,
) -> Result<Response, Refusal> {
    let turn = app.desk.take_turn(&caller, last_event).await?;
    let hold = app.desk.hold_session(caller.session);
    let reading = Reading {
        app,
        caller,
        turn,
        _hold: hold,
        state: State::Opening,
    };
    let body = Body::from_stream(stream::unfold(reading, |mut reading| async move {
        let bytes = reading.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), reading))
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    Ok(response)
}

struct Reading {
    app: App,
    caller: Arc<Caller>,
    turn: desk::messaging::Turn,
    _hold: desk::sessions::Hold,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Opening,
    Open,
    Over,
}

impl Reading {
    /// The next bytes; none when the stream is over.
    async fn next(&mut self) -> Option<Bytes> {
        if self.state == State::Opening {
            self.state = State::Open;
            return Some(Bytes::from_static(RETRY));
        }
        while self.state == State::Open {
            if !self.turn.is_current() || self.app.stopping.has_begun() {
                return None;
            }
            if self.turn.has_ended() {
                self.state = State::Over;
                return Some(self.farewell().await);
            }
            match self.app.desk.read_messages(&self.turn).await {
                Ok(events) if events.is_empty() => {}
                Ok(events) => return Some(events.iter().map(lines).collect::<String>().into()),
                Err(Refusal::Session(_)) => {
                    self.state = State::Over;
                    return Some(self.farewell().await);
                }
                Err(refusal) => {
                    tracing::error!(
                        ?refusal,
                        session = self.caller.session.0,
                        "an event stream failed"
                    );
                    return None;
                }
            }
            tokio::select! {
                () = self.turn.woken() => {}
                () = self.app.stopping.begun() => {}
                () = tokio::time::sleep(PING) => {
                    self.app.desk.keep_alive(self.caller.session);
                    return Some(Bytes::from_static(b":ping\n\n"));
                }
            }
        }
        None
    }

    /// What a reader is told last when its session ends: that needs no subscription.
    async fn farewell(&self) -> Bytes {
        let reason = self.app.desk.end_reason(self.caller.session).await;
        let reason = reason.unwrap_or(EndReason::LoggedOut);
        let message = ConnectionStateChangeMessage {
            previous_connection_state: ConnectionState::Up,
            new_connection_state: ConnectionState::Down,
            reason: reason_text(reason, self.caller.language).into(),
            should_reconnect: Some(false),
            is_delta: false,
        };
        serde_json::to_string(&message)
            .map(|message| format!("data: {message}\n\n").into())
            .unwrap_or_default()
    }
}

fn lines(event: &Event) -> String {
    format!("id: {}\ndata: {}\n\n", event.id, event.message)
}
