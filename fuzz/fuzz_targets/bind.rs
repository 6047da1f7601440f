//! `cargo +nightly fuzz run bind`: any bytes as a payload under every preset, and as a rule.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bind::fuzz::body(data));
