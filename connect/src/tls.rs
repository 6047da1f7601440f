//! TLS settings from files, with ring as the only provider.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::config::Tls;

/// Why the TLS settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("The certificate authority in {0} cannot be read: {1}")]
    Authority(PathBuf, String),
    #[error("This machine has no list of certificate authorities; give the broker's CA file")]
    NoAuthorities,
    #[error("Our certificate in {0} cannot be read: {1}")]
    Certificate(PathBuf, String),
    #[error("The key in {0} cannot be read: {1}")]
    Key(PathBuf, String),
    #[error("A certificate needs its key, and a key its certificate")]
    Half,
    #[error("Certificate and key cannot be used: {0}")]
    Pair(String),
}

/// Reads files, so not for an async task.
pub(crate) fn client_config(tls: &Tls) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Pair(error.to_string()))?
        .with_root_certificates(roots(tls.ca.as_deref())?);
    let config = match (&tls.cert, &tls.key) {
        (None, None) => builder.with_no_client_auth(),
        (Some(cert), Some(key)) => {
            let chain = certificates(cert).map_err(|error| TlsError::Certificate(cert.clone(), error))?;
            let key = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| TlsError::Key(key.clone(), error.to_string()))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| TlsError::Pair(error.to_string()))?
        }
        _ => return Err(TlsError::Half),
    };
    Ok(Arc::new(config))
}

/// TLS with a server that an authority signed: the one in this file, or else one of the machine's own list.
///
/// Reads files, so not for an async task.
///
/// # Errors
/// In words, when the authority cannot be read or there is none.
pub fn trusting(ca: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let tls = Tls {
        ca: ca.map(Path::to_owned),
        ..Tls::default()
    };
    client_config(&tls).map_err(|error| error.to_string())
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    if let Some(ca) = ca {
        let failed = |error| TlsError::Authority(ca.to_owned(), error);
        for certificate in certificates(ca).map_err(failed)? {
            roots
                .add(certificate)
                .map_err(|error| failed(error.to_string()))?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(TlsError::NoAuthorities);
        }
    }
    Ok(roots)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| error.to_string())?;
    if found.is_empty() {
        Err("there is no certificate in it".to_owned())
    } else {
        Ok(found)
    }
}
