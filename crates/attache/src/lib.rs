//! Attaché: a self-hosted email desk for customer-service teams that speaks ICWS.
//!
//! The binary is this library's [`commands::main`]; it is a library so that tests can walk the routes that it declares.

pub mod answer;
pub mod app;
pub mod arrival;
pub mod commands;
pub mod demo;
pub mod export;
pub mod extract;
pub mod files;
pub mod import;
pub mod incoming;
pub mod installation;
pub mod metrics;
pub mod observe;
pub mod page;
pub mod rights;
pub mod route;
pub mod router;
pub mod routes;
pub mod server;
pub mod settings;
pub mod stream;
pub mod workers;

#[cfg(test)]
mod documents;
