//! Where readings come from: each source's connection, its state in words, its figures and its problems.
//!
//! [`book`] holds what pages read, [`ingest`] turns a connection's events into engine inputs,
//! [`manager`] starts and stops connections.

pub mod book;
pub mod ingest;
pub mod manager;
pub mod problems;

pub use book::{SourceBook, SourceEntry};
pub use manager::SourceManager;
pub use problems::ProblemBook;
