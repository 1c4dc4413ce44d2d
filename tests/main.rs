//! Black-box tests: they start the real binary and talk to it over real sockets, through the typed client, which holds every answer and
//! every event against the contract.

mod connection;
mod crash;
mod email;
mod eml;
mod interactions;
mod messaging;
mod raw;
mod server;
mod syscalls;
mod sql;
mod walk;
