//! Where requests go: everything lives under the base path of the public address; and what the log says of them.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::Response;
use tower::Layer as _;
use tower::util::MapRequestLayer;

use super::client::Client;

/// Routes that know nothing of a base path, under it.
pub(super) fn nested(base: &str, routes: Router) -> Router {
    match base {
        "" => routes,
        base => Router::new().nest(base, routes),
    }
}

/// The application under its base path, whether a proxy in front takes the path away or leaves it.
pub(super) fn under(base: &str, whole: Router) -> Router {
    if base.is_empty() {
        return whole;
    }
    let base = base.to_owned();
    let put = MapRequestLayer::new(move |mut request: Request| {
        if let Some(uri) = put_under(&base, request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    });
    Router::new().fallback_service(put.layer(whole))
}

/// Nothing where it is there already.
fn put_under(base: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path().strip_prefix(base);
    if rest.is_some_and(|rest| rest.starts_with('/')) {
        return None;
    }
    let path = match rest {
        Some("") => "/",
        _ => uri.path(),
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = PathAndQuery::try_from(format!("{base}{path}{query}")).ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path);
    Uri::from_parts(parts).ok()
}

/// One line a request at `debug`: its route, never its path or query, which may hold a link's secret.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let address = request.extensions().get::<Client>().map(|client| client.address);
    let response = next.run(request).await;
    tracing::debug!(
        %method,
        route = route.as_ref().map_or("other", MatchedPath::as_str),
        status = response.status().as_u16(),
        millis = begun.elapsed().as_secs_f64() * 1e3,
        address = address.map(tracing::field::display),
        "request"
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_comes_under_the_base_path_once() {
        for (path, expect) in [
            ("/", "/gemba/"),
            ("/gemba", "/gemba/"),
            ("/gemba/", "/gemba/"),
            ("/gemba?a=b", "/gemba/?a=b"),
            ("/overview?a=b", "/gemba/overview?a=b"),
            ("/gemba/overview", "/gemba/overview"),
            ("/gembara", "/gemba/gembara"),
            ("/h/a%2Fb", "/gemba/h/a%2Fb"),
            ("http://x/overview", "http://x/gemba/overview"),
        ] {
            let uri: Uri = path.parse().unwrap();
            let put = put_under("/gemba", &uri).unwrap_or(uri);
            assert_eq!(put.to_string(), expect, "{path}");
        }
    }
}
