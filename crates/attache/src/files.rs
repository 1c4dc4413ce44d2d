//! Bytes of the blob store over HTTP: streamed, in ranges (RFC 9110, section 14), and harmless in a browser.

use std::ops::Range;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use desk::Refusal;
use http_body_util::BodyExt;
use mail::disposition::{Disposition, content_disposition};
use store::Written;
use store::rows::blobs::Blob;

use crate::app::App;

/// What is served.
pub struct Served {
    /// Where the bytes are.
    pub bytes: Blob,
    /// What it is called; empty for a document of the API's own.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
    /// How long a client may keep it.
    pub caching: Caching,
}

/// How long a client may keep what it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// For good: the address changes with the bytes.
    Immutable,
    /// It has to ask each time.
    Revalidate,
}

/// Nothing in a file may run as a page of this server.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// Streams a body into the blob store, to its end or to the limit of one file.
pub async fn receive(app: &App, request: Request) -> Result<Written, Refusal> {
    let limit = app.desk.rules().limits.file;
    let mut body = request.into_body();
    let mut blob = app.desk.blobs().begin().await?;
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::UploadIncomplete)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        size += data.len() as u64;
        if size > limit {
            return Err(Refusal::FileTooLarge { limit });
        }
        blob.write(&data).await?;
    }
    Ok(blob.finish().await?)
}

/// The answer to an upload: nothing but what the file was taken to be.
pub fn received(media_type: &str) -> Response {
    let mut response = Response::new(Body::empty());
    if let Ok(media_type) = HeaderValue::from_str(media_type) {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, media_type);
    }
    response
}

/// Serves bytes, or the part of them that the `Range` header asks for.
pub async fn serve(app: &App, served: Served, headers: &HeaderMap) -> Result<Response, Refusal> {
    if served.bytes.gone {
        return Err(Refusal::BytesGone);
    }
    let size = u64::try_from(served.bytes.size).map_err(Refusal::internal)?;
    let etag = etag(&served.bytes);
    if matches(headers.get(header::IF_NONE_MATCH), &etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        describe(response.headers_mut(), &served, &etag);
        return Ok(response);
    }
    let range = match wanted_range(headers, size, &etag) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => return Err(Refusal::RangeNotSatisfiable { size }),
    };
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    let bytes = app.desk.read_bytes(&served.bytes, range.clone()).await?;
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    describe(headers, &served, &etag);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(range) = range {
        let text = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        headers.insert(
            header::CONTENT_RANGE,
            HeaderValue::from_str(&text).map_err(Refusal::internal)?,
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn etag(blob: &Blob) -> String {
    let hex = blob
        .hash
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("\"{hex}\"")
}

fn describe(headers: &mut HeaderMap, served: &Served, etag: &str) {
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, etag);
    put(header::CONTENT_TYPE, &served.media_type);
    put(header::ACCEPT_RANGES, "bytes");
    put(
        header::CACHE_CONTROL,
        match served.caching {
            Caching::Immutable => "private, max-age=31536000, immutable",
            Caching::Revalidate => "private, no-cache",
        },
    );
    if !served.file_name.is_empty() {
        put(
            header::CONTENT_DISPOSITION,
            &content_disposition(Disposition::Attachment, &served.file_name),
        );
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
}

/// Whether an `If-None-Match` or `If-Range` names this tag.
fn matches(header: Option<&HeaderValue>, etag: &str) -> bool {
    let Some(list) = header.and_then(|value| value.to_str().ok()) else {
        return false;
    };
    list.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == etag)
}

/// What a request wants of a file.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    Nothing,
}

/// The one range that a request asks for. Several at once, other units and what cannot be read are answered with the whole.
fn wanted_range(headers: &HeaderMap, size: u64, etag: &str) -> Wanted {
    let Some(text) = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok())
    else {
        return Wanted::Whole;
    };
    if headers.contains_key(header::IF_RANGE) && !matches(headers.get(header::IF_RANGE), etag) {
        return Wanted::Whole;
    }
    let Some((first, last)) = text
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (first.trim(), last.trim()) {
        ("", "") => return Wanted::Whole,
        ("", suffix) => match number(suffix) {
            Some(0) => return Wanted::Nothing,
            Some(length) => size.saturating_sub(length)..size,
            None => return Wanted::Whole,
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Wanted::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
            _ => return Wanted::Whole,
        },
    };
    if range.start >= range.end {
        Wanted::Nothing
    } else {
        Wanted::Part(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(range: &str, size: u64) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::RANGE,
            HeaderValue::from_str(range).expect("a header"),
        );
        wanted_range(&headers, size, "\"tag\"")
    }

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        assert_eq!(wanted("bytes=0-9", 100), Wanted::Part(0..10));
        assert_eq!(wanted("bytes=90-", 100), Wanted::Part(90..100));
        assert_eq!(wanted("bytes=-10", 100), Wanted::Part(90..100));
        assert_eq!(wanted("bytes=-1000", 100), Wanted::Part(0..100));
        assert_eq!(wanted("bytes=90-1000", 100), Wanted::Part(90..100));
        for nothing in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(wanted(nothing, 100), Wanted::Nothing, "{nothing}");
        }
        assert_eq!(wanted("bytes=0-0", 0), Wanted::Nothing);
        for whole in [
            "bytes=9-0",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=a-b",
            "bytes=-",
            "bytes",
            "",
        ] {
            assert_eq!(wanted(whole, 100), Wanted::Whole, "{whole}");
        }
    }
}
