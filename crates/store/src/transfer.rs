//! The whole of a database, whatever tables it has: to carry it elsewhere, and to see whether it is sound.
//!
//! Which tables and columns there are is asked of the database ([`tables`]), so that a new table is carried without a word here. A row on
//! its way is a line of JSON, the same for both engines.

mod catalogue;
mod references;

pub use catalogue::{Column, Kind, Table, tables};
pub use references::{Dangling, Reference, dangling, references, users_of_blob};
