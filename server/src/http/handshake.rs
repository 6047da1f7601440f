//! The first bytes on a port of HTTPS: a handshake, or somebody who typed `http://`.

use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What a port of HTTPS has beside its application.
#[derive(Clone)]
pub struct Tls {
    pub acceptor: TlsAcceptor,
    /// Answers who speaks plain HTTP.
    pub plain: Router,
    /// A handshake ends within this.
    pub within: Duration,
}

/// How somebody speaks.
pub enum Speaks {
    Tls(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}

impl Tls {
    /// Shakes hands with who begins to. An HTTP request begins with a letter, TLS never does.
    pub async fn greet(&self, stream: TcpStream) -> io::Result<Speaks> {
        let greeted = async {
            let mut first = [0];
            if stream.peek(&mut first).await? > 0 && first.iter().all(u8::is_ascii_alphabetic) {
                return Ok(Speaks::Plain(stream));
            }
            let stream = self.acceptor.accept(stream).await?;
            Ok(Speaks::Tls(Box::new(stream)))
        };
        tokio::time::timeout(self.within, greeted)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}
