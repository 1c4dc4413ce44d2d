//! What a change touches of what sessions listen to on this node.

use std::sync::atomic::Ordering;

use super::Topic;
use crate::configuration::watching::Watched;
use crate::desk::Desk;
use crate::ids::{InteractionId, SessionId};
use crate::interactions::alerting;
use crate::journal::Change;

impl Desk {
    /// Marks what a change touches.
    pub(crate) fn apply(&self, position: i64, change: &Change) {
        let readers = self.readers();
        match change {
            Change::SessionEnded(id) => {
                self.sessions().forget(SessionId(*id));
                readers.remove(SessionId(*id));
                readers.mark_sessions();
            }
            Change::Reading(session, node) => {
                if *node != self.node().0 {
                    readers.leave(SessionId(*session));
                }
            }
            Change::Subscribed(session, kind, subject) => {
                if let (Some(reader), Some(topic)) = (
                    readers.reader(SessionId(*session)),
                    Topic::of_key(*kind, subject),
                ) {
                    readers.add_mark(&reader, topic);
                    reader.wake.notify_one();
                }
            }
            Change::Unsubscribed(session, kind, subject) => {
                if let (Some(reader), Some(topic)) = (
                    readers.reader(SessionId(*session)),
                    Topic::of_key(*kind, subject),
                ) {
                    readers.remove_mark(&reader, &topic);
                }
            }
            Change::OneShot(session) => {
                if let Some(reader) = readers.reader(SessionId(*session)) {
                    reader.one_shots.store(true, Ordering::SeqCst);
                    reader.wake.notify_one();
                }
            }
            Change::People => {
                self.sessions().forget_rights();
                for reader in readers.all() {
                    reader
                        .marks()
                        .values_mut()
                        .for_each(|mark| mark.rights = true);
                    reader.wake.notify_one();
                }
            }
            Change::Library(_) => {
                readers.mark(&Topic::ResponseManagement, |mark| mark.rights = true);
                readers.mark_all(
                    |topic| matches!(topic, Topic::Configuration(Watched::Documents, _)),
                    |mark| mark.changed = true,
                );
            }
            Change::Interaction(change) => {
                let id = InteractionId(change.id);
                readers.mark(&Topic::Email(id), |mark| mark.note_members(change));
                readers.mark(&Topic::Interaction(id), |mark| mark.note_attributes(change));
                readers.mark_queues(position, change);
                for user in alerting::concerned(change) {
                    readers.mark(&Topic::Alerting(user), |mark| mark.changed = true);
                }
            }
            Change::UserStatus(user) => {
                readers.mark_all(
                    |topic| {
                        matches!(
                            topic,
                            Topic::UserStatuses | Topic::Configuration(Watched::Users, _)
                        )
                    },
                    |mark| {
                        mark.users.insert(*user);
                    },
                );
            }
            Change::Activation(..) => readers.mark_all(
                |topic| matches!(topic, Topic::Activations(..)),
                |mark| mark.changed = true,
            ),
            Change::Station(session) => {
                readers.mark_sessions();
                if let Some(reader) = readers.reader(SessionId(*session)) {
                    let mut marks = reader.marks();
                    for topic in [Topic::Station, Topic::EffectiveStation] {
                        if let Some(mark) = marks.get_mut(&topic) {
                            mark.changed = true;
                        }
                    }
                    drop(marks);
                    reader.wake.notify_one();
                }
            }
            Change::Outbox => self.outbox_wake().notify_one(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Place;

    #[tokio::test]
    async fn who_watches_sessions_is_concerned_by_sessions_and_stations_alone() {
        let place = Place::new().await;
        let readers = place.desk.readers();
        let reader = readers.enter(SessionId(1));
        for topic in [Topic::SessionsOfUsers, Topic::SessionsAtStations] {
            readers.add_mark(&reader, topic);
        }
        assert_eq!(reader.take_dirty().len(), 2, "what there is");
        for (change, concerned) in [
            (Change::UserStatus(1), 0),
            (Change::Station(7), 2),
            (Change::UserStatus(2), 0),
            (Change::SessionEnded(7), 2),
            (Change::OneShot(7), 0),
        ] {
            place.desk.apply(1, &change);
            assert_eq!(reader.take_dirty().len(), concerned, "{change:?}");
        }
    }
}
