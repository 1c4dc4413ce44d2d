//! The handlers, one module for each family of resources: extract, call, answer.

pub mod connection;
pub mod email;
pub mod interactions;
pub mod messaging;
pub mod response_management;
