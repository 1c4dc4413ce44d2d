//! The rules of the desk: people and rights, sessions, response libraries, interactions, email drafts, the outbox, the journal.
//!
//! A rule is a plain function over an open transaction: it is handed the caller, ids as their own types and the time, checks in the
//! order that the contract asks for, and answers with a value or a [`Refusal`]. [`Desk`] runs rules; nothing here knows HTTP or SQL.
//!
//! Whatever touches the database may fail with [`Refusal::Internal`]; a section *Errors* tells what else is refused, in its order. Times
//! are Unix milliseconds and sizes bytes where nothing else is said. Names of users, workgroups, roles and attributes compare without case.
//! Paths such as `icws/(sessionId)/status/` name pages of the public ICWS documentation, below
//! <https://help.genesys.com/developer/cic/docs/icws/webhelp/>.

#![warn(clippy::missing_errors_doc)]

pub mod activations;
mod bytes;
pub mod caller;
pub mod clock;
pub mod configuration;
mod desk;
pub mod email;
pub mod ids;
pub mod interactions;
pub mod journal;
pub mod language;
pub mod licenses;
pub mod login;
pub mod messaging;
pub mod nodes;
pub mod outbox;
pub mod passwords;
pub mod people;
pub mod queues;
pub mod refusal;
pub mod response_management;
pub mod rights;
pub mod rules;
pub mod sessions;
pub mod stations;
pub mod status;
pub mod supervising;
pub mod system;
pub mod tokens;

#[cfg(test)]
mod tests;

pub use caller::Caller;
pub use desk::{At, Desk};
pub use ids::{InteractionId, NodeId, SessionId, UserId};
pub use language::Language;
pub use refusal::{Refusal, SessionFault};
pub use rights::{Right, Rights};
pub use rules::{Limits, Rules};
