//! What the fuzzer runs, and the property tests with it: any bytes may come, none may break anything.

use crate::codec::{decode_client, decode_server, encode_client, encode_server};

/// Reads the bytes as each kind of message; what can be read must come back the same from its own bytes.
///
/// # Panics
/// When it does not: that is what the fuzzer looks for.
pub fn body(bytes: &[u8]) {
    if let Ok(message) = decode_client(bytes) {
        assert_eq!(decode_client(&encode_client(&message)).as_ref(), Ok(&message));
    }
    if let Ok(message) = decode_server(bytes) {
        assert_eq!(decode_server(&encode_server(&message)).as_ref(), Ok(&message));
    }
    #[cfg(feature = "json")]
    if let Ok(text) = std::str::from_utf8(bytes) {
        use crate::codec::json;
        // Only that it is a message again: JSON may give a double back one step beside.
        if let Ok(message) = json::decode_client(text) {
            assert!(json::decode_client(&json::encode_client(&message)).is_ok());
        }
        if let Ok(message) = json::decode_server(text) {
            assert!(json::decode_server(&json::encode_server(&message)).is_ok());
        }
    }
}
