//! What can go wrong between page and server, as the page may say it.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// An error with a stable word for machines; the page finds the reader's words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code", content = "detail")]
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
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => Self::BadRequest(detail),
            other => Self::Network(other.to_string()),
        }
    }
}
