//! Asset tree.

pub mod keys;
