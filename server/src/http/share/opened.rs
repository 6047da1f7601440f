//! What stands before the page of a link: whether there is one, its PIN, and what must not leave with it.

use app::routes;
use app::shell::Start;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use wire::page::ShareFrame;

use super::Doors;
use crate::http::doors::{asker, broken};

/// Before a page of a link is drawn: whether there is one, whether its PIN or code was given; notes that it was opened.
pub async fn before(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix(routes::base()).unwrap_or(path);
    let Some((secret, is_embedded)) = secret_of(path).map(|(secret, embed)| (secret.to_owned(), embed))
    else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let asker = asker(&parts);
    let held = doors.accounts.by_link(&secret, asker.unlocked.as_deref());
    let answer = match held {
        Some(held) if is_embedded && (!held.link.embed || held.is_locked) => doors.ended(parts).await,
        Some(held) if held.is_locked => doors.locked(parts, &secret, &held).await,
        Some(held) => {
            if let Err(error) = doors.accounts.opened(&held, &asker.origin).await {
                return broken(&error);
            }
            parts.extensions.insert(doors.frame(&secret, &held, is_embedded));
            parts.extensions.insert(held);
            next.run(Request::from_parts(parts, body)).await
        }
        None => doors.ended(parts).await,
    };
    guarded(answer)
}

/// The secret in `/s/{secret}` or `/s/{secret}/embed`, and which of both it is.
fn secret_of(path: &str) -> Option<(&str, bool)> {
    let rest = path.strip_prefix("/s/")?;
    match rest.split_once('/') {
        None => Some((rest, false)),
        Some((secret, "embed")) => Some((secret, true)),
        Some(_) => None,
    }
}

/// What a page of a link starts from: who holds it sees the asset and no more.
pub fn start_of(start: Start, parts: &Parts) -> Start {
    Start {
        share: parts.extensions.get::<ShareFrame>().cloned(),
        ..start
    }
}

/// Nothing of a link goes into a referrer, a search engine or a cache.
pub(super) fn guarded(mut answer: Response<Body>) -> Response {
    let headers = answer.headers_mut();
    // A form (the PIN's) keeps it within us instead: without any referrer a browser says no origin either.
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_as_its_secret() {
        for (path, expect) in [
            ("/s/abc", Some(("abc", false))),
            ("/s/abc/embed", Some(("abc", true))),
            ("/s/abc/pin", None),
            ("/search", None),
        ] {
            assert_eq!(secret_of(path), expect, "{path}");
        }
    }
}
