//! The handlers, one module for each family of resources: extract, call, answer.

pub mod activations;
pub mod configuration;
pub mod connection;
pub mod email;
pub mod interactions;
pub mod licenses;
pub mod messaging;
pub mod queues;
pub mod response_management;
pub mod session;
pub mod status;
pub mod system;
