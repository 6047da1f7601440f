//! Everything served over HTTP: pages, server functions, the live socket, files, figures.

use std::hash::{Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use app::api::backend::Backend;
use app::i18n::Messages;
use app::shell::{App, BuiltFiles, Start};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos::view;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use wire::page::Units;

use crate::config::Config;
use crate::live::{self, Hub};
use crate::openid::OpenId;
use crate::running::Running;

mod attention;
mod audit;
mod body;
pub mod client;
pub mod connections;
pub mod crew;
pub mod doors;
pub mod entrances;
mod exchange;
pub mod export;
pub mod files;
pub mod handshake;
pub mod headers;
pub mod health;
mod labels;
pub mod limits;
mod lines;
pub mod local;
mod needs;
pub mod openid;
pub mod origin;
mod own;
mod people;
mod plan;
pub mod redirect;
mod requests;
pub mod rules;
mod share;
mod status;
mod taken;
pub mod trust;
mod views;
pub mod who;
mod work;

use client::client_of;
use doors::Doors;
use files::Files;
use limits::Limits;
use origin::Origins;
use trust::{Authority, Trust};
use who::Gate;

/// What the handlers beside the pages share.
#[derive(Clone)]
pub struct Shared {
    pub backend: Arc<crate::backend::Gemba>,
    pub hub: Arc<Hub>,
    pub metrics: Arc<crate::metrics::Metrics>,
    pub files: Files,
    pub origins: Arc<Origins>,
    /// Tells who asks.
    pub gate: Gate,
    pub doors: Doors,
    /// What everything is served under; empty for the root.
    pub base: Arc<str>,
    pub trust: Arc<Trust>,
    pub limits: Arc<Limits>,
}

impl Shared {
    /// Of what runs; served at an address.
    ///
    /// # Errors
    /// When the certificate authority of the OpenID provider cannot be read.
    pub fn new(
        config: &Config,
        running: &Running,
        web: &Web,
        address: SocketAddr,
        token: String,
    ) -> anyhow::Result<Self> {
        let server = &config.server;
        let accounts = running.backend.accounts.clone();
        let gate = Gate {
            accounts: accounts.clone(),
            config: config.access.clone(),
            is_demo: running.demo.is_some(),
        };
        let base_url = base_url(config, address);
        let openid = config.openid.clone();
        let openid = openid.map(|openid| OpenId::new(openid, &base_url)).transpose()?;
        let doors = Doors {
            backend: running.backend.clone(),
            accounts,
            built: web.built.clone(),
            base_url: base_url.into(),
            token: token.into(),
            openid: openid.map(Arc::new),
            mail: running.mail.clone(),
        };
        Ok(Self {
            gate,
            doors,
            backend: running.backend.clone(),
            hub: running.hub.clone(),
            metrics: running.metrics.clone(),
            limits: Arc::new(Limits::new(server.limits, running.metrics.clone())),
            files: web.files.clone(),
            origins: Arc::new(Origins::new(
                server.public_url.as_deref(),
                address,
                server.tls.is_some(),
            )),
            base: server.public_url.as_deref().map_or("", origin::base).into(),
            trust: Arc::new(Trust {
                authority: Authority::new(server.tls.as_ref().map(|tls| tls.ca.clone())),
                built: web.built.clone(),
            }),
        })
    }
}

/// The built web files, and what tells this build from another.
#[derive(Clone, Debug, Default)]
pub struct Web {
    files: Files,
    built: Arc<BuiltFiles>,
    pub build: String,
}

impl Web {
    /// Reads them; without any, pages are served without life.
    #[must_use]
    pub fn read(site: Option<PathBuf>) -> Self {
        let files = match (site, Files::embedded()) {
            (None, Some(embedded)) => embedded,
            (site, _) => read_files(&site.unwrap_or_else(files::default_root)),
        };
        let index = files.text("index.html").unwrap_or_default();
        let mut built = BuiltFiles::parse(&index);
        if let Some(parts) = built.parts_file().and_then(|file| files.text(&file)) {
            built = built.with_parts(&parts);
        }
        built = built.with_crew(files.names().collect::<Vec<_>>().into_iter());
        let mut hasher = std::hash::DefaultHasher::new();
        index.hash(&mut hasher);
        built.crew.hash(&mut hasher);
        let build = format!(
            "{}-{:08x}",
            env!("CARGO_PKG_VERSION"),
            hasher.finish() & 0xffff_ffff
        );
        built.versions = files.versions();
        Self {
            built: Arc::new(built),
            files,
            build,
        }
    }
}

fn read_files(root: &Path) -> Files {
    Files::read(root).unwrap_or_else(|error| {
        tracing::warn!(root = %root.display(), %error, "no built web files: pages are served without life");
        Files::default()
    })
}

/// The whole application.
pub fn app(config: &Config, shared: &Shared, web: Web, address: SocketAddr) -> Router {
    let shared = shared.clone();
    let base = shared.base.clone();
    app::routes::set_base(&base);
    let socket = live::SocketState::new(
        shared.hub.clone(),
        shared.backend.clone(),
        shared.origins.clone(),
        shared.limits.clone(),
        config.server.sockets,
    );
    let machine = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/api/export.csv", get(export::csv))
        .with_state(shared.clone())
        .merge(trust::router(&shared.trust))
        .merge(live::router(socket))
        .merge(doors::router(shared.doors.clone()))
        .merge(openid::router(shared.doors.clone()))
        .merge(people::router(shared.doors.clone()))
        .merge(own::router(shared.doors.clone()))
        .merge(audit::router(shared.doors.clone()))
        .merge(share::router(shared.doors.clone()))
        .merge(labels::router(shared.doors.clone()))
        .merge(attention::router(shared.doors.clone()))
        .merge(work::router(shared.doors.clone()))
        .merge(exchange::router(shared.doors.clone()))
        .merge(crew::router(shared.doors.clone()))
        .merge(needs::router(shared.doors.clone()))
        .merge(views::router(shared.doors.clone()))
        .merge(plan::router(shared.doors.clone()))
        .layer(middleware::from_fn_with_state(shared.doors.clone(), rules::guard));
    let proxies = Arc::new(config.server.proxies.clone());
    let limits = shared.limits.clone();
    let pages = pages(&shared, web.built, address);
    let compress = SizeAbove::new(512)
        .and(NotForContentType::new("application/wasm"))
        .and(NotForContentType::IMAGES);
    let machine = asked(machine, &shared)
        .layer(middleware::from_fn(body::limited))
        .merge(commands(&shared));
    let whole = requests::nested(&base, machine)
        .merge(pages)
        .layer(middleware::from_fn(requests::told))
        .layer(
            CompressionLayer::new()
                // A page is a sixth smaller than at the fastest, for half a millisecond.
                .quality(tower_http::CompressionLevel::Precise(4))
                .compress_when(compress),
        )
        .layer(middleware::from_fn_with_state(shared, ours))
        .layer(middleware::from_fn_with_state(limits, limits::within))
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn_with_state(proxies, client::known));
    requests::under(&base, whole)
}

/// Who asks is found out when all of a request is there: nobody goes on as who they were when they began it.
fn asked(routes: Router, shared: &Shared) -> Router {
    routes
        .layer(middleware::from_fn_with_state(shared.clone(), limits::within_own))
        .layer(middleware::from_fn_with_state(shared.gate.clone(), who::ask))
}

/// What commands on this machine ask. They read bodies of their own bounds.
fn commands(shared: &Shared) -> Router {
    Router::new()
        .route("/api/local/backup", post(local::backup))
        .route("/api/local/accounts", post(local::accounts))
        .layer(middleware::from_fn(body::limited))
        .route("/api/local/model", post(local::model))
        .with_state(shared.clone())
        .layer(middleware::from_fn_with_state(shared.doors.clone(), rules::guard))
}

/// Every page, as the application lists them. Once: while the list is made, no page of this process that is drawn
/// at the same time gets its data, and each waits for ever (`leptos_server`'s suppression is of all threads).
pub fn page_routes() -> &'static [AxumRouteListing] {
    static ROUTES: LazyLock<Vec<AxumRouteListing>> =
        LazyLock::new(|| generate_route_list(|| view! { <App start=Start::empty()/> }));
    &ROUTES
}

fn pages(shared: &Shared, built: Arc<BuiltFiles>, address: SocketAddr) -> Router {
    let options = LeptosOptions::builder()
        .output_name("client")
        .site_addr(address)
        .build();
    let routes = page_routes().to_vec();
    let context = {
        let (backend, built) = (shared.backend.clone(), built);
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
    let unknown = leptos_axum::render_app_async_with_context(context.clone(), document.clone());
    let pages = Router::new()
        .leptos_routes_with_context(&options, routes, context, document)
        .fallback(move |request: Request| unknown(request))
        .with_state(options)
        .layer(middleware::from_fn_with_state(shared.clone(), start))
        .layer(middleware::from_fn_with_state(
            shared.doors.clone(),
            share::before,
        ))
        .layer(middleware::from_fn_with_state(shared.doors.clone(), rules::guard))
        .layer(middleware::from_fn_with_state(shared.clone(), file));
    let functions = Router::new()
        .route("/api/fn/{*function}", get(functions.clone()).post(functions))
        .layer(middleware::from_fn_with_state(shared.doors.clone(), rules::guard));
    let whole = requests::nested(&shared.base, functions).merge(pages);
    asked(whole, shared)
        .layer(middleware::from_fn_with_state(shared.clone(), own_referrer))
        .layer(middleware::map_response(status::told))
        .layer(middleware::from_fn(body::limited))
}

/// A form without script is led back to where it stood: to a page of ours and nowhere else.
async fn own_referrer(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let stood = parts.headers.get(header::REFERER);
    let origin = stood
        .and_then(|page| origin::origin(page.to_str().ok()?))
        .and_then(|origin| HeaderValue::try_from(origin).ok());
    let is_ours = origin.is_some_and(|origin| {
        let said = HeaderMap::from_iter([(header::ORIGIN, origin)]);
        shared.origins.allows(&said, &client_of(&parts))
    });
    if !is_ours {
        parts.headers.remove(header::REFERER);
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Where links lead that people pass on.
fn base_url(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.server.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let ours = || format!("{scheme}://{address}");
    let base = config.server.public_url.clone().unwrap_or_else(ours);
    base.trim_end_matches('/').to_owned()
}

/// Files of the client are everybody's.
async fn file(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let path = uri
        .path()
        .strip_prefix(&*shared.base)
        .unwrap_or_else(|| uri.path());
    match shared.files.serve(path, uri.query(), request.headers()) {
        Some(file) => file,
        None => next.run(request).await,
    }
}

/// What a page begins with is known before it is drawn, since drawing cannot wait twice.
async fn start(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut viewer = who::viewer(&parts);
    if let Some(held) = parts.extensions.get::<crate::accounts::Held>() {
        viewer.who = held.who.clone();
    }
    let start = Start::load(&*shared.backend, &viewer, &parts, &shared.base).await;
    let start = share::start_of(start, &parts);
    parts.extensions.insert(start);
    next.run(Request::from_parts(parts, body)).await
}

/// What pages and server functions find in their context.
fn provide_page_context(backend: Arc<crate::backend::Gemba>, built: Arc<BuiltFiles>) {
    let backend: Arc<dyn Backend> = backend;
    provide_context(backend);
    provide_context(built);
    let parts = use_context::<Parts>();
    if let Some(start) = parts.as_ref().and_then(|parts| parts.extensions.get::<Start>()) {
        provide_context(start.clone());
    }
    if let Some(parts) = parts {
        provide_context(who::viewer(&parts));
    }
}

/// In which units whoever sends these headers wants values.
fn units_of(headers: &HeaderMap) -> Units {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    cookies.map(app::prefs::units_of).unwrap_or_default()
}

/// Refuses requests by names that are not ours, and writes that another site's page sends in a reader's name.
async fn ours(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let client = client_of(&parts);
    if !shared.origins.knows(&client) {
        tracing::warn!(host = ?client.host, "a request by a name that is not ours was refused");
        let words = Messages::of(who::viewer(&parts).locale).server_not_ours();
        return (StatusCode::MISDIRECTED_REQUEST, words).into_response();
    }
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || shared.origins.allows(&parts.headers, &client) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    tracing::warn!(origin = ?origin_of(&parts.headers), "a write from another origin was refused");
    (StatusCode::FORBIDDEN, "This request comes from another site.").into_response()
}

fn origin_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN)?.to_str().ok()
}
