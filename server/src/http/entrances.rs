//! By which ports the server is entered: pages, by TLS or not, a port that leads to them, and one of our own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::routing::get;
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::connections::Entrance;
use super::handshake::Tls;
use super::redirect::{self, Target};
use super::{Shared, Web, headers, health, origin};
use crate::config::{Config, TlsConfig};
use crate::tls::{LOOK_EVERY, Shown};

/// A handshake ends within this.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// The ports, taken before anything is opened: who finds one taken has changed nothing.
pub struct Doors {
    pages: TcpListener,
    redirect: Option<TcpListener>,
    /// With TLS, commands on this machine ask here: they have no certificate to check.
    own: Option<TcpListener>,
    shown: Option<Arc<Shown>>,
    pub address: SocketAddr,
}

impl Doors {
    /// Takes them, and leaves word for commands where we are.
    pub async fn take(config: &Config, data: &Path) -> anyhow::Result<Self> {
        let server = &config.server;
        let shown = server.tls.as_ref().map(shown).transpose()?;
        let pages = listen(server.listen, "--listen 127.0.0.1:PORT").await?;
        let redirect = server.tls.as_ref().and_then(|tls| tls.redirect);
        let redirect = match redirect {
            Some(address) => Some(listen(address, "server.tls.redirect").await?),
            None => None,
        };
        let address = pages.local_addr()?;
        let own = match &shown {
            Some(_) => Some(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?),
            None => None,
        };
        let for_commands = own.as_ref().map_or(Ok(address), TcpListener::local_addr)?;
        std::fs::write(data.join("address"), for_commands.to_string())?;
        Ok(Self {
            pages,
            redirect,
            own,
            shown,
            address,
        })
    }

    /// Where people find the pages.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.shown.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Puts the application behind them. Changed certificates are taken until the stop.
    pub fn entrances(
        self,
        config: &Config,
        shared: &Shared,
        web: Web,
        stop: &CancellationToken,
    ) -> anyhow::Result<Vec<Entrance>> {
        let target = Target {
            origin: config
                .server
                .public_url
                .as_deref()
                .and_then(origin::origin)
                .filter(|origin| origin.starts_with("https://")),
            port: self.address.port(),
        };
        let plain = redirect::router(target, shared.trust.clone());
        let tls = match self.shown {
            Some(shown) => {
                let acceptor = shown.acceptor()?;
                tokio::spawn(shown.follow(LOOK_EVERY, stop.clone()));
                Some(Tls {
                    acceptor,
                    plain: plain.clone(),
                    within: HANDSHAKE_WITHIN,
                })
            }
            None => None,
        };
        let open = |listener, app| Entrance {
            listener,
            app,
            tls: None,
        };
        let app = super::app(config, shared, web, self.address);
        let pages = Entrance {
            listener: self.pages,
            app,
            tls,
        };
        let redirect = self.redirect.map(|listener| open(listener, plain));
        let own = self.own.map(|listener| open(listener, own(shared)));
        Ok([Some(pages), redirect, own].into_iter().flatten().collect())
    }
}

/// What commands on this machine ask, and no page.
fn own(shared: &Shared) -> Router {
    let alive = Router::new().route("/healthz", get(health::healthz));
    super::commands(shared)
        .merge(alive)
        .layer(middleware::from_fn(headers::secure))
}

fn shown(tls: &TlsConfig) -> anyhow::Result<Arc<Shown>> {
    Shown::read(tls.cert.clone(), tls.key.clone())
        .context("no certificate to serve HTTPS with; `gemba tls init` makes one")
}

async fn listen(address: SocketAddr, way_out: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        let by = connect::embedded::taken_by(address.port())
            .map_or_else(String::new, |who| format!(" (taken by {who})"));
        format!("cannot serve at {address}{by}; choose another address with {way_out}")
    })
}
