//! HTTPS with certificates of our own making: made, served, renewed, and nothing given away.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::{Gemba, PATIENCE, free_port, until};

/// `gemba tls …`: whether it did it, and what it said.
fn tls(verb: &str, data: &Path, names: &[&str]) -> (bool, String) {
    let names = names.iter().flat_map(|name| ["--name", name]);
    let output = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(["tls", verb, "--data"])
        .arg(data)
        .args(names)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// A device that trusts the authority in a file, and nothing else.
fn device(authority: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(authority).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config).into()
}

/// The whole answer, and the certificate that was shown.
async fn ask(device: &TlsConnector, name: &str, port: u16, path: &str) -> std::io::Result<(String, Vec<u8>)> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let server = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream = device.connect(server, stream).await?;
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {name}:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await??;
    Ok((String::from_utf8_lossy(&answer).into_owned(), shown))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_serves_https_with_an_authority_of_its_own() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let (made, said) = tls("init", &data, &["gemba.plant.example", "10.20.30.40"]);
    assert!(made && said.contains("gemba serve --data"), "{said}");
    let plain = free_port();
    std::fs::write(
        dir.path().join("gemba.toml"),
        format!("[server.tls]\nredirect = \"127.0.0.1:{plain}\"\n"),
    )
    .unwrap();
    let mut gemba = Gemba::serve_in(dir, data.clone(), &["--tls"]).await;
    let folder = data.join("tls");
    let ours = device(&folder.join("ca.crt"));

    // By every name it was made for, and by no other; devices that trust somebody else are told so.
    for name in ["localhost", "127.0.0.1", "gemba.plant.example", "10.20.30.40"] {
        let (answer, _) = ask(&ours, name, gemba.port, "/healthz").await.expect(name);
        assert!(answer.starts_with("HTTP/1.1 "), "{name}: {answer}");
    }
    assert!(
        ask(&ours, "other.plant.example", gemba.port, "/healthz")
            .await
            .is_err()
    );
    let stranger = TempDir::new().unwrap();
    assert!(tls("init", stranger.path(), &[]).0);
    let theirs = device(&stranger.path().join("tls/ca.crt"));
    assert!(ask(&theirs, "localhost", gemba.port, "/healthz").await.is_err());

    // Who speaks plain HTTP is led to HTTPS, on both ports, and may have the authority's certificate.
    for port in [gemba.port, plain] {
        let answer = exchange(port, "GET /overview?a=b HTTP/1.1", "plant.example:80").await;
        let there = format!("location: https://plant.example:{}/overview?a=b\r\n", gemba.port);
        assert!(
            answer.starts_with("HTTP/1.1 308 ") && answer.contains(&there),
            "{answer}"
        );
        let answer = exchange(port, "POST /api/fn/prefs HTTP/1.1", "plant.example").await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        let answer = exchange(port, "GET /ca.crt HTTP/1.1", "plant.example").await;
        assert!(answer.contains("application/x-x509-ca-cert"), "{answer}");
    }

    // A backup is asked for beside the pages.
    let file = data.join("backup");
    let backup = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .arg("backup")
        .arg(&file)
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert!(backup.status.success() && file.exists(), "{backup:?}");
    assert!(gemba.terminate(), "it did not stop in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_while_it_runs() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    assert!(tls("init", &data, &[]).0);
    let gemba = Gemba::serve_in(dir, data.clone(), &["--tls"]).await;
    let folder = data.join("tls");
    let ours = device(&folder.join("ca.crt"));
    let (_, first) = ask(&ours, "localhost", gemba.port, "/healthz").await.unwrap();

    // Files that cannot be used change nothing.
    let key = std::fs::read(folder.join("server.key")).unwrap();
    std::fs::write(folder.join("server.key"), "nonsense").unwrap();
    let (_, still) = ask(
        &device(&folder.join("ca.crt")),
        "localhost",
        gemba.port,
        "/healthz",
    )
    .await
    .unwrap();
    assert_eq!(still, first);
    std::fs::write(folder.join("server.key"), key).unwrap();

    let (renewed, said) = tls("renew", &data, &["line-3.internal"]);
    assert!(renewed && said.contains("line-3.internal"), "{said}");
    until("the new certificate is shown", async || {
        // Somebody who comes back is not shown a certificate again.
        let newcomer = device(&folder.join("ca.crt"));
        let (_, now) = ask(&newcomer, "localhost", gemba.port, "/healthz").await.ok()?;
        (now != first).then_some(())
    })
    .await;
    let by_its_new_name = ask(&ours, "line-3.internal", gemba.port, "/healthz").await;
    assert!(by_its_new_name.is_ok(), "{by_its_new_name:?}");
}

#[test]
fn what_is_made_is_private_and_stays_within_the_site() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = TempDir::new().unwrap();
    let (made, said) = tls("init", dir.path(), &["Gemba.Plant.Example"]);
    assert!(made, "{said}");
    let folder = dir.path().join("tls");
    let mode = |file: &str| std::fs::metadata(folder.join(file)).unwrap().permissions().mode() & 0o777;
    for (file, expect) in [("", 0o700), ("ca.key", 0o600), ("server.key", 0o600)] {
        assert_eq!(mode(file), expect, "{file}");
    }
    // What is compared is the digest of the certificate itself.
    let der = CertificateDer::from_pem_file(folder.join("ca.crt")).unwrap();
    let print = server::tls::certificate::fingerprint(&der);
    assert_eq!(print.len(), 95);
    assert!(said.contains(&print) && tls("show", dir.path(), &[]).1.contains(&print));
    // A second authority would have to be trusted everywhere again.
    let (again, said) = tls("init", dir.path(), &[]);
    assert!(!again && said.contains("tls renew"), "{said}");
    // It signs for the site, and for nobody else's names.
    for (name, allowed) in [
        ("press.internal", true),
        ("192.168.7.9", true),
        ("line-2.gemba.plant.example", true),
        ("www.example.org", false),
        ("notgemba.plant.example.org", false),
        ("203.0.113.9", false),
    ] {
        let (renewed, said) = tls("renew", dir.path(), &[name]);
        assert_eq!(renewed, allowed, "{name}: {said}");
        assert_eq!(said.contains("may not sign for"), !allowed, "{name}: {said}");
    }
    let (renewed, said) = tls("renew", &dir.path().join("nowhere"), &[]);
    assert!(!renewed && said.contains("tls init"), "{said}");
}

async fn exchange(port: u16, request: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("{request}\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
