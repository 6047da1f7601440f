//! `cargo +nightly fuzz run crew`: any bytes as a batch of a tablet.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| server::http::crew::batch::fuzz(data));
