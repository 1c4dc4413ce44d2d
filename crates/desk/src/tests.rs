//! Rules held against what the wire cannot reach, and against slower ways of saying the same.

mod identity;
mod insert;
mod names;
mod nodes;
mod places;
mod subscriptions;

use std::sync::Arc;

use store::rows::interactions as rows;
use store::{Blobs, Database, Options};

use crate::caller::Caller;
use crate::desk::Desk;
use crate::ids::{InteractionId, SessionId, UserId};
use crate::language::Language;
use crate::people::{self, HolderName, MailboxOwner};
use crate::refusal::Refusal;
use crate::rights::{ANY, Right, Rights};
use crate::rules::Rules;

/// A desk on a folder of its own, with `anna`, an agent of Support, and `ben`, who belongs to nothing.
pub(crate) struct Place {
    pub(crate) desk: Desk,
    anna: Caller,
    ben: Caller,
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("desk.sqlite").display());
        let database = Database::open(&url, Options::default()).expect("a database");
        let blobs = Blobs::open_folder(folder.path().join("blobs")).expect("a blob store");
        let desk = Desk::open(database, blobs, Rules::default())
            .await
            .expect("a desk");
        let (anna, ben) = desk
            .write(|tx, at| {
                let anna = people::add_user(tx, "anna", "Anna", None, at.now)?;
                let ben = people::add_user(tx, "ben", "Ben", None, at.now)?;
                people::add_workgroup(tx, "Support")?;
                people::add_member(tx, "Support", "anna")?;
                let owner = MailboxOwner::Workgroup("Support");
                people::put_mailbox(tx, owner, "support@example.com", "Support", true, true)?;
                for right in [
                    Right::AllowResponseManagement,
                    Right::ModifyInteractions,
                    Right::CanDisconnectInteractions,
                ] {
                    people::grant(tx, HolderName::User("anna"), right, ANY)?;
                }
                Ok((anna, ben))
            })
            .await
            .expect("people");
        let (anna, ben) = (
            caller(&desk, anna, "anna").await,
            caller(&desk, ben, "ben").await,
        );
        Self {
            desk,
            anna,
            ben,
            folder,
        }
    }

    /// An interaction in Support's queue, of whatever kind and direction.
    async fn interaction(&self, kind: i16, direction: i16) -> InteractionId {
        self.desk
            .write(move |tx, at| {
                let support = people::workgroup(tx.read(), "Support")?.id;
                let new = rows::NewInteraction {
                    kind,
                    direction,
                    state: "C",
                    user_id: None,
                    workgroup_id: Some(support),
                    mailbox_id: Some(1),
                    parent_id: None,
                    email_type: 0,
                    edited: false,
                    created_at: at.now,
                    revision: 0,
                    next_attachment: 1,
                    attachment_count: 0,
                    attachment_bytes: 0,
                    has_free_names: false,
                };
                Ok(InteractionId(rows::add(tx, &new)?))
            })
            .await
            .expect("an interaction")
    }

    /// Bytes in the store, and the number of their row.
    async fn blob(&self, bytes: &[u8]) -> i64 {
        let mut writer = self.desk.blobs().begin().await.expect("a blob");
        writer.write(bytes).await.expect("written");
        let written = writer.finish().await.expect("on disk");
        self.desk
            .write(move |tx, at| Ok(store::rows::blobs::keep(tx, &written, at.now)?.id))
            .await
            .expect("kept")
    }
}

async fn caller(desk: &Desk, user: UserId, name: &str) -> Caller {
    let rights = desk
        .read(move |conn, _| Ok(Rights::of_user(conn, user)?))
        .await
        .expect("rights");
    Caller {
        session: SessionId(user.0),
        user,
        user_name: name.into(),
        language: Language::English,
        rights: Arc::new(rights),
        prefix: Arc::clone(&desk.rules().prefix),
    }
}

/// The name of a refusal, without what it tells.
fn name(refusal: &Refusal) -> String {
    let text = format!("{refusal:?}");
    text.split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
