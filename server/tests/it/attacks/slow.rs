//! Requests that never end and are too large. Bodies said one byte a minute, answers nobody reads and handshakes
//! left halfway are `server/src/http/connections/tests.rs` and `server/src/http/body.rs`.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::PATIENCE;
use crate::support::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn slowloris_by_heads_that_never_end() {
    let site = Site::with("[server]\nconnections = 20\n").await;
    let mut drips = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        drips.push(tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_millis(20));
            stream.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
            while stream.write_all(b"a").await.is_ok() {
                every.tick().await;
            }
        }));
    }
    let begun = Instant::now();
    let all = futures::future::join_all(drips);
    tokio::time::timeout(PATIENCE, all)
        .await
        .expect("they are never closed");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let words = format!(
        "GET /healthz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        site.address
    );
    assert!(site.says(words.as_bytes()).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_connections_at_once() {
    let site = Site::with("[server]\nconnections = 8\n").await;
    let mut held = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(b"GET").await.unwrap();
        held.push(stream);
    }
    let words = format!(
        "GET /healthz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        site.address
    );
    let refused = site.says(words.as_bytes()).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 5"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_head() {
    let site = Site::new().await;
    let host = site.address;
    let long = "a".repeat(200 * 1_024);
    for words in [
        format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nx: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nhost: {host}\r\n\r\n"),
        format!(
            "GET /healthz HTTP/1.1\r\nhost: {host}\r\n{}\r\n",
            "x: y\r\n".repeat(5_000)
        ),
        format!("{long} / HTTP/1.1\r\nhost: {host}\r\n\r\n"),
    ] {
        let answer = site.says(words.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(
            matches!(status, "400" | "414" | "431" | "closed"),
            "{}: {status}",
            words.get(..30).unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_body() {
    let site = Site::new().await;
    let long = "a".repeat(3 << 20);
    for path in [
        "/sign-in",
        "/api/fn/save_point",
        "/api/fn/report_panic",
        "/s/none/pin",
        "/nowhere",
    ] {
        let answer = site.post(path, &format!("name={long}")).await;
        assert_eq!(answer.status, 413, "{path}");
    }
    // Announced and never sent.
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {}\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\n",
        site.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut answer)).await;
    read.expect("it waits for what it would never take").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}
