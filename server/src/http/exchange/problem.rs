//! What is wrong, for programs: `application/problem+json` (RFC 9457).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maintenance::order::Refusal;
use serde_json::json;

use crate::work::WorkError;
use crate::work::exchange::NotTaken;

/// See the module.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    /// Which field it is about.
    field: Option<&'static str>,
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: &str) -> Self {
        Self {
            status,
            field: None,
            detail: detail.to_owned(),
        }
    }

    /// A field that cannot be what it is.
    pub(super) fn of_field(field: &'static str, detail: &str) -> Self {
        Self {
            field: Some(field),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
    }

    /// Not there, and not theirs to see, alike.
    pub(super) fn none() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such order")
    }

    /// What is wrong, in words.
    pub(super) fn words(&self) -> &str {
        &self.detail
    }
}

impl From<&NotTaken> for Problem {
    fn from(why: &NotTaken) -> Self {
        let words = why.to_string();
        match why {
            NotTaken::NoAsset(_) => Self::of_field("asset", &words),
            NotTaken::OtherAsset => Self {
                field: Some("asset"),
                ..Self::new(StatusCode::CONFLICT, &words)
            },
            NotTaken::NoOrder(_) => Self::new(StatusCode::NOT_FOUND, &words),
            NotTaken::NoRight(_) => Self::new(StatusCode::FORBIDDEN, &words),
            NotTaken::Work(WorkError::Refused(refusal)) => of_refusal(refusal),
            NotTaken::Work(WorkError::Full) => Self::new(StatusCode::INSUFFICIENT_STORAGE, &words),
            NotTaken::Work(WorkError::None) => Self::none(),
            NotTaken::Work(WorkError::Records(_) | WorkError::Broken(_)) => {
                tracing::error!(error = %words, "an order cannot be stored");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "it cannot be stored now; try again later",
                )
            }
        }
    }
}

fn of_refusal(refusal: &Refusal) -> Problem {
    let conflict = |detail: &str| Problem::new(StatusCode::CONFLICT, detail);
    match refusal {
        Refusal::NoRight(_) => conflict(
            "the state of an order of Gemba's own follows from what is done with it; leave `status` out",
        ),
        Refusal::Ended(_) => conflict("the order has ended"),
        Refusal::NoSlot => Problem::of_field("start", "an order that is scheduled needs `start` and `end`"),
        other => conflict(&format!("the order does not take it: {other:?}")),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let body = json!({"type": "about:blank", "title": title, "status": self.status.as_u16(),
            "detail": self.detail, "field": self.field});
        let head = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, head, body.to_string()).into_response()
    }
}
