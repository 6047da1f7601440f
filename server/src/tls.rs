//! HTTPS by rustls: the certificate that is shown, taken anew when its files change; TLS 1.2 and 1.3.
//!
//! [`authority`] makes certificates for sites without any, [`command`] is `gemba tls`, [`certificate`] reads what
//! one says.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

pub mod authority;
pub mod certificate;
pub mod command;

use certificate::Certificate;

use crate::clock::civil_now;

/// Files are looked at this often.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A certificate that ends sooner is told in the log, each day.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// Where `gemba tls init` puts things, in the data directory.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Of a data directory.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self(data.join("tls"))
    }

    /// The certificate of the site's authority, for everybody.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.0.join("ca.crt")
    }

    fn authority_key(&self) -> PathBuf {
        self.0.join("ca.key")
    }

    /// The server's certificate.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.0.join("server.crt")
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.0.join("server.key")
    }
}

/// The certificate that is shown to who connects.
#[derive(Debug)]
pub struct Shown {
    files: [PathBuf; 2],
    now: RwLock<Arc<CertifiedKey>>,
}

impl Shown {
    /// Reads a certificate, with those that lead from it to its authority, and its key.
    pub fn read(certificate: PathBuf, key: PathBuf) -> anyhow::Result<Arc<Self>> {
        let now = RwLock::new(Arc::new(read(&certificate, &key)?));
        Ok(Arc::new(Self {
            files: [certificate, key],
            now,
        }))
    }

    /// Accepts with it. HTTP/1.1 is what is spoken, as without TLS.
    pub fn acceptor(self: &Arc<Self>) -> anyhow::Result<TlsAcceptor> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Until when it holds.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner).clone();
        Some(Certificate::read(now.end_entity_cert().ok()?)?.until)
    }

    /// Takes changed files until the stop. Those that cannot be used leave the certificate as it is.
    pub async fn follow(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut looks = tokio::time::interval(every);
        let mut seen = self.stamp();
        let mut told = None;
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            let stamp = self.stamp();
            if stamp != seen {
                seen = stamp;
                self.renew();
            }
            let today = civil_now().as_second() / 86_400;
            if told.replace(today) != Some(today) {
                self.tell_end();
            }
        }
    }

    fn renew(&self) {
        let [certificate, key] = &self.files;
        match read(certificate, key) {
            Ok(new) => {
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                tracing::info!(until = ?self.until(), "the server's certificate was taken anew");
            }
            Err(error) => tracing::warn!(
                error = format!("{error:#}"),
                "the server's certificate has changed and cannot be used; the one before stays"
            ),
        }
    }

    fn tell_end(&self) {
        let now = civil_now();
        match self.until() {
            Some(until) if until < now => {
                tracing::error!(%until, "the server's certificate has ended: browsers refuse it");
            }
            Some(until) if until < now + SOON => {
                tracing::warn!(%until, "the server's certificate ends soon (gemba tls renew makes a new one)");
            }
            _ => {}
        }
    }

    fn stamp(&self) -> [Option<(SystemTime, u64)>; 2] {
        self.files.each_ref().map(|file| {
            let known = std::fs::metadata(file).ok()?;
            Some((known.modified().ok()?, known.len()))
        })
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(certificate: &Path, key: &Path) -> anyhow::Result<CertifiedKey> {
    let chain = certificates(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("{} holds no private key that can be read", key.display()))?;
    warn_of_readers(key);
    let provider = ring::default_provider();
    CertifiedKey::from_der(chain, secret, &provider)
        .with_context(|| format!("{} does not fit {}", key.display(), certificate.display()))
}

/// The certificates of a PEM file, at least one.
pub fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let unreadable = || format!("{} holds no certificate that can be read", file.display());
    let chain = CertificateDer::pem_file_iter(file).with_context(unreadable)?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().with_context(unreadable)?;
    ensure!(!chain.is_empty(), unreadable());
    Ok(chain)
}

/// A key that others on this machine may read is no secret.
fn warn_of_readers(key: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(key).map_or(0, |known| known.permissions().mode());
    if mode & 0o007 != 0 {
        tracing::warn!(key = %key.display(), "everybody on this machine may read the server's key (chmod 600)");
    }
}
