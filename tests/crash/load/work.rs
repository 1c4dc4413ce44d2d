//! What each client does again and again.

use icws::client::Session;

use super::super::content::{content, creation};
use super::super::history::{Change, Listed, OfDraft, Outcome};
use super::{DRAFTS, Worker, library};

pub async fn insert(mut client: Worker) {
    while let Some(draft) = client.choose().await {
        let file = client.random.index(client.shared.files.len());
        let inline = client.random.below(2) == 0;
        let (session, item) = (client.session.clone(), client.shared.files[file].item);
        let asked = session.insert(&draft, item, Some(inline));
        let (span, outcome) = client.ask(asked).await;
        let content_id = match outcome {
            Outcome::Acknowledged(answer) => Some(answer.content_id),
            Outcome::Lost => None,
            Outcome::Failed => continue,
            Outcome::Refused(error) => {
                client.check_refusal(&draft, &error);
                continue;
            }
        };
        let change = Change::Insert {
            file,
            inline,
            content_id,
        };
        client.history().note(&draft, span, change);
        client.rest(8).await;
    }
}

pub async fn upload(mut client: Worker) {
    while let Some(draft) = client.choose().await {
        let name = format!("upload-{}.bin", client.history().now());
        // Now and then one that takes a while.
        let is_long = client.random.below(16) == 0;
        let length = if is_long {
            400 << 10
        } else {
            1 + client.random.below(20 << 10)
        };
        let (bytes, inline) = (client.random.bytes(length), client.random.below(2) == 0);
        client
            .history()
            .loose()
            .announcements
            .insert(name.clone(), None);
        let session = client.session.clone();
        let announced = match client.ask(session.upload(&draft, &name, inline)).await.1 {
            Outcome::Acknowledged(announced) => announced,
            Outcome::Failed | Outcome::Lost => continue,
            Outcome::Refused(error) => {
                client.check_refusal(&draft, &error);
                continue;
            }
        };
        assert_eq!(announced.file_name, name);
        let request_id = Some(announced.request_id.clone());
        client
            .history()
            .loose()
            .announcements
            .insert(name.clone(), request_id);
        let put = session.put(&announced.upload_uri, bytes.clone());
        let (span, outcome) = client.ask(put).await;
        match outcome {
            Outcome::Acknowledged(_) | Outcome::Lost => {
                let content_id = announced.content_id.unwrap_or_default();
                let change = Change::Upload {
                    name,
                    content_id,
                    bytes,
                };
                client.history().note(&draft, span, change);
            }
            Outcome::Failed => {}
            Outcome::Refused(error) => client.check_refusal(&draft, &error),
        }
        client.rest(8).await;
    }
}

pub async fn save(mut client: Worker) {
    while let Some(draft) = client.choose().await {
        let name = client.history().drafts()[&draft].name.clone();
        let number = client.history().now();
        let session = client.session.clone();
        let (span, outcome) = client
            .ask(session.save_email(&draft, &content(&name, number)))
            .await;
        match outcome {
            Outcome::Acknowledged(()) | Outcome::Lost => {
                client.history().note(&draft, span, Change::Save(number));
            }
            Outcome::Failed => {}
            Outcome::Refused(error) => client.check_refusal(&draft, &error),
        }
        client.rest(20).await;
    }
}

/// Saves a library of one's own.
pub async fn publish(mut client: Worker) {
    while client.goes_on() {
        let number = client.history().now();
        let session = client.session.clone();
        let saved = library(client.shared.library, number, &client.shared.files);
        let (span, outcome) = client.ask(session.save_library(&saved)).await;
        match outcome {
            Outcome::Acknowledged(()) | Outcome::Lost => {
                client.history().loose().library.push((span, number));
            }
            Outcome::Failed => {}
            Outcome::Refused(error) => panic!("{error}"),
        }
        client.rest(60).await;
    }
}

/// Polls, and removes something that it saw, now and then.
pub async fn watch_and_remove(mut client: Worker) {
    while let Some(draft) = client.choose().await {
        client.rest(12).await;
        let session = client.session.clone();
        match client.ask(session.messages()).await.1 {
            Outcome::Acknowledged(messages) => client.shared.look(messages),
            Outcome::Failed | Outcome::Lost => continue,
            Outcome::Refused(error) => panic!("{error}"),
        }
        let Some((file, uri)) = something(&mut client, &draft) else {
            continue;
        };
        client
            .history()
            .of(&draft, |known| known.removing.insert(file.number));
        let (span, outcome) = client.ask(session.remove_attachment(&draft, &uri)).await;
        match outcome {
            Outcome::Acknowledged(()) | Outcome::Lost => {
                client.history().note(&draft, span, Change::Remove(file));
            }
            Outcome::Failed => {}
            Outcome::Refused(error) => client.check_refusal(&draft, &error),
        }
    }
}

/// Something that the watcher was told of and nobody has begun to remove.
fn something(client: &mut Worker, draft: &str) -> Option<(Listed, String)> {
    let mut listed = client.shared.told().get(draft).cloned()?;
    let drafts = client.shared.history.drafts();
    listed.retain(|(file, _)| !drafts[draft].removing.contains(&file.number));
    drop(drafts);
    client.random.one_of(&listed).cloned()
}

/// Reads what the watcher was told of: the right bytes, or none.
pub async fn read(mut client: Worker) {
    while let Some(draft) = client.choose().await {
        client.rest(12).await;
        let session = client.session.clone();
        let Some((file, uri)) = something(&mut client, &draft) else {
            // As good as read: there is nothing.
            let _ = client.ask(session.heartbeat()).await;
            continue;
        };
        match client.ask(session.fetch(&uri)).await.1 {
            Outcome::Acknowledged(answer) => {
                let drafts = client.shared.history.drafts();
                let expected = drafts[&draft].bytes_of(&client.shared.files, &file);
                // Whoever uploaded it may not have noted that yet.
                let is_right = expected.is_none_or(|expected| answer.body == expected);
                assert!(is_right, "other bytes of {file:?} of draft {draft}");
            }
            Outcome::Failed | Outcome::Lost => {}
            Outcome::Refused(error) => {
                let is_removed = client
                    .history()
                    .of(&draft, |known| known.removing.contains(&file.number));
                assert!(
                    is_removed && error.status == 404,
                    "{file:?} of draft {draft}: {error}"
                );
            }
        }
    }
}

/// Sends a draft now and then, and begins others in the place of those that are sent.
pub async fn send(mut client: Worker, watcher: Session) {
    while client.goes_on() {
        client.rest(200).await;
        while client.goes_on() && client.shared.open().len() < DRAFTS {
            begin(&mut client, &watcher).await;
        }
        let Some(draft) = client.choose().await else {
            return;
        };
        client.history().of(&draft, |known| known.is_sending = true);
        client.shared.open().retain(|open| *open != draft);
        let session = client.session.clone();
        let (span, outcome) = client.ask(session.send_email(&draft)).await;
        match outcome {
            Outcome::Acknowledged(()) | Outcome::Lost => {
                client.history().note(&draft, span, Change::Send);
            }
            Outcome::Failed => {
                client
                    .history()
                    .of(&draft, |known| known.is_sending = false);
                client.shared.open().push(draft);
            }
            Outcome::Refused(error) => panic!("{draft}: {error}"),
        }
    }
}

/// Makes a draft, if it can, and lets the watcher watch it.
pub async fn begin(client: &mut Worker, watcher: &Session) {
    let name = format!("draft {}", client.history().now());
    let session = client.session.clone();
    let (span, outcome) = client.ask(session.create_email(&creation(&name))).await;
    let id = match outcome {
        Outcome::Acknowledged(created) => created.interaction_id,
        Outcome::Lost => {
            client.history().loose().creations.insert(name);
            return;
        }
        Outcome::Failed => return,
        Outcome::Refused(error) => panic!("{error}"),
    };
    let of_draft = OfDraft {
        name,
        changes: vec![(span, Change::Save(0))],
        ..OfDraft::default()
    };
    client.history().drafts().insert(id.clone(), of_draft);
    let at_same = Session {
        client: client.session.client.clone(),
        ..watcher.clone()
    };
    match client.ask(at_same.subscribe_email(&id)).await.1 {
        Outcome::Acknowledged(()) => client.history().of(&id, |known| known.is_watched = true),
        Outcome::Failed | Outcome::Lost => {}
        Outcome::Refused(error) => panic!("{error}"),
    }
    client.shared.open().push(id);
}
