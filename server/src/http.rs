//! Everything served over HTTP: pages, server functions, the live socket, files, figures.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use app::api::backend::{Backend, Viewer};
use app::built::BuiltFiles;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos::nonce::Nonce;
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

use crate::config::Config;
use crate::live::{self, Hub};
use crate::running::Running;

pub mod export;
pub mod files;
pub mod headers;
pub mod health;
pub mod local;
pub mod origin;

use files::Files;
use origin::Origins;

/// What the handlers beside the pages share.
#[derive(Clone)]
pub struct Shared {
    pub backend: Arc<crate::backend::Gemba>,
    pub hub: Arc<Hub>,
    pub metrics: Arc<crate::metrics::Metrics>,
    pub files: Files,
    pub origins: Arc<Origins>,
    /// Proves a command on this machine.
    pub token: Arc<str>,
}

/// Tells one build of the pages from another.
#[must_use]
pub fn build_id() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The whole application.
pub fn app(
    config: &Config,
    running: &Running,
    site: Option<PathBuf>,
    address: SocketAddr,
    token: String,
) -> anyhow::Result<Router> {
    let files = web_files(site)?;
    let built = files.text("index.html").map(|index| BuiltFiles::parse(&index)).unwrap_or_default();
    let shared = Shared {
        backend: running.backend.clone(),
        hub: running.hub.clone(),
        metrics: running.metrics.clone(),
        files,
        origins: Arc::new(Origins::new(config.server.public_url.as_deref(), address)),
        token: token.into(),
    };
    let socket = live::SocketState::new(
        running.hub.clone(),
        running.backend.clone(),
        shared.origins.clone(),
        config.server.sockets,
    );
    let machine = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/api/export.csv", get(export::csv))
        .route("/api/local/backup", post(local::backup))
        .with_state(shared.clone())
        .merge(live::router(socket));
    let pages = pages(&shared, built, address);
    let compress = SizeAbove::new(512).and(NotForContentType::new("application/wasm")).and(NotForContentType::IMAGES);
    Ok(machine
        .merge(pages)
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest).compress_when(compress))
        .layer(middleware::from_fn_with_state(shared, same_origin))
        .layer(middleware::from_fn(headers::secure)))
}

/// Serves until the signal; then says goodbye to every socket and lets requests finish.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    signal: impl Future<Output = ()> + Send + 'static,
    hub: &Arc<Hub>,
) -> anyhow::Result<()> {
    let hub = hub.clone();
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let until = async move {
        signal.await;
        hub.shut_down();
    };
    axum::serve(listener, service).with_graceful_shutdown(until).await?;
    Ok(())
}

fn web_files(site: Option<PathBuf>) -> anyhow::Result<Files> {
    let root = site.unwrap_or_else(files::default_root);
    match Files::read(&root) {
        Ok(files) => Ok(files),
        Err(error) => {
            tracing::warn!(root = %root.display(), %error, "no built web files: pages are served without life");
            Ok(Files::default())
        }
    }
}

fn pages(shared: &Shared, built: BuiltFiles, address: SocketAddr) -> Router {
    let options = LeptosOptions::builder().output_name("client").site_addr(address).build();
    let routes = generate_route_list(app::App);
    let context = {
        let (backend, built) = (shared.backend.clone(), Arc::new(built));
        move || provide_page_context(backend.clone(), built.clone())
    };
    let functions = {
        let context = context.clone();
        move |request: Request| {
            let context = context.clone();
            async move { leptos_axum::handle_server_fns_with_context(context, request).await }
        }
    };
    let metrics = shared.metrics.clone();
    let document = move || {
        metrics.pages.add(1);
        app::shell::document()
    };
    let fallback = {
        let render = leptos_axum::render_app_async_with_context(context.clone(), document.clone());
        let files = shared.files.clone();
        move |request: Request| {
            let file = files.serve(request.uri().path(), request.uri().query(), request.headers());
            let render = render.clone();
            async move {
                match file {
                    Some(file) => file,
                    None => render(request).await.into_response(),
                }
            }
        }
    };
    Router::new()
        .route("/api/fn/{*function}", get(functions.clone()).post(functions))
        .leptos_routes_with_context(&options, routes, context, document)
        .fallback(fallback)
        .with_state(options)
}

/// What pages and server functions find in their context.
fn provide_page_context(backend: Arc<crate::backend::Gemba>, built: Arc<BuiltFiles>) {
    let backend: Arc<dyn Backend> = backend;
    provide_context(backend);
    provide_context(built);
    let parts = use_context::<axum::http::request::Parts>();
    let extensions = parts.as_ref().map(|parts| &parts.extensions);
    if let Some(nonce) = extensions.and_then(|extensions| extensions.get::<Nonce>()) {
        provide_context(nonce.clone());
    }
    let peer = extensions.and_then(|extensions| extensions.get::<axum::extract::ConnectInfo<SocketAddr>>());
    provide_context(viewer(peer.map(|peer| peer.0)));
}

/// Who asks; accounts come later.
#[must_use]
pub fn viewer(peer: Option<SocketAddr>) -> Viewer {
    Viewer { name: "anyone".to_owned(), address: peer.map(|peer| peer.ip().to_string()) }
}

/// Refuses writes that another site's page sends in a reader's name.
async fn same_origin(
    axum::extract::State(shared): axum::extract::State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || shared.origins.allows(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(origin = ?origin_of(request.headers()), "a write from another origin was refused");
    (StatusCode::FORBIDDEN, "This request comes from another site.").into_response()
}

fn origin_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN)?.to_str().ok()
}
