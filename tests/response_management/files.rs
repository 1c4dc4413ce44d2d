//! The files of libraries.

use icws::client::{Method, header};
use serde_json::json;

use super::{DENIED, NO_FILE, get};
use crate::email::{demo_file, item, refused};
use crate::server::Server;

#[tokio::test]
async fn a_file_has_an_address() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let logo = item(&anna, "Logo.png").await;
    let bytes = demo_file("libraries/Product Information/Logo.png");
    let url = anna.file_url(&logo.value).await.expect("an address").url;
    let path = format!("/icws/{}/response-management/files/", anna.id);
    assert!(
        url.starts_with(&path) && !url[path.len()..].contains('/'),
        "{url}"
    );
    let answer = anna.without_token().fetch(&url).await.expect("the bytes");
    assert_eq!((answer.status, &answer.body[..]), (200, &bytes[..]));
    assert_eq!(answer.header(header::CONTENT_TYPE), Some("image/png"));
    assert_eq!(
        answer.header(header::CONTENT_DISPOSITION),
        Some("attachment; filename=\"Logo.png\"")
    );
    assert_eq!(
        answer.header(header::X_CONTENT_TYPE_OPTIONS),
        Some("nosniff")
    );
    assert_eq!(
        answer.header(header::CONTENT_SECURITY_POLICY),
        Some("default-src 'none'; sandbox")
    );
    assert_eq!(
        answer.header(header::CACHE_CONTROL),
        Some("private, no-cache")
    );
    assert_eq!(answer.header(header::ACCEPT_RANGES), Some("bytes"));
    assert_eq!(
        answer.header(header::CONTENT_LENGTH),
        Some(bytes.len().to_string().as_str())
    );
    let etag = answer.header(header::ETAG).expect("an ETag").to_owned();
    assert_eq!(
        get(&anna, &url, &[("If-None-Match", &etag)]).await.status,
        304
    );

    refused(
        anna.without_cookie().fetch(&url).await,
        401,
        "error.request.connection.cookieMissing",
    );
    refused(
        carl.fetch(&url).await,
        401,
        "error.request.connection.cookieMismatch",
    );
    refused(
        server.log_in("ben").await.file_url(&logo.value).await,
        403,
        DENIED,
    );
    for missing in [
        "nonsense",
        "..%2F..%2Fattache.sqlite",
        "%FF",
        "%00",
        &format!("{}%2FLogo.pdf", logo.id),
        &logo.id.to_string(),
    ] {
        refused(anna.fetch(&format!("{path}{missing}")).await, 404, NO_FILE);
    }
}

#[tokio::test]
async fn a_file_can_be_read_in_parts() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let url = anna
        .file_url(&item(&anna, "Catalogue.pdf").await.value)
        .await
        .expect("an address")
        .url;
    let bytes = demo_file("libraries/Product Information/Catalogue.pdf");
    let size = bytes.len();
    for (range, first, end) in [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=-5", size - 5, size),
        (&format!("bytes={}-", size - 1), size - 1, size),
        ("bytes=100-99999999999", 100, size),
    ] {
        let part = anna.fetch_range(&url, range).await.expect("an answer");
        assert_eq!(
            (part.status, &part.body[..]),
            (206, &bytes[first..end]),
            "{range}"
        );
        let content_range = format!("bytes {first}-{}/{size}", end - 1);
        assert_eq!(
            part.header(header::CONTENT_RANGE),
            Some(content_range.as_str())
        );
        assert_eq!(part.header(header::CONTENT_TYPE), Some("application/pdf"));
    }
    for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
        let none = anna.fetch_range(&url, &range).await.expect("an answer");
        assert_eq!(
            (none.status, none.value()["errorId"].as_str()),
            (416, Some("error.request.rangeNotSatisfiable"))
        );
        assert_eq!(
            none.header(header::CONTENT_RANGE),
            Some(format!("bytes */{size}").as_str())
        );
    }
    for whole in ["bytes=0-1,3-4", "items=0-1", "bytes=9-1", "nonsense"] {
        let answer = anna.fetch_range(&url, whole).await.expect("an answer");
        assert_eq!((answer.status, answer.body.len()), (200, size), "{whole}");
    }
    let etag = anna
        .fetch(&url)
        .await
        .expect("the bytes")
        .header(header::ETAG)
        .expect("an ETag")
        .to_owned();
    let same = get(&anna, &url, &[("Range", "bytes=0-3"), ("If-Range", &etag)]).await;
    assert_eq!((same.status, same.body.len()), (206, 4));
    let other = get(
        &anna,
        &url,
        &[("Range", "bytes=0-3"), ("If-Range", "\"other\"")],
    )
    .await;
    assert_eq!(
        (other.status, other.body.len()),
        (200, size),
        "parts of two files would be no file"
    );
}

#[tokio::test]
async fn a_file_is_called_by_its_name() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    for (name, encoded) in [
        (
            "Preisliste für Händler.pdf",
            "Preisliste%20f%C3%BCr%20H%C3%A4ndler.pdf",
        ),
        ("価格表.pdf", "%E4%BE%A1%E6%A0%BC%E8%A1%A8.pdf"),
    ] {
        let found = item(&anna, name).await;
        let url = anna.file_url(&found.value).await.expect("an address").url;
        assert!(url.is_ascii());
        let answer = anna.fetch(&url).await.expect("the bytes");
        let disposition = answer.header(header::CONTENT_DISPOSITION).expect("ASCII");
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
        assert!(
            disposition.ends_with(&format!("filename*=UTF-8''{encoded}")),
            "{disposition}"
        );
        assert_eq!(
            answer.body,
            demo_file(&format!("libraries/Product Information/Prices/{name}"))
        );
    }
    // The file that is made at start has eight mebibytes.
    let url = anna
        .file_url(&item(&anna, "Showroom.bmp").await.value)
        .await
        .expect("an address")
        .url;
    let answer = anna.fetch(&url).await.expect("the bytes");
    assert!(answer.body.len() >= 8 << 20 && answer.body.starts_with(b"BM"));
    assert_eq!(answer.header(header::CONTENT_TYPE), Some("image/bmp"));
}

#[tokio::test]
async fn a_name_that_is_no_file_has_no_address() {
    let server = Server::demo().await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let contract = item(&lea, "Frame contract.pdf").await;
    lea.file_url(&contract.value).await.expect("an address");
    let foreign = format!("{}/Logo.pdf", contract.id);
    for name in [&contract.value, &foreign] {
        refused(anna.file_url(name).await, 400, NO_FILE);
    }
    let id = "error.request.responseManagement.invalidFileName";
    for name in ["", "..", "a/b.pdf", " lead", "con", &"x".repeat(5_000)] {
        refused(anna.file_url(name).await, 400, id);
    }
    let answer = anna
        .raw(Method::POST, "/response-management/file", Some(&json!({})))
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, answer.value()["propertyName"].as_str()),
        (400, Some("name"))
    );
}
