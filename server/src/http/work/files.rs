//! `GET /work/{id}/files/{hash}`: a photo or file of an order, for who sees the order.

use app::routes;
use app::still::work::FileLine;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use maintenance::id::OrderId;
use maintenance::order::{Event, Order, What};

use crate::http::doors::{Doors, broken};
use crate::work::files::{hash_from, name_of, named_by};

impl Doors {
    /// The photos and files that an order names and nobody withdrew.
    pub(super) fn files_of(&self, order: &Order) -> Vec<FileLine> {
        let line = |event: &Event| {
            let hash = named_by(&event.what)?;
            let (name, is_image) = match &event.what {
                What::Attached(file) => (file.name.to_string(), file.media.starts_with("image/")),
                What::Answered { step, .. } => {
                    let step = order.job().step(*step);
                    (
                        step.map_or_else(|| "–".to_owned(), |step| step.text.to_string()),
                        true,
                    )
                }
                _ => return None,
            };
            let address = format!("/work/{}/files/{}", order.id(), name_of(&hash));
            let is_there = self.backend.files.has(&hash);
            Some(FileLine {
                name,
                address: is_there.then(|| routes::url(&address)),
                is_image,
            })
        };
        order.facts().into_iter().filter_map(line).collect()
    }
}

pub async fn file(
    State(doors): State<Doors>,
    Path((id, name)): Path<(u32, String)>,
    parts: Parts,
) -> Response {
    let id = OrderId::new(id);
    let is_seen = doors.rights_of(&parts, id).is_some();
    let named = hash_from(&name).filter(|hash| doors.backend.work.orders_of_file(hash).contains(&id));
    let Some(hash) = named.filter(|_| is_seen) else {
        return doors.missing(parts, false).await;
    };
    let (bytes, media) = match doors.backend.files.get(&hash).await {
        Ok(Some(found)) => found,
        Ok(None) => return doors.missing(parts, false).await,
        Err(error) => return broken(&error),
    };
    let mut answer = bytes.into_response();
    let head = answer.headers_mut();
    // Whatever somebody put into it runs nowhere and reaches nothing.
    let policy = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'";
    head.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    head.insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    head.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=86400"),
    );
    if !media.starts_with("image/") {
        head.insert(
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment"),
        );
    }
    answer
}
