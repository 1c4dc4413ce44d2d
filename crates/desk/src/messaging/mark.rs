//! What changed of a subscription since it was last read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use icws::connection::StationInformation;
use icws::interactions::InteractionAlertDetails;
use icws::session::SessionInformation;
use uuid::Uuid;

use crate::journal::{InteractionChange, Members};
use crate::queues::Watch;

/// What changed of a subscription since it was last read, and what the reader knows.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// Everything is to be sent anew.
    pub snapshot: bool,
    /// The members of an email that changed.
    pub members: Members,
    /// The attributes of an interaction that changed, by their folded names.
    pub attributes: BTreeSet<String>,
    /// The users whose status changed, by their numbers.
    pub users: BTreeSet<i64>,
    /// Something changed of a subject that is looked at as a whole.
    pub changed: bool,
    /// Rights or libraries changed: what the reader may see is to be looked at again.
    pub rights: bool,
    /// What the reader was last told.
    pub known: Known,
}

/// What a reader was last told, as far as the next message depends on it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Whether the email could be edited.
    pub editable: Option<bool>,
    /// The libraries with their cache tags and names.
    pub libraries: HashMap<Uuid, (String, String)>,
    /// The queues that are served, and as of when the reader was told of them.
    pub queues: Option<Arc<Watch>>,
    /// What alerts, by the ids of the interactions: what is to be told when it ceases to.
    pub alerts: Arc<BTreeMap<i64, InteractionAlertDetails>>,
    /// The session's station.
    pub station: Option<StationInformation>,
    /// The name of the station that counts, if there is one.
    pub effective: Option<String>,
    /// The configuration objects by their folded ids: their ids, and hashes of what was told of them.
    pub objects: HashMap<String, (String, u64)>,
    /// The activations by name.
    pub activations: BTreeMap<String, bool>,
    /// The sessions, by their ids, with what was told of them.
    pub sessions: BTreeMap<i64, SessionInformation>,
}

impl Mark {
    /// The mark of a subscription of which nothing was read yet.
    pub fn fresh() -> Self {
        Self {
            snapshot: true,
            ..Self::default()
        }
    }

    /// Whether there may be something to read.
    pub fn is_dirty(&self) -> bool {
        self.snapshot
            || self.changed
            || self.rights
            || !self.members.is_empty()
            || !self.attributes.is_empty()
            || !self.users.is_empty()
    }

    /// Takes what is dirty and leaves a clean mark.
    #[must_use]
    pub fn take(&mut self) -> Mark {
        let known = self.known.clone();
        std::mem::replace(
            self,
            Mark {
                known,
                ..Mark::default()
            },
        )
    }

    /// Notes a change of the email.
    pub fn note_members(&mut self, change: &InteractionChange) {
        self.members = self.members.and(change.members);
    }

    /// Notes a change of attributes.
    pub fn note_attributes(&mut self, change: &InteractionChange) {
        self.attributes.extend(
            change
                .attributes
                .iter()
                .map(|name| name.clone().into_owned()),
        );
    }
}
