//! The rows of the database and every query on them, by family.

pub mod blobs;
pub mod journal;
