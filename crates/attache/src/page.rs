//! The page that tells of the API, at `/docs`, and the description behind it. All of it is in the binary, and nothing of it comes from
//! elsewhere.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

/// The page has scripts and styles of its own alone, and speaks to this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The addresses of the page. They are no operations: they ask for nothing and tell nothing of anybody.
pub fn router() -> Router {
    let files = [
        (
            "/docs",
            "text/html; charset=utf-8",
            include_str!("page/index.html"),
        ),
        (
            "/docs/page.css",
            "text/css; charset=utf-8",
            include_str!("page/page.css"),
        ),
        (
            "/docs/page.js",
            "text/javascript; charset=utf-8",
            include_str!("page/page.js"),
        ),
        (
            "/docs/openapi.json",
            "application/vnd.oai.openapi+json;version=3.1",
            include_str!("../../../docs/openapi.json"),
        ),
    ];
    files
        .into_iter()
        .fold(Router::new(), |router, (path, kind, text)| {
            router.route(path, get(async move || answer(kind, text)))
        })
        // Relative, since the page may be behind a prefix.
        .route("/docs/", get(async || Redirect::permanent("../docs")))
}

fn answer(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text)
}
