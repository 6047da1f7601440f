//! Every command.
fn main() {}
