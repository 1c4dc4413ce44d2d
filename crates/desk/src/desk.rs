//! The desk: everything that rules need, in one handle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use store::{Blobs, Conn, Database, Tx};
use tokio::sync::Notify;

use crate::clock;
use crate::configuration::Descriptions;
use crate::email::Remembered;
use crate::ids::NodeId;
use crate::journal::Follower;
use crate::login::Throttle;
use crate::messaging::Readers;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::sessions::Sessions;
use crate::tokens;

/// A handle to the desk; clones are the same desk.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    database: Database,
    blobs: Blobs,
    rules: Arc<Rules>,
    sessions: Sessions,
    readers: Readers,
    follower: Follower,
    throttle: Throttle,
    outbox: Notify,
    node: NodeId,
    remembered: Remembered,
    descriptions: Descriptions,
    /// See [`Desk::set_message_limit`]; 0 for none.
    message_limit: AtomicU64,
}

/// What a rule is handed beside the transaction: when it runs, and by which rules.
#[derive(Debug, Clone)]
pub struct At {
    /// Unix milliseconds.
    pub now: i64,
    /// What the administrator set.
    pub rules: Arc<Rules>,
}

impl Desk {
    /// Opens the desk on its store.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn open(database: Database, blobs: Blobs, rules: Rules) -> Result<Self, Refusal> {
        let head = database
            .read(|conn| Ok::<_, store::Error>(store::rows::journal::head(conn)?))
            .await?;
        Ok(Self(Arc::new(Inner {
            database,
            blobs,
            rules: Arc::new(rules),
            sessions: Sessions::default(),
            readers: Readers::new(head),
            follower: Follower::new(head),
            throttle: Throttle::default(),
            outbox: Notify::new(),
            node: NodeId(tokens::node_id()),
            remembered: Remembered::default(),
            descriptions: Descriptions::default(),
            message_limit: AtomicU64::new(0),
        })))
    }

    /// Where rows are kept.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Where bytes are kept.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// What the administrator set.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.0.rules
    }

    /// The sessions that this node knows of.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// The sessions that read their messages on this node.
    pub(crate) fn readers(&self) -> &Readers {
        &self.0.readers
    }

    pub(crate) fn follower(&self) -> &Follower {
        &self.0.follower
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// What emails hold that were told of before.
    pub(crate) fn remembered(&self) -> &Remembered {
        &self.0.remembered
    }

    /// What libraries say of themselves, as far as it was read.
    pub fn descriptions(&self) -> &Descriptions {
        &self.0.descriptions
    }

    /// The number of this server among those that work on the same database.
    pub fn node(&self) -> NodeId {
        self.0.node
    }

    /// The largest message that the relay takes, in bytes, as far as it has said so.
    pub fn message_limit(&self) -> Option<u64> {
        Some(self.0.message_limit.load(Ordering::Relaxed)).filter(|limit| *limit > 0)
    }

    /// Notes the largest message that the relay takes, in bytes; each conversation tells.
    pub fn set_message_limit(&self, limit: Option<u64>) {
        let limit = limit.unwrap_or(0);
        self.0.message_limit.store(limit, Ordering::Relaxed);
    }

    /// Woken when a message waits in the outbox.
    pub fn outbox_wake(&self) -> &Notify {
        &self.0.outbox
    }

    /// Runs a rule that only reads.
    ///
    /// # Errors
    /// Those of the rule, and [`Refusal::Internal`] where the database fails.
    pub async fn read<T: Send + 'static>(
        &self,
        rule: impl FnOnce(&mut Conn, &At) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let at = self.at();
        self.0.database.read(move |conn| rule(conn, &at)).await
    }

    /// Runs a rule that changes something. When it resolves to `Ok`, the change is on disk. The rule may be run more than once,
    /// each time on a transaction in which its earlier runs left nothing.
    ///
    /// # Errors
    /// Those of the rule, and [`Refusal::Internal`] where the database fails.
    pub async fn write<T: Send + 'static>(
        &self,
        mut rule: impl FnMut(&mut Tx<'_>, &At) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let at = self.at();
        self.0.database.write(move |tx| rule(tx, &at)).await
    }

    fn at(&self) -> At {
        At {
            now: clock::now(),
            rules: Arc::clone(&self.0.rules),
        }
    }
}
