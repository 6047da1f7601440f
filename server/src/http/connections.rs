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
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::metrics::Metrics;
use crate::running::Running;

/// A head comes within this, or the connection is closed; so is one that asks nothing for so long.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// Longest head; more is answered 431.
const HEAD_BYTES: usize = 64 * 1024;
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

/// What one connection may take, and how many there may be.
#[derive(Clone, Debug)]
pub struct Limits {
    pub connections: u32,
    pub head: Duration,
    pub finish: Duration,
}

impl Limits {
    /// For at most so many connections.
    #[must_use]
    pub fn of(connections: usize) -> Self {
        Self {
            connections: u32::try_from(connections).unwrap_or(u32::MAX),
            head: HEAD_WITHIN,
            finish: FINISH_WITHIN,
        }
    }
}

/// Serves until the signal; then says goodbye to every socket and lets requests finish, for a while.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: &Limits,
    running: &Running,
    signal: impl Future<Output = ()>,
) {
    let signal = async {
        signal.await;
        running.hub.shut_down();
    };
    Door::new(app, limits, running.metrics.clone())
        .open(listener, signal)
        .await;
}

/// Lets connections in.
struct Door {
    app: Router,
    http: http1::Builder,
    /// One permit a connection: when all are back, all have ended.
    places: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    limits: Limits,
    /// Finish what is under way.
    stopping: CancellationToken,
    /// End now.
    cut: CancellationToken,
}

impl Door {
    fn new(app: Router, limits: &Limits, metrics: Arc<Metrics>) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(HEAD_BYTES);
        Self {
            app,
            http,
            places: Arc::new(Semaphore::new(limits.connections as usize)),
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
        let all_ended = self.places.acquire_many(self.limits.connections);
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
        match self.places.clone().try_acquire_owned() {
            Ok(place) => self.take(stream, peer, place),
            Err(_) => self.refuse(stream),
        }
    }

    fn take(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        let app = self.app.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            app.clone().oneshot(request)
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), answer);
        let (stopping, cut) = (self.stopping.clone(), self.cut.clone());
        tokio::spawn(async move {
            let mut connection = pin!(connection.with_upgrades());
            let ended = tokio::select! {
                ended = &mut connection => ended,
                () = stopping.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    cut.run_until_cancelled(connection).await.unwrap_or(Ok(()))
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "a connection ended badly");
            }
            drop(place);
        });
    }

    /// Says why, and waits a moment for it to be read: closing with words unread would take ours back.
    fn refuse(&self, mut stream: TcpStream) {
        self.metrics.refused_connections.add(1);
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

#[cfg(test)]
mod tests;
