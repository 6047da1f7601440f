//! What can go wrong between page and server, as the page may say it.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::{Deserialize, Serialize};

/// An error with a stable word for machines; the page finds the reader's words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// It is not there, or not for this viewer: the answer is the same.
    NotFound,
    /// The viewer may not.
    NotAllowed,
    /// The request is wrong: what was expected, in plain words.
    BadRequest(String),
    /// A part of the server does not answer: which.
    Unavailable(String),
    /// Anything else; the log has the rest under this number.
    Internal(String),
    /// The request did not reach the server, or its answer did not come back.
    Network(String),
}

impl ApiError {
    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::NotAllowed => 403,
            Self::BadRequest(_) => 400,
            Self::Unavailable(_) => 503,
            Self::Internal(_) | Self::Network(_) => 500,
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => write!(f, "not found"),
            Self::NotAllowed => write!(f, "not allowed"),
            Self::BadRequest(detail) => write!(f, "bad request: {detail}"),
            Self::Unavailable(part) => write!(f, "{part} does not answer"),
            Self::Internal(number) => write!(f, "internal error {number}"),
            Self::Network(detail) => write!(f, "network: {detail}"),
        }
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = ErrorJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => Self::BadRequest(detail),
            other => Self::Network(other.to_string()),
        }
    }
}

/// How an error is told to whoever asks for JSON. Pages never read it: their errors come by position.
pub struct ErrorJson;

#[derive(Serialize, Deserialize)]
struct Told(#[serde(with = "Named")] ApiError);

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "ApiError",
    rename_all = "snake_case",
    tag = "code",
    content = "detail"
)]
enum Named {
    NotFound,
    NotAllowed,
    BadRequest(String),
    Unavailable(String),
    Internal(String),
    Network(String),
}

impl ErrorJson {
    /// The error that was told.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn read(json: &[u8]) -> Option<ApiError> {
        serde_json::from_slice::<Told>(json).ok().map(|told| told.0)
    }
}

impl ContentType for ErrorJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for ErrorJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<ApiError> for ErrorJson {
    type Error = serde_json::Error;

    fn encode(error: &ApiError) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(&Told(error.clone())).map(Bytes::from)
    }
}

impl Decodes<ApiError> for ErrorJson {
    type Error = &'static str;

    fn decode(_: Bytes) -> Result<ApiError, Self::Error> {
        Err("an error told elsewhere")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::plain::{bytes_of, from_bytes};

    #[test]
    fn an_error_comes_by_position_as_it_went() {
        let word = || "word".to_owned();
        for error in [
            ApiError::NotFound,
            ApiError::NotAllowed,
            ApiError::BadRequest(word()),
            ApiError::Unavailable(word()),
            ApiError::Internal(word()),
            ApiError::Network(word()),
        ] {
            #[cfg(feature = "ssr")]
            assert_eq!(ErrorJson::read(&error.ser()).as_ref(), Some(&error));
            let answer = Err::<u32, _>(error);
            assert_eq!(from_bytes(&bytes_of(&answer)), Some(answer));
        }
        assert_eq!(from_bytes::<Result<u32, ApiError>>(b"<html>"), None);
        let json = r#"{"code":"bad_request","detail":"word"}"#;
        assert_eq!(ApiError::BadRequest(word()).ser(), json.as_bytes());
    }
}
