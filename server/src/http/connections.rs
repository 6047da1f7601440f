//! Connections from accept to their end: each has limits, so that none holds up the others or the stop.
//!
//! Who says half a head and no more is closed after a while; who comes when there are too many hears so.
//! Live sockets leave this file with their upgrade: they have their own bound and signs of life.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::client::{Line, Proxies};
use super::handshake::{Speaks, Tls};
use super::taken::Taken;
use crate::config::ServerConfig;
use crate::metrics::Metrics;
use crate::running::Running;

/// A head comes within this, or the connection is closed; so is one that asks nothing for so long.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// Longest head; more is answered 431.
const HEAD_BYTES: usize = 64 * 1024;
/// Of an answer something is taken within this, or the connection is closed.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// Requests under way when the server is told to stop have so long to end.
const FINISH_WITHIN: Duration = Duration::from_secs(3);
/// So many are told at once that there are too many; the rest are closed without a word.
const TOLD_AT_ONCE: usize = 64;
/// A refusal is read within this.
const TOLD_WITHIN: Duration = Duration::from_secs(1);
/// After an accept that failed for want of something: open files, memory.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 43\r\nretry-after: 5\r\nconnection: close\r\n\r\n\
    Too many connections. Try again in a while.";

mod places;

use places::{Place, Places};

/// What one connection may take, and how many there may be.
#[derive(Clone, Debug)]
pub struct Limits {
    pub connections: u32,
    /// For one address.
    pub each: u32,
    pub proxies: Arc<Proxies>,
    pub head: Duration,
    pub taken: Duration,
    pub finish: Duration,
}

impl Limits {
    /// As configured.
    #[must_use]
    pub fn of(server: &ServerConfig) -> Self {
        Self {
            connections: u32::try_from(server.connections).unwrap_or(u32::MAX),
            each: server.limits.connections,
            proxies: Arc::new(server.proxies.clone()),
            head: HEAD_WITHIN,
            taken: TAKEN_WITHIN,
            finish: FINISH_WITHIN,
        }
    }
}

/// A port and what is behind it.
pub struct Entrance {
    pub listener: TcpListener,
    pub app: Router,
    pub tls: Option<Tls>,
}

/// Serves until the signal; then says goodbye to every socket and lets requests finish, for a while.
pub async fn serve(
    entrances: Vec<Entrance>,
    limits: &Limits,
    running: &Running,
    signal: impl Future<Output = ()>,
) {
    let stop = CancellationToken::new();
    let doors = entrances.into_iter().map(|entrance| {
        Door::new(entrance.app, entrance.tls, limits, running.metrics.clone())
            .open(entrance.listener, stop.clone().cancelled_owned())
    });
    let stopping = async {
        signal.await;
        running.hub.shut_down();
        stop.cancel();
    };
    futures::join!(futures::future::join_all(doors), stopping);
}

/// Lets connections in.
struct Door {
    app: Router,
    tls: Option<Tls>,
    http: http1::Builder,
    places: Places,
    refusals: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    limits: Limits,
    /// Finish what is under way.
    stopping: CancellationToken,
    /// End now.
    cut: CancellationToken,
}

impl Door {
    fn new(app: Router, tls: Option<Tls>, limits: &Limits, metrics: Arc<Metrics>) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(HEAD_BYTES);
        Self {
            app,
            tls,
            http,
            places: Places::new(limits.connections, limits.each, limits.proxies.clone()),
            refusals: Arc::new(Semaphore::new(TOLD_AT_ONCE)),
            metrics,
            limits: limits.clone(),
            stopping: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    async fn open(self, listener: TcpListener, signal: impl Future<Output = ()>) {
        let mut signal = pin!(signal);
        loop {
            tokio::select! {
                biased;
                () = &mut signal => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.greet(stream, peer),
                    Err(error) => {
                        tracing::debug!(%error, "a connection was not accepted");
                        tokio::time::sleep(ACCEPT_AGAIN).await;
                    }
                },
            }
        }
        drop(listener);
        self.stopping.cancel();
        let all_ended = self.places.all.acquire_many(self.limits.connections);
        if tokio::time::timeout(self.limits.finish, all_ended).await.is_err() {
            // Half a request from a client that is gone must not keep us from stopping in order.
            tracing::warn!("some requests were cut: they did not end in time");
        }
        self.cut.cancel();
    }

    fn greet(&self, stream: TcpStream, peer: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        match self.places.take(peer.ip()) {
            Some(place) => self.take(stream, peer, place),
            None => self.refuse(stream),
        }
    }

    fn take(&self, stream: TcpStream, peer: SocketAddr, place: Place) {
        let visit = Visit {
            http: self.http.clone(),
            peer,
            taken: self.limits.taken,
            stopping: self.stopping.clone(),
            cut: self.cut.clone(),
        };
        let (app, tls) = (self.app.clone(), self.tls.clone());
        tokio::spawn(async move {
            match tls {
                None => visit.converse(stream, false, app).await,
                Some(tls) => visit.begin(stream, &tls, app).await,
            }
            drop(place);
        });
    }

    /// Says why, and waits a moment for it to be read: closing with words unread would take ours back.
    fn refuse(&self, mut stream: TcpStream) {
        self.metrics.refused_connections.add(1);
        if self.tls.is_some() {
            // Words in the clear would read as a broken handshake.
            return;
        }
        let Ok(told) = self.refusals.clone().try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            let tell = async {
                stream.write_all(TOO_MANY).await?;
                stream.shutdown().await?;
                let mut rest = [0; 1024];
                while stream.read(&mut rest).await? > 0 {}
                std::io::Result::Ok(())
            };
            if !matches!(tokio::time::timeout(TOLD_WITHIN, tell).await, Ok(Ok(()))) {
                tracing::debug!("a refusal was not heard to its end");
            }
            drop(told);
        });
    }
}

/// One connection.
struct Visit {
    http: http1::Builder,
    peer: SocketAddr,
    taken: Duration,
    stopping: CancellationToken,
    cut: CancellationToken,
}

impl Visit {
    /// Shakes hands first.
    async fn begin(self, stream: TcpStream, tls: &Tls, app: Router) {
        match self.stopping.run_until_cancelled(tls.greet(stream)).await {
            Some(Ok(Speaks::Tls(stream))) => self.converse(*stream, true, app).await,
            Some(Ok(Speaks::Plain(stream))) => self.converse(stream, false, tls.plain.clone()).await,
            Some(Err(error)) => tracing::debug!(peer = %self.peer, %error, "no handshake"),
            None => {}
        }
    }

    /// Requests and answers until either side has enough.
    async fn converse<S>(self, stream: S, secure: bool, app: Router)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let peer = self.peer;
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Line { peer, secure });
            app.clone().oneshot(request)
        });
        let connection = self
            .http
            .serve_connection(TokioIo::new(Taken::within(self.taken, stream)), answer);
        let mut connection = pin!(connection.with_upgrades());
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = self.stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                self.cut.run_until_cancelled(connection).await.unwrap_or(Ok(()))
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a connection ended badly");
        }
    }
}

#[cfg(test)]
mod tests;
