//! `cargo +nightly fuzz run formula`: any text as a formula.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| formula::fuzz::body(data));
