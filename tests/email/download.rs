//! Reading an attachment by its `downloadUri`.

use std::fs;

use icws::client::{Method, RawResponse, Session};

use super::{attachments_of, blob_of, demo_file, draft, draft_with, item, noise, refused};
use crate::server::{Server, eventually};

const NONE: &str = "error.request.email.attachmentNotFound";
const CATALOGUE: &str = "libraries/Product Information/Catalogue.pdf";

/// Fetches with one more header.
async fn fetch_with(session: &Session, uri: &str, name: &'static str, value: &str) -> RawResponse {
    let call = session.call(Method::GET, uri).header(name, value);
    session.client.send(call).await.expect("an answer")
}

#[tokio::test]
async fn the_bytes_come_whole_with_headers_that_make_them_harmless() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Catalogue.pdf"]).await;
    let uri = attachments_of(&anna, &id).await.remove(0).download_uri;
    assert!(
        uri.starts_with('/'),
        "from the root, so that a proxy may put something before it"
    );
    let whole = demo_file(CATALOGUE);
    // The token is not asked for; it may be read any number of times, and the address is the same in every message.
    for session in [anna.without_token(), anna.clone()] {
        let answer = session.fetch(&uri).await.expect("its bytes");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, whole);
        assert_eq!(
            answer.header("content-length"),
            Some(whole.len().to_string().as_str())
        );
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        assert_eq!(
            answer.header("content-disposition"),
            Some("attachment; filename=\"Catalogue.pdf\"")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("sandbox") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        let caching = answer.header("cache-control").expect("there");
        assert!(
            caching.contains("private") && !caching.contains("public"),
            "{caching}"
        );
    }
    assert_eq!(attachments_of(&anna, &id).await[0].download_uri, uri);
}

#[tokio::test]
async fn ranges_are_answered_in_part() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Catalogue.pdf"]).await;
    let uri = attachments_of(&anna, &id).await.remove(0).download_uri;
    let whole = demo_file(CATALOGUE);
    let size = whole.len();
    for (range, first, end) in [
        ("bytes=0-9".to_owned(), 0, 10),
        ("bytes=100-".to_owned(), 100, size),
        ("bytes=-7".to_owned(), size - 7, size),
        (
            format!("bytes={}-{}", size - 1, size + 1000),
            size - 1,
            size,
        ),
        ("bytes=-999999999".to_owned(), 0, size),
    ] {
        let answer = anna.fetch_range(&uri, &range).await.expect("an answer");
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(
            answer.header("content-range"),
            Some(format!("bytes {first}-{}/{size}", end - 1).as_str())
        );
        assert_eq!(answer.body, whole[first..end]);
    }
    for nothing in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
        let answer = anna.fetch_range(&uri, &nothing).await.expect("an answer");
        assert_eq!(
            answer.header("content-range"),
            Some(format!("bytes */{size}").as_str()),
            "{nothing}"
        );
        refused(answer.success(), 416, "error.request.rangeNotSatisfiable");
    }
    for not_a_range in ["bytes=9-0", "lines=1-2", "bytes=0-1,5-6", "nonsense"] {
        let answer = anna
            .fetch_range(&uri, not_a_range)
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.body.len()),
            (200, size),
            "{not_a_range}"
        );
    }
    // A download that was broken off goes on only while it is the same file.
    let etag = anna
        .fetch(&uri)
        .await
        .expect("its bytes")
        .header("etag")
        .expect("a tag")
        .to_owned();
    for (tag, status) in [(etag.as_str(), 206), ("\"other\"", 200)] {
        let call = anna
            .call(Method::GET, &uri)
            .header("range", "bytes=5-")
            .header("if-range", tag);
        assert_eq!(
            anna.client.send(call).await.expect("an answer").status,
            status
        );
    }
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Catalogue.pdf", "Logo.png"]).await;
    let files = attachments_of(&anna, &id).await;
    let first = anna.fetch(&files[0].download_uri).await.expect("its bytes");
    let etag = first.header("etag").expect("a tag").to_owned();
    assert!(etag.starts_with('"'), "a strong one: {etag}");
    for tag in [
        etag.clone(),
        format!("\"x\", {etag}"),
        "*".to_owned(),
        format!("W/{etag}"),
    ] {
        let answer = fetch_with(&anna, &files[0].download_uri, "if-none-match", &tag).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{tag}");
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
    }
    let other = fetch_with(&anna, &files[1].download_uri, "if-none-match", &etag).await;
    assert_eq!(other.status, 200);
    assert_ne!(other.header("etag"), Some(etag.as_str()));
}

#[tokio::test]
async fn head_tells_what_get_would() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft_with(&anna, &["Catalogue.pdf"]).await;
    let uri = attachments_of(&anna, &id).await.remove(0).download_uri;
    let answer = anna.raw(Method::HEAD, &uri, None).await.expect("an answer");
    let whole = anna.fetch(&uri).await.expect("its bytes");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    for name in [
        "content-length",
        "content-type",
        "etag",
        "content-disposition",
    ] {
        assert_eq!(answer.header(name), whole.header(name), "{name}");
    }
}

#[tokio::test]
async fn names_in_other_scripts_are_said_in_both_ways() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    for (name, disposition) in [
        ("a b (1).pdf", "attachment; filename=\"a b (1).pdf\""),
        (
            "Preisliste (März).pdf",
            "attachment; filename=\"Preisliste (M_rz).pdf\"; filename*=UTF-8''Preisliste%20%28M%C3%A4rz%29.pdf",
        ),
        (
            "価格表.pdf",
            "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E4%BE%A1%E6%A0%BC%E8%A1%A8.pdf",
        ),
        (
            "it's 50%.pdf",
            "attachment; filename=\"it's 50_.pdf\"; filename*=UTF-8''it%27s%2050%25.pdf",
        ),
        (
            "🙂.pdf",
            "attachment; filename=\"_.pdf\"; filename*=UTF-8''%F0%9F%99%82.pdf",
        ),
    ] {
        anna.upload_bytes(&id, name, false, noise(1, 10))
            .await
            .expect("uploaded");
        let file = attachments_of(&anna, &id).await.pop().expect("listed");
        assert_eq!(file.name, name);
        let answer = anna.fetch(&file.download_uri).await.expect("its bytes");
        assert_eq!(answer.header("content-disposition"), Some(disposition));
    }
}

#[tokio::test]
async fn a_page_is_served_as_a_download_that_can_do_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    for name in ["page.html", "picture.svg", "script.js"] {
        anna.upload_bytes(&id, name, false, b"<script>alert(1)</script>".to_vec())
            .await
            .expect("uploaded");
        let file = attachments_of(&anna, &id).await.pop().expect("listed");
        let answer = anna.fetch(&file.download_uri).await.expect("its bytes");
        assert!(
            answer
                .header("content-disposition")
                .is_some_and(|value| value.starts_with("attachment;"))
        );
        assert!(
            answer
                .header("content-security-policy")
                .is_some_and(|value| value.contains("sandbox"))
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn only_those_who_may_read_the_email_may_read_it() {
    let server = Server::demo().await;
    let (anna, carl, lea) = (
        server.log_in("anna").await,
        server.log_in("carl").await,
        server.log_in("lea").await,
    );
    let id = draft_with(&anna, &["Catalogue.pdf"]).await;
    let uri = attachments_of(&anna, &id).await.remove(0).download_uri;
    for foreign in [anna.without_cookie(), carl.clone(), lea.clone()] {
        let error = foreign.fetch(&uri).await.expect_err("refused");
        assert_eq!(error.status, 401, "{error}");
    }
    let under = |session: &Session| {
        uri.replace(
            &format!("/icws/{}/", anna.id),
            &format!("/icws/{}/", session.id),
        )
    };
    assert_eq!(
        carl.fetch(&under(&carl)).await.expect("a colleague").body,
        demo_file(CATALOGUE)
    );
    refused(
        lea.fetch(&under(&lea)).await,
        403,
        "error.request.interactions.accessDenied",
    );
    for odd in [
        "2",
        "0",
        "-1",
        "x",
        "01",
        "+1",
        "99999999999999999999",
        "1%20",
        "%31x",
    ] {
        let other = format!("{}/{odd}", uri.rsplit_once('/').expect("a path").0);
        refused(anna.fetch(&other).await, 404, NONE);
    }
    refused(
        anna.fetch(&uri.replace(&id, "9000000001")).await,
        404,
        "error.request.interactions.notFound",
    );

    // After it was sent it can be read still; removed, no more.
    anna.send_email(&id).await.expect("sent");
    anna.fetch(&uri).await.expect("its bytes");
    let other = draft_with(&anna, &["Logo.png"]).await;
    let removed = attachments_of(&anna, &other).await.remove(0).download_uri;
    anna.remove_attachment(&other, &removed)
        .await
        .expect("removed");
    refused(anna.fetch(&removed).await, 404, NONE);
}

#[tokio::test]
async fn damage_cuts_the_download_off_and_the_file_is_gone_for_inserts() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let showroom = item(&anna, "Showroom.bmp").await;
    let id = draft(&anna).await;
    anna.insert(&id, showroom.id, None).await.expect("inserted");
    let uri = attachments_of(&anna, &id).await.remove(0).download_uri;
    let whole = anna.fetch(&uri).await.expect("its bytes").body;
    assert_eq!(whole.len(), 8 << 20);

    damage(&server, &whole);
    let error = anna
        .fetch(&uri)
        .await
        .expect_err("it does not come to its end");
    assert!(error.is_transport(), "cut off, not answered: {error}");
    let gone = "error.request.responseManagement.fileGone";
    let is_gone = async || {
        let refused = anna.insert(&id, showroom.id, None).await;
        refused.is_err_and(|error| error.id() == gone)
    };
    eventually("the file is known to be gone", is_gone).await;
    refused(anna.insert(&id, showroom.id, None).await, 400, gone);
    refused(anna.fetch(&uri).await, 404, gone);
    // What cannot be read cannot be sent, either.
    refused(anna.send_email(&id).await, 400, gone);
    // What is sent in one piece is not begun.
    let small = draft_with(&anna, &["Return form.pdf"]).await;
    let uri = attachments_of(&anna, &small).await.remove(0).download_uri;
    damage(
        &server,
        &demo_file("libraries/Letters/Returns/Return form.pdf"),
    );
    refused(anna.fetch(&uri).await, 404, gone);
    // Others are as they were.
    let other = draft_with(&anna, &["Logo.png"]).await;
    anna.send_email(&other).await.expect("sent");
}

/// Changes one byte in the middle of what the blob store keeps; the size stays.
fn damage(server: &Server, bytes: &[u8]) {
    let blob = blob_of(&server.folder(), bytes);
    let mut damaged = bytes.to_vec();
    damaged[bytes.len() / 2] ^= 1;
    fs::remove_file(&blob).expect("removed");
    fs::write(&blob, damaged).expect("written");
}
