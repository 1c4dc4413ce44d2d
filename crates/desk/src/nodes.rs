//! The servers (nodes) that work on one database: which of them are there, and what becomes of what a dead one held.
//!
//! A node says every two seconds that it is there. One that was silent for ten is taken for dead by the others: its row goes, and what it
//! held is free at once. One that was only held up finds its row gone, adds it again and goes on.
//!
//! The embedded database has one server, which holds the data folder's lock: whoever starts on it knows that all others are dead, and
//! need not say that it is there.

use std::time::Duration;

use store::rows::{nodes as rows, outbox};
use store::{Conn, Error, Tx};

use crate::desk::Desk;
use crate::ids::NodeId;
use crate::journal::Change;
use crate::refusal::Refusal;
use crate::rules::millis;

/// How often a node says that it is there. Each time costs a small transaction, and a few may be lost before it is taken for dead.
const BEAT: Duration = Duration::from_secs(2);
/// A node that was silent for this long is taken for dead: five times [`BEAT`], and longer than a database under load keeps a commit waiting.
/// Until then what it held waits.
const SILENCE: Duration = Duration::from_secs(10);

/// Notes that a node is there.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn see(tx: &mut Tx<'_>, node: NodeId) -> Result<(), Refusal> {
    let now = rows::now(tx.read())?;
    if !rows::see(tx, node.0, now)? {
        let node = rows::Node {
            id: node.0,
            started_at: now,
            seen_at: now,
        };
        rows::add(tx, node)?;
    }
    Ok(())
}

/// How many servers say that they are there. That of the embedded database does not say so, and holds its folder's lock instead.
///
/// # Errors
/// Those of the database.
pub fn running(conn: &mut Conn) -> Result<usize, Error> {
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(0);
    }
    let since = rows::now(conn)? - millis(SILENCE);
    let nodes = rows::all(conn)?;
    Ok(nodes.iter().filter(|node| node.seen_at >= since).count())
}

/// Gives back what nodes held that are not there any more, and wakes those who can go on with it.
fn release(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    if outbox::release_of_absent(tx)? {
        Change::Outbox.record(tx);
    }
    Ok(())
}

impl Desk {
    /// Makes this server known, and frees what its predecessor held: the server that ran on the same data folder before. On the embedded
    /// database all others are its predecessors.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn join(&self, predecessor: Option<NodeId>) -> Result<(), Refusal> {
        let (node, alone) = (self.node(), self.database().is_embedded());
        self.write(move |tx, _| {
            if alone {
                rows::remove_silent(tx, node.0, i64::MAX)?;
            }
            if let Some(predecessor) = predecessor {
                rows::remove(tx, predecessor.0)?;
            }
            see(tx, node)?;
            release(tx)
        })
        .await
    }

    /// Says that this server is there, and frees what dead ones held.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn beat(&self) -> Result<(), Refusal> {
        let node = self.node();
        let dead = self
            .write(move |tx, _| {
                see(tx, node)?;
                let since = rows::now(tx.read())? - millis(SILENCE);
                let dead = rows::remove_silent(tx, node.0, since)?;
                if dead > 0 {
                    release(tx)?;
                }
                Ok(dead)
            })
            .await?;
        if dead > 0 {
            tracing::warn!(dead, "servers are gone that did not say so");
        }
        Ok(())
    }

    /// Says again and again that this server is there, for as long as others may ask.
    pub async fn keep_beating(self) {
        while !self.database().is_embedded() {
            tokio::time::sleep(BEAT).await;
            if let Err(refusal) = self.beat().await {
                tracing::warn!(
                    ?refusal,
                    "the other servers cannot be told that this one is there"
                );
            }
        }
    }

    /// Says that this server is gone, and frees what it still held.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn leave(&self) -> Result<(), Refusal> {
        let node = self.node();
        self.write(move |tx, _| {
            rows::remove(tx, node.0)?;
            release(tx)
        })
        .await
    }
}
