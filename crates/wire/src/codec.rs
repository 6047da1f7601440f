//! Bytes from messages and back, in both forms: compact binary and JSON text.
//!
//! Neither form ever panics on what it is given, and neither makes more than a few times what it reads:
//! a list is never longer than the bytes that claim to hold it.

mod binary;
mod messages;
mod reading;

use std::fmt;

use crate::message::{ClientMessage, ErrorCode, ServerMessage};

/// The largest message a server takes.
pub const MAX_CLIENT_BYTES: usize = 64 * 1024;
/// The largest message a client takes: a snapshot of the largest view with long texts.
pub const MAX_SERVER_BYTES: usize = 16 * 1024 * 1024;

/// Why bytes are no message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// More bytes than the limit of this direction.
    TooLarge,
    /// Well formed as far as can be told, but of a type this side does not know.
    UnknownType,
    /// Not a message: what was wrong with it.
    Malformed(&'static str),
}

impl DecodeError {
    /// The word for it on the wire.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::UnknownType => ErrorCode::UnknownType,
            Self::TooLarge | Self::Malformed(_) => ErrorCode::BadMessage,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the message is too large"),
            Self::UnknownType => f.write_str("messages of this type are not known here"),
            Self::Malformed(what) => write!(f, "not a message: {what}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// A client's message as bytes.
#[must_use]
pub fn encode_client(message: &ClientMessage) -> Vec<u8> {
    let mut writer = binary::Writer::default();
    messages::put_client(&mut writer, message);
    writer.into_bytes()
}

/// A server's message as bytes.
#[must_use]
pub fn encode_server(message: &ServerMessage) -> Vec<u8> {
    let mut writer = binary::Writer::default();
    messages::put_server(&mut writer, message);
    writer.into_bytes()
}

/// A client's message from bytes.
///
/// # Errors
/// When the bytes are too many, of an unknown type, or no message.
pub fn decode_client(bytes: &[u8]) -> Result<ClientMessage, DecodeError> {
    if bytes.len() > MAX_CLIENT_BYTES {
        return Err(DecodeError::TooLarge);
    }
    let mut reader = binary::Reader::new(bytes);
    let message = messages::get_client(&mut reader)?;
    reader.finish()?;
    Ok(message)
}

/// A server's message from bytes.
///
/// # Errors
/// When the bytes are too many, of an unknown type, or no message.
pub fn decode_server(bytes: &[u8]) -> Result<ServerMessage, DecodeError> {
    if bytes.len() > MAX_SERVER_BYTES {
        return Err(DecodeError::TooLarge);
    }
    let mut reader = binary::Reader::new(bytes);
    let message = messages::get_server(&mut reader)?;
    reader.finish()?;
    Ok(message)
}

/// The JSON form of the same messages.
#[cfg(feature = "json")]
pub mod json {
    use serde::Deserialize;

    use super::{ClientMessage, DecodeError, MAX_CLIENT_BYTES, MAX_SERVER_BYTES, ServerMessage};

    const CLIENT_TYPES: [&str; 4] = ["hello", "subscribe", "unsubscribe", "ping"];
    const SERVER_TYPES: [&str; 7] = ["welcome", "snapshot", "resumed", "delta", "beat", "error", "bye"];

    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(borrow, rename = "type")]
        kind: std::borrow::Cow<'a, str>,
    }

    /// A client's message as JSON text.
    #[must_use]
    pub fn encode_client(message: &ClientMessage) -> String {
        serde_json::to_string(message).unwrap_or_default()
    }

    /// A server's message as JSON text.
    #[must_use]
    pub fn encode_server(message: &ServerMessage) -> String {
        serde_json::to_string(message).unwrap_or_default()
    }

    /// A client's message from JSON text.
    ///
    /// # Errors
    /// When the text is too long, of an unknown type, or no message.
    pub fn decode_client(text: &str) -> Result<ClientMessage, DecodeError> {
        decode(text, MAX_CLIENT_BYTES, &CLIENT_TYPES)
    }

    /// A server's message from JSON text.
    ///
    /// # Errors
    /// When the text is too long, of an unknown type, or no message.
    pub fn decode_server(text: &str) -> Result<ServerMessage, DecodeError> {
        decode(text, MAX_SERVER_BYTES, &SERVER_TYPES)
    }

    fn decode<'a, T: Deserialize<'a>>(text: &'a str, limit: usize, known: &[&str]) -> Result<T, DecodeError> {
        if text.len() > limit {
            return Err(DecodeError::TooLarge);
        }
        serde_json::from_str(text).map_err(|error| match serde_json::from_str::<Typed<'_>>(text) {
            Ok(typed) if !known.contains(&typed.kind.as_ref()) => DecodeError::UnknownType,
            Ok(_) if error.is_data() => DecodeError::Malformed("a field is missing or of the wrong kind"),
            Ok(_) => DecodeError::Malformed("the JSON is broken"),
            Err(_) => DecodeError::Malformed("expected a JSON object with a type"),
        })
    }
}
