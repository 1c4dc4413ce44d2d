//! What attachments are called: harmless names, each once in a draft.

use super::{attachments_of, draft, item, names_of, noise};
use crate::server::Server;

#[tokio::test]
async fn hostile_names_are_made_harmless() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let long = format!("{}.pdf", "ü".repeat(200));
    let shortened = format!("{}.pdf", "ü".repeat(125));
    for (wanted, name) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\offer.doc", "offer.doc"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        (
            "a\r\nContent-Type: text/html.txt",
            "aContent-Type texthtml.txt",
        ),
        ("a\0b\u{7f}.txt", "ab.txt"),
        ("a\u{202e}fdp.exe", "afdp.exe"),
        ("x<y>:\"|?*.txt", "xy.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        (&long, &shortened),
        ("價目表 (最終).pdf", "價目表 (最終).pdf"),
    ] {
        let begun = anna.upload(&id, wanted, false).await.expect("announced");
        let expected = if wanted.contains("Content-Type") {
            "html.txt"
        } else {
            name
        };
        assert_eq!(begun.file_name, expected, "{wanted:?}");
        anna.put(&begun.upload_uri, noise(1, 10))
            .await
            .expect("uploaded");
        let file = attachments_of(&anna, &id).await.pop().expect("listed");
        // Those that end up with the same name get a number.
        assert!(
            file.name == expected || expected == "file" && file.name.starts_with("file ("),
            "{}",
            file.name
        );
        let answer = anna.fetch(&file.download_uri).await.expect("its bytes");
        let disposition = answer.header("content-disposition").expect("there");
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
    }
    let names = names_of(&anna, &id).await;
    assert_eq!(
        names.iter().filter(|name| name.starts_with("file")).count(),
        4
    );
    assert!(names.iter().all(|name| name.len() <= 255));
}

#[tokio::test]
async fn names_get_a_number_before_their_last_extension_and_stay_within_the_limit() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let longest = format!("{}.pdf", "x".repeat(251));
    let cut = "x".repeat(243);
    for (name, expected) in [
        ("a.tar.gz", "a.tar.gz"),
        ("a.tar.gz", "a.tar (2).gz"),
        ("a.tar.gz", "a.tar (3).gz"),
        ("a.tar (2).gz", "a.tar (2) (2).gz"),
        ("a.tar (7).gz", "a.tar (7).gz"),
        ("README", "README"),
        ("README", "README (2)"),
        (".profile", "profile"),
        ("A.TAR.GZ", "A.TAR.GZ"),
        (&longest, &longest),
        (&longest, &format!("{cut} (2).pdf")),
        (&longest, &format!("{cut} (3).pdf")),
    ] {
        anna.upload_bytes(&id, name, false, noise(1, 10))
            .await
            .expect("uploaded");
        let file = attachments_of(&anna, &id).await.pop().expect("listed");
        assert_eq!(file.name, expected);
    }
}

#[tokio::test]
async fn names_that_are_there_get_a_number_and_removed_ones_are_free() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let logo = item(&anna, "Logo.png").await.id;
    for _ in 0..4 {
        anna.insert(&id, logo, None).await.expect("inserted");
    }
    assert_eq!(
        names_of(&anna, &id).await,
        ["Logo.png", "Logo (2).png", "Logo (3).png", "Logo (4).png"]
    );
    let files = attachments_of(&anna, &id).await;
    for freed in [&files[0], &files[2]] {
        anna.remove_attachment(&id, &freed.download_uri)
            .await
            .expect("removed");
    }
    for _ in 0..3 {
        anna.insert(&id, logo, None).await.expect("inserted");
    }
    let expected = [
        "Logo (2).png",
        "Logo (4).png",
        "Logo.png",
        "Logo (3).png",
        "Logo (5).png",
    ];
    assert_eq!(
        names_of(&anna, &id).await,
        expected,
        "the free names first, in the order of insertion"
    );
    let numbers: Vec<String> = attachments_of(&anna, &id)
        .await
        .into_iter()
        .map(|file| file.download_uri)
        .collect();
    let mut unique = numbers.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), numbers.len());
    assert!(
        !numbers.contains(&files[0].download_uri),
        "an address is not used again"
    );
}
