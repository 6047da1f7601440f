//! Asks the provider, and nobody else: other hosts are refused before they are asked, redirects are not followed,
//! answers are bounded.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{self, Body};
use axum::http::{HeaderValue, Uri, header, uri::Scheme};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::config::OpenIdConfig;

/// Longest a question may take, from connecting to the last byte.
const WITHIN: Duration = Duration::from_secs(10);
/// Largest answer.
const MOST: usize = 1024 * 1024;

/// Why the provider was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not one of its hosts.
    #[error("{0} is none of the provider's hosts; where it is one, add it to openid.hosts")]
    Foreign(String),
    /// It is no address that can be asked.
    #[error("{0:?} is no address that can be asked")]
    Address(String),
    /// Not in time.
    #[error("no answer within {} s", WITHIN.as_secs())]
    Late,
    /// The connection failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// What was said is no HTTP.
    #[error(transparent)]
    Http(#[from] hyper::Error),
    /// The answer is too large or broke off.
    #[error("the answer is too large or broke off: {0}")]
    Body(axum::Error),
}

/// See the module.
pub struct Http {
    /// None: a provider on this machine that speaks plainly.
    tls: Option<Arc<ClientConfig>>,
    /// Hosts with their ports that may be asked.
    hosts: Vec<(String, u16)>,
}

impl Http {
    /// For the provider of a configuration.
    ///
    /// # Errors
    /// When the certificate authority cannot be read.
    pub fn new(config: &OpenIdConfig) -> anyhow::Result<Self> {
        let is_plain = config.issuer.starts_with("http://");
        let tls =
            (!is_plain).then(|| connect::trusting(config.ca_file.as_deref()).map_err(anyhow::Error::msg));
        Self::by(config, tls.transpose()?)
    }

    fn by(config: &OpenIdConfig, tls: Option<Arc<ClientConfig>>) -> anyhow::Result<Self> {
        let issuer: Uri = config.issuer.parse()?;
        let mut hosts: Vec<(String, u16)> = place(&issuer).into_iter().collect();
        for host in &config.hosts {
            let further: Uri = format!("https://{host}/").parse()?;
            hosts.extend(place(&further));
        }
        Ok(Self { tls, hosts })
    }

    /// Whether an address is one of the provider's.
    ///
    /// # Errors
    /// When it is not.
    pub fn allows(&self, address: &str) -> Result<(), HttpError> {
        let uri: Uri = address
            .parse()
            .map_err(|_unread| HttpError::Address(address.to_owned()))?;
        self.place_of(&uri).map(|_| ())
    }

    fn place_of(&self, uri: &Uri) -> Result<(String, u16), HttpError> {
        let is_secure = uri.scheme() == Some(&Scheme::HTTPS);
        match place(uri) {
            Some(place) if is_secure == self.tls.is_some() && self.hosts.contains(&place) => Ok(place),
            Some((host, port)) => Err(HttpError::Foreign(format!(
                "{}://{host}:{port}",
                uri.scheme_str().unwrap_or_default()
            ))),
            None => Err(HttpError::Address(uri.to_string())),
        }
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (host, port) = self.place_of(request.uri())?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        let Some(tls) = self.tls.clone() else {
            return exchange(stream, request).await;
        };
        let name = ServerName::try_from(host.clone()).map_err(|_unread| HttpError::Address(host))?;
        exchange(TlsConnector::from(tls).connect(name, stream).await?, request).await
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = tokio::time::timeout(WITHIN, self.ask(request)).await;
            answer.map_err(|_elapsed| HttpError::Late)?
        })
    }
}

/// One question on a connection of its own.
async fn exchange<S>(stream: S, request: HttpRequest) -> Result<HttpResponse, HttpError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let (mut parts, sent) = request.into_parts();
    let authority = parts.uri.authority().map(ToString::to_string).unwrap_or_default();
    // Credentials in the address are nobody's host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Ok(host) = HeaderValue::try_from(host) {
        parts.headers.insert(header::HOST, host);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse().map_err(|_unread| HttpError::Address(authority))?;
    let request = axum::http::Request::from_parts(parts, Body::from(sent));
    let answer = sender.send_request(request).await;
    let answer = match answer {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            let body = body::to_bytes(Body::new(body), MOST)
                .await
                .map_err(HttpError::Body)?;
            Ok(HttpResponse::from_parts(parts, body.to_vec()))
        }
        Err(error) => Err(error.into()),
    };
    connection.abort();
    answer
}

/// Host and port of an address.
fn place(uri: &Uri) -> Option<(String, u16)> {
    let port = match uri.scheme_str()? {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    Some((uri.host()?.to_lowercase(), uri.port_u16().unwrap_or(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_provider_is_asked() {
        let config = OpenIdConfig {
            issuer: "https://login.example.org/realms/plant".to_owned(),
            client_id: "gemba".to_owned(),
            client_secret: None,
            name: "Plant".to_owned(),
            scopes: Vec::new(),
            groups_claim: "groups".to_owned(),
            roles: Vec::new(),
            ca_file: None,
            hosts: vec!["keys.example.org:8443".to_owned()],
        };
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let http = Http::by(&config, Some(Arc::new(tls))).unwrap();
        for ours in [
            "https://login.example.org/realms/plant/token",
            "https://LOGIN.example.org:443/x",
            "https://keys.example.org:8443/jwks",
        ] {
            assert!(http.allows(ours).is_ok(), "{ours}");
        }
        for foreign in [
            "http://login.example.org/token",
            "https://login.example.org:8443/token",
            "https://keys.example.org/jwks",
            "https://169.254.169.254/latest/meta-data/",
            "https://login.example.org@evil.example.org/",
            "https://login.example.org.evil.example.org/",
            "http://127.0.0.1:8080/metrics",
            "file:///etc/passwd",
            "//login.example.org/x",
        ] {
            assert!(http.allows(foreign).is_err(), "{foreign}");
        }
    }
}
