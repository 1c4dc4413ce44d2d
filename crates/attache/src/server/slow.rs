//! Bodies: a request's, whose sender may take only so long for each piece, and an answer's, that holds a place until its end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// How much of a body has to come in each span of time. Less than that is not worth a connection.
const PIECE: usize = 16 << 10;

/// The body of a request, which fails when it comes too slowly.
pub struct Timed {
    body: Incoming,
    time: Duration,
    /// Set when the server first has to wait.
    patience: Option<Pin<Box<Sleep>>>,
    /// What has come since.
    come: usize,
}

impl Timed {
    /// A body each piece of which may take this long.
    pub fn new(body: Incoming, time: Duration) -> Self {
        Self {
            body,
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
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
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
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
