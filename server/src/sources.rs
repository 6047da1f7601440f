//! Where readings come from: each source's connection, its state in words, its figures and its problems.
//!
//! [`book`] holds what pages read, [`ingest`] turns a connection's events into engine inputs,
//! [`manager`] starts and stops connections, [`session`] knows what brokers keep for us between runs.

pub mod book;
pub mod ingest;
pub mod manager;
pub mod problems;
pub mod session;
pub mod words;

pub use book::{SourceBook, SourceEntry};
pub use manager::SourceManager;
pub use problems::ProblemBook;
