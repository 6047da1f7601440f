//! `cargo +nightly fuzz run wire`: any bytes as a message of the live socket.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::body(data));
