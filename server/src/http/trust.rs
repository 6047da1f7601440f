//! `/ca.crt`, the certificate of the authority that devices are to trust, and `/help/trust`, which says how.

use std::path::PathBuf;
use std::sync::Arc;

use app::pages;
use app::prefs::Prefs;
use app::shell::BuiltFiles;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::Timestamp;

use crate::tls::certificate::{Certificate, fingerprint};
use crate::tls::certificates;

/// Where it is handed out.
pub const CERTIFICATE: &str = "/ca.crt";

/// The page that says how to come to trust it.
const PAGE: &str = "/help/trust";

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// What both are made of.
#[derive(Debug, Default)]
pub struct Trust {
    pub authority: Authority,
    pub built: Arc<BuiltFiles>,
}

/// What is handed out, read when somebody asks: it may have been made since.
#[derive(Clone, Debug, Default)]
pub struct Authority {
    file: Option<PathBuf>,
}

/// What a device shows of it.
#[derive(Clone, Debug)]
pub struct Known {
    pub name: String,
    pub until: Timestamp,
    /// SHA-256.
    pub fingerprint: String,
}

impl Authority {
    /// In this file; none where pages are served without TLS.
    #[must_use]
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// What is known of it; nothing where there is none.
    #[must_use]
    pub fn known(&self) -> Option<Known> {
        let chain = certificates(self.file.as_ref()?).ok()?;
        let der = chain.first()?;
        let read = Certificate::read(der)?;
        Some(Known {
            name: read.subject,
            until: read.until,
            fingerprint: fingerprint(der),
        })
    }

    /// The certificate as devices take it, and nothing else the file may hold.
    fn pem(&self) -> Option<String> {
        let file = std::fs::read_to_string(self.file.as_ref()?).ok()?;
        let (_, rest) = file.split_once(BEGIN)?;
        let (inside, _) = rest.split_once(END)?;
        Some(format!("{BEGIN}{inside}{END}\n"))
    }
}

/// Both, for whoever asks.
pub fn router(trust: &Arc<Trust>) -> Router {
    Router::new()
        .route(CERTIFICATE, get(certificate))
        .route(PAGE, get(page))
        .with_state(trust.clone())
}

/// Hands it out. PEM under this type is what iPadOS, Android, Windows, macOS, Linux and Firefox all take.
pub async fn certificate(State(trust): State<Arc<Trust>>) -> Response {
    match trust.authority.pem() {
        Some(pem) => {
            let head = [
                (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"gemba-ca.crt\"",
                ),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (head, pem).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            "This server has no certificate authority of its own.\n",
        )
            .into_response(),
    }
}

/// The page that says how to trust it. It runs nothing.
pub async fn page(State(trust): State<Arc<Trust>>, request: Request) -> Response {
    let header = |name| {
        let value = request.headers().get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let prefs = Prefs::from_request(
        request.uri().query().unwrap_or_default(),
        header(header::COOKIE),
        header(header::ACCEPT_LANGUAGE),
    );
    let known = trust.authority.known().map(|known| pages::trust::Authority {
        name: known.name,
        until_millis: known.until.as_millisecond(),
        fingerprint: known.fingerprint,
    });
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (head, pages::trust::document(known, prefs, &trust.built)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_certificate_is_handed_out() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("all.pem");
        let names = ["localhost".to_owned()];
        let pair = crate::tls::authority::new("Test", &names, crate::clock::civil_now()).unwrap();
        std::fs::write(&file, format!("{}# note\n{}", pair.key, pair.certificate)).unwrap();
        let authority = Authority::new(Some(file.clone()));
        let pem = authority.pem().unwrap();
        assert_eq!(
            pem.replace('\r', "").trim(),
            pair.certificate.replace('\r', "").trim()
        );
        assert_eq!(authority.known().unwrap().name, "Test");
        // No certificate, no authority.
        std::fs::write(&file, pair.key).unwrap();
        assert!(authority.pem().is_none() && authority.known().is_none());
        assert!(Authority::default().pem().is_none());
    }
}
