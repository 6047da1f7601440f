//! What comes with a request is read before anybody works on it: whole, of a bounded size (axum's 2 MiB),
//! and within a while, so that nothing waits for a client that says one byte a minute.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequest as _, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Largest body: axum's own bound.
const MOST: u64 = 2 * 1024 * 1024;
/// A body comes within this.
pub(super) const WITHIN: Duration = Duration::from_secs(30);

/// Reads the body of a request, or says what is wrong with it.
pub(super) async fn limited(request: Request, next: Next) -> Response {
    limited_to(WITHIN, request, next).await
}

async fn limited_to(within: Duration, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // What is announced to be too large is not waited for.
    if body.size_hint().lower() > MOST {
        let words = "The request is too large.\n";
        return (
            StatusCode::PAYLOAD_TOO_LARGE,
            [(header::CONNECTION, "close")],
            words,
        )
            .into_response();
    }
    match tokio::time::timeout(within, Bytes::from_request(Request::new(body), &())).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(refused)) => refused.into_response(),
        // What comes after it is not read any more.
        Err(_) => (
            StatusCode::REQUEST_TIMEOUT,
            [(header::CONNECTION, "close")],
            "The request did not come to its end in time.\n",
        )
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use futures::stream;
    use tower::ServiceExt as _;

    /// What a request with this body is answered; the handler says how much came to it.
    async fn answer(body: Body) -> (StatusCode, String) {
        let length = async |body: Bytes| body.len().to_string();
        let limit = |request, next| limited_to(Duration::from_millis(50), request, next);
        let app = Router::new().route("/", post(length)).layer(from_fn(limit));
        let request = Request::builder().method("POST").body(body).unwrap();
        let answer = app.oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1024).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_body_comes_whole_or_the_answer_says_why_not() {
        let two_mib = 2 * 1024 * 1024;
        assert_eq!(answer(Body::empty()).await, (StatusCode::OK, "0".to_owned()));
        assert_eq!(answer(Body::from(vec![0; two_mib])).await.1, two_mib.to_string());
        let more = answer(Body::from(vec![0; two_mib + 1])).await;
        assert_eq!(more.0, StatusCode::PAYLOAD_TOO_LARGE, "{more:?}");
        let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]));
        assert_eq!(answer(broken).await.0, StatusCode::BAD_REQUEST);
        let byte_by_byte = stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b"a")), ()))
        });
        let slow = answer(Body::from_stream(byte_by_byte)).await;
        assert_eq!(slow.0, StatusCode::REQUEST_TIMEOUT, "{slow:?}");
    }
}
