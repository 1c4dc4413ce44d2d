//! What each client does again and again.

use std::sync::Arc;
use std::time::Duration;

use icws::client::Session;

use super::super::history::{Change, Outcome};
use super::super::{Random, content};
use super::Shared;

pub async fn insert(shared: Arc<Shared>, session: Session, mut random: Random) {
    loop {
        let draft = shared.choose(&mut random).await;
        let file =
            usize::try_from(random.below(shared.files.len() as u64)).expect("below a length");
        let inline = random.below(2) == 0;
        let asked = session.insert(&draft, shared.files[file].item, Some(inline));
        let (span, outcome) = shared.history.ask(asked).await;
        let content_id = match outcome {
            Outcome::Acknowledged(answer) => Some(answer.content_id),
            Outcome::Refused(error) => {
                shared.check_refusal(&draft, &error);
                continue;
            }
            Outcome::Lost => None,
        };
        let is_lost = content_id.is_none();
        shared.history.note(
            &draft,
            span,
            Change::Insert {
                file,
                inline,
                content_id,
            },
        );
        if is_lost {
            return;
        }
    }
}

pub async fn upload(shared: Arc<Shared>, session: Session, mut random: Random) {
    loop {
        let draft = shared.choose(&mut random).await;
        let name = format!("upload-{}.bin", shared.history.now());
        // Now and then one that takes a while.
        let length = if random.below(8) == 0 {
            400 << 10
        } else {
            1 + random.below(20 << 10)
        };
        let (bytes, inline) = (random.bytes(length), random.below(2) == 0);
        let announced = match shared
            .history
            .ask(session.upload(&draft, &name, inline))
            .await
            .1
        {
            Outcome::Acknowledged(announced) => announced,
            Outcome::Refused(error) => {
                shared.check_refusal(&draft, &error);
                continue;
            }
            Outcome::Lost => return,
        };
        assert_eq!(announced.file_name, name);
        let (span, outcome) = shared
            .history
            .ask(session.put(&announced.upload_uri, bytes.clone()))
            .await;
        if let Outcome::Refused(error) = outcome {
            shared.check_refusal(&draft, &error);
            let mut drafts = shared.history.drafts();
            drafts
                .get_mut(&draft)
                .expect("it is known")
                .refused_uploads
                .push(announced.request_id);
            continue;
        }
        let content_id = announced.content_id.unwrap_or_default();
        shared.history.note(
            &draft,
            span,
            Change::Upload {
                request_id: announced.request_id,
                name,
                content_id,
                bytes,
            },
        );
        if !span.is_acknowledged() {
            return;
        }
    }
}

pub async fn save(shared: Arc<Shared>, session: Session, mut random: Random) {
    loop {
        let draft = shared.choose(&mut random).await;
        let name = shared.history.drafts()[&draft].name.clone();
        let number = shared.history.now();
        let (span, outcome) = shared
            .history
            .ask(session.save_email(&draft, &content(&name, number)))
            .await;
        if let Outcome::Refused(error) = outcome {
            shared.check_refusal(&draft, &error);
            continue;
        }
        shared.history.note(&draft, span, Change::Save(number));
        if !span.is_acknowledged() {
            return;
        }
    }
}

/// Polls, and removes something that it saw, now and then.
pub async fn watch_and_remove(shared: Arc<Shared>, session: Session, mut random: Random) {
    loop {
        match shared.history.ask(session.messages()).await.1 {
            Outcome::Acknowledged(messages) => shared.look(messages),
            Outcome::Refused(error) => panic!("{error}"),
            Outcome::Lost => return,
        }
        let draft = shared.choose(&mut random).await;
        let chosen = {
            let mut view = shared.view.lock().expect("nobody panicked with it");
            let listed = view.entry(draft.clone()).or_default();
            let count = listed.len() as u64;
            let index =
                (count > 1).then(|| usize::try_from(random.below(count)).expect("below a length"));
            index.map(|index| listed.remove(index))
        };
        let Some((file, uri)) = chosen else { continue };
        let (span, outcome) = shared
            .history
            .ask(session.remove_attachment(&draft, &uri))
            .await;
        if let Outcome::Refused(error) = outcome {
            shared.check_refusal(&draft, &error);
            continue;
        }
        shared.history.note(&draft, span, Change::Remove(file));
        if !span.is_acknowledged() {
            return;
        }
    }
}

/// Sends a draft now and then, and begins another in its place.
pub async fn send(shared: Arc<Shared>, session: Session, watcher: Session, mut random: Random) {
    loop {
        tokio::time::sleep(Duration::from_millis(10 + random.below(90))).await;
        let draft = shared.choose(&mut random).await;
        shared
            .history
            .drafts()
            .get_mut(&draft)
            .expect("it is known")
            .is_sending = true;
        shared.open().retain(|open| *open != draft);
        let (span, outcome) = shared.history.ask(session.send_email(&draft)).await;
        if let Outcome::Refused(error) = outcome {
            panic!("{draft}: {error}");
        }
        shared.history.note(&draft, span, Change::Send);
        if !span.is_acknowledged() || !shared.begin(&session, &watcher).await {
            return;
        }
    }
}
