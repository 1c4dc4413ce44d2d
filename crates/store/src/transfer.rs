//! The whole of a database, whatever tables it has: to carry it elsewhere, and to see whether it is sound.
//!
//! Which tables and columns there are is asked of the database ([`tables`]), so that a new table is carried without a word here. A row on
//! its way is a line of JSON, the same for both engines.

mod arrival;
mod catalogue;
mod lines;
mod references;
mod sequences;

pub use arrival::{Arrival, arrival, arrived, begin, end, name_of, occupied};
pub use catalogue::{Column, Kind, Table, migrations, tables};
pub use lines::{Sum, add, clear, count, read, sum};
pub use references::{Dangling, Reference, dangling, references, users_of_blob};
pub use sequences::{sequences, set_sequences};
