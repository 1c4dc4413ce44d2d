//! A connection that waits only so long for a reader who takes nothing.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What a client begins with that speaks HTTP/2 without having been asked (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// For how long a client that was refused may go on to send.
const FAREWELL: Duration = Duration::from_secs(2);

/// A stream whose writing fails when nothing of it is taken for a while. Its first bytes can be looked at beforehand.
pub struct Patient<S> {
    stream: S,
    wait: Duration,
    /// Since when nothing was taken; there is none while all goes well.
    waiting: Option<Pin<Box<Sleep>>>,
    /// What was read ahead, and which part of it was not given yet.
    ahead: [u8; PREFACE.len()],
    given: usize,
    read: usize,
    /// Whether the client may still be sending what nobody wants.
    unread: Arc<AtomicBool>,
    /// Until when that is thrown away.
    farewell: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Patient<S> {
    /// A stream whose reader may take nothing for this long. With `unread` set, what still comes is thrown away for a while when the stream is shut
    /// down: a connection that is closed before it was read takes the answer away from a client that had no time to read it (RFC 9112,
    /// section 9.6).
    pub fn new(stream: S, wait: Duration, unread: Arc<AtomicBool>) -> Self {
        Self {
            stream,
            wait,
            waiting: None,
            ahead: [0; PREFACE.len()],
            given: 0,
            read: 0,
            unread,
            farewell: None,
        }
    }

    /// Whether the client speaks HTTP/2: waits for as many bytes as it takes to know. They are read again afterwards.
    pub async fn begins_http2(&mut self) -> io::Result<bool> {
        while self.read < PREFACE.len() {
            let count = self.stream.read(&mut self.ahead[self.read..]).await?;
            self.read += count;
            if count == 0 || !PREFACE.starts_with(&self.ahead[..self.read]) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Throws away what comes, until the client is done or has had its time.
    fn throw_away(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let farewell = self
            .farewell
            .get_or_insert_with(|| Box::pin(sleep(FAREWELL)));
        let mut bytes = [0; 8 << 10];
        while farewell.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut bytes);
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => break,
            }
        }
        Poll::Ready(())
    }

    /// What became of an attempt to write; a failure if it waits for too long.
    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let wait = self.wait;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(wait)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client takes nothing",
        )))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.given < self.read {
            let end = self.read.min(self.given + buffer.remaining());
            buffer.put_slice(&self.ahead[self.given..end]);
            self.given = end;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.judge(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.farewell.is_none() {
            let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
            ready!(self.judge(context, outcome))?;
        }
        if self.unread.load(Ordering::Relaxed) {
            ready!(self.throw_away(context));
        }
        Poll::Ready(Ok(()))
    }
}
