//! `cargo +nightly fuzz run decode`: any bytes as a payload.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| decode::fuzz::body(data));
