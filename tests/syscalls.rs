//! An answer means that it is on disk. `kill -9` alone does not prove that: the kernel keeps what was written. Here strace watches which
//! calls the server makes between a request and its answer.
//!
//! At one connection, each change that is acknowledged has a sync of the database's log of its own, by the thread that commits; the bytes
//! of an upload are on disk, and their name is, before their row is written; and an insert touches no bytes at all.

mod trace;

use icws::client::{IcwsError, Session};
use icws::email::{CreateEmailParameters, EmailAddress, EmailBody, EmailContent};
use icws::interactions::InteractionAttributesUpdate;
use icws::messaging::Message;
use icws::response_management::{Category, Item, ItemType, Library, LibraryFile};

use crate::server::{Server, eventually};
use trace::{Call, Trace, Window};

/// How many inserts are made one after the other.
const INSERTS: usize = 10;

/// A server that strace watches, and the thread of it that commits.
struct Watched {
    server: Server,
    writer: u32,
    traced: tempfile::NamedTempFile,
}

impl Watched {
    async fn start() -> Self {
        let traced = tempfile::NamedTempFile::new().expect("a file for the trace");
        let path = traced.path().to_str().expect("UTF-8");
        let server = Server::under(&trace::command(path), &[]).await;
        let writer = thread_called(server.pid(), "store-writer");
        Self {
            server,
            writer,
            traced,
        }
    }

    /// Stops the server and reads what was watched.
    async fn end(mut self) -> Trace {
        let pid = self.server.pid();
        assert!(self.server.stop().await.success());
        let read = || std::fs::read_to_string(self.traced.path()).expect("the trace");
        eventually("strace has written everything", async || {
            trace::is_over(&read(), pid)
        })
        .await;
        Trace::read(&read())
    }
}

/// A thread of a process by its name.
fn thread_called(pid: u32, name: &str) -> u32 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("the server's threads");
    let is_it = |thread: &std::path::Path| {
        std::fs::read_to_string(thread.join("comm")).is_ok_and(|called| called.trim_end() == name)
    };
    let mut found = threads
        .map(|thread| thread.expect("a thread").path())
        .filter(|thread| is_it(thread));
    let thread = found
        .next()
        .unwrap_or_else(|| panic!("no thread is called {name}"));
    thread
        .file_name()
        .and_then(|number| number.to_str()?.parse().ok())
        .expect("a number")
}

fn content(subject: &str) -> EmailContent {
    EmailContent {
        subject: Some(subject.to_owned()),
        sender: EmailAddress::default(),
        to_recipients: Some(vec![EmailAddress {
            display_name: String::new(),
            address: Some("kunde@example.org".to_owned()),
        }]),
        cc_recipients: None,
        bcc_recipients: None,
        reply_to_recipients: None,
        bodies: Some(vec![EmailBody {
            body: "Guten Tag".to_owned(),
            body_type: icws::email::BodyType::Text,
        }]),
    }
}

/// The libraries that a session sees.
async fn libraries(session: &Session) -> Vec<LibraryFile> {
    session
        .subscribe_response_management()
        .await
        .expect("a subscription");
    let messages = session.messages().await.expect("messages");
    let added = messages.into_iter().find_map(|message| match message {
        Message::ResponseManagement(message) => message.libraries_added,
        _ => None,
    });
    added.expect("a snapshot")
}

fn first_file(items: Vec<Item>, categories: Vec<Category>) -> Option<Item> {
    items
        .into_iter()
        .find(|item| item.kind == ItemType::File)
        .or_else(|| {
            let mut inner = categories.into_iter();
            inner.find_map(|category| {
                first_file(
                    category.items.unwrap_or_default(),
                    category.categories.unwrap_or_default(),
                )
            })
        })
}

/// A file of a library that is not one's own.
async fn some_file(session: &Session, libraries: &[LibraryFile]) -> Item {
    for library in libraries {
        let library: Library = session.library(&library.url).await.expect("a library");
        if let Some(item) = first_file(
            library.items.unwrap_or_default(),
            library.categories.unwrap_or_default(),
        ) {
            return item;
        }
    }
    panic!("no library has a file");
}

/// A change that was acknowledged: how its request begins.
type Made = Vec<&'static str>;

/// Makes every kind of change once, and some inserts, one after the other.
async fn change_everything(server: &Server) -> Result<Made, IcwsError> {
    let mut made = Made::new();
    let session = server.log_in("anna").await;
    made.push("POST /icws/connection");
    let libraries = libraries(&session).await;
    made.push("PUT …/messaging/subscriptions/response-management");
    let item = some_file(&session, &libraries).await;
    let email = CreateEmailParameters {
        email_content: content("first"),
        workgroup: None,
        additional_attributes: None,
    };
    let id = session.create_email(&email).await?.interaction_id;
    made.push("POST …/interactions");
    session.subscribe_email(&id).await?;
    made.push("PUT …/messaging/subscriptions/interactions/…/email");
    session.subscribe_interaction(&id, &["Eic_State"]).await?;
    made.push("PUT …/messaging/subscriptions/interactions/…");
    session.save_email(&id, &content("second")).await?;
    made.push("POST …/interactions/…/email/save");
    for round in 0..INSERTS {
        session.insert(&id, item.id, Some(round % 2 == 0)).await?;
        made.push("POST …/interactions/…/email/attachments/response-management/insert");
    }
    let attributes = [("Colour".to_owned(), "blue".to_owned())].into();
    let update = InteractionAttributesUpdate {
        attributes,
        append_mode: None,
    };
    session.update_attributes(&id, &update).await?;
    made.push("POST …/interactions/…");
    let announced = session.upload(&id, "notes.txt", false).await?;
    made.push("POST …/interactions/…/email/attachments/file/upload");
    session
        .put(&announced.upload_uri, vec![b'n'; 300_000])
        .await?;
    made.push("PUT …/interactions/…/email/attachments/file/upload/…");
    let uri = listed(&session).await;
    session.remove_attachment(&id, &uri).await?;
    made.push("POST …/interactions/…/email/attachments/file/remove");
    session.unsubscribe_interaction(&id).await?;
    made.push("DELETE …/messaging/subscriptions/interactions/…");
    session.send_email(&id).await?;
    made.push("POST …/interactions/…/email/send");
    eventually("the mail is there", async || server.sent().len() == 1).await;
    let other = session.create_email(&email).await?.interaction_id;
    made.push("POST …/interactions");
    session.disconnect(&other).await?;
    made.push("POST …/interactions/…/disconnect");
    session.unsubscribe_response_management().await?;
    made.push("DELETE …/messaging/subscriptions/response-management");
    session.log_out().await?;
    made.push("DELETE …/connection");
    Ok(made)
}

/// The `downloadUri` of the first attachment that a session reads of.
async fn listed(session: &Session) -> String {
    let messages = session.messages().await.expect("messages");
    let found = messages.into_iter().find_map(|message| match message {
        Message::EmailContents(message) => {
            message.email_content?.file_attachments?.into_iter().next()
        }
        _ => None,
    });
    found.expect("an attachment").download_uri
}

/// Whether a request is what a pattern says: `…` stands for one segment of the path, or for the session's beginning of it.
fn matches(request: &str, pattern: &str) -> bool {
    let mut words = request.split(' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return false;
    };
    let (wanted, pattern) = pattern.split_once(' ').expect("a method and a path");
    let pattern = pattern.replacen("…/", "/icws/…/", usize::from(pattern.starts_with('…')));
    let (path, pattern): (Vec<&str>, Vec<&str>) =
        (path.split('/').collect(), pattern.split('/').collect());
    let same = |(segment, wanted): (&&str, &&str)| *wanted == "…" || segment == wanted;
    method == wanted && path.len() == pattern.len() && path.iter().zip(&pattern).all(same)
}

#[tokio::test]
async fn an_acknowledged_change_is_on_disk() {
    let watched = Watched::start().await;
    let writer = watched.writer;
    let made = change_everything(&watched.server)
        .await
        .expect("every change is made");
    let trace = watched.end().await;
    let windows = trace.windows();
    // Reads are between them; the changes come in the order in which they were made.
    let mut rest = windows.iter();
    let found: Vec<(&str, &Window)> = made
        .iter()
        .map(|pattern| {
            let window = rest.find(|window| matches(&window.request, pattern));
            (
                *pattern,
                window.unwrap_or_else(|| panic!("{pattern} is not in the trace: {windows:?}")),
            )
        })
        .collect();
    let mut syncs = 0;
    for (pattern, window) in &found {
        let own = trace
            .within(window)
            .filter(|call| is_commit(call, writer, &trace, window))
            .count();
        assert!(
            own > 0,
            "{pattern} was answered before it was on disk: {:#?}",
            trace.within(window).collect::<Vec<_>>()
        );
        syncs += own;
    }
    assert!(
        syncs >= found.len(),
        "{syncs} syncs for {} changes",
        found.len()
    );
    for (pattern, window) in &found {
        if pattern.ends_with("/insert") {
            check_insert(&trace, window);
        }
        if pattern.starts_with("PUT …/interactions") {
            check_upload(&trace, window, writer);
        }
    }
    check_mail(
        &trace,
        found
            .iter()
            .find(|(pattern, _)| pattern.ends_with("/send"))
            .expect("a mail was sent")
            .1,
    );
}

/// A sync of the log, by the thread that commits, of something that it wrote there since the request came.
fn is_commit(call: &Call, writer: u32, trace: &Trace, window: &Window) -> bool {
    let is_written = |other: &Call| {
        other.thread == writer && other.is_write_to("-wal") && other.ended < call.begun
    };
    call.is_sync()
        && call.thread == writer
        && call.arguments.contains("-wal>")
        && trace.within(window).any(is_written)
}

/// An insert opens none of the bytes, and nothing reads any that were open. (The sweep lists the folders at times.)
fn check_insert(trace: &Trace, window: &Window) {
    let is_of_bytes = |call: &Call| {
        !call.arguments.contains("O_DIRECTORY") && call.paths().any(|path| path.contains("/blobs/"))
    };
    let touched = trace.within(window).find(|call| is_of_bytes(call));
    assert!(touched.is_none(), "an insert touched bytes: {touched:?}");
}

/// The one call of some kind, and when it ended.
fn only<'a>(what: &str, calls: impl Iterator<Item = &'a Call>) -> &'a Call {
    let calls: Vec<&Call> = calls.collect();
    let [call] = calls[..] else {
        panic!("{what}: {calls:#?}")
    };
    call
}

/// The bytes of an upload are synced after the last of them was written, then get their name, then the name is synced, and only then is
/// the row written that refers to it.
fn check_upload(trace: &Trace, window: &Window, writer: u32) {
    let calls = || trace.within(window);
    let renaming = only(
        "a rename into place",
        calls().filter(|call| {
            call.name.starts_with("rename")
                && call.succeeded()
                && call.arguments.contains("/blobs/")
        }),
    );
    let mut paths = renaming.paths();
    let (beside, place) = (paths.next().expect("from"), paths.next().expect("to"));
    assert!(beside.contains("/incoming/"), "{renaming:?}");
    let written = calls()
        .filter(|call| call.is_write_to(beside))
        .map(|call| call.ended);
    let last_write = written.max().expect("bytes were written");
    let is_of_bytes = |call: &&Call| call.is_sync() && call.paths().any(|path| path == beside);
    let bytes = only("a sync of the bytes", calls().filter(is_of_bytes));
    assert!(
        last_write < bytes.begun && bytes.ended < renaming.begun,
        "{bytes:?} {renaming:?}"
    );
    let (folder, _) = place.rsplit_once('/').expect("a folder");
    let is_of_folder = |call: &&Call| call.is_sync() && call.paths().any(|path| path == folder);
    let name = only("a sync of the folder", calls().filter(is_of_folder));
    assert!(renaming.ended < name.begun, "{renaming:?} {name:?}");
    check_new_folder(trace, window, folder, renaming);
    let rows = calls().filter(|call| {
        call.thread == writer && call.is_write_to("-wal") && call.begun > name.ended
    });
    let row = rows
        .map(|call| call.begun)
        .min()
        .expect("the row is written after the name is on disk");
    let is_commit = |call: &Call| is_commit(call, writer, trace, window) && call.begun > row;
    assert!(calls().any(is_commit), "the row is not on disk");
}

/// A folder that had to be made is on disk itself before anything is put into it.
fn check_new_folder(trace: &Trace, window: &Window, folder: &str, renaming: &Call) {
    let is_made = |call: &&Call| {
        call.name.starts_with("mkdir")
            && call.succeeded()
            && call.paths().any(|path| path == folder)
    };
    let Some(made) = trace.within(window).find(is_made) else {
        return;
    };
    let (parent, _) = folder.rsplit_once('/').expect("a parent");
    let is_synced = |call: &Call| {
        call.is_sync()
            && call.paths().any(|path| path == parent)
            && made.ended < call.begun
            && call.ended < renaming.begun
    };
    assert!(
        trace.within(window).any(is_synced),
        "{made:?} was not synced"
    );
}

/// A mail is written after its sending was acknowledged to be on disk; its bytes are synced before it gets its name, and the name is synced.
fn check_mail(trace: &Trace, sending: &Window) {
    let is_renaming =
        |call: &&Call| call.name.starts_with("rename") && call.arguments.contains(".eml\"");
    let renaming = only("a rename of mail", trace.calls().filter(is_renaming));
    let mut paths = renaming.paths();
    let (beside, place) = (paths.next().expect("from"), paths.next().expect("to"));
    let writes: Vec<&Call> = trace
        .calls()
        .filter(|call| call.is_write_to(beside))
        .collect();
    assert!(
        writes.iter().all(|call| call.begun > sending.from),
        "{writes:#?}"
    );
    let last_write = writes
        .iter()
        .map(|call| call.ended)
        .max()
        .expect("a mail was written");
    let is_of = |path: &str| {
        let path = path.to_owned();
        move |call: &&Call| call.is_sync() && call.paths().any(|other| other == path)
    };
    let bytes = only("a sync of the mail", trace.calls().filter(is_of(beside)));
    assert!(
        last_write < bytes.begun && bytes.ended < renaming.begun,
        "{bytes:?} {renaming:?}"
    );
    let (folder, _) = place.rsplit_once('/').expect("a folder");
    let name = only("a sync of the folder", trace.calls().filter(is_of(folder)));
    assert!(renaming.ended < name.begun, "{renaming:?} {name:?}");
}
