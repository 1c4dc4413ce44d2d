//! What a request's address says: ids and names in the path, and the query.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use desk::InteractionId;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::app::App;

/// The interaction that the path names. An id of any other shape is one that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct InPath(pub InteractionId);

#[derive(Deserialize)]
struct InteractionSegment {
    #[serde(rename = "interactionId")]
    interaction: String,
}

impl FromRequestParts<App> for InPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        // Bytes that are no UTF-8 are no segment.
        let segment = Path::<InteractionSegment>::from_request_parts(parts, app).await;
        let id = segment
            .ok()
            .and_then(|Path(segment)| InteractionId::parse(&segment.interaction));
        Ok(Self(id.unwrap_or(InteractionId::NONE)))
    }
}

/// The last segment of the path, decoded: a name that the contract or the server chose. Bytes that are no UTF-8 are replaced, which
/// makes it a name that nothing has.
#[derive(Debug, Clone)]
pub struct LastSegment(pub String);

impl FromRequestParts<App> for LastSegment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let segment = parts.uri.path().rsplit('/').next().unwrap_or_default();
        Ok(Self(
            percent_decode_str(segment).decode_utf8_lossy().into_owned(),
        ))
    }
}

/// The segment before the last one, in the same way.
#[derive(Debug, Clone)]
pub struct BeforeLastSegment(pub String);

impl FromRequestParts<App> for BeforeLastSegment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let segment = parts.uri.path().rsplit('/').nth(1).unwrap_or_default();
        Ok(Self(
            percent_decode_str(segment).decode_utf8_lossy().into_owned(),
        ))
    }
}

/// The query. Names are compared without regard to case, and a name may come more than once.
#[derive(Debug, Clone)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The values of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self
            .0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The elements of a list: its values are joined by commas, spaces around them and empty ones do not count.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.all(name)
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .filter(|one| !one.is_empty())
    }
}

impl FromRequestParts<App> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        // Pairs of texts can be read from any query.
        Ok(Self(
            Query::try_from_uri(&parts.uri)
                .map(|Query(pairs)| pairs)
                .unwrap_or_default(),
        ))
    }
}
