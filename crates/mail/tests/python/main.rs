//! Messages read back by a reader that shares nothing with the writer: Python's `email` package. Needs `python3`.

mod parts;
mod reader;
mod texts;
