//! `attache demo`: what it prints, what it loads, and that it goes on with what is there.

mod running;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use icws::response_management::{Category, ItemType, Library};
use tempfile::TempDir;

use self::running::{Demo, refused};
use crate::email::{demo_file, items, libraries, snapshot};
use crate::eml::Eml;
use crate::server::{Server, command, eventually};

const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

#[tokio::test]
async fn it_prints_what_one_needs_and_its_walk_works() {
    let folder = TempDir::new().expect("a folder");
    let demo = Demo::start(folder.path(), &ANY_PORT, &[]).await;
    let said = demo.said();
    for needed in [
        "anna",
        "carl",
        "ben",
        "lea",
        "admin",
        "password: demo",
        "attache-demo/sent",
    ] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
    assert!(
        folder.path().join("attache-demo").is_dir(),
        "its folder, unless another is named"
    );

    // Pasted as one block.
    let start = said.find("\n(\n").expect("the walk begins") + 1;
    let end = said.rfind("\n)\n").expect("the walk ends") + 3;
    let walk = &said[start..end];
    let place = TempDir::new().expect("a folder");
    let mut bash = Command::new("bash");
    bash.arg("-c")
        .arg(walk)
        .current_dir(place.path())
        .env_remove("ATTACHE_PASSWORD")
        .stdin(Stdio::null());
    let walked = tokio::task::spawn_blocking(move || bash.output())
        .await
        .expect("no panic")
        .expect("bash");
    let printed = String::from_utf8_lossy(&walked.stdout).into_owned();
    assert!(
        walked.status.success() && walked.stderr.is_empty(),
        "{printed}{}",
        String::from_utf8_lossy(&walked.stderr)
    );
    for (step, expected) in [
        ("1. ", "   session "),
        ("2. ", "   the logo is item "),
        ("3. ", "   interaction 1"),
        ("4. ", "   Content-ID "),
        (
            "5. ",
            "urn:inin.com:interactions.email:emailContentsMessage",
        ),
        ("6. ", "HTTP/1.1 200 OK"),
        ("7. ", "   status 200"),
    ] {
        let (_, behind) = printed
            .split_once(step)
            .unwrap_or_else(|| panic!("{step}: {printed}"));
        assert!(behind.contains(expected), "{step}{expected}: {printed}");
    }
    let logo = demo_file("libraries/Product Information/Logo.png");
    assert_eq!(
        fs::read(place.path().join("logo.png")).expect("it was fetched"),
        logo
    );
    let sent = folder.path().join("attache-demo/sent");
    let messages = || {
        fs::read_dir(&sent)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect::<Vec<_>>()
    };
    eventually("the mail is written", async || messages().len() == 1).await;
    let eml = Eml::read(&messages()[0]);
    assert_eq!(eml.text("Subject"), "Your lamp");
    let parts = eml.attachments();
    assert_eq!(
        (parts.len(), parts[0].disposition.as_deref()),
        (1, Some("inline"))
    );
    assert_eq!(parts[0].bytes, logo);
    demo.stop().await;
}

#[tokio::test]
async fn it_does_not_listen_to_others_with_a_password_that_everybody_knows() {
    let folder = TempDir::new().expect("a folder");
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8018"] {
        let said = refused(folder.path(), &["--listen", listen]).await;
        assert!(
            said.contains("--password") && said.contains("ATTACHE_PASSWORD"),
            "{said}"
        );
    }
    refused(folder.path(), &["--listen", "0.0.0.0:0", "--password", ""]).await;
    assert!(
        !folder.path().join("attache-demo").exists(),
        "nothing was made"
    );

    let demo = Demo::start(
        folder.path(),
        &["--listen", "0.0.0.0:0", "--password", "sesame"],
        &[],
    )
    .await;
    assert!(!demo.said().contains("password: demo"), "{}", demo.said());
    assert!(!demo.said().contains("sesame"), "{}", demo.said());
    assert_eq!(
        demo.log_in("anna", "demo")
            .await
            .expect_err("refused")
            .status,
        400
    );
    demo.log_in("anna", "sesame").await.expect("logs in");
    demo.stop().await;
    // The environment gives one as well, and the newest holds.
    let demo = Demo::start(
        folder.path(),
        &["--listen", "0.0.0.0:0"],
        &[("ATTACHE_PASSWORD", "other")],
    )
    .await;
    demo.log_in("lea", "other").await.expect("logs in");
    assert_eq!(
        demo.log_in("lea", "sesame")
            .await
            .expect_err("refused")
            .status,
        400
    );
    demo.stop().await;
    // Without one, what was given before holds on, and nothing else is said.
    refused(folder.path(), &["--listen", "0.0.0.0:0"]).await;
    let demo = Demo::start(folder.path(), &ANY_PORT, &[]).await;
    let works = demo.log_in("anna", "demo").await.is_ok();
    assert_eq!(
        demo.said().contains("password: demo"),
        works,
        "it says what is so: {}",
        demo.said()
    );
    demo.log_in("anna", "other").await.expect("logs in");
}

#[tokio::test]
async fn started_again_it_goes_on_with_what_is_there() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("of its own").join("data");
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().expect("UTF-8"),
    ];
    let demo = Demo::start(folder.path(), &arguments, &[]).await;
    let anna = demo.log_in("anna", "demo").await.expect("logs in");
    let email = crate::email::draft(&anna).await;
    let before = libraries(&anna).await;
    demo.stop().await;
    let change = |arguments: &[&str]| {
        let output = command()
            .args(arguments)
            .arg("--data")
            .arg(&data)
            .output()
            .expect("the binary can be started");
        assert!(output.status.success(), "{output:?}");
    };
    change(&["user", "revoke", "lea", "allowResponseManagement"]);
    change(&["user", "password", "ben", "--password", "of his own"]);
    change(&["workgroup", "member", "Support", "carl", "--remove"]);
    let demo = Demo::start(folder.path(), &arguments, &[]).await;
    let again = demo.log_in("anna", "demo").await.expect("logs in");
    again.attributes(&email, &[]).await.expect("it is there");
    assert_eq!(libraries(&again).await, before, "nothing is loaded twice");
    let lea = demo.log_in("lea", "demo").await.expect("logs in");
    assert_eq!(
        lea.subscribe_response_management()
            .await
            .expect_err("it was withdrawn")
            .status,
        403
    );
    demo.log_in("ben", "of his own")
        .await
        .expect("what was changed stays");
    let carl = demo.log_in("carl", "demo").await.expect("logs in");
    assert_eq!(
        carl.attributes(&email, &[])
            .await
            .expect_err("he is no member")
            .status,
        403
    );
    demo.stop().await;
}

#[tokio::test]
async fn an_installation_that_is_no_demo_is_left_alone() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    let added = command()
        .args(["user", "add", "dora", "--password", "x", "--data"])
        .arg(&data)
        .output();
    assert!(added.expect("the binary can be started").status.success());
    let said = refused(
        folder.path(),
        &[
            "--listen",
            "127.0.0.1:0",
            "--data",
            data.to_str().expect("UTF-8"),
        ],
    )
    .await;
    assert!(said.contains("no demo"), "{said}");
    let list = command()
        .args(["user", "list", "--data"])
        .arg(&data)
        .output()
        .expect("the binary can be started");
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("dora") && !list.contains("anna"), "{list}");
}

fn depth(categories: Option<&Vec<Category>>) -> usize {
    categories
        .into_iter()
        .flatten()
        .map(|category| 1 + depth(category.categories.as_ref()))
        .max()
        .unwrap_or(0)
}

#[tokio::test]
async fn it_has_what_its_issue_asks_for() {
    let server = Server::demo().await;
    for (user, system) in [("anna", 2), ("carl", 2), ("lea", 3), ("admin", 3)] {
        let session = server.log_in(user).await;
        let libraries = libraries(&session).await;
        let (own, others): (Vec<Library>, Vec<Library>) = libraries
            .into_iter()
            .partition(|library| library.name == user);
        assert_eq!((own.len(), others.len()), (1, system), "{user}");
    }
    let ben = server.log_in("ben").await;
    assert_eq!(
        ben.subscribe_response_management()
            .await
            .expect_err("no right")
            .status,
        403
    );
    server
        .done(&["user", "grant", "ben", "allowResponseManagement"])
        .await;
    eventually("ben sees his own, too", async || {
        ben.subscribe_response_management().await.is_ok()
    })
    .await;
    assert!(
        libraries(&ben)
            .await
            .iter()
            .any(|library| library.name == "ben")
    );

    let anna = server.log_in("anna").await;
    let all = items(&anna).await;
    let count = |kind: ItemType| all.iter().filter(|item| item.kind == kind).count();
    assert!(count(ItemType::Text) > 2 && count(ItemType::Url) > 1 && count(ItemType::File) > 4);
    let of_system: Vec<Library> = libraries(&anna)
        .await
        .into_iter()
        .filter(|library| library.name != "anna")
        .collect();
    assert!(
        of_system
            .iter()
            .any(|library| depth(library.categories.as_ref()) >= 2),
        "nested categories"
    );
    assert!(
        all.iter().any(|item| item.name.contains('ü'))
            && all.iter().any(|item| item.name.contains('価'))
    );
    assert!(
        all.iter()
            .any(|item| item.kind == ItemType::Text && item.value.contains("<img")),
        "an HTML text with a picture"
    );
    let fetch = async |end: &str| {
        let item = all
            .iter()
            .find(|item| item.name.ends_with(end))
            .expect("a file");
        let url = anna.file_url(&item.value).await.expect("an address").url;
        anna.fetch(&url).await.expect("its bytes").body
    };
    let logo = fetch("Logo.png").await;
    assert!(logo.starts_with(b"\x89PNG") && logo.len() <= 16 << 10);
    assert_eq!(fetch("Showroom.bmp").await.len(), 8 << 20);
    let catalogue = fetch("Catalogue.pdf").await;
    assert!(
        catalogue.starts_with(b"%PDF-")
            && String::from_utf8_lossy(&catalogue)
                .matches("/Type /Page ")
                .count()
                > 1,
        "several pages"
    );
}

#[tokio::test]
async fn with_tls_it_makes_a_certificate_and_says_who_signed_it() {
    let folder = TempDir::new().expect("a folder");
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--tls",
        "--tls-listen",
        "127.0.0.1:0",
    ];
    let mut authorities = Vec::new();
    // Started again, it has the same: who trusts it need not be told anew.
    for _ in 0..2 {
        let demo = Demo::start(folder.path(), &arguments, &[]).await;
        let said = demo.said();
        let at = said.find("curl --cacert ").expect("a command");
        let command = said[at..].lines().next().expect("a line").to_owned();
        let mut bash = Command::new("bash");
        bash.arg("-c")
            .arg(format!("{command} --silent --noproxy '*'"))
            .current_dir(folder.path())
            .stdin(Stdio::null());
        let asked = tokio::task::spawn_blocking(move || bash.output()).await;
        let output = asked.expect("no panic").expect("bash");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains("majorVersion"), "{command}: {output:?}");
        let tls = folder.path().join("attache-demo/tls");
        authorities.push(fs::read(tls.join("authority.pem")).expect("a file"));
        for file in ["authority.pem", "certificate.pem", "key.pem"] {
            let about = fs::metadata(tls.join(file)).expect("a file");
            assert_eq!(about.permissions().mode() & 0o077, 0, "{file}");
        }
        demo.stop().await;
    }
    assert!(authorities[0] == authorities[1]);
    let open = [
        "--listen",
        "127.0.0.1:0",
        "--tls",
        "--tls-listen",
        "0.0.0.0:0",
    ];
    let said = refused(folder.path(), &open).await;
    assert!(said.contains("known to everybody"), "{said}");
}

#[tokio::test]
async fn ten_messages_of_customers_wait_for_an_answer() {
    let folder = TempDir::new().expect("a folder");
    let arguments = ["--listen", "127.0.0.1:0"];
    let demo = Demo::start(folder.path(), &arguments, &[]).await;
    let anna = demo.log_in("anna", "demo").await.expect("anna");
    let (mut subjects, mut conversations) = (Vec::new(), Vec::new());
    for id in 1_000_000_001..=1_000_000_010_i64 {
        let told = snapshot(&anna, &id.to_string()).await;
        conversations.push(told.conversation_id);
        let content = told.email_content.expect("the content");
        let files = content.file_attachments.expect("always sent");
        let messages = content.message_attachments.expect("always sent");
        let inline = files.iter().filter(|file| !file.content_id.is_empty());
        let counts = (files.len(), inline.count(), messages.len());
        subjects.push((content.subject.expect("always sent"), counts));
        for file in &files {
            let bytes = anna.fetch(&file.download_uri).await.expect("its bytes");
            assert!(!bytes.body.is_empty());
        }
    }
    let plain = (0, 0, 0);
    let expected = [
        ("Where is my order 4711?", plain),
        ("Flickering Scribe", (1, 1, 0)),
        ("Rücksendung: Formular", (1, 0, 0)),
        ("Aurora 45 for a stairwell", plain),
        ("Re: Aurora 45 for a stairwell", plain),
        ("Aurora 45: cords and hooks", plain),
        ("電球の交換について", plain),
        ("سؤال عن مصباح Mast", plain),
        ("Fwd: Your parcel was damaged", (0, 0, 1)),
        ("Dringend: Außenleuchte ohne Licht", plain),
    ];
    assert_eq!(
        subjects,
        expected.map(|(subject, counts)| (subject.to_owned(), counts))
    );
    assert!(conversations[3] == conversations[4] && conversations[4] == conversations[5]);
    assert_ne!(conversations[5], conversations[6]);
    demo.stop().await;
    // Started again, it brings nothing a second time.
    let demo = Demo::start(folder.path(), &arguments, &[]).await;
    let anna = demo.log_in("anna", "demo").await.expect("anna");
    let eleventh = anna.attributes("1000000011", &[]).await;
    assert_eq!(eleventh.expect_err("there is none").status, 404);
}
