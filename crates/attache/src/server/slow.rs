//! Bodies: a request's, whose sender may take only so long for each piece, and an answer's, that holds a place until its end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use super::leftover::Leftover;

/// How much of a body has to come in each span of time. Less than that is not worth a connection.
const PIECE: usize = 16 << 10;

/// The body of a request, which fails when it comes too slowly.
pub struct Timed {
    /// There until it is dropped.
    body: Option<Incoming>,
    /// Where it is laid if it is dropped before its end.
    leftover: Option<Leftover>,
    time: Duration,
    /// Set when the server first has to wait.
    patience: Option<Pin<Box<Sleep>>>,
    /// What has come since.
    come: usize,
}

impl Timed {
    /// A body each piece of which may take this long.
    pub fn new(body: Incoming, time: Duration, leftover: Option<Leftover>) -> Self {
        Self {
            body: Some(body),
            leftover,
            time,
            patience: None,
            come: 0,
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(context) {
            if frame.is_none() {
                self.leftover = None;
            }
            if self.patience.is_some()
                && let Some(data) = frame
                    .as_ref()
                    .and_then(|frame| frame.as_ref().ok()?.data_ref())
            {
                self.come += data.len();
                if self.come >= PIECE {
                    self.come = 0;
                    self.patience = None;
                }
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let time = self.time;
        let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(time)));
        patience.as_mut().poll(context).map(|()| {
            let slow = io::Error::new(io::ErrorKind::TimedOut, "it came too slowly");
            Some(Err(slow.into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map(HttpBody::size_hint)
            .unwrap_or_default()
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        if let Some(leftover) = self.leftover.take()
            && let Some(body) = self.body.take()
            && !body.is_end_stream()
        {
            leftover.lay(body);
        }
    }
}

/// A body that holds something until it was sent or given up.
pub fn holding<T: Send + Unpin + 'static>(body: Body, held: T) -> Body {
    let held = Some(held);
    Body::new(body.map_frame(move |frame| {
        let _ = &held;
        frame
    }))
}
