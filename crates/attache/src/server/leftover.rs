//! The body of a request that was refused before anybody read it.
//!
//! Over HTTP/1 the next request stands behind it. What is small is read and thrown away, so that the connection goes on; of what is not, the
//! answer says that the connection ends (RFC 9112, sections 9.3 and 9.6).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

/// The most bytes that are thrown away for the sake of a connection.
const MOST: u64 = 64 << 10;
/// For how long they may come.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where a body is laid by whoever drops it before its end; clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct Leftover(Arc<Mutex<Option<Incoming>>>);

impl Leftover {
    /// Lays a body here.
    pub fn lay(&self, body: Incoming) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    }

    /// Throws away what was laid here. False if that is more than it is worth: the connection can only be closed.
    pub async fn clear(&self) -> bool {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = left else { return true };
        if body.size_hint().lower() > MOST {
            return false;
        }
        let cleared = async {
            let mut thrown = 0;
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else { return false };
                thrown += frame.data_ref().map_or(0, |data| data.len() as u64);
                if thrown > MOST {
                    return false;
                }
            }
            true
        };
        timeout(PATIENCE, cleared).await.unwrap_or(false)
    }
}
