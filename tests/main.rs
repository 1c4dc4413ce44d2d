//! Black-box tests: they start the real binary and talk to it over real sockets, through the typed client, which holds every answer and
//! every event against the contract.

mod bucket;
mod clients;
mod commands;
mod configuration;
mod connection;
mod crash;
mod demo;
mod disk;
mod email;
mod eml;
mod http;
mod incoming;
mod interactions;
mod licenses;
mod messaging;
mod moving;
mod nodes;
mod objects;
mod postgres;
mod queues;
mod raw;
mod response_management;
mod restart;
mod schema;
mod sending;
mod server;
mod serving;
mod slow;
mod sql;
mod status;
mod storage;
mod syscalls;
mod system;
mod walk;
