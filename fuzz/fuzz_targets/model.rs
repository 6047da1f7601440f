//! `cargo +nightly fuzz run model`: any text as a model file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| model::fuzz::body(data));
