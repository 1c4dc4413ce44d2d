//! Queues: what is in them, who may see them, and what those who watch them are told. What the modules share stands here.

mod attributes;
mod changes;
mod large;
mod refusals;
mod rights;

use std::collections::BTreeMap;

use icws::client::{Method, Session};
use icws::interactions::{Attributes, TransferParameters};
use icws::messaging::Message;
use icws::queues::{
    QueueContentsMessage, QueueId, QueueSubscriptionParameters, QueueSubscriptionStateMessage,
    QueueType,
};

use crate::email::draft;

/// A queue by its type and name.
pub fn queue(queue_type: QueueType, name: &str) -> QueueId {
    QueueId {
        queue_type,
        queue_name: name.to_owned(),
    }
}

/// A user's queue.
pub fn of_user(name: &str) -> QueueId {
    queue(QueueType::User, name)
}

/// A workgroup's queue.
pub fn of_workgroup(name: &str) -> QueueId {
    queue(QueueType::Workgroup, name)
}

/// What a subscription asks for.
pub fn asked(queues: &[QueueId], attributes: &[&str]) -> QueueSubscriptionParameters {
    QueueSubscriptionParameters {
        queue_ids: queues.to_vec(),
        attribute_names: attributes.iter().copied().map(str::to_owned).collect(),
    }
}

/// Where a transfer goes, by a name.
pub fn to(target: &str) -> TransferParameters {
    TransferParameters {
        target: Some(target.to_owned()),
        queue_id: None,
    }
}

/// An email of the workgroup Support that waits in its queue. Made by one of its agents.
pub async fn waiting(session: &Session) -> String {
    let id = draft(session).await;
    session
        .transfer(&id, &to("Support"))
        .await
        .expect("handed on");
    id
}

/// The path of a subscription.
pub fn path(subscription: &str) -> String {
    format!("/messaging/subscriptions/queues/{subscription}")
}

/// What a poll tells of queues.
pub async fn polled(session: &Session) -> Vec<QueueContentsMessage> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let contents = |message| match message {
        Message::QueueContents(message) => Some(message),
        _ => None,
    };
    messages.filter_map(contents).collect()
}

/// What a poll tells of the state of queue subscriptions.
pub async fn states(session: &Session) -> Vec<QueueSubscriptionStateMessage> {
    let messages = session.messages().await.expect("a poll").into_iter();
    let state = |message| match message {
        Message::QueueSubscriptionState(message) => Some(message),
        _ => None,
    };
    messages.filter_map(state).collect()
}

/// A queue subscription with what its client knows.
pub struct List {
    session: Session,
    subscription: String,
    /// The interactions by their ids.
    pub known: BTreeMap<String, Attributes>,
    /// How many messages it took.
    pub messages: usize,
}

impl List {
    /// Subscribes, and reads what there is.
    pub async fn watch(session: &Session, queues: &[QueueId], attributes: &[&str]) -> Self {
        let subscription = format!("list {}", queues[0].queue_name);
        let answer = session
            .raw(
                Method::PUT,
                &path(&subscription.replace(' ', "%20")),
                Some(&serde_json::to_value(asked(queues, attributes)).expect("JSON")),
            )
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.body.len()),
            (200, 0),
            "{}",
            answer.text()
        );
        let mut list = Self {
            session: session.clone(),
            subscription,
            known: BTreeMap::new(),
            messages: 0,
        };
        let messages = list.read().await;
        assert!(!messages[0].is_delta, "a snapshot first");
        list
    }

    /// Polls, and takes in what is told.
    pub async fn read(&mut self) -> Vec<QueueContentsMessage> {
        let mut messages = polled(&self.session).await;
        messages.retain(|message| message.subscription_id == self.subscription);
        for message in &messages {
            self.take(message);
        }
        messages
    }

    /// Takes in what a message tells.
    pub fn take(&mut self, message: &QueueContentsMessage) {
        assert_eq!(message.subscription_id, self.subscription);
        self.messages += 1;
        if !message.is_delta {
            self.known.clear();
        }
        for added in message.interactions_added.iter().flatten() {
            let id = added.interaction_id.clone();
            let before = self.known.insert(id, added.attributes.clone());
            assert_eq!(before, None, "added and known: {message:?}");
        }
        for changed in message.interactions_changed.iter().flatten() {
            let known = self.known.get_mut(&changed.interaction_id);
            let known = known.unwrap_or_else(|| panic!("changed and not known: {message:?}"));
            known.extend(changed.attributes.clone());
        }
        for removed in message.interactions_removed.iter().flatten() {
            let known = self.known.remove(removed);
            assert!(known.is_some(), "removed and not known: {message:?}");
        }
    }

    /// The ids of the interactions that are known.
    pub fn ids(&self) -> Vec<&str> {
        self.known.keys().map(String::as_str).collect()
    }
}
