//! The rows of the database and every query on them, by family.

pub mod activations;
pub mod addresses;
pub mod blobs;
pub mod configuration;
pub mod email;
pub mod holds;
pub mod incoming;
pub mod interactions;
pub mod journal;
pub mod libraries;
pub mod nodes;
pub mod outbox;
pub mod people;
pub mod queues;
pub mod sessions;
pub mod status;
